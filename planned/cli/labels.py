"""What stands in the boxes of a picture: short, in the language of the rule's file."""

from __future__ import annotations

from datetime import time
from typing import assert_never

from planned.check import graph
from planned.check.edges import Node, NodeKind, written_date
from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.to_text import print_node

SHORT = 40
"""Characters of a label."""

WORDS: dict[str, tuple[str, str]] = {
    "complete": ("complete", "achevée"),
    "after": ("after", "après"),
    "up-to": ("wait up to", "attendre au plus"),
    "for": ("for", "pour"),
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
        return short(node.fact.text)
    rule = node.rule
    assert rule is not None, "a node without a fact belongs to a rule"
    language = rule.context.language
    step = rule.steps[node.step - 1] if node.step else None
    match node.kind:
        case NodeKind.TRIGGER:
            text = _trigger(rule, language)
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
            return (
                f"{word('send', language)} {', '.join(_message(message, language) for message in step.send.messages)}"
            )
        case NodeKind.NOTIFY:
            notice = step.notices[node.number - 1]
            who = ast.Who(kind=notice.who.kind, name=ast.Name(text=notice.who.name) if notice.who.name else None)
            colon = " :" if language == "fr" else ":"
            return f"{word('notify', language)} {_say(who, language)}{colon} {_message(notice.message, language)}"
        case NodeKind.REPEAT:
            repeat = step.repeat
            return f"{word('repeat', language)} {repeat.times} × {_say(repeat.every, language)}" if repeat else ""
        case NodeKind.FACT | NodeKind.TRIGGER | NodeKind.COMPLETE:
            return ""
        case _:
            assert_never(node.kind)


def _message(message: graph.MessageText, language: Language) -> str:
    first = message.text.strip().partition("\n")[0]
    return message.name or (f"« {first} »" if language == "fr" else f"“{first}”")


def _trigger(rule: graph.Rule, language: Language) -> str:
    trigger = rule.trigger
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
            named = written_date(rule, date)
            return _say(ast.BeforeDate(lead=lead, date=named, at=_at(moment) if moment else None), language)
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
            return f"{word('up-to', language)} {_say(duration, language)} {word('for', language)} {fact.text}"
        case _:
            assert_never(wait)


def _at(at: time) -> ast.TimeOfDay:
    return ast.TimeOfDay(hour=at.hour, minute=at.minute)


def _say(node: ast.Node, language: Language) -> str:
    return print_node(node, language)


def short(text: str) -> str:
    """One line, cut at a readable length."""
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"
