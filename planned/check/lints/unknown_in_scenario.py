"""A scenario about somebody, or something, that it does not know.

Whoever is expected to get a message, or none, must be in a `given` line: about anybody else nothing can be learned. And
where a course declares no activities or groups, one that no rule mentions is probably a slip.

Wrong:

    # Alcie: did you mean Alice?
    rule reminder after completion of Quiz1 wait 3 days send "Lesson 2 is waiting."
    scenario "the reminder leaves on the third day"
      given Alice completes Quiz1 on 2026-09-03
      expect no reminder to Alcie

Wrong:

    # Quizz1: did you mean Quiz1?
    rule reminder after completion of Quiz1 wait 3 days send "Lesson 2 is waiting."
    scenario "the reminder leaves on the third day"
      given Alice completes Quizz1 on 2026-09-03
      expect reminder to Alice on 2026-09-06

Right:

    rule reminder after completion of Quiz1 wait 3 days send "Lesson 2 is waiting."
    scenario "the reminder leaves on the third day"
      given Alice completes Quiz1 on 2026-09-03
      expect reminder to Alice on 2026-09-06

---
Un scénario qui parle de quelqu'un, ou de quelque chose, qu'il ne connaît pas.

Qui doit recevoir un message, ou n'en recevoir aucun, figure dans une ligne `étant donné que` : des autres, on n'apprend
rien. Et dans un cours qui ne déclare ni activité ni groupe, un nom qu'aucune règle ne cite est sans doute une faute de
frappe.

Faux :

    # Amnia : vouliez-vous dire Amina ?
    règle relance après l'achèvement de Quiz1 attendre 3 jours envoyer "La leçon 2 vous attend."
    scénario "la relance part le troisième jour"
      étant donné qu'Amina termine Quiz1 le 3 septembre 2026
      on n'attend pas relance pour Amnia

Faux :

    # Quizz1 : vouliez-vous dire Quiz1 ?
    règle relance après l'achèvement de Quiz1 attendre 3 jours envoyer "La leçon 2 vous attend."
    scénario "la relance part le troisième jour"
      étant donné qu'Amina termine Quizz1 le 3 septembre 2026
      on attend relance pour Amina le 6 septembre 2026

Juste :

    règle relance après l'achèvement de Quiz1 attendre 3 jours envoyer "La leçon 2 vous attend."
    scénario "la relance part le troisième jour"
      étant donné qu'Amina termine Quiz1 le 3 septembre 2026
      on attend relance pour Amina le 6 septembre 2026
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.unknown_name import unknown
from planned.check.mentions import Mention, in_rule, in_scenario
from planned.check.scope import NameKind, PlacedScenario
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "unknown-in-scenario"

NOBODY = Message(
    NAME,
    Severity.ERROR,
    "This scenario says nothing about {quoted}.",
    "Ce scénario ne dit rien de {cite}.",
    "Say first what {name} does: given {name} enrolled on 2026-09-01",
    "Dites d'abord ce que fait cette personne : étant donné que P visite le cours le 1er septembre 2026",
)
NEAR = Message(NAME, Severity.ERROR, NOBODY.en, NOBODY.fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?")
NO_ACTIVITY = Message(
    NAME,
    Severity.WARNING,
    "No rule of this course mentions an activity {quoted}.",
    "Aucune règle de ce cours ne cite d'activité {cite}.",
    NEAR.help_en,
    NEAR.help_fr,
)
NO_GROUP = Message(
    NAME,
    Severity.WARNING,
    "No rule of this course mentions a group {quoted}.",
    "Aucune règle de ce cours ne cite de groupe {cite}.",
    NEAR.help_en,
    NEAR.help_fr,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    mentioned: dict[str | None, set[tuple[NameKind, str]]] = {}
    for scenario in subject.survey.scenarios:
        yield from _people(subject, scenario.node)
        if scenario.course not in mentioned:
            mentioned[scenario.course] = _mentioned(subject, scenario.course)
        yield from _things(subject, scenario, mentioned[scenario.course])


def _people(subject: Subject, scenario: ast.Scenario) -> Iterator[Diagnostic]:
    known = {line.person.text for line in scenario.lines if isinstance(line, ast.Given) and line.person}
    said: set[str] = set()
    for line in scenario.lines:
        who = line.who if isinstance(line, ast.Expect) else None
        if isinstance(who, ast.Name) and who.text not in known | said:
            said.add(who.text)
            yield unknown(who, NOBODY, NEAR, subject.nearest(who.text, known))


def _things(subject: Subject, scenario: PlacedScenario, known: set[tuple[NameKind, str]]) -> Iterator[Diagnostic]:
    """Only names that are nearly those of a rule: others may stand for visits, or for what starts nothing."""
    for mention in in_scenario(scenario.node):
        kind = _kind(mention)
        if kind is None or scenario.scope.declares(kind) or (kind, mention.name.text) in known:
            continue
        near = subject.nearest(mention.name.text, [name for other, name in known if other == kind])
        if near is not None:
            message = NO_ACTIVITY if kind == "activity" else NO_GROUP
            yield unknown(mention.name, message, message, near)


def _kind(mention: Mention) -> NameKind | None:
    match mention.kind:
        case "activity" | "target":
            return "activity"
        case "group":
            return "group"
        case _:
            return None


def _mentioned(subject: Subject, course: str | None) -> set[tuple[NameKind, str]]:
    """The activities and groups that rules of the course, or of every course, speak of."""
    rules = (rule for rule in subject.survey.rules if course is None or rule.course in (None, course))
    mentions = (mention for rule in rules for mention in in_rule(rule.node))
    return {(kind, mention.name.text) for mention in mentions if (kind := _kind(mention)) is not None}
