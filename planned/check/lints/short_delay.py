"""A delay that is shorter than the time between two looks at the platform.

The engine asks its sources every so often (`poll_seconds` in the settings). What happened just after a look is seen at
the next one: a shorter delay is then over already, and the message leaves at once, late.

Wrong:

    rule hint after viewing of Quiz1 wait 1 minute send "Take your time."

Right:

    rule hint after viewing of Quiz1 wait 30 minutes send "Take your time."

---
Un délai plus court que le temps entre deux lectures de la plateforme.

Le moteur interroge ses sources à intervalles réguliers (`poll_seconds` dans les réglages). Ce qui arrive juste
après une lecture n'est vu qu'à la suivante : un délai plus court est alors déjà passé, et le message part en retard.

Faux :

    règle conseil après la consultation de Quiz1 attendre 1 minute envoyer "Prenez votre temps."

Juste :

    règle conseil après la consultation de Quiz1 attendre 30 minutes envoyer "Prenez votre temps."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check import times
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "short-delay"
NEEDS = ("poll_seconds",)

SHORT = Message(
    NAME,
    Severity.WARNING,
    "This delay is shorter than the time between two looks at the platform, {poll} minutes.",
    "Ce délai est plus court que le temps entre deux lectures de la plateforme, {poll} minutes.",
    "Wait longer, or lower poll_seconds in the settings.",
    "Attendez plus longtemps, ou baissez poll_seconds dans les réglages.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    poll = (subject.known.poll_seconds or 0) / 60
    for placed in subject.survey.rules:
        for step in placed.node.steps:
            match step.wait:
                case ast.WaitFor(duration=duration, at=None) if times.minutes(duration) < poll:
                    yield Diagnostic(SHORT, duration.span, {"poll": f"{poll:g}"})
                case _:
                    pass
