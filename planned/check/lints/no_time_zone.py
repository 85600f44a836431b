"""A file with rules that says no time zone.

`at 09:00` is nine o'clock where the learner lives, as far as the platform knows; for people without a zone of their
own the file's `timezone` holds. Without one it is the settings', and failing that UTC, an hour or two off in Paris.

Wrong:

    rule reminder after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is open."

Right:

    timezone Europe/Paris
    rule reminder after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is open."

---
Un fichier avec des règles, sans fuseau horaire.

`à 9h`, c'est neuf heures là où vit l'apprenant, pour autant que la plateforme le sache ; pour qui n'a pas de fuseau à
lui, c'est le `fuseau` du fichier. Sans lui, c'est celui des réglages, et à défaut UTC : une ou deux heures d'écart
avec Paris.

Faux :

    règle relance après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 est ouverte."

Juste :

    fuseau Europe/Paris
    règle relance après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 est ouverte."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "no-time-zone"

MISSING = Message(
    NAME,
    Severity.WARNING,
    "No time zone is declared above this rule.",
    "Aucun fuseau horaire n'est déclaré avant cette règle.",
    "Write at the top, for example: timezone Europe/Paris",
    "Écrivez en tête du fichier, par exemple : fuseau Europe/Paris",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for placed in subject.survey.rules:
        path = placed.file.path
        if placed.policy.zone[0] is None and path not in told:
            told.add(path)
            if not any(subject.may_be_unread(word, placed.file) for word in ("timezone", "fuseau")):
                yield Diagnostic(MISSING, head_of(placed))
