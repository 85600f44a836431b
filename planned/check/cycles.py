"""Circles in what follows what: rules that start each other for ever (4.7 of the language)."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def cycles(successors: Mapping[T, Sequence[T]]) -> list[list[T]]:
    """One shortest circle for each knot of nodes that reach each other, from its first node in the mapping."""
    place = {node: number for number, node in enumerate(successors)}
    knots = [(min(knot, key=place.__getitem__), knot) for knot in _knots(successors)]
    return [_shortest(start, knot, successors) for start, knot in sorted(knots, key=lambda pair: place[pair[0]])]


def _shortest(start: T, knot: set[T], successors: Mapping[T, Sequence[T]]) -> list[T]:
    before: dict[T, T] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for following in successors.get(node, ()):
            if following == start:
                return _back(start, node, before)
            if following in knot and following not in before:
                before[following] = node
                waiting.append(following)
    return [start]


def _back(start: T, node: T, before: Mapping[T, T]) -> list[T]:
    path = [node]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]


def _knots(successors: Mapping[T, Sequence[T]]) -> list[set[T]]:
    """The strongly connected components that contain a circle, without recursion (Tarjan 1972)."""
    number: dict[T, int] = {}
    low: dict[T, int] = {}
    path: list[T] = []
    on_path: set[T] = set()
    found: list[set[T]] = []
    for root in successors:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        path.append(root)
        on_path.add(root)
        work = [(root, iter(successors.get(root, ())))]
        while work:
            node, rest = work[-1]
            following = next((one for one in rest if one not in number or _note(low, number, node, one, on_path)), None)
            if following is not None:
                number[following] = low[following] = len(number)
                path.append(following)
                on_path.add(following)
                work.append((following, iter(successors.get(following, ()))))
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == number[node]:
                knot: set[T] = set()
                while node not in knot:
                    knot.add(path.pop())
                on_path -= knot
                if len(knot) > 1 or node in successors.get(node, ()):
                    found.append(knot)
    return found


def _note(low: dict[T, int], number: Mapping[T, int], node: T, met: T, on_path: set[T]) -> bool:
    """Remembers the way back to a node met again. Always False: there is nothing to go into."""
    if met in on_path:
        low[node] = min(low[node], number[met])
    return False
