"""Two negations that cancel each other.

`unless not …` has to be read twice, and is often the contrary of what was meant. Say it without.

Wrong:

    rule praise after enrolment wait 1 week unless not Quiz1 passed send "Well done!"

Right:

    rule praise after enrolment wait 1 week if Quiz1 passed send "Well done!"

---
Deux négations qui s'annulent.

`sauf si non …` se lit deux fois, et dit souvent le contraire de ce qu'on voulait. Dites-le sans négation.

Faux :

    règle bravo après l'inscription attendre 1 semaine sauf si non Quiz1 est réussie envoyer "Bravo !"

Juste :

    règle bravo après l'inscription attendre 1 semaine si Quiz1 est réussie envoyer "Bravo !"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planned.check.edits import closed, rewriting
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.check.times import exprs
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast
from planned.syntax.to_text import print_node

NAME = "double-negation"

DOUBLE = Message(
    NAME,
    Severity.WARNING,
    "Two negations cancel each other here.",
    "Ici, deux négations s'annulent.",
    "Write `{instead}`.",
    "Écrivez `{instead}`.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        language = placed.file.language
        for step in placed.node.steps:
            for guard in step.guards:
                if guard.kind == "unless" and isinstance(guard.condition, ast.Not):
                    new = replace(guard, kind="if", condition=guard.condition.item)
                    yield _double(subject, placed, guard, print_node(new, language))
        for expr in exprs(placed):
            for outer, inner in _doubles(expr):
                text = print_node(inner, language)
                several = isinstance(inner, ast.And | ast.Or) and outer is not expr
                yield _double(subject, placed, outer, f"({text})" if several else text)


def _doubles(expr: ast.Expr) -> Iterator[tuple[ast.Not, ast.Expr]]:
    match expr:
        case ast.Not(item=ast.Not(item=inner)):
            yield expr, inner
        case ast.Not(item=item):
            yield from _doubles(item)
        case ast.And(items=items) | ast.Or(items=items):
            for item in items:
                yield from _doubles(item)
        case _:
            pass


def _double(subject: Subject, placed: Placed, old: ast.Node, instead: str) -> Diagnostic:
    span = closed(subject, old.span)
    return Diagnostic(DOUBLE, span, {"instead": instead}, fix=rewriting(placed.file, span, instead, safe=True))
