"""Triggers that the calendar pulls: `every …`, `on DAY`, and days before or on a date of the course (section 2.2)."""

from __future__ import annotations

from datetime import datetime

from planned.check.graph import BeforeDate, Every, Kind, OnDay
from planned.engine.calendar import Moment, add_civil, at_wall, delay, next_weekday, wall_of
from planned.engine.decision import ReasonCode
from planned.engine.evaluate import FoundDate, View, causes, find_date, truth, turned
from planned.engine.event import Instant
from planned.engine.occurrences import arm, cancel, cancel_all, in_order, schedule, start, within_days
from planned.engine.scene import Scene
from planned.engine.state import Progress, Stamp
from planned.syntax.ast import Unit


def begin(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """At the start of an enrolment: count an `every` from it, await the day of an `on`, or a date that is known."""
    match view.rule.trigger:
        case Every():
            every_changed(scene, view, progress, now)
        case OnDay(day=day, at=at):
            moment = at_wall(datetime.combine(day, at), view.zone)
            progress.next_firing = moment if moment.instant >= view.part.since else None
            arm(scene, view, progress, now)
        case BeforeDate():
            date_changed(scene, view, progress, now)
        case _:
            pass


def _enrolment(view: View) -> tuple[Stamp, ...]:
    return (view.part.enrolment,) if view.part.enrolment else ()


def every_changed(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """An enrolment or a `from` fact begins the counting, or ends it (reading 14)."""
    trigger = view.rule.trigger
    assert isinstance(trigger, Every)
    on = view.part.enrolled and (trigger.since is None or truth(trigger.since, view, now, fresh=True))
    if on:
        base = view.part.since if trigger.since is None else turned(trigger.since, view, now)
        counted = at_wall(wall_of(base, view.zone), view.zone)
        if not progress.on or _date_moved(trigger, counted, progress):
            progress.base = counted
            progress.fired = 0
            progress.period = 0
            progress.next_firing = _next(view, progress, trigger, base, now)
    else:
        progress.next_firing = None
    progress.on = on
    arm(scene, view, progress, now)


def _date_moved(trigger: Every, counted: Moment, progress: Progress) -> bool:
    """Whether the date from which it counts is another one now, and not only read in another zone."""
    if trigger.since is None or trigger.since.kind is not Kind.DATE_OVER:
        return False
    return counted.instant != progress.base.instant and counted.wall != progress.base.wall


def _next(view: View, progress: Progress, trigger: Every, after: Instant, now: Instant) -> Moment | None:
    """The next firing; what would have been one before its `from` fact came to light, at `now`, takes no place."""
    found = _counted(view, progress, trigger, after)
    while found.instant < now:
        found = _counted(view, progress, trigger, found.instant)
    last = view.state.last_firing
    return None if last is not None and found.instant > last else found


def _counted(view: View, progress: Progress, trigger: Every, after: Instant) -> Moment:
    if trigger.weekdays:
        return next_weekday(after, trigger.weekdays, trigger.at, view.zone)
    progress.period += 1
    unit = Unit.WEEK if trigger.unit == "week" else Unit.MONTH
    assert progress.base.wall is not None
    day = add_civil(progress.base.wall, trigger.number * progress.period, unit)
    return at_wall(datetime.combine(day.date(), trigger.at), view.zone)


def fire(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """The moment of a firing has come: an occurrence starts, if the rule runs and nothing stands against it.

    A learner who moves to another zone may find that it has passed by `now`.
    """
    assert progress.next_firing is not None
    moment = progress.next_firing.instant
    trigger = view.rule.trigger
    progress.next_firing = None
    if isinstance(trigger, OnDay):
        if view.part.enrolled and moment >= view.part.since:
            start(scene, view, progress, moment, _enrolment(view), now)
        return
    assert isinstance(trigger, Every)
    stopped = trigger.until is not None and truth(trigger.until, view, moment, fresh=True)
    deployed = moment >= scene.state.since.get(view.rule.name, moment)
    if not stopped and deployed and view.rule.mode != "paused" and within_days(view.rule, view, moment):
        last = nth_limit(view)
        if last is not None and progress.fired >= last:
            return
        progress.fired += 1
        stamps = list(_enrolment(view))
        if trigger.since is not None:
            stamps.extend(causes(trigger.since, view, moment))
        start(scene, view, progress, moment, in_order(stamps), now)
    progress.next_firing = _next(view, progress, trigger, moment, moment)


def nth_limit(view: View) -> int | None:
    """With how many firings an `every` with a list of messages ends; None if it has no list."""
    lengths = [len(step.send.messages) for step in view.rule.steps if len(step.send.messages) > 1 and not step.repeat]
    return max(lengths, default=None)


# --- dates of the course ------------------------------------------------------------------------------


def date_changed(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """A date became known, moved or went, or somebody enrolled: what waits for it moves along (reading 15)."""
    trigger = view.rule.trigger
    assert isinstance(trigger, BeforeDate)
    found = find_date(trigger.date, view)
    if found is None:
        cancel_all(scene, view, progress, ReasonCode.UNDONE, now)
        return
    moment = _moment(trigger, found, view)
    because = in_order((found.stamp,)) if found.stamp else ()
    for waiting in list(progress.waiting):
        if waiting.step or waiting.repeat:
            continue
        if waiting.anchor != moment and moment < view.part.since:
            cancel(scene, view, progress, waiting, ReasonCode.UNDONE, now)
            continue
        if not found.moment.same(progress.base):
            progress.base, waiting.because = found.moment, because
        if waiting.anchor == moment:
            continue
        waiting.anchor = progress.last_anchor = moment
        schedule(scene, view, waiting, moment, now)
    undecided = any(not waiting.step and not waiting.repeat for waiting in progress.waiting)
    if undecided or not view.part.enrolled or moment < view.part.since:
        return
    if not progress.taken or not found.moment.same(progress.base):
        progress.base = found.moment
        start(scene, view, progress, moment, because, now)


def _moment(trigger: BeforeDate, found: FoundDate, view: View) -> Instant:
    """The moment counted to: so long before the date, or a time on its day."""
    if trigger.lead is None:
        counted = found.moment.instant
    else:
        moved = delay(found.moment.instant, trigger.lead, view.zone, view.rule.context.quiet, -1)
        if trigger.at is None:
            return moved.instant
        counted = moved.instant
    assert trigger.at is not None
    return at_wall(datetime.combine(wall_of(counted, view.zone).date(), trigger.at), view.zone).instant
