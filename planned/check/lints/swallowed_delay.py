"""A delay of hours that `at` swallows.

With hours or minutes `at 09:00` means the first nine o'clock after the delay: `wait 2 hours at 09:00` is anything
from 2 to 26 hours, and the 2 hours hardly matter. If that is what you mean, say `at least`; else leave out one of the
two.

Wrong:

    rule retry after failing Quiz1 wait 2 hours at 09:00 unless Quiz1 passed send "Try again!"

Right:

    rule retry after failing Quiz1 wait 2 hours unless Quiz1 passed send "Try again!"
    rule retry-tomorrow after failing Quiz2 wait 1 day at 09:00 unless Quiz2 passed send "Try again!"
    rule retry-at-nine after failing Quiz3 wait at least 2 hours at 09:00 unless Quiz3 passed send "Try again!"

---
Un délai en heures que `à` absorbe.

Avec des heures ou des minutes, `à 9h` veut dire la première fois qu'il est 9 heures après le délai : `attendre 2
heures à 9h` dure de 2 à 26 heures, et les 2 heures ne comptent guère. Si c'est voulu, dites `au moins` ; sinon, ne
gardez que l'un des deux.

Faux :

    règle reprise après échec à Quiz1 attendre 2 heures à 9h sauf si Quiz1 est réussie envoyer "Réessayez !"

Juste :

    règle reprise après échec à Quiz1 attendre 2 heures sauf si Quiz1 est réussie envoyer "Réessayez !"
    règle demain après échec à Quiz2 attendre 1 jour à 9h sauf si Quiz2 est réussie envoyer "Réessayez !"
    règle a-neuf-heures après échec à Quiz3 attendre au moins 2 heures à 9h sauf si Quiz3 est réussie
      envoyer "Réessayez !"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planned.check import times
from planned.check.edits import rewriting
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast
from planned.syntax.to_text import print_node

NAME = "swallowed-delay"

SWALLOWED = Message(
    NAME,
    Severity.WARNING,
    "Because of `at {at}` this wait takes anything from {least} to {most}.",
    "À cause de `à {at_fr}`, cette attente peut durer de {least_fr} à {most_fr}.",
    "Leave out `at {at}`, wait days, or write `wait at least …` if that is meant.",
    "Retirez `à {at_fr}`, attendez des jours, ou écrivez `attendre au moins …` si c'est voulu.",
)
DAY = 1440


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        for step in placed.node.steps:
            match step.wait:
                case ast.WaitFor(duration=duration, at=ast.TimeOfDay() as at, at_least=False) as wait:
                    if _elapsed(duration) and times.minutes(duration) < DAY:
                        text = print_node(replace(wait, at_least=True), placed.file.language)
                        fix = rewriting(placed.file, wait.span, text, safe=False)
                        yield Diagnostic(SWALLOWED, wait.span, _args(times.minutes(duration), at), fix=fix)
                case _:
                    pass


def _elapsed(duration: ast.Duration) -> bool:
    return all(unit in times.ELAPSED for _, unit in duration.parts)


def _args(minutes: int, at: ast.TimeOfDay) -> dict[str, object]:
    return {
        "at": times.written(at),
        "at_fr": times.written_fr(at),
        "least": _said(minutes, "hour", "minute"),
        "least_fr": _said(minutes, "heure", "minute"),
        "most": _said(minutes + DAY, "hour", "minute"),
        "most_fr": _said(minutes + DAY, "heure", "minute"),
    }


def _said(minutes: int, hour: str, minute: str) -> str:
    parts = [(minutes // 60, hour), (minutes % 60, minute)]
    return " ".join(f"{number} {noun}{'s' if number > 1 else ''}" for number, noun in parts if number)
