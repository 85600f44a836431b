"""An event that has words of its own.

`event "…"` is for kinds that only your platform has. What every platform has is said in words: an `event
"completion"` never comes, since the engine reads it as the completion of an activity.

Wrong:

    rule done after event "completion" send "Well done!"

Right:

    rule done after completion of course send "Well done!"
    rule badge after event "badge-ready" send "Your badge is ready."

---
Un événement qui a ses propres mots.

`événement « … »` sert aux genres que seule votre plateforme connaît. Ce que toute plateforme connaît se dit en mots :
un `événement « completion »` n'arrive jamais, car le moteur y voit l'achèvement d'une activité.

Faux :

    règle fini après l'événement « completion » envoyer "Bravo !"

Juste :

    règle fini après l'achèvement du cours envoyer "Bravo !"
    règle badge après l'événement « badge-pret » envoyer "Votre badge est prêt."
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planned.check.mentions import leaves
from planned.check.subject import Subject
from planned.check.times import exprs
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "event-kind"

WORDS: Mapping[str, tuple[str, str]] = {
    "enrolment": ("after enrolment", "après l'inscription"),
    "access": ("after access", "après accès"),
    "completion": ("after completion of Quiz1", "après l'achèvement de Quiz1"),
    "grade": ("after grade of Quiz1 below 10", "après une note de Quiz1 inférieure à 10"),
    "submission": ("after submission of Essay1", "après la remise de Devoir1"),
    "viewing": ("after viewing of Page1", "après la consultation de Page1"),
    "group": ("after joining group A", "après l'entrée dans le groupe A"),
    "date": ("after deadline of Quiz1", "après l'échéance de Quiz1"),
    "unenrolment": ("", ""),
    "suspension": ("", ""),
    "resumption": ("", ""),
    "profile": ("", ""),
}
"""The kinds of section 5, with what is written instead; empty where no rule can start so."""
OWN_WORDS = Message(
    NAME,
    Severity.ERROR,
    "An event {quoted} never starts a rule: it has words of its own.",
    "Un événement {cite} ne déclenche aucune règle : il a ses propres mots.",
    "Write `{instead}`.",
    "Écrivez `{instead_fr}`.",
)
NOT_A_START = Message(
    NAME,
    Severity.ERROR,
    "No rule can start at an event {quoted}.",
    "Aucune règle ne peut démarrer sur un événement {cite}.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        for expr in exprs(placed):
            for leaf in leaves(expr):
                if isinstance(leaf, ast.CustomEvent) and (words := WORDS.get(leaf.kind.text)) is not None:
                    args = {"quoted": f'"{leaf.kind.text}"', "cite": f"« {leaf.kind.text} »"}
                    message = OWN_WORDS if words[0] else NOT_A_START
                    yield Diagnostic(message, leaf.kind.span, args | {"instead": words[0], "instead_fr": words[1]})
