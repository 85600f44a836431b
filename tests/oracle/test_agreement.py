"""The core decides as the oracle does, on as many random histories as `PLANNED_SEEDS` says."""

from __future__ import annotations

import os

import pytest

from tests.oracle.agreement import compared
from tests.oracle.histories import history
from tests.oracle.shrinking import shrunk

SEEDS = int(os.environ.get("PLANNED_SEEDS", "300"))
BLOCK = 25


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_the_core_decides_as_the_oracle_does(first: int) -> None:
    for seed in range(first, min(first + BLOCK, SEEDS)):
        found = compared(history(seed))
        if found is not None:
            pytest.fail(f"seed {seed}, made small:\n{shrunk(found).told()}", pytrace=False)
