"""The live engine under faults decides as the oracle does and delivers all of it, on as many seeds as `PLANNED_SEEDS`.

Most seeds have up to four learners, five rules and some weeks, or eight learners of a lively course; one of five has
two or three engines. One of 150 has two years, 24 learners and about ten rules, of which three learners are compared
with the oracle; with `PLANNED_LONG` one of ten, with 50 learners and 20 rules, of which five are. What is asked of each
run stands in `checks.py`, what befalls it in `world.py`.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.simulation.running import judged, report, world_of
from tests.simulation.shared import SharedMemory

SEEDS = int(os.environ.get("PLANNED_SEEDS", "300"))
BLOCK = 25


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_nothing_is_lost_and_nothing_is_decided_twice(first: int) -> None:
    for seed in range(first, min(first + BLOCK, SEEDS)):
        if found := report(world_of(seed)):
            pytest.fail(found, pytrace=False)


def test_engines_get_in_each_others_way() -> None:
    """What an engine has thought while others went on is really refused, for either reason, and thought again."""
    refused: Counter[str] = Counter()
    for seed in (6, 11, 16, 21, 26, 31):
        run, wrong = judged(world_of(seed))
        assert not wrong
        assert isinstance(run.store.inner, SharedMemory)
        refused += run.store.inner.refused
    assert refused["conflict"] >= 5
    assert refused["superseded"] >= 20
