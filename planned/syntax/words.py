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
from functools import cache, lru_cache
from importlib import resources
from itertools import product

from planned.diagnostics import Language

LANGUAGES: tuple[Language, Language] = ("en", "fr")
_ARTICLES = ("", "l'", "la ", "le ", "les ", "une ", "un ")
MARKS: Mapping[str, tuple[str, ...]] = {
    "{le}": _ARTICLES,
    "{la}": _ARTICLES,
    "{l'}": _ARTICLES,
    "{de}": ("de", "du", "de la", "de l'", "des", "d'"),
    "{à}": ("à", "au", "à la", "à l'", "aux"),
    "{que}": ("que", "qu'"),
    "(e)": ("", "e"),
    "(s)": ("", "s"),
}
MARK = re.compile(r"\{(?:le|la|l'|de|à|que)\}|\((?:e|s)\)")


def _fold_table() -> dict[int, str]:
    table = {ord(blank): " " for blank in "\t\r\u00a0\u1680\u202f\u205f\u3000"}
    table.update(dict.fromkeys(range(8192, 8203), " "))
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


MONTHS_EN = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS_FR = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
MONTHS: Mapping[str, int] = {fold(name): i for months in (MONTHS_EN, MONTHS_FR) for i, name in enumerate(months, 1)}


@dataclass(frozen=True, slots=True)
class Keyword:
    """One entry of the table: a terminal, the value that it stands for, and its phrases."""

    terminal: str
    value: str
    en: tuple[str, ...]
    fr: tuple[str, ...]
    terminals: Mapping[Language, str]
    """In each language the terminal of the grammar; not the entry's own where a word is the same in two clauses."""

    def phrases(self, language: Language) -> tuple[str, ...]:
        return self.fr if language == "fr" else self.en


@cache
def keywords() -> tuple[Keyword, ...]:
    """All entries, in the order of the table."""
    table = tomllib.loads(resources.files("planned.grammar").joinpath("keywords.toml").read_text("utf-8"))
    found = []
    for terminal, entry in table.items():
        for value, v in ({"": entry} if "en" in entry else entry).items():
            own: Mapping[Language, str] = {
                "en": v.get("en_terminal", terminal),
                "fr": v.get("fr_terminal", terminal),
            }
            found.append(Keyword(terminal, value, tuple(v["en"]), tuple(v["fr"]), own))
    return tuple(found)


def variants(phrase: str) -> Iterator[str]:
    """Everything that a phrase of the table stands for, folded, with single blanks."""
    return map(fold, _spelled(phrase))


def _spelled(phrase: str) -> Iterator[str]:
    parts = MARK.split(phrase)
    marks = MARK.findall(phrase)
    for choice in product(*(MARKS[mark] for mark in marks)):
        yield parts[0] + "".join(chosen + part for chosen, part in zip(choice, parts[1:], strict=True))


def canonical(phrase: str, article: bool = False) -> str:
    """The phrase as the formatter writes it: each mark as its first form, an article only if asked for."""

    def written(mark: re.Match[str]) -> str:
        if MARKS[mark.group()] is _ARTICLES and article:
            word = mark.group().strip("{}")
            return word if word.endswith("'") else f"{word} "
        return MARKS[mark.group()][0]

    return MARK.sub(written, phrase)


@cache
def values(terminal: str) -> Mapping[str, str]:
    """For a terminal that has values: folded phrase → value."""
    found = {}
    for keyword in keywords():
        for language in LANGUAGES:
            if terminal in (keyword.terminal, keyword.terminals[language]):
                found.update({v: keyword.value for phrase in keyword.phrases(language) for v in variants(phrase)})
    return found


@cache
def inflections(terminal: str) -> Mapping[str, str]:
    """For an entry of the table: folded phrase → the same as it is spelled in French, with its accents."""
    phrases = (phrase for keyword in keywords() if keyword.terminal == terminal for phrase in keyword.fr)
    return {fold(spelled): spelled for phrase in phrases for spelled in _spelled(phrase)}


_ENDING = re.compile(r"(?:^|[ '])(?:(?P<le>le|du|au)|(?P<la>la)|(?P<les>les|des|aux)|(?P<l>l')|(?:d|qu)(?P<elided>'))$")


