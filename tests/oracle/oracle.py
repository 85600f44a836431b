"""An independent, slow and obvious reading of the language: all decisions for some rules and a log of events.

It walks from one interesting instant to the next, and at each asks again, from the whole log, what is true. What it
keeps is the log, the occurrences and the decisions. Nothing of `planned` but the syntax tree is used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from planned.syntax import ast
from tests.oracle.calendar_oracle import Due, after, instant, midnight, wall
from tests.oracle.expressions import (
    holds,
)
from tests.oracle.facts import Line
from tests.oracle.instants import Instants
from tests.oracle.noticing import ALWAYS, Noticing
from tests.oracle.reading import read
from tests.oracle.run import Occurrence, listed, repetition, repetitions

HOUR = timedelta(hours=1)


def decide(
    files: Sequence[ast.File],
    events: Sequence[Mapping[str, Any]],
    until: datetime | None = None,
    default_zone: str = "UTC",
    noticing: Noticing = ALWAYS,
) -> list[dict[str, Any]]:
    """All decisions, in the order of reading 35; instants are in UTC, what still waits at the end is `pending`."""
    return _Walk(read(files, default_zone), events, until, default_zone, noticing).run()


class _Walk(Instants):
    def run(self) -> list[dict[str, Any]]:
        while (coming := self._next_instant()) is not None and (self.until is None or coming <= self.until):
            self.now = coming
            self.known = len(self.log)
            while self.coming and self.coming[0].time == self.now:
                self._learn(self.coming.pop(0), timers=False)
            self._turn(self.view(timers=False), self.view(timers=True))
            self._end_rules()
            self._fire()
            while (occurrence := self._most_urgent()) is not None:
                self._decide(occurrence)
        for occurrence in self._open():
            wake = occurrence.wake.instant(self._zone(occurrence))
            self._record(occurrence, "pending", None, [], at=wake, due=wake)
        self.decisions.sort(key=lambda one: one["key"])
        return [{name: value for name, value in one.items() if name != "key"} for one in self.decisions]

    def _learn(self, line: Line, *, timers: bool) -> None:
        before = self.view(timers=timers)
        self.log.append(line)
        self._turn(before, self.view(timers=timers))

    def _end_rules(self) -> None:
        for one in self._open():
            last = one.rule.node.last_day
            if last is not None and instant(midnight(last.day + timedelta(days=1)), self._zone(one)) <= self.now:
                self._cancel(one, "rule-ended")

    def _held(self, one: Occurrence) -> bool:
        enrolment = self.view(timers=True).enrolment(one.who)
        return enrolment is not None and enrolment.suspended

    def _key(self, one: Occurrence) -> tuple[Any, ...]:
        """The order of reading 38: what was due first comes first."""
        return (
            one.due.instant(self._zone(one)),
            one.rule.order,
            one.who[1],
            one.who[0],
            one.number,
            one.step,
            one.repeat,
        )

    def _most_urgent(self) -> Occurrence | None:
        due = [
            one
            for one in self._open()
            if not one.up_to
            and one.wake.instant(self._zone(one)) <= self.now
            and self.noticing.looks(one.who[1], self.now)
            and not self._held(one)
        ]
        return min(due, key=lambda one: (one.wake.instant(self._zone(one)), *self._key(one)), default=None)

    def _decide(self, one: Occurrence) -> None:
        """Lateness, guards, quiet times, limits, in this order (reading 25)."""
        view = self.view(timers=True)
        rule, zone = one.rule, self._zone(one)
        due, wake = one.due.instant(zone), one.wake.instant(zone)
        late = self.now > wake
        expires = rule.node.expires_after
        tolerance = expires.parts if expires is not None else rule.lateness
        too_late = self.now > after(due if expires is not None else wake, tolerance, zone).instant(zone)
        if late and (too_late or self._next_is_due(one, zone)):
            self._close(one, "expired", "late", [])
            return
        guards = []
        for guard in one.at_step.guards:
            guards.append(holds(view, one.who, rule, guard.condition, None))
            if guards[-1] is (guard.kind == "unless"):
                self._close(one, "suppressed", guard.kind, guards)
                return
        if too_late:
            self._close(one, "expired", "late", guards)
        elif one.at_step.send.urgent or not self._postpone(one, zone):
            self._close(one, "sent", None, guards)

    def _next_is_due(self, one: Occurrence, zone: str) -> bool:
        """Of a series or of an `every` only the latest is sent after an outage (reading 29)."""
        if one.repeat < repetitions(one.at_step):
            first = one.wake if one.repeat == 0 else one.first
            if repetition(one, first, one.repeat + 1, zone).instant(zone) <= self.now:
                return True
        if one.base is None:
            return False
        return any(
            other.rule is one.rule
            and other.who == one.who
            and other.number > one.number
            and other.step == one.step
            and other.wake.instant(zone) <= self.now
            for other in self._open()
        )

    def _postpone(self, one: Occurrence, zone: str) -> bool:
        """Quiet times, then limits; True if they make the message wait."""
        now = wall(self.now, zone)
        free = one.rule.quiet.free(now)
        if free != now and instant(free, zone) > self.now:
            one.postponed = Due(clock=free)
            return True
        full = [limit for limit in one.rule.limits if self._is_full(one, limit, zone)]
        if not full:
            return False
        day = max(_next_period(now, limit.per) for limit in full)
        one.postponed, one.by_limit = Due(clock=one.rule.quiet.free(datetime.combine(day, now.time()))), True
        return True

    def _is_full(self, one: Occurrence, limit: ast.Limit, zone: str) -> bool:
        """Whether all places of this period are taken, or kept for messages that were due earlier (reading 28)."""
        period = _period(wall(self.now, zone), limit.per)
        places = 0
        for file, learner, clock in self.taken:
            if (file, learner) == (one.rule.file, one.who[1]) and _period(clock, limit.per) == period:
                places += 1
        for other in self._open():
            same = other is not one and (other.rule.file, other.who[1]) == (one.rule.file, one.who[1])
            if not same or not other.by_limit or other.rule.node.mode == "draft" or other.at_step.send.urgent:
                continue
            kept = _period(wall(other.wake.instant(zone), zone), limit.per) == period
            places += kept and self._key(other) < self._key(one)
        return places >= limit.number

    def _close(self, one: Occurrence, outcome: str, reason: str | None, guards: list[bool]) -> None:
        """A message is decided: recorded, the occurrence goes on, and what follows from it happens."""
        self._record(one, outcome, reason, guards)
        one.decided = True
        completed = self._completion(one, outcome)
        causes = [(line.time, line.id) for line in one.causes if not line.kind.startswith("!")]
        causes += [pair for line in one.causes if line.kind.startswith("!") for pair in line.fields["causes"]]
        happened = []
        if outcome == "sent":
            one.sent = True
            if not one.at_step.send.urgent and one.rule.node.mode != "draft":
                self.taken.append((one.rule.file, one.who[1], wall(self.now, self._zone(one))))
            for number, notice in enumerate(one.at_step.notices, start=1):
                if notice.daily_at is None:
                    self._record(one, "sent", None, guards, notice=number, to=self._recipients(one, notice.who))
            happened.append(("!sent", self.now))
        if completed is not None:
            happened.append(("!complete", completed))
        self._advance(one, outcome)
        for kind, at in happened:
            fields = {"rule": one.rule.name, "causes": causes}
            self._learn(Line(at, kind, one.who[0], one.who[1], "", fields), timers=True)

    def _completion(self, one: Occurrence, outcome: str) -> datetime | None:
        """When the rule is complete by this decision (reading 39)."""
        node = one.rule.node
        series_goes_on = one.repeat < repetitions(one.at_step) and outcome != "suppressed"
        if one.step < len(node.steps) or series_goes_on:
            return None
        has_list = any(len(step.send.messages) > 1 for step in node.steps)
        if one.base is not None and (not has_list or one.ordinal < listed(one.rule)):
            return None
        if node.complete_when == "elapsed":
            return one.wake.instant(self._zone(one))
        return self.now if outcome == "sent" else None

    def _advance(self, one: Occurrence, outcome: str) -> None:
        zone = self._zone(one)
        if outcome != "suppressed" and one.repeat < repetitions(one.at_step):
            if one.repeat == 0:
                one.first = one.wake
            one.repeat += 1
            one.due = repetition(one, one.first, one.repeat, zone)
            one.postponed, one.by_limit = None, False
            return
        start = one.wake.instant(zone)
        if self.now - start > HOUR:
            start = self.now
        if one.step == len(one.rule.node.steps):
            one.open = False
        else:
            one.step += 1
            self._begin(self.view(timers=True), one, start)
            self._end_wait(self.view(timers=True), one)


def _period(clock: datetime, per: str) -> date:
    day = clock.date()
    return day if per == "day" else day - timedelta(days=day.weekday())


def _next_period(clock: datetime, per: str) -> date:
    return _period(clock, per) + timedelta(days=1 if per == "day" else 7)
