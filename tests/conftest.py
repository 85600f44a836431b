"""Settings of all tests, and the servers that they share."""

import zoneinfo

from hypothesis import settings

from tests.faults.rig import figures, place, postgres_place, sqlite_place
from tests.postgres import postgres

__all__ = ["figures", "place", "postgres", "postgres_place", "sqlite_place"]

# The expectations are of the same zone data as the engine, whatever the system has.
zoneinfo.reset_tzpath(())

# A machine that is busy with something else is no failure of ours: time is measured where it matters.
settings.register_profile("planned", deadline=None)
settings.load_profile("planned")
