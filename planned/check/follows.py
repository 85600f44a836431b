"""Which rule starts which: what one sends, or that it is complete, starts another (section 4.7)."""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.mentions import leaves
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.syntax import ast


def before(subject: Subject, placed: Placed) -> Iterator[tuple[Placed, ast.Name]]:
    """The rules whose messages or completion start a rule, each with its name as written there."""
    for leaf in links(placed):
        match leaf:
            case ast.Sending(rule=name) | ast.IsSent(rule=name):
                pass
            case ast.Completion(target=name) | ast.IsComplete(target=name):
                if placed.scope.find("activity", name.text) is not None:
                    continue
            case _:
                continue
        for before in subject.survey.rules_named(placed.course, name.text):
            yield before, name


def links(placed: Placed) -> list[ast.Fact | ast.Condition]:
    """The leaves of what starts a rule that can be the doing of another rule."""
    match placed.node.trigger:
        case ast.After(what=what):
            start: ast.Expr | None = what
        case ast.EveryWeekday(since=since) | ast.EveryPeriod(since=since):
            start = since
        case _:
            start = None
    if start is None:
        return []
    linking = (ast.Sending, ast.IsSent, ast.Completion, ast.IsComplete)
    return [leaf for leaf in leaves(start, positive=True) if isinstance(leaf, linking)]
