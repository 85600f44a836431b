"""What an event changes: facts, and only facts. Which rules that concerns is said by the keys that it touches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from planned.check.graph import Atom, Key
from planned.engine.evaluate import grade_holds, grade_token
from planned.engine.event import Event, Instant
from planned.engine.plan import CoursePlan
from planned.engine.state import Flag, Happening, Participation, Person, Stamp, State

VISIT: Key = ("visit", "")
_VISITED = (VISIT,)
_VISITS = frozenset({"access", "completion", "submission", "viewing"})
MERE_HAPPENINGS = frozenset({"access", "submission", "viewing"})
"""Events of which nothing is kept but how often they came, and when last."""
LIFECYCLE = frozenset({"enrolment", "unenrolment", "suspension", "resumption"})


def is_mere_visit(event: Event, plan: CoursePlan) -> bool:
    """Whether no rule asks about the event itself, so that nothing of it is kept but that the learner was there."""
    return (
        plan.wanted is not None
        and event.kind in _VISITS
        and (event.kind, event.fields.get("activity", "")) not in plan.wanted
    )


def apply(part: Participation, event: Event, plan: CoursePlan, remember: int) -> tuple[Sequence[Key], Sequence[str]]:
    """Bring the event into the facts of the participation.

    Returns the keys that it touches and the names of what has just happened (`passing:Quiz1`). `remember` is how many
    moments of a happening are kept. Lifecycle, profile and general date events are not for here.
    """
    when, id, fields = event.time, event.id, event.fields
    if is_mere_visit(event, plan):
        if fields.get("state") == "incomplete":
            return (), ()
        part.visit = (when, id)
        return _VISITED, ()
    match event.kind:
        case "completion":
            return _completion(part, fields.get("activity", ""), fields["state"], when, id, remember)
        case "grade":
            activity = fields["activity"]
            part.grade[activity] = (fields["grade"], fields.get("max"), when, id)
            _turn_grades(part, plan.grades.get(activity, ()), when, id)
            return [("grade", activity)], []
        case "submission" | "viewing" as kind:
            activity = fields["activity"]
            part.visit = (when, id)
            return [(kind, activity), VISIT], [_happens(part, f"{kind}:{activity}", when, id, remember)]
        case "access":
            part.visit = (when, id)
            return [("access", ""), VISIT], [_happens(part, "access:", when, id, remember)]
        case "group":
            return _group(part, fields["group"], fields["member"], when, id, remember)
        case "date":
            key = f"{fields['what']}:{fields.get('activity', '')}"
            part.dates[key] = (fields["at"], when, id)
            return [("date", key)], []
        case kind:
            return [("event", kind)], [_happens(part, f"event:{kind}", when, id, remember)]


def happens(part: Participation, name: str, when: Instant, stamps: Sequence[Stamp], remember: int) -> None:
    """Record one more moment of a happening, by the events of `stamps`."""
    happened = part.happened.get(name)
    if happened is None:
        happened = part.happened[name] = Happening()
    happened.total += 1
    happened.count += 1
    happened.recent.append((when, tuple(stamps)))
    if len(happened.recent) > remember:
        del happened.recent[:-remember]


def happened_before(part: Participation, event: Event, remember: int) -> None:
    """Count one more of `MERE_HAPPENINGS`, of this enrolment, as if it had come before the later ones."""
    name = f"{event.kind}:{event.fields.get('activity', '')}"
    happened = part.happened.setdefault(name, Happening())
    happened.total += 1
    happened.count += 1
    place = bisect_right(happened.recent, event.time, key=lambda one: one[0])
    happened.recent.insert(place, (event.time, ((event.time, event.id),)))
    if len(happened.recent) > remember:
        del happened.recent[:-remember]


def _happens(part: Participation, name: str, when: Instant, id: str, remember: int) -> str:
    happens(part, name, when, ((when, id),), remember)
    return name


def _completion(
    part: Participation, activity: str, state: str, when: Instant, id: str, remember: int
) -> tuple[list[Key], list[str]]:
    complete = state != "incomplete"
    flag = part.complete.get(activity)
    if flag is None or flag.value is not complete:
        part.complete[activity] = Flag(complete, when, id)
    keys: list[Key] = [("completion", activity)]
    if complete:
        part.visit = (when, id)
        keys.append(VISIT)
    if state == "passed" or state == "failed":
        part.result[activity] = Flag(state == "passed", when, id)
        happening = "passing" if state == "passed" else "failing"
        return keys, [_happens(part, f"{happening}:{activity}", when, id, remember)]
    return keys, []


def _group(
    part: Participation, group: str, member: bool, when: Instant, id: str, remember: int
) -> tuple[list[Key], list[str]]:
    flag = part.group.get(group)
    was = flag is not None and flag.value
    if flag is None or was is not member:
        part.group[group] = Flag(member, when, id)
    left = was and not member
    return [("group", group)], [_happens(part, f"leaving-group:{group}", when, id, remember)] if left else []


def _turn_grades(part: Participation, atoms: Sequence[Atom], when: Instant, id: str) -> None:
    for atom in atoms:
        name = grade_token(atom)
        if not grade_holds(atom, part):
            part.grade_since.pop(name, None)
        elif name not in part.grade_since:
            part.grade_since[name] = Flag(True, when, id)


def apply_profile(person: Person, event: Event) -> bool:
    """Bring a profile in: each field given replaces the one before. Returns whether the person's zone changed."""
    before = person.zone
    for field, value in event.fields["user"].items():
        if field == "profile" and isinstance(value, dict):
            person.profile["profile"] = {**person.profile.get("profile", {}), **value}
        else:
            person.profile[field] = value
    person.profile_stamp = (event.time, event.id)
    return person.zone != before


def apply_general_date(state: State, event: Event) -> Key:
    """Bring a date for all into the course; older news never overwrites newer."""
    assert event.course is not None
    key = f"{event.fields['what']}:{event.fields.get('activity', '')}"
    course = state.course(event.course)
    known = course.dates.get(key)
    if known is None or known[1] <= event.time:
        course.dates[key] = (event.fields["at"], event.time, event.id)
        state.touched_courses.add(course.id)
    return ("date", key)
