"""Logs as JSON, one object a line: what happened and how often; never names, addresses or texts."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import TextIO

from planned.runtime.clock import Clock, SystemClock, datetime_of

Value = str | int | float | bool | None | dict[str, int]


class Log:
    """Writes to `out`, or nowhere if it is None. A line that cannot be written is dropped: a log stops nothing."""

    def __init__(self, out: TextIO | None = None, clock: Clock | None = None) -> None:
        self._out = out
        self._clock = clock or SystemClock()

    def say(self, what: str, **values: Value) -> None:
        """One line: the time in UTC, what happened, and values: counts, codes, names of rules and of channels."""
        if self._out is None:
            return
        now: datetime = datetime_of(self._clock.now())
        line = {"time": now.isoformat(timespec="milliseconds"), "what": what, **values}
        try:
            self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            self._out = None


def to_stderr(clock: Clock | None = None) -> Log:
    """A log on standard error."""
    return Log(sys.stderr, clock)


def place_of(error: BaseException) -> dict[str, Value]:
    """What was raised at first, and where; not its text, which may have names in it."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "at": place}
