"""Which names a rule or a scenario mentions, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from planned.check.scope import NameKind, Placed, Scope, Survey, SurveyedFile
from planned.syntax import ast

MentionKind = NameKind | Literal["rule", "target"]
"""A `target` is what can be complete: an activity or a rule."""


@dataclass(frozen=True, slots=True)
class Mention:
    kind: MentionKind
    name: ast.Name


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention where it stands."""

    kind: MentionKind
    name: ast.Name
    scope: Scope
    file: ast.File
    course: str | None


def all_of(survey: Survey, declaring: Iterable[SurveyedFile]) -> Iterator[Mentioned]:
    """Every mention of the files: of rules, `stop all` (once in each course), scenarios, and groups of dates."""
    stops: set[tuple[int, int]] = set()
    for placed in survey.rules:
        for mention in in_rule(placed.node):
            yield Mentioned(mention.kind, mention.name, placed.scope, placed.file, placed.course)
        for stop in placed.policy.stops:
            if (key := (id(stop), id(placed.scope.section))) not in stops:
                stops.add(key)
                yield from _of_stop(stop, placed)
    for scenario in survey.scenarios:
        for mention in in_scenario(scenario.node):
            yield Mentioned(mention.kind, mention.name, scenario.scope, scenario.file, scenario.course)
    for surveyed in declaring:
        yield from _of_dates(surveyed)


def _of_stop(stop: ast.Expr, placed: Placed) -> Iterator[Mentioned]:
    for mention in in_expr(stop):
        if mention.name.span.file in ("", placed.file.path):
            yield Mentioned(mention.kind, mention.name, placed.scope, placed.file, placed.course)


def _of_dates(surveyed: SurveyedFile) -> Iterator[Mentioned]:
    for section in (surveyed.head, *surveyed.sections):
        for dates in section.names.get("date", {}).values():
            for declared in dates:
                node = declared.node
                if isinstance(node, ast.DateDecl) and node.group is not None and not declared.imported:
                    scope = Scope(surveyed.head, section, declared.place)
                    yield Mentioned("group", node.group, scope, surveyed.file, section.course)


def in_rule(rule: ast.Rule) -> Iterator[Mention]:
    """Every name that the rule refers to, in the order of the text."""
    if rule.topic is not None:
        yield Mention("topic", rule.topic)
    yield from in_trigger(rule.trigger)
    for step in rule.steps:
        yield from in_step(step)
    if rule.stop_once is not None:
        yield from in_expr(rule.stop_once)


def in_trigger(trigger: ast.Trigger) -> Iterator[Mention]:
    match trigger:
        case ast.After(what=what):
            yield from in_expr(what)
        case ast.EveryWeekday(since=since, until=until) | ast.EveryPeriod(since=since, until=until):
            for fact in (since, until):
                if fact is not None:
                    yield from in_expr(fact)
        case ast.BeforeDate(date=date):
            yield from in_date(date)
        case ast.OnDay():
            pass


def in_step(step: ast.Step) -> Iterator[Mention]:
    if isinstance(step.wait, ast.WaitUpTo):
        yield from in_expr(step.wait.fact)
    for guard in step.guards:
        yield from in_expr(guard.condition)
    for message in step.send.messages:
        yield from _in_message(message)
    yield from _in_who(step.send.to)
    yield from _in_who(step.send.sender)
    for notice in step.notices:
        yield from _in_who(notice.who)
        yield from _in_message(notice.message)


def in_expr(expr: ast.Expr) -> Iterator[Mention]:
    for leaf in leaves(expr):
        match leaf:
            case ast.Completion(target=target) | ast.IsComplete(target=target):
                yield Mention("target", target)
            case (
                ast.Passing(activity=name)
                | ast.Failing(activity=name)
                | ast.Grade(activity=name)
                | ast.Submission(activity=name)
                | ast.Viewing(activity=name)
                | ast.IsPassed(activity=name)
                | ast.IsFailed(activity=name)
                | ast.IsSubmitted(activity=name)
                | ast.IsViewed(activity=name)
            ):
                yield Mention("activity", name)
            case ast.JoiningGroup(group=name) | ast.LeavingGroup(group=name) | ast.InGroup(group=name):
                yield Mention("group", name)
            case ast.DateReached(date=date) | ast.DateIsOver(date=date):
                yield from in_date(date)
            case ast.Sending(rule=name) | ast.IsSent(rule=name):
                yield Mention("rule", name)
            case _:
                pass


def leaves(expr: ast.Expr, *, positive: bool = False) -> Iterator[ast.Fact | ast.Condition]:
    """The facts and conditions of an expression, left to right; `positive`: those that stand under no `not`."""
    match expr:
        case ast.Not(item=item):
            if not positive:
                yield from leaves(item)
        case ast.And(items=items) | ast.Or(items=items):
            for item in items:
                yield from leaves(item, positive=positive)
        case _:
            yield expr


def in_date(date: ast.DateRef) -> Iterator[Mention]:
    match date:
        case ast.Deadline(activity=name):
            yield Mention("activity", name)
        case ast.DeclaredDate(name=name):
            yield Mention("date", name)
        case ast.CourseDate():
            pass


def _in_message(message: ast.MessageRef) -> Iterator[Mention]:
    if isinstance(message, ast.Name):
        yield Mention("template", message)


def _in_who(who: ast.Who | None) -> Iterator[Mention]:
    if who is not None and who.kind == "contact" and who.name is not None:
        yield Mention("contact", who.name)


ACTIVITY_VERBS = frozenset({"completes", "passes", "fails", "resets", "submits", "views", "scores"})
GROUP_VERBS = frozenset({"joins", "leaves"})


def in_scenario(scenario: ast.Scenario) -> Iterator[Mention]:
    for line in scenario.lines:
        match line:
            case ast.Given(verb=verb, args=args):
                for arg in args:
                    if isinstance(arg, ast.Name) and verb in ACTIVITY_VERBS:
                        yield Mention("target" if verb == "completes" else "activity", arg)
                    elif isinstance(arg, ast.Name) and verb in GROUP_VERBS:
                        yield Mention("group", arg)
                    elif isinstance(arg, ast.Deadline | ast.DeclaredDate):
                        yield from in_date(arg)
            case ast.Expect(rule=rule, who=who):
                if rule is not None:
                    yield Mention("rule", rule)
                if isinstance(who, ast.Who):
                    yield from _in_who(who)
