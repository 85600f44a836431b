"""An event: something that happened to a learner, or to a course, at one instant.

The table of section 5 of the language. Instants inside the engine are whole microseconds since
1970-01-01T00:00:00Z (`Instant`); local times exist only in `calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Instant = int
"""Microseconds since 1970-01-01T00:00:00Z."""

KINDS = frozenset(
    {
        "enrolment",
        "unenrolment",
        "suspension",
        "resumption",
        "access",
        "completion",
        "grade",
        "submission",
        "viewing",
        "group",
        "date",
        "profile",
    }
)
"""The kinds with fields of their own; any other is reached by `event "kind"`."""


@dataclass(slots=True)
class Event:
    """One event, checked. `fields` holds what its kind has beside id, time, course and learner.

    Values of `fields`, by kind: enrolment `role`: str, `until`: Instant; completion `activity`: str, `state`: str;
    grade `activity`: str, `grade`, `max`: float; submission and viewing `activity`: str; group `group`: str,
    `member`: bool; date `what`: str, `activity`: str, `at`: Instant or None; profile `user`: Mapping; any other kind
    `data`: Mapping. What is optional and absent is not there. Names are NFC with single blanks.
    """

    id: str
    time: Instant
    kind: str
    course: str | None
    learner: str | None
    fields: Mapping[str, Any]
