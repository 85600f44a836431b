"""Occurrences: how one starts, when its next message is due, and how it is cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from planned.check.graph import HAPPENINGS, After, Atom, Every, Rule, WaitFor, WaitUntil, WaitUpTo
from planned.engine.calendar import Moment, at_instant, day_start, delay, wait_for, wait_until, wall_of
from planned.engine.decision import Decision, GuardReading, Outcome, Reason, ReasonCode
from planned.engine.evaluate import View, changes, support, token, true_since, truth
from planned.engine.event import Instant
from planned.engine.plan import TIMED
from planned.engine.recipients import recipients, sender
from planned.engine.render import Rendered
from planned.engine.scene import Scene
from planned.engine.state import Progress, Stamp, Waiting
from planned.engine.why import reason
from planned.syntax.ast import Duration


def in_order(stamps: Iterable[Stamp]) -> tuple[Stamp, ...]:
    """Reading 33: in order of time, then id; each once."""
    return tuple(sorted(set(stamps)))


def within_days(rule: Rule, view: View, anchor: Instant) -> bool:
    """Section 2: whether a rule's `from DAY until DAY` lets an occurrence start at `anchor`."""
    if rule.first_day is None and rule.last_day is None:
        return True
    day = wall_of(anchor, view.zone).date()
    return not (rule.first_day and day < rule.first_day) and not (rule.last_day and day > rule.last_day)


def start(
    scene: Scene, view: View, progress: Progress, anchor: Instant, because: tuple[Stamp, ...], now: Instant
) -> Waiting | None:
    """Section 4.1: begin an occurrence, unless the rule, its `again` or its days forbid it."""
    rule, part = view.rule, view.part
    if scene.history is not None:
        anchor = scene.history.anchor(rule, part.course, anchor)
    if not _may_start(scene, view, progress, anchor):
        return None
    number = progress.number + 1
    if scene.history is not None:
        number = scene.history.number(rule, part.course, anchor, progress.number)
    progress.number = max(progress.number, number)
    progress.taken = True
    progress.last_anchor = anchor
    waiting = Waiting(rule.name, part.course, number, anchor, because, nth=progress.fired or 1)
    progress.waiting.append(waiting)
    schedule(scene, view, waiting, anchor, now)
    if any(truth(condition, view, now) for condition in rule.stop):
        cancel(scene, view, progress, waiting, ReasonCode.STOP_ONCE, now)
        return None
    arm(scene, view, progress, now)
    return waiting


def _may_start(scene: Scene, view: View, progress: Progress, anchor: Instant) -> bool:
    rule, part = view.rule, view.part
    if not isinstance(rule.trigger, Every):
        if rule.again == "once" and progress.taken:
            return False
        if isinstance(rule.again, Duration) and _too_soon(view, progress.last_anchor, rule.again, anchor):
            return False
    if scene.history is not None:
        known = scene.history.may_start(rule, part.course, anchor)
        if known is not None:
            return known
    if rule.mode == "paused" or anchor < scene.state.since.get(rule.name, anchor):
        return False
    return within_days(rule, view, anchor)


def _too_soon(view: View, last: Instant | None, distance: Duration, anchor: Instant) -> bool:
    return last is not None and anchor < delay(last, distance, view.zone, view.rule.context.quiet).instant


# --- when the next message is due -----------------------------------------------------------------------


def schedule(scene: Scene, view: View, waiting: Waiting, base: Instant, now: Instant) -> None:
    """Have the occurrence wait for the first message of its step, counted from `base`."""
    while scene.history is not None and scene.history.passed(view.rule, waiting):
        waiting.step += 1
    waiting.repeat = 0
    waiting.base = base
    waiting.ready = False
    _await(scene, view, waiting, due_of(view, waiting, now))


def schedule_repeat(scene: Scene, view: View, waiting: Waiting, now: Instant) -> None:
    """Have the occurrence wait for the next repetition of its step."""
    waiting.repeat += 1
    _await(scene, view, waiting, due_of(view, waiting, now))


def _await(scene: Scene, view: View, waiting: Waiting, due: Moment) -> None:
    waiting.due = waiting.unpostponed = due
    waiting.held = False
    _release_place(scene, waiting)
    scene.person.wait(waiting, view.rule)


def due_of(view: View, waiting: Waiting, now: Instant) -> Moment:
    """Section 2.3, and for repetitions reading 21: n times the distance after the first message's due time."""
    step = view.rule.steps[waiting.step]
    quiet = view.rule.context.quiet
    if waiting.repeat:
        assert step.repeat is not None
        parts = tuple((number * waiting.repeat, unit) for number, unit in step.repeat.every.parts)
        wait = WaitFor(duration=Duration(parts=parts), at=step.repeat.at)
        return wait_for(waiting.first_due.in_zone(view.zone).instant, wait, view.zone, quiet)
    match step.wait:
        case None:
            return at_instant(waiting.base)
        case WaitFor():
            return wait_for(waiting.base, step.wait, view.zone, quiet)
        case WaitUntil():
            return wait_until(waiting.base, step.wait, view.zone)
        case WaitUpTo():
            limit = delay(waiting.base, step.wait.duration, view.zone, quiet)
            if waiting.base <= now and fact_came(view, waiting, step.wait, now):
                came = true_since(step.wait.fact, view, now) or waiting.base
                if came <= limit.instant:
                    waiting.ready = True
                    return at_instant(max(waiting.base, came))
            return limit


