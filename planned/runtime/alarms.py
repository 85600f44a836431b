"""The alarm clock: APScheduler, in memory, only to wake the loop; the sole importer of apscheduler.

What is due and when is known by the store alone. An alarm that is lost or early does no harm: the loop wakes by itself
every 30 seconds at the latest and looks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from planned.engine.event import Instant
from planned.runtime.clock import SECOND

AT_LEAST_EVERY = 30.0
"""Seconds."""


class Alarms:
    """Calls `wake`, from a thread of its own, at the polls and at the instant of `set`."""

    def __init__(self, wake: Callable[[], object], poll_seconds: float) -> None:
        self._wake = wake
        quiet = logging.getLogger("planned.alarms")
        quiet.setLevel(logging.ERROR)  # it would warn of each ring that comes while the one before still sounds
        self._scheduler: Any = BackgroundScheduler(
            logger=quiet,
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_job(wake, "interval", seconds=min(poll_seconds, AT_LEAST_EVERY), id="poll")
        self._at: Instant | None = None

    def every(self, seconds: float, call: Callable[[], object]) -> None:
        """Call this, too, again and again; late rather than twice at once."""
        self._scheduler.add_job(call, "interval", seconds=seconds)

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
