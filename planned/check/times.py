"""When the messages of a rule are due, as far as its text alone says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from planned.check.scope import Placed
from planned.syntax import ast
from planned.syntax.values import long_date

MINUTES = {
    ast.Unit.MINUTE: 1,
    ast.Unit.HOUR: 60,
    ast.Unit.DAY: 1440,
    ast.Unit.WEEK: 7 * 1440,
    ast.Unit.MONTH: 30 * 1440,
    ast.Unit.WORKING_DAY: 1440,
}
ELAPSED = frozenset({ast.Unit.MINUTE, ast.Unit.HOUR})


@dataclass(frozen=True, slots=True)
class Due:
    """A time of day at which a message is due, on `days` or `day` only if they are known; `where` says the day."""

    at: ast.TimeOfDay | None
    step: ast.Step
    days: frozenset[ast.Weekday] | None = None
    day: date | None = None
    where: ast.Node | None = None


def dues(placed: Placed) -> Iterator[Due]:
    """The due times of all steps, in the order of the text."""
    first = placed.node.steps[0]
    if first.wait is None:
        yield from _of_trigger(placed, first)
    for step in placed.node.steps:
        match step.wait:
            case ast.WaitFor(at=at) if at is not None:
                yield Due(at, step)
            case ast.WaitUntil(day=ast.Day() as day, at=at):
                yield Due(at, step, day=day.day, where=day)
            case ast.WaitUntil(day=ast.Weekday() as weekday, at=at):
                yield Due(at, step, days=frozenset({weekday}), where=step.wait)
            case _:
                pass
        if step.repeat is not None and step.repeat.at is not None:
            yield Due(step.repeat.at, step)


def _of_trigger(placed: Placed, step: ast.Step) -> Iterator[Due]:
    trigger = placed.node.trigger
    match trigger:
        case ast.EveryWeekday(days=days, at=at):
            yield Due(at, step, days=frozenset(days), where=trigger)
        case ast.EveryPeriod(at=at):
            yield Due(at, step)
        case ast.OnDay(day=day, at=at):
            yield Due(at, step, day=day.day, where=day)
        case ast.BeforeDate(lead=lead, date=ast.DeclaredDate(name=name), at=at):
            back = _days(lead)
            nodes = [one.node for one in placed.scope.dates(name.text)]
            declared = {node.day.day for node in nodes if isinstance(node, ast.DateDecl)} if back is not None else set()
            for one in sorted(declared):
                yield Due(at, step, day=one - (back or timedelta()), where=trigger)
            if not declared and at is not None:
                yield Due(at, step)
        case ast.BeforeDate(at=at) if at is not None:
            yield Due(at, step)
        case _:
            pass


def _days(lead: ast.Duration | None) -> timedelta | None:
    """Whole days, or None where months or hours are counted."""
    if lead is None:
        return timedelta()
    if all(unit in (ast.Unit.DAY, ast.Unit.WEEK) for _, unit in lead.parts):
        return timedelta(minutes=minutes(lead))
    return None


def minutes(duration: ast.Duration) -> int:
    """How long it is, a month taken for 30 days."""
    return sum(number * MINUTES[unit] for number, unit in duration.parts)


def written(at: ast.TimeOfDay) -> str:
    return f"{at.hour:02}:{at.minute:02}"


def written_fr(at: ast.TimeOfDay) -> str:
    return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"


def day_said(name: str, day: date) -> dict[str, str]:
    """A day as arguments of a message: as an author writes it in each language."""
    return {name: day.isoformat(), f"{name}_fr": long_date(day, "fr")}


def exprs(placed: Placed) -> Iterator[ast.Expr]:
    """Everything that a rule asks: its trigger, guards, the facts of its waits, what stops it."""
    rule = placed.node
    match rule.trigger:
        case ast.After(what=what):
            yield what
        case ast.EveryWeekday(since=since, until=until) | ast.EveryPeriod(since=since, until=until):
            yield from (fact for fact in (since, until) if fact is not None)
        case _:
            pass
    for step in rule.steps:
        if isinstance(step.wait, ast.WaitUpTo):
            yield step.wait.fact
        yield from (guard.condition for guard in step.guards)
    if rule.stop_once is not None:
        yield rule.stop_once
