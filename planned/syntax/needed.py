"""What a text must have in it for a pattern of habits to match: it is looked for first, so that few have to be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

Needed: TypeAlias = tuple[frozenset[str], ...]
"""One of each of them stands in whatever matches."""

_TOKEN = re.compile(
    r"(?P<group>\((?:\?(?::|P<\w+>))?(?!\?))|(?P<around>\(\?<?[=!])|(?P<close>\)(?P<maybe>[?*]|\{[\d,]*\})?)"
    r"|(?P<otherwise>\|)|(?P<word>[A-Z]+(?![A-Z?*{]))|(?P<plain>[^A-Z \\()\[\]{}|?*+.^$]+(?![?*+{]))"
    r"|\\.|\[(?:\\.|[^\]])*\]|\{[\d,]*\}"
)
"""Of a regular expression as `habits.toml` has them; what may be missing and a blank are none, and are passed over."""


def needed(pattern: str, opened: Mapping[str, Needed]) -> Needed:
    """What must be there for a pattern, with what its words in capitals need. It may be too little, never too much."""
    return _of_group(_TOKEN.finditer(pattern), opened)


def _of_group(tokens: Iterator[re.Match[str]], opened: Mapping[str, Needed]) -> Needed:
    """That of the tokens up to the end of the group; nothing, if the group may be missing."""
    ways: list[list[frozenset[str]]] = [[]]
    for token in tokens:
        match token.lastgroup:
            case "plain":
                ways[-1].append(frozenset((token.group(),)))
            case "word":
                ways[-1].extend(opened[token.group()])
            case "group":
                ways[-1].extend(_of_group(tokens, opened))
            case "around":
                _of_group(tokens, opened)
            case "otherwise":
                ways.append([])
            case "close":
                return () if token["maybe"] else _of_ways(ways)
    return _of_ways(ways)


def _of_ways(ways: Iterable[list[frozenset[str]]]) -> Needed:
    """All of the only way; of several ways, whatever one of them needs most."""
    first, *others = ways
    if not others:
        return tuple(first)
    if not all((first, *others)):
        return ()
    return (frozenset().union(*(max(way, key=_rarity) for way in (first, *others))),)


def _rarity(ones: frozenset[str]) -> tuple[int, int]:
    return min(map(len, ones)), -len(ones)
