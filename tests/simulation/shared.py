"""A store that several engines serve, in memory: what `planned.store.postgres` is to machines, for the simulator.

`tests/contract/test_shared_store.py` asks the same of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from planned.engine.decision import Decision
from planned.engine.event import Instant
from planned.store.base import (
    CONFLICT,
    Batch,
    ConflictError,
    Deployment,
    Edition,
    Store,
    SupersededError,
    shard_of,
)
from planned.store.delivery import FREELY, Delivery, Terms
from planned.store.memory import MemoryStore


class SharedMemory(MemoryStore):
    """What all engines have in common."""

    def __init__(self) -> None:
        super().__init__()
        self.editions = [Edition(0, "", False)]
        self.seats: dict[str, Seat] = {}
        self.roles: dict[str, str] = {}
        """Who has which."""
        self.owners: dict[int, str] = {}
        """Who has claimed a delivery last."""
        self.refused: Counter[str] = Counter()
        """How often another engine was quicker, and how often other rules were in force."""

    def save(self, batch: Batch) -> list[Decision]:
        self._refuse_superseded(batch.edition)
        return super().save(batch)

    def deploy(self, rules: Mapping[str, Deployment], edition: int | None = None) -> None:
        self._refuse_superseded(edition)
        super().deploy(rules, edition)
        if edition is not None:
            self.editions[-1] = replace(self.editions[-1], ready=True)

    def _refuse_superseded(self, edition: int | None) -> None:
        if edition is not None and edition != self.editions[-1].number:
            self.refused["superseded"] += 1
            raise SupersededError("other rules are in force by now")

    def _refuse_conflicts(self, batch: Batch) -> None:
        try:
            if batch.applied is not None and batch.applied <= self._applied:
                raise ConflictError(CONFLICT)
            super()._refuse_conflicts(batch)
        except ConflictError:
            self.refused["conflict"] += 1
            raise

    def let_go(self, engines: Collection[str]) -> int:
        """Their roles and what they were sending are for others; how many messages."""
        self.roles = {role: engine for role, engine in self.roles.items() if engine not in engines}
        held = [one for one in self._outbox.values() if one.state == "sending" and self.owners.get(one.id) in engines]
        leases = {one.next_attempt for one in held}
        for one in held:
            self._outbox[one.id] = replace(one, next_attempt=0)
        for key, hold in self._holds.items():
            self._holds[key] = replace(hold, until=0) if hold.until in leases else hold
        return len(held)


class Seat:
    """One engine's connection, the port `SharedStore`. What all stores do is done by `verbs`, with faults perhaps."""

    def __init__(self, engine: str, shared: SharedMemory, verbs: Store) -> None:
        self.engine = engine
        self._shared = shared
        self._verbs = verbs
        shared.seats[engine] = self

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._verbs, verb)

    def claim(self, now: Instant, limit: int, lease: Instant, channel: str, terms: Terms = FREELY) -> list[Delivery]:
        claimed = self._verbs.claim(now, limit, lease, channel, terms)
        self._shared.owners |= {one.id: self.engine for one in claimed}
        return claimed

    def close(self) -> None:
        self._shared.seats.pop(self.engine, None)
        self._shared.let_go({self.engine})

    def hold(self, role: str) -> bool:
        return self._shared.roles.setdefault(role, self.engine) == self.engine

    def release(self, role: str) -> None:
        if self._shared.roles.get(role) == self.engine:
            del self._shared.roles[role]

    def alive(self, seconds: float) -> set[str]:
        """All whose connection stands: here nobody is silent."""
        return set(self._shared.seats)

    def bury(self, living: Collection[str]) -> int:
        known = {*self._shared.owners.values(), *self._shared.roles.values()}
        return self._shared.let_go(known - set(living))

    def next_dues(self) -> dict[int, Instant]:
        found: dict[int, Instant] = {}
        for id_, one in self._shared._people.items():
            if one.next_due is not None:
                found[shard_of(id_)] = min(one.next_due, found.get(shard_of(id_), one.next_due))
        return found

    def edition(self) -> Edition:
        return self._shared.editions[-1]

    def supersede(self, digest: str) -> Edition:
        self._shared.editions.append(Edition(self.edition().number + 1, digest, False))
        return self.edition()

    def was_in_force(self, digest: str) -> bool:
        return digest != self.edition().digest and any(one.digest == digest for one in self._shared.editions)
