"""Whether the engine may decide and send now: not while an operator halts it, nor while its clock is in doubt.

A clock is in doubt when it has jumped forward by more than an hour that the steady clock knows nothing of; when it
shows less, at the first look since the machine was switched on, than it has shown to the store before; and when it
then agrees with a clock that was in doubt. It is trusted again after two checks that find it where it should be, or
when an operator says that it is right. What is in doubt stands in the store, so that no restart forgets it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from planned.engine.event import Instant
from planned.runtime.clock import SECOND
from planned.runtime.log import Log
from planned.runtime.watch import JUMP, ClockWatch
from planned.store.base import ClockMark, Store

CHECKS = 2
APART = 10 * SECOND
"""Between two checks that count."""
BEAT = 60 * SECOND
"""So often the store is told that the clock is trusted."""
SET_BACK = 60 * SECOND
"""A clock that goes back by so much is mentioned."""


class Gate:
    """Looks at the store and the clock, for any thread. One that never looked is shut."""

    def __init__(self, store: Store, watch: ClockWatch, log: Log) -> None:
        self._store = store
        self._watch = watch
        self._log = log
        self._lock = threading.Lock()
        self._looked = False
        self._halted = False
        self._doubts = 0
        self._checked: Instant = 0
        self._kept: tuple[ClockMark, Instant] | None = None
        self._excess: Instant = 0

    @property
    def doubted(self) -> bool:
        """Whether the clock was in doubt at the last look, or is now."""
        return not self._looked or self._doubts > 0 or self._watch.excess() > JUMP

    @property
    def halted(self) -> bool:
        """Whether an operator has halted the engines."""
        return self._halted

    @property
    def is_open(self) -> bool:
        """Whether the engine may decide and send."""
        return not self.halted and not self.doubted

    def look(self) -> bool:
        """Look anew, and say in the store how the clock is; whether it is open. Raises StoreError."""
        with self._lock:
            standing = self._store.standing()
            if self._halted != (standing.halted is not None):
                self._halted = not self._halted
                self._log.say("halted" if self._halted else "resumed")
            self._judge(standing.clocks)
            self._looked = True
            self._keep(standing.clocks.get(self._watch.machine))
        return self.is_open

    def _judge(self, clocks: Mapping[str, ClockMark]) -> None:
        mine = clocks.get(self._watch.machine)
        if not self._looked:
            self._take_up(mine)
        elif self._doubts and (mine is None or mine.doubted is None):
            self._watch.ahead = None
            self._believe("operator")
            return
        if not self._plausible(clocks):
            if not self._doubts:
                self._log.say("clock suspect", ahead_seconds=self._watch.excess() // SECOND)
            self._doubts = CHECKS
            self._checked = self._steady()
        elif not self._doubts:
            self._mention_setback()
            self._watch.trust()
        elif self._steady() - self._checked >= APART:
            self._doubts -= 1
            self._checked = self._steady()
            if not self._doubts:
                self._believe("checks")

    def _take_up(self, mine: ClockMark | None) -> None:
        """What an earlier process has left about this clock still holds: the machine was not switched off since."""
        if mine is None or not self._watch.machine:
            return
        self._watch.ahead = mine.ahead
        if mine.doubted is not None:
            self._doubts = CHECKS
            self._log.say("clock suspect", ahead_seconds=self._watch.excess() // SECOND)

    def _plausible(self, clocks: Mapping[str, ClockMark]) -> bool:
        if self._watch.ahead is not None:
            return self._watch.excess() <= JUMP
        wall = self._watch.wall()
        last = max((one.trusted for one in clocks.values()), default=0)
        if wall < last - JUMP:
            return False
        wrong = [one.doubted for one in clocks.values() if one.doubted is not None]
        return wall <= last + JUMP or all(wall < one - JUMP for one in wrong)

    def _believe(self, why: str) -> None:
        self._doubts = 0
        self._watch.trust()
        self._log.say("clock trusted", by=why)

    def _mention_setback(self) -> None:
        before, self._excess = self._excess, self._watch.excess()
        if self._excess < before - SET_BACK:
            self._log.say("clock set back", seconds=(before - self._excess) // SECOND)

    def _keep(self, mine: ClockMark | None) -> None:
        """Tell the store when something has changed, and from time to time that nothing has."""
        now, wall = self._steady(), self._watch.wall()
        if self._doubts:
            trusted = max(mine.trusted if mine else 0, self._kept[0].trusted if self._kept else 0)
            mark = ClockMark(self._watch.ahead, trusted, wall)
        else:
            mark = ClockMark(self._watch.ahead, self._watch.latest())
        if self._kept is not None:
            kept, at = self._kept
            same = (kept.doubted is None) == (mark.doubted is None)
            if same and now - at < BEAT and abs((kept.ahead or 0) - (mark.ahead or 0)) < SECOND:
                return
        self._store.keep_clock(self._watch.machine, mark)
        self._kept = (mark, now)

    def _steady(self) -> Instant:
        return int(self._watch.monotonic() * SECOND)


class ShutOrStopped(threading.Event):
    """Set once `stop` is, and while the gate is shut: what may be interrupted by either."""

    def __init__(self, stop: threading.Event, gate: Gate) -> None:
        super().__init__()
        self._stop = stop
        self._gate = gate

    def is_set(self) -> bool:
        return self._stop.is_set() or not self._gate.is_open

    def wait(self, timeout: float | None = None) -> bool:
        """Only for the stop: what was done must be stored even while the gate is shut."""
        return self._stop.wait(timeout)
