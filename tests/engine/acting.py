"""Playing a history upon the core as the runtime does: events as they arrive, late ones by recomputation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from planned.check.build import build
from planned.check.graph import Graph
from planned.engine.calendar import aware, instant_of
from planned.engine.decision import Decision
from planned.engine.decode import decode_object
from planned.engine.event import Event, Instant
from planned.engine.facts import apply_general_date
from planned.engine.plan import Plan, prepare
from planned.engine.rebuild import Rebuild, rebuild
from planned.engine.state import Person, State
from planned.engine.state_json import dump_course, dump_person, load_course, load_person
from planned.engine.step import Tick, late, step
from planned.syntax.from_text import parse

ZONE = "Europe/Paris"


def graph_of(text: str) -> Graph:
    file, wrong = parse(text, "rules.rules")
    graph, found = build([file])
    assert [one for one in (*wrong, *found) if one.severity == "error"] == []
    return graph


def at(text: str) -> Instant:
    """`2026-09-03 14:10`, in Paris."""
    return instant_of(datetime.fromisoformat(text), ZONE)


def event(id: str, when: str, kind: str, learner: str | None = "alice", course: str = "C", **fields: Any) -> Event:
    time = aware(at(when), ZONE).isoformat()
    raw = {"id": id, "time": time, "kind": kind, "course": course, **fields}
    found = decode_object({**raw, "learner": learner} if learner else raw, id)
    assert isinstance(found, Event), found
    return found


@dataclass
class Play:
    """One deployment with its state, its events as received, and what it decided."""

    graph: Graph
    state: State = field(default_factory=lambda: State(default_zone=ZONE))
    received: list[Event] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        return prepare(self.graph)

    def arrive(self, events: Iterable[Event], now: Instant) -> None:
        """The events come in, in this order, while the clock shows `now`."""
        plan = self.plan
        for one in events:
            self.received.append(one)
            behind = late(plan, self.state, one)
            if one.learner is None and behind:
                apply_general_date(self.state, one)
                behind = set(self.state.courses[one.course or ""].members)
            for person in sorted(behind):
                self._rebuild(plan, person, {one.id}, now)
            if not behind:
                self.decided += step(plan, self.state, one, now)

    def edit(self, text: str, now: Instant) -> None:
        """The rules are other ones from `now` on."""
        self.graph = graph_of(text)
        plan = self.plan
        for person in sorted(self.state.people):
            self._rebuild(plan, person, set(), now)

    def _rebuild(self, plan: Plan, person: str, news: set[str], now: Instant) -> None:
        own = [one for one in self.received if one.learner in (person, None)]
        committed = [one for one in self.decided if one.learner == person]
        input = Rebuild(person, sorted(own, key=lambda one: one.time), committed, news)
        self.decided += rebuild(plan, self.state, input, now)

    def wake(self, now: Instant) -> None:
        """The clock shows `now`, after an outage perhaps: all that is due is decided."""
        for person in sorted(self.state.people):
            self.decided += step(self.plan, self.state, Tick(person), now)

    def run(self, until: Instant) -> None:
        """Time passes up to `until`, each message decided at its instant."""
        while due := [(when, id) for id, one in self.state.people.items() if (when := one.next_due) and when <= until]:
            when, id = min(due)
            self.decided += step(self.plan, self.state, Tick(id), when)

    def stored(self) -> None:
        """The state goes through its JSON and back, as through a store."""
        plan = self.plan
        people = {id: load_person(id, dump_person(one), plan) for id, one in self.state.people.items()}
        courses = {id: load_course(id, dump_course(one), one.members) for id, one in self.state.courses.items()}
        self.state.people, self.state.courses = people, courses

    def person(self, id: str = "alice") -> Person:
        return self.state.people[id]

    def lines(self) -> list[str]:
        return told(self.decided)


def told(decisions: Sequence[Decision]) -> list[str]:
    """`09-06 09:00 relance 1.1.0 sent`, in Paris."""
    return [
        f"{aware(one.at, ZONE):%m-%d %H:%M} {one.rule} {one.occurrence}.{one.step}.{one.repeat} {one.outcome}"
        + (f" {one.reason.code}" if one.reason else "")
        for one in decisions
    ]
