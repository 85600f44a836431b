"""Settings of all tests, and the servers that they share."""

import os
import zoneinfo

from hypothesis import settings

from tests.faults.rig import figures, place, postgres_place, sqlite_place
from tests.postgres import postgres

__all__ = ["figures", "place", "postgres", "postgres_place", "sqlite_place"]

# The expectations are of the same zone data as the engine, whatever the system has.
zoneinfo.reset_tzpath(())

# Some runners of tests say how wide their terminal is; what a test prints goes to a pipe.
os.environ.pop("COLUMNS", None)

# A machine that is busy with something else is no failure of ours: time is measured where it matters.
settings.register_profile("planned", deadline=None)
settings.load_profile("planned")
