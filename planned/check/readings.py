"""What the conditions of a rule say, each part with its place: for the lints that look for contradictions.

Made only of rules in which two facts are about one thing: others cannot contradict each other, and there are many.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

from planned.check import graph
from planned.check.facts import Resolver
from planned.check.graph import Atom, Expr
from planned.check.mentions import in_expr, leaves
from planned.check.scope import Placed, Survey
from planned.diagnostics import Span
from planned.syntax import ast


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text and what has to be true for it."""

    node: ast.Expr
    expr: Expr


@dataclass(frozen=True, slots=True)
class GuardReading:
    """A guard taken apart into what must all be true for the message to leave."""

    node: ast.Guard
    parts: tuple[Part, ...]

    @property
    def expr(self) -> Expr:
        return graph.All(tuple(part.expr for part in self.parts))


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule's trigger, if it starts with `after`, its guards step by step, and what stops it."""

    placed: Placed
    resolver: Resolver
    trigger: Part | None
    steps: tuple[tuple[GuardReading, ...], ...]
    stops: tuple[Part, ...]

    def meant(self, node: ast.Expr) -> Expr:
        return _meant(self.resolver, node)

    @property
    def lasting(self) -> Part | None:
        """What is true as long as a message waits: the trigger, since its undoing cancels (4.3).

        But who is enrolled anew keeps what waits `even when unenrolled`, whatever becomes of the trigger.
        """
        return None if self.placed.node.even_when_unenrolled else self.trigger


def readings(survey: Survey) -> Iterator[Reading]:
    """Of the rules that may contradict themselves, in the order of the files."""
    for placed in survey.rules:
        if _is_entangled(placed):
            yield reading(survey, placed)


def reading(survey: Survey, placed: Placed) -> Reading:
    resolver, node = Resolver.of(survey, placed), placed.node
    conditions = (*((node.stop_once,) if node.stop_once is not None else ()), *placed.policy.stops)
    trigger = node.trigger.what if isinstance(node.trigger, ast.After) else None
    return Reading(
        placed=placed,
        resolver=resolver,
        trigger=Part(trigger, _meant(resolver, trigger)) if trigger is not None else None,
        steps=tuple(
            tuple(
                GuardReading(guard, tuple(_parts(resolver, guard.condition, guard.kind == "if")))
                for guard in step.guards
            )
            for step in node.steps
        ),
        stops=tuple(Part(condition, _meant(resolver, condition)) for condition in conditions),
    )


def _meant(resolver: Resolver, node: ast.Expr) -> Expr:
    """What has to be so, be it said as a fact or as a condition: what has become true is so."""
    return _as_fact(resolver.expr(node))


def _as_fact(expr: Expr) -> Expr:
    match expr:
        case Atom():
            return replace(expr, fact=True)
        case graph.Not(item):
            return graph.Not(_as_fact(item))
        case graph.All(items):
            return graph.All(tuple(_as_fact(item) for item in items))
        case graph.Any(items):
            return graph.Any(tuple(_as_fact(item) for item in items))


def _parts(resolver: Resolver, expr: ast.Expr, value: bool) -> Iterator[Part]:
    """The pieces of an expression that must all be true, or false, for it to have this value."""
    match expr:
        case ast.And(items=items) | ast.Or(items=items) if isinstance(expr, ast.And) is value:
            for item in items:
                yield from _parts(resolver, item, value)
        case _:
            meant = _meant(resolver, expr)
            yield Part(expr, meant if value else graph.Not(meant))


# --- which rules are worth a look -----------------------------------------------------------------------


def _is_entangled(placed: Placed) -> bool:
    seen: set[Hashable] = set()
    for subject in _subjects(placed):
        if subject in seen or subject is None:
            return True
        seen.add(subject)
    return False


def _subjects(placed: Placed) -> Iterator[Hashable]:
    """What each fact of the rule is about; None of a fact that may be always or never true by itself."""
    node = placed.node
    match node.trigger:
        case ast.After(what=what):
            yield from _of(what)
        case ast.EveryWeekday(since=since, until=until) | ast.EveryPeriod(since=since, until=until):
            for fact in (since, until):
                if fact is not None:
                    yield from _of(fact)
            yield "calendar"
        case ast.OnDay():
            yield "calendar"
        case _:
            pass
    for step in node.steps:
        match step.wait:
            case ast.WaitUpTo(fact=fact):
                yield from _of(fact)
                yield from ("presence",) if isinstance(fact, VISITS) else ()
            case ast.WaitUntil() if step.guards:
                yield "calendar"
            case _:
                pass
        for guard in step.guards:
            yield from _of(guard.condition)
    for stop in (node.stop_once, *placed.policy.stops):
        if stop is not None:
            yield from _of(stop)


VISITS = (ast.Access, ast.FirstAccess, ast.Viewing, ast.Submission, ast.Passing, ast.Failing)
"""Happenings that end an absence."""


def _of(expr: ast.Expr) -> Iterator[Hashable]:
    for leaf in leaves(expr):
        match leaf:
            case ast.Profile(field=field, value=value):
                yield None if value is not None and not value.text else ("profile", field)
            case ast.TodayIs(days=days):
                yield None if len(set(days)) == len(ast.Weekday) else "calendar"
            case ast.BeforeDay() | ast.AfterDay():
                yield "calendar"
            case ast.WithoutAccess() | ast.ActiveWithin() | ast.CourseCompletion() | ast.CourseIsComplete():
                yield "presence"
            case ast.FirstAccess() | ast.Access():
                yield "presence"
            case ast.DateReached(date=date) | ast.DateIsOver(date=date):
                yield "presence" if isinstance(date, ast.CourseDate) and date.what == "end" else date
            case _:
                names: list[Hashable] = [mention.name.text for mention in in_expr(leaf)]
                yield from names or [leaf]


def span_of(spans: Iterable[Span]) -> Span:
    """From the first of some pieces of one clause to the last."""
    ordered = sorted(spans, key=lambda span: (span.line, span.column))
    return ordered[0].to(max(ordered, key=lambda span: (span.end_line, span.end_column)))
