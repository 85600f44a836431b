"""More than three messages to one learner on one day.

The rules are played for up to a year on imagined learners, one for each rule and each of them twice, with other days
and hours, quiet times and limits included. A limit ends it: one too many waits for the next day.

Up to a hundred rules are played; in more, this is not looked for.

Wrong:

    rule r1 after enrolment send "Welcome."
    rule r2 after enrolment wait 1 hour send "Here is the plan."
    rule r3 after enrolment wait 2 hours send "Who is who?"
    rule r4 after enrolment wait 3 hours send "How to begin."

Right:

    limit 2 messages per day
    rule r1 after enrolment send "Welcome."
    rule r2 after enrolment wait 1 hour send "Here is the plan."
    rule r3 after enrolment wait 2 hours send "Who is who?"
    rule r4 after enrolment wait 3 hours send "How to begin."

---
Plus de trois messages à un même apprenant le même jour.

Les règles sont jouées jusqu'à un an sur des apprenants imaginés, un par règle, et chacun deux fois, à d'autres jours et
d'autres heures, silences et limites compris. Une limite y met fin : le message de trop attend le lendemain.

Ce contrôle porte sur cent règles au plus ; au-delà, il ne se fait pas.

Faux :

    règle r1 après l'inscription envoyer "Bienvenue."
    règle r2 après l'inscription attendre 1 heure envoyer "Voici le programme."
    règle r3 après l'inscription attendre 2 heures envoyer "Qui est qui ?"
    règle r4 après l'inscription attendre 3 heures envoyer "Par où commencer."

Juste :

    limite 2 messages par jour
    règle r1 après l'inscription envoyer "Bienvenue."
    règle r2 après l'inscription attendre 1 heure envoyer "Voici le programme."
    règle r3 après l'inscription attendre 2 heures envoyer "Qui est qui ?"
    règle r4 après l'inscription attendre 3 heures envoyer "Par où commencer."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "too-many-messages"
NEEDS = ("foreseen",)

CROWD = Message(
    NAME,
    Severity.WARNING,
    "With this rule a learner gets {number} messages on one day, the others from: {others}.",
    "Avec cette règle, un apprenant reçoit {number} messages le même jour, les autres de : {others}.",
    "Spread them, or write above the rules, for example: limit 2 messages per day",
    "Espacez-les, ou écrivez au-dessus des règles, par exemple : limite 2 messages par jour",
)
ALONE = Message(
    NAME,
    Severity.WARNING,
    "This rule sends a learner {number} messages on one day.",
    "Cette règle envoie {number} messages à un apprenant le même jour.",
    CROWD.help_en,
    CROWD.help_fr,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    assert subject.known.foreseen is not None
    places = {(placed.course, placed.name): placed for placed in subject.survey.rules}
    for crowd in subject.known.foreseen.crowds:
        if (placed := places.get(crowd.last)) is not None:
            args = {"number": crowd.number, "others": ", ".join(crowd.others)}
            yield Diagnostic(CROWD if crowd.others else ALONE, head_of(placed), args)
