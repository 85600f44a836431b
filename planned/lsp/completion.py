"""What an author may write next: keywords that the parser takes there, names that are declared, template variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from planned.check.scope import NameKind, Scope, Survey, survey
from planned.check.template_names import TemplateNames
from planned.check.template_places import PERCENT_NAMES
from planned.diagnostics import Language
from planned.lsp.names import said_of, written
from planned.syntax import ast, words
from planned.syntax.from_text import following
from planned.syntax.lexemes import Lexeme, lexemes
from planned.syntax.source import source

Kind = Literal["keyword", "variable"] | NameKind | Literal["rule", "person"]
MOST_WORDS = 6
"""Of the longest phrase, as many words may have been written of it already."""
_WORD = re.compile(r"[\w-]+['’]?$")
_OPEN = re.compile(r"\{\{-?[^{}]*?(?P<path>[\w.]*)$|%(?P<percent>\w*)$")

_ASKED: Mapping[str, tuple[Kind, ...]] = {
    "COMPLETION": ("activity", "rule"),
    **dict.fromkeys(("GRADE", "DEADLINE", "ON_ACTIVITY"), ("activity",)),
    **dict.fromkeys(("JOINING", "IN_GROUP", "FOR_GROUP"), ("group",)),
    **dict.fromkeys(("BEFORE", "ON_DAY_OF"), ("date",)),
    **dict.fromkeys(("AFTER", "IF", "UNLESS", "AND", "OR", "NOT", "STOP", "STOP_ALL"), ("activity", "rule", "date")),
    "SEND": ("template",),
    "NOTIFY": ("contact",),
    "SENDER": ("contact",),
    "ABOUT": ("topic",),
    **dict.fromkeys(("EXPECT", "EXPECT_NOTICE", "EXPECT_NO"), ("rule",)),
    **dict.fromkeys(("GIVEN", "SUPPRESSED", "EXPECT_NO_MESSAGE"), ("person",)),
    "VERB_NAME": ("activity", "rule", "group"),
    "CONSULTED": ("activity",),
    "HAPPENING": ("activity",),
    "FROM": ("contact", "date", "activity"),
    "UNTIL": ("date",),
    "FOR": ("activity", "rule"),
}
"""By the keyword before it which names an author may mean."""
_AFTER_TO: Mapping[str, tuple[Kind, ...]] = {
    **dict.fromkeys(("SEND", "SUBJECT", "EXPECT_NOTICE"), ("contact",)),
    **dict.fromkeys(("EXPECT", "EXPECT_NO"), ("person",)),
    "SCORES": ("activity",),
    "UNIT": ("activity", "rule"),
}
"""By the keyword before `to`, `à` or `pour`."""
_OF_HAPPENING: Mapping[str, tuple[Kind, ...]] = {"sending": ("rule",), "leaving": ("group",)}


@dataclass(frozen=True, slots=True)
class Offer:
    """`start` is the column, from 1, from which on it takes the place of what stands there."""

    text: str
    kind: Kind
    start: int
    title: str = ""
    sought: str = ""
    """What was begun of it, if that is not the text itself: `achèvement de` of `l'achèvement de`."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where an author writes. `before`: the text from the start of a statement above up to the cursor; `line`: its
    last line; `statements`: those of the file up to here; `others`: names of rules elsewhere."""

    before: str
    line: str
    statements: tuple[ast.Statement, ...]
    path: str
    imports: Mapping[str, ast.File]
    language: Language
    others: frozenset[str] = frozenset()


def offers(here: Here) -> list[Offer]:
    """The best first: names before keywords, one of each."""
    inside = _open_text(here.before)
    if inside is not None:
        return list(_variables(here, inside))
    found: dict[str, Offer] = {}
    for cut in _cuts(here.line):
        typed = here.line[cut:]
        text = here.before[: len(here.before) - len(typed)]
        accepted = following(text)
        if accepted & {"NAME", "STRING"} and not typed.endswith((" ", "\t")):
            for offer in _names(here, text, typed, cut + 1):
                found.setdefault(offer.text, offer)
        for phrase, plain in _phrases(accepted, here.language):
            for spelled in (phrase, plain):
                if words.fold(spelled).startswith(_plain(typed)):
                    found.setdefault(phrase, Offer(phrase, "keyword", cut + 1, sought=spelled))
    return sorted(found.values(), key=lambda offer: (offer.kind == "keyword", offer.start))


def _cuts(line: str) -> Iterator[int]:
    """Where what is being written may begin: at the cursor if no word ends there, at the last word, the last two …"""
    cut = len(line)
    if not _WORD.search(line) or line.endswith(("'", "’")):
        yield cut
    for _ in range(MOST_WORDS):
        match = _WORD.search(line[:cut].rstrip())
        if match is None:
            return
        cut = match.start()
        yield cut


def _plain(typed: str) -> str:
    """As phrases are compared: small letters, single blanks, one at the end if there is one."""
    folded = words.fold(typed)
    return " ".join(folded.split()) + (" " if folded.endswith(" ") else "")


def _phrases(accepted: frozenset[str], language: Language) -> Iterator[tuple[str, str]]:
    """The keywords of these terminals as the formatter writes them, with and without an article."""
    for keyword in words.keywords():
        if keyword.terminals[language] in accepted and keyword.phrases(language):
            first = keyword.phrases(language)[0]
            yield words.canonical(first, article=True), words.canonical(first)


# --- names ------------------------------------------------------------------------------------------------


def _names(here: Here, text: str, typed: str, start: int) -> Iterator[Offer]:
    kinds = _kinds(text)
    if not kinds:
        return
    surveyed = survey([ast.File(path=here.path, language=here.language, statements=here.statements)], here.imports)
    begun = words.fold(typed)
    for name, kind, title in _known(here, surveyed, kinds):
        if words.fold(name).startswith(begun):
            yield Offer(written(name), kind, start, title)


def _kinds(text: str) -> tuple[Kind, ...]:
    src, _ = source(text, "")
    row = [one for one in lexemes(src) if one.kind != "comment"]
    while row and (row[-1].text == "," or ("ARTICLE" in row[-1].terminals and len(row[-1].terminals) == 1)):
        row = _before_list(row) if row[-1].text == "," else row[:-1]
    if not row:
        return ()
    last = row[-1]
    value = words.values("HAPPENING").get(last.text, "")
    if "HAPPENING" in last.terminals and value in _OF_HAPPENING:
        return _OF_HAPPENING[value]
    asked = (_ASKED.get(terminal, ()) for terminal in sorted(last.terminals))
    found = tuple(dict.fromkeys(chain.from_iterable(asked)))
    if last.terminals & {"A", "TO", "FOR_PERSON"}:
        before = next((one for one in reversed(row[:-1]) if one.kind == "keyword"), None)
        return _AFTER_TO.get(min(before.terminals & _AFTER_TO.keys(), default=""), ()) if before else ()
    return found


def _before_list(row: list[Lexeme]) -> list[Lexeme]:
    """`send a, b,` asks for what `send` asks for."""
    while row and row[-1].kind != "keyword":
        row = row[:-1]
    return row


def _known(here: Here, surveyed: Survey, kinds: Iterable[Kind]) -> Iterator[tuple[str, Kind, str]]:
    file = surveyed.files[0]
    section = file.sections[-1] if file.sections else file.head
    scope = Scope(file.head, section, len(here.statements) + sum(len(one.statements) for one in here.imports.values()))
    for kind in kinds:
        match kind:
            case "rule":
                own = {name: _title(placed[0].node.title) for name, placed in surveyed.anywhere.items()}
                for name in sorted({*own, *here.others}):
                    yield name, kind, own.get(name, "")
            case "person":
                for name in sorted(_people(here)):
                    yield name, kind, ""
            case "keyword" | "variable":
                pass
            case _:
                for declared in scope.known(kind):
                    yield declared.node.name.text, kind, _title(said_of(declared.node))


def _people(here: Here) -> set[str]:
    """Who is in the scenarios above, and in the one that is being written."""
    given = (line for one in here.statements if isinstance(one, ast.Scenario) for line in one.lines)
    known = {line.person.text for line in given if isinstance(line, ast.Given) and line.person is not None}
    src, _ = source(here.before, "")
    row = list(lexemes(src))
    for keyword, name in pairwise(row):
        if "GIVEN" in keyword.terminals and name.kind == "word" and name.end < len(src.text):
            known.add(src.text[name.start : name.end])
    return known


def _title(text: ast.Text | None) -> str:
    return text.text if text is not None else ""


# --- in texts ---------------------------------------------------------------------------------------------


def _open_text(before: str) -> str | None:
    """The text in which the cursor stands, from its quote on; None outside of texts."""
    src, _ = source(before, "")
    quote = next((one for one in lexemes(src) if one.kind == "quote"), None)
    return src.text[quote.end :] if quote is not None else None


def _variables(here: Here, text: str) -> Iterator[Offer]:
    match = _OPEN.search(text)
    if match is None:
        return
    if match["path"] is None:
        start = len(here.line) - len(match["percent"]) + 1
        yield from (Offer(f"{name}%", "variable", start) for name in PERCENT_NAMES if name.startswith(match["percent"]))
        return
    surveyed = survey([ast.File(path=here.path, language=here.language, statements=here.statements)], here.imports)
    activities = frozenset(name for name, _, _ in _known(here, surveyed, ["activity"]))
    start = len(here.line) - len(match["path"]) + 1
    for leaf in TemplateNames(activities=activities).leaves():
        if leaf.startswith(match["path"]):
            yield Offer(leaf, "variable", start)
