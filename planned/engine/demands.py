"""What a rule asks of a learner, as facts that should or should not be so, and the events that would tell them.

Nothing here is exact: a demand is a proposal that the engine then plays (see `planned.engine.imagined`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from itertools import islice, pairwise, product
from typing import Any as AnyValue

from planned.check.graph import (
    After,
    All,
    Any,
    Atom,
    BeforeDate,
    CourseDate,
    Every,
    Expr,
    Graph,
    Kind,
    Not,
    OnDay,
    Rule,
    WaitUntil,
    WaitUpTo,
    atoms_of,
)
from planned.engine.calendar import HOUR, delay, instant_of
from planned.engine.evaluate import ONLY_CONDITIONS, grade_holds
from planned.engine.event import Event, Instant
from planned.engine.state import Participation
from planned.syntax.ast import ProfileOp

FEW = 8
"""Ways tried for one expression."""


class When(Enum):
    BEFORE = auto()
    """On the day of the enrolment."""
    TRIGGER = auto()
    """Two days later."""
    NEAR = auto()
    """Shortly before the message is due."""
    AHEAD = auto()
    """A date of the course, known long before it comes."""


@dataclass(frozen=True, slots=True)
class Want:
    """A fact that should be so, or not. `at` says when it should become so, instead of `when`."""

    atom: Atom
    value: bool
    when: When = When.BEFORE
    at: Instant | None = None


Wants = tuple[Want, ...]
_RULES = frozenset({Kind.RULE_COMPLETE, Kind.SENDING, Kind.IS_SENT})


def ways(expr: Expr, value: bool) -> Iterator[Wants]:
    """Facts that give an expression this value, way after way."""
    match expr:
        case Atom():
            absence = expr.kind is (Kind.ACTIVE_WITHIN if value else Kind.WITHOUT_ACCESS)
            yield (Want(replace(expr, fact=True), value, When.NEAR if absence else When.BEFORE),)
        case Not(item):
            yield from ways(item, not value)
        case All(items) | Any(items) if isinstance(expr, All) is value:
            for each in product(*(list(islice(ways(item, value), FEW)) for item in items)):
                yield tuple(want for wants in each for want in wants)
        case All(items) | Any(items):
            for item in items:
                yield from ways(item, value)


# --- a rule's demands -----------------------------------------------------------------------------------


def demands(graph: Graph, rule: Rule, seen: frozenset[str] = frozenset()) -> Iterator[Wants]:
    """What would make the rule send: with all its guards, failing that with those of the first step, or with none."""
    steps = rule.steps
    conditions = [[(guard.condition, guard.kind == "if") for guard in step.guards] for step in steps]
    stops = [(condition, False) for condition in rule.stop]
    every = [one for step in conditions for one in step] + stops
    for asked in ([*every], [*conditions[0], *stops]) if len(steps) > 1 else (every,):
        for start in islice(_starting(rule), FEW):
            parts = [list(islice(ways(expr, value), FEW)) for expr, value in asked]
            for each in islice(product(*parts), FEW * FEW):
                wants = (*start, *(want for part in each for want in part))
                if _consistent(wants):
                    yield from islice(_with_rules(graph, rule, wants, seen), FEW)


def _starting(rule: Rule) -> Iterator[Wants]:
    match rule.trigger:
        case After(what=what):
            for wants in ways(what, True):
                yield tuple(replace(want, when=_when(want)) for want in wants)
        case Every(since=since, until=until):
            first = (Want(since, True, When.TRIGGER),) if since is not None else ()
            yield (*first, *((Want(until, False),) if until is not None else ()))
        case BeforeDate(date=date_, lead=lead):
            yield (Want(Atom(kind=Kind.DATE_OVER, date=date_, duration=lead), True, When.AHEAD),)
        case OnDay():
            yield ()


def _when(want: Want) -> When:
    return When.TRIGGER if want.value and want.atom.kind not in ONLY_CONDITIONS else When.BEFORE


def undoing(rule: Rule) -> Iterator[Wants]:
    """Facts that turn a rule's trigger false again."""
    match rule.trigger:
        case After(what=what):
            yield from islice(ways(what, False), FEW)
        case BeforeDate(date=date_):
            yield (Want(Atom(kind=Kind.DATE_OVER, date=date_), False),)
        case _:
            pass


def _consistent(wants: Wants) -> bool:
    values: dict[Atom, bool] = {}
    return all(values.setdefault(want.atom, want.value) is want.value for want in wants)


def _with_rules(graph: Graph, rule: Rule, wants: Wants, seen: frozenset[str]) -> Iterator[Wants]:
    """In the place of another rule's message what that rule asks for."""
    place = next((n for n, want in enumerate(wants) if want.value and want.atom.kind in _RULES), None)
    if place is None:
        yield wants
        return
    asked = wants[place]
    if (other := _named(graph, rule, asked.atom.key)) is None or other.name in seen:
        return
    for inner in demands(graph, other, seen | {rule.name}):
        moved = inner if asked.when is When.TRIGGER else tuple(_sooner(want) for want in inner)
        merged = (*wants[:place], *moved, *wants[place + 1 :])
        if _consistent(merged):
            yield from _with_rules(graph, rule, merged, seen)


