"""Days that end before they begin, and quiet times that leave no time at all.

Quiet weekdays add up, before any `course` and in each course: all seven together are too many. From a time to the
same time is the whole day.

Wrong:

    quiet from 08:00 to 08:00
    rule autumn from 2026-10-05 until 2026-09-05 after enrolment send "Welcome!"

Right:

    quiet from 20:00 to 08:00
    rule autumn from 2026-09-05 until 2026-10-05 after enrolment send "Welcome!"

---
Des jours qui finissent avant de commencer, et des silences qui ne laissent plus de temps.

Les jours de silence s'additionnent, avant tout `cours` et dans chaque cours : les sept ensemble sont de trop. D'une
heure à la même heure, c'est toute la journée.

Faux :

    silence de 8h à 8h
    règle automne du 5 octobre 2026 au 5 septembre 2026 après l'inscription envoyer "Bienvenue !"

Juste :

    silence de 20h à 8h
    règle automne du 5 septembre 2026 au 5 octobre 2026 après l'inscription envoyer "Bienvenue !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "impossible-time"

BACKWARDS = Message(
    NAME,
    Severity.ERROR,
    "This last day is before the first one.",
    "Ce dernier jour précède le premier.",
)
ALL_DAY = Message(
    NAME,
    Severity.ERROR,
    "From one time to the same time is the whole day: no message would ever leave.",
    "D'une heure à la même heure, c'est toute la journée : aucun message ne partirait.",
)
ALL_WEEK = Message(
    NAME,
    Severity.ERROR,
    "With this all seven days are quiet: no message would ever leave.",
    "Avec cette ligne, les sept jours sont en silence : aucun message ne partirait.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for surveyed in subject.declaring:
        quiet: set[ast.Weekday] = set()
        for statement in surveyed.file.statements:
            match statement:
                case ast.Rule(first_day=first, last_day=last):
                    yield from _backwards(first, last)
                case ast.QuietDates(first=first_day, last=last_day):
                    yield from _backwards(first_day, last_day)
                case ast.QuietHours(start=start, end=end):
                    if (start.hour, start.minute) == (end.hour, end.minute):
                        yield Diagnostic(ALL_DAY, start.span.to(end.span))
                case ast.Course() | ast.EveryCourse():
                    quiet = set()
                case ast.QuietWeekdays(days=days):
                    before, quiet = len(quiet), quiet | set(days)
                    if before < len(ast.Weekday) == len(quiet):
                        yield Diagnostic(ALL_WEEK, statement.span)
                case _:
                    pass


def _backwards(first: ast.Day | None, last: ast.Day | None) -> Iterator[Diagnostic]:
    if first is not None and last is not None and last.day < first.day:
        yield Diagnostic(BACKWARDS, last.span)
