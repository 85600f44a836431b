"""How the engines of a store stand: halted or not, their clocks, their zone data; for all stores."""

from __future__ import annotations

import threading
from abc import abstractmethod
from contextlib import AbstractContextManager
from dataclasses import replace

from planned.engine.event import Instant
from planned.store.base import ClockMark, Standing
from planned.store.outbox import Change
from planned.store.questions import Questions


class Standings(Questions):
    """In the same words for SQLite and PostgreSQL. Operators write here, too, beside the engines at work."""

    @abstractmethod
    def _change(self) -> AbstractContextManager[Change]:
        """A transaction that writes. Raises StoreError."""

    def standing(self) -> Standing:
        rows = self._rows(
            "SELECT s.halted, s.zones, c.machine, c.ahead, c.trusted, c.doubted"
            " FROM standing s LEFT JOIN clocks c ON c.machine IS NOT NULL"
        )
        clocks = {row[2]: ClockMark(*row[3:]) for row in rows if row[2] is not None}
        return Standing(rows[0][0], rows[0][1], clocks)

    def halt(self, since: Instant | None) -> None:
        with self._change() as change:
            change("UPDATE standing SET halted = ?", (since,))

    def keep_zones(self, version: str) -> None:
        with self._change() as change:
            change("UPDATE standing SET zones = ?", (version,))

    def keep_clock(self, machine: str, mark: ClockMark | None) -> None:
        with self._change() as change:
            if mark is None:
                change("DELETE FROM clocks WHERE machine = ?", (machine,))
            else:
                change(
                    "INSERT INTO clocks (machine, ahead, trusted, doubted) VALUES (?, ?, ?, ?) ON CONFLICT (machine)"
                    " DO UPDATE SET ahead = excluded.ahead, trusted = excluded.trusted, doubted = excluded.doubted",
                    (machine, mark.ahead, mark.trusted, mark.doubted),
                )


class StandingInMemory:
    """The same for as long as the process lives."""

    _standing = Standing()
    _standing_lock = threading.Lock()

    def standing(self) -> Standing:
        return self._standing

    def halt(self, since: Instant | None) -> None:
        with self._standing_lock:
            self._standing = replace(self._standing, halted=since)

    def keep_zones(self, version: str) -> None:
        with self._standing_lock:
            self._standing = replace(self._standing, zones=version)

    def keep_clock(self, machine: str, mark: ClockMark | None) -> None:
        with self._standing_lock:
            others = {name: one for name, one in self._standing.clocks.items() if name != machine}
            self._standing = replace(self._standing, clocks=others if mark is None else others | {machine: mark})
