"""Section 4.4: the local times that are stored hold in another zone, or under other data about the same zone."""

from __future__ import annotations

from planned.engine.calendar import Moment
from planned.engine.evaluate import View
from planned.engine.occurrences import arm
from planned.engine.plan import Plan
from planned.engine.scene import Scene
from planned.engine.state import Person, Progress, State
from planned.engine.state_json import set_timers


def to_zone(scene: Scene, view: View, progress: Progress) -> None:
    """What waits, and the next firing, at the same local times in the zone of the view."""
    for waiting in progress.waiting:
        waiting.unpostponed = waiting.unpostponed.in_zone(view.zone)
        waiting.due = waiting.due.in_zone(view.zone)
        if not waiting.held:
            scene.person.wait(waiting, view.rule)
    if progress.next_firing is not None:
        progress.next_firing = progress.next_firing.in_zone(view.zone)


def rezone(plan: Plan, state: State, id: str) -> None:
    """All local times of a person under the zone data of now. Nothing is decided, and no fact is looked at anew.

    Who has nothing that moves is not touched.
    """
    person = state.people.get(id)
    if person is None:
        return
    before = _moments(person)
    scene = Scene(plan, state, person)
    for part in person.courses.values():
        rules = plan.course(part.course).rules
        for name, progress in part.rules.items():
            if name in rules:
                view = scene.view(part, rules[name])
                to_zone(scene, view, progress)
                arm(scene, view, progress, person.horizon)
    for digest in person.digests:
        rule = plan.course(digest.course).rules.get(digest.rule)
        digest.due = digest.due.in_zone(person.zone or (rule and rule.context.zone) or state.default_zone)
    set_timers(person, plan)
    if _moments(person) != before:
        state.touched.add(id)


def _moments(person: Person) -> list[Moment | int | None]:
    found: list[Moment | int | None] = [digest.due for digest in person.digests]
    for part in person.courses.values():
        for progress in part.rules.values():
            found += [progress.next_firing, progress.check_at]
            found += [moment for waiting in progress.waiting for moment in (waiting.due, waiting.unpostponed)]
    return found
