"""What a phrase means whose words are none of the language, by the things that it speaks of (`grammar/meanings.toml`).

A habit knows a wording, and this the notions in it: `if he has still not logged in for 5 days` speaks of an access, of
5 days, and that it is not, which is written `5 days without access`. Where a word stays unknown, what is found is
only an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from planned.diagnostics import Diagnostic, Language
from planned.syntax import amounts, words
from planned.syntax.broken import Broken, shortened
from planned.syntax.clauses import HEADS, OPTIONS, begins_statement
from planned.syntax.notions import DECLARED, Notion, counted, fields, notions, tables, weekday
from planned.syntax.recover import DECLARATIONS
from planned.syntax.said import NEEDLESS, NOT_SAYABLE, OTHER_WORDS, OTHER_WORDS_FOR_INSTANCE

_OPERANDS: Mapping[str, str] = {
    **dict.fromkeys(("IF", "UNLESS", "STOP", "STOP_ALL", "AND", "OR", "NOT"), "C"),
    **dict.fromkeys(("AFTER", "FOR", "FROM", "UNTIL"), "F"),
    **dict.fromkeys(("BEFORE", "ON_DAY_OF"), "D"),
}
"""What stands behind a keyword: a condition, what happens, a day."""
_LITTLE = frozenset({"FOR", "FROM", "UNTIL"})
_OPENERS = HEADS | frozenset(_OPERANDS)
_WEAK = frozenset({"later", "also"})
"""What may be spoken of anywhere, and counts only where a row asks for it."""
_MOST_WORDS = 24
_PLACEHOLDER = re.compile(r"\b(?:NAME|TEXT|SPAN|LAST|NUMBER|TIMES|TIME|DAY|DATE|FIELD|MESSAGE)\b")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_ONCE = DECLARED | {"NAME", "TEXT", "SPAN", "NUMBER", "TIMES", "TIME", "DATE", "FIELD"}
"""What a phrase must not speak of twice: which of the two is meant is not known."""
_EXAMPLES: Mapping[str, tuple[str, str]] = {"TIME": ("09:00", "9h")}


class Meaning(NamedTuple):
    """A row of the table: where it counts, the notions that must be there and that may be, and what to write."""

    where: frozenset[str]
    needed: tuple[frozenset[str], ...]
    """Of each one must be spoken of."""
    allowed: frozenset[str]
    en: str
    fr: str
    example: bool

    def fits(self, kinds: frozenset[str]) -> bool:
        return (kinds - _WEAK <= self.allowed or "*" in self.allowed) and all(one & kinds for one in self.needed)


def phrases(place: Broken) -> Iterator[Diagnostic]:
    """What can be said of the clause in which reading stopped: what is sure, then examples; the widest phrase first."""
    found = [one for phrase in _phrases_around(place) if (one := phrase.said()) is not None]
    yield from sorted(found, key=lambda one: one.message is OTHER_WORDS_FOR_INSTANCE)


def wish(place: Broken) -> Diagnostic | None:
    """That something cannot be said in the language at all, and what an author does instead."""
    return next((one for phrase in _phrases_around(place) if (one := phrase.wished()) is not None), None)


# --- the phrase ---


def _phrases_around(place: Broken) -> Iterator[Phrase]:
    """What stands behind a keyword, and what begins where reading stopped, up to the next clause."""
    row, at = place.row, min(place.at, len(place.row) - 1)
    if row[place.start].terminals & DECLARATIONS:
        return
    back = range(at - 1, max(place.start, at - _MOST_WORDS) - 1, -1)
    opener = next((k for k in back if _opens(place, k)), None)
    send = next((k for k in back if "SEND" in row[k].terminals), None)
    begins = row[at].terminals & HEADS or (row[at].first and begins_statement(row[at].terminals))
    end = at if begins else at + 1
    while at < end < min(len(row), at + _MOST_WORDS) and not (row[end].terminals & HEADS or row[end].first):
        end += 1
    behind = at if row[at].first else end
    if opener is not None and (where := _where(place, opener)) and opener + 1 < behind:
        joined = next((k for k in range(at, behind) if row[k].terminals & {"AND", "OR"}), behind)
        yield from (Phrase(place, where, opener + 1, last) for last in sorted({joined, behind}))
    begin = _trigger(place)
    if opener is None and send is None and begin <= at < begin + _MOST_WORDS and begin < end:
        yield Phrase(place, "T", begin, max(end, at))
    if at < end:
        joins = at > place.start and (row[at - 1].text == "," or row[at - 1].terminals & OPTIONS)
        starts = {at - 1 if joins else at}
        if send is not None and send + 2 < at and not _is_option(place, send + 2):
            starts.add(send + 2)
        yield from (Phrase(place, "W" if send is None else "S", start, end) for start in sorted(starts))
        option = next((k for k in range(at + 1, end) if row[k].terminals & OPTIONS), end)
        if send is None and option < end:
            yield Phrase(place, "W", at, option)


def _trigger(place: Broken) -> int:
    """Where it is said what starts the rule: behind its name and title."""
    row, k = place.row, place.start
    if k < len(row) and "RULE" in row[k].terminals:
        k = min(k + 2, len(row) - 1)
        k += row[k].kind == "text" and k + 1 < len(row)
    return k


def _opens(place: Broken, k: int) -> bool:
    """Whether a phrase begins behind `row[k]`; little words do so only in their clause."""
    found = place.row[k].terminals & _OPENERS
    if not found & _LITTLE:
        return bool(found)
    clause = place.row[max(place.start, k - _MOST_WORDS) : k]
    return any(one.terminals & {"EVERY", "UP_TO"} or (one is clause[-1] and "WAIT" in one.terminals) for one in clause)


def _is_option(place: Broken, k: int) -> bool:
    """Whether it is said from there to whom or from whom a message goes, or how."""
    if not place.row[k].terminals & OPTIONS:
        return False
    who = place.row[k + 1]
    return who.kind in ("keyword", "text") or "CONTACT" in place.declared.get(who.text, ())


def _where(place: Broken, k: int) -> str:
    """What is written behind the keyword `row[k]`."""
    if "UNTIL" in place.row[k].terminals and k and "WAIT" in place.row[k - 1].terminals:
        return "U"
    found = next((_OPERANDS[one] for one in place.row[k].terminals if one in _OPERANDS), "")
    joins = bool(place.row[k].terminals & {"AND", "OR", "NOT"})
    if joins and not any(one.terminals & {"IF", "UNLESS", "STOP", "STOP_ALL"} for one in place.row[place.start : k]):
        return "CF"
    return found


# --- what to write ---


class Phrase:
    """The words of a clause from `row[first]` up to `row[last]`, and what they speak of; `where` as in the table."""

    def __init__(self, place: Broken, where: str, first: int, last: int) -> None:
        self.place, self.first, self.last = place, first, last
        self.where = frozenset("TF" if where == "T" else where)
        self.start, self.end = place.row[first].start, place.row[last - 1].end
        spoken = notions(place, self.start, self.end)
        if spoken and spoken[-1].kind == "TIME" and where == "D":
            self.end = self._end_before(spoken.pop())
        kinds = [one.kind for one in spoken]
        if "FIELD" in kinds and kinds.count("?") == 1 and not {"TEXT", "NAME"} & set(kinds):
            value = kinds.index("?")
            spoken[value] = spoken[value]._replace(kind="NAME")
        self.known = [one for one in spoken if one.kind != "?"]
        self.unknown = len(spoken) - len(self.known)
        self.kinds = frozenset(one.kind for one in self.known)
        self.clear = self.unknown <= len(self.known) and not any(
            sum(one.kind == kind for one in self.known) > 1 for kind in self.kinds & _ONCE
        )

    def wished(self) -> Diagnostic | None:
        """What is said if the table knows that it cannot be said."""
        wish = self._fitting(_wishes())
        if wish is None:
            return None
        end = self._end_before(self.known[-1]) if self.known[-1].kind == "TIME" else self.end
        word = shortened(" ".join(self.place.src.text[self.start : end].split()))
        args = {"word": word, "en": self._filled(wish.en, "en"), "fr": self._filled(wish.fr, "fr")}
        return Diagnostic(NOT_SAYABLE, self.place.src.span(self.start, end), args)

    def said(self) -> Diagnostic | None:
        """What is said if a row of the table speaks of the same things."""
        row, place = self._fitting(rows()), self.place
        if row is None:
            return None
        span = place.src.span(self.start, self.end)
        word = shortened(" ".join(place.src.text[self.start : self.end].split()))
        if not row.en:
            fix = place.replaced(self.start, self.end, "", "")
            chosen = place.row[self.first : self.last]
            says = all(one.kind == "other" for one in chosen) or any("WHO" in one.terminals for one in chosen)
            return None if self.unknown or says else Diagnostic(NEEDLESS, span, {"word": word}, fix=fix)
        en, fr = self._filled(row.en, "en"), self._filled(row.fr, "fr")
        if "T" in self.where and "T" not in row.where:
            en, fr = f"after {en}", f"après {fr}"
        if row.example or self.unknown or self._invents(row.en):
            en, fr = (amounts.with_own(text, place.src.folded[self.start : self.end]) for text in (en, fr))
            return Diagnostic(OTHER_WORDS_FOR_INSTANCE, span, {"word": word, "en": en, "fr": fr})
        start = place.row[self._send].start if "MESSAGE" in row.en else self.start
        gap = "" if start == 0 or place.src.folded[start - 1].isspace() else " "
        fix = place.replaced(start, self.end, gap + en, gap + fr)
        return Diagnostic(OTHER_WORDS, span, {"word": word, "en": en, "fr": fr}, fix=fix)

    def _fitting(self, table: Iterable[Meaning]) -> Meaning | None:
        fitting = (one for one in table if one.where & self.where and one.fits(self.kinds))
        return next(fitting, None) if self.clear else None

    def _end_before(self, last: Notion) -> int:
        """Where the words before the last ones end: an hour behind them is understood as it stands."""
        return self.start + len(self.place.src.text[self.start : last.start].rstrip())

    @property
    def _send(self) -> int:
        """The `send` before it."""
        return next(k for k in range(self.first - 1, -1, -1) if "SEND" in self.place.row[k].terminals)

    def _own(self, kind: str) -> list[Notion]:
        """What the author says of a kind; a name is of any kind that has one."""
        kinds = (("NAME",), *((one,) for one in sorted(DECLARED)), ("TEXT",)) if kind == "NAME" else ((kind,),)
        kinds = {"LAST": (("SPAN",),), "TEXT": (("TEXT",), ("NAME",))}.get(kind, kinds)
        return next(filter(None, ([one for one in self.known if one.kind in some] for some in kinds)), [])

    def _invents(self, template: str) -> bool:
        """Whether something must be written of which the author does not speak."""
        wanted = _PLACEHOLDER.findall(_OPTIONAL.sub("", template))
        return any(kind != "MESSAGE" and not self._own(kind) for kind in wanted)

    def _filled(self, template: str, language: Language) -> str:
        """What to write, with the author's own words in it."""

        def optional(part: re.Match[str]) -> str:
            return part[1] if all(self._own(kind) for kind in _PLACEHOLDER.findall(part[1])) else ""

        def own(found: re.Match[str]) -> str:
            return self._written(found[0], language)

        return amounts.counted(_PLACEHOLDER.sub(own, _OPTIONAL.sub(optional, template)))

    def _written(self, kind: str, language: Language) -> str:
        place, own = self.place, self._own(kind)
        if kind == "MESSAGE":
            return place.written(place.row[self._send], place.row[self.first - 1])
        if not own:
            return _EXAMPLES[kind][language == "fr"] if kind in _EXAMPLES else self._some_name(language)
        folded = [" ".join(place.src.folded[one.start : one.end].split()) for one in own]
        text = " ".join(place.src.text[own[0].start : own[0].end].split())
        match kind:
            case "SPAN" | "TIMES":
                return counted(folded[0], kind, language)
            case "LAST":
                number, unit = counted(folded[0], "SPAN", "fr").split(" ", 1)
                return f"{number} {'dernières' if unit[:2] in ('se', 'mi', 'he') else 'derniers'} {unit}"
            case "DAY":
                return ", ".join(weekday(one, language) for one in folded)
            case "TIME":
                return re.sub(r"^(?:at|à|a) ", "", text)
            case "NUMBER":
                return re.sub(r" ?/ ?\d+$", "", text)
            case "FIELD":
                return next(name for name, pattern in fields().items() if pattern.fullmatch(folded[0]))
            case "TEXT" if self._of_language():
                return f'"{words.language_meant(folded[0]) or text}"'
            case _:
                return f'"{text}"' if own[0].kind == "NAME" and (kind == "TEXT" or " " in text) else text

    def _of_language(self) -> bool:
        """Whether it is the language of a person that is compared, which is a code: `fr`."""
        return bool(own := self._own("FIELD")) and self.place.src.folded[own[0].start : own[0].end].startswith("lang")

    def _some_name(self, language: Language) -> str:
        """An activity of which the rule speaks already, failing that an invented one."""
        place = self.place
        for k in range(place.start, min(place.at + _MOST_WORDS, len(place.row) - 1)):
            if place.row[k].terminals & {"COMPLETION", "HAPPENING", "DEADLINE", "GRADE"}:
                return place.written(place.row[k + 1])
        return "Lecon2" if language == "fr" else "Lesson2"


# --- the table ---


@cache
def rows() -> tuple[Meaning, ...]:
    """What can be meant, what asks for more above what asks for less."""
    return tuple(_row(*row) for row in tables()["rows"]["phrases"])


@cache
def _wishes() -> tuple[Meaning, ...]:
    return tuple(_row(*row) for row in tables()["rows"]["wishes"])


def _row(where: str, means: str, en: str, fr: str, sure: str = "") -> Meaning:
    spoken = means.split()
    needed = tuple(frozenset(one.split("|")) for one in spoken if not one.endswith("?"))
    allowed = frozenset(kind for one in spoken for kind in one.rstrip("?").split("|"))
    return Meaning(frozenset(where), needed, allowed, en, fr, sure == "example")
