"""Rules that start each other in a circle.

A rule that starts after the completion or the sending of another follows it; a circle of them would never end. Take
one of the rules out of the circle: let it start after something that the learner does.

Wrong:

    rule first after sending of second send "Hello!"
    rule second after completion of first send "Hello again!"

Right:

    rule first after enrolment send "Hello!"
    rule second after completion of first wait 1 day send "Hello again!"

---
Des règles qui se déclenchent en boucle.

Une règle qui démarre après l'achèvement ou l'envoi d'une autre la suit ; une boucle n'aurait pas de fin. Faites
démarrer l'une des règles après une action de l'apprenant.

Faux :

    règle premiere après l'envoi de seconde envoyer "Bonjour !"
    règle seconde après l'achèvement de premiere envoyer "Rebonjour !"

Juste :

    règle premiere après l'inscription envoyer "Bonjour !"
    règle seconde après l'achèvement de premiere attendre 1 jour envoyer "Rebonjour !"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planned.check.cycles import cycles
from planned.check.mentions import leaves
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "cycle"

SELF = Message(
    NAME,
    Severity.ERROR,
    "The rule {first} starts after itself.",
    "La règle {first} démarre après elle-même.",
    "For a series write: repeat every 7 days up to 3 times",
    "Pour une série, écrivez : répéter tous les 7 jours au plus 3 fois",
)
CIRCLE = Message(
    NAME,
    Severity.ERROR,
    "These rules start each other in a circle: {path}.",
    "Ces règles se déclenchent en boucle : {path}.",
    "Let one of them start after something that the learner does.",
    "Faites démarrer l'une d'elles après une action de l'apprenant.",
)
NEXT = Message(NAME, Severity.INFO, "The circle goes on here.", "La boucle continue ici.")

Follows = Mapping[Placed, tuple[tuple[Placed, ast.Name], ...]]


def check(subject: Subject) -> Iterator[Diagnostic]:
    follows: Follows = {placed: tuple(_before(subject, placed)) for placed in subject.survey.rules if _links(placed)}
    starts: dict[Placed, list[Placed]] = {placed: [] for placed in follows}
    for placed, befores in follows.items():
        for before, _ in befores:
            if before in starts:
                starts[before].append(placed)
    for circle in cycles(starts):
        spans = [_span_of(follows, circle[place - 1], placed) for place, placed in enumerate(circle)]
        path = " → ".join((*(placed.name for placed in circle), circle[0].name))
        related = tuple((span, NEXT) for span in spans[1:])
        yield Diagnostic(
            SELF if len(circle) == 1 else CIRCLE, spans[0], {"first": circle[0].name, "path": path}, related
        )


def _span_of(follows: Follows, before: Placed, placed: Placed) -> Span:
    return next(name.span for one, name in follows[placed] if one is before)


def _before(subject: Subject, placed: Placed) -> Iterator[tuple[Placed, ast.Name]]:
    for leaf in _links(placed):
        match leaf:
            case ast.Sending(rule=name) | ast.IsSent(rule=name):
                pass
            case ast.Completion(target=name) | ast.IsComplete(target=name):
                if placed.scope.find("activity", name.text) is not None:
                    continue
            case _:
                continue
        for before in subject.survey.rules_named(placed.course, name.text):
            yield before, name


def _links(placed: Placed) -> list[ast.Fact | ast.Condition]:
    """The leaves of what starts a rule that can be the doing of another rule."""
    match placed.node.trigger:
        case ast.After(what=what):
            start: ast.Expr | None = what
        case ast.EveryWeekday(since=since) | ast.EveryPeriod(since=since):
            start = since
        case _:
            start = None
    if start is None:
        return []
    linking = (ast.Sending, ast.IsSent, ast.Completion, ast.IsComplete)
    return [leaf for leaf in leaves(start, positive=True) if isinstance(leaf, linking)]
