"""How much may go out, as the settings say it: `100 per minute`."""

from __future__ import annotations

import re

from planned.runtime.clock import SECOND
from planned.store.delivery import Rate

PERIODS = {"second": SECOND, "minute": 60 * SECOND, "hour": 3600 * SECOND, "day": 24 * 3600 * SECOND}
PATTERN = rf"^[1-9][0-9]{{0,8}} per ({'|'.join(PERIODS)})$"


def rate_of(text: str) -> Rate:
    """Raises ValueError for what is no rate; the text says what to write."""
    if not re.match(PATTERN, text.strip()):
        raise ValueError(f"{text!r} is no limit: write it as 100 per minute (or second, hour, day)")
    count, _, period = text.split()
    return Rate(int(count), PERIODS[period])
