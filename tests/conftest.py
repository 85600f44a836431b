"""Settings of all tests."""

from hypothesis import settings

# A machine that is busy with something else is no failure of ours: time is measured where it matters.
settings.register_profile("planned", deadline=None)
settings.load_profile("planned")
