"""`was OLD` in a rule, though OLD is still a rule or was taken over by another one.

`rule new was old` hands the waiting messages of `old` over to `new`. That can be done once, and only if `old` is gone.

Wrong:

    course NUM101
    rule reminder after completion of Quiz1 send "Lesson 2 is open."
    rule lesson2 was reminder after first access send "Lesson 1 is open."

Right:

    course NUM101
    rule lesson2 was reminder after completion of Quiz1 send "Lesson 2 is open."

---
`était ANCIEN` dans une règle, alors qu'ANCIEN est encore une règle ou a déjà été repris par une autre.

`règle nouvelle était ancienne` transmet à `nouvelle` les messages en attente d'`ancienne`. Cela se fait une fois, et
seulement si `ancienne` n'est plus là.

Faux :

    cours NUM101
    règle relance après l'achèvement de Quiz1 envoyer "La leçon 2 est ouverte."
    règle lecon2 était relance après le premier accès envoyer "La leçon 1 est ouverte."

Juste :

    cours NUM101
    règle lecon2 était relance après l'achèvement de Quiz1 envoyer "La leçon 2 est ouverte."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span

NAME = "renamed-rule"

STILL_THERE = Message(
    NAME,
    Severity.ERROR,
    "There is still a rule called {quoted}.",
    "Il y a encore une règle qui s'appelle {cite}.",
    "Take the old rule away, or this `was`.",
    "Supprimez l'ancienne règle, ou bien ce « était ».",
)
TWICE = Message(
    NAME,
    Severity.ERROR,
    "Another rule says already that it was {quoted}.",
    "Une autre règle dit déjà qu'elle s'appelait {cite}.",
)
FIRST = Message(NAME, Severity.INFO, "The other rule is here.", "L'autre règle est ici.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    taken: dict[tuple[str | None, str], Span] = {}
    for placed in subject.survey.rules:
        was = placed.node.was
        if was is None:
            continue
        args = {"quoted": f'"{was.text}"', "cite": f"« {was.text} »"}
        there = [one for one in subject.survey.rules_named(placed.course, was.text) if one.course == placed.course]
        first = taken.setdefault((placed.course, was.text), was.span)
        if there:
            place = there[0].node.name.span if there[0].node.name else there[0].node.trigger.span
            yield Diagnostic(STILL_THERE, was.span, args, related=((place, FIRST),))
        elif first is not was.span:
            yield Diagnostic(TWICE, was.span, args, related=((first, FIRST),))
