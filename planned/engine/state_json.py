"""People and courses as compact JSON text, for stores. What has its default value is left out; timers are made anew."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any

from planned.engine.calendar import Moment
from planned.engine.decision_json import decision_of, stored_object
from planned.engine.plan import Plan
from planned.engine.state import (
    NO_MOMENT,
    CourseFacts,
    Digest,
    Flag,
    Happening,
    Parked,
    Participation,
    Person,
    Progress,
    Stamp,
    Waiting,
)

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def dump_person(person: Person) -> str:
    """The person without timers, as JSON text."""
    courses = {course: _participation(part) for course, part in person.courses.items()}
    body: dict[str, Any] = {"courses": courses, "horizon": person.horizon}
    if person.profile:
        body["profile"] = person.profile
        body["profile_stamp"] = person.profile_stamp
    if person.sent:
        body["sent"] = person.sent
    if person.digests:
        body["digests"] = [_digest(digest) for digest in person.digests]
    if person.parked:
        body["parked"] = [stored_object(parked.decision) for parked in person.parked]
    return _dumps(body)


def load_person(id: str, text: str, plan: Plan) -> Person:
    """The person of `dump_person`, with timers for the rules of `plan`."""
    body = json.loads(text)
    person = Person(id, horizon=body["horizon"], profile=body.get("profile", {}))
    person.profile_stamp = _stamp(body.get("profile_stamp"))
    person.sent = {name: (first, count) for name, (first, count) in body.get("sent", {}).items()}
    person.digests = [_load_digest(one) for one in body.get("digests", ())]
    person.parked = [Parked(decision_of(one)) for one in body.get("parked", ())]
    person.courses = {course: _load_participation(course, one) for course, one in body["courses"].items()}
    set_timers(person, plan)
    return person


def set_timers(person: Person, plan: Plan) -> None:
    """Make the timers of a person anew from what waits."""
    person.moments.clear()
    person.messages.clear()
    person.limited.clear()
    for part in person.courses.values():
        rules = plan.course(part.course).rules
        for name, progress in part.rules.items():
            progress.armed = None
            rule = rules.get(name)
            if rule is None:
                continue
            if progress.check_at is not None:
                progress.armed = progress.check_at
                person.wake(progress.check_at, rule, part.course)
            for waiting in progress.waiting:
                if not waiting.held:
                    person.wait(waiting, rule)
                if waiting.limited:
                    person.limited.append(waiting)


def dump_course(course: CourseFacts) -> str:
    return _dumps({"dates": course.dates, "staff": course.staff})


def load_course(id: str, text: str, members: MutableMapping[str, bool]) -> CourseFacts:
    """The course of `dump_course`; its members are the store's to know."""
    body = json.loads(text)
    dates = {key: (at, when, event) for key, (at, when, event) in body["dates"].items()}
    return CourseFacts(id, dates, members, body["staff"])


# --- participations ---------------------------------------------------------------------------------


def _stamp(value: Any) -> Any:
    return None if value is None else (value[0], value[1])


def _stamps(values: Any) -> tuple[Stamp, ...]:
    return tuple((when, id) for when, id in values)


def _participation(part: Participation) -> dict[str, Any]:
    body: dict[str, Any] = {"since": part.since}
    for name in (
        "enrolled",
        "announced",
        "suspended",
        "started",
        "enrolment",
        "until",
        "until_stamp",
        "roles",
        "visit",
    ):
        value = getattr(part, name)
        if value:
            body[name] = value
    for name in ("complete", "result", "group", "grade_since"):
        flags = getattr(part, name)
        if flags:
            body[name] = {key: (flag.value, flag.since, flag.id, flag.fresh) for key, flag in flags.items()}
    for name in ("grade", "dates"):
        if found := getattr(part, name):
            body[name] = found
    if part.happened:
        body["happened"] = {key: (one.total, one.count, one.recent) for key, one in part.happened.items()}
    if part.rules:
        body["rules"] = {name: _progress(progress) for name, progress in part.rules.items()}
    return body


