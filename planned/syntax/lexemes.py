"""A text as a plain row of words, texts and numbers, whatever the grammar thinks of it: for what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from planned.syntax import words
from planned.syntax.source import Source

_PIECE = re.compile(
    r"(?P<blank>[ \n]+)|(?P<comment>#[^\n]*)|(?P<word>[^\W\d](?:[\w-]|'(?=hui\b))*'?)"
    r"|(?P<number>-?\d[\w:/.,-]*(?<![.,:/-]))|(?P<quote>\"\"\"|[\"«“])|(?P<other>.)"
)


class Lexeme(NamedTuple):
    """`text` is folded, a phrase with single blanks; `terminals` are those of a keyword."""

    kind: Literal["word", "keyword", "number", "text", "quote", "comment", "other"]
    start: int
    end: int
    text: str
    first: bool
    """Whether it is the first on its line."""
    terminals: frozenset[str] = frozenset()


@cache
def _phrases() -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """Folded phrase → terminals; first word → the most words that a phrase with it has."""
    owners: dict[str, frozenset[str]] = {}
    longest: dict[str, int] = {}
    for keyword in words.keywords():
        for language in words.LANGUAGES:
            for phrase in keyword.phrases(language):
                for variant in words.variants(phrase):
                    owners[variant] = owners.get(variant, frozenset()) | {keyword.terminals[language]}
                    parts = variant.replace("'", "' ").replace("aujourd' ", "aujourd'").split()
                    longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    return owners, longest


def terminals_of(phrase: str) -> frozenset[str]:
    """The terminals of a folded phrase with single blanks; none if it is no keyword."""
    return _phrases()[0].get(phrase, frozenset())


def lexemes(source: Source, start: int = 0) -> Iterator[Lexeme]:
    """The words of a text from a position on, keyword phrases whole; blanks left out, comments not."""
    owners, longest = _phrases()
    waiting: list[Lexeme] = []
    for piece in _pieces(source, start):
        if not waiting and piece.kind != "word":
            yield piece
            continue
        waiting.append(piece)
        while waiting and (waiting[0].kind != "word" or len(waiting) >= longest.get(waiting[0].text, 1)):
            yield _take(waiting, owners, longest)
    while waiting:
        yield _take(waiting, owners, longest)


def _take(waiting: list[Lexeme], owners: dict[str, frozenset[str]], longest: dict[str, int]) -> Lexeme:
    first = waiting[0]
    if first.kind == "word":
        for count in range(min(longest.get(first.text, 0), len(waiting)), 0, -1):
            parts = waiting[:count]
            if any(part.kind != "word" for part in parts):
                continue
            phrase = " ".join(part.text for part in parts).replace("' ", "'")
            if (terminals := owners.get(phrase)) is not None:
                del waiting[:count]
                return Lexeme("keyword", first.start, parts[-1].end, phrase, first.first, terminals)
    del waiting[0]
    return first


def _pieces(source: Source, start: int) -> Iterator[Lexeme]:
    text = source.folded
    unclosed = {'"""': -1, '"': -1, "«": -1, "“": -1}
    first = True
    position = start
    while (match := _PIECE.match(text, position)) is not None:
        kind, position = match.lastgroup, match.end()
        if kind == "blank":
            first = first or "\n" in match.group()
            continue
        begin = match.start()
        if kind == "quote":
            end = _closing(text, begin, match.group(), unclosed)
            if end is not None:
                yield Lexeme("text", begin, end, '"', first)
                position = end
            else:
                yield Lexeme("quote", begin, match.end(), match.group(), first)
        elif kind is not None:
            yield Lexeme(kind, begin, position, match.group(), first)  # type: ignore[arg-type]  # a group's name is a kind
        first = False


_CLOSING = {
    '"""': re.compile(r'"""[^"\\]*(?:(?:\\"""|\\(?!""")|"(?!""))[^"\\]*)*"""'),
    '"': re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'),
    "«": re.compile(r"«[^»\n]*»"),
    "“": re.compile(r"“[^”\n]*”"),
}


def _closing(text: str, begin: int, quote: str, unclosed: dict[str, int]) -> int | None:
    """The end of the text that begins here. What has no end up to a place is not looked for again before it."""
    if begin < unclosed[quote]:
        return None
    match = _CLOSING[quote].match(text, begin)
    if match is not None:
        return match.end()
    line_end = text.find("\n", begin)
    unclosed[quote] = len(text) if quote == '"""' or line_end < 0 else line_end
    return None
