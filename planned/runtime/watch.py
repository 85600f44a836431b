"""The wall clock held against the steady one: it cannot run away unnoticed."""

from __future__ import annotations

from planned.engine.event import Instant
from planned.runtime.clock import SECOND, Clock

JUMP = 3600 * SECOND
"""By so much a clock may be ahead of where it should be."""


class ClockWatch:
    """A `Clock` that never jumps forward by more than an hour, whatever becomes of the one below it.

    The *line* is where the wall clock should be: at its farthest ahead of the steady clock while it was trusted. A
    clock that was set back may so be set forward again to where it was.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.machine: str = getattr(clock, "machine", "")
        """Names the steady clock: marks of another one say nothing about it. Empty: a steady clock of this process."""
        self.ahead: Instant | None = None
        """By how much the line is ahead of the steady clock; None: there is none yet."""

    def wall(self) -> Instant:
        """What the clock shows, right or wrong."""
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def now(self) -> Instant:
        """What the clock shows; the line, if it is too far ahead of it."""
        wall, line = self._read()
        return wall if wall - line <= JUMP else line

    def latest(self) -> Instant:
        """The same, but never behind the line: the world has come so far, though the clock was set back."""
        wall, line = self._read()
        return line if wall - line > JUMP else max(wall, line)

    def excess(self) -> Instant:
        """By how much the clock is ahead of the line; negative behind it."""
        wall, line = self._read()
        return wall - line

    def trust(self) -> None:
        """The clock is right as it is."""
        wall, steady = self.wall(), int(self.monotonic() * SECOND)
        if self.ahead is None or wall - steady > self.ahead:
            self.ahead = wall - steady

    def _read(self) -> tuple[Instant, Instant]:
        wall, steady = self.wall(), int(self.monotonic() * SECOND)
        return wall, wall if self.ahead is None else steady + self.ahead


def latest(clock: Clock) -> Instant:
    """The time up to which the world may have come, by any clock."""
    return clock.latest() if isinstance(clock, ClockWatch) else clock.now()


class _Onward:
    def __init__(self, watch: ClockWatch) -> None:
        self._watch = watch

    def now(self) -> Instant:
        return self._watch.latest()

    def monotonic(self) -> float:
        return self._watch.monotonic()


def onward(clock: Clock) -> Clock:
    """A clock for what was decided already: no clock that was set back has a message wait that is on its way."""
    return _Onward(clock) if isinstance(clock, ClockWatch) else clock
