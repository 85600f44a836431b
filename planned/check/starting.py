"""What is true at the moment at which a rule starts, beyond what its trigger says."""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.graph import Atom, Expr, Kind, Not


def at_start(trigger: Expr) -> tuple[Expr, ...]:
    """Of a trigger that is one happening: what this very moment has made true, though it may not stay so.

    A trigger of several facts can also start with another of them, long after the happening.
    """
    return tuple(_follows(trigger)) if isinstance(trigger, Atom) else ()


def _follows(atom: Atom) -> Iterator[Expr]:
    match atom.kind:
        case Kind.PASSING | Kind.FAILING:
            passed = Atom(kind=Kind.IS_PASSED, key=atom.key)
            failed = Atom(kind=Kind.IS_FAILED, key=atom.key)
            yield Atom(kind=Kind.COMPLETE, key=atom.key)
            yield passed if atom.kind is Kind.PASSING else failed
        case Kind.LEAVING_GROUP:
            yield Not(Atom(kind=Kind.IN_GROUP, key=atom.key))
        case _:
            pass
