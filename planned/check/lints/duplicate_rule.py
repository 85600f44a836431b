"""A rule that sends what another sends already, to the same people at the same time.

Two rules of a course start alike, wait alike and send the same message. If their conditions are the same, or those of
the one hold whenever those of the other do, some learners get it twice.

Wrong:

    rule r after completion of Quiz1 wait 3 days unless Lesson2 complete send "Lesson 2 is waiting."
    rule s after completion of Quiz1 wait 3 days send "Lesson 2 is waiting."

Right:

    rule r after completion of Quiz1 wait 3 days unless Lesson2 complete send "Lesson 2 is waiting."
    rule s after completion of Quiz1 wait 6 days unless Lesson2 complete send "Lesson 2 is waiting."

---
Une règle qui envoie ce qu'une autre envoie déjà, aux mêmes personnes au même moment.

Deux règles d'un cours démarrent de même, attendent de même et envoient le même message. Si leurs conditions sont les
mêmes, ou si celles de l'une tiennent dès que celles de l'autre tiennent, certains le reçoivent deux fois.

Faux :

    règle r après l'achèvement de Quiz1 attendre 3 jours sauf si Lecon2 est achevée envoyer "La leçon 2 vous attend."
    règle s après l'achèvement de Quiz1 attendre 3 jours envoyer "La leçon 2 vous attend."

Juste :

    règle r après l'achèvement de Quiz1 attendre 3 jours sauf si Lecon2 est achevée envoyer "La leçon 2 vous attend."
    règle s après l'achèvement de Quiz1 attendre 6 jours sauf si Lecon2 est achevée envoyer "La leçon 2 vous attend."
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from planned.check.graph import All, Any, Expr
from planned.check.lints.duplicate_name import head_of
from planned.check.logic import follows, possible
from planned.check.readings import Part, Reading, reading
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "duplicate-rule"

SAME = Message(
    NAME,
    Severity.WARNING,
    "This rule sends the same as {other}, to the same people at the same time.",
    "Cette règle envoie la même chose que {other}, aux mêmes personnes au même moment.",
    "Delete one of the two.",
    "Supprimez l'une des deux.",
)
COVERED = Message(
    NAME,
    Severity.WARNING,
    "Whoever gets this message gets the same from {other} at the same time.",
    "Ceux qui reçoivent ce message reçoivent le même de {other}, au même moment.",
    "Delete this rule, or give the two conditions that exclude each other.",
    "Supprimez cette règle, ou donnez aux deux des conditions qui s'excluent.",
)
OTHER = Message(NAME, Severity.INFO, "This one.", "Celle-ci.")
MOST = 20
"""Rules of one message that are compared each with each."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for alike in _grouped(subject.survey.rules, _message):
        for group in _grouped(alike, _shape):
            firsts: dict[Hashable, Placed] = {}
            for placed in group:
                first = firsts.setdefault(_conditions(placed), placed)
                if first is not placed and not _renamed(first, placed):
                    yield _diagnostic(SAME, placed, first)
            yield from _told([reading(subject.survey, placed) for placed in [*firsts.values()][:MOST]])


def _grouped(rules: Iterable[Placed], key: Callable[[Placed], Hashable]) -> Iterator[list[Placed]]:
    """Those that have the key in common with another one."""
    found: dict[Hashable, list[Placed]] = {}
    for placed in rules:
        found.setdefault(key(placed), []).append(placed)
    return (group for group in found.values() if len(group) > 1)


def _message(placed: Placed) -> Hashable:
    """What differs in almost all rules, and costs little to compare. Templates and dates are those of the file."""
    first = placed.node.steps[0].send.messages[0]
    own = isinstance(first, ast.Name) or placed.course is None
    return (placed.course, placed.file.path if own else "", first.text)


def _shape(placed: Placed) -> Hashable:
    """All that says what is sent to whom and when, but for the conditions."""
    node = placed.node
    steps = tuple((step.wait, step.send, step.notices, step.repeat) for step in node.steps)
    ends = (node.first_day, node.last_day, node.again, node.expires_after, node.even_when_unenrolled)
    return (node.trigger, steps, node.mode, ends, placed.policy.zone, placed.policy.quiet)


def _conditions(placed: Placed) -> Hashable:
    """As they are written."""
    node = placed.node
    return (tuple(step.guards for step in node.steps), node.stop_once, placed.policy.stops)


def _told(read: Sequence[Reading]) -> Iterator[Diagnostic]:
    """Of each rule at most one other that sends the same."""
    told: set[str] = set()
    for first, second in combinations(read, 2):
        covered, covering = second.placed, first.placed
        both = _covers(first, second), _covers(second, first)
        if both == (False, True):
            covered, covering = covering, covered
        if any(both) and covered.name not in told and not _renamed(covered, covering):
            told.add(covered.name)
            yield _diagnostic(SAME if all(both) else COVERED, covered, covering)


def _diagnostic(message: Message, covered: Placed, covering: Placed) -> Diagnostic:
    return Diagnostic(message, head_of(covered), {"other": covering.name}, ((head_of(covering), OTHER),))


def _renamed(first: Placed, second: Placed) -> bool:
    """One is said to have been the other: that has a lint of its own."""
    names = [one.node.was.text if one.node.was else None for one in (first, second)]
    return names[0] == second.name or names[1] == first.name or (names[0] is not None and names[0] == names[1])


def _covers(wide: Reading, narrow: Reading) -> bool:
    """Whether the one sends each message whenever the other does."""
    if wide.stops and not follows(_any(narrow.stops), _any(wide.stops)):
        return False
    for less, more in zip(narrow.steps, wide.steps, strict=True):
        given = [guard.expr for guard in less]
        if not possible(*given) or not follows(All(tuple(guard.expr for guard in more)), *given):
            return False
    return True


def _any(stops: Sequence[Part]) -> Expr:
    return Any(tuple(stop.expr for stop in stops))
