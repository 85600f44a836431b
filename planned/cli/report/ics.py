"""The messages of a dry-run as a calendar (RFC 5545): one event for each that goes or still waits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from planned.cli.terminal import COLONS, plain
from planned.cli.timeline import DRAFT, NOTICE, OUTCOMES
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local
from planned.engine.event import Instant
from planned.store.base import key_of

SHOWN = (Outcome.SENT, Outcome.PENDING)
OCTETS = 75
"""Of a line, its end not counted (RFC 5545, 3.1)."""
_ESCAPED = re.compile(r"[\\;,\n]")


def calendar(
    decisions: Iterable[Decision], language: Language, title: str, name_of: Callable[[str], str]
) -> Iterator[str]:
    """The folded lines of the calendar, without their ends.

    The same decisions give the same text: a UID is made of the decision's key, so that a calendar that is read in
    again moves its events instead of doubling them.
    """
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//planned//dry-run//{language.upper()}"
    yield "CALSCALE:GREGORIAN"
    yield from folded(f"X-WR-CALNAME:{escaped(title)}")
    for one in decisions:
        if one.outcome in SHOWN:
            yield from _event(one, language, name_of)
    yield "END:VCALENDAR"


def _event(one: Decision, language: Language, name_of: Callable[[str], str]) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(one)}"
    yield f"DTSTAMP:{utc(one.at)}"
    yield f"DTSTART:{utc(one.at)}"
    yield from folded(f"SUMMARY:{escaped(_summary(one, language, name_of))}")
    if one.text:
        yield from folded(f"DESCRIPTION:{escaped(one.text)}")
    yield from folded(f"CATEGORIES:{escaped(one.rule)}")
    yield f"STATUS:{'TENTATIVE' if one.outcome is Outcome.PENDING else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy while a message goes
    yield "END:VEVENT"


def _summary(one: Decision, language: Language, name_of: Callable[[str], str]) -> str:
    """`Alice Martin: Lesson 2 is waiting`, a notice with its reader, what only waits with a word on it."""
    marks = [NOTICE[language]] if one.notice else []
    marks += [DRAFT[language]] if one.draft else []
    marks += [OUTCOMES[language][one.outcome]] if one.outcome is Outcome.PENDING else []
    to = ", ".join(map(name_of, one.to))
    who = name_of(one.learner) if one.to in ((), (one.learner,)) else f"{name_of(one.learner)} → {to}"
    said = f"{who}{COLONS[language]} {one.subject or one.rule}"
    return f"{said} ({', '.join(marks)})" if marks else said


def uid(one: Decision) -> str:
    """The same for the same message of the same occurrence, whenever it goes."""
    return hashlib.sha256(repr(key_of(one)).encode("utf-8", "surrogatepass")).hexdigest()[:32] + "@planned"


def utc(instant: Instant) -> str:
    return f"{local(instant, 'UTC'):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    text = plain(text.replace("\r\n", "\n").replace("\t", " "))
    return _ESCAPED.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], text)


def folded(line: str) -> Iterator[str]:
    """A line cut into pieces of at most 75 octets, never within a letter; the later ones begin with a blank."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > OCTETS:
            yield piece
            piece, size = " ", 1
        piece += char
        size += octets
    yield piece
