"""When the zone data have changed: what waits is timed anew, once, by the engine that leads.

The store knows the oldest data with which anything that waits may have been timed. In a rolling upgrade an engine with
older data says so in each of its turns, so that what it times is looked at again when it is gone.
"""

from __future__ import annotations

from itertools import islice

from planned.runtime.clock import Clock
from planned.runtime.log import Log
from planned.runtime.work import PEOPLE_A_BATCH, Work
from planned.store.base import Store
from planned.zones import version

AGAIN = 600.0
"""Seconds before everybody is looked at once more, while engines with other data are at work."""


class ZoneData:
    """Compares the zone data of this engine with those of its store."""

    def __init__(self, store: Store, work: Work, clock: Clock, log: Log) -> None:
        self._store = store
        self._work = work
        self._clock = clock
        self._log = log
        self._last: float | None = None
        self._said = False

    def look(self, known: str | None, *, leads: bool) -> None:
        """`known`: what the store says of its data. Only who leads times anew. Raises StoreError."""
        mine = version()
        if known == mine:
            return
        if known is not None and known > mine:
            if not self._said:
                self._log.say("zone data old", zones=mine, store=known)
            self._said = True
            self._store.keep_zones(mine)
            return
        now = self._clock.monotonic()
        if not leads or (self._last is not None and now - self._last < AGAIN):
            return
        self._last = now
        people = iter(self._store.everybody())
        count = 0
        while ids := list(islice(people, PEOPLE_A_BATCH)):
            self._work.rezone(ids)
            count += len(ids)
        self._store.keep_zones(mine)
        if count:
            self._log.say("zone data changed", zones=mine, before=known, people=count)
