"""What an editor colours, as regular expressions over an author's own text. All words come from the keyword table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from planned.syntax import words
from planned.syntax.recover import STRONG

BLANKS = "[ \\t\\u00a0\\u202f]+"
_MARKED = re.compile(r"[À-ÖØ-öø-ÿŒœ]")
_PHRASE = re.compile("( |['’])")


class Color(StrEnum):
    """What a keyword is: the beginning of a statement, a clause, who is meant, a unit or a weekday."""

    DECLARATION = "declaration"
    CLAUSE = "clause"
    PERSON = "person"
    UNIT = "unit"


_COLORS = {"WHO": Color.PERSON, "ROLE": Color.PERSON, "UNIT": Color.UNIT, "WEEKDAY": Color.UNIT}

_MONTHS = "|".join((*words.MONTHS_EN, *words.MONTHS_FR))
NUMBERS = (
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?![\w-])"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?{BLANKS}(?:{_MONTHS})(?:{BLANKS}\d{{4}})?(?!\w)"
    r"|\d{1,2}:\d\d(?!\w)|\d{1,2} ?h(?: ?\d\d)?(?!\w)|\d+(?:[.,]\d+)?(?: ?%)?(?!\w)"
)
"""Days, times of day and numbers."""
VARIABLES = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|%[a-z_]{4,60}%"
"""What a text has filled in for each reader."""


def keyword_patterns() -> Iterator[tuple[Color, str]]:
    """For each colour the keywords of both languages as one expression, to be read without regard to case.

    Of two phrases the longer comes first, and a colour's phrases do not take the beginning of another colour's.
    """
    colors: dict[str, Color] = {}
    for terminal, phrases in words.phrases_of_terminals().items():
        color = Color.DECLARATION if terminal in STRONG else _COLORS.get(terminal, Color.CLAUSE)
        for phrase in phrases:
            colors.setdefault(phrase, color)
    for color in Color:
        own = sorted((phrase for phrase in colors if colors[phrase] is color), key=lambda one: (-len(one), one))
        body = "|".join(dict.fromkeys(map(_pattern, own)))
        yield color, rf"(?<![\w-])(?:{body})(?:(?<=['’])|(?![\w-]))"


def _pattern(phrase: str) -> str:
    """A phrase of the table over plain text: accents may be missing, an apostrophe may be curly."""
    parts = words.MARK.split(phrase)
    out = _words(parts[0])
    for mark, rest in zip(words.MARK.findall(phrase), parts[1:], strict=True):
        forms = sorted((form for form in words.MARKS[mark] if form), key=len, reverse=True)
        out += f"(?:{'|'.join(map(_words, forms))}){'?' if '' in words.MARKS[mark] else ''}{_words(rest)}"
    return out


def _words(text: str) -> str:
    return "".join(
        BLANKS if one == " " else "['’]" if one in ("'", "’") else _letters(one) for one in _PHRASE.split(text)
    )


def _letters(text: str) -> str:
    return _MARKED.sub(
        lambda match: f"[{words.fold(match[0])}{match[0]}]" if len(text) > 1 else match[0], re.escape(text)
    )
