"""A rule that really sends, after a draft that nobody receives.

The messages of a draft are decided and recorded, and delivered to the test address only. Yet they count as sent: what
starts after them writes to the learners. Make both drafts, or neither.

Wrong:

    rule first draft after enrolment send "Hello!"
    rule second after completion of first wait 7 days send "As I said last week: hello."

Right:

    rule first draft after enrolment send "Hello!"
    rule second draft after completion of first wait 7 days send "As I said last week: hello."

---
Une règle qui envoie pour de bon, à la suite d'un brouillon que personne ne reçoit.

Les messages d'un brouillon sont décidés et notés, et remis à la seule adresse de test. Pourtant ils comptent comme
envoyés : ce qui démarre à leur suite écrit aux apprenants. Mettez les deux règles en brouillon, ou aucune.

Faux :

    règle premiere brouillon après l'inscription envoyer "Bonjour !"
    règle seconde après l'achèvement de premiere attendre 7 jours envoyer "Comme je le disais : bonjour."

Juste :

    règle premiere brouillon après l'inscription envoyer "Bonjour !"
    règle seconde brouillon après l'achèvement de premiere attendre 7 jours envoyer "Comme je le disais : bonjour."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.follows import before
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "follows-draft"

DRAFT = Message(
    NAME,
    Severity.WARNING,
    "{first} is a draft that no learner receives, and {second} really writes to them after it.",
    "{first} est un brouillon : aucun apprenant ne le reçoit. Or {second}, qui vient ensuite, leur écrit vraiment.",
    "Until both are ready write: rule {second} draft",
    "Tant que les deux ne sont pas prêtes, écrivez : règle {second} brouillon",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        if placed.node.mode is not None:
            continue
        for first, name in before(subject, placed):
            if first.node.mode == "draft":
                yield Diagnostic(DRAFT, name.span, {"first": name.text, "second": placed.name})
