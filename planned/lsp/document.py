"""An open document: its text, what was read of it, and what is wrong in it as far as is known now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from planned.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from planned.lsp.choice import EVERYTHING, Choice
from planned.lsp.local import local_lints
from planned.lsp.text import Text
from planned.syntax import ast
from planned.syntax.pieces import Piece, Pieces

MOST = 100
"""So many mistakes are shown of a file, the errors first: more of them helps nobody, and takes time."""


@dataclass(slots=True)
class _Judged:
    """The lints of a piece; spans count as if it began at line `base`."""

    base: int
    found: Sequence[Diagnostic]


class Document:
    def __init__(self, uri: str, path: str, version: int, text: Text, choice: Choice = EVERYTHING) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.text = text
        self.choice = choice
        self.imports: Mapping[str, ast.File] = {}
        self.pieces = Pieces(str(text), path)
        self._lints: dict[Piece, _Judged] = {}
        self._beside: Sequence[Diagnostic] = ()

    def change(self, edit: tuple[int, int, str] | None) -> None:
        """Reads again what was edited (None: all), and judges it as far as that can be done alone."""
        if edit is None:
            self.pieces = Pieces(str(self.text), self.path)
            return
        fresh, file = self.pieces.edit(*edit)
        pieces = self.pieces.all[fresh]
        if not any(isinstance(one, ast.Rule) for piece in pieces for one in piece.statements):
            return
        text = "".join(piece.text for piece in pieces)
        above = chain.from_iterable([piece.statements for piece in self.pieces.all[: fresh.start]])
        names = self.pieces.rule_names()
        edited = replace(file, statements=tuple(one for piece in pieces for one in piece.statements))
        known = self.choice.known
        found = local_lints(above, edited, text, rule_names=names, imports=self.imports, known=known)
        for piece in pieces:
            own = [one for one in found if piece.base <= one.span.line < piece.base + max(piece.lines, 1)]
            self._lints[piece] = _Judged(piece.base, own)

    def judged(self, found: Sequence[Diagnostic], imports: Mapping[str, ast.File]) -> None:
        """All that is wrong in this very text, by the lints of all rules."""
        self.imports = imports
        read = {(one.span, one.name) for one in self._of_reading()}
        own = [one for one in found if one.span.file == self.path and (one.span, one.name) not in read]
        lints: dict[Piece, list[Diagnostic]] = {}
        starts = self.pieces.starts()
        self._beside = [one for one in own if one.name in ("file-size", "too-many-rules")]
        for one in own:
            if one not in self._beside:
                place = bisect_right(starts, one.span.line, hi=len(self.pieces.all)) - 1
                lints.setdefault(self.pieces.all[max(place, 0)], []).append(one)
        placed = zip(self.pieces.all, starts, strict=False)
        self._lints = {piece: _Judged(start, lints[piece]) for piece, start in placed if piece in lints}

    def found(self) -> list[Diagnostic]:
        """With the spans of the text as it is now."""
        lints = self._all_lints()
        everything = [*self._beside, *self._of_reading(), *filter(self.choice.wants, lints)]
        return everything if len(everything) <= MOST else sorted(everything, key=_weight)[:MOST]

    def _of_reading(self) -> Iterator[Diagnostic]:
        start = 1
        for piece in self.pieces.all:
            for one in piece.found:
                yield moved(one, start - piece.base)
            start += piece.lines

    def _all_lints(self) -> Iterator[Diagnostic]:
        start = 1
        for piece in self.pieces.all:
            judged = self._lints.get(piece)
            if judged is not None:
                for one in judged.found:
                    yield moved(one, start - judged.base)
            start += piece.lines


def _weight(one: Diagnostic) -> int:
    return list(Severity).index(one.severity)


def moved(one: Diagnostic, down: int) -> Diagnostic:
    """The same, so many lines further down."""
    if not down:
        return one
    fix = one.fix and Fix(tuple(Edit(_down(edit.span, down), edit.text) for edit in one.fix.edits), one.fix.safe)
    return replace(one, span=_down(one.span, down), fix=fix)


def _down(span: Span, down: int) -> Span:
    return Span(span.file, span.line + down, span.column, span.end_line + down, span.end_column)
