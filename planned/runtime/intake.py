"""What comes in is sifted here, in one place for every store: what is new and counts, and what is set aside and why.

What is set aside is kept whole as far as it is of a sensible length, so that it can be tried again: once a clock is
right, or by a version that knows more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planned.engine import bad_event
from planned.engine.bad_event import BadEvent
from planned.engine.decode import decode, keepable
from planned.engine.event import Event, Instant
from planned.runtime.clock import SECOND
from planned.store import codec
from planned.store.base import Quarantined, Store

AHEAD = 600 * SECOND
"""An event further in the future than this has a wrong time."""


NEW = ""
KNOWN = "known"
"""What there is to say of an event that counts, and of one that counted before; of all others, their reason."""


def sift(
    store: Store, source: str, items: Sequence[Event | BadEvent], now: Instant
) -> tuple[list[Event], list[Quarantined]]:
    """What is new and can be counted, as received; and what cannot. What is known already is in neither."""
    good: list[Event] = []
    bad: list[Quarantined] = []
    for item, verdict in zip(items, verdicts(store, items, now), strict=True):
        if isinstance(item, BadEvent):
            bad.append(Quarantined(source, now, verdict, _as_it_came(item)))
        elif verdict == NEW:
            good.append(item)
        elif verdict != KNOWN:
            bad.append(set_aside(source, now, verdict, item))
    return good, bad


def verdicts(store: Store, items: Sequence[Event | BadEvent], now: Instant) -> Iterator[str]:
    """Of each item: `NEW`, `KNOWN`, or the reason for which it cannot count."""
    refused = [one.reason if isinstance(one, BadEvent) else _refused(one, now) for one in items]
    judged = list(zip(items, refused, strict=True))
    known = store.known([one.id for one, reason in judged if isinstance(one, Event) and reason is None])
    for item, reason in judged:
        if reason is not None:
            yield reason
            continue
        assert isinstance(item, Event)
        digest = _digest(item)
        before = known.get(item.id)
        known.setdefault(item.id, digest)
        yield NEW if before is None else KNOWN if before == digest else bad_event.ID_CLASH.name


def _refused(event: Event, now: Instant) -> str | None:
    if event.time > now + AHEAD:
        return bad_event.AHEAD.name
    return None if keepable(event) else bad_event.BAD_CHARACTER.name


def set_aside(source: str, now: Instant, reason: str, event: Event) -> Quarantined:
    """An event that was read and is not to count."""
    whole = {"id": event.id, "time": event.time, "kind": event.kind, "course": event.course, "learner": event.learner}
    return Quarantined(source, now, reason, _text(whole | {"fields": event.fields}))


def _as_it_came(bad: BadEvent) -> str:
    said: dict[str, Any] = {
        "where": bad.where,
        "raw": bad.raw,
        "args": {key: str(one) for key, one in bad.args.items()},
    }
    return _text(said if bad.line is None else said | {"line": bad.line})


def _text(values: Mapping[str, Any]) -> str:
    """JSON that every store keeps: what no store does stands in it as JSON escapes it."""
    return codec.dump_fields(values).encode("utf-8", "backslashreplace").decode()


def _digest(event: Event) -> bytes:
    return codec.digest(event, codec.event_body(event))


# --- once more --------------------------------------------------------------------------------------


def read_again(one: Quarantined) -> Event | BadEvent | None:
    """What was set aside, as it is read today; None where it was not kept whole."""
    kept = body_of(one)
    if "fields" in kept:
        return Event(**{key: kept[key] for key in ("id", "time", "kind", "course", "learner", "fields")})
    line = kept.get("line")
    return None if line is None else decode(str(line).encode("utf-8", "surrogateescape"), str(kept["where"]))


def body_of(one: Quarantined) -> dict[str, Any]:
    """What is kept of it: `where`, `raw`, `args` and `line` of what could not be read; else an event's parts."""
    try:
        kept = json.loads(one.body)
    except ValueError:
        kept = one.body
    shown = {"where": one.source, "raw": bad_event.excerpt(one.body)}
    return shown | kept if isinstance(kept, dict) else shown
