"""Why the guards of a step let nothing through: which of several claims exclude each other, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planned.check.graph import Expr
from planned.check.logic import core
from planned.check.readings import GuardReading, span_of
from planned.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that has to be true for a message to leave: a piece of a guard, or what holds anyway."""

    span: Span
    expr: Expr
    guard: GuardReading | None = None
    stops: bool = False
    """It is what would stop the rule."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A guard that excludes `others`, none of them needless; `span` has just those of its pieces that do."""

    guard: GuardReading
    span: Span
    others: tuple[Claim, ...]

    @property
    def is_unless(self) -> bool:
        return self.guard.node.kind == "unless"


def conflict(guards: Sequence[GuardReading], anyway: Sequence[Claim]) -> Conflict | None:
    """The conflict among a step's guards and what holds anyway (and does not exclude itself), if there is one."""
    if not guards:
        return None
    claims = [*anyway, *_of_guards(guards)]
    found = core([claim.expr for claim in claims])
    if found is None:
        return None
    guilty = [claims[place] for place in found]
    last = guilty[-1].guard
    if last is None:
        return None
    span = span_of([claim.span for claim in guilty if claim.guard is last])
    return Conflict(last, span, tuple(claim for claim in guilty if claim.guard is not last))


def _of_guards(guards: Sequence[GuardReading]) -> Iterator[Claim]:
    for guard in guards:
        for part in guard.parts:
            yield Claim(part.node.span, part.expr, guard)
