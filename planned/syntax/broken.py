"""A statement that could not be read, and what is known about the place where reading stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planned.diagnostics import Diagnostic, Edit, Fix, Language, Message, Span
from planned.syntax.lexemes import Lexeme
from planned.syntax.source import Source


@dataclass(frozen=True, slots=True)
class Stop:
    """Where reading stopped: the statement's start, the place, the end of the last word that was read."""

    start: int
    at: int
    last: int
    expected: frozenset[str]
    too_deep: bool = False
    fresh: bool = False
    """Whether nothing of the statement could be read."""


@dataclass(frozen=True)
class Broken:
    """`row[start]` begins the statement, `row[at]` stopped the reader, who expected one of `expected`."""

    src: Source
    row: Sequence[Lexeme]
    start: int
    at: int
    stop: Stop
    language: Language
    """That of the file: in it the fixes are written."""
    declared: Mapping[str, frozenset[str]]
    """The names that the file declares, folded, each with the keyword before it."""

    @property
    def expected(self) -> frozenset[str]:
        return self.stop.expected

    @cached_property
    def here(self) -> Lexeme | None:
        return self.lexeme(self.at)

    @cached_property
    def before(self) -> Lexeme | None:
        return self.lexeme(self.at - 1)

    @cached_property
    def after(self) -> Lexeme | None:
        return self.lexeme(self.at + 1)

    def lexeme(self, k: int) -> Lexeme | None:
        """A lexeme of this statement or behind it; None before its start and after the end of the text."""
        return self.row[k] if self.start <= k < len(self.row) else None

    def follows(self, terminals: set[str], back: int = 1) -> bool:
        """Whether the lexeme so far before the stop is one of these keywords."""
        found = self.lexeme(self.at - back)
        return found is not None and bool(found.terminals & terminals)

    def written(self, first: Lexeme, last: Lexeme | None = None) -> str:
        """The author's words, on one line."""
        return shortened(" ".join(self.src.text[first.start : (last or first).end].split()))

    def span(self, first: Lexeme, last: Lexeme | None = None) -> Span:
        return self.src.span(first.start, (last or first).end)

    def replaced(self, start: int, end: int, en: str, fr: str, *, safe: bool = False) -> Fix:
        """The fix that writes something else there, in the language of the file."""
        return Fix((Edit(self.src.span(start, end), fr if self.language == "fr" else en),), safe)

    def report(
        self, message: Message, first: Lexeme, last: Lexeme | None = None, fix: Fix | None = None, **args: object
    ) -> Diagnostic:
        args.setdefault("word", self.written(first, last))
        return Diagnostic(message, self.span(first, last), args, fix=fix)


def shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 10] + "…"
