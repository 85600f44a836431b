"""Rules that start each other in a circle.

A rule that starts after the completion or the sending of another follows it; a circle of them would never end. Take
one of the rules out of the circle: let it start after something that the learner does.

Wrong:

    rule first after sending of second send "Hello!"
    rule second after completion of first send "Hello again!"

Right:

    rule first after enrolment send "Hello!"
    rule second after completion of first wait 1 day send "Hello again!"

---
Des règles qui se déclenchent en boucle.

Une règle qui démarre après l'achèvement ou l'envoi d'une autre la suit ; une boucle n'aurait pas de fin. Faites
démarrer l'une des règles après une action de l'apprenant.

Faux :

    règle premiere après l'envoi de seconde envoyer "Bonjour !"
    règle seconde après l'achèvement de premiere envoyer "Rebonjour !"

Juste :

    règle premiere après l'inscription envoyer "Bonjour !"
    règle seconde après l'achèvement de premiere attendre 1 jour envoyer "Rebonjour !"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from planned.check.cycles import cycles
from planned.check.follows import before, links
from planned.check.scope import Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast
from planned.syntax.ast import Unit
from planned.syntax.to_text import print_node

NAME = "cycle"

SELF = Message(
    NAME,
    Severity.ERROR,
    "The rule {first} starts after itself; one round {takes}.",
    "La règle {first} démarre après elle-même ; un tour {dure}.",
    "For a series write: repeat every 7 days up to 3 times",
    "Pour une série, écrivez : répéter tous les 7 jours au plus 3 fois",
)
CIRCLE = Message(
    NAME,
    Severity.ERROR,
    "These rules start each other in a circle, one round {takes}: {path}.",
    "Ces règles se déclenchent en boucle, un tour {dure} : {path}.",
    "Let one of them start after something that the learner does.",
    "Faites démarrer l'une d'elles après une action de l'apprenant.",
)
NEXT = Message(NAME, Severity.INFO, "The circle goes on here.", "La boucle continue ici.")

Follows = Mapping[Placed, tuple[tuple[Placed, ast.Name], ...]]


def check(subject: Subject) -> Iterator[Diagnostic]:
    follows: Follows = {placed: tuple(before(subject, placed)) for placed in subject.survey.rules if links(placed)}
    starts: dict[Placed, list[Placed]] = {placed: [] for placed in follows}
    for placed, befores in follows.items():
        for earlier, _ in befores:
            if earlier in starts:
                starts[earlier].append(placed)
    for circle in cycles(starts):
        spans = [_span_of(follows, circle[place - 1], placed) for place, placed in enumerate(circle)]
        path = " → ".join((*(placed.name for placed in circle), circle[0].name))
        related = tuple((span, NEXT) for span in spans[1:])
        takes, dure = _round(circle, follows)
        args = {"first": circle[0].name, "path": path, "takes": takes, "dure": dure}
        yield Diagnostic(SELF if len(circle) == 1 else CIRCLE, spans[0], args, related)


def _span_of(follows: Follows, earlier: Placed, placed: Placed) -> Span:
    return next(name.span for one, name in follows[placed] if one is earlier)


# --- how long a round takes ---------------------------------------------------------------------------------

_LARGEST_FIRST = (Unit.MONTH, Unit.DAY, Unit.WORKING_DAY, Unit.HOUR, Unit.MINUTE)


def _round(circle: Sequence[Placed], follows: Follows) -> tuple[str, str]:
    """What to say in English and in French of all the waits of a circle together."""
    total: Counter[Unit] = Counter()
    exact = True
    for place, placed in enumerate(circle):
        following = circle[(place + 1) % len(circle)]
        by_message = any(one is placed and _is_message(following, name) for one, name in follows[following])
        for step in placed.node.steps[: 1 if by_message else None]:
            exact = _add(total, step) and exact
    parts = tuple((total[unit], unit) for unit in _LARGEST_FIRST if total[unit])
    if not parts:
        return ("takes no time", "ne dure rien") if exact else ("takes some time", "dure un certain temps")
    duration = ast.Duration(parts=parts)
    return f"takes {print_node(duration, 'en')}", f"dure {print_node(duration, 'fr')}"


def _add(total: Counter[Unit], step: ast.Step) -> bool:
    """Adds the step's delays; returns whether those are all."""
    match step.wait:
        case ast.WaitFor(duration=duration) | ast.WaitUpTo(duration=duration):
            _count(total, duration, 1)
        case ast.WaitUntil():
            return False
        case None:
            pass
    if step.repeat is not None:
        _count(total, step.repeat.every, step.repeat.up_to or len(step.send.messages) - 1)
    return True


def _count(total: Counter[Unit], duration: ast.Duration, times: int) -> None:
    for number, unit in duration.parts:
        if unit is Unit.WEEK:
            total[Unit.DAY] += 7 * number * times
        else:
            total[unit] += number * times


def _is_message(following: Placed, name: ast.Name) -> bool:
    """Whether the rule follows a message of the other, and not its completion."""
    return any(isinstance(leaf, ast.Sending | ast.IsSent) and leaf.rule is name for leaf in links(following))
