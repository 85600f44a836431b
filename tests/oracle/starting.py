"""What starts, cancels and moves occurrences: the triggers of 2.2, compared between two moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from planned.syntax import ast
from tests.oracle.calendar_oracle import Due, add_months, after, instant, midnight, set_time, wall
from tests.oracle.expressions import (
    anchor_of,
    because,
    completed_by,
    fact_since,
    holds,
)
from tests.oracle.facts import Enrolment, Line, View, Who
from tests.oracle.reading import Rule
from tests.oracle.run import Occurrence, Run, listed


class Starting(Run):
    def _turn(self, before: View, view: View) -> None:
        changed = before.count != view.count
        for occurrence in self._open():
            if not changed or _may_concern(view.log[view.count - 1], occurrence.who):
                self._review(before, view, occurrence)
        for who, rule in self._pairs():
            if changed and not _may_concern(view.log[view.count - 1], who):
                continue
            self._consider(before, view, who, rule)
        for occurrence in self._open():
            self._end_wait(view, occurrence)

    def _review(self, before: View, view: View, one: Occurrence) -> None:
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
                was = same and before.reached(earlier)
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
        if not waiting and (moved or not was):
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
            self._cancel(one, "stop-once")

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
                length = listed(rule)
                if any(one.firing == firing for one in before) or (length > 1 and len(before) >= length):
                    continue
                causes = self._announcement(view, enrolment)
                if trigger.since is not None:
                    since = fact_since(view, who, rule, trigger.since, enrolment)
                    assert since is not None
                    causes = causes + list(since.because)
                more = {"base": base, "firing": firing, "ordinal": len(before) + 1}
                self._start(view, who, rule, enrolment, at, causes, **more)

    def _past_sixty_days(self, at: datetime) -> bool:
        return self.until is None and at > self.last_event + timedelta(days=60)

    def _passed_by(self, view: View, who: Who, rule: Rule, at: datetime) -> bool:
        """Whether a change of the learner's zone has moved a firing that was to come into the past."""
        old = View(self.log, self.known, self.now, True, self.default_zone, self.rules, self.answers).zone(rule, who[1])
        new = view.zone(rule, who[1])
        return old != new and at < self.now <= instant(wall(at, new), old)

    def _firings(self, view: View, who: Who, rule: Rule) -> list[tuple[tuple[Any, ...], Any, datetime]]:
        """The firings around now and the next ones, as (where they are counted from, which one, when)."""
        trigger = rule.node.trigger
        assert isinstance(trigger, ast.EveryWeekday | ast.EveryPeriod)
        enrolment = view.enrolment(who)
        if enrolment is None:
            return []
        start = enrolment.time
        from_place: int | None = enrolment.start
        base: tuple[Any, ...] = (enrolment.start, None)
        found: list[tuple[tuple[Any, ...], Any, datetime]] = []
        if trigger.since is not None:
            since = fact_since(view, who, rule, trigger.since, enrolment)
            if since is None:
                return []
            start, from_place = since.time, since.place
            base = (enrolment.start, from_place)
            if isinstance(trigger.since, ast.DateReached):
                dated = view.date_of(who, rule, trigger.since.date)
                base = (enrolment.start, dated[0] if dated else None)
            elif from_place is None:
                base = (enrolment.start, start)
        zone = view.zone(rule, who[1])
        today = wall(view.now, zone).date()
        # Counted from a local time, which is that of its own moment and zone (reading 19).
        first = wall(start, self._then(view, start, from_place).zone(rule, who[1]))
        if isinstance(trigger, ast.EveryWeekday):
            for offset in range(-2, 9):
                clock = set_time(midnight(today + timedelta(days=offset)), trigger.at)
                if list(ast.Weekday)[clock.weekday()] in trigger.days and clock > first:
                    found.append((base, clock.date(), instant(clock, zone)))
            return found
        for k in range(1, 1000):
            count = k * trigger.number
            months = trigger.unit is ast.Unit.MONTH
            day = add_months(first.date(), count) if months else first.date() + timedelta(weeks=count)
            if day > today + timedelta(days=400):
                break
            found.append((base, k, instant(set_time(midnight(day), trigger.at), zone)))
        return found

    def _then(self, view: View, start: datetime, place: int | None) -> View:
        """What was known at an earlier moment."""
        count = sum(line.time <= start for line in view.log[: view.count]) if place is None else place + 1
        return View(view.log, count, start, True, view.default_zone, view.rules, view.answers)


def _may_concern(line: Line, who: Who) -> bool:
    """What is said of another learner or another course changes nothing for this one."""
    return line.learner in (None, who[1]) and line.course in (None, who[0])
