"""A repetition without an end, a list of messages without a repetition, and what cannot be combined with them.

`repeat every 7 days` needs `up to 3 times` or a list of messages, the last of which ends it. A list stands only where
something goes through it: under `every` or `repeat`. `again` has no sense with `every`, which starts anew by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "repetition"


def _error(en: str, fr: str, help_en: str = "", help_fr: str = "") -> Message:
    return Message(NAME, Severity.ERROR, en, fr, help_en, help_fr)


ENDLESS = _error(
    "This repetition would never end.",
    "Cette répétition n'aurait pas de fin.",
    "Say how often, for example: up to 3 times",
    "Dites combien de fois, par exemple : au plus 3 fois",
)
LIST = _error(
    "Several messages stand only under `every` or with `repeat`: here only one can be sent.",
    "Plusieurs messages ne vont qu'avec « chaque » ou « répéter » : ici, un seul peut partir.",
    "Add for example: repeat every 7 days. Or write several steps, joined by `then`.",
    "Ajoutez par exemple : répéter tous les 7 jours. Ou écrivez plusieurs étapes, reliées par « puis ».",
)
AGAIN = _error(
    "`again` does not go with `every`, which starts anew each time.",
    "« à chaque fois » et « à nouveau après » ne vont pas avec « chaque », qui recommence de lui-même.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        rule = placed.node
        every = isinstance(rule.trigger, ast.EveryWeekday | ast.EveryPeriod)
        for step in rule.steps:
            several = len(step.send.messages) > 1
            if step.repeat is not None and step.repeat.up_to is None and not several:
                yield Diagnostic(ENDLESS, step.repeat.span)
            if several and step.repeat is None and not every:
                yield Diagnostic(LIST, step.send.messages[1].span)
        if every and rule.again is not None:
            span = rule.again.span if isinstance(rule.again, ast.AgainAfter) else rule.trigger.span
            yield Diagnostic(AGAIN, span)
