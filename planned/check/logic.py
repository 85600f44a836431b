"""Whether conditions can hold together, follow from each other, or are always or never true; by trying all worlds.

Expressions are those of the graph. All of them are read at the same moment, as a guard reads them: what a trigger
says of its facts is that they have become true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planned.check.graph import All, Any, Atom, Expr, Not, atoms_of
from planned.check.worlds import worlds


def possible(*exprs: Expr) -> bool:
    """Whether all can be true at one moment. True also where there are too many facts to look at."""
    every = worlds(atom for expr in exprs for atom in atoms_of(expr))
    return every is None or any(all(truth(expr, world) for expr in exprs) for world in every)


def follows(expr: Expr, *given: Expr) -> bool:
    """Whether it is true whenever all that is given is. False also where there are too many facts to look at."""
    return not possible(*given, Not(expr))


def core(exprs: Sequence[Expr]) -> list[int] | None:
    """Of expressions that exclude each other the places of some that already do, none of them needless; else None."""
    if possible(*exprs):
        return None
    kept = list(range(len(exprs)))
    for place in range(len(exprs)):
        fewer = [one for one in kept if one != place]
        if fewer and not possible(*(exprs[one] for one in fewer)):
            kept = fewer
    return kept


def truth(expr: Expr, world: Mapping[Atom, bool]) -> bool:
    match expr:
        case Atom():
            return world[expr]
        case Not(item):
            return not truth(item, world)
        case All(items):
            return all(truth(item, world) for item in items)
        case Any(items):
            return any(truth(item, world) for item in items)
