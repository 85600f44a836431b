"""Whether facts and conditions hold, since when, by which events, and when time alone may change that.

Two readings of the same expressions: a guard knows all facts (`fresh=False`), a trigger counts only what
happened since the start of the current enrolment (`fresh=True`; section 4.2, readings 3 and 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any as AnyValue

from planned.check.graph import HAPPENINGS, All, Any, Atom, CourseDate, Expr, Kind, Not, Rule, atoms_of
from planned.engine.calendar import DAY, Moment, at_instant, at_least, at_wall, day_start, delay, instant_of, wall_of
from planned.engine.event import Instant
from planned.engine.state import CourseFacts, Happening, Participation, Person, Stamp, State
from planned.engine.why import Finding, supporting
from planned.syntax.ast import GradeOp, ProfileOp


@dataclass(slots=True)
class View:
    """Where facts are read: one person in one course, with the declarations and the zone of a rule."""

    state: State
    person: Person
    part: Participation
    rule: Rule
    zone: str
    early: bool = False
    """An event is being brought in: what time turns at this very instant has not turned yet (4.9)."""

    def reached(self, moment: Instant, now: Instant) -> bool:
        return moment < now or (moment == now and not self.early)

    @property
    def course(self) -> CourseFacts:
        return self.state.courses[self.part.course]


def zone_for(state: State, person: Person, rule: Rule) -> str:
    """Section 1.1: a zone declared `for all`, else the person's own, else the declared one, else the settings'."""
    context = rule.context
    if context.zone_for_all and context.zone:
        return context.zone
    return person.zone or context.zone or state.default_zone


# --- truth ------------------------------------------------------------------------------------------


def truth(expr: Expr, view: View, now: Instant, *, fresh: bool = False) -> bool:
    match expr:
        case Atom():
            return _atom(expr, view, now, fresh)
        case Not(item):
            return not truth(item, view, now)
        case All(items):
            return all(truth(item, view, now, fresh=fresh) for item in items)
        case Any(items):
            return any(truth(item, view, now, fresh=fresh) for item in items)


def _atom(atom: Atom, view: View, now: Instant, fresh: bool) -> bool:
    part = view.part
    fresh = fresh and atom.fact
    match atom.kind:
        case Kind.COMPLETE | Kind.COURSE_COMPLETE:
            flag = part.complete.get(atom.key)
            return flag is not None and flag.value and (not fresh or flag.fresh)
        case Kind.IN_GROUP:
            flag = part.group.get(atom.key)
            return flag is not None and flag.value and (not fresh or flag.fresh)
        case Kind.RULE_COMPLETE:
            progress = part.rules.get(atom.key)
            when = progress.complete if progress else None
            return when is not None and (not fresh or when >= part.since)
        case Kind.GRADE:
            if fresh:
                since = part.grade_since.get(grade_token(atom))
                return since is not None and since.fresh
            return grade_holds(atom, part)
        case Kind.ENROLLED:
            return part.enrolment is not None and (fresh or part.enrolled)
        case Kind.WITHOUT_ACCESS:
            # The end of the enrolment undoes no trigger (reading 9); for a guard nobody is without access then.
            if not (fresh or part.enrolled):
                return False
            turning = absence(atom, view, now)
            return turning is not None and view.reached(turning, now) and not _course_over(view, now)
        case Kind.ACTIVE_WITHIN:
            turning = absence(atom, view, now)
            return turning is not None and not view.reached(turning, now)
        case Kind.DATE_OVER:
            found = find_date(atom.date, view)
            if found is None or not view.reached(found.over, now):
                return False
            return not fresh or found.over >= part.since
        case Kind.IS_PASSED | Kind.IS_FAILED:
            flag = part.result.get(atom.key)
            return flag is not None and flag.value is (atom.kind is Kind.IS_PASSED)
        case Kind.IS_SUBMITTED | Kind.IS_VIEWED | Kind.IS_SENT:
            return token(atom) in part.happened
        case Kind.ENROLLED_AS:
            return part.enrolled and atom.key in part.roles
        case Kind.PROFILE:
            return _profile(atom, view.person)
        case Kind.TODAY_IS:
            return wall_of(now, view.zone).weekday() in atom.weekdays
        case Kind.BEFORE_DAY:
            assert atom.day is not None
            return wall_of(now, view.zone).date() < atom.day
        case Kind.AFTER_DAY:
            assert atom.day is not None
            return wall_of(now, view.zone).date() > atom.day
        case _:
            happened = part.happened.get(token(atom))
            return happened is not None and (happened.count if fresh else happened.total) >= atom.times


_TOKEN = {
    Kind.IS_SUBMITTED: Kind.SUBMISSION,
    Kind.IS_VIEWED: Kind.VIEWING,
    Kind.IS_SENT: Kind.SENDING,
    Kind.FIRST_ACCESS: Kind.ACCESS,
}


def token(atom: Atom) -> str:
    """Under which name `Participation.happened` has a happening."""
    return f"{_TOKEN.get(atom.kind, atom.kind).value}:{atom.key}"


def grade_token(atom: Atom) -> str:
    return f"{atom.key}|{atom.op}|{atom.number}|{atom.percent}"


def grade_holds(atom: Atom, part: Participation) -> bool:
    recorded = part.grade.get(atom.key)
    if recorded is None or atom.number is None:
        return False
    grade, maximum = recorded[0], recorded[1]
    if atom.percent:
        if not maximum:
            return False
        grade = grade / maximum * 100
    bound = float(atom.number)
    match atom.op:
        case GradeOp.BELOW:
            return grade < bound
        case GradeOp.ABOVE:
            return grade > bound
        case GradeOp.AT_LEAST:
            return grade >= bound
        case _:
            return grade <= bound


def profile_text(person: Person, field: str) -> str:
    """A profile field as text; of the fields of section 2.4, else of the source's own; "" if missing."""
    value: AnyValue = person.profile.get(field)
    if value is None:
        own = person.profile.get("profile")
        value = own.get(field) if isinstance(own, dict) else None
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _profile(atom: Atom, person: Person) -> bool:
    text = profile_text(person, atom.key)
    match atom.op:
        case ProfileOp.IS_EMPTY:
            return not text
        case ProfileOp.CONTAINS:
            return bool(text) and atom.value in text
        case ProfileOp.STARTS_WITH:
            return bool(text) and text.startswith(atom.value)
        case _:
            return bool(text) and text == atom.value


