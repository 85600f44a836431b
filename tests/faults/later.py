"""`planned` as it will run in so many seconds: `python -m tests.faults.later SECONDS run …`; nothing else is changed.

Both clocks are ahead by the same, as they are after an outage of that length.
"""

from __future__ import annotations

import sys

from planned.cli.main import main
from planned.runtime.clock import SECOND, SystemClock


def move_on(seconds: int) -> None:
    now, monotonic = SystemClock.now, SystemClock.monotonic
    SystemClock.now = lambda clock: now(clock) + seconds * SECOND  # type: ignore[method-assign]  # the point of it
    SystemClock.monotonic = lambda clock: monotonic(clock) + seconds  # type: ignore[method-assign]  # the same


if __name__ == "__main__":
    move_on(int(sys.argv.pop(1)))
    sys.exit(main())
