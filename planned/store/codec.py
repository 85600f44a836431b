"""Events and decisions as compact JSON text, without loss; the same for every store. No pickle anywhere."""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from planned.engine.decision import Decision
from planned.engine.decision_json import decision_of, stored_object
from planned.engine.event import Event, Instant

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=dict)


def _make_encoder() -> Callable[[object], str]:
    """What `JSONEncoder.encode` does; it makes its inner encoder anew at each call, which costs more than its work."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    basestring: Any = getattr(json.encoder, "encode_basestring", None)
    if make is None or basestring is None:
        return _ENCODER.encode
    inner = make(None, dict, basestring, None, ":", ",", True, False, True)
    return lambda value: "".join(inner(value, 0))


_encode = _make_encoder()
_scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # no stub knows it
"""What `json.loads` does, without its look at what surrounds the text: here nothing does."""


def event_body(event: Event) -> str:
    """Kind and fields of an event, with sorted keys; id, time, course and learner have columns of their own."""
    return _encode([event.kind, event.fields])


def digest(event: Event, body: str) -> bytes:
    """Sixteen bytes over all of an event but its id: two events with one id are the same if these are."""
    whole = f"{event.time}\0{event.course}\0{event.learner}\0{body}"
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def load_event(id_: str, time: Instant, course: str | None, learner: str | None, body: str) -> Event:
    """The event that `event_body` wrote."""
    (kind, fields), _ = _scan(body, 0)
    return Event(id=id_, time=time, kind=kind, course=course, learner=learner, fields=fields)


def dump_decision(decision: Decision) -> str:
    """A decision as the object of section 5 and what it has beyond that."""
    return _encode(stored_object(decision))


def load_decision(text: str) -> Decision:
    """The decision that `dump_decision` wrote; a field added since has its default."""
    return decision_of(json.loads(text))


def dump_fields(fields: Mapping[str, Any]) -> str:
    """A mapping as compact JSON with sorted keys."""
    return _encode(fields)
