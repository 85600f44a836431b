"""A reminder that goes on whatever the learner does.

A repetition, or a rule with `every`, asks before each message whether it is still needed. Without `unless`, without
`stop once` and without an end it reminds even those who have long done what it asks for.

Wrong:

    rule r after enrolment wait 3 days send "Please take the quiz." repeat every 7 days up to 3 times

Right:

    rule r after enrolment wait 3 days unless Quiz1 complete send "Please take the quiz."
      repeat every 7 days up to 3 times

Right:

    rule s every monday at 09:00 until completion of Quiz1 send "Please take the quiz."

---
Un rappel qui continue quoi que fasse l'apprenant.

Une répétition, ou une règle avec `chaque`, demande avant chaque message s'il est encore utile. Sans `sauf si`, sans
`arrêter dès que` et sans fin, elle relance même ceux qui ont fait depuis longtemps ce qu'elle demande.

Faux :

    règle r après l'inscription attendre 3 jours envoyer "Faites le quiz." répéter tous les 7 jours au plus 3 fois

Juste :

    règle r après l'inscription attendre 3 jours sauf si Quiz1 est achevée envoyer "Faites le quiz."
      répéter tous les 7 jours au plus 3 fois

Juste :

    règle s chaque lundi à 9h jusqu'à l'achèvement de Quiz1 envoyer "Faites le quiz."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.mentions import leaves
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "reminder-without-exit"

REPEATED = Message(
    NAME,
    Severity.WARNING,
    "This is repeated whatever the learner does.",
    "Ce message est répété quoi que fasse l'apprenant.",
    "Say before `send` who needs it no more, for instance: unless Lesson2 complete",
    "Dites avant `envoyer` qui n'en a plus besoin, par exemple : sauf si Lecon2 est achevée",
)
FOR_EVER = Message(
    NAME,
    Severity.WARNING,
    "The same message comes again and again, as long as the learner is enrolled.",
    "Le même message revient sans cesse, tant que l'apprenant est inscrit.",
    "Say when it ends, for instance: stop once course complete",
    "Dites quand cela s'arrête, par exemple : arrêter dès que le cours est achevé",
)

TURNS_BACK = (ast.WithoutAccess, ast.Grade, ast.JoiningGroup)
"""States that learners often leave by themselves; a rule that waits for one ends with it."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        node = placed.node
        if isinstance(node.trigger, ast.EveryWeekday | ast.EveryPeriod):
            if not _ends(placed) and not _is_series(node):
                yield Diagnostic(FOR_EVER, node.trigger.span)
            continue
        for step in node.steps:
            if step.repeat is not None and len(step.send.messages) == 1 and not step.guards and not _ends(placed):
                yield Diagnostic(REPEATED, step.repeat.span)


def _ends(placed: Placed) -> bool:
    """Whether something stops the rule, or its trigger may turn back."""
    node = placed.node
    if node.stop_once is not None or placed.policy.stops or node.last_day is not None:
        return True
    match node.trigger:
        case ast.After(what=what):
            return any(isinstance(leaf, TURNS_BACK) for leaf in leaves(what, positive=True))
        case ast.EveryWeekday(since=since, until=until) | ast.EveryPeriod(since=since, until=until):
            return until is not None or isinstance(since, TURNS_BACK)
        case _:
            return False


def _is_series(node: ast.Rule) -> bool:
    """A list ends with its last message, and what is guarded asks each time."""
    return any(len(step.send.messages) > 1 or step.guards for step in node.steps)
