"""An activity that the course does not declare, though it declares others.

Where a course declares its activities, one that is not among them is probably a slip. It is a warning, since a name
that is not declared stands for itself: events that call an activity so are matched. A course that declares none is
never warned about.

Wrong:

    activity Quiz1
    rule praise after completion of Quizz1 send "Well done!"

Right:

    activity Quiz1
    rule praise after completion of Quiz1 send "Well done!"

---
Une activité que le cours ne déclare pas, alors qu'il en déclare d'autres.

Là où un cours déclare ses activités, une activité qui n'en est pas est sans doute une faute de frappe. C'est un
avertissement, car un nom non déclaré vaut pour lui-même : les événements qui appellent ainsi une activité comptent.
Un cours qui n'en déclare aucune n'est jamais signalé.

Faux :

    activité Quiz1
    règle bravo après l'achèvement de Quizz1 envoyer "Bravo !"

Juste :

    activité Quiz1
    règle bravo après l'achèvement de Quiz1 envoyer "Bravo !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.facts import activity_source
from planned.check.lints.unknown_name import declared_below, unknown
from planned.check.mentions import Mentioned
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "unknown-activity"

UNKNOWN = Message(
    NAME,
    Severity.WARNING,
    "This course declares no activity {quoted}.",
    "Ce cours ne déclare pas d'activité {cite}.",
    "Declare it above: activity {name}",
    "À déclarer plus haut : activité {name}",
)
NEAR = Message(
    NAME,
    Severity.WARNING,
    UNKNOWN.en,
    UNKNOWN.fr,
    "Did you mean {nearest}? If not, declare it above: activity {name}",
    "Vouliez-vous dire {nearest} ? Sinon, à déclarer plus haut : activité {name}",
)
BELOW = Message(
    NAME,
    Severity.WARNING,
    "The activity {quoted} is declared only below.",
    "L'activité {cite} n'est déclarée que plus bas.",
    "A declaration holds for what follows it: move it above this rule.",
    "Une déclaration vaut pour ce qui la suit : placez-la avant cette règle.",
)
HERE = Message(NAME, Severity.INFO, "It is declared here.", "La déclaration est ici.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for mention in subject.mentions:
        if mention.kind in ("activity", "target") and mention.scope.declares("activity"):
            yield from _activity(subject, mention)


def _activity(subject: Subject, mention: Mentioned) -> Iterator[Diagnostic]:
    name, scope, rules = mention.name.text, mention.scope, subject.survey
    if scope.find("activity", name) is not None:
        return
    if mention.kind == "target" and rules.rules_named(mention.course, name):
        return
    known = [one.node for one in scope.known("activity") if isinstance(one.node, ast.Activity)]
    if any(activity_source(node) == name for node in known) or subject.may_be_unread(name, mention.file):
        return
    if (place := declared_below(scope, "activity", name)) is not None:
        yield unknown(mention.name, BELOW, BELOW, None, related=((place, HERE),))
        return
    names = [node.name.text for node in known]
    if mention.kind == "target":
        names += [*rules.names.get(mention.course, {}), *rules.names.get(None, {})]
    yield unknown(mention.name, UNKNOWN, NEAR, subject.nearest(name, names))
