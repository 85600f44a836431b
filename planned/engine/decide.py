"""The due time: what becomes of one message, in the order of section 4.5."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from planned.check.graph import Every, Guard, Rule, Step
from planned.engine.calendar import HOUR, Moment, delay, free, next_period, period
from planned.engine.content import attempt, reaching, write
from planned.engine.decision import GuardReading, Outcome, Reason, ReasonCode
from planned.engine.evaluate import View, support, truth
from planned.engine.event import Instant
from planned.engine.facts import happens
from planned.engine.notices import notify
from planned.engine.occurrences import arm, cancel, decision, due_of, finish, schedule, schedule_repeat
from planned.engine.scene import Scene
from planned.engine.state import Progress, Waiting
from planned.engine.triggers import react
from planned.engine.why import reason
from planned.syntax.ast import Duration, Unit

LATENESS = Duration(parts=((2, Unit.DAY),))
"""Section 4.6, where neither the file nor the rule says otherwise."""


def decide(scene: Scene, waiting: Waiting, rule: Rule, now: Instant) -> None:
    """Decide a message that is due by `now`, or postpone or hold it."""
    part = scene.person.courses[waiting.course]
    view = scene.view(part, rule)
    progress = scene.progress(part, rule)
    if rule.mode == "paused" or part.suspended:
        waiting.held = True
        return
    if not part.enrolled and not rule.even_when_unenrolled:
        cancel(scene, view, progress, waiting, ReasonCode.UNENROLLED, now)
        return
    step = rule.steps[waiting.step]
    waiting.ready = True
    guards: tuple[GuardReading, ...] = ()
    outcome, why = Outcome.EXPIRED, _too_late(view, progress, waiting, now)
    if why is None:
        guards, failed = _read(view, step, now)
        if failed is not None:
            outcome, why = Outcome.SUPPRESSED, _refusal(failed, view, now)
        elif (why := _expired_by_postponement(view, waiting, now)) is None:
            if not step.send.urgent and (moment := _postponed(scene, view, waiting, now)) is not None:
                waiting.due = moment
                scene.person.wait(waiting, rule)
                return
            _send(scene, view, progress, waiting, guards, now)
            return
    scene.out.append(decision(scene, view, waiting, outcome, now, reason=why, guards=guards))
    proceed(scene, view, progress, waiting, outcome, now)


# --- lateness ---------------------------------------------------------------------------------------


def _too_late(view: View, progress: Progress, waiting: Waiting, now: Instant) -> Reason | None:
    rule = view.rule
    late = now - waiting.due.instant
    if late <= 0:
        return None
    newer = _newer_is_due(view, progress, waiting, now)
    if rule.expires_after is not None and waiting.postponed and not newer:
        return None
    base = waiting.due.instant if rule.expires_after is None else waiting.unpostponed.instant
    allowed = rule.expires_after or rule.context.lateness or LATENESS
    until = delay(base, allowed, view.zone, rule.context.quiet).instant
    if now <= until and not newer:
        return None
    return _late_reason(view, now, late=late, allowed=until - base, newer=newer)


def _newer_is_due(view: View, progress: Progress, waiting: Waiting, now: Instant) -> bool:
    """After an outage only the latest of a series or of an `every` is sent (section 4.6)."""
    step = view.rule.steps[waiting.step]
    if step.repeat is not None and waiting.repeat < step.repeat.times:
        ahead = replace(waiting, repeat=waiting.repeat + 1)
        ahead.first_due = waiting.first_due if waiting.repeat else waiting.due
        if due_of(view, ahead, now).instant <= now:
            return True
    if isinstance(view.rule.trigger, Every):
        return any(
            other.number > waiting.number and other.step == waiting.step and other.due.instant <= now
            for other in progress.waiting
        )
    return False


def _expired_by_postponement(view: View, waiting: Waiting, now: Instant) -> Reason | None:
    expires = view.rule.expires_after
    if expires is None or not waiting.postponed:
        return None
    base = waiting.unpostponed.instant
    until = delay(base, expires, view.zone, view.rule.context.quiet).instant
    if now <= until:
        return None
    return _late_reason(view, now, late=now - base, allowed=until - base, postponed=True)


def _late_reason(view: View, now: Instant, **detail: object) -> Reason:
    language = view.rule.context.language
    return Reason(ReasonCode.LATE, reason(ReasonCode.LATE, language=language, zone=view.zone, now=now, detail=detail))


# --- guards -----------------------------------------------------------------------------------------


def _read(view: View, step: Step, now: Instant) -> tuple[tuple[GuardReading, ...], Guard | None]:
    """The guards in order, up to and including the first that says no."""
    readings = []
    for guard in step.guards:
        value = truth(guard.condition, view, now)
        readings.append(GuardReading(guard.text, value))
        if value is (guard.kind == "unless"):
            return tuple(readings), guard
    return tuple(readings), None


def _refusal(guard: Guard, view: View, now: Instant) -> Reason:
    code = ReasonCode(guard.kind)
    found = support(guard.condition, view, now)
    return Reason(code, reason(code, findings=found, language=view.rule.context.language, zone=view.zone, now=now))


# --- quiet times and limits ------------------------------------------------------------------------------


def _postponed(scene: Scene, view: View, waiting: Waiting, now: Instant) -> Moment | None:
    """The moment to which quiet times and limits move a message; None if it may leave now."""
    quiet = view.rule.context.quiet
    if (moment := free(now, quiet, view.zone)) is not None:
        return moment
    limits = view.rule.context.limits
    full = [per for number, per in limits if _places_taken(scene, view, waiting, per, now) >= number]
    if not full:
        return None
    if not waiting.limited:
        waiting.limited = True
        scene.person.limited.append(waiting)
    moment = max((next_period(now, per, view.zone) for per in full), key=attrgetter("instant"))
    return free(moment.instant, quiet, view.zone) or moment


def _places_taken(scene: Scene, view: View, waiting: Waiting, per: str, now: Instant) -> int:
    """Reading 28: what was sent in this period, and those postponed into it that were due earlier."""
    file = view.rule.context.file
    this = period(now, per, view.zone)
    first, count = scene.person.sent.get(f"{file}:{per}", ("", 0))
    taken = count if first == this.isoformat() else 0
    mine = _rank(view.rule, waiting)
    for other in scene.person.limited:
        if other is waiting or other.over:
            continue
        rule = scene.plan.course(other.course).rules[other.rule]
        if rule.context.file == file and rule.mode != "draft" and _rank(rule, other) < mine:
            taken += period(other.due.instant, per, view.zone) == this
    return taken


def _rank(rule: Rule, waiting: Waiting) -> tuple[Instant, int, str, int, int, int]:
    due = waiting.unpostponed.instant
    return (due, rule.order, waiting.course, waiting.number, waiting.step, waiting.repeat)


def _count(scene: Scene, view: View, now: Instant) -> None:
    for per in scene.plan.limits.get(view.rule.context.file, ()):
        name = f"{view.rule.context.file}:{per}"
        this = period(now, per, view.zone).isoformat()
        first, count = scene.person.sent.get(name, ("", 0))
        scene.person.sent[name] = (this, count + 1 if first == this else 1)


# --- sending, and what follows -----------------------------------------------------------------------------


def _send(
    scene: Scene, view: View, progress: Progress, waiting: Waiting, guards: tuple[GuardReading, ...], now: Instant
) -> None:
    found = attempt(view, now, lambda: write(view, waiting, now))
    if isinstance(found, Reason):
        sent = decision(scene, view, waiting, Outcome.FAILED, now, guards=guards, reason=found)
    else:
        sent = reaching(
            scene.state, view, decision(scene, view, waiting, Outcome.SENT, now, guards=guards, rendered=found)
        )
    scene.out.append(sent)
    if sent.outcome is not Outcome.SENT:
        proceed(scene, view, progress, waiting, sent.outcome, now)
        return
    if not view.rule.steps[waiting.step].send.urgent and view.rule.mode != "draft":
        _count(scene, view, now)
    notify(scene, view, waiting, sent, now)
    proceed(scene, view, progress, waiting, Outcome.SENT, now)


def proceed(scene: Scene, view: View, progress: Progress, waiting: Waiting, outcome: Outcome, now: Instant) -> None:
    """After a decision: the next repetition, the next step or the end, and the rules that watch this one."""
    rule, part = view.rule, view.part
    step = rule.steps[waiting.step]
    due = waiting.due.instant
    if waiting.repeat == 0:
        waiting.first_due = waiting.due
    last_of_series = step.repeat is None or waiting.repeat >= step.repeat.times or outcome is Outcome.SUPPRESSED
    last = last_of_series and waiting.step + 1 == len(rule.steps)
    if outcome is Outcome.SENT:
        waiting.any_sent = True
        happens(part, f"sending:{rule.name}", now, waiting.because, scene.plan.times)
    if last:
        finish(scene, progress, waiting)
    elif not last_of_series:
        schedule_repeat(scene, view, waiting, now)
    else:
        waiting.step += 1
        schedule(scene, view, waiting, now if now - due > HOUR else due, now)
    arm(scene, view, progress, now)
    anew = progress.complete is None or progress.complete < part.since
    complete = last and anew and _completes(view, step, waiting, outcome)
    if complete:
        moment = now if rule.complete_when == "sent" else due
        progress.complete = moment
        progress.complete_because = waiting.because
    if outcome is Outcome.SENT:
        react(scene, part, (("sending", rule.name),), (f"sending:{rule.name}",), now)
    if complete:
        react(scene, part, (("rule-complete", rule.name),), (), now)


def _completes(view: View, step: Step, waiting: Waiting, outcome: Outcome) -> bool:
    """Section 4.7, reading 39."""
    rule = view.rule
    if isinstance(rule.trigger, Every):
        length = max(len(one.send.messages) for one in rule.steps)
        if length == 1 or (step.repeat is None and waiting.nth < length):
            return False
    return outcome is Outcome.SENT or rule.complete_when == "elapsed"
