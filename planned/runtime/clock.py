"""Clocks: the only module that reads one. Everything else is told what time it is."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from planned.engine.event import Instant

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux has two: CLOCK_MONOTONIC rests while the machine sleeps, and the wall clock would seem to have jumped."""


class Clock(Protocol):
    """What time it is. `now` may jump when somebody sets the clock; `monotonic` never goes back, and counts sleep."""

    def now(self) -> Instant:
        """Microseconds since 1970 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment."""
        ...


class SystemClock:
    """The machine's. `machine` names it from when it was switched on to when it is switched off; empty: unknown."""

    @property
    def machine(self) -> str:
        return _machine()

    def now(self) -> Instant:
        return time.time_ns() // 1_000

    def monotonic(self) -> float:
        return time.clock_gettime(_STEADY)


class VirtualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: Instant | str | datetime = 0) -> None:
        self._now = instant_of(start)

    def now(self) -> Instant:
        return self._now

    def monotonic(self) -> float:
        return self._now / SECOND

    def move(self, to: Instant | str | datetime) -> None:
        """Go forward to `to`; it never goes back."""
        self._now = max(self._now, instant_of(to))


@cache
def _machine() -> str:
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        with suppress(OSError):  # a container may have a steady clock of its own
            boot += os.readlink("/proc/self/ns/time").removeprefix("time:")
        return boot
    return ""


def instant_of(when: Instant | str | datetime) -> Instant:
    """An instant from itself, an aware datetime, or RFC 3339 text with an offset. Raises ValueError for any other."""
    if isinstance(when, int):
        return when
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    if moment.tzinfo is None:
        raise ValueError(f"{when} has no offset from UTC: write 2026-09-03T14:10:00+02:00")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def datetime_of(instant: Instant) -> datetime:
    """The instant as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)
