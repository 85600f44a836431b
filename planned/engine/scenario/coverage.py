"""Which rules, guards and messages the scenarios have tried, as their decisions tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from planned.check.scope import Placed
from planned.diagnostics import Diagnostic, Message, Severity
from planned.engine.decision import Decision, Outcome
from planned.engine.scenario.play import Played
from planned.engine.scenario.verdict import by_name
from planned.syntax.to_text import print_node

NAME = "not-tried"
RULE = Message(
    NAME, Severity.INFO, "No scenario has {rule} do anything.", "Aucun scénario ne met en jeu la règle {rule}."
)
STEP = Message(
    NAME,
    Severity.INFO,
    "No scenario sends message {number} of {rule}.",
    "Aucun scénario n'envoie le message {number} de la règle {rule}.",
)
HOLDS_BACK = Message(
    NAME,
    Severity.INFO,
    "In no scenario does this hold the message back: {guard}",
    "Dans aucun scénario, ceci ne retient le message\u00a0: {guard}",
)
LETS_PASS = Message(
    NAME,
    Severity.INFO,
    "In no scenario does this let the message pass: {guard}",
    "Dans aucun scénario, ceci ne laisse passer le message\u00a0: {guard}",
)


@dataclass(slots=True)
class Coverage:
    """What is tried of what there is: each rule once, each step once, each guard both ways; paused rules apart."""

    tried: int = 0
    total: int = 0
    gaps: list[Diagnostic] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """Whole percents, rounded down; 100 where there is nothing to try."""
        return 100 * self.tried // self.total if self.total else 100


def coverage(rules: Iterable[Placed], played: Iterable[Played]) -> Coverage:
    """The coverage of these rules by what was played; a gap for each part that was not tried, a whole rule once."""
    seen = _seen(played)
    found = Coverage()
    for placed in rules:
        if placed.node.mode == "paused":
            continue
        parts = list(_parts(placed))
        tried = [(placed.course, placed.name, *part) in seen for part, _ in parts]
        found.total += len(parts)
        found.tried += sum(tried)
        gaps = [gap for (_, gap), known in zip(parts, tried, strict=True) if not known]
        found.gaps += gaps if tried[0] else gaps[:1]
    return found


Part = tuple[str, int, int, bool]
"""What of a rule: itself, a step, or a guard with a value of its condition."""


def _parts(placed: Placed) -> Iterator[tuple[Part, Diagnostic]]:
    """All that can be tried of a rule, the rule itself first, and what is said if it was not."""
    name = placed.node.name.span if placed.node.name else placed.node.span
    yield ("rule", 0, 0, True), Diagnostic(RULE, name, {"rule": placed.name})
    for number, step in enumerate(placed.node.steps, 1):
        for place, guard in enumerate(step.guards):
            said = {"guard": print_node(guard, placed.file.language)}
            for value in (True, False):
                message = HOLDS_BACK if value is (guard.kind == "unless") else LETS_PASS
                yield ("guard", number, place, value), Diagnostic(message, guard.span, said)
        yield ("step", number, 0, True), Diagnostic(STEP, step.send.span, {"number": number, "rule": placed.name})


def _seen(played: Iterable[Played]) -> set[tuple[str | None, str, str, int, int, bool]]:
    seen: set[tuple[str | None, str, str, int, int, bool]] = set()
    for one in played:
        rules = by_name(one.graph)
        for decision in one.decisions:
            rule = rules[decision.rule]
            seen.update((rule.course, rule.name, *part) for part in _tried(decision))
    return seen


def _tried(one: Decision) -> Iterator[Part]:
    if one.notice or one.outcome is Outcome.PENDING:
        return
    yield ("rule", 0, 0, True)
    for place, reading in enumerate(one.guards):
        yield ("guard", one.step, place, reading.value)
    if one.outcome is Outcome.SENT:
        yield ("step", one.step, 0, True)
