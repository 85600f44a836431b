"""A number that is hardly meant: more than a year, or a grade that nobody can have.

A percentage lies between 0 and 100, a grade is not below 0 and, where the catalogue says how many points there are,
not above them. A delay of more than 365 days is longer than most courses.

Wrong:

    rule weak after grade of Quiz1 below 500% wait 1 day unless Quiz1 passed send "Try again."
    rule none after grade of Quiz2 below 0 wait 1 day unless Quiz2 passed send "Try again."
    rule much-later after completion of course wait 400 days send "How are you?"

Right:

    rule weak after grade of Quiz1 below 50% wait 1 day unless Quiz1 passed send "Try again."
    rule later after completion of course wait 40 days send "How are you?"

---
Un nombre sans doute involontaire : plus d'un an, ou une note que personne ne peut avoir.

Un pourcentage est compris entre 0 et 100 ; une note n'est pas inférieure à 0 et, là où le catalogue donne le maximum,
pas supérieure à lui. Un délai de plus de 365 jours dépasse la plupart des cours.

Faux :

    règle faible après une note de Quiz1 inférieure à 500 % attendre 1 jour sauf si Quiz1 est réussie
      envoyer "Réessayez."
    règle nulle après une note de Quiz2 inférieure à 0 attendre 1 jour sauf si Quiz2 est réussie envoyer "Réessayez."
    règle bien-plus-tard après l'achèvement du cours attendre 400 jours envoyer "Comment allez-vous ?"

Juste :

    règle faible après une note de Quiz1 inférieure à 50 % attendre 1 jour sauf si Quiz1 est réussie
      envoyer "Réessayez."
    règle plus-tard après l'achèvement du cours attendre 40 jours envoyer "Comment allez-vous ?"
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planned.check import times
from planned.check.catalog import activity_of
from planned.check.mentions import leaves
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "suspicious-number"

LONG = Message(
    NAME,
    Severity.WARNING,
    "This is more than a year.",
    "C'est plus d'un an.",
    "Is the unit right?",
    "L'unité est-elle la bonne ?",
)
PERCENT = Message(
    NAME,
    Severity.WARNING,
    "A percentage lies between 0 and 100: nobody's grade is ever {op} {value}.",
    "Un pourcentage est compris entre 0 et 100 : aucune note n'est jamais {op_fr} {value_fr}.",
)
ALWAYS = Message(
    NAME,
    Severity.WARNING,
    "Every grade is {op} {value}.",
    "Toute note est {op_fr} {value_fr}.",
    "A percentage lies between 0 and 100.",
    "Un pourcentage est compris entre 0 et 100.",
)
BEYOND = Message(
    NAME,
    Severity.WARNING,
    "The grade of {name} lies between 0 and {max}.",
    "La note de {name} est comprise entre 0 et {max}.",
    "If percent are meant, write %.",
    "S'il s'agit d'un pourcentage, écrivez %.",
)
NEGATIVE = Message(NAME, Severity.WARNING, "No grade is below 0.", "Aucune note n'est inférieure à 0.")
YEAR = 365 * 1440
_OPS = {
    ast.GradeOp.BELOW: ("below", "inférieure à"),
    ast.GradeOp.ABOVE: ("above", "supérieure à"),
    ast.GradeOp.AT_LEAST: ("at least", "d'au moins"),
    ast.GradeOp.AT_MOST: ("at most", "d'au plus"),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    for surveyed in subject.declaring:
        for statement in surveyed.file.statements:
            for duration in _durations(statement):
                if times.minutes(duration) > YEAR + 1440:  # twelve months and a leap year are a year
                    yield Diagnostic(LONG, duration.span)
    for placed in subject.survey.rules:
        for expr in (*times.exprs(placed), *placed.policy.stops):
            for leaf in leaves(expr):
                if isinstance(leaf, ast.Grade):
                    yield from _grade(subject, placed, leaf)


def _durations(statement: ast.Statement) -> Iterator[ast.Duration]:
    match statement:
        case ast.Lateness(duration=duration):
            yield duration
        case ast.Rule(steps=steps, again=again, expires_after=expires, trigger=trigger):
            if isinstance(trigger, ast.BeforeDate) and trigger.lead is not None:
                yield trigger.lead
            for step in steps:
                if isinstance(step.wait, ast.WaitFor | ast.WaitUpTo):
                    yield step.wait.duration
                if step.repeat is not None:
                    yield step.repeat.every
            if isinstance(again, ast.AgainAfter):
                yield again.duration
            if expires is not None:
                yield expires
        case _:
            pass


def _grade(subject: Subject, placed: Placed, grade: ast.Grade) -> Iterator[Diagnostic]:
    en, fr = _OPS[grade.op]
    value, value_fr = f"{grade.value:f}", f"{grade.value:f}".replace(".", ",")
    if grade.percent:
        value, value_fr = f"{value}%", f"{value_fr}\u00a0%"
    args: dict[str, object] = {"op": en, "op_fr": fr, "value": value, "value_fr": value_fr, "name": grade.activity.text}
    known = activity_of(subject, placed, grade.activity)
    most = Decimal(100) if grade.percent else known.grade_max if known else None
    if grade.value < 0 or (grade.value == 0 and grade.op is ast.GradeOp.BELOW):
        yield Diagnostic(NEGATIVE, grade.span, args)
    elif most is not None and (grade.value > most or (grade.value == most and grade.op is ast.GradeOp.ABOVE)):
        if not grade.percent:
            yield Diagnostic(BEYOND, grade.span, args | {"max": f"{most.normalize():f}"})
        else:
            always = grade.op in (ast.GradeOp.BELOW, ast.GradeOp.AT_MOST)
            yield Diagnostic(ALWAYS if always else PERCENT, grade.span, args)
