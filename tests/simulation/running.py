"""One seed: run, judged, and made small if something is wrong with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.oracle.histories import History, told
from tests.simulation.checks import wrong_in
from tests.simulation.harness import Run, Simulation
from tests.simulation.several import SeveralEngines
from tests.simulation.world import World, world

Thing = TypeVar("Thing")

LONG = "PLANNED_LONG" in os.environ
TWO_YEARS_EVERY = 10 if LONG else 150
"""One seed of so many has two years."""
SIZE = (50, 20) if LONG else (24, 10)
COMPARED = 5 if LONG else 3
"""Of the learners of two years so many are compared with the oracle, which is slow; the others with the invariants."""
TRIES = 300


def world_of(seed: int) -> World:
    two_years = seed % TWO_YEARS_EVERY == TWO_YEARS_EVERY - 1
    return world(seed, large=SIZE if two_years else None)


def wrong(one: World) -> list[str]:
    return judged(one)[1]


def judged(one: World) -> tuple[Run, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        run = (Simulation if one.engines == 1 else SeveralEngines)(one, Path(folder)).run()
        learners = sorted({str(event["learner"]) for event in one.events if event.get("learner")})
        many = len(learners) > 2 * COMPARED
        return run, wrong_in(run, Random(one.seed).sample(learners, COMPARED) if many else None)


def report(one: World) -> str:
    """What is wrong with it, made small, and how to see it again."""
    found = wrong(one)
    if not found:
        return ""
    small = shrunk(one)
    history = History(small.files, small.events, str(small.end), small.default_zone)
    how = f"PLANNED_LONG=1 python -m tests.simulation {one.seed}" if LONG else f"python -m tests.simulation {one.seed}"
    lines = [f"seed {one.seed}; alone: {how}", *found[:20], "--- made small", told(history)]
    lines += [f"--- {trouble}" for trouble in small.troubles]
    return "\n".join([*lines, "--- wrong", *wrong(small)[:20]])


def shrunk(one: World, tries: int = TRIES) -> World:
    """Without the troubles and events that are not needed for something to be wrong; at most so many runs."""
    goes_on = len(one.events) < 100
    while goes_on:
        goes_on = False
        for smaller in _smaller(one):
            tries -= 1
            if tries < 0:
                return one
            if wrong(smaller):
                one, goes_on = smaller, True
                break
    return one


def _smaller(one: World) -> Iterator[World]:
    yield from (replace(one, troubles=kept) for kept in _parts(one.troubles))
    yield from (replace(one, events=kept) for kept in _parts(one.events) if kept)
    if one.durable:
        yield replace(one, durable=False)


def _parts(things: Sequence[Thing]) -> Iterator[list[Thing]]:
    for size in (16, 8, 4, 2, 1):
        for start in range(0, len(things) - size + 1, max(1, size // 2)):
            yield [*things[:start], *things[start + size :]]
