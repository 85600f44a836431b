"""Which keyword a word that is none was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import NamedTuple

from planned.diagnostics import Language
from planned.syntax import words

LONGEST_WORD = 40


class Meant(NamedTuple):
    """A keyword as it is written in English and in French."""

    en: str
    fr: str


def alike(word: str, other: str, least: float) -> float:
    """How alike two words are, from 0 to 1; 0 if less than `least`."""
    matcher = SequenceMatcher(None, word, other, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0


@lru_cache(maxsize=1024)
def nearest(word: str, expected: frozenset[str], least: float = 0.7) -> Meant | None:
    """The expected keyword whose first word is most like this one."""
    best, found = least, None
    for phrase, (owners, meant) in _vocabulary().items():
        if owners & expected and len(word) <= LONGEST_WORD:
            likeness = alike(word, _first_word(phrase), best) - 0.001 * phrase.count(" ")
            if likeness > best:
                best, found = likeness, meant
    return found


@lru_cache(maxsize=1024)
def nearest_terminals(word: str, terminals: frozenset[str], least: float) -> frozenset[str]:
    """The terminals whose phrase is most like a misspelt word; none if nothing is alike."""
    best, found = least, frozenset[str]()
    for phrase, (owners, _) in _vocabulary().items():
        if owners & terminals and " " not in phrase and len(word) <= LONGEST_WORD:
            likeness = alike(word, phrase, best)
            if likeness > best:
                best, found = likeness, owners & terminals
    return found


def longer(word: str, expected: frozenset[str]) -> Iterator[tuple[str, Meant]]:
    """The expected phrases of several words that begin with this one, folded, and how they are written."""
    for phrase, (owners, meant) in _vocabulary().items():
        for start in ("", "l'", "la ", "le "):
            if owners & expected and phrase.startswith(f"{start}{word} "):
                yield phrase.removeprefix(start), meant
                break


_LEAST_ALIKE = 0.75
_SHORTEST = 4


@lru_cache(maxsize=1024)
def spelled_like(word: str, language: Language) -> tuple[str, ...]:
    """The two words of the keywords that are most like a folded one, as they are spelled."""
    if not _SHORTEST <= len(word) <= LONGEST_WORD:
        return ()
    found = {
        (one, spelled): alike(word, one, _LEAST_ALIKE) + (known == language) / 20
        for (known, one), spelled in _words().items()
        if word[0] == one[0] and alike(word, one, _LEAST_ALIKE)
    }
    return tuple(spelled for _, spelled in sorted(found, key=lambda one: -found[one])[:2])


@cache
def _words() -> Mapping[tuple[Language, str], str]:
    """Every single word of the keywords, folded, by language → as it is spelled."""
    found: dict[tuple[Language, str], str] = {}
    for keyword in words.keywords():
        for language in words.LANGUAGES:
            for phrase in keyword.phrases(language):
                for word in words.canonical(phrase).replace("'", "' ").split():
                    found.setdefault((language, words.fold(word)), word)
    return found


def _first_word(phrase: str) -> str:
    return phrase.removeprefix("l'").split(" ")[0]


@cache
def _vocabulary() -> Mapping[str, tuple[frozenset[str], Meant]]:
    """Folded first forms and single words → terminals and how they are written in both languages."""
    found: dict[str, tuple[frozenset[str], Meant]] = {}
    for keyword in words.keywords():
        en = words.canonical(keyword.en[0]) if keyword.en else ""
        fr = words.canonical(keyword.fr[0]) if keyword.fr else ""
        for language in words.LANGUAGES:
            for phrase in keyword.phrases(language):
                written = words.canonical(phrase)
                meant = Meant(written, fr or written) if language == "en" else Meant(en or written, written)
                owners = found.get(words.fold(written), (frozenset(), meant))[0]
                found[words.fold(written)] = (owners | {keyword.terminals[language]}, meant)
    return found
