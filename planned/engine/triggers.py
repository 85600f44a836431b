"""From facts to occurrences: what starts, is undone, stops or ends its wait when facts have turned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from itertools import chain

from planned.check.graph import HAPPENINGS, After, Atom, BeforeDate, Every, Expr, Key, Kind, Rule, atoms_of
from planned.engine.calendar import day_start
from planned.engine.decision import ReasonCode
from planned.engine.evaluate import View, causes, token, truth, turned
from planned.engine.event import Instant
from planned.engine.firings import date_changed, every_changed, fire
from planned.engine.occurrences import arm, cancel_all, end_waits, in_order, note_happenings, start
from planned.engine.scene import Scene
from planned.engine.state import Participation, Progress


def react(
    scene: Scene,
    part: Participation,
    keys: Iterable[Key],
    happened: Collection[str],
    now: Instant,
    *,
    begun: bool = False,
) -> None:
    """Have every rule that watches one of `keys` look again, in the order of the files.

    `begun`: the event has enrolled, and the rules which that concerns have looked already.
    """
    watch = scene.course(part).watch
    found = [watch[key] for key in keys if key in watch]
    if not found:
        return
    rules = found[0]
    if len(found) > 1:
        rules = tuple(sorted(dict.fromkeys(chain.from_iterable(found)), key=lambda rule: rule.order))
    for rule in rules:
        if not (begun and rule in scene.course(part).at_enrolment):
            concern(scene, part, rule, happened, now)


def awaits_absence(rule: Rule, part: Participation) -> bool:
    """Whether all that a rule does is to wait for a time without a visit, so that one more only puts it off."""
    progress = part.rules.get(rule.name)
    return (
        progress is not None
        and progress.armed is not None
        and not progress.on
        and not progress.waiting
        and isinstance(rule.trigger, After)
        and isinstance(rule.trigger.what, Atom)
        and rule.trigger.what.kind is Kind.WITHOUT_ACCESS
    )


def never_started(rule: Rule, part: Participation) -> bool:
    """Whether its trigger has not been true yet, as far as is known."""
    progress = part.rules.get(rule.name)
    return progress is None or (not progress.number and not progress.fired and progress.last_anchor is None)


def concern(scene: Scene, part: Participation, rule: Rule, happened: Collection[str], now: Instant) -> None:
    """Have one rule look at the facts as they are at `now`."""
    view = scene.view(part, rule)
    progress = scene.progress(part, rule)
    if progress.waiting and happened:
        note_happenings(view, progress, happened, now)
    match rule.trigger:
        case After(what=what):
            _after(scene, view, progress, what, happened, now)
        case Every(since=since):
            if since is not None or not part.enrolled:
                every_changed(scene, view, progress, now)
        case BeforeDate():
            date_changed(scene, view, progress, now)
        case _:
            pass
    if progress.waiting and rule.stop:
        _stop(scene, view, progress, now)
    if progress.waiting:
        end_waits(scene, view, progress, now)
    arm(scene, view, progress, now)


def _after(scene: Scene, view: View, progress: Progress, what: Expr, happened: Collection[str], now: Instant) -> None:
    part = view.part
    if not part.enrolled and not (view.rule.even_when_unenrolled and progress.waiting):
        return
    value = truth(what, view, now, fresh=True)
    was, progress.on = progress.on, value
    if value and part.enrolled:
        if not was or _completes(what, part, happened):
            anchor = now if was else turned(what, view, now)
            start(scene, view, progress, anchor, in_order(causes(what, view, now)), now)
    elif was and not value:
        cancel_all(scene, view, progress, ReasonCode.UNDONE, now)


def _completes(what: Expr, part: Participation, happened: Collection[str]) -> bool:
    """Whether one of the trigger's happenings has come (for the N-th, 2N-th … time) just now."""
    for atom in atoms_of(what) if happened else ():
        if atom.kind in HAPPENINGS and token(atom) in happened:
            count = part.happened[token(atom)].count
            if count == 1 if atom.kind is Kind.FIRST_ACCESS else count % atom.times == 0:
                return True
    return False


def _stop(scene: Scene, view: View, progress: Progress, now: Instant) -> None:
    if any(truth(condition, view, now) for condition in view.rule.stop):
        cancel_all(scene, view, progress, ReasonCode.STOP_ONCE, now)


def check(scene: Scene, course: str, rule: Rule, now: Instant) -> bool:
    """A timer has come up: whatever time alone has changed by `now`. Returns whether it was one that still counts."""
    part = scene.person.courses.get(course)
    progress = part.rules.get(rule.name) if part else None
    if part is None or progress is None or progress.armed != now:
        return False
    progress.armed = None
    if progress.check_at is None:
        return False
    if progress.check_at > now:
        progress.armed = progress.check_at
        scene.person.wake(progress.check_at, rule, course)
        return False
    view = scene.view(part, rule)
    if progress.waiting and _has_ended(rule, view, now):
        cancel_all(scene, view, progress, ReasonCode.RULE_ENDED, now)
    if progress.next_firing is not None and progress.next_firing.instant <= now:
        fire(scene, view, progress, now)
    if isinstance(rule.trigger, After):
        _after(scene, view, progress, rule.trigger.what, (), now)
    elif isinstance(rule.trigger, Every) and rule.trigger.since is not None:
        every_changed(scene, view, progress, now)
    if progress.waiting:
        if rule.stop:
            _stop(scene, view, progress, now)
        end_waits(scene, view, progress, now)
    arm(scene, view, progress, now)
    return True


def _has_ended(rule: Rule, view: View, now: Instant) -> bool:
    return rule.last_day is not None and now >= day_start(rule.last_day + timedelta(days=1), view.zone)
