"""A rule that never starts, or a message that is never sent.

Two conditions can exclude each other. And what starts a rule can exclude a condition: it stays true as long as the
message waits, since a rule whose start is undone is cancelled by itself.

Wrong:

    # whoever waits here has completed Quiz1
    rule r after completion of Quiz1 wait 3 days unless Quiz1 complete send "Lesson 2 is waiting."

Wrong:

    # no grade is both
    rule r after enrolment wait 3 days if grade of Quiz1 above 15 and grade of Quiz1 below 10 send "Well done."

Wrong:

    # it stops as soon as it starts
    rule r after completion of course send "Well done." stop once course complete

Right:

    rule r after completion of Quiz1 wait 3 days unless Lesson2 complete send "Lesson 2 is waiting."

---
Une règle qui ne démarre jamais, ou un message qui ne part jamais.

Deux conditions peuvent s'exclure. Et ce qui démarre une règle peut exclure une condition : cela reste vrai tant que le
message attend, car une règle dont le départ est annulé s'annule d'elle-même.

Faux :

    # qui attend ici a achevé Quiz1
    règle r après l'achèvement de Quiz1 attendre 3 jours sauf si Quiz1 est achevée envoyer "La leçon 2 vous attend."

Faux :

    # aucune note n'est les deux
    règle r après l'inscription attendre 3 jours si note de Quiz1 supérieure à 15 et note de Quiz1 inférieure à 10
      envoyer "Bravo."

Faux :

    # elle s'arrête dès qu'elle démarre
    règle r après l'achèvement du cours envoyer "Bravo." arrêter dès que le cours est achevé

Juste :

    règle r après l'achèvement de Quiz1 attendre 3 jours sauf si Lecon2 est achevée envoyer "La leçon 2 vous attend."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planned.check.conflicts import Claim, Conflict, conflict
from planned.check.graph import Not
from planned.check.logic import core
from planned.check.readings import GuardReading, Reading
from planned.check.starting import at_start
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span

NAME = "never-sends"

OPEN = "Ask about something that is still open then, for instance: unless Lesson2 complete"
OUVERT = "Demandez plutôt quelque chose qui reste à faire, par exemple : sauf si Lecon2 est achevée"

NEVER_TRUE = Message(
    NAME,
    Severity.ERROR,
    "This is never true, so the message is never sent.",
    "Cela n'est jamais vrai, le message ne part donc jamais.",
    "Did you mean `or` instead of `and`?",
    "Vouliez-vous dire `ou` au lieu de `et` ?",
)
ALWAYS_TRUE = Message(
    NAME,
    Severity.ERROR,
    "This is always true, so `unless` holds back every message.",
    "Cela est toujours vrai, `sauf si` retient donc tous les messages.",
    "Did you mean `and` instead of `or`?",
    "Vouliez-vous dire `et` au lieu de `ou` ?",
)
EXCLUDED = Message(
    NAME,
    Severity.ERROR,
    "This leaves nothing of what the condition before lets through: the message is never sent.",
    "Cela ne laisse rien de ce que la condition précédente laisse passer : le message ne part jamais.",
    "Take one of the two out.",
    "Retirez l'une des deux.",
)
TRUE_WHILE_WAITING = Message(
    NAME,
    Severity.ERROR,
    "This is true as long as the message waits, so it is never sent.",
    "Cela est vrai tant que le message attend, il ne part donc jamais.",
    OPEN,
    OUVERT,
)
FALSE_WHILE_WAITING = Message(
    NAME,
    Severity.ERROR,
    "This cannot be true as long as the message waits, so it is never sent.",
    "Cela ne peut pas être vrai tant que le message attend, il ne part donc jamais.",
    "What started the rule excludes it, and if that is undone, the rule is cancelled by itself.",
    "Ce qui a démarré la règle l'exclut, et si cela est annulé, la règle s'annule d'elle-même.",
)
STOPPED = Message(
    NAME,
    Severity.ERROR,
    "When this would let a message leave, the rule has already stopped.",
    "Quand cela laisserait partir un message, la règle est déjà arrêtée.",
    "Take out the condition, or what stops the rule.",
    "Retirez la condition, ou ce qui arrête la règle.",
)
STOPS_AT_ONCE = Message(
    NAME,
    Severity.ERROR,
    "This is already true when the rule starts, so it stops at once and never sends.",
    "Cela est déjà vrai quand la règle démarre : elle s'arrête aussitôt et n'envoie jamais rien.",
    "Stop once something is done that is still open then, for instance: stop once Lesson2 complete",
    "Arrêtez-la par quelque chose qui reste à faire, par exemple : arrêter dès que Lecon2 est achevée",
)
STOPPED_BEFORE = Message(
    NAME,
    Severity.ERROR,
    "This rule is stopped as soon as it starts and never sends.",
    "Cette règle est arrêtée dès qu'elle démarre et n'envoie jamais rien.",
    "Put the rule above `stop all once`, or into a file of its own.",
    "Placez la règle au-dessus de `tout arrêter dès que`, ou dans un fichier à elle.",
)
ALWAYS_STOPPED = Message(
    NAME,
    Severity.ERROR,
    "This is always true, so no message is ever sent.",
    "Cela est toujours vrai, aucun message ne part donc jamais.",
    "Did you mean `and` instead of `or`?",
    "Vouliez-vous dire `et` au lieu de `ou` ?",
)
NEVER_STARTS = Message(
    NAME,
    Severity.ERROR,
    "This can never be true all at once, so the rule never starts.",
    "Tout cela ne peut jamais être vrai à la fois, la règle ne démarre donc jamais.",
    "Did you mean `or` instead of `and`?",
    "Vouliez-vous dire `ou` au lieu de `et` ?",
)
BECAUSE = Message(NAME, Severity.INFO, "Because of this.", "À cause de ceci.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    said: set[Span] = set()
    for reading in subject.readings:
        whole = list(_of_rule(reading))
        if not whole:
            whole = [one for guards in reading.steps if (one := _of_step(reading, guards)) is not None]
        for one in whole:
            if one.span not in said:
                said.add(one.span)
                yield one


def _of_rule(reading: Reading) -> Iterator[Diagnostic]:
    """Why the rule never starts, or stops at once."""
    trigger = reading.trigger
    if trigger is not None and core([trigger.expr]) is not None:
        yield Diagnostic(NEVER_STARTS, trigger.node.span)
        return
    start = () if trigger is None else (trigger.expr, *at_start(trigger.expr))
    for stop in reading.stops:
        found = core([*start, Not(stop.expr)])
        if found is None:
            continue
        if found == [len(start)]:
            yield Diagnostic(ALWAYS_STOPPED, stop.node.span)
        elif trigger is not None and stop.node is reading.placed.node.stop_once:
            yield Diagnostic(STOPS_AT_ONCE, stop.node.span, related=((trigger.node.span, BECAUSE),))
        elif trigger is not None:
            yield Diagnostic(STOPPED_BEFORE, trigger.node.span, related=((stop.node.span, BECAUSE),))
        return


def _of_step(reading: Reading, guards: Sequence[GuardReading]) -> Diagnostic | None:
    anyway = [Claim(stop.node.span, Not(stop.expr), stops=True) for stop in reading.stops]
    if reading.lasting is not None:
        anyway.append(Claim(reading.lasting.node.span, reading.lasting.expr))
    found = conflict(guards, anyway)
    if found is None:
        return None
    return Diagnostic(_message(found), found.span, related=tuple((one.span, BECAUSE) for one in found.others))


def _message(found: Conflict) -> Message:
    if not found.others:
        return ALWAYS_TRUE if found.is_unless else NEVER_TRUE
    if any(claim.stops for claim in found.others):
        return STOPPED
    if any(claim.guard is not None for claim in found.others):
        return EXCLUDED
    return TRUE_WHILE_WAITING if found.is_unless else FALSE_WHILE_WAITING
