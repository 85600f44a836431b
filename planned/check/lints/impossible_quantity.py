"""A number, day or time that cannot be meant.

Waits, repetitions and periods are longer than nothing; `N times`, limits and `up to` are at least one; a rule's last
day is not before its first; quiet times leave at least one day a week and some hours of the day for messages.
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.mentions import leaves
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "impossible-quantity"


def _error(en: str, fr: str, help_en: str = "", help_fr: str = "") -> Message:
    return Message(NAME, Severity.ERROR, en, fr, help_en, help_fr)


NOTHING = _error(
    "This lasts no time at all; a duration is longer than nothing.",
    "Cette durée est nulle ; une durée est plus longue que rien.",
)
TOO_LONG = _error(
    "This lasts more than a hundred years.",
    "Cette durée dépasse cent ans.",
)
NOT_ONCE = _error(
    "Zero is none at all: write at least 1.",
    "Zéro, c'est aucun : écrivez au moins 1.",
)
NO_CLOCK = _error(
    "No clock shows this time.",
    "Aucune horloge n'indique cette heure.",
    "Hours go from 0 to 23, minutes from 00 to 59.",
    "Les heures vont de 0 à 23, les minutes de 00 à 59.",
)
BACKWARDS = _error(
    "The last day is before the first.",
    "Le dernier jour précède le premier.",
)
ALL_DAY = _error(
    "Quiet from one time to the same time is the whole day: no message would ever leave.",
    "Un silence d'une heure à la même heure couvre toute la journée : aucun message ne partirait.",
)
ALL_WEEK = _error(
    "All seven days are quiet: no message would ever leave.",
    "Les sept jours sont en silence : aucun message ne partirait.",
)
LONGEST_DAYS = 36525


def check(subject: Subject) -> Iterator[Diagnostic]:
    for surveyed in subject.survey.files:
        for statement in surveyed.file.statements:
            yield from _statement(statement)
        yield from _weeks(surveyed.file)


def _weeks(file: ast.File) -> Iterator[Diagnostic]:
    """Quiet weekdays add up in the head and in each course (reading 27)."""
    quiet: set[ast.Weekday] = set()
    for statement in file.statements:
        match statement:
            case ast.Course() | ast.EveryCourse():
                quiet = set()
            case ast.QuietWeekdays(days=days):
                complete = len(quiet) == len(ast.Weekday)
                quiet |= set(days)
                if len(quiet) == len(ast.Weekday) and not complete:
                    yield Diagnostic(ALL_WEEK, statement.span)
            case _:
                pass


def _statement(statement: ast.Statement) -> Iterator[Diagnostic]:
    match statement:
        case ast.Rule():
            yield from _rule(statement)
        case ast.QuietHours(start=start, end=end):
            yield from (*_time(start), *_time(end))
            if (start.hour, start.minute) == (end.hour, end.minute):
                yield Diagnostic(ALL_DAY, statement.span)
        case ast.QuietDates(first=first, last=last):
            yield from _days(first, last)
        case ast.Limit(number=number):
            yield from _count(number, statement.span)
        case ast.Lateness(duration=duration):
            yield from _duration(duration)
        case ast.DateDecl(at=at):
            yield from _time(at)
        case ast.StopAll(condition=condition):
            yield from _expr(condition)
        case _:
            pass


def _rule(rule: ast.Rule) -> Iterator[Diagnostic]:
    yield from _days(rule.first_day, rule.last_day)
    yield from _trigger(rule.trigger)
    for step in rule.steps:
        yield from _step(step)
    if rule.stop_once is not None:
        yield from _expr(rule.stop_once)
    if isinstance(rule.again, ast.AgainAfter):
        yield from _duration(rule.again.duration)
    yield from _duration(rule.expires_after)


def _trigger(trigger: ast.Trigger) -> Iterator[Diagnostic]:
    match trigger:
        case ast.After(what=what):
            yield from _expr(what)
        case ast.EveryPeriod(number=number, at=at, since=since, until=until):
            yield from _count(number, trigger.span)
            yield from _time(at)
            yield from _facts(since, until)
        case ast.EveryWeekday(at=at, since=since, until=until):
            yield from _time(at)
            yield from _facts(since, until)
        case ast.OnDay(at=at):
            yield from _time(at)
        case ast.BeforeDate(lead=lead, at=at):
            yield from _duration(lead)
            yield from _time(at)


def _facts(*facts: ast.Fact | None) -> Iterator[Diagnostic]:
    for fact in facts:
        if fact is not None:
            yield from _expr(fact)


def _step(step: ast.Step) -> Iterator[Diagnostic]:
    match step.wait:
        case ast.WaitFor(duration=duration, at=at):
            yield from (*_duration(duration), *_time(at))
        case ast.WaitUntil(at=at):
            yield from _time(at)
        case ast.WaitUpTo(duration=duration, fact=fact):
            yield from (*_duration(duration), *_expr(fact))
        case None:
            pass
    for guard in step.guards:
        yield from _expr(guard.condition)
    for notice in step.notices:
        yield from _time(notice.daily_at)
    if step.repeat is not None:
        yield from (*_duration(step.repeat.every), *_time(step.repeat.at))
        if step.repeat.up_to is not None:
            yield from _count(step.repeat.up_to, step.repeat.span)


def _expr(expr: ast.Expr) -> Iterator[Diagnostic]:
    for leaf in leaves(expr):
        match leaf:
            case ast.WithoutAccess(duration=duration) | ast.ActiveWithin(duration=duration):
                yield from _duration(duration)
            case (
                ast.Passing(times=times)
                | ast.Failing(times=times)
                | ast.Submission(times=times)
                | ast.Viewing(times=times)
                | ast.Access(times=times)
                | ast.LeavingGroup(times=times)
                | ast.Sending(times=times)
                | ast.CustomEvent(times=times)
            ):
                yield from _count(times, leaf.span)
            case _:
                pass


DAYS = {
    ast.Unit.MINUTE: 1 / 1440,
    ast.Unit.HOUR: 1 / 24,
    ast.Unit.DAY: 1,
    ast.Unit.WEEK: 7,
    ast.Unit.MONTH: 30,
    ast.Unit.WORKING_DAY: 1,
}


def _duration(duration: ast.Duration | None) -> Iterator[Diagnostic]:
    if duration is None:
        return
    days = sum(number * DAYS[unit] for number, unit in duration.parts)
    if days <= 0:
        yield Diagnostic(NOTHING, duration.span)
    elif days > LONGEST_DAYS:
        yield Diagnostic(TOO_LONG, duration.span)


def _count(number: int, span: Span) -> Iterator[Diagnostic]:
    if number < 1:
        yield Diagnostic(NOT_ONCE, span)


def _time(at: ast.TimeOfDay | None) -> Iterator[Diagnostic]:
    if at is not None and not (0 <= at.hour < 24 and 0 <= at.minute < 60):
        yield Diagnostic(NO_CLOCK, at.span)


def _days(first: ast.Day | None, last: ast.Day | None) -> Iterator[Diagnostic]:
    if first is not None and last is not None and last.day < first.day:
        yield Diagnostic(BACKWARDS, last.span)
