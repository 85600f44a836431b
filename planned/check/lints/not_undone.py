"""A message about something that the learner may have mended by the time it leaves.

A state that turns back (a group left, a grade that is better now) cancels what waits. A failed test does not: it has
happened, whatever comes after. Who passes in the meantime still gets the message, unless the rule asks.

Wrong:

    rule r after failing Quiz1 wait 2 days send "Shall we look at it together?"

Right:

    rule r after failing Quiz1 wait 2 days unless Quiz1 passed send "Shall we look at it together?"

---
Un message à propos d'un échec que l'apprenant a peut-être rattrapé avant qu'il ne parte.

Un état qui change (un groupe quitté, une meilleure note) annule ce qui attend. Un échec, non : il a eu lieu, quoi qu'il
arrive ensuite. Qui réussit entre-temps reçoit quand même le message, à moins que la règle ne s'en assure.

Faux :

    règle r après l'échec à Quiz1 attendre 2 jours envoyer "Regardons cela ensemble."

Juste :

    règle r après l'échec à Quiz1 attendre 2 jours sauf si Quiz1 est réussie envoyer "Regardons cela ensemble."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.mentions import in_expr, leaves
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "not-undone"

FAILED = Message(
    NAME,
    Severity.WARNING,
    "Who passes before the message leaves still gets it.",
    "L'apprenant qui réussit avant le départ du message le reçoit quand même.",
    "Perhaps you mean, before `send`: unless {name} passed",
    "Peut-être voulez-vous, avant `envoyer` : sauf si {name} est réussie",
)
LEFT = Message(
    NAME,
    Severity.WARNING,
    "Who is in the group again before the message leaves still gets it.",
    "L'apprenant revenu dans le groupe avant le départ du message le reçoit quand même.",
    "Perhaps you mean, before `send`: unless in group {name}",
    "Peut-être voulez-vous, avant `envoyer` : sauf si dans le groupe {name}",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        node = placed.node
        if not isinstance(node.trigger, ast.After) or not any(_is_long(step.wait) for step in node.steps):
            continue
        for leaf in leaves(node.trigger.what):
            match leaf:
                case ast.Failing(activity=name):
                    message = FAILED
                case ast.LeavingGroup(group=name):
                    message = LEFT
                case _:
                    continue
            asked = [*_conditions(node, leaf), *placed.policy.stops]
            if not any(mention.name == name for expr in asked for mention in in_expr(expr)):
                yield Diagnostic(message, leaf.span, {"name": f'"{name.text}"' if name.quoted else name.text})


def _is_long(wait: ast.Wait | None) -> bool:
    """An hour or more; less is no time to mend anything."""
    return wait is not None and not (
        isinstance(wait, ast.WaitFor)
        and wait.at is None
        and all(unit is ast.Unit.MINUTE for _, unit in wait.duration.parts)
    )


def _conditions(node: ast.Rule, happening: ast.Fact | ast.Condition) -> Iterator[ast.Expr]:
    """All that the rule asks beside the happening itself."""
    if isinstance(node.trigger, ast.After):
        yield from (leaf for leaf in leaves(node.trigger.what) if leaf is not happening)
    for step in node.steps:
        yield from (guard.condition for guard in step.guards)
        if isinstance(step.wait, ast.WaitUpTo):
            yield step.wait.fact
    if node.stop_once is not None:
        yield node.stop_once
