"""Numbers, units, weekdays and times in the words in which people write them, and how the language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from planned.diagnostics import Language
from planned.syntax import words

_EN = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_FR = (
    *("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt"),
)
NUMBERS: Mapping[str, int] = {
    **{word: number for names in (_EN, _FR) for number, word in enumerate(names, 1)},
    **dict.fromkeys(("a", "an", "une"), 1),
    **{"thirty": 30, "trente": 30, "forty": 40, "quarante": 40, "forty-five": 45, "quarante-cinq": 45},
    **{"fifty": 50, "cinquante": 50, "sixty": 60, "soixante": 60, "ninety": 90, "quatre-vingt-dix": 90},
    **{"seventy": 70, "soixante-dix": 70, "eighty": 80, "quatre-vingts": 80, "hundred": 100, "cent": 100},
}
"""Folded, as everything here."""
ARTICLES = frozenset({"a", "an", "un", "une"})
"""Those of the numbers that are also articles."""
NUMBER = r"\d+|" + "|".join(sorted((name for name, n in NUMBERS.items() if n <= 15 or n in (20, 30)), key=len)[::-1])
HOURS = "|".join(sorted((name for name, n in NUMBERS.items() if n < 24 and name not in ARTICLES), key=len)[::-1])
_SHORT: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("min", "mins", "mn"), ("minutes", "minutes")),
    **dict.fromkeys(("h", "hr", "hrs"), ("hours", "heures")),
    **dict.fromkeys(("d", "j", "jrs", "jr", "days", "day's"), ("days", "jours")),
    **dict.fromkeys(("w", "wk", "wks", "sem"), ("weeks", "semaines")),
    **dict.fromkeys(("mth", "mths", "mo"), ("months", "mois")),
}
SHORT_UNITS = "|".join(sorted(_SHORT, key=len, reverse=True))


def number(text: str) -> int | None:
    """What a folded word means as a number; None for what is none."""
    return int(text) if text.isdecimal() else NUMBERS.get(text)


def short_unit(text: str) -> tuple[str, str] | None:
    """A unit that is written short, in English and French."""
    return _SHORT.get(text)


def _number(text: str, language: Language) -> str:
    found = number(text)
    return text if found is None else str(found)


def _unit(text: str, language: Language) -> str:
    """A unit in the file's language, in the plural if it was."""
    key = words.values("UNIT").get(text)
    if key is None:
        return text
    found = next(k for k in words.keywords() if k.terminal == "UNIT" and k.value == key).phrases(language)
    return words.canonical(found[0] if text.split(" ", maxsplit=1)[0].endswith("s") else found[-1])


def _weekday(text: str, language: Language) -> str:
    key = words.values("WEEKDAY").get(text)
    found = next((k for k in words.keywords() if k.terminal == "WEEKDAY" and k.value == key), None)
    return text if found is None else found.phrases(language)[0]


NORMAL: Mapping[str, Callable[[str, Language], str]] = {"NUM": _number, "UNIT": _unit, "DAY": _weekday}
"""For the groups of the patterns in `habits.toml` that stand for a number, a unit, a weekday: how it is written."""
_ONE = re.compile(r"(?<![\d.,])1 (minute|hour|day|week|month|working day|heure|jour|semaine)s(?: (ouvrés))?(?!\w)")


_MORE = re.compile(r"(?<![\d.,:])([2-9]|\d\d+) (minute|hour|day|week|month|heure|jour|semaine)(?=$|[^\w])(?! ouvré)")


def counted(text: str) -> str:
    """`1 weeks` as `1 week`, `2 day` as `2 days`."""
    text = _ONE.sub(lambda m: f"1 {m[1]}" + (" ouvré" if m[2] else ""), text)
    return _MORE.sub(lambda m: f"{m[1]} {m[2]}s", text)


_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?:h(\d\d)?|:(\d\d))(?![\w:])")
_TIMES = re.compile(r"(?<![\d.,:])(\d+) (?:times?|fois)(?!\w)")


def with_own(example: str, written: str) -> str:
    """An example with the time of day and the count that the author wrote himself, if he wrote one of each."""
    times, counts = _TIME.findall(written), _TIMES.findall(written)
    if len(times) == 1:
        hour, short, long = times[0]
        minute = short or long
        example = re.sub(r"\d\d:00", f"{int(hour):02}:{minute or '00'}", example, count=1)
        example = re.sub(r"(?<!\w)\dh(?!\w)", f"{int(hour)}h{minute if minute != '00' else ''}", example, count=1)
    if len(counts) == 1 and int(counts[0]) > 1:
        example = re.sub(r"\d (times|fois)", rf"{counts[0]} \1", example, count=1)
    return example
