"""A graph made ready to run: for each course, what the engine looks up at every event.

Made once per graph; a course without rules of its own shares the plan of the rules for every course.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planned.check.graph import (
    After,
    All,
    Any,
    Atom,
    Every,
    Expr,
    Graph,
    Key,
    Kind,
    Not,
    Rule,
    WaitUpTo,
    atoms_of,
    keys_of,
)

TIMED = frozenset({Kind.WITHOUT_ACCESS, Kind.DATE_OVER})
"""Facts that time alone can turn, and that may stand in a trigger."""


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The rules of one course. `watch`: by key, whom an event concerns; `at_enrolment`: whom an enrolment does."""

    rules: Mapping[str, Rule]
    watch: Mapping[Key, tuple[Rule, ...]]
    at_enrolment: tuple[Rule, ...]
    grades: Mapping[str, tuple[Atom, ...]]
    """By activity: the grade facts of triggers, whose turning is remembered."""
    wanted: frozenset[Key] | None
    """Under which keys facts are kept; None: all, since rules yet to come may ask for them."""


@dataclass(slots=True)
class Plan:
    graph: Graph
    thrifty: bool = False
    """Keep only the facts that some rule asks for: a dry-run knows all its rules."""
    times: int = 1
    """The largest `N times` of all triggers: how many moments of a happening are remembered."""
    limits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By file: for which periods some rule of it has a limit; they count the messages of all its rules."""
    _courses: dict[str | None, CoursePlan] = field(default_factory=dict)

    def course(self, id: str) -> CoursePlan:
        if (found := self._courses.get(id)) is None:
            key = id if id in self._own else None
            found = self._courses.get(key) or _course_plan(self.graph, key, self.thrifty)
            self._courses[key] = self._courses[id] = found
        return found

    @property
    def _own(self) -> Mapping[str | None, object]:
        return self.graph.index


def prepare(graph: Graph, *, thrifty: bool = False) -> Plan:
    """The plan that `step` runs on."""
    times = (atom.times for rule in graph.rules for atom in atoms_of_rule(rule))
    limits: dict[str, frozenset[str]] = {}
    for rule in graph.rules:
        if rule.context.limits:
            known = limits.get(rule.context.file, frozenset())
            limits[rule.context.file] = known | {per for _, per in rule.context.limits}
    return Plan(graph, thrifty, max(times, default=1), limits)


def atoms_of_rule(rule: Rule) -> tuple[Atom, ...]:
    """The facts that start a rule or end it, or end one of its waits."""
    trigger: tuple[Atom, ...] = ()
    match rule.trigger:
        case After(what=what):
            trigger = atoms_of(what)
        case Every(since=since, until=until):
            trigger = tuple(atom for atom in (since, until) if atom is not None)
        case _:
            pass
    return trigger + tuple(step.wait.fact for step in rule.steps if isinstance(step.wait, WaitUpTo))


def _course_plan(graph: Graph, course: str | None, thrifty: bool) -> CoursePlan:
    rules = {rule.name: rule for rule in graph.rules if rule.course in (None, course)}
    everywhere = graph.index.get(None, {})
    own = graph.index.get(course, {}) if course is not None else {}
    watch = dict(everywhere)
    for key, watchers in own.items():
        watch[key] = tuple(sorted((*watchers, *everywhere.get(key, ())), key=lambda rule: rule.order))
    at_enrolment = tuple(rule for rule in rules.values() if _starts_with_enrolment(rule))
    grades: dict[str, tuple[Atom, ...]] = {}
    for rule in rules.values():
        for atom in atoms_of_rule(rule):
            if atom.kind is Kind.GRADE and atom not in grades.get(atom.key, ()):
                grades[atom.key] = (*grades.get(atom.key, ()), atom)
    atoms = (atom for rule in rules.values() for atom in all_atoms(rule)) if thrifty else ()
    wanted = frozenset(key for atom in atoms for key in keys_of(atom)) if thrifty else None
    return CoursePlan(rules, watch, at_enrolment, grades, wanted)


def all_atoms(rule: Rule) -> Iterator[Atom]:
    """`atoms_of_rule`, and those of what stops it and of its guards."""
    yield from atoms_of_rule(rule)
    for condition in (*rule.stop, *(guard.condition for step in rule.steps for guard in step.guards)):
        yield from atoms_of(condition)


def _starts_with_enrolment(rule: Rule) -> bool:
    if not isinstance(rule.trigger, After):
        return True
    what = rule.trigger.what
    return _may_be_true(what) or any(atom.kind in TIMED or atom.kind is Kind.ENROLLED for atom in atoms_of(what))


def _may_be_true(expr: Expr) -> bool:
    """Whether a trigger could be true at the start of an enrolment, before anything has happened in it."""
    match expr:
        case Atom(fact=fact):
            return not fact
        case Not():
            return True
        case All(items):
            return all(_may_be_true(item) for item in items)
        case Any(items):
            return any(_may_be_true(item) for item in items)
