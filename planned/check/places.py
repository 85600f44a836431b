"""From a place in the text of a string to its place in the author's file."""

from __future__ import annotations

from planned.check.subject import LINE_END
from planned.diagnostics import Span
from planned.syntax import ast


def inside(text: ast.Text, source: str | None, line: int, column: int, length: int) -> tuple[Span, bool]:
    """Where characters of `text` stand in the file, and True; without the source the whole string's span, and False.

    Between a string and what an author typed lie quotes, `\\"`, removed indentation and NFC. So the characters are
    looked for as they are: the n-th of their like in the text is the n-th in the file.
    """
    if source is None:
        return text.span, False
    start = _offset(text.text, line, column)
    word = text.text[start : start + length]
    raw, first = _raw(source, text.span)
    if not word or "\n" in word:
        return text.span, False
    place = -1
    for _ in range(_count(text.text, word, start) + 1):
        place = raw.find(word, place + 1)
        if place < 0:
            return text.span, False
    before = raw[:place]
    down = before.count("\n")
    at_line = text.span.line + down
    at_column = len(before) - before.rfind("\n") if down else first + place
    return Span(text.span.file, at_line, at_column, at_line, at_column + len(word)), True


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _count(text: str, word: str, end: int) -> int:
    """How often the word begins before `end`, overlaps counted."""
    number, place = 0, text.find(word)
    while 0 <= place < end:
        number, place = number + 1, text.find(word, place + 1)
    return number


def _raw(source: str, span: Span) -> tuple[str, int]:
    """The string as it was typed, its lines joined by line feeds, and the column at which it starts."""
    lines = LINE_END.split(source)[span.line - 1 : span.end_line]
    if not lines:
        return "", span.column
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines), span.column