def _sooner(want: Want) -> Want:
    return replace(want, when=When.BEFORE) if want.when is When.TRIGGER else want


def _named(graph: Graph, rule: Rule, name: str) -> Rule | None:
    return next((one for one in graph.rules if one.name == name and one.course in (rule.course, None)), None)


def depends_on(graph: Graph, rule: Rule) -> list[Rule]:
    """The rules that play a part in this one: that start it, or of which its guards speak; theirs, too."""
    found: dict[str, Rule] = {}
    todo = [rule]
    while todo:
        one = todo.pop()
        for atom in _atoms(one):
            if atom.kind in _RULES and atom.key not in found:
                other = _named(graph, one, atom.key)
                if other is not None:
                    found[atom.key] = other
                    todo.append(other)
    return list(found.values())


def _atoms(rule: Rule) -> Iterator[Atom]:
    match rule.trigger:
        case After(what=what):
            yield from atoms_of(what)
        case Every(since=since, until=until):
            yield from (fact for fact in (since, until) if fact is not None)
        case BeforeDate(date=date_):
            yield Atom(kind=Kind.DATE_OVER, date=date_)
        case OnDay():
            pass
    for step in rule.steps:
        if isinstance(step.wait, WaitUpTo):
            yield step.wait.fact
        for guard in step.guards:
            yield from atoms_of(guard.condition)
    for condition in rule.stop:
        yield from atoms_of(condition)


def names_weekdays(rule: Rule) -> bool:
    return any(atom.kind is Kind.TODAY_IS for atom in _atoms(rule))


def days_named(rule: Rule) -> Iterator[date]:
    """The calendar days that stand in the rule, or behind a declared date of it."""
    if isinstance(rule.trigger, OnDay):
        yield rule.trigger.day
    yield from (day for day in (rule.first_day, rule.last_day) if day is not None)
    yield from (step.wait.day for step in rule.steps if isinstance(step.wait, WaitUntil) and step.wait.day)
    for atom in _atoms(rule):
        if atom.day is not None:
            yield atom.day
        if atom.date is not None:
            yield from (one.day for one in atom.date.declared)


# --- events ---------------------------------------------------------------------------------------------


def told(wants: Sequence[Want], day: date, zone: str, course: str, learner: str) -> tuple[Event, ...] | None:
    """A history, in order of time, in which the wants come true.

    None if a grade would have to be two at once, or something happen before the enrolment.
    """
    telling = _Telling(day, zone, course, learner)
    grades = _grades(wants)
    if grades is None:
        return None
    for want in wants:
        telling.tell(want, grades)
    return None if any(at <= telling.enrolled for at, _, _ in telling.made) else telling.events()


