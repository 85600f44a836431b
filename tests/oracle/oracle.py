"""An independent, slow and obvious reading of the language: all decisions for some rules and a log of events.

It walks from one interesting instant to the next, and at each asks again, from the whole log, what is true. What it
keeps is the log, the occurrences and the decisions. Nothing of `planned` but the syntax tree is used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from planned.syntax import ast
from tests.oracle.calendar_oracle import Due, add_months, after, instant, midnight, next_weekday, set_time, wall
from tests.oracle.facts import (
    HAPPENINGS,
    Enrolment,
    Line,
    View,
    Who,
    all_leaves,
    anchor_of,
    because,
    completed_by,
    fact_since,
    holds,
    ids,
    moment,
    times,
)
from tests.oracle.reading import Rule, norm, read

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
    base: tuple[int | None, ...] | None = None
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


def decide(
    files: Sequence[ast.File],
    events: Sequence[Mapping[str, Any]],
    until: datetime | None = None,
    default_zone: str = "UTC",
) -> list[dict[str, Any]]:
    """All decisions, in the order of reading 35; instants are in UTC, what still waits at the end is `pending`."""
    return _Walk(read(files, default_zone), events, until, default_zone).run()


class _Walk:
    def __init__(
        self, rules: list[Rule], events: Sequence[Mapping[str, Any]], until: datetime | None, default_zone: str
    ) -> None:
        self.rules = rules
        self.until = until
        self.default_zone = default_zone
        self.log: list[Line] = []
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
        return View(self.log, len(self.log), self.now, timers, self.default_zone, self.rules)

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

    # --- what changes between two moments ---------------------------------------------------------------

    def _turn(self, before: View, view: View) -> None:
        for occurrence in self._open():
            self._review(view, occurrence)
        for who, rule in self._pairs():
            self._consider(before, view, who, rule)
        for occurrence in self._open():
            self._end_wait(view, occurrence)

    def _review(self, view: View, one: Occurrence) -> None:
        """Whether what waits is cancelled, or moves with its date."""
        enrolment = view.enrolment(one.who)
        gone = enrolment is None or enrolment.start != one.enrolment.start
        if gone and not one.rule.node.even_when_unenrolled:
            self._cancel(one, "unenrolled")
        elif not self._still(view, one):
            one.undone = True
            self._cancel(one, "undone")
        elif self._stopped(view, one.who, one.rule):
            self._cancel(one, "stop-once")

    def _still(self, view: View, one: Occurrence) -> bool:
        trigger = one.rule.node.trigger
        match trigger:
            case ast.After():
                return holds(view, one.who, one.rule, trigger.what, one.enrolment)
            case ast.BeforeDate():
                found = view.date_of(one.who, one.rule, trigger.date)
                if found is None:
                    return False
                if one.decided:
                    return True
                target = self._moment(view, one.who, one.rule, trigger)
                assert target is not None
                anchor = target.instant(self._zone(one))
                if anchor < one.enrolment.time:
                    return False
                if (found[0], anchor) != (one.date, one.anchor):
                    one.date, one.moment, one.causes, one.anchor = found[0], target, list(found[2]), anchor
                    self._begin(view, one, anchor)
                return True
            case _:
                return True

    def _stopped(self, view: View, who: Who, rule: Rule) -> bool:
        return any(holds(view, who, rule, condition, None) for condition in rule.stops)

    def _consider(self, before: View, view: View, who: Who, rule: Rule) -> None:
        """Whether the trigger has turned true, or a happening has completed it."""
        enrolment = view.enrolment(who)
        assert enrolment is not None
        old = before.enrolment(who)
        same = old is not None and old.start == enrolment.start
        trigger = rule.node.trigger
        match trigger:
            case ast.After(what=what):
                if not holds(view, who, rule, what, enrolment):
                    return
                turned = not (same and holds(before, who, rule, what, enrolment))
                arrived = view.count > before.count and completed_by(view, who, rule, what, enrolment)
                if turned:
                    anchor = anchor_of(before, view, who, rule, what, enrolment) or view.now
                    self._start(view, who, rule, enrolment, anchor, because(view, who, rule, what, enrolment))
                elif arrived:
                    self._start(view, who, rule, enrolment, view.now, because(view, who, rule, what, enrolment))
            case ast.OnDay():
                clock = set_time(midnight(trigger.day.day), trigger.at)
                anchor = instant(clock, view.zone(rule, who[1]))
                earlier = instant(clock, before.zone(rule, who[1]))
                was = same and before.reached(earlier) and earlier >= enrolment.time
                if view.reached(anchor) and anchor >= enrolment.time and not was:
                    self._start(view, who, rule, enrolment, anchor, self._announcement(view, enrolment))
            case ast.BeforeDate():
                self._consider_date(before, view, who, rule, trigger, enrolment, same)
            case _:
                pass  # `every` fires by time alone

    def _consider_date(
        self,
        before: View,
        view: View,
        who: Who,
        rule: Rule,
        trigger: ast.BeforeDate,
        enrolment: Enrolment,
        same: bool,
    ) -> None:
        target = self._moment(view, who, rule, trigger)
        if target is None or target.instant(view.zone(rule, who[1])) < enrolment.time:
            return
        earlier = self._moment(before, who, rule, trigger)
        was = same and earlier is not None and earlier.instant(before.zone(rule, who[1])) >= enrolment.time
        found, old = view.date_of(who, rule, trigger.date), before.date_of(who, rule, trigger.date)
        assert found is not None
        moved = old is not None and old[0] != found[0]
        waiting = any(one.rule is rule and one.who == who and not one.decided for one in self._open())
        if not was or (moved and not waiting):
            anchor = target.instant(view.zone(rule, who[1]))
            self._start(view, who, rule, enrolment, anchor, list(found[2]), date=found[0], moment=target)

    def _moment(self, view: View, who: Who, rule: Rule, trigger: ast.BeforeDate) -> Due | None:
        """The moment counted to: so long before the date, or a time of its day (reading 15)."""
        found = view.date_of(who, rule, trigger.date)
        if found is None:
            return None
        zone = view.zone(rule, who[1])
        value = found[0] if isinstance(found[0], datetime) else instant(midnight(found[0]), zone)
        if trigger.lead is None:
            assert trigger.at is not None
            return Due(clock=set_time(wall(value, zone), trigger.at))
        if not isinstance(found[0], datetime):
            # A day's own 00:00 is meant, also where a clock change skips it.
            clock = midnight(found[0])
            return after(
                instant(clock, zone), trigger.lead.parts, zone, at=trigger.at, sign=-1, regions=rule.quiet.regions
            )
        return after(value, trigger.lead.parts, zone, at=trigger.at, sign=-1, regions=rule.quiet.regions)

    def _announcement(self, view: View, enrolment: Enrolment) -> list[Line]:
        return [] if enrolment.announced is None else [view.log[enrolment.announced]]

    def _start(
        self,
        view: View,
        who: Who,
        rule: Rule,
        enrolment: Enrolment,
        anchor: datetime,
        causes: list[Line],
        **more: Any,
    ) -> None:
        zone = view.zone(rule, who[1])
        day = wall(anchor, zone).date()
        if rule.node.first_day is not None and day < rule.node.first_day.day:
            return
        if rule.node.last_day is not None and day > rule.node.last_day.day:
            return
        mine = [one for one in self.occurrences if one.rule is rule and one.who == who]
        if not self._again(rule, mine, enrolment, anchor, zone):
            return
        one = Occurrence(rule, who, len(mine) + 1, enrolment, view.count, anchor, causes, **more)
        self.occurrences.append(one)
        self._begin(view, one, anchor)
        self._end_wait(view, one)
        if self._stopped(view, who, rule):
            self._cancel(one, "stop-once", at=min(anchor, view.now))

    def _again(self, rule: Rule, mine: list[Occurrence], enrolment: Enrolment, anchor: datetime, zone: str) -> bool:
        if isinstance(rule.node.trigger, ast.EveryWeekday | ast.EveryPeriod) or rule.node.again == "each-time":
            return True
        if rule.node.again is None:
            return all(one.enrolment.start != enrolment.start or (one.undone and not one.sent) for one in mine)
        if not mine:
            return True
        last = max(one.anchor for one in mine)
        return after(last, rule.node.again.duration.parts, zone, regions=rule.quiet.regions).instant(zone) <= anchor

    # --- every ------------------------------------------------------------------------------------------

    def _fire(self) -> None:
        view = self.view(timers=True)
        for who, rule in self._pairs():
            trigger = rule.node.trigger
            if not isinstance(trigger, ast.EveryWeekday | ast.EveryPeriod):
                continue
            for base, firing, at in self._firings(view, who, rule):
                if not (at == self.now or self._passed_by(view, who, rule, at)) or self._past_sixty_days(at):
                    continue
                enrolment = view.enrolment(who)
                assert enrolment is not None
                if trigger.until is not None and fact_since(view, who, rule, trigger.until, enrolment) is not None:
                    continue
                before = [one for one in self.occurrences if one.rule is rule and one.who == who and one.base == base]
                length = len(rule.node.steps[0].send.messages)
                if any(one.firing == firing for one in before) or (length > 1 and len(before) >= length):
                    continue
                causes = self._announcement(view, enrolment)
                if trigger.since is not None:
                    since = fact_since(view, who, rule, trigger.since, enrolment)
                    assert since is not None
                    causes = causes + list(since.because)
                more = {"base": base, "firing": firing, "ordinal": len(before) + 1}
                self._start(view, who, rule, enrolment, at, causes, **more)

    def _passed_by(self, view: View, who: Who, rule: Rule, at: datetime) -> bool:
        """Whether a change of the learner's zone has moved a firing that was to come into the past."""
        old = View(self.log, self.known, self.now, True, self.default_zone, self.rules).zone(rule, who[1])
        new = view.zone(rule, who[1])
        return old != new and at < self.now <= instant(wall(at, new), old)

    def _past_sixty_days(self, at: datetime) -> bool:
        return self.until is None and at > self.last_event + timedelta(days=60)

    def _firings(self, view: View, who: Who, rule: Rule) -> list[tuple[tuple[int | None, ...], Any, datetime]]:
        """The firings around now and the next ones, as (where they are counted from, which one, when)."""
        trigger = rule.node.trigger
        assert isinstance(trigger, ast.EveryWeekday | ast.EveryPeriod)
        enrolment = view.enrolment(who)
        if enrolment is None:
            return []
        start = enrolment.time
        base: tuple[int | None, ...] = (enrolment.start, None)
        found: list[tuple[tuple[int | None, ...], Any, datetime]] = []
        if trigger.since is not None:
            since = fact_since(view, who, rule, trigger.since, enrolment)
            if since is None:
                return []
            start, base = (
                since.time,
                (enrolment.start, since.place if since.place is not None else int(start.timestamp())),
            )
        zone = view.zone(rule, who[1])
        today = wall(view.now, zone).date()
        if isinstance(trigger, ast.EveryWeekday):
            for offset in range(-2, 9):
                day = today + timedelta(days=offset)
                at = instant(set_time(midnight(day), trigger.at), zone)
                if list(ast.Weekday)[day.weekday()] in trigger.days and at > start:
                    found.append((base, day, at))
            return found
        # Counted from a local day, which is that of its own time and zone (reading 19).
        first = wall(start, self._then(view, start).zone(rule, who[1])).date()
        for k in range(1, 1000):
            months = k * trigger.number
            day = add_months(first, months) if trigger.unit is ast.Unit.MONTH else first + timedelta(weeks=months)
            if day > today + timedelta(days=400):
                break
            at = instant(set_time(midnight(day), trigger.at), zone)
            if at > start:
                found.append((base, k, at))
        return found

    def _then(self, view: View, start: datetime) -> View:
        """What was known at an earlier moment."""
        count = sum(line.time <= start for line in view.log[: view.count])
        return View(view.log, count, start, True, view.default_zone, view.rules)

    # --- waiting ----------------------------------------------------------------------------------------

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
        return (one.due.instant(self._zone(one)), one.rule.order, one.who[1], one.number, one.step, one.repeat)

    def _most_urgent(self) -> Occurrence | None:
        due = [
            one
            for one in self._open()
            if not one.up_to and one.wake.instant(self._zone(one)) <= self.now and not self._held(one)
        ]
        return min(due, key=self._key, default=None)

    # --- at the due time ----------------------------------------------------------------------------------

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
        if one.repeat < _repetitions(one.at_step):
            first = one.wake if one.repeat == 0 else one.first
            if _repetition(one, first, one.repeat + 1, zone).instant(zone) <= self.now:
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
        for file, learner, at in self.taken:
            if (file, learner) == (one.rule.file, one.who[1]) and _period(wall(at, zone), limit.per) == period:
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
                self.taken.append((one.rule.file, one.who[1], self.now))
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
        series_goes_on = one.repeat < _repetitions(one.at_step) and outcome != "suppressed"
        if one.step < len(node.steps) or series_goes_on:
            return None
        if one.base is not None and (
            len(node.steps[0].send.messages) == 1 or one.ordinal < len(node.steps[0].send.messages)
        ):
            return None
        if node.complete_when == "elapsed":
            return one.wake.instant(self._zone(one))
        return self.now if outcome == "sent" else None

    def _advance(self, one: Occurrence, outcome: str) -> None:
        zone = self._zone(one)
        if outcome != "suppressed" and one.repeat < _repetitions(one.at_step):
            if one.repeat == 0:
                one.first = one.wake
            one.repeat += 1
            one.due = _repetition(one, one.first, one.repeat, zone)
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

    def _cancel(self, one: Occurrence, reason: str, at: datetime | None = None) -> None:
        self._record(one, "cancelled", reason, [], at=at)
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
        place = (one.who[1], one.who[0], one.number, one.step, one.repeat, notice)
        self.decisions.append(
            {
                "key": (at, due, one.rule.order, *place),
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
                "to": to or self._recipients(one, one.at_step.send.to),
                "guards": list(guards),
            }
        )

    # --- the next interesting instant -----------------------------------------------------------------------

    def _next_instant(self) -> datetime | None:
        view = self.view(timers=True)
        found = [self.coming[0].time] if self.coming else []
        for one in self._open():
            found += self._instants_of(view, one)
        for who, rule in self._pairs():
            zone = view.zone(rule, who[1])
            trigger = rule.node.trigger
            match trigger:
                case ast.After():
                    for leaf in all_leaves(trigger.what):
                        found += self._turnings(view, who, rule, leaf)
                case ast.OnDay():
                    found.append(instant(set_time(midnight(trigger.day.day), trigger.at), zone))
                case ast.EveryWeekday() | ast.EveryPeriod():
                    if trigger.since is not None:
                        found += self._turnings(view, who, rule, trigger.since)
                    found += [at for _, _, at in self._firings(view, who, rule) if not self._past_sixty_days(at)]
                case ast.BeforeDate():
                    pass  # it waits as soon as it is known
        return min((one for one in found if one > self.now), default=None)

    def _instants_of(self, view: View, one: Occurrence) -> list[datetime]:
        zone = self._zone(one)
        found = [one.wake.instant(zone), one.start]
        for condition in one.rule.stops:
            for leaf in all_leaves(condition):
                found += self._turnings(view, one.who, one.rule, leaf)
        if isinstance(one.rule.node.trigger, ast.After):
            for leaf in all_leaves(one.rule.node.trigger.what):
                found += self._turnings(view, one.who, one.rule, leaf)
        if one.up_to and isinstance(one.at_step.wait, ast.WaitUpTo):
            found += self._turnings(view, one.who, one.rule, one.at_step.wait.fact)
        if one.rule.node.last_day is not None:
            found.append(instant(midnight(one.rule.node.last_day.day + timedelta(days=1)), zone))
        return found

    def _turnings(self, view: View, who: Who, rule: Rule, leaf: ast.Expr) -> list[datetime]:
        """When time alone may turn a fact or a condition."""
        zone = view.zone(rule, who[1])
        match leaf:
            case ast.WithoutAccess() | ast.ActiveWithin():
                inactive = view.inactive_from(who, rule, leaf.duration)
                end = view.date_over(who, rule, ast.CourseDate(what="end"))
                return [one[0] for one in (inactive, end) if one is not None]
            case ast.DateReached() | ast.DateIsOver():
                over = view.date_over(who, rule, leaf.date)
                return [over[0]] if over is not None else []
            case ast.TodayIs():
                if self.until is None and self.now > self.last_event + timedelta(days=400):
                    return []
                return [instant(midnight(wall(self.now, zone).date() + timedelta(days=1)), zone)]
            case ast.BeforeDay():
                return [instant(midnight(leaf.day.day), zone)]
            case ast.AfterDay():
                return [instant(midnight(leaf.day.day + timedelta(days=1)), zone)]
            case _:
                return []


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


def _repetitions(step: ast.Step) -> int:
    """How many times it is repeated at most: the smaller of `up to` and of the list's length less one."""
    if step.repeat is None:
        return 0
    found = [step.repeat.up_to] if step.repeat.up_to is not None else []
    found += [len(step.send.messages) - 1] if len(step.send.messages) > 1 else []
    return min(found)


def _repetition(one: Occurrence, first: Due, number: int, zone: str) -> Due:
    """The n-th repetition: n times the period after the first message's due time (reading 21)."""
    repeat = one.at_step.repeat
    assert repeat is not None
    parts = tuple((count * number, unit) for count, unit in repeat.every.parts)
    return after(first.instant(zone), parts, zone, at=repeat.at, regions=one.rule.quiet.regions)


def _period(clock: datetime, per: str) -> date:
    day = clock.date()
    return day if per == "day" else day - timedelta(days=day.weekday())


def _next_period(clock: datetime, per: str) -> date:
    return _period(clock, per) + timedelta(days=1 if per == "day" else 7)
