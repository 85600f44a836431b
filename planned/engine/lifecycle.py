"""Who is enrolled, since when, and what the start, the suspension and the end of an enrolment do (section 4.2)."""

from __future__ import annotations

from collections.abc import Collection

from planned.check.graph import After, Key
from planned.engine.decision import ReasonCode
from planned.engine.event import Event, Instant
from planned.engine.firings import begin
from planned.engine.occurrences import cancel_all
from planned.engine.scene import Scene
from planned.engine.state import Participation, State
from planned.engine.triggers import concern, react

ENROLMENT: Key = ("enrolment", "")


def lifecycle(scene: Scene, part: Participation, event: Event) -> None:
    """An enrolment, unenrolment, suspension or resumption."""
    match event.kind:
        case "enrolment":
            _enrolment(scene, part, event)
        case "unenrolment":
            part.announced = True
            _leave_staff(scene.state, part.course, event.learner or "")
            if part.enrolled:
                _unenrol(scene, part, event.time)
            part.roles.clear()
        case "suspension":
            if implies(part):
                start_enrolment(part, event)
                begin_rules(scene, part, (), event.time)
            part.suspended = part.enrolled
        case _:
            if implies(part):
                start_enrolment(part, event)
                begin_rules(scene, part, (), event.time)
            if part.suspended:
                part.suspended = False
                _release(scene, part)


def implies(part: Participation) -> bool:
    """Whether an event enrols: who is never announced is enrolled from his first event in the course."""
    return not part.announced and not part.enrolled and part.started is None


def _enrolment(scene: Scene, part: Participation, event: Event) -> None:
    role = event.fields.get("role")
    part.announced = True
    if role is not None and role not in scene.state.learner_roles:
        part.roles.setdefault(role, event.time)
        staff = scene.state.course(part.course).staff.setdefault(role, {})
        if event.time < staff.get(scene.person.id, event.time + 1):
            staff[scene.person.id] = event.time
            scene.state.touched_courses.add(part.course)
        react(scene, part, (ENROLMENT,), (), event.time)
        return
    fresh = not part.enrolled
    if fresh:
        start_enrolment(part, event)
    if part.enrolment is None:
        part.enrolment = (event.time, event.id)
    if role is not None:
        part.roles.setdefault(role, event.time)
    if fresh or "until" in event.fields:
        part.until = event.fields.get("until")
        part.until_stamp = (event.time, event.id)
    if fresh:
        begin_rules(scene, part, (), event.time)
    react(scene, part, (ENROLMENT,), (), event.time)


def start_enrolment(part: Participation, event: Event) -> None:
    """Triggers count what happens from now on; guards go on to know all."""
    part.enrolled = True
    part.suspended = False
    part.since = event.time
    part.started = (event.time, event.id)
    part.enrolment = part.visit = None
    for flags in (part.complete, part.group, part.grade_since):
        for flag in flags.values():
            flag.fresh = False
    for happened in part.happened.values():
        happened.count = 0
    for progress in part.rules.values():
        progress.on = progress.taken = False
        progress.fired = 0
        progress.next_firing = None


def begin_rules(scene: Scene, part: Participation, happened: Collection[str], now: Instant) -> None:
    """Have the rules that an enrolment concerns begin; `happened` is what came with the event that implied it."""
    for rule in scene.course(part).at_enrolment:
        if isinstance(rule.trigger, After):
            concern(scene, part, rule, happened, now)
        else:
            begin(scene, scene.view(part, rule), scene.progress(part, rule), now)


def _unenrol(scene: Scene, part: Participation, now: Instant) -> None:
    part.enrolled = part.suspended = False
    rules = scene.course(part).rules
    for name, progress in part.rules.items():
        progress.next_firing = None
        rule = rules.get(name)
        if rule is None:
            continue
        if not rule.even_when_unenrolled:
            cancel_all(scene, scene.view(part, rule), progress, ReasonCode.UNENROLLED, now)
    _release(scene, part)
    react(scene, part, (ENROLMENT,), (), now)


def _release(scene: Scene, part: Participation) -> None:
    """What was held for the learner is due again, and late by then."""
    rules = scene.course(part).rules
    for name, progress in part.rules.items():
        rule = rules.get(name)
        for waiting in progress.waiting if rule else ():
            if waiting.held and rule is not None:
                waiting.held = False
                scene.person.wait(waiting, rule)


def _leave_staff(state: State, course: str, person: str) -> None:
    for ids in state.course(course).staff.values():
        if ids.pop(person, None) is not None:
            state.touched_courses.add(course)
