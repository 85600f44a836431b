"""A day that has passed: what waits for it never happens any more.

It is a note only, since time alone has done it: a rule that has served may stay. But a year is quickly mistyped.

Wrong:

    rule open-day on 2025-11-18 at 09:00 send "Today is the open day."
    rule term until 2026-01-31 after enrolment send "Welcome!"

Right:

    rule open-day on 2027-11-18 at 09:00 send "Today is the open day."

---
Un jour passé : ce qui l'attend n'arrivera plus.

Ce n'est qu'une remarque, car seul le temps qui passe en est cause : une règle qui a servi peut rester. Mais on se
trompe vite d'année.

Faux :

    règle portes-ouvertes le 18 novembre 2025 à 9h envoyer "C'est aujourd'hui."
    règle semestre jusqu'au 31 janvier 2026 après l'inscription envoyer "Bienvenue !"

Juste :

    règle portes-ouvertes le 18 novembre 2027 à 9h envoyer "C'est aujourd'hui."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "past-date"
NEEDS = ("today",)

PASSED = Message(
    NAME,
    Severity.INFO,
    "This day has passed: the rule does nothing new.",
    "Ce jour est passé : la règle ne fait plus rien de nouveau.",
    "Is the year right?",
    "L'année est-elle la bonne ?",
)
WAITED_FOR = Message(
    NAME,
    Severity.INFO,
    "This day has passed: what waits for it leaves late, or not at all.",
    "Ce jour est passé : ce qui l'attend part en retard, ou pas du tout.",
    "Is the year right?",
    "L'année est-elle la bonne ?",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    today = subject.known.today
    assert today is not None
    for placed in subject.survey.rules:
        yield from _of_rule(placed, today)


def _of_rule(placed: Placed, today: date) -> Iterator[Diagnostic]:
    rule = placed.node
    if rule.last_day is not None and rule.last_day.day < today:
        yield Diagnostic(PASSED, rule.last_day.span)
        return
    if isinstance(rule.trigger, ast.OnDay) and rule.trigger.day.day < today:
        yield Diagnostic(PASSED, rule.trigger.day.span)
        return
    for step in rule.steps:
        match step.wait:
            case ast.WaitUntil(day=ast.Day(day=day) as waited) if day < today:
                yield Diagnostic(WAITED_FOR, waited.span)
            case _:
                pass
