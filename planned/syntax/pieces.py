"""A text in pieces of whole lines, so that after an edit only the statements around it are read again.

A piece begins where a statement begins a line. What the parser makes of a statement depends on nothing above it, and
what is said of a wrong one only on the names that are declared, so a piece that was not touched keeps what was read of
it. Read again are the pieces that were edited, the one before (what follows a statement may belong to it) and some
after it, until one of these turns out as it was.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain, pairwise

from planned.diagnostics import Diagnostic, Language
from planned.syntax import ast, declared
from planned.syntax.from_text import parse
from planned.syntax.source import lines_of

AFTER = 2
"""So many pieces after an edit are read with it, at first."""
MORE = 16
"""So many times more if they turn out to be others than before."""


@dataclass(eq=False, slots=True)
class Piece:
    """Whole lines and what was read of them; all spans are counted as if the piece began at line `base`, from 1."""

    text: str
    lines: int
    base: int
    statements: tuple[ast.Statement, ...]
    found: tuple[Diagnostic, ...]
    rules: tuple[str, ...] = field(init=False)
    """The names of its rules: those of all pieces are asked for with each edit."""

    def __post_init__(self) -> None:
        named = (one.name for one in self.statements if isinstance(one, ast.Rule))
        self.rules = tuple(name.text for name in named if name is not None)


class Pieces:
    """The text of one file. Of what is beyond a quote that is never closed it knows no more than before the edit."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        file, found = parse(text, path)
        self.all = _cut(text, file, found, at_end=True)
        self.language: Language = file.language

    def starts(self) -> list[int]:
        """The line at which each piece begins, from 1, and last the line after the text."""
        return list(accumulate([piece.lines for piece in self.all], initial=1))

    def around(self, line: int) -> tuple[int, int]:
        """The number of the piece with a line, and the line at which it begins; both lines from 1."""
        starts = self.starts()
        number = max(bisect_right(starts, line, hi=len(self.all)) - 1, 0)
        return number, starts[number]

    def rule_names(self) -> frozenset[str]:
        """Of all rules that have one."""
        return frozenset(chain.from_iterable([piece.rules for piece in self.all]))

    def edit(self, first: int, end: int, text: str) -> tuple[slice, ast.File]:
        """Writes `text` in the place of the lines from `first` to before `end`, all whole lines.

        Returns which pieces are new, and what was read for it.
        """
        start, top = self.around(first)
        last, _ = self.around(max(end - 1, first))
        if start:
            start -= 1
            top -= self.all[start].lines
        after = AFTER
        while True:
            stop = min(last + 1 + after, len(self.all))
            lines = lines_of("".join(piece.text for piece in self.all[start:stop]))
            lines[first - top : end - top] = [text]
            written = "".join(lines)
            file, found = parse(written, self.path, beyond=partial(self._names_beyond, start, stop))
            fresh = _cut(written, file, found, at_end=stop == len(self.all))
            if stop == len(self.all) or _same(fresh[-1], self.all[stop - 1]):
                break
            after *= MORE
        while stop > last + 1 and len(fresh) > 1 and _same(fresh[-1], self.all[stop - 1]):
            fresh.pop()
            stop -= 1
        self.all[start:stop] = fresh
        self._notice_language(file)
        return slice(start, start + len(fresh)), file

    def _names_beyond(self, start: int, stop: int) -> declared.Names:
        """What the pieces before and after these declare."""
        outside = chain(self.all[:start], self.all[stop:])
        return declared.in_statements(chain.from_iterable(piece.statements for piece in outside))

    def _notice_language(self, file: ast.File) -> None:
        if any(isinstance(one, ast.LanguageDecl) for one in file.statements):
            self.language = file.language


def _same(one: Piece, other: Piece) -> bool:
    return one.text == other.text and len(one.statements) == len(other.statements)


def _cut(text: str, file: ast.File, found: list[Diagnostic], *, at_end: bool) -> list[Piece]:
    lines = lines_of(text) if at_end else lines_of(text)[:-1]
    starts = {1}
    for statement in file.statements:
        span = statement.span
        if not lines[span.line - 1][: span.column - 1].strip():
            starts.add(span.line)
    edges = [*sorted(starts), len(lines) + 1]
    statements, mistakes = list(file.statements)[::-1], found[::-1]
    pieces = []
    for start, end in pairwise(edges):
        own: list[ast.Statement] = []
        wrong: list[Diagnostic] = []
        while statements and statements[-1].span.line < end:
            own.append(statements.pop())
        while mistakes and (mistakes[-1].span.line < end or end == edges[-1]):
            wrong.append(mistakes.pop())
        pieces.append(Piece("".join(lines[start - 1 : end - 1]), end - start, start, tuple(own), tuple(wrong)))
    return pieces