def absence(atom: Atom, view: View, now: Instant) -> Instant | None:
    """When the delay of `without access` or `active within` ends: after the last visit or else the enrolment.

    While that is far from `now` an earlier instant, later than `now`, stands for it, which costs no calendar.
    """
    assert atom.duration is not None
    part = view.part
    if part.started is None:
        return None
    base = part.visit[0] if part.visit else part.since
    if now < (surely := base + at_least(atom.duration)):
        return surely
    return delay(base, atom.duration, view.zone, view.rule.context.quiet).instant


_COURSE_END = CourseDate(what="end")


def _course_over(view: View, now: Instant) -> bool:
    flag = view.part.complete.get("")
    if flag is not None and flag.value:
        return True
    end = find_date(_COURSE_END, view)
    return end is not None and view.reached(end.over, now)


# --- dates ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as it holds for one learner: where counting starts, when it is over, and the event that said so."""

    moment: Moment
    over: Instant
    stamp: Stamp | None


def find_date(date: CourseDate | None, view: View) -> FoundDate | None:
    """Reading 1: the learner's own, else the general one, else a declaration for a group of his, else a plain one."""
    assert date is not None
    part = view.part
    if date.what == "end-of-enrolment":
        if part.until is None:
            return None
        return FoundDate(at_instant(part.until), part.until, part.until_stamp)
    key = f"{date.what}:{date.activity or ''}"
    for dates in (part.dates, view.course.dates):
        found = dates.get(key)
        if found is not None and found[0] is not None:
            return FoundDate(at_instant(found[0]), found[0], (found[1], found[2]))
    plain = None
    for one in date.declared:
        if one.group is None:
            plain = plain or one
        elif (flag := part.group.get(one.group)) is not None and flag.value:
            plain = one
            break
    if plain is None:
        return None
    if plain.at is None:
        wall = datetime.combine(plain.day, time())
        return FoundDate(at_wall(wall, view.zone), day_start(plain.day + DAY, view.zone), None)
    instant = instant_of(datetime.combine(plain.day, plain.at), plain.zone or view.state.default_zone)
    return FoundDate(at_instant(instant), instant, None)


