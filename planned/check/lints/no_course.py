"""A file with rules above which stands neither `course` nor `every course`.

Such a rule would write to the people of every course. A dry-run takes it so; `run` and `deploy` refuse the file
unless they are given `--course`. Say which course is meant, or that each is.

Wrong:

    rule welcome after enrolment send "Welcome!"

Right:

    course NUM101
    rule welcome after enrolment send "Welcome!"

    every course
    rule well-done after completion of course send "Well done!"

---
Un fichier dont des règles n'ont avant elles ni `cours` ni `chaque cours`.

Une telle règle écrirait aux inscrits de tous les cours. Une simulation la prend ainsi ; `run` et `deploy` refusent le
fichier, sauf si on leur donne `--course`. Dites de quel cours il s'agit, ou que c'est chacun.

Faux :

    règle accueil après l'inscription envoyer "Bienvenue !"

Juste :

    cours NUM101
    règle accueil après l'inscription envoyer "Bienvenue !"

    chaque cours
    règle bravo après l'achèvement du cours envoyer "Bravo !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "no-course"

MISSING = Message(
    NAME,
    Severity.WARNING,
    "Nothing says to which course this rule belongs.",
    "Rien ne dit à quel cours appartient cette règle.",
    "Write above it: course ID, or: every course",
    "Écrivez avant elle : cours ID, ou bien : chaque cours",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    unscoped = {one.file.path for one in subject.survey.files if one.unscoped}
    for placed in subject.survey.rules:
        path = placed.file.path
        if path in unscoped:
            unscoped.discard(path)
            if not any(subject.may_be_unread(word, placed.file) for word in ("course", "cours")):
                yield Diagnostic(MISSING, head_of(placed))
