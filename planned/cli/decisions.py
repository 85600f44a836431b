"""Decisions on their way to the screen: which are shown, and as JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TextIO

from planned.engine.decision import Decision
from planned.engine.decision_json import decision_object, instant_of
from planned.engine.event import Instant
from planned.engine.event_fields import clean_name
from planned.zones import names, zone_of

_encode = json.JSONEncoder(ensure_ascii=False).encode
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which decisions are shown; None: all. A rule and a learner by name, `since` an instant."""

    rule: str | None = None
    learner: str | None = None
    since: Instant | None = None

    def of(self, decisions: Iterable[Decision]) -> Iterator[Decision]:
        rule = None if self.rule is None else clean_name(self.rule)
        learner = None if self.learner is None else clean_name(self.learner)
        since = self.since or 0
        for one in decisions:
            if (rule is None or one.rule == rule) and (learner is None or one.learner == learner) and one.at >= since:
                yield one


def write_jsonl(decisions: Iterable[Decision], stream: TextIO) -> None:
    """One object a line (section 5), written as they come."""
    write = stream.write
    for one in decisions:
        write(_encode(decision_object(one)) + "\n")


def moment(text: str, zone: str, *, end_of_day: bool = False) -> Instant:
    """A point in time on the command line: RFC 3339, `2026-09-06T09:00` in `zone`, or a day: its start, or its end.

    Raises ValueError for anything else.
    """
    try:
        return _moment(text, zone, end_of_day)
    except (ValueError, OverflowError):
        raise ValueError(text) from None


def _moment(text: str, zone: str, end_of_day: bool) -> Instant:
    if _DAY.fullmatch(text):
        day = datetime.fromisoformat(text).date()
        start = datetime.combine(day + timedelta(days=1) if end_of_day else day, time(), zone_of(zone))
        return instant_of(start.isoformat()) - (1 if end_of_day else 0)
    if _LOCAL.fullmatch(text):
        return instant_of(datetime.fromisoformat(text).replace(tzinfo=zone_of(zone)).isoformat())
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return instant_of(found.isoformat())


def known_zone(text: str) -> str:
    """A zone on the command line. Raises ValueError for what is none."""
    if text not in names():
        raise ValueError(text)
    return text