# --- since when, and by what ---------------------------------------------------------------------------


def stamp_of(atom: Atom, view: View) -> tuple[Stamp, ...]:
    """When and by which events an atom became what it is; empty where nobody has said anything."""
    part = view.part
    match atom.kind:
        case Kind.COMPLETE | Kind.COURSE_COMPLETE:
            return _flag_stamp(part.complete.get(atom.key))
        case Kind.IN_GROUP:
            return _flag_stamp(part.group.get(atom.key))
        case Kind.IS_PASSED | Kind.IS_FAILED:
            return _flag_stamp(part.result.get(atom.key))
        case Kind.RULE_COMPLETE:
            progress = part.rules.get(atom.key)
            return progress.complete_because if progress else ()
        case Kind.GRADE:
            if (since := part.grade_since.get(grade_token(atom))) is not None:
                return ((since.since, since.id),)
            recorded = part.grade.get(atom.key)
            return ((recorded[2], recorded[3]),) if recorded else ()
        case Kind.ENROLLED | Kind.ENROLLED_AS:
            return (part.enrolment,) if part.enrolment else ()
        case Kind.WITHOUT_ACCESS | Kind.ACTIVE_WITHIN:
            last = part.visit or part.started
            return (last,) if last else ()
        case Kind.DATE_OVER:
            found = find_date(atom.date, view)
            return (found.stamp,) if found and found.stamp else ()
        case Kind.PROFILE:
            return (view.person.profile_stamp,) if view.person.profile_stamp else ()
        case Kind.TODAY_IS | Kind.BEFORE_DAY | Kind.AFTER_DAY:
            return ()
        case _:
            happened = part.happened.get(token(atom), Happening())
            return tuple(stamp for _, stamps in happened.recent[-atom.times :] for stamp in stamps)


ONLY_CONDITIONS = frozenset(
    {Kind.IS_PASSED, Kind.IS_FAILED, Kind.IS_SUBMITTED, Kind.IS_VIEWED, Kind.IS_SENT, Kind.ENROLLED_AS, Kind.PROFILE}
)
"""What can stand beside the facts of a trigger, but starts nothing by itself."""


def _flag_stamp(flag: AnyValue) -> tuple[Stamp, ...]:
    return ((flag.since, flag.id),) if flag is not None else ()


def causes(expr: Expr, view: View, now: Instant) -> Iterator[Stamp]:
    """The events that made the true facts of a trigger true (reading 33)."""
    match expr:
        case Atom():
            if expr.kind not in ONLY_CONDITIONS and _atom(expr, view, now, True):
                yield from stamp_of(expr, view)
        case All(items) | Any(items):
            for item in items:
                yield from causes(item, view, now)
        case Not():
            pass


def turned(what: Expr, view: View, now: Instant) -> Instant:
    """The anchor: now; but where a date or a delay was over before that came to light, when all came together."""
    if not any(atom.kind in (Kind.DATE_OVER, Kind.RULE_COMPLETE) for atom in atoms_of(what)):
        return now
    return min(now, _came(what, view, now) or now)


