"""The alarm clock: APScheduler, in memory, only to wake the loop; the sole importer of apscheduler.

What is due and when is known by the store alone. An alarm that is lost or early does no harm: the loop wakes by itself
every 30 seconds at the latest and looks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from planned.engine.event import Instant
from planned.runtime.clock import SECOND

AT_LEAST_EVERY = 30.0
"""Seconds."""
HEARTBEAT = 10.0
"""Seconds between two signs of life of an engine that shares its store."""


class Alarms:
    """Calls `wake`, from a thread of its own, at the polls and at the instant of `set`; `beat` every ten seconds."""

    def __init__(
        self, wake: Callable[[], object], poll_seconds: float, beat: Callable[[], object] | None = None
    ) -> None:
        self._wake = wake
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(wake, "interval", seconds=min(poll_seconds, AT_LEAST_EVERY), id="poll")
        if beat is not None:
            self._scheduler.add_job(beat, "interval", seconds=HEARTBEAT, id="beat")
        self._at: Instant | None = None

    def start(self) -> None:
        """Begin to ring."""
        self._scheduler.start()

    def set(self, at: Instant | None) -> None:
        """Ring at this instant, too, and no longer at the one that was set before; None: at none."""
        if at == self._at:
            return
        self._at = at
        if at is None:
            if self._scheduler.get_job("due"):
                self._scheduler.remove_job("due")
            return
        # A microsecond early would find nothing due.
        when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at + SECOND // 1000)
        self._scheduler.add_job(self._wake, "date", run_date=when, id="due", replace_existing=True)

    def stop(self) -> None:
        """Ring no more; does not wait."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
