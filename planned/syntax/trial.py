"""Whether a change mends a statement that could not be read: the statement is read again with it.

What is proposed to an author is tried first, so that what he is told to type is understood. What was mended also says
where the statement ends, so that its rest is not taken for another mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from planned.diagnostics import Diagnostic
from planned.syntax.broken import Broken
from planned.syntax.lexemes import Lexeme
from planned.syntax.recover import STRONG, TRIGGERS, starts_trigger

_COMMENT = re.compile("#.*")
LONGEST = 3000
"""Characters of a statement that are read again at most."""
MOST_READ = 15_000
"""Characters that are read again for one mistake, of all changes together."""
_FARTHEST = 200
"""Words back to where the statement may begin."""
_LINES = frozenset({"GIVEN", "EXPECT", "EXPECT_NO", "EXPECT_NOTICE", "EXPECT_NO_MESSAGE", "EXPECT_NOTHING_ELSE"})


class Reading(NamedTuple):
    """What became of a text: where its first statement ends, if it is right, else -1, and where reading stopped."""

    end: int
    stop: int


Read = Callable[[str], Reading]
Edit = tuple[int, int, str]
"""What stands between two positions of the source is replaced."""


class Mended(NamedTuple):
    """What is said, and where the statement ends that its change makes readable; -1 if it is not known."""

    said: Diagnostic
    end: int = -1


class Trial:
    """The statement around a mistake. `begin` is its first lexeme, which may stand before the place's own."""

    def __init__(self, place: Broken, read: Read) -> None:
        self.place = place
        self.begin = _begin(place.row, place.start, place.src.folded)
        self._read = read
        self._left = MOST_READ
        row, src = place.row, place.src
        head = row[self.begin]
        self.end = min(_hard_end(place, self.begin), head.start + LONGEST)
        self._from = head.start
        self._prefix = ""
        if "SCENARIO" in head.terminals:
            line = next((k for k in range(place.at, self.begin, -1) if _is_line(row, k)), self.begin)
            if line > self.begin + 1:
                self._from = row[line].start
                self._prefix = src.text[head.start : row[self.begin + 1].end] + "\n"
        self._here = (place.here or row[-1]).end
        self._after = (place.after or row[-1]).start

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def end_if_whole(self, edits: Sequence[Edit]) -> int | None:
        """Where the statement ends if the edits make it readable; -1 if they only make more of it readable."""
        text, grown = self._edited(edits)
        if text is None or self.spent:
            return None
        self._left -= len(text)
        reading = self._read(text)
        edited = max(last for _, last, _ in edits)
        if reading.end >= 0:
            end = self.end - (len(text) - reading.end)
            rest = self.end - edited
            between = _COMMENT.sub("", text[reading.end : len(text) - rest])
            if end < edited and (between.strip() or self._goes_on(edited)):
                return None
            return max(end, edited)
        only_deleted = not any(text for *_, text in edits)
        least = self._here if not only_deleted else self._after if edited >= self._here else self._here - 1
        least = max(least, edited)
        stopped = reading.stop + self._from - len(self._prefix) - grown
        return -1 if stopped > least else None

    def _goes_on(self, position: int) -> bool:
        """Whether something follows on the line."""
        text = self.place.src.folded
        return bool(text[position : text.find("\n", position)].strip())

    def _edited(self, edits: Sequence[Edit]) -> tuple[str | None, int]:
        """The statement with the edits, and by how much it has grown."""
        src = self.place.src
        text, grown, end = "", 0, self._from
        for first, last, new in sorted(edits):
            if first < end or last > self.end:
                return None, 0
            text += src.text[end:first] + new
            grown += len(new) - (last - first)
            end = last
        return self._prefix + text + src.text[end : self.end], grown

    def of(self, found: Diagnostic) -> int | None:
        """As `end_if_whole`, of what a diagnostic proposes; None if it proposes nothing that can be typed."""
        if found.fix is None:
            return None
        at = self.place.src.position
        edits = [
            (at(e.span.line, e.span.column), at(e.span.end_line, e.span.end_column), e.text) for e in found.fix.edits
        ]
        return self.end_if_whole(edits)


def _is_line(row: Sequence[Lexeme], k: int) -> bool:
    return k < len(row) and bool(row[k].terminals & _LINES)


def _begin(row: Sequence[Lexeme], start: int, text: str) -> int:
    """The statement to which one belongs that begins within a line, or deeper than the one above it."""

    def column(k: int) -> int:
        return row[k].start - text.rfind("\n", 0, row[k].start)

    if start >= len(row) or (row[start].first and (column(start) == 1 or row[start].terminals & STRONG)):
        return start
    for k in range(start - 1, max(start - _FARTHEST, -1), -1):
        if row[k].terminals & STRONG or (row[k].first and starts_trigger(row, k)):
            if not row[start].first or (row[k].first and column(k) < column(start)):
                return k
            if row[k].first and row[k].terminals & STRONG:
                break
    return start


def _hard_end(place: Broken, begin: int) -> int:
    """Where another statement certainly begins."""
    row, text = place.row, place.src.folded
    column = row[begin].start - text.rfind("\n", 0, row[begin].start)
    kinds = STRONG if "RULE" in row[begin].terminals else STRONG | TRIGGERS
    for lexeme in row[max(place.at, begin + 1) :]:
        if lexeme.start - row[begin].start > LONGEST:
            break
        if lexeme.first and lexeme.terminals & kinds and lexeme.start - text.rfind("\n", 0, lexeme.start) <= column:
            return lexeme.start
    return len(text)
