"""What stands in the boxes of a picture: short, in the language of the rule's file."""

from __future__ import annotations

from datetime import time
from typing import assert_never

from planned.check import graph
from planned.check.edges import Node, NodeKind
from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.to_text import print_node

SHORT = 40
"""Characters of a label."""

WORDS: dict[str, tuple[str, str]] = {
    "complete": ("complete", "achevée"),
    "after": ("after", "après"),
    "every": ("every", "chaque"),
    "on": ("on", "le"),
    "before": ("before", "avant"),
    "repeat": ("repeat", "répéter"),
    "notify": ("notify", "avertir"),
    "send": ("send", "envoyer"),
    "all": ("and", "et"),
    "any": ("or", "ou"),
    "not": ("not", "non"),
    "yes": ("yes", "oui"),
}


def word(name: str, language: Language) -> str:
    return WORDS[name][language == "fr"]


def label_of(node: Node) -> str:
    """The label of a node, cut to a readable length."""
    if node.fact is not None:
        return short(node.fact.title if node.fact.kind is graph.Kind.DATE_OVER else node.fact.text)
    rule = node.rule
    assert rule is not None, "a node without a fact belongs to a rule"
    language = rule.context.language
    step = rule.steps[node.step - 1] if node.step else None
    match node.kind:
        case NodeKind.TRIGGER:
            text = _trigger(rule.trigger, language)
        case NodeKind.COMPLETE:
            text = word("complete", language)
        case _:
            assert step is not None, "all other nodes belong to a step"
            text = _in_step(node, step, language)
    return short(text)


def _in_step(node: Node, step: graph.Step, language: Language) -> str:
    match node.kind:
        case NodeKind.WAIT:
            return _wait(step.wait, language) if step.wait else ""
        case NodeKind.GUARD:
            return step.guards[node.number - 1].text
        case NodeKind.SEND:
            return f"{word('send', language)} {', '.join(_message(message) for message in step.send.messages)}"
        case NodeKind.NOTIFY:
            notice = step.notices[node.number - 1]
            return f"{word('notify', language)} {notice.who.name or notice.who.kind}: {_message(notice.message)}"
        case NodeKind.REPEAT:
            repeat = step.repeat
            return f"{word('repeat', language)} {repeat.times} × {_say(repeat.every, language)}" if repeat else ""
        case NodeKind.FACT | NodeKind.TRIGGER | NodeKind.COMPLETE:
            return ""
        case _:
            assert_never(node.kind)


def _message(message: graph.MessageText) -> str:
    return message.name or f"« {message.text.strip().partition(chr(10))[0]} »"


def _trigger(trigger: graph.Trigger, language: Language) -> str:
    match trigger:
        case graph.After(what=what):
            return f"{word('after', language)} {_expr(what, language)}"
        case graph.Every(weekdays=weekdays, number=number, unit=unit, at=at):
            every: ast.Trigger
            if weekdays:
                days = tuple(day for place, day in enumerate(ast.Weekday) if place in weekdays)
                every = ast.EveryWeekday(days=days, at=_at(at))
            else:
                every = ast.EveryPeriod(
                    number=number, unit=ast.Unit.WEEK if unit == "week" else ast.Unit.MONTH, at=_at(at)
                )
            return _say(every, language)
        case graph.OnDay(day=day, at=at):
            return _say(ast.OnDay(day=ast.Day(day=day), at=_at(at)), language)
        case graph.BeforeDate(date=date, lead=lead, at=moment):
            return _say(ast.BeforeDate(lead=lead, date=_date(date), at=_at(moment) if moment else None), language)
        case _:
            assert_never(trigger)


def _expr(expr: graph.Expr, language: Language, *, inner: bool = False) -> str:
    match expr:
        case graph.Atom():
            return expr.text
        case graph.Not(item):
            return f"{word('not', language)} {_expr(item, language, inner=True)}"
        case graph.All(items) | graph.Any(items):
            joint = f" {word('all' if isinstance(expr, graph.All) else 'any', language)} "
            text = joint.join(_expr(item, language, inner=True) for item in items)
            return f"({text})" if inner else text
        case _:
            assert_never(expr)


def _wait(wait: graph.Wait, language: Language) -> str:
    match wait:
        case graph.WaitFor(duration=duration, at=at, at_least=at_least):
            return _say(ast.WaitFor(duration=duration, at=_at(at) if at else None, at_least=at_least), language)
        case graph.WaitUntil(at=until, weekday=weekday, day=day):
            on = ast.Day(day=day) if day is not None else tuple(ast.Weekday)[weekday or 0]
            return _say(ast.WaitUntil(day=on, at=_at(until)), language)
        case graph.WaitUpTo(duration=duration, fact=fact):
            return f"{_say(duration, language)} / {fact.text}"
        case _:
            assert_never(wait)


def _date(date: graph.CourseDate) -> ast.DateRef:
    match date.what:
        case "deadline":
            return ast.Deadline(activity=ast.Name(text=date.activity or ""))
        case "start":
            return ast.CourseDate(what="start")
        case "end":
            return ast.CourseDate(what="end")
        case "end-of-enrolment":
            return ast.CourseDate(what="end-of-enrolment")
        case name:
            return ast.DeclaredDate(name=ast.Name(text=name))


def _at(at: time) -> ast.TimeOfDay:
    return ast.TimeOfDay(hour=at.hour, minute=at.minute)


def _say(node: ast.Node, language: Language) -> str:
    return print_node(node, language)


def short(text: str) -> str:
    """One line, cut at a readable length."""
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"
