"""In which language a file is written: the declared one, else that of its keywords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planned.diagnostics import Language, Span
from planned.syntax import ast, words
from planned.syntax.likeness import alike
from planned.syntax.source import Source


def means_language(word: str) -> bool:
    """Whether a folded word at the start of a line is `language`, misspelt."""
    return any(alike(word, right, 0.75) for right in ("language", "langue", "langage", "lang"))


def language_of(statements: tuple[ast.Statement, ...], spoken: Mapping[str, tuple[int, int]]) -> Language:
    """The declared language, else that of most of the keywords; of as many of both, that of the first."""
    for statement in statements:
        if isinstance(statement, ast.LanguageDecl):
            return statement.language
    return most_spoken(_plain(word) for word in sorted(spoken, key=lambda word: spoken[word]))


def most_spoken(keywords: Iterable[str]) -> Language:
    """The language of which most of the folded keywords are, English if none tells; of as many, that of the first."""
    counts: dict[Language, int] = {}
    for keyword in keywords:
        found = words.languages_of(keyword)
        if len(found) == 1:
            only = next(iter(found))
            counts[only] = counts.get(only, 0) + 1
    return max(counts, key=lambda one: counts[one]) if counts else "en"


def _plain(spoken: str) -> str:
    """A keyword as the reader found it: without a number before it and with single blanks."""
    return " ".join(spoken.lstrip("-0123456789").split()).replace("' ", "'")


def foreign_word(src: Source, spoken: Mapping[str, tuple[int, int]], language: Language) -> Span | None:
    """Where the first keyword stands that is of the other language only, if there are some of the file's own, too."""
    only: dict[Language, tuple[int, int]] = {}
    for word, place in spoken.items():
        found = words.languages_of(_plain(word))
        if len(found) == 1:
            only.setdefault(next(iter(found)), place)
    other: Language = "fr" if language == "en" else "en"
    return src.span(*only[other]) if len(only) == len(words.LANGUAGES) else None
