"""The keyword table: its phrases, the terminals made from them, and which words are keywords.

Phrases are compared in folded text: small letters without accents (`à` alone keeps its own), `'` for every
apostrophe, blanks for blanks.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product

from planned.diagnostics import Language

MARKS: Mapping[str, tuple[str, ...]] = {
    "{le}": ("", "l'", "la ", "le ", "les ", "une ", "un "),
    "{de}": ("de", "du", "de la", "de l'", "des", "d'"),
    "{à}": ("à", "au", "à la", "à l'", "aux"),
    "{que}": ("que", "qu'"),
    "(e)": ("", "e"),
    "(s)": ("", "s"),
}
_MARK = re.compile(r"\{(?:le|de|à|que)\}|\((?:e|s)\)")


def _fold_table() -> dict[int, str]:
    table = {ord(blank): " " for blank in "\t\r\u00a0\u1680\u202f\u205f\u3000"}
    table.update({point: " " for point in range(0x2000, 0x200B)})
    table.update({ord(mark): "'" for mark in "’‘ʼ"})
    table[ord("−")] = "-"
    for point in (*range(0x41, 0x5B), *range(0xC0, 0x180)):
        base = unicodedata.normalize("NFD", chr(point))[0].lower()
        if len(base) == 1 and chr(point) not in "àÀ":
            table[point] = base
    table[ord("À")] = "à"
    return table


_FOLDS = _fold_table()


def fold(text: str) -> str:
    """The text as keywords are compared in it; every character keeps its place."""
    return text.translate(_FOLDS)


@dataclass(frozen=True, slots=True)
class Keyword:
    """One entry of the table: a terminal, the value that it stands for, and its phrases."""

    terminal: str
    value: str
    en: tuple[str, ...]
    fr: tuple[str, ...]

    def phrases(self, language: Language) -> tuple[str, ...]:
        return self.fr if language == "fr" else self.en


@cache
def keywords() -> tuple[Keyword, ...]:
    """All entries, in the order of the table."""
    table = tomllib.loads(resources.files("planned.grammar").joinpath("keywords.toml").read_text("utf-8"))
    found = []
    for terminal, entry in table.items():
        values = {"": entry} if "en" in entry else entry
        found += [Keyword(terminal, value, tuple(v["en"]), tuple(v["fr"])) for value, v in values.items()]
    return tuple(found)


def variants(phrase: str) -> Iterator[str]:
    """Everything that a phrase of the table stands for, folded, with single blanks."""
    parts = _MARK.split(phrase)
    marks = _MARK.findall(phrase)
    for choice in product(*(MARKS[mark] for mark in marks)):
        text = parts[0] + "".join(chosen + part for chosen, part in zip(choice, parts[1:], strict=True))
        yield fold(text)


def canonical(phrase: str) -> str:
    """The phrase as the formatter writes it, each mark as its first form; `{le}` left out."""
    return _MARK.sub(lambda mark: MARKS[mark.group()][0], phrase)


@cache
def values(terminal: str) -> Mapping[str, str]:
    """For a terminal that has values: folded phrase → value."""
    entries = (k for k in keywords() if k.terminal == terminal)
    return {v: k.value for k in entries for phrase in (*k.en, *k.fr) for v in variants(phrase)}


@cache
def languages_of(phrase: str) -> frozenset[Language]:
    """The languages in which a folded phrase is a keyword."""
    return _languages().get(phrase, frozenset())


@cache
def _languages() -> Mapping[str, frozenset[Language]]:
    found: dict[str, frozenset[Language]] = {}
    for keyword in keywords():
        for language in ("en", "fr"):
            for phrase in keyword.phrases(language):
                for variant in variants(phrase):
                    found[variant] = found.get(variant, frozenset()) | {language}
    return found


@cache
def reserved() -> frozenset[str]:
    """The single words that are a keyword by themselves, folded; as names they need quotes."""
    return frozenset(word for word in _languages() if " " not in word and "'" not in word)


def _regexp(phrase: str) -> str:
    """A phrase as a regular expression over folded text."""

    def words(text: str) -> str:
        escaped = re.escape(fold(text)).replace("\\ ", "[ \\n]+").replace("/", "\\/")
        return escaped.replace("'", "'[ \\n]*")

    out = words(_MARK.split(phrase)[0])
    for mark, rest in zip(_MARK.findall(phrase), _MARK.split(phrase)[1:], strict=True):
        forms = sorted((form for form in MARKS[mark] if form), key=len, reverse=True)
        out += "(?:" + "|".join(words(form) for form in forms) + ")" + ("?" if "" in MARKS[mark] else "") + words(rest)
    return out


def terminals() -> str:
    """The keywords' terminals in Lark's notation; a longer phrase outranks its beginning."""
    grouped: dict[str, list[str]] = {}
    for keyword in keywords():
        grouped.setdefault(keyword.terminal, []).extend((*keyword.en, *keyword.fr))
    lines = []
    for terminal, phrases in grouped.items():
        ordered = sorted(set(phrases), key=lambda p: (-len(p.split()), -len(p), p))
        body = "|".join(_regexp(phrase) for phrase in ordered)
        if terminal == "TIMES":
            body = rf"-?\d+[ \n]+(?:{body})"
        priority = 10 * max(len(canonical(p).split()) for p in phrases) + 10
        lines.append(f"{terminal}.{priority}: /(?:{body})(?:(?<=')|(?![\\w-]))/")
    return "\n".join(lines) + "\n"
