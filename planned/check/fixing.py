"""The fixes that diagnostics carry, applied to a text."""

from __future__ import annotations

from collections.abc import Iterable

from planned.check.subject import LINE_END
from planned.diagnostics import Edit, Fix, Span


def apply(text: str, path: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """The text of the file at `path` with its fixes, and how many were made; of fixes that overlap the first wins.

    A fix of several files, or beyond the text, is left out.
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    taken: list[tuple[int, int, str]] = []
    made = 0
    for fix in fixes:
        places = [_place(edit, path, starts, len(text)) for edit in fix.edits]
        wanted = [place for place in places if place is not None]
        if len(wanted) == len(places) and not any(_meet(new, old) for new in wanted for old in taken):
            taken += wanted
            made += 1
    for start, end, new in sorted(taken, reverse=True):
        text = text[:start] + new + text[end:]
    return text, made


def _place(edit: Edit, path: str, starts: list[int], length: int) -> tuple[int, int, str] | None:
    span = edit.span
    if span.file != path or not 1 <= span.line <= span.end_line <= len(starts):
        return None
    start, end = _offset(span, starts)
    return (start, end, edit.text) if start <= end <= length else None


def _offset(span: Span, starts: list[int]) -> tuple[int, int]:
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _meet(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether they share a character, or would insert at the same place."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]
