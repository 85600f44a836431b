"""What a phrase means whose words are none of the language, by the things that it speaks of (`grammar/meanings.toml`).

A habit knows a wording, and this the notions in it: `if he has still not logged in for 5 days` speaks of an access, of
5 days, and that it is not, which is written `5 days without access`. Where a word stays unknown, what is found is
only an example.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from planned.diagnostics import Diagnostic, Language
from planned.syntax import amounts, words
from planned.syntax.broken import Broken
from planned.syntax.said import NEEDLESS, NOT_SAYABLE, OTHER_WORDS, OTHER_WORDS_FOR_INSTANCE

_OPERANDS: Mapping[str, str] = {
    **dict.fromkeys(("IF", "UNLESS", "STOP", "STOP_ALL", "AND", "OR", "NOT"), "C"),
    **dict.fromkeys(("AFTER", "FOR", "FROM", "UNTIL"), "F"),
    **dict.fromkeys(("BEFORE", "ON_DAY_OF"), "D"),
}
"""What stands behind a keyword: a condition, what happens, a day."""
_HEADS = frozenset(
    {"WAIT", "IF", "UNLESS", "SEND", "NOTIFY", "REPEAT", "THEN", "STOP", "COMPLETE_WHEN", "AGAIN_EACH_TIME"}
    | {"AGAIN_AFTER", "EXPIRES", "EVEN_UNENROLLED"}
)
"""The clauses with which the one before them ends."""
_WEAK = frozenset({"later", "also"})
"""What may be spoken of anywhere, and counts only where a row asks for it."""
_MOST_WORDS = 24
_UNIT = "minutes?|hours?|heures?|working days?|business days?|jours? ouvres?|days?|jours?|weeks?|semaines?|months?|mois"
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH += "|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_KINDS: tuple[tuple[str, str], ...] = (
    ("DATE", rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:er|st|nd|rd|th)?(?: of)? (?:{_MONTH}) \d{{4}}"),
    ("TIME", r"(?:at |à |a )?(?:\d{1,2}:\d\d|\d{1,2} ?h(?: ?\d\d)?(?! ?(?:before|avant)))(?!\w)"),
    ("TIMES", rf"(?:{amounts.NUMBER})[\s-](?:times|time|fois)|twice"),
    ("SPAN", rf"(?:{amounts.NUMBER})[\s-](?:(?:last|past|next|full|whole|dernier(?:e)?s?|prochaine?s?) )?(?:{_UNIT})"),
    ("NUMBER", r"\d+(?:[.,]\d+)?(?: ?%)?(?: ?/ ?\d+)?"),
    ("DAY", r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?"),
)
_TEXT = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|«[^»\n]*»|“[^”\n]*”')
_WORD = re.compile(r"[^\W\d](?:[\w-]|'(?=hui\b))*'?|[<>=≤≥]+")
_PLACEHOLDER = re.compile(r"\b(?:NAME|TEXT|SPAN|LAST|NUMBER|TIMES|TIME|DAY|DATE|FIELD|MESSAGE)\b")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_OWN_KINDS = frozenset({"GROUP", "TEMPLATE", "CONTACT"})
_ONCE = _OWN_KINDS | {"NAME", "TEXT", "SPAN", "NUMBER", "TIMES", "TIME", "DATE", "FIELD"}
"""What a phrase must not speak of twice: which of the two is meant is not known."""
_EXAMPLES: Mapping[str, tuple[str, str]] = {"TIME": ("09:00", "9h")}


class Notion(NamedTuple):
    """What a part of a phrase speaks of, or a kind with the author's words; `?` is a word that nobody knows."""

    kind: str
    start: int
    end: int


class Row(NamedTuple):
    """A row of the table: where it counts, the notions that must be there and that may be, and what to write."""

    where: str
    needed: tuple[frozenset[str], ...]
    """Of each one must be spoken of."""
    allowed: frozenset[str]
    en: str
    fr: str
    example: bool

    def fits(self, kinds: frozenset[str]) -> bool:
        return kinds - _WEAK <= self.allowed and all(one & kinds for one in self.needed)


def phrases(place: Broken) -> Iterator[Diagnostic]:
    """What can be said of the clause in which reading stopped, the widest phrase first; what is sure before examples."""
    found = [one for phrase in _phrases_around(place) for one in _said(place, *phrase)]
    yield from (one for one in found if one.message is not OTHER_WORDS_FOR_INSTANCE)
    yield from (one for one in found if one.message is OTHER_WORDS_FOR_INSTANCE)


# --- the phrase ---


