"""What the oracle keeps of a run: the log, the occurrences with what they wait for, the decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from planned.syntax import ast
from tests.oracle.calendar_oracle import Due, after, midnight, next_weekday, set_time
from tests.oracle.expressions import (
    HAPPENINGS,
    fact_since,
    holds,
    ids,
    times,
)
from tests.oracle.facts import Enrolment, Line, View, Who, moment
from tests.oracle.noticing import ALWAYS, Noticing
from tests.oracle.reading import Rule, norm

HOUR = timedelta(hours=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NEVER = Due()


@dataclass(eq=False)
class Occurrence:
    rule: Rule
    who: Who
    number: int
    enrolment: Enrolment
    place: int
    """How much of the log was known when it started."""
    anchor: datetime
    causes: list[Line]
    base: tuple[Any, ...] | None = None
    """With `every`: from where its firings are counted."""
    ordinal: int = 0
    firing: Any = None
    date: datetime | date | None = None
    """With a trigger before a date: the date, and the moment counted to."""
    moment: Due | None = None
    step: int = 1
    repeat: int = 0
    start: datetime = LONG_AGO
    due: Due = NEVER
    up_to: bool = False
    """It waits `up to …`: `due` is when the time is up, until the fact has ended the wait."""
    first: Due = NEVER
    postponed: Due | None = None
    by_limit: bool = False
    open: bool = True
    sent: bool = False
    decided: bool = False
    undone: bool = False

    @property
    def at_step(self) -> ast.Step:
        return self.rule.node.steps[self.step - 1]

    @property
    def wake(self) -> Due:
        return self.postponed or self.due


class Run:
    def __init__(
        self,
        rules: list[Rule],
        events: Sequence[Mapping[str, Any]],
        until: datetime | None,
        default_zone: str,
        noticing: Noticing = ALWAYS,
    ) -> None:
        self.rules = rules
        self.noticing = noticing
        self.until = until
        self.default_zone = default_zone
        self.log: list[Line] = []
        self.answers: dict[tuple[Any, ...], Any] = {}
        self.coming: list[Line] = []
        seen: set[str] = set()
        for event in events:
            if event["id"] not in seen:
                seen.add(event["id"])
                self.coming.append(_line(event))
        self.coming.sort(key=lambda line: line.time)
        self.last_event = self.coming[-1].time if self.coming else LONG_AGO
        self.now = LONG_AGO
        self.known = 0
        self.occurrences: list[Occurrence] = []
        self.decisions: list[dict[str, Any]] = []
        self.taken: list[tuple[str, str, datetime]] = []

    def view(self, *, timers: bool) -> View:
        return View(self.log, len(self.log), self.now, timers, self.default_zone, self.rules, self.answers)

    def _open(self) -> list[Occurrence]:
        return [one for one in self.occurrences if one.open]

    def _zone(self, occurrence: Occurrence) -> str:
        return self.view(timers=True).zone(occurrence.rule, occurrence.who[1])

    def _people(self) -> list[Who]:
        return sorted(
            {(one.course, one.learner) for one in self.log if one.course and one.learner and one.kind != "profile"}
        )

    def _pairs(self, kind: type[ast.Trigger] | None = None) -> list[tuple[Who, Rule]]:
        """Who is enrolled, with each rule of the course that can start something."""
        view = self.view(timers=True)
        enrolled = [who for who in self._people() if view.enrolment(who) is not None]
        return [
            (who, rule)
            for who in enrolled
            for rule in self.rules
            if rule.course in (None, who[0]) and rule.node.mode != "paused"
        ]

    def _again(self, rule: Rule, mine: list[Occurrence], enrolment: Enrolment, anchor: datetime, zone: str) -> bool:
        if isinstance(rule.node.trigger, ast.EveryWeekday | ast.EveryPeriod) or rule.node.again == "each-time":
            return True
        if rule.node.again is None:
            return all(one.enrolment.start != enrolment.start or (one.undone and not one.sent) for one in mine)
        if not mine:
            return True
        last = max(one.anchor for one in mine)
        return after(last, rule.node.again.duration.parts, zone, regions=rule.quiet.regions).instant(zone) <= anchor

    def _begin(self, view: View, one: Occurrence, start: datetime) -> None:
        """A step begins to wait at `start`."""
        zone = view.zone(one.rule, one.who[1])
        regions = one.rule.quiet.regions
        one.start, one.repeat, one.postponed, one.by_limit, one.up_to = start, 0, None, False, False
        wait = one.at_step.wait
        match wait:
            case None:
                one.due = one.moment if one.moment is not None and one.step == 1 else Due(fixed=start)
            case ast.WaitFor():
                one.due = after(start, wait.duration.parts, zone, at=wait.at, at_least=wait.at_least, regions=regions)
            case ast.WaitUntil(day=ast.Day(day=day)):
                one.due = Due(clock=set_time(midnight(day), wait.at))
            case ast.WaitUntil(day=weekday):
                assert isinstance(weekday, ast.Weekday)
                one.due = Due(clock=next_weekday(start, list(ast.Weekday).index(weekday), wait.at, zone))
            case ast.WaitUpTo():
                one.due = after(start, wait.duration.parts, zone, regions=regions)
                one.up_to = True

    def _end_wait(self, view: View, one: Occurrence) -> None:
        """`wait up to …` ends when the fact is true or happens (reading 22)."""
        wait = one.at_step.wait
        if not one.up_to or not isinstance(wait, ast.WaitUpTo):
            return
        limit = one.due.instant(self._zone(one))
        true = self._true_since(view, one, wait.fact)
        if true is not None and max(true, one.start) <= limit and (view.now >= one.start):
            one.due, one.up_to = Due(fixed=max(true, one.start)), False
        elif view.reached(limit):
            one.up_to = False

    def _true_since(self, view: View, one: Occurrence, fact: ast.Fact) -> datetime | None:
        if isinstance(fact, HAPPENINGS):
            found = view.happenings(one.who, one.rule, fact, one.enrolment.start)
            if isinstance(fact, ast.FirstAccess):
                found = found[:1]
            counted = [
                line.time
                for place, line in found
                if line.time > one.anchor or (line.time == one.anchor and place >= one.place)
            ]
            n = times(fact)
            return counted[n - 1] if len(counted) >= n else None
        if isinstance(fact, ast.Enrolment):
            since = fact_since(view, one.who, one.rule, fact, one.enrolment)
        else:
            since = view.state(one.who, one.rule, fact)
        return since.time if since else None

    def _stopped(self, view: View, who: Who, rule: Rule) -> bool:
        return any(holds(view, who, rule, condition, None) for condition in rule.stops)

    def _cancel(self, one: Occurrence, reason: str, at: datetime | None = None, due: datetime | None = None) -> None:
        self._record(one, "cancelled", reason, [], at=at, due=due)
        one.open = False

    def _recipients(self, one: Occurrence, who: ast.Who | None) -> list[str]:
        kind = who.kind if who else "learner"
        view = self.view(timers=True)
        named = view.profile(one.who[1], kind) if kind in ("tutor", "manager") else None
        if who is not None and who.name is not None:
            return [f"{kind}:{norm(who.name.text)}"]
        if kind == "learner":
            return [one.who[1]]
        if named:
            return [str(named)]
        if kind == "tutor":
            return view.teachers(one.who[0])[:1] or [kind]
        own = [str(view.profile(one.who[1], "tutor") or "")] if kind == "tutors" else []
        found = [*own, *view.teachers(one.who[0])] if kind == "tutors" else []
        return list(dict.fromkeys(name for name in found if name)) or [kind]

    def _record(
        self,
        one: Occurrence,
        outcome: str,
        reason: str | None,
        guards: list[bool],
        *,
        at: datetime | None = None,
        due: datetime | None = None,
        notice: int = 0,
        to: list[str] | None = None,
    ) -> None:
        at = at or self.now
        due = due or one.wake.instant(self._zone(one))
        place = (one.who[1], one.number, one.step, one.repeat, notice, one.who[0])
        self.decisions.append(
            {
                "key": (outcome == "pending", at, due, one.rule.order, *place),
                "at": at,
                "rule": one.rule.name,
                "course": one.who[0],
                "learner": one.who[1],
                "occurrence": one.number,
                "step": one.step,
                "repeat": one.repeat,
                "notice": notice,
                "outcome": outcome,
                "reason": reason,
                "anchor": one.anchor,
                "due": due,
                "because": ids(one.causes),
                "zone": self._zone(one),
                "to": to or self._recipients(one, one.at_step.send.to),
                "guards": list(guards),
            }
        )


def _line(event: Mapping[str, Any]) -> Line:
    course, learner = event.get("course"), event.get("learner")
    return Line(
        moment(event["time"]),
        event["kind"],
        norm(course) if course else None,
        learner if learner else None,
        event["id"],
        event,
    )


def repetitions(step: ast.Step) -> int:
    """How many times it is repeated at most: the smaller of `up to` and of the list's length less one."""
    if step.repeat is None:
        return 0
    found = [step.repeat.up_to] if step.repeat.up_to is not None else []
    found += [len(step.send.messages) - 1] if len(step.send.messages) > 1 else []
    return min(found)


def repetition(one: Occurrence, first: Due, number: int, zone: str) -> Due:
    """The n-th repetition: n times the period after the first message's due time (reading 21)."""
    repeat = one.at_step.repeat
    assert repeat is not None
    parts = tuple((count * number, unit) for count, unit in repeat.every.parts)
    return after(first.instant(zone), parts, zone, at=repeat.at, regions=one.rule.quiet.regions)


def listed(rule: Rule) -> int:
    """How many messages the firings of an `every` send in turn; a list that is repeated belongs to the repetition."""
    step = rule.node.steps[0]
    return 1 if step.repeat is not None else len(step.send.messages)
