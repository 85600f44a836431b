"""Settings of all tests, and the servers that they share."""

import os
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.plugin import pytest_xdist_auto_num_workers as processors

from tests.faults.rig import figures, place, postgres_place, sqlite_place
from tests.postgres import postgres

__all__ = ["figures", "place", "postgres", "postgres_place", "sqlite_place"]

# The expectations are of the same zone data as the engine, whatever the system has.
zoneinfo.reset_tzpath(())

FAULTS = Path(__file__).parent / "faults"

# Some runners of tests say how wide their terminal is; what a test prints goes to a pipe.
os.environ.pop("COLUMNS", None)

# A machine that is busy with something else is no failure of ours: time is measured where it matters.
settings.register_profile("planned", deadline=None)
settings.load_profile("planned")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: much of the time tests wait for a process, or for time to pass."""
    return processors(config) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait longest begin first, so that they wait while others compute, and none is left to the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(FAULTS))