def _phrases_around(place: Broken) -> Iterator[tuple[str, int, int]]:
    """What a phrase should be, and the lexemes with which it begins and before which it ends."""
    row, at = place.row, min(place.at, len(place.row) - 1)
    opener = next((k for k in range(at - 1, max(place.start, at - _MOST_WORDS) - 1, -1) if _opens(place, k)), None)
    end = at if row[at].terminals & _HEADS or row[at].first else at + 1
    while end < len(row) and not (row[end].terminals & _HEADS or row[end].first) and end < at + _MOST_WORDS:
        end += 1
    if opener is not None:
        where = _where(place, opener)
        if where and opener + 1 < end:
            last = next((k for k in range(at, end) if row[k].terminals & {"AND", "OR"}), end)
            yield where, opener + 1, last
            if last < end:
                yield where, opener + 1, end
    if at < end:
        send = next((k for k in range(at - 1, max(place.start, at - _MOST_WORDS) - 1, -1) if "SEND" in row[k].terminals), at)
        begins = {at - 1 if at > place.start and row[at - 1].text == "," else at}
        if send < at:
            begins.add(min(send + 2, at))
        for begin in sorted(begins):
            yield "S" if send < at else "W", begin, end


def _opens(place: Broken, k: int) -> bool:
    return bool(place.row[k].terminals & (_HEADS | set(_OPERANDS)))


def _where(place: Broken, k: int) -> str:
    """What is written behind the keyword `row[k]`."""
    found = next((_OPERANDS[one] for one in place.row[k].terminals if one in _OPERANDS), "")
    joins = bool(place.row[k].terminals & {"AND", "OR", "NOT"})
    if joins and not any(one.terminals & {"IF", "UNLESS", "STOP", "STOP_ALL"} for one in place.row[place.start : k]):
        return "CF"
    return found


# --- its notions ---


def _notions(place: Broken, start: int, end: int) -> list[Notion]:
    """What the words between two positions speak of; those that say nothing by themselves are left out."""
    folded = place.src.folded
    found: list[Notion] = []
    while start < end:
        text, word = _TEXT.match(folded, start, end), _WORD.match(folded, start, end)
        if text is not None:
            one = Notion("TEXT", *text.span())
        elif word is not None and (kind := _name(place, word)):
            one = Notion(kind, *word.span())
        elif word is not None or folded[start].isdigit():
            one = _known(folded, start, end) or Notion("?", start, word.end() if word is not None else start + 1)
        else:
            one = Notion("", start, start + 1)
        before = found[-1] if found else None
        if before is not None and before.kind == one.kind == "NAME" and not folded[before.end : one.start].strip():
            found[-1] = before._replace(end=one.end)
        elif one.kind:
            found.append(one)
        start = one.end
    return found


def _known(folded: str, start: int, end: int) -> Notion | None:
    """The longest thing that is known there."""
    best = None
    for kind, pattern in _vocabulary():
        match = pattern.match(folded, start, end)
        if match is not None and match.end() > (best.end if best is not None else start):
            best = Notion(kind, *match.span())
    return best


def _name(place: Broken, word: re.Match[str]) -> str:
    """What kind of name a word is: of what it is declared, NAME for what only looks like one; nothing for any other."""
    declared = place.declared.get(word.group())
    if declared is not None:
        return next(iter(declared & _OWN_KINDS), "NAME")
    written = place.src.text[slice(*word.span())]
    if any(letter.isdigit() or letter == "_" for letter in written):
        return "NAME"
    known = _known(place.src.folded, *word.span())
    return "NAME" if written[0].isupper() and (known is None or not known.kind) else ""


# --- what to write ---


def _said(place: Broken, where: str, first: int, last: int) -> Iterator[Diagnostic]:
    row = place.row
    start, end = row[first].start, row[last - 1].end
    notions = _notions(place, start, end)
    known = [one for one in notions if one.kind != "?"]
    unknown = len(notions) - len(known)
    kinds = frozenset(one.kind for one in known)
    if unknown > len(known) or any(sum(one.kind == kind for one in known) > 1 for kind in kinds & _ONCE):
        return
    span, word = place.src.span(start, end), place.written(row[first], row[last - 1])
    if (wish := _fitting(_wishes(), where, kinds)) is not None:
        en, fr = (_written(place, told, known, lang, first)[0] for told, lang in ((wish.en, "en"), (wish.fr, "fr")))
        yield Diagnostic(NOT_SAYABLE, span, {"word": word, "en": en, "fr": fr})
    elif (one := _fitting(_rows(), where, kinds)) is None:
        return
    elif not one.en:
        if not unknown and any(one.kind in ("word", "keyword") for one in row[first:last]):
            yield Diagnostic(NEEDLESS, span, {"word": word}, fix=place.replaced(start, end, "", ""))
    else:
        en, invented = _written(place, one.en, known, "en", first)
        fr, _ = _written(place, one.fr, known, "fr", first)
        begin = start if "MESSAGE" not in one.en else row[_send(place, first)].start
        gap = "" if begin == 0 or place.src.folded[begin - 1].isspace() else " "
        sure = not (one.example or unknown or invented)
        fix = place.replaced(begin, end, gap + en, gap + fr) if sure else None
        message = OTHER_WORDS if sure else OTHER_WORDS_FOR_INSTANCE
        yield Diagnostic(message, span, {"word": word, "en": en, "fr": fr}, fix=fix)


def _fitting(rows: Iterable[Row], where: str, kinds: frozenset[str]) -> Row | None:
    return next((one for one in rows if set(one.where) & set(where) and one.fits(kinds)), None)


