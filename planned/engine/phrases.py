"""How dates, durations and enumerations are said, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal

from planned.diagnostics import Language
from planned.syntax.ast import Duration, TimeOfDay, Unit
from planned.syntax.to_text import print_node


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The locale of a language code as learning platforms write it (`fr`, `fr_ca`, `pt-BR`); English failing one."""
    code = language.strip().replace("-", "_")
    if code.lower() == "en":
        return Locale("en", "GB")
    for attempt in (code, code.partition("_")[0]):
        try:
            return Locale.parse(attempt)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en", "GB")


def spoken(language: str) -> Language:
    """The language of our own sentences for a reader: French for French ones, English for all others."""
    return "fr" if language.lower().replace("-", "_").partition("_")[0] == "fr" else "en"


@lru_cache(maxsize=1 << 10)
def long_date(day: date, language: str) -> str:
    """`3 September 2026`, `1er septembre 2026`."""
    return _first(format_date(day, "long", locale_of(language)), day, language)


def full_date(day: date, language: Language) -> str:
    """`Thursday 3 September 2026`, `jeudi 3 septembre 2026`."""
    weekday: str = get_day_names("wide", locale=locale_of(language))[day.weekday()]
    return f"{weekday} {long_date(day, language)}"


@lru_cache(maxsize=1 << 10)
def short_date(day: date, language: Language, year: int) -> str:
    """`3 September`, `1er septembre`; with its year unless that is `year`."""
    if day.year != year:
        return long_date(day, language)
    return _first(format_date(day, "d MMMM", locale_of(language)), day, language)


def _first(text: str, day: date, language: str) -> str:
    return "1er" + text[1:] if day.day == 1 and spoken(language) == "fr" and text.startswith("1 ") else text


def short_time(at: time, language: str) -> str:
    """`14:10`, as the reader's language writes it; in French as the rules have it, `14h10`, `9h`."""
    locale = locale_of(language)
    if locale.language == "fr" and locale.territory in (None, "FR"):
        return print_node(TimeOfDay(hour=at.hour, minute=at.minute), "fr")
    return format_time(at, "short", locale=locale)


def column_time(at: time, language: Language) -> str:
    """`09:00`, ` 9h  `, `14h10`: five wide, so that hours stand below hours."""
    return f"{at:%H:%M}" if language == "en" else f"{at.hour:2}h{f'{at.minute:02}' if at.minute else '  '}"


def number(value: float, language: str) -> str:
    """At most two decimals, `12.5` or `12,5`."""
    return format_decimal(round(value, 2), format="0.##", locale=locale_of(language))


_UNITS: dict[Language, dict[Unit, tuple[str, str]]] = {
    "en": {
        Unit.MINUTE: ("minute", "minutes"),
        Unit.HOUR: ("hour", "hours"),
        Unit.DAY: ("day", "days"),
        Unit.WEEK: ("week", "weeks"),
        Unit.MONTH: ("month", "months"),
        Unit.WORKING_DAY: ("working day", "working days"),
    },
    "fr": {
        Unit.MINUTE: ("minute", "minutes"),
        Unit.HOUR: ("heure", "heures"),
        Unit.DAY: ("jour", "jours"),
        Unit.WEEK: ("semaine", "semaines"),
        Unit.MONTH: ("mois", "mois"),
        Unit.WORKING_DAY: ("jour ouvré", "jours ouvrés"),
    },
}


def duration(length: Duration, language: Language) -> str:
    """`3 days`, `1 jour 4 heures`."""
    return " ".join(f"{count} {_UNITS[language][unit][count > 1]}" for count, unit in length.parts)


def elapsed(microseconds: int, language: Language) -> str:
    """An elapsed time in its two largest units: `3 days`, `2 days 5 hours`."""
    minutes = microseconds // 60_000_000
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    counted = [(days, Unit.DAY), (hours, Unit.HOUR), (minutes, Unit.MINUTE)]
    said = [pair for pair in counted if pair[0]]
    if not said:
        return "less than a minute" if language == "en" else "moins d'une minute"
    first = counted.index(said[0])
    return duration(Duration(parts=tuple(pair for pair in counted[first : first + 2] if pair[0])), language)


def weekdays(days: frozenset[int], language: Language, last: str) -> str:
    """`Monday`, `lundi`, several joined with commas and `last`; 0 is Monday."""
    names = get_day_names("wide", locale=locale_of(language))
    return enumeration([names[day] for day in sorted(days)], last)


def enumeration(items: Sequence[str], last: str) -> str:
    """`a`, `a and b`, `a, b and c`, with `last` being "and"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæAÀÂÄEÉÈÊËIÎÏOÔÖUÙÛÜYŒÆ"


def de(title: str) -> str:
    """French `de` before a title: `de Quiz1`, `d'Introduction`."""
    return f"d'{title}" if title[:1] in tuple(_VOWELS) else f"de {title}"


def que(clause: str) -> str:
    """French `que` before a clause: `que vous …`, `qu'il …`."""
    return f"qu'{clause}" if clause[:1] in tuple(_VOWELS) else f"que {clause}"


@dataclass(frozen=True, slots=True)
class Clause:
    """Who or what, and what is said of it; two clauses with the same subject need it only once in English."""

    subject: str
    predicate: str
