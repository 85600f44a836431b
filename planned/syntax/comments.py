"""A comment inside a phrase of several words, whose parts are then read as other words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax.lexemes import Lexeme, terminals_of
from planned.syntax.source import Source

INSIDE = Message(
    "comment-in-phrase",
    Severity.ERROR,
    "This comment stands inside `{phrase}`.",
    "Ce commentaire se trouve à l'intérieur de `{phrase}`.",
    "Put it before or after these words; they belong together.",
    "Mettez-le avant ou après ces mots ; ils vont ensemble.",
)
MOST_WORDS = 6
"""Of a phrase, and how far from the place where reading stopped one is looked for."""


class Cut(NamedTuple):
    """What is said, and the lexeme after the phrase."""

    diagnostic: Diagnostic
    following: int


def comment_in_phrase(src: Source, row: Sequence[Lexeme], start: int, at: int, expected: frozenset[str]) -> Cut | None:
    """The comment because of which the statement from `row[start]` on could not be read beyond `row[at]`, if one is."""
    for k in range(max(start, at - MOST_WORDS), min(at + MOST_WORDS, len(row) - 1)):
        begin = src.folded.find("#", row[k].end, row[k + 1].start)
        if begin < 0 or (found := _phrase_over(row, k, start, at, expected)) is None:
            continue
        first, last = found
        end = begin + len(src.text[begin : src.folded.index("\n", begin)].rstrip())
        phrase = " ".join(src.text[one.start : one.end] for one in row[first : last + 1])
        return Cut(Diagnostic(INSIDE, src.span(begin, end), {"phrase": phrase}), last + 1)
    return None


def _phrase_over(
    row: Sequence[Lexeme], k: int, start: int, at: int, expected: frozenset[str]
) -> tuple[int, int] | None:
    """The lexemes of a phrase from `row[k]` or before it to one after it that could stand where reading stopped."""
    if k == at and row[k].kind == "number" and "TIMES" in row[k + 1].terminals & expected:
        return k, k + 1
    for first in range(min(k, at), max(start, k - MOST_WORDS) - 1, -1):
        for last in range(k + 1, min(k + MOST_WORDS, len(row))):
            parts = row[first : last + 1]
            if any(part.kind not in ("word", "keyword") for part in parts):
                break
            terminals = terminals_of(" ".join(part.text for part in parts).replace("' ", "'"))
            if terminals and (first < at or terminals & expected):
                return first, last
    return None