def _written(
    place: Broken, template: str, notions: Sequence[Notion], language: Language, first: int
) -> tuple[str, bool]:
    """What to write with the author's own words in it, and whether one had to be invented."""
    text, folded_text = place.src.text, place.src.folded
    said = {one.kind: " ".join(text[one.start : one.end].split()) for one in reversed(notions)}
    folded = {one.kind: " ".join(folded_text[one.start : one.end].split()) for one in reversed(notions)}
    days = [_normal("DAY", folded_text[one.start : one.end], "", language) for one in notions if one.kind == "DAY"]
    template = _OPTIONAL.sub(lambda m: m[1] if _PLACEHOLDER.search(m[1])[0] in said else "", template)  # type: ignore[index]
    invented = False

    def own(match: re.Match[str]) -> str:
        nonlocal invented
        kind = match[0]
        if kind == "MESSAGE":
            send = _send(place, first)
            return place.written(place.row[send], place.row[first - 1])
        if kind == "LAST":
            return _last(folded["SPAN"])
        if kind == "FIELD":
            return next(name for name, pattern in _fields().items() if pattern.fullmatch(folded["FIELD"]))
        if kind == "DAY":
            return ", ".join(days)
        if kind == "NAME":
            kind = next((one for one in ("NAME", *sorted(_OWN_KINDS), "TEXT") if one in said), kind)
            if " " in said.get(kind, "") and kind == "NAME":
                return f'"{said[kind]}"'
        if kind in said:
            return _normal(kind, folded[kind], said[kind], language)
        invented = True
        if kind == "NAME":
            return _some_name(place, language)
        return _EXAMPLES[kind][language == "fr"]

    return amounts.counted(_PLACEHOLDER.sub(own, template)), invented


def _send(place: Broken, k: int) -> int:
    return next(n for n in range(k - 1, -1, -1) if "SEND" in place.row[n].terminals)


def _some_name(place: Broken, language: Language) -> str:
    """An activity of which the rule speaks already, failing that an invented one."""
    for k in range(place.start, min(place.at + _MOST_WORDS, len(place.row))):
        if place.row[k].terminals & {"COMPLETION", "HAPPENING", "DEADLINE", "GRADE"} and k + 1 < len(place.row):
            return place.written(place.row[k + 1])
    return "Lecon2" if language == "fr" else "Lesson2"


def _normal(kind: str, folded: str, said: str, language: Language) -> str:
    match kind:
        case "SPAN" | "TIMES":
            if folded == "twice":
                return "2 fois" if language == "fr" else "2 times"
            number, unit = re.split(r"[\s-]", folded, maxsplit=1)
            unit = re.sub(r"^(?:last|past|next|full|whole|derniere?s?|prochaine?s?) ", "", unit)
            if kind == "TIMES":
                unit = "fois" if language == "fr" else "times"
            else:
                unit = amounts.NORMAL["UNIT"](unit.replace("business", "working"), language)
            return f"{amounts.number(number)} {unit}"
        case "DAY":
            return amounts.NORMAL["DAY"](folded if folded in words.values("WEEKDAY") else folded.rstrip("s"), language)
        case "TIME":
            return re.sub(r"^(?:at|à|a) ", "", said)
        case "NUMBER":
            return re.sub(r" ?/ ?\d+$", "", said)
        case _:
            return said


def _last(folded: str) -> str:
    """`3 derniers jours`, `2 dernières semaines`."""
    number, unit = _normal("SPAN", folded, folded, "fr").split(" ", 1)
    feminine = unit.startswith(("semaine", "minute", "heure"))
    return f"{number} {'dernières' if feminine else 'derniers'} {unit}"


# --- the table ---


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(resources.files("planned.grammar").joinpath("meanings.toml").read_text("utf-8"))


@cache
def _vocabulary() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is known, what is neutral last: the first of the longest counts."""
    table = _tables()
    entries = [
        *_KINDS,
        *table["notions"].items(),
        ("FIELD", "|".join(table["fields"].values())),
        *(("", pattern) for pattern in table["neutral"]),
    ]
    return tuple((kind, re.compile(_bounded(pattern))) for kind, pattern in entries)


def _bounded(pattern: str) -> str:
    spaced = re.sub(r" (\??)", lambda blank: r"[ \n]*" if blank[1] else r"[ \n]+", pattern)
    return rf"(?:{spaced})(?:(?<=[^\w])|(?![\w-]))"


@cache
def _fields() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in _tables()["fields"].items()}


@cache
def _rows() -> tuple[Row, ...]:
    return tuple(_row(*row) for row in _tables()["rows"]["phrases"])


@cache
def _wishes() -> tuple[Row, ...]:
    return tuple(_row(*row) for row in _tables()["rows"]["wishes"])


def _row(where: str, means: str, en: str, fr: str, sure: str = "") -> Row:
    words_ = means.split()
    needed = tuple(frozenset(word.split("|")) for word in words_ if not word.endswith("?"))
    allowed = frozenset(kind for word in words_ for kind in word.rstrip("?").split("|"))
    return Row(where, needed, allowed, en, fr, sure == "example")