def _load_participation(course: str, body: dict[str, Any]) -> Participation:
    part = Participation(course)
    for name in ("since", "enrolled", "announced", "suspended", "until", "roles"):
        if name in body:
            setattr(part, name, body[name])
    part.started, part.until_stamp = _stamp(body.get("started")), _stamp(body.get("until_stamp"))
    part.enrolment, part.visit = _stamp(body.get("enrolment")), _stamp(body.get("visit"))
    for name in ("complete", "result", "group", "grade_since"):
        setattr(part, name, {key: Flag(*value) for key, value in body.get(name, {}).items()})
    for name in ("grade", "dates"):
        setattr(part, name, {key: tuple(value) for key, value in body.get(name, {}).items()})
    for key, (total, count, recent) in body.get("happened", {}).items():
        part.happened[key] = Happening(total, count, [(when, _stamps(stamps)) for when, stamps in recent])
    part.rules = {name: _load_progress(name, course, one) for name, one in body.get("rules", {}).items()}
    return part


_PROGRESS_DEFAULTS = {
    one.name: None if one.default is MISSING else one.default
    for one in fields(Progress)
    if one.name not in ("armed", "waiting", "next_firing", "base")
}


def _progress(progress: Progress) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, default in _PROGRESS_DEFAULTS.items():
        value = getattr(progress, name)
        if value != default:
            body[name] = value
    if progress.base is not NO_MOMENT:
        body["base"] = _moment(progress.base)
    if progress.next_firing is not None:
        body["next_firing"] = _moment(progress.next_firing)
    if progress.waiting:
        body["waiting"] = [_waiting(waiting) for waiting in progress.waiting]
    return body


def _load_progress(rule: str, course: str, body: dict[str, Any]) -> Progress:
    progress = Progress()
    for name in body.keys() & _PROGRESS_DEFAULTS.keys():
        setattr(progress, name, body[name])
    progress.complete_because = _stamps(progress.complete_because)
    if "base" in body:
        progress.base = _load_moment(body["base"])
    if "next_firing" in body:
        progress.next_firing = _load_moment(body["next_firing"])
    progress.waiting = [_load_waiting(rule, course, one) for one in body.get("waiting", ())]
    return progress


_WAITING = ("number", "anchor", "step", "repeat", "base", "nth", "ready", "limited", "held", "any_sent")


def _waiting(waiting: Waiting) -> dict[str, Any]:
    body: dict[str, Any] = {name: value for name in _WAITING if (value := getattr(waiting, name))}
    body["because"] = waiting.because
    body["due"] = _moment(waiting.due)
    if waiting.postponed:
        body["unpostponed"] = _moment(waiting.unpostponed)
    if waiting.first_due is not NO_MOMENT:
        body["first_due"] = _moment(waiting.first_due)
    if waiting.seen:
        body["seen"] = list(waiting.seen.items())
    return body


def _load_waiting(rule: str, course: str, body: dict[str, Any]) -> Waiting:
    waiting = Waiting(rule, course, body["number"], body.get("anchor", 0), _stamps(body["because"]))
    for name in _WAITING[2:]:
        if name in body:
            setattr(waiting, name, body[name])
    waiting.due = _load_moment(body["due"])
    waiting.unpostponed = _load_moment(body["unpostponed"]) if "unpostponed" in body else waiting.due
    if "first_due" in body:
        waiting.first_due = _load_moment(body["first_due"])
    waiting.seen = dict(body.get("seen", ()))
    return waiting


def _moment(moment: Moment) -> Any:
    if moment.wall is None:
        return moment.instant
    return (moment.wall.isoformat(), moment.rest, moment.instant)


def _load_moment(value: Any) -> Moment:
    if isinstance(value, int):
        return Moment(None, 0, value)
    wall, rest, instant = value
    return Moment(datetime.fromisoformat(wall), rest, instant)


# --- digests ---------------------------------------------------------------------------


def _digest(digest: Digest) -> list[Any]:
    return [digest.rule, digest.course, digest.step, digest.notice, _moment(digest.due), digest.entries]


def _load_digest(value: list[Any]) -> Digest:
    rule, course, place, notice, due, entries = value
    return Digest(rule, course, place, notice, _load_moment(due), entries)
