"""The words of a text, and what they tell where it could not be read: its language, the names that it declares."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise, takewhile

from planned.diagnostics import Language
from planned.syntax import declared, words
from planned.syntax.lexemes import Lexeme, lexemes
from planned.syntax.source import Source
from planned.syntax.spoken import means_language, most_spoken


class Row:
    """The lexemes of a text, read when they are needed first."""

    def __init__(self, src: Source, beyond: Callable[[], declared.Names]) -> None:
        self.src = src
        self.beyond = beyond
        self._all: list[Lexeme] = []
        self._plain: list[Lexeme] = []
        self._comments: list[Lexeme] = []
        self._starts: list[int] = []
        self._columns: list[int] = []

    def lexemes(self) -> list[Lexeme]:
        if not self._all:
            self._all = list(lexemes(self.src))
            self._plain = [lexeme for lexeme in self._all if lexeme.kind != "comment"]
            self._comments = [lexeme for lexeme in self._all if lexeme.kind == "comment"]
            self._starts = [lexeme.start for lexeme in self._plain]
            folded = self.src.folded
            self._columns = [
                start - folded.rfind("\n", 0, start) if lexeme.first else 0
                for start, lexeme in zip(self._starts, self._plain, strict=True)
            ]
        return self._plain

    @cached_property
    def language(self) -> Language:
        """As `language_of`, of a text that could not all be read."""
        row = self.lexemes()
        for word, code in pairwise(row):
            if "LANGUAGE" in word.terminals or (word.first and word.kind == "word" and means_language(word.text)):
                if (meant := words.language_meant(code.text)) is not None:
                    return meant
                if "LANGUAGE" in word.terminals:
                    return next(iter(words.languages_of(word.text)))
        return most_spoken(lexeme.text for lexeme in row if lexeme.kind == "keyword")

    @cached_property
    def declared(self) -> dict[str, frozenset[str]]:
        """The names that are declared, folded, each with the keyword before it."""
        return {**self.beyond(), **declared.in_words(self.lexemes())}

    def columns(self) -> list[int]:
        return self._columns

    def index(self, position: int) -> int:
        """The first lexeme that starts at a position or after it, or that reaches over it."""
        k = bisect_left(self._starts, position)
        if k and self._plain[k - 1].end > position:
            return k - 1
        return k

    def comments(self, start: int, end: int) -> dict[int, int]:
        first = bisect_left(self._comments, start, key=lambda c: c.start)
        return {c.start: c.end for c in takewhile(lambda c: c.start < end, self._comments[first:])}
