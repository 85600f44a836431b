"""A message that leaves only if what started its rule has been undone, or on another day than it is due.

After a failed test the test is complete, too: `complete` means done, whatever the result. So nobody gets a message
that asks for the opposite, unless the attempt is reset before it is due. And what is due on a monday leaves on another
day only if it is late.

Wrong:

    rule r after failing Quiz1 wait 1 day unless Quiz1 complete send "Shall we look at it together?"

Wrong:

    rule r every monday at 09:00 if today is tuesday send "What to read this week." stop once course complete

Right:

    rule r after failing Quiz1 wait 1 day unless Quiz1 passed send "Shall we look at it together?"

---
Un message qui ne part que si ce qui a démarré sa règle a été annulé, ou un autre jour que celui qui est prévu.

Après un échec, l'activité est achevée elle aussi : « achevée » veut dire faite, quel que soit le résultat. Personne ne
reçoit donc un message qui demande le contraire, à moins que la tentative ne soit effacée entre-temps. Et ce qui est
prévu un lundi ne part un autre jour que s'il est en retard.

Faux :

    règle r après l'échec à Quiz1 attendre 1 jour sauf si Quiz1 est achevée envoyer "Regardons cela ensemble."

Faux :

    règle r chaque lundi à 9h si aujourd'hui est mardi envoyer "À lire." arrêter dès que le cours est achevé

Juste :

    règle r après l'échec à Quiz1 attendre 1 jour sauf si Quiz1 est réussie envoyer "Regardons cela ensemble."
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from planned.check.conflicts import Claim, Conflict, conflict
from planned.check.graph import Atom, Kind, Not, Quiet
from planned.check.policy import weekdays
from planned.check.readings import Reading
from planned.check.starting import at_start
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "hardly-ever-sends"

COMPLETE_EITHER_WAY = Message(
    NAME,
    Severity.WARNING,
    "Passed or failed, it is complete by then: the message hardly ever leaves.",
    "Réussie ou échouée, l'activité est alors achevée : le message ne part presque jamais.",
    "Did you mean: unless {name} passed?",
    "Vouliez-vous dire : sauf si {name} est réussie ?",
)
TRUE_AT_START = Message(
    NAME,
    Severity.WARNING,
    "When the rule starts, this is already true: the message hardly ever leaves.",
    "Quand la règle démarre, cela est déjà vrai : le message ne part presque jamais.",
    "Ask about something that is still open then, for instance: unless Lesson2 complete",
    "Demandez plutôt quelque chose qui reste à faire, par exemple : sauf si Lecon2 est achevée",
)
FALSE_AT_START = Message(
    NAME,
    Severity.WARNING,
    "When the rule starts, this cannot be true: the message hardly ever leaves.",
    "Quand la règle démarre, cela ne peut pas être vrai : le message ne part presque jamais.",
    "Wait until it can be, for instance: wait 3 days",
    "Attendez que cela puisse l'être, par exemple : attendre 3 jours",
)
ANOTHER_DAY = Message(
    NAME,
    Severity.WARNING,
    "The message is due on another day, so it hardly ever leaves.",
    "Le message est prévu un autre jour, il ne part donc presque jamais.",
    "Let both name the same day.",
    "Nommez le même jour des deux côtés.",
)
BECAUSE = Message(NAME, Severity.INFO, "Because of this.", "À cause de ceci.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for reading in subject.readings:
        lasting = [Claim(part.node.span, part.expr) for part in (reading.lasting,) if part is not None]
        for place, guards in enumerate(reading.steps):
            if conflict(guards, lasting) is not None:
                continue  # that it never sends is said already
            for anyway in (_from_the_start(reading, place), _of_the_day(reading, place)):
                found = conflict(guards, anyway)
                if found is not None and found.others:
                    yield _told(reading, found)


def _told(reading: Reading, found: Conflict) -> Diagnostic:
    related = tuple((one.span, BECAUSE) for one in found.others)
    claim = found.others[-1].expr
    if isinstance(claim, Atom) and claim.kind in (Kind.TODAY_IS, Kind.BEFORE_DAY, Kind.AFTER_DAY):
        return Diagnostic(ANOTHER_DAY, found.span, related=related)
    trigger = reading.placed.node.trigger
    happening = trigger.what if isinstance(trigger, ast.After) else None
    if isinstance(happening, ast.Failing) and isinstance(claim, Atom) and claim.kind is Kind.COMPLETE:
        return Diagnostic(COMPLETE_EITHER_WAY, found.span, {"name": _written(happening.activity)}, related)
    return Diagnostic(TRUE_AT_START if found.is_unless else FALSE_AT_START, found.span, related=related)


def _written(name: ast.Name) -> str:
    return f'"{name.text}"' if name.quoted else name.text


# --- what holds when the rule starts ----------------------------------------------------------------------


def _from_the_start(reading: Reading, place: int) -> list[Claim]:
    """What the start has made true: for good, as far as one can tell, or just for a message without a wait."""
    at_once = all(step.wait is None for step in reading.placed.node.steps[: place + 1])
    claims = []
    match reading.placed.node.trigger:
        case ast.After(what=what) if reading.trigger is not None:
            for expr in at_start(reading.trigger.expr):
                if at_once or (isinstance(expr, Atom) and expr.kind is Kind.COMPLETE):
                    claims.append(Claim(what.span, expr))
        case ast.EveryWeekday(since=since, until=until) | ast.EveryPeriod(since=since, until=until):
            if since is not None:
                claims.append(Claim(since.span, reading.meant(since)))
            if until is not None and at_once:
                claims.append(Claim(until.span, Not(reading.meant(until))))
        case _:
            pass
    return claims


# --- the day on which it is due -----------------------------------------------------------------------------


def _of_the_day(reading: Reading, place: int) -> list[Claim]:
    """On which day the message is due, if that can be told and no quiet time moves it."""
    node = reading.placed.node
    wait = node.steps[place].wait
    if reading.placed.policy.quiet != Quiet():
        return []
    match wait:
        case ast.WaitUntil(day=ast.Weekday() as day):
            return _on_weekdays((day,), wait.span)
        case ast.WaitUntil(day=ast.Day() as day):
            return _on_day(day)
        case None if place == 0:
            pass
        case _:
            return []
    match node.trigger:
        case ast.EveryWeekday(days=days):
            return _on_weekdays(days, node.trigger.span)
        case ast.OnDay(day=day):
            return _on_day(day)
        case _:
            return []


def _on_weekdays(days: tuple[ast.Weekday, ...], span: Span) -> list[Claim]:
    return [Claim(span, Atom(kind=Kind.TODAY_IS, weekdays=weekdays(days)))]


def _on_day(day: ast.Day) -> list[Claim]:
    before, after = day.day + timedelta(days=1), day.day - timedelta(days=1)
    limits = (Atom(kind=Kind.BEFORE_DAY, day=before), Atom(kind=Kind.AFTER_DAY, day=after))
    return [Claim(day.span, limit) for limit in limits]
