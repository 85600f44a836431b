"""A rule that no scenario names, in a course that has scenarios.

Where you have begun to test, you probably want to know what is left. `expect … suppressed` and `expect no …` count,
too.

Wrong:

    course A
    rule welcome after enrolment send "Welcome!"
    rule goodbye after completion of course send "Goodbye!"
    scenario "welcome at once"
      given Alice enrolled on 2026-09-07 at 09:00
      expect welcome to Alice on 2026-09-07 at 09:00

Right:

    course A
    rule welcome after enrolment send "Welcome!"
    scenario "welcome at once"
      given Alice enrolled on 2026-09-07 at 09:00
      expect welcome to Alice on 2026-09-07 at 09:00

---
Une règle qu'aucun scénario ne nomme, dans un cours qui a des scénarios.

Qui a commencé à vérifier veut sans doute savoir ce qu'il reste à vérifier. `on attend … supprimé` et `on n'attend pas
…` comptent aussi.

Faux :

    cours A
    règle bienvenue après l'inscription envoyer "Bienvenue !"
    règle fin après l'achèvement du cours envoyer "Au revoir !"
    scénario "bienvenue tout de suite"
      étant donné qu'Amina est inscrite le 7 septembre 2026 à 9h
      on attend bienvenue pour Amina le 7 septembre 2026 à 9h

Juste :

    cours A
    règle bienvenue après l'inscription envoyer "Bienvenue !"
    scénario "bienvenue tout de suite"
      étant donné qu'Amina est inscrite le 7 septembre 2026 à 9h
      on attend bienvenue pour Amina le 7 septembre 2026 à 9h
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "rule-without-scenario"

UNTESTED = Message(
    NAME,
    Severity.INFO,
    "No scenario of this course names the rule {name}.",
    "Aucun scénario de ce cours ne nomme la règle {name}.",
    "Add to one: expect {name} to Alice on 2026-10-05 at 09:00",
    "Ajoutez à l'un d'eux : on attend {name} pour Alice le 5 octobre 2026 à 9h",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    scenarios = subject.survey.scenarios
    tested = {(one.file.path, one.course) for one in scenarios}
    named = {
        (one.course, line.rule.text)
        for one in scenarios
        for line in one.node.lines
        if isinstance(line, ast.Expect) and line.rule is not None
    }
    slips = {course for course, name in named if not subject.survey.rules_named(course, name)}
    for placed in subject.survey.rules:
        if placed.course in slips:
            continue  # one of them is meant by the name that no rule has
        untested = (placed.file.path, placed.course) in tested and (placed.course, placed.name) not in named
        if untested and not subject.may_be_unread(placed.name, placed.file):
            yield Diagnostic(UNTESTED, head_of(placed), {"name": placed.name})
