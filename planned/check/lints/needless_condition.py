"""A condition that changes nothing: it lets every message through, or never stops anything.

It is always or never true by itself, or what starts the rule makes it so: a rule whose start is undone is cancelled by
itself, so nobody needs to ask whether it still holds. Often something else was meant.

Wrong:

    # whoever waits here has completed Quiz1
    rule r after completion of Quiz1 wait 3 days if Quiz1 complete send "Lesson 2 is waiting."

Wrong:

    # nobody has passed and failed at once
    rule r after enrolment wait 3 days unless Quiz1 passed and Quiz1 failed send "Lesson 2 is waiting."

Right:

    rule r after completion of Quiz1 wait 3 days if Lesson2 complete send "Lesson 3 is waiting."

---
Une condition qui ne change rien : elle laisse passer tous les messages, ou n'arrête jamais rien.

Elle est toujours vraie ou toujours fausse, ou bien ce qui démarre la règle la rend telle : une règle dont le départ est
annulé s'annule d'elle-même, inutile donc de redemander s'il tient encore. Souvent, on voulait dire autre chose.

Faux :

    # qui attend ici a achevé Quiz1
    règle r après l'achèvement de Quiz1 attendre 3 jours si Quiz1 est achevée envoyer "La leçon 2 vous attend."

Faux :

    # personne n'a réussi et échoué à la fois
    règle r après l'inscription attendre 3 jours sauf si Quiz1 est réussie et Quiz1 est échouée
      envoyer "La leçon 2 vous attend."

Juste :

    règle r après l'achèvement de Quiz1 attendre 3 jours si Lecon2 est achevée envoyer "La leçon 3 vous attend."
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.graph import Expr, Not
from planned.check.logic import follows, possible
from planned.check.readings import GuardReading, Part, Reading
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "needless-condition"

ALWAYS = Message(
    NAME,
    Severity.WARNING,
    "This is always true and changes nothing.",
    "Cela est toujours vrai et ne change rien.",
    "Take it out, or say what was meant.",
    "Retirez-le, ou dites ce qui était voulu.",
)
NEVER = Message(
    NAME,
    Severity.WARNING,
    "This is never true and changes nothing.",
    "Cela n'est jamais vrai et ne change rien.",
    "Take it out, or say what was meant.",
    "Retirez-le, ou dites ce qui était voulu.",
)
ALWAYS_BY_START = Message(
    NAME,
    Severity.WARNING,
    "What started the rule makes this true as long as the message waits: it changes nothing.",
    "Ce qui a démarré la règle le rend vrai tant que le message attend : cela ne change rien.",
    "Take it out: if the start is undone, the rule is cancelled by itself.",
    "Retirez-le : si le départ est annulé, la règle s'annule d'elle-même.",
)
BECAUSE = Message(NAME, Severity.INFO, "Because of this.", "À cause de ceci.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    said: set[Span] = set()
    for reading in subject.readings:
        for one in (*_of_guards(reading), *_of_stops(reading)):
            if one.span not in said:
                said.add(one.span)
                yield one


def _of_guards(reading: Reading) -> Iterator[Diagnostic]:
    lasting = reading.lasting
    given = (lasting.expr,) if lasting is not None else ()
    if not possible(*given):
        return
    for guards in reading.steps:
        if not guards or not possible(*given, *(guard.expr for guard in guards)):
            continue
        for guard in guards:
            yield from _of_guard(reading, guard, lasting)


def _of_guard(reading: Reading, guard: GuardReading, lasting: Part | None) -> Iterator[Diagnostic]:
    if guard.node.kind == "unless":
        lasting = None  # `unless` what mends it says in words what happens anyway: nobody errs there
    needless = [part for part in guard.parts if _is_needless(part, lasting)]
    if len(needless) == len(guard.parts):
        yield _told(guard.node.condition.span, guard, guard.expr, lasting)
        return
    for part in guard.parts:
        if part in needless:
            yield _told(part.node.span, guard, part.expr, lasting)
        else:
            yield from _within(reading, part.node)


def _is_needless(part: Part, lasting: Part | None) -> bool:
    return follows(part.expr) or (lasting is not None and follows(part.expr, lasting.expr))


def _told(span: Span, guard: GuardReading, expr: Expr, lasting: Part | None) -> Diagnostic:
    if lasting is None or follows(expr):
        return Diagnostic(NEVER if guard.node.kind == "unless" else ALWAYS, span)
    return Diagnostic(ALWAYS_BY_START, span, related=((lasting.node.span, BECAUSE),))


def _of_stops(reading: Reading) -> Iterator[Diagnostic]:
    for stop in reading.stops:
        if not possible(stop.expr):
            yield Diagnostic(NEVER, stop.node.span)
        elif possible(Not(stop.expr)):
            yield from _within(reading, stop.node)


def _within(reading: Reading, node: ast.Expr) -> Iterator[Diagnostic]:
    """The pieces of a condition that are always or never true, though the whole is not."""
    match node:
        case ast.And(items=items) | ast.Or(items=items):
            pieces = items
        case ast.Not(item=item):
            pieces = (item,)
        case _:
            pieces = ()
    for piece in pieces:
        expr = reading.meant(piece)
        if not possible(expr):
            yield Diagnostic(NEVER, piece.span)
        elif follows(expr):
            yield Diagnostic(ALWAYS, piece.span)
        else:
            yield from _within(reading, piece)
