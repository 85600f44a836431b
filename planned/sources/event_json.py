"""An event as a line of JSON that `decode` reads back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from planned.engine.event import Event, Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def event_line(event: Event) -> bytes:
    """The object of section 5, times in UTC, with its line break."""
    obj: dict[str, Any] = {"id": event.id, "time": rfc3339(event.time), "kind": event.kind}
    if event.course is not None:
        obj["course"] = event.course
    if event.learner is not None:
        obj["learner"] = event.learner
    for key, value in event.fields.items():
        obj[key] = rfc3339(value) if key in ("at", "until") and isinstance(value, int) else value
    return _encode(obj).encode() + b"\n"


def rfc3339(instant: Instant) -> str:
    """An instant in UTC, with microseconds only where it has some."""
    return (_EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")
