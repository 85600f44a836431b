"""Plays the scenarios of a rule file on the core (section 6 of the language), for the tests of the examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planned.check.build import build
from planned.check.graph import Graph
from planned.engine.decision import Decision, Outcome
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.engine.simulate import simulate
from planned.syntax import ast
from planned.syntax.from_text import parse

STATES = {"completes": "complete", "passes": "passed", "fails": "failed", "resets": "incomplete"}
SIMPLE = {
    "unenrolled": "unenrolment",
    "suspended": "suspension",
    "resumes": "resumption",
    "visits": "access",
    "submits": "submission",
    "views": "viewing",
}


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario: the expectations that were not met, and all that came."""

    title: str
    missed: tuple[str, ...]
    decisions: tuple[Decision, ...]


def play_file(path: Path) -> list[Played]:
    """All scenarios of a file, in its own zone and the course above each."""
    text = path.read_text(encoding="utf-8")
    file, found = parse(text, path.name)
    graph, _ = build([file], {}, None, sources={path.name: text}, given=found)
    zone, course, played = "UTC", "C", []
    for statement in file.statements:
        match statement:
            case ast.Timezone():
                zone = statement.zone
            case ast.Course():
                course = statement.id.text
            case ast.Scenario():
                played.append(_Play(graph, file, statement, zone, course).result())
            case _:
                pass
    return played


class _Play:
    def __init__(self, graph: Graph, file: ast.File, scenario: ast.Scenario, zone: str, course: str) -> None:
        self.graph, self.scenario, self.course, self.zone = graph, scenario, course, ZoneInfo(zone)
        self.ids = {
            one.name.text: one.source_id.text
            for one in file.statements
            if isinstance(one, ast.Activity | ast.Group) and one.source_id is not None
        }
        self.givens = [line for line in scenario.lines if isinstance(line, ast.Given)]
        self.expects = [line for line in scenario.lines if isinstance(line, ast.Expect)]

    def result(self) -> Played:
        events = sorted(self._events(), key=lambda event: event.time)
        days = [one.day.day for one in self.expects if one.day is not None]
        last = max(days) if days else self.givens[-1].day.day + timedelta(days=60)
        until = datetime.combine(last + timedelta(days=1), time(), self.zone) - timedelta(microseconds=1)
        micros = int(until.timestamp()) * 1_000_000
        came = tuple(
            one
            for one in simulate(self.graph, events, until=micros, default_zone=self.zone.key)
            if one.outcome is not Outcome.PENDING
        )
        return Played(self.scenario.title.text, tuple(self._missed(came)), came)

    # --- given ----------------------------------------------------------------------------------------

    def _events(self) -> Iterator[Event]:
        first = datetime.combine(self.givens[0].day.day, time(), self.zone)
        announced = {one.person.text for one in self.givens if one.person and one.verb == "enrolled"}
        people = list(dict.fromkeys(one.person.text for one in self.givens if one.person))
        for person in people:
            yield self._event(f"profile-{person}", first, "profile", person, {"user": {"firstname": person}})
            if person not in announced:
                yield self._event(f"start-{person}", first, "enrolment", person, {})
        for number, given in enumerate(self.givens):
            at = time(given.at.hour, given.at.minute) if given.at else time(12)
            kind, fields = self._fields(given)
            person = given.person.text if given.person else None
            yield self._event(f"given-{number}", datetime.combine(given.day.day, at, self.zone), kind, person, fields)

    def _event(self, id_: str, at: datetime, kind: str, person: str | None, fields: dict[str, Any]) -> Event:
        made = {"id": id_, "time": at.isoformat(), "kind": kind, "course": self.course, "learner": person, **fields}
        event = decode_object({key: value for key, value in made.items() if value is not None}, id_)
        assert isinstance(event, Event), event
        return event

    def _fields(self, given: ast.Given) -> tuple[str, dict[str, Any]]:
        names = [self.ids.get(one.text, one.text) for one in given.args if isinstance(one, ast.Name | ast.Text)]
        numbers = [float(one) for one in given.args if isinstance(one, Decimal)]
        match given.verb:
            case "enrolled":
                return "enrolment", {"role": names[0]} if names else {}
            case "completes" | "passes" | "fails" | "resets":
                return "completion", {"activity": names[0], "state": STATES[given.verb]}
            case "completes-course":
                return "completion", {"state": "complete"}
            case "scores":
                return "grade", {"activity": names[0], "grade": numbers[0]}
            case "joins" | "leaves":
                return "group", {"group": names[0], "member": given.verb == "joins"}
            case "event":
                return names[0], {}
            case "date":
                return "date", self._date(given)
            case verb:
                return SIMPLE[verb], {"activity": names[0]} if names else {}

    def _date(self, given: ast.Given) -> dict[str, Any]:
        which, day, *hour = given.args
        assert isinstance(which, ast.Deadline)
        assert isinstance(day, ast.Day)
        at = time(hour[0].hour, hour[0].minute) if hour and isinstance(hour[0], ast.TimeOfDay) else time(12)
        moment = datetime.combine(day.day, at, self.zone).isoformat()
        name = which.activity.text
        return {"what": "deadline", "activity": self.ids.get(name, name), "at": moment}

    # --- expect ---------------------------------------------------------------------------------------

    def _missed(self, came: Sequence[Decision]) -> Iterator[str]:
        used: set[Decision] = set()
        for expect in self.expects:
            hits = [one for one in came if one not in used and self._meets(expect, one)]
            if expect.outcome in ("none", "no-message"):
                if hits:
                    yield f"line {expect.span.line}: it came all the same"
            elif expect.outcome == "nothing-else":
                if rest := [one for one in came if one.outcome is Outcome.SENT and not one.notice and one not in used]:
                    yield f"line {expect.span.line}: also came {rest[0].rule} to {rest[0].learner}"
            elif not hits:
                yield f"line {expect.span.line}: it did not come"
            else:
                used.add(hits[0])

    def _meets(self, expect: ast.Expect, one: Decision) -> bool:
        if expect.rule is not None and one.rule != expect.rule.text:
            return False
        wanted = Outcome.SUPPRESSED if expect.outcome == "suppressed" else Outcome.SENT
        if one.outcome is not wanted or bool(one.notice) != (expect.outcome == "notice"):
            return False
        if isinstance(expect.who, ast.Name) and one.learner != expect.who.text:
            return False
        at = datetime.fromtimestamp(one.at / 1_000_000, ZoneInfo(one.zone))
        if expect.day is not None and at.date() != expect.day.day:
            return False
        return expect.at is None or (at.hour, at.minute) == (expect.at.hour, expect.at.minute)