@lru_cache(maxsize=1024)
def article(phrase: str) -> str:
    """The article with which a folded French phrase ends: `le` of `achevement du`; `'` if only elided, as `d'`."""
    match = _ENDING.search(phrase.rstrip())
    if match is None:
        return ""
    return {"l": "l'", "elided": "'"}.get(match.lastgroup or "", match.lastgroup or "")


@cache
def languages_of(phrase: str) -> frozenset[Language]:
    """The languages in which a folded phrase is a keyword."""
    return _languages().get(phrase, frozenset())


@cache
def _languages() -> Mapping[str, frozenset[Language]]:
    found: dict[str, frozenset[Language]] = {}
    for keyword in keywords():
        for language in LANGUAGES:
            for phrase in keyword.phrases(language):
                for variant in variants(phrase):
                    found[variant] = found.get(variant, frozenset()) | {language}
    return found


_NAMES_OF_LANGUAGES: Mapping[Language, tuple[str, ...]] = {
    "fr": ("fr", "francais", "french"),
    "en": ("en", "english", "anglais"),
}


def language_meant(word: str) -> Language | None:
    """The language of which a folded word is the code or the name, or its beginning: `français`, `eng`, `en-GB`."""
    for language, names in _NAMES_OF_LANGUAGES.items():
        if len(word) > 1 and any(name.startswith(re.split("[-_]", word)[0]) for name in names):
            return language
    return None


@cache
def reserved() -> frozenset[str]:
    """The single words that are a keyword by themselves, folded; as names they need quotes."""
    return frozenset(word for word in _languages() if " " not in word and "'" not in word)


def _regexp(phrase: str) -> str:
    """A phrase as a regular expression over folded text."""

    def words(text: str) -> str:
        escaped = re.escape(fold(text)).replace("\\ ", "[ \\n]+").replace("/", "\\/")
        return escaped.replace("'", "'[ \\n]*")

    out = words(MARK.split(phrase)[0])
    for mark, rest in zip(MARK.findall(phrase), MARK.split(phrase)[1:], strict=True):
        forms = sorted((form for form in MARKS[mark] if form), key=len, reverse=True)
        out += "(?:" + "|".join(words(form) for form in forms) + ")" + ("?" if "" in MARKS[mark] else "") + words(rest)
    return out


def phrases_of_terminals() -> dict[str, list[str]]:
    """The phrases of each terminal of the grammar, as the table has them."""
    grouped: dict[str, list[str]] = {}
    for keyword in keywords():
        for language in LANGUAGES:
            grouped.setdefault(keyword.terminals[language], []).extend(keyword.phrases(language))
    return {terminal: phrases for terminal, phrases in grouped.items() if phrases}


def ranks() -> dict[str, int]:
    """Each terminal's rank, from 1: higher than that of every terminal one of whose phrases begins one of its own."""
    owners: dict[str, set[str]] = {}
    for terminal, phrases in phrases_of_terminals().items():
        for phrase in phrases:
            for variant in variants(phrase):
                owners.setdefault(variant, set()).add(terminal)
    below: dict[str, set[str]] = {}
    for variant, terminals_ in owners.items():
        starts = (variant[: cut.end() if cut.group() == "'" else cut.start()] for cut in re.finditer("[ ']", variant))
        beginnings = {other for start in starts for other in owners.get(start, ())}
        for terminal in terminals_:
            below.setdefault(terminal, set()).update(beginnings - {terminal})
    found: dict[str, int] = {}

    def rank(terminal: str) -> int:
        if terminal not in found:
            found[terminal] = 1 + max((rank(other) for other in below[terminal]), default=0)
        return found[terminal]

    for terminal in below:
        rank(terminal)
    return found


def terminals() -> str:
    """The keywords' terminals in Lark's notation; a longer phrase outranks its beginning."""
    rank = ranks()
    lines = []
    for terminal, phrases in phrases_of_terminals().items():
        ordered = sorted(set(phrases), key=lambda p: (-len(p.split()), -len(p), p))
        body = "|".join(_regexp(phrase) for phrase in ordered)
        if terminal == "TIMES":
            body = rf"-?\d+[ \n]+(?:{body})"
        lines.append(f"{terminal}.{10 * rank[terminal]}: /(?:{body})(?:(?<=')|(?![\\w-]))/")
    return "\n".join(lines) + "\n"