def fact_came(view: View, waiting: Waiting, wait: WaitUpTo, now: Instant) -> bool:
    """Whether what a `wait up to` waits for is true, or has happened since the anchor."""
    if wait.fact.kind in HAPPENINGS:
        return waiting.seen.get(waiting.step, 0) >= wait.fact.times
    return truth(wait.fact, view, now)


def note_happenings(view: View, progress: Progress, happened: Iterable[str], now: Instant) -> None:
    """Count what the waiting occurrences' `wait up to` clauses wait for, from the anchor on."""
    for place, step in enumerate(view.rule.steps):
        if isinstance(step.wait, WaitUpTo) and step.wait.fact.kind in HAPPENINGS and token(step.wait.fact) in happened:
            for waiting in progress.waiting:
                if now >= waiting.anchor:
                    waiting.seen[place] = waiting.seen.get(place, 0) + 1


def end_waits(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """End each `wait up to` whose fact has come by `now`, before its time was up."""
    for waiting in progress.waiting:
        wait = view.rule.steps[waiting.step].wait
        if not isinstance(wait, WaitUpTo) or waiting.ready or not waiting.base <= now <= waiting.due.instant:
            continue
        if fact_came(view, waiting, wait, now):
            waiting.ready = True
            _await(scene, view, waiting, at_instant(now))


# --- what time alone brings ----------------------------------------------------------------------------


def arm(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    """Set the one timer of a rule with a learner that stands for all that time alone may change after `now`."""
    rule = view.rule
    times: list[Instant] = []
    if progress.next_firing is not None:
        times.append(max(now, progress.next_firing.instant))
    match rule.trigger:
        case After(what=what) if view.part.enrolled or progress.waiting:
            times += changes(what, view, now)
        case Every(since=Atom() as since) if view.part.enrolled:
            times += changes(since, view, now)
        case _:
            pass
    if progress.waiting:
        if rule.last_day is not None:
            times.append(max(now, day_start(rule.last_day + timedelta(days=1), view.zone)))
        times += [at for condition in rule.stop for at in changes(condition, view, now)]
        for waiting in progress.waiting:
            wait = rule.steps[waiting.step].wait
            if isinstance(wait, WaitUpTo) and not waiting.ready:
                if waiting.base > now:
                    times.append(waiting.base)
                if wait.fact.kind in TIMED:
                    times += changes(wait.fact, view, now)
    progress.check_at = min(times, default=None)
    if progress.check_at is not None and (progress.armed is None or progress.check_at < progress.armed):
        progress.armed = progress.check_at
        scene.person.wake(progress.check_at, rule, view.part.course)


# --- the end -------------------------------------------------------------------------------------------


def finish(scene: Scene, progress: Progress, waiting: Waiting) -> None:
    """The occurrence waits for nothing any more."""
    waiting.over = True
    _release_place(scene, waiting)
    progress.waiting.remove(waiting)


def _release_place(scene: Scene, waiting: Waiting) -> None:
    if waiting.limited:
        waiting.limited = False
        scene.person.limited = [one for one in scene.person.limited if one is not waiting]


def cancel_all(scene: Scene, view: View, progress: Progress, code: ReasonCode, now: Instant) -> None:
    for waiting in list(progress.waiting):
        cancel(scene, view, progress, waiting, code, now)


def cancel(scene: Scene, view: View, progress: Progress, waiting: Waiting, code: ReasonCode, now: Instant) -> None:
    """One line for the step that waited (section 4.5); one undone before anything was sent leaves the quota free."""
    finish(scene, progress, waiting)
    if code is ReasonCode.UNDONE and not waiting.any_sent:
        progress.taken = False
    found = []
    if code is ReasonCode.STOP_ONCE:
        true = [condition for condition in view.rule.stop if truth(condition, view, now)]
        found = [finding for condition in true for finding in support(condition, view, now)]
    text = reason(code, findings=found, language=view.rule.context.language, zone=view.zone, now=now)
    scene.out.append(decision(scene, view, waiting, Outcome.CANCELLED, now, reason=Reason(code, text)))


def decision(
    scene: Scene,
    view: View,
    waiting: Waiting,
    outcome: Outcome,
    at: Instant,
    *,
    reason: Reason | None = None,
    guards: tuple[GuardReading, ...] = (),
    rendered: Rendered | None = None,
) -> Decision:
    rule = view.rule
    step = rule.steps[waiting.step]
    return Decision(
        at=at,
        rule=rule.name,
        course=view.part.course,
        learner=view.person.id,
        occurrence=waiting.number,
        step=waiting.step + 1,
        repeat=waiting.repeat,
        outcome=outcome,
        reason=reason,
        to=recipients(scene.state, view.person, view.part.course, step.send.to),
        sender=sender(step.send.sender),
        channel=step.send.channel,
        subject=rendered.subject if rendered else None,
        text=rendered.text if rendered else None,
        markup=rendered.markup if rendered else None,
        anchor=waiting.anchor,
        due=waiting.due.instant,
        because=tuple(id for _, id in waiting.because),
        guards=guards,
        source=rule.source,
        revision=rule.revision,
        zone=view.zone,
        draft=rule.mode == "draft",
        topic=rule.topic,
        step_id=step.id,
    )
