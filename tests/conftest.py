"""Settings of all tests, and the servers that they share."""

from hypothesis import settings

from tests.postgres import postgres

__all__ = ["postgres"]

# A machine that is busy with something else is no failure of ours: time is measured where it matters.
settings.register_profile("planned", deadline=None)
settings.load_profile("planned")
