"""Something that the platform never reports of this activity, says its catalogue.

Completion is reported only where it is tracked, a grade only where there is one. A rule that waits for it never
starts, and a guard that asks for it always gets no.

Wrong:

    course NUM101
    rule page-read after completion of "14" send "Well done!"
    rule page-grade after grade of "14" below 10 wait 1 day unless "12" passed send "Try again."

Right:

    course NUM101
    rule page-read after viewing of "14" send "Well done!"
    rule quiz-grade after grade of "12" below 10 wait 1 day unless "12" passed send "Try again."

---
Quelque chose que la plateforme ne signale jamais pour cette activité, d'après son catalogue.

L'achèvement n'est signalé que s'il est suivi, une note que s'il y en a une. Une règle qui l'attend ne démarre jamais,
et une condition qui la demande n'est jamais vraie.

Faux :

    cours NUM101
    règle page-lue après l'achèvement de "14" envoyer "Bravo !"
    règle page-note après une note de "14" inférieure à 10 attendre 1 jour sauf si "12" est réussie envoyer "Réessayez."

Juste :

    cours NUM101
    règle page-lue après la consultation de "14" envoyer "Bravo !"
    règle quiz-note après une note de "12" inférieure à 10 attendre 1 jour sauf si "12" est réussie envoyer "Réessayez."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.catalog import activity_of
from planned.check.mentions import leaves
from planned.check.subject import Subject
from planned.check.times import exprs
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "not-tracked"
NEEDS = ("catalog",)

COMPLETION = Message(
    NAME,
    Severity.WARNING,
    "The completion of {name} is not tracked on the platform: it is never reported.",
    "L'achèvement de {name} n'est pas suivi sur la plateforme : il n'est jamais signalé.",
    "Turn completion on for it there, or use viewing or submission.",
    "Activez-y le suivi d'achèvement, ou utilisez la consultation ou la remise.",
)
GRADE = Message(
    NAME,
    Severity.WARNING,
    "{name} has no grade on the platform.",
    "{name} n'a pas de note sur la plateforme.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        for expr in (*exprs(placed), *placed.policy.stops):
            for leaf in leaves(expr):
                match leaf:
                    case ast.Completion(target=name) | ast.IsComplete(target=name):
                        known = activity_of(subject, placed, name)
                        if known is not None and known.tracked is False:
                            yield Diagnostic(COMPLETION, leaf.span, {"name": name.text})
                    case ast.Grade(activity=name):
                        known = activity_of(subject, placed, name)
                        if known is not None and known.graded is False:
                            yield Diagnostic(GRADE, leaf.span, {"name": name.text})
                    case _:
                        pass
