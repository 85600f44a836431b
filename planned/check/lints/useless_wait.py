"""A wait for something that is so already, or that ends the rule when it comes.

`wait up to 3 days for …` ends when that is true. If what started the rule says so already, it waits for nothing. And
if the rule would be undone by it, the message is cancelled instead: after `7 days without access` a visit ends it all.

Wrong:

    rule r after completion of Quiz1 wait up to 3 days for completion of Quiz1 send "Well done."

Wrong:

    rule r after 7 days without access wait up to 3 days for access send "There you are again."

Right:

    rule r after completion of Quiz1 wait up to 3 days for completion of Lesson2 send "Well done."

---
Une attente de quelque chose qui est déjà vrai, ou qui arrête la règle quand cela arrive.

`attendre au plus 3 jours pour …` se termine dès que c'est vrai. Si ce qui a déclenché la règle l'implique déjà, elle
n'attend rien. Et si cela annule la règle, le message est annulé : après `7 jours sans accès`, une visite arrête tout.

Faux :

    règle r après l'achèvement de Quiz1 attendre au plus 3 jours pour l'achèvement de Quiz1 envoyer "Bravo."

Faux :

    règle r après 7 jours sans accès attendre au plus 3 jours pour un accès envoyer "Vous revoilà."

Juste :

    règle r après l'achèvement de Quiz1 attendre au plus 3 jours pour l'achèvement de Lecon2 envoyer "Bravo."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.graph import HAPPENINGS, All, Atom, Expr, Kind
from planned.check.logic import follows, possible
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "useless-wait"

ALREADY = Message(
    NAME,
    Severity.WARNING,
    "What started the rule makes this true already: the wait ends at once.",
    "Ce qui a démarré la règle le rend déjà vrai : l'attente se termine aussitôt.",
    "Name something that is still open then, or a plain wait: wait 3 days",
    "Nommez quelque chose qui reste à faire, ou une simple attente : attendre 3 jours",
)
UNDOES = Message(
    NAME,
    Severity.WARNING,
    "If this comes, the rule is undone and its message cancelled: the wait never ends early.",
    "Si cela arrive, la règle est annulée et son message aussi : l'attente ne finit jamais plus tôt.",
    "Write a plain wait instead, for instance: wait 3 days",
    "Écrivez plutôt une simple attente, par exemple : attendre 3 jours",
)
BECAUSE = Message(NAME, Severity.INFO, "Because of this.", "À cause de ceci.")

VISITS = frozenset({Kind.ACCESS, Kind.FIRST_ACCESS, Kind.VIEWING, Kind.SUBMISSION, Kind.PASSING, Kind.FAILING})


def check(subject: Subject) -> Iterator[Diagnostic]:
    for reading in subject.readings:
        lasting = reading.lasting
        if lasting is None or not possible(lasting.expr):
            continue
        for step in reading.placed.node.steps:
            if isinstance(step.wait, ast.WaitUpTo):
                message = _wrong(lasting.expr, reading.meant(step.wait.fact))
                if message is not None:
                    yield Diagnostic(message, step.wait.fact.span, related=((lasting.node.span, BECAUSE),))


def _wrong(lasting: Expr, fact: Expr) -> Message | None:
    assert isinstance(fact, Atom)
    if fact.kind in HAPPENINGS:
        return UNDOES if fact.kind in VISITS and _asks_for_absence(lasting) else None
    if follows(fact, lasting):
        return ALREADY
    return None if possible(fact, lasting) else UNDOES


def _asks_for_absence(expr: Expr) -> bool:
    match expr:
        case Atom(kind=kind):
            return kind is Kind.WITHOUT_ACCESS
        case All(items):
            return any(_asks_for_absence(item) for item in items)
        case _:
            return False
