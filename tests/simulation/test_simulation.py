"""The live engine under faults decides as the oracle does and delivers all of it, on as many seeds as `PLANNED_SEEDS`.

Most seeds have up to four learners, five rules and some weeks. One of 75 has two years, 24 learners and about ten
rules, of which three learners are compared with the oracle; with `PLANNED_LONG` one of ten, with 50 learners and 20
rules, of which five are. What is asked of each run stands in `checks.py`, what befalls it in `world.py`.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.running import report, world_of

SEEDS = int(os.environ.get("PLANNED_SEEDS", "300"))
BLOCK = 25


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_nothing_is_lost_and_nothing_is_decided_twice(first: int) -> None:
    for seed in range(first, min(first + BLOCK, SEEDS)):
        if found := report(world_of(seed)):
            pytest.fail(found, pytrace=False)
