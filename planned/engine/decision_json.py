"""A decision as the JSON object of section 5, and back: the one shape for the command line, the store and programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from planned.engine.decision import Decision, GuardReading, Outcome, Reason, ReasonCode
from planned.engine.event import Instant
from planned.zones import zone_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def decision_object(decision: Decision) -> dict[str, Any]:
    """The object of section 5, its keys in that order. `notice` is there, and true, only on notices.

    `at`, `anchor`, `due` are local times of the learner's zone with their offset; fractions only where there are some.
    """
    zone = decision.zone
    reason = decision.reason
    obj: dict[str, Any] = {
        "at": local_time(decision.at, zone),
        "rule": decision.rule,
        "course": decision.course,
        "learner": decision.learner,
        "occurrence": decision.occurrence,
        "step": decision.step,
        "repeat": decision.repeat,
        "outcome": decision.outcome.value,
        "reason": None if reason is None else {"code": reason.code.value, "text": reason.text},
        "to": list(decision.to),
        "from": decision.sender,
        "channel": decision.channel,
        "subject": decision.subject,
        "text": decision.text,
        "anchor": local_time(decision.anchor, zone),
        "due": local_time(decision.due, zone),
        "because": list(decision.because),
        "guards": [{"text": guard.text, "value": guard.value} for guard in decision.guards],
        "source": decision.source,
        "revision": decision.revision,
    }
    if decision.notice:
        obj["notice"] = True
    return obj


def stored_object(decision: Decision) -> dict[str, Any]:
    """`decision_object` and what a decision has beyond it, so that `decision_of` gives the same decision again."""
    obj = decision_object(decision)
    obj |= {"zone": decision.zone, "markup": decision.markup, "notice": decision.notice, "draft": decision.draft}
    return obj | {"topic": decision.topic, "step_id": decision.step_id}


def decision_of(obj: Mapping[str, Any]) -> Decision:
    """The decision that an object stands for; what `decision_object` leaves out has its default, the zone is UTC.

    Raises KeyError or ValueError for what is no such object.
    """
    reason = obj["reason"]
    return Decision(
        at=instant_of(obj["at"]),
        rule=obj["rule"],
        course=obj["course"],
        learner=obj["learner"],
        occurrence=obj["occurrence"],
        step=obj["step"],
        repeat=obj["repeat"],
        outcome=Outcome(obj["outcome"]),
        reason=None if reason is None else Reason(ReasonCode(reason["code"]), reason["text"]),
        to=tuple(obj["to"]),
        sender=obj["from"],
        channel=obj["channel"],
        subject=obj["subject"],
        text=obj["text"],
        markup=obj.get("markup"),
        anchor=instant_of(obj["anchor"]),
        due=instant_of(obj["due"]),
        because=tuple(obj["because"]),
        guards=tuple(GuardReading(guard["text"], guard["value"]) for guard in obj["guards"]),
        source=obj["source"],
        revision=obj["revision"],
        zone=obj.get("zone", "UTC"),
        notice=int(obj.get("notice", 0)),
        draft=obj.get("draft", False),
        topic=obj.get("topic"),
        step_id=obj.get("step_id", ""),
    )


@lru_cache(maxsize=1 << 14)
def local_time(instant: Instant, zone: str) -> str:
    """RFC 3339 in a zone. Many decisions share their instants, hence the memory."""
    return local(instant, zone).isoformat()


def local(instant: Instant, zone: str) -> datetime:
    """An instant as a local time of a zone."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone_of(zone))


def instant_of(text: str) -> Instant:
    """The instant that `local_time` wrote. Raises ValueError."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