def _came(what: Expr, view: View, now: Instant) -> Instant | None:
    """When what is true became so: the last part of several, the first alternative. None: a condition that has long
    been met."""
    match what:
        case All(items):
            return max((at for item in items if (at := _came(item, view, now)) is not None), default=None)
        case Any(items):
            moments = [_came(item, view, now) for item in items if truth(item, view, now, fresh=True)]
            return min((at or 0 for at in moments), default=None) or None
        case Not():
            return now if any(since_of(atom, view) == now for atom in atoms_of(what)) else None
        case Atom(kind=Kind.DATE_OVER):
            found = find_date(what.date, view)
            return found.over if found else now
        case Atom(kind=Kind.WITHOUT_ACCESS):
            return now
        case Atom(kind=Kind.ENROLLED_AS):
            return now if view.part.roles.get(what.key) == now else None
        case Atom() if what.kind in ONLY_CONDITIONS:
            return now if since_of(what, view) == now else None
        case Atom():
            return since_of(what, view)


def true_since(atom: Atom, view: View, now: Instant) -> Instant | None:
    """Since when a state that is true has been so; None of a happening."""
    if atom.kind is Kind.DATE_OVER:
        found = find_date(atom.date, view)
        return found.over if found else None
    if atom.kind is Kind.WITHOUT_ACCESS:
        return absence(atom, view, now)
    return None if atom.kind in HAPPENINGS else since_of(atom, view)


def since_of(atom: Atom, view: View) -> Instant | None:
    """When an atom became what it is, or last happened. A rule is complete, or sent, later than its events happened."""
    if atom.kind is Kind.RULE_COMPLETE:
        progress = view.part.rules.get(atom.key)
        return progress.complete if progress else None
    if atom.kind in (Kind.SENDING, Kind.IS_SENT):
        happened = view.part.happened.get(token(atom))
        return happened.recent[-1][0] if happened else None
    return max((stamp[0] for stamp in stamp_of(atom, view)), default=None)


def findings(expr: Expr, view: View, now: Instant) -> list[Finding]:
    """What a reason or `{{ why }}` may say of an expression."""
    found = []
    for atom in atoms_of(expr):
        value = _atom(atom, view, now, False)
        since: Instant | None = None
        if atom.kind is Kind.DATE_OVER:
            date = find_date(atom.date, view)
            since = date.over if date else None
        elif value or atom.kind in (Kind.COMPLETE, Kind.IN_GROUP):
            since = since_of(atom, view)
        found.append(Finding(atom=atom, value=value, since=since))
    return found


def support(expr: Expr, view: View, now: Instant) -> tuple[Finding, ...]:
    """Those findings that make an expression what it is."""
    return supporting(expr, findings(expr, view, now))


# --- time -------------------------------------------------------------------------------------------


_BY_TIME = frozenset(
    {Kind.WITHOUT_ACCESS, Kind.ACTIVE_WITHIN, Kind.DATE_OVER, Kind.TODAY_IS, Kind.BEFORE_DAY, Kind.AFTER_DAY}
)


def changes(expr: Expr, view: View, now: Instant) -> list[Instant]:
    """The next instants later than `now` at which time alone may change the value; none if only events can."""
    timed = (atom for atom in atoms_of(expr) if atom.kind in _BY_TIME)
    moments = (at for atom in timed for at in _turnings(atom, view, now))
    return [at for at in moments if at >= now and not view.reached(at, now)]


def _turnings(atom: Atom, view: View, now: Instant) -> Iterator[Instant]:
    match atom.kind:
        case Kind.WITHOUT_ACCESS:
            if (turning := absence(atom, view, now)) is not None:
                yield turning
            end = find_date(_COURSE_END, view)
            if end is not None:
                yield end.over
        case Kind.ACTIVE_WITHIN:
            if (turning := absence(atom, view, now)) is not None:
                yield turning
        case Kind.DATE_OVER:
            if (found := find_date(atom.date, view)) is not None:
                yield found.over
        case Kind.TODAY_IS:
            yield day_start(wall_of(now, view.zone).date() + DAY, view.zone)
        case Kind.BEFORE_DAY if atom.day is not None:
            yield day_start(atom.day, view.zone)
        case Kind.AFTER_DAY if atom.day is not None:
            yield day_start(atom.day + timedelta(days=1), view.zone)
        case _:
            return