class _Telling:
    """Enrolled at half past eight in the morning of the first day; what triggers comes two days later."""

    def __init__(self, day: date, zone: str, course: str, learner: str) -> None:
        self.day, self.zone, self.course, self.learner = day, zone, course, learner
        self.enrolled = self.moment(0, 8, 30)
        self.clock = {When.BEFORE: self.moment(0, 10, 0), When.TRIGGER: self.moment(2, 14, 10)}
        self.clock[When.NEAR] = self.clock[When.AHEAD] = self.clock[When.BEFORE]
        self.user: dict[str, AnyValue] = {"id": learner, "firstname": learner, "lastname": "Martin"}
        self.until: Instant | None = None
        self.made: list[tuple[Instant, str, Mapping[str, AnyValue]]] = []

    def moment(self, days: int, hour: int, minute: int) -> Instant:
        return instant_of(datetime.combine(self.day + timedelta(days=days), time(hour, minute)), self.zone)

    def events(self) -> tuple[Event, ...]:
        enrolment = {"role": "student"} if self.until is None else {"role": "student", "until": self.until}
        first = [(self.enrolled - HOUR, "profile", {"user": self.user}), (self.enrolled, "enrolment", enrolment)]
        told = [*first, *sorted(self.made, key=lambda one: one[0])]
        return tuple(
            Event(
                f"{self.learner}-{number}", at, kind, None if kind == "profile" else self.course, self.learner, fields
            )
            for number, (at, kind, fields) in enumerate(told, start=1)
        )

    def tell(self, want: Want, grades: Mapping[tuple[str, Instant | None], tuple[float, float]]) -> None:
        atom, later = want.atom, want.at is not None
        match atom.kind:
            case Kind.GRADE if want.value or later:
                grade, most = grades[atom.key, want.at]
                self.add(want, "grade", activity=atom.key, grade=grade, max=most)
            case Kind.DATE_OVER:
                self.date(want)
            case Kind.PROFILE:
                self.profile(want)
            case Kind.WITHOUT_ACCESS | Kind.ACTIVE_WITHIN:
                if later and want.value is (atom.kind is Kind.ACTIVE_WITHIN):
                    self.add(want, "access")
            case Kind.ENROLLED_AS if want.value:
                self.add(want, "enrolment", role=atom.key)
            case Kind.LEAVING_GROUP if want.value:
                for _ in range(atom.times):
                    self.add(replace(want, when=When.BEFORE), "group", group=atom.key, member=True)
                    self.add(want, "group", group=atom.key, member=False)
            case _ if want.value:
                for _ in range(atom.times):
                    self.happens(want)
            case _ if later:
                self.undone(want)
            case _:
                pass

    def happens(self, want: Want) -> None:
        atom = want.atom
        match atom.kind:
            case Kind.COMPLETE:
                self.add(want, "completion", activity=atom.key, state="complete")
            case Kind.COURSE_COMPLETE:
                self.add(want, "completion", state="complete")
            case Kind.PASSING | Kind.IS_PASSED:
                self.add(want, "completion", activity=atom.key, state="passed")
            case Kind.FAILING | Kind.IS_FAILED:
                self.add(want, "completion", activity=atom.key, state="failed")
            case Kind.SUBMISSION | Kind.IS_SUBMITTED:
                self.add(want, "submission", activity=atom.key)
            case Kind.VIEWING | Kind.IS_VIEWED:
                self.add(want, "viewing", activity=atom.key)
            case Kind.ACCESS | Kind.FIRST_ACCESS:
                self.add(want, "access")
            case Kind.IN_GROUP:
                self.add(want, "group", group=atom.key, member=True)
            case Kind.EVENT:
                self.add(want, atom.key, data={})
            case _:
                pass

    def undone(self, want: Want) -> None:
        atom = want.atom
        match atom.kind:
            case Kind.COMPLETE:
                self.add(want, "completion", activity=atom.key, state="incomplete")
            case Kind.COURSE_COMPLETE:
                self.add(want, "completion", state="incomplete")
            case Kind.IS_PASSED | Kind.IS_FAILED:
                state = "failed" if atom.kind is Kind.IS_PASSED else "passed"
                self.add(want, "completion", activity=atom.key, state=state)
            case Kind.IN_GROUP:
                self.add(want, "group", group=atom.key, member=False)
            case _:
                pass

    def date(self, want: Want) -> None:
        """A date of the course, told at the enrolment; one that is declared needs at most its group."""
        date_ = want.atom.date
        assert date_ is not None
        if date_.declared:
            if want.value and all(one.group for one in date_.declared):
                self.add(replace(want, when=When.BEFORE), "group", group=date_.declared[0].group, member=True)
        elif want.value or want.at is not None:
            self.set_date(date_, self.moment_of(want) if want.value else None, want)

    def moment_of(self, want: Want) -> Instant:
        if want.at is not None:
            return want.at
        if want.when is When.AHEAD:
            lead = want.atom.duration
            return self.moment(7, 18, 0) if lead is None else delay(self.moment(7, 18, 0), lead, self.zone).instant
        return self.moment(2, 14, 10) if want.when is When.TRIGGER else self.moment(0, 0, 0)

    def set_date(self, date_: CourseDate, at: Instant | None, want: Want) -> None:
        if date_.what == "end-of-enrolment":
            self.until = at
            return
        fields: dict[str, AnyValue] = {"what": date_.what, "at": at}
        if date_.activity is not None:
            fields["activity"] = date_.activity
        self.add(replace(want, when=When.BEFORE), "date", **fields)

    def profile(self, want: Want) -> None:
        atom = want.atom
        if want.value is (atom.op is not ProfileOp.IS_EMPTY):
            self.user[atom.key] = atom.value or "–"

    def add(self, want: Want, kind: str, **fields: AnyValue) -> None:
        at = want.at
        if at is None:
            at = self.clock[want.when]
            self.clock[want.when] += HOUR
        self.made.append((at, kind, fields))


def _grades(wants: Sequence[Want]) -> Mapping[tuple[str, Instant | None], tuple[float, float]] | None:
    """For each activity a grade, of a maximum, that is what all wants of one time ask for."""
    asked: dict[tuple[str, Instant | None], list[Want]] = {}
    for want in wants:
        if want.atom.kind is Kind.GRADE:
            asked.setdefault((want.atom.key, want.at), []).append(want)
    found = {}
    for key, group in asked.items():
        fitting = next((one for one in _grades_near(group) if all(_fits(want, one) for want in group)), None)
        if fitting is None:
            return None
        found[key] = fitting
    return found


def _grades_near(wants: Sequence[Want]) -> Iterator[tuple[float, float]]:
    """Candidates on both sides of each bound and between two, of 20 and of 100."""
    for most in (20.0, 100.0):
        bounds = sorted({float(want.atom.number or 0) * (most / 100 if want.atom.percent else 1) for want in wants})
        between = [(low + high) / 2 for low, high in pairwise(bounds)]
        steps = [bound + away for bound in bounds for away in (-2, 2, 0, -0.5, 0.5)]
        yield from ((grade, most) for grade in (*steps, *between) if 0 <= grade <= most)


def _fits(want: Want, grade: tuple[float, float]) -> bool:
    part = Participation("")
    part.grade[want.atom.key] = (*grade, 0, "")
    return grade_holds(want.atom, part) is want.value
