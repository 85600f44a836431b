"""The small notations of the cases: an event a line, a decision a line."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planned.engine.decision import Decision

COURSE = "NUM101"

_OFFSET = re.compile(r"[+-]\d\d:\d\d$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(text: str, zone: str) -> str:
    """`2026-10-15T23:59`, with its offset if it has one, else with that of the zone (the first of a doubled time)."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.isoformat()


def event(line: str, place: int, zone: str) -> dict[str, Any]:
    """The JSON object that an event line stands for."""
    if line.startswith("{"):
        found: dict[str, Any] = json.loads(line)
        return found
    words = shlex.split(line)
    name = f"e{place}" if _DAY.match(words[0]) else words.pop(0)
    day, time = words.pop(0), words.pop(0)
    offset = words.pop(0) if _OFFSET.match(words[0]) else ""
    who, _, course = words.pop(0).partition("@")
    kind = words.pop(0)
    made: dict[str, Any] = {"id": name, "time": rfc3339(f"{day}T{time}{offset}", zone), "kind": kind}
    if kind != "profile" or course:
        made["course"] = course or COURSE
    if who != "*":
        made["learner"] = who
    made.update(_fields(kind, words, zone))
    return made


def person(line: str) -> dict[str, Any]:
    """The profile event that a line of `people` stands for."""
    learner, *pairs = shlex.split(line)
    return {
        "id": f"person-{learner}",
        "time": "1970-01-01T00:00:00Z",
        "kind": "profile",
        "learner": learner,
        "user": {"id": learner, **_pairs(pairs)},
    }


def _pairs(words: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition("=")
        place = made
        *outer, key = key.split(".")
        for name in outer:
            place = place.setdefault(name, {})
        place[key] = None if value == "null" else value
    return made


def _fields(kind: str, words: list[str], zone: str) -> dict[str, Any]:
    match kind, words:
        case "enrolment", _:
            given = _pairs([word for word in words if "=" in word])
            roles = [word for word in words if "=" not in word]
            until = {"until": rfc3339(given["until"], zone)} if "until" in given else {}
            return {**({"role": roles[0]} if roles else {}), **until}
        case "completion", [state]:
            return {"state": state}
        case "completion", [activity, state]:
            return {"activity": activity, "state": state}
        case "grade", [activity, grade]:
            number, _, maximum = grade.partition("/")
            return {"activity": activity, "grade": float(number), **({"max": float(maximum)} if maximum else {})}
        case (("submission" | "viewing"), [activity]):
            return {"activity": activity}
        case "group", [group, ("in" | "out") as member]:
            return {"group": group, "member": member == "in"}
        case "date", ["deadline", activity, when]:
            return {"what": "deadline", "activity": activity, "at": _when(when, zone)}
        case "date", [what, when]:
            return {"what": what, "at": _when(when, zone)}
        case "profile", _:
            return {"user": _pairs(words)}
        case "event", [other, *pairs]:
            return {"kind": other, "data": _pairs(pairs)}
        case (("unenrolment" | "suspension" | "resumption" | "access"), []):
            return {}
    raise ValueError(f"not an event: {kind} {' '.join(words)}")


def _when(text: str, zone: str) -> str | None:
    return None if text == "none" else rfc3339(text, zone)


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of an `expect` block: `line` in the form of `told`, and what else is to be checked of that decision."""

    line: str
    checks: tuple[tuple[str, str], ...] = field(default=())


_FLAGS = ("notice", "draft")


def expected(text: str) -> Expected:
    words = shlex.split(text)
    day, time = words.pop(0), words.pop(0)
    checks: list[tuple[str, str]] = []
    if _OFFSET.match(words[0]):
        checks.append(("offset", words.pop(0)))
    rule, who, number, outcome = words[:4]
    rest = words[4:]
    head = [day, time, rule, who, number, outcome]
    if outcome not in ("sent", "pending"):
        head.append(rest.pop(0))
    while rest:
        word = rest.pop(0)
        if word in _FLAGS:
            head.append(word)
        elif word == "guard":
            checks.append(("guard", f"{rest.pop(0)}: {rest.pop(0)}"))
        else:
            checks.append((word, rest.pop(0)))
    return Expected(" ".join(head), tuple(checks))


def told(one: Decision) -> str:
    """A decision as a line of an `expect` block, without what only some cases check."""
    who = one.learner if one.course == COURSE else f"{one.learner}@{one.course}"
    words = [local(one.at, one.zone), one.rule, who, f"{one.occurrence}.{one.step}.{one.repeat}", one.outcome.value]
    if one.reason is not None:
        words.append(one.reason.code.value)
    if one.notice:
        words.append("notice")
    if one.draft:
        words.append("draft")
    return " ".join(words)


def local(instant: int, zone: str, between: str = " ") -> str:
    moment = _moment(instant, zone)
    seconds = f":{moment:%S}" if moment.second or moment.microsecond else ""
    return f"{moment:%Y-%m-%d}{between}{moment:%H:%M}{seconds}"


def _moment(instant: int, zone: str) -> datetime:
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))


def checked(one: Decision, name: str, value: str) -> str | None:
    """What a decision has instead of the value that a case expects, or None if it has it."""
    if name == "contains":
        return None if value in (one.text or "") else repr(one.text)
    if name == "says":
        return None if one.reason and value in one.reason.text else repr(one.reason)
    if name == "guard":
        read = [f"{guard.text}: {str(guard.value).lower()}" for guard in one.guards]
        return None if value in read else repr(read)
    had = _had(one, name)
    return None if had == value else repr(had)


def _had(one: Decision, name: str) -> str:
    match name:
        case "offset":
            return _moment(one.at, one.zone).isoformat()[-6:]
        case "to":
            return ",".join(one.to)
        case "from":
            return one.sender
        case "via":
            return one.channel
        case "subject":
            return str(one.subject)
        case "text":
            return str(one.text)
        case "reason":
            return one.reason.text if one.reason else "-"
        case "because":
            return ",".join(one.because) or "-"
        case "anchor":
            return local(one.anchor, one.zone, "T")
        case "due":
            return local(one.due, one.zone, "T")
        case "guards":
            return str(len(one.guards))
        case "source":
            return one.source
        case "topic":
            return str(one.topic)
    raise ValueError(f"unknown check: {name}")


SPEECH = frozenset({"guard", "reason", "says", "source", "text", "contains", "subject"})
"""Checks of what depends on the language or the layout of the file, not on what it means."""
