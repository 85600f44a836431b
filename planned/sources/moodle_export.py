"""A folder of exported Moodle tables as events: `moodle-export:DIR`.

Needs `mdl_logstore_standard_log`, as JSON Lines or CSV; the other tables are used where they are there. A learner is
the user's id as text, an activity the course module's id, a group the group's id, a course its short name (its id
without `mdl_course`). Ids are `log:ID`. Who is not enrolled when something of his is first seen (an administrator who
looks at a page, someone enrolled through a disabled method only) is announced in a role that is no learner's, so that
it does not enrol him. The log is read twice and streamed; memory grows with learners.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from planned.engine.bad_event import BadEvent
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.sources.base import Batch
from planned.sources.event_json import rfc3339
from planned.sources.moodle_enrolments import ENROLMENT_EVENTS, Change, Enrolments, Place
from planned.sources.moodle_log import LogMapping
from planned.sources.moodle_people import course_dates, profiles
from planned.sources.moodle_tables import Row, Tables, number

NOT_ENROLLED = "not-enrolled"
"""The role of who acts in a course without being enrolled; no learner's role."""
LOG = "logstore_standard_log"

Draft = tuple[Place, dict[str, Any] | BadEvent]
"""An event to be checked, and its place in the order of things."""


class MoodleExport:
    """One folder. It ends; its cursor is the number of items read. Raises OSError when the log is not there."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._tables = Tables(self._folder)
        if not self._tables.has(LOG):
            raise FileNotFoundError(2, "No such file", str(self._folder / f"mdl_{LOG}.jsonl"))
        self._items: Iterator[Event | BadEvent] = iter(())
        self._at = -1

    @property
    def name(self) -> str:
        return f"moodle-export:{self._folder}"

    def read(self, cursor: str | None, limit: int) -> Batch:
        """Up to `limit` items from the cursor on. Raises OSError."""
        at = int(cursor or 0)
        if at != self._at:
            self._items = islice(self._all(), at, None)
            self._at = at
        items = list(islice(self._items, limit))
        self._at += len(items)
        ended = len(items) < limit
        return Batch(items, str(self._at), more=not ended, ended=ended)

    def committed(self, cursor: str) -> None:
        """The tables stay where they are."""

    def close(self) -> None:
        self._items, self._at = iter(()), -1

    def _all(self) -> Iterator[Event | BadEvent]:
        enrolments = Enrolments(self._tables)
        in_order, until = self._first_look(enrolments)
        mapping = LogMapping(self._tables)
        course = mapping.course
        changes = enrolments.changes(until)
        log = self._log(mapping)
        streams: list[Iterator[Draft]] = [
            (((0, 0), draft) for draft in profiles(self._tables)),
            iter(sorted(course_dates(self._tables, course), key=itemgetter(0))),
            (_drafted(change, course) for change in changes),
            log if in_order else iter(sorted(log, key=itemgetter(0))),
        ]
        announced: set[tuple[str, str]] = set()
        for place, draft in heapq.merge(*streams, key=itemgetter(0)):
            if isinstance(draft, BadEvent):
                yield draft
                continue
            if enrolments.known() and _announces(draft, announced):
                yield _checked(_marker(draft), place)
            yield _checked(draft, place)

    def _first_look(self, enrolments: Enrolments) -> tuple[bool, int]:
        """Enrolment events, whether the log is in order, and when it ends."""
        in_order, last = True, (0, 0)
        for row in self._tables.good_rows(LOG):
            place = _place(row)
            in_order = in_order and place >= last
            last = max(place, last)
            name = str(row.get("eventname", "")).rpartition("\\")[2]
            if name in ENROLMENT_EVENTS:
                enrolments.note(name, row)
        return in_order, last[0]

    def _log(self, mapping: LogMapping) -> Iterator[Draft]:
        last: Place = (0, 0)
        for row in self._tables.rows(LOG):
            if isinstance(row, BadEvent):
                yield last, row
                continue
            last = _place(row)
            found = mapping.event(row)
            if found is not None:
                yield last, found


def _place(row: Row) -> Place:
    return number(row.get("timecreated")), number(row.get("id"))


def _drafted(change: Change, course: Callable[[int], str]) -> Draft:
    fields = dict(change.fields)
    if "until" in fields:
        fields["until"] = rfc3339(fields["until"] * 1_000_000)
    draft = {"id": change.id, "kind": change.kind, "course": course(change.course), "learner": str(change.user)}
    return change.place, draft | fields


def _announces(draft: dict[str, Any], announced: set[tuple[str, str]]) -> bool:
    """Whether this is the first of somebody in a course, and not his enrolment."""
    course, learner = draft.get("course"), draft.get("learner")
    if course is None or learner is None or (course, learner) in announced:
        return False
    announced.add((course, learner))
    return draft["kind"] not in ("enrolment", "suspension", "unenrolment")


def _marker(draft: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{draft['id']}:{NOT_ENROLLED}",
        "kind": "enrolment",
        "role": NOT_ENROLLED,
        "course": draft["course"],
        "learner": draft["learner"],
    }


def _checked(draft: dict[str, Any], place: Place) -> Event | BadEvent:
    time = rfc3339(place[0] * 1_000_000)
    return decode_object({"time": time} | draft, f"mdl_{LOG}:{place[1]}")
