"""The pure core: one event, or the passing of time, for the people it concerns.

`step(plan, state, input, now)` changes the state that it is given and returns the decisions that follow. No clock, no
I/O, no randomness: the same calls give the same decisions, live, in a dry-run, in scenarios and in tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from planned.engine.decide import decide
from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.engine.facts import (
    LIFECYCLE,
    MERE_HAPPENINGS,
    VISIT,
    apply,
    apply_general_date,
    apply_profile,
    happened_before,
    is_mere_visit,
)
from planned.engine.lifecycle import begin_rules, implies, lifecycle, start_enrolment
from planned.engine.notices import send_digests
from planned.engine.plan import Plan
from planned.engine.rezone import rezone, to_zone
from planned.engine.scene import Scene
from planned.engine.state import Participation, State
from planned.engine.triggers import awaits_absence, check, concern, never_started, react


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed for one person: all that is due by `now` is to be decided."""

    person: str


@dataclass(frozen=True, slots=True)
class Rezone:
    """The zone data have changed: what waits for one person keeps its local time. Nothing is decided by it."""

    person: str


def step(plan: Plan, state: State, input: Event | Tick | Rezone, now: Instant) -> list[Decision]:
    """Bring one input into the state; returns what was decided, in the order in which it was decided.

    Events of a person come in the order of their times (`late` tells which ones do not); a date for all needs every
    member of the course in the state. An event decides no message: only a Tick does, at `now`.
    """
    if isinstance(input, Tick):
        return _tick(Scene(plan, state, state.person(input.person)), now)
    if isinstance(input, Rezone):
        rezone(plan, state, input.person)
        return []
    if input.learner is None:
        return _general_date(plan, state, input)
    if plan.thrifty and _only_visits(plan, state, input):
        return []
    if (part := _slips_in(plan, state, input)) is not None:
        happened_before(part, input, plan.times)
        state.touched.add(input.learner)
        return []
    scene = Scene(plan, state, state.person(input.learner))
    event(scene, input)
    return scene.out


def _only_visits(plan: Plan, state: State, event: Event) -> bool:
    """Bring in an event that changes nothing but the last visit, as nine of ten in a log; False: it is none.

    Rules that count the time without a visit have their timers already, earlier than this visit asks for.
    """
    person = state.people.get(event.learner or "")
    part = person.courses.get(event.course or "") if person else None
    if person is None or part is None or part.started is None or event.fields.get("state") == "incomplete":
        return False
    if person.moments and person.moments[0][0] < event.time:
        return False
    course = plan.course(part.course)
    if not is_mere_visit(event, course):
        return False
    for rule in course.watch.get(VISIT, ()):
        if not awaits_absence(rule, part):
            return False
    part.visit = (event.time, event.id)
    if event.time > person.horizon:
        person.horizon = event.time
    return True


def event(scene: Scene, event: Event) -> None:
    """One event of the scene's person, after whatever time alone has brought before it."""
    person = scene.person
    if person.moments and person.moments[0][0] < event.time:
        pass_time(scene, event.time)
    if event.time > person.horizon:
        person.horizon = event.time
    scene.early = True
    _bring_in(scene, event)
    scene.early = False


def _bring_in(scene: Scene, event: Event) -> None:
    if event.kind == "profile":
        _profile(scene, event)
        return
    assert event.course is not None
    part = scene.part(event.course)
    if event.kind in LIFECYCLE:
        lifecycle(scene, part, event)
        return
    enrols = implies(part)
    if enrols:
        start_enrolment(part, event)
    course = scene.course(part)
    keys, happened = apply(part, event, course, scene.plan.times)
    if enrols:
        begin_rules(scene, part, happened, event.time)
    if not course.watch.keys().isdisjoint(keys):
        react(scene, part, keys, happened, event.time, begun=enrols)


def pass_time(scene: Scene, before: Instant) -> None:
    """All facts and firings that time alone brings before an instant, in order. Messages wait for a Tick."""
    person = scene.person
    while (moment := person.due_moment(before)) is not None:
        instant, course, rule = moment
        if check(scene, course, rule, instant):
            person.horizon = max(person.horizon, instant + 1)


def _tick(scene: Scene, now: Instant) -> list[Decision]:
    person = scene.person
    while True:
        pass_time(scene, now + 1)
        due = person.due_message(now)
        if due is None:
            break
        decide(scene, *due, now)
        person.horizon = max(person.horizon, now + 1)
    send_digests(scene, now)
    _clear_parked(scene, now)
    return scene.out


def _profile(scene: Scene, event: Event) -> None:
    person = scene.person
    moved = apply_profile(person, event)
    for part in person.courses.values():
        if moved:
            _move(scene, part, event.time)
        react(scene, part, (("profile", ""),), (), event.time)


def _move(scene: Scene, part: Participation, now: Instant) -> None:
    """The learner lives in another zone from now on."""
    rules = scene.course(part).rules
    mine = [(rules[name], progress) for name, progress in part.rules.items() if name in rules]
    for rule, progress in mine:
        to_zone(scene, scene.view(part, rule), progress)
    for rule, _ in mine:
        concern(scene, part, rule, (), now)


def _general_date(plan: Plan, state: State, event: Event) -> list[Decision]:
    """A date for all: it concerns the members of the course whose rules look at it."""
    key = apply_general_date(state, event)
    assert event.course is not None
    out: list[Decision] = []
    if key not in plan.course(event.course).watch:
        return out
    for id in state.course(event.course).members:
        if id in state.people:
            scene = Scene(plan, state, state.person(id), out)
            pass_time(scene, event.time)
            scene.person.horizon = max(scene.person.horizon, event.time)
            scene.early = True
            react(scene, scene.part(event.course), (key,), (), event.time)
    return out


def late(plan: Plan, state: State, event: Event) -> set[str]:
    """Whose facts are complete beyond the event's time already: they have to be recomputed (`rebuild`)."""
    if event.learner is not None:
        person = state.people.get(event.learner)
        known = person is None or event.time >= person.horizon or _slips_in(plan, state, event) is not None
        return set() if known else {event.learner}
    course = state.courses.get(event.course or "")
    key = f"{event.fields['what']}:{event.fields.get('activity', '')}"
    if course is None or ("date", key) not in plan.course(course.id).watch:
        return set()
    people = (state.people[id] for id in course.members if id in state.people)
    return {person.id for person in people if event.time < person.horizon}


def _slips_in(plan: Plan, state: State, event: Event) -> Participation | None:
    """Where late news only counts one more of what has happened: no rule looks at it, and a later visit is known.

    Without it, each such event of a learner with a long history would have all of it recomputed.
    """
    person = state.people.get(event.learner or "")
    part = person.courses.get(event.course or "") if person is not None and event.time < person.horizon else None
    if part is None or not part.enrolled or part.started is None or part.visit is None:
        return None
    if event.kind not in MERE_HAPPENINGS or not part.started[0] < event.time < part.visit[0]:
        return None
    watch = plan.course(part.course).watch
    if (event.kind, event.fields.get("activity", "")) in watch:
        return None
    # Whoever was once away for too long may not have been, with one visit more.
    unmoved = all(awaits_absence(rule, part) and never_started(rule, part) for rule in watch.get(VISIT, ()))
    return part if unmoved else None


def _clear_parked(scene: Scene, now: Instant) -> None:
    """Section 4.10: what waited for a rule that is gone is cancelled after 30 days."""
    person = scene.person
    if not person.parked:
        return
    scene.out.extend(parked.decision for parked in person.parked if parked.decision.at <= now)
    person.parked = [parked for parked in person.parked if parked.decision.at > now]
