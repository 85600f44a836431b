"""A rule without a name.

Waiting messages belong to the name of their rule. One without is named after its file and its place in it
(`reminder-2`), which changes when a rule is put before it.

Wrong:

    after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is open."

Right:

    rule lesson2 after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is open."

---
Une règle sans nom.

Les messages en attente sont rattachés au nom de leur règle. Une règle qui n'en a pas porte celui de son fichier et son
rang (`relance-2`), qui change dès qu'une règle est insérée avant elle.

Faux :

    après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 est ouverte."

Juste :

    règle lecon2 après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 est ouverte."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "unnamed-rule"

UNNAMED = Message(
    NAME,
    Severity.WARNING,
    "This rule has no name; it is called {name} for now.",
    "Cette règle n'a pas de nom ; elle s'appelle {name} pour l'instant.",
    "Write before it: rule NAME. Waiting messages belong to the name.",
    "Écrivez avant elle : règle NOM. Les messages en attente sont rattachés au nom.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        if placed.node.name is None:
            yield Diagnostic(UNNAMED, head_of(placed), {"name": placed.name})
