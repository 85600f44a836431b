"""What the words of a phrase speak of: the notions of `grammar/meanings.toml`, names, texts, amounts and days."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from planned.diagnostics import Language
from planned.syntax import amounts, words
from planned.syntax.broken import Broken

_UNIT = "minutes?|hours?|heures?|working days?|business days?|jours? ouvres?|days?|jours?|weeks?|semaines?|months?|mois"
_ADJECTIVES = "(?:last|past|next|full|whole|dernier(?:e)?s?|prochaine?s?)"
_ADJECTIVE = re.compile(f"{_ADJECTIVES} ")
KINDS: tuple[tuple[str, str], ...] = (
    ("DATE", rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:er|st|nd|rd|th)?(?: of)? (?:{'|'.join(words.MONTHS)}) \d{{4}}"),
    ("TIME", r"(?:at |à |a )?(?:\d{1,2}:\d\d|\d{1,2} ?h(?: ?\d\d)?(?! ?(?:before|avant)))(?!\w)"),
    ("TIMES", rf"(?:{amounts.NUMBER})[\s-](?:times|time|fois)|twice"),
    ("SPAN", rf"(?:{amounts.NUMBER})[\s-](?:{_ADJECTIVES} )?(?:{_UNIT})"),
    ("NUMBER", r"\d+(?:[.,]\d+)?(?: ?%)?(?: ?/ ?\d+)?"),
    ("DAY", f"(?:{'|'.join(words.values('WEEKDAY'))})s?"),
)
_TEXT = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|«[^»\n]*»|“[^”\n]*”')
_WORD = re.compile(r"[^\W\d](?:[\w-]|'(?=hui\b))*'?|[<>=≤≥]+")
DECLARED = frozenset({"GROUP", "TEMPLATE", "CONTACT"})
"""Names that tell by their declaration what they are; any other is a NAME."""


class Notion(NamedTuple):
    """What a part of a phrase speaks of, or a kind with the author's words; `?` is a word that nobody knows."""

    kind: str
    start: int
    end: int


def notions(place: Broken, start: int, end: int) -> list[Notion]:
    """What the words between two positions speak of; those that say nothing by themselves are left out."""
    folded = place.src.folded
    found: list[Notion] = []
    while start < end:
        text, word = _TEXT.match(folded, start, end), _WORD.match(folded, start, end)
        if text is not None:
            one = Notion("TEXT", *text.span())
        elif word is not None and (kind := _name(place, word)):
            one = Notion(kind, *word.span())
        elif word is not None or folded[start].isdigit():
            one = _known(folded, start, end) or Notion("?", start, word.end() if word is not None else start + 1)
        else:
            one = Notion("", start, start + 1)
        before = found[-1] if found else None
        if before is not None and before.kind == one.kind == "NAME" and not folded[before.end : one.start].strip():
            found[-1] = before._replace(end=one.end)
        elif one.kind:
            found.append(one)
        start = one.end
    return found


def _known(folded: str, start: int, end: int) -> Notion | None:
    """The longest thing that is known there."""
    best = None
    for kind, pattern in _vocabulary():
        match = pattern.match(folded, start, end)
        if match is not None and match.end() > (best.end if best is not None else start):
            best = Notion(kind, *match.span())
    return best


def _name(place: Broken, word: re.Match[str]) -> str:
    """What kind of name a word is: of what it is declared, NAME for what only looks like one; nothing for any other."""
    declared = place.declared.get(word.group())
    if declared is not None:
        return next(iter(declared & DECLARED), "NAME")
    written = place.src.text[slice(*word.span())]
    if any(letter.isdigit() or letter == "_" for letter in written):
        return "NAME"
    known = _known(place.src.folded, *word.span())
    return "NAME" if written[0].isupper() and (known is None or not known.kind) else ""


def counted(folded: str, kind: str, language: Language) -> str:
    """`three days`, `the last 3 days`, `twice`: a number and its unit as the language has them."""
    if folded == "twice":
        return "2 fois" if language == "fr" else "2 times"
    number, unit = re.split(r"[\s-]", folded, maxsplit=1)
    if kind == "TIMES":
        unit = "fois" if language == "fr" else "times"
    else:
        unit = amounts.NORMAL["UNIT"](_ADJECTIVE.sub("", unit).replace("business", "working"), language)
    return f"{amounts.number(number)} {unit}"


def weekday(folded: str, language: Language) -> str:
    """`mondays`: a weekday as the language has it."""
    return amounts.NORMAL["DAY"](folded if folded in words.values("WEEKDAY") else folded.rstrip("s"), language)


# --- the table ---


def prepare() -> None:
    """Makes all patterns before the first mistake needs them."""
    _vocabulary()
    fields()


@cache
def tables() -> dict[str, Any]:
    """The table as it is written."""
    return tomllib.loads(resources.files("planned.grammar").joinpath("meanings.toml").read_text("utf-8"))


@cache
def _vocabulary() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is known, what is neutral last: the first of the longest counts."""
    table = tables()
    entries = [
        *KINDS,
        *table["notions"].items(),
        ("FIELD", "|".join(table["fields"].values())),
        *(("", pattern) for pattern in table["neutral"]),
    ]
    return tuple((kind, re.compile(_bounded(_longest_first(pattern)))) for kind, pattern in entries)


def _longest_first(pattern: str) -> str:
    """The alternatives so that none hides a longer one that begins with it: `end` and `end date`."""
    depth, parts = 0, [""]
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return "|".join(sorted(parts, key=len, reverse=True))


def _bounded(pattern: str) -> str:
    spaced = re.sub(r" (\??)", lambda blank: r"[ \n]*" if blank[1] else r"[ \n]+", pattern)
    return rf"(?:{spaced})(?:(?<=[^\w])|(?![\w-]))"


@cache
def fields() -> Mapping[str, re.Pattern[str]]:
    """The fields of a person, and what they are called."""
    return {name: re.compile(pattern) for name, pattern in tables()["fields"].items()}
