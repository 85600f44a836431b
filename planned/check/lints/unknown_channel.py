"""A channel that the settings do not have.

`via` names one of the `[channels]` of planned.toml; without it a message goes by `email`.

Wrong:

    rule welcome after enrolment send "Welcome!" via telegramm

Right:

    rule welcome after enrolment send "Welcome!" via telegram
    rule hello after first access send "Hello!"

---
Un canal qui manque dans les réglages.

`par` nomme l'un des `[channels]` de planned.toml ; sans `par`, un message part par `email`.

Faux :

    règle bienvenue après l'inscription envoyer "Bienvenue !" par telegramm

Juste :

    règle bienvenue après l'inscription envoyer "Bienvenue !" par telegram
    règle bonjour après le premier accès envoyer "Bonjour !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity

NAME = "unknown-channel"
NEEDS = ("channels",)

UNKNOWN = Message(
    NAME,
    Severity.WARNING,
    "The settings have no channel {name}.",
    "Aucun canal {name} n'est défini dans les réglages.",
    "Known are: {known}.",
    "Sont connus : {known}.",
)
NEAR = Message(
    NAME, Severity.WARNING, UNKNOWN.en, UNKNOWN.fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    channels = subject.known.channels or frozenset()
    for placed in subject.survey.rules:
        for step in placed.node.steps:
            for via in (step.send.via, *(notice.via for notice in step.notices)):
                if via is not None and via.text not in channels:
                    near = subject.nearest(via.text, sorted(channels))
                    args = {"name": via.text, "known": ", ".join(sorted(channels)), "nearest": near}
                    fix = Fix((Edit(via.span, near),)) if near else None
                    yield Diagnostic(NEAR if near else UNKNOWN, via.span, args, fix=fix)
