"""Several engines on one store: who does what next is the seed's choice, and one may stand still while others go on.

All run in one thread. Whoever stands still does so amid a verb of his own, with the others' turns above it on the
stack: between what he has read and what he writes days may pass. Of those who are gone one with the newest rules is
always left, so that all is decided at its instant, and the oracle needs to know nothing of what befalls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planned.engine.event import Instant
from planned.runtime.clock import datetime_of
from planned.runtime.deliver import Deliverer
from planned.runtime.loop import Loop
from planned.runtime.work import SERVING
from planned.store.base import StoreError, SupersededError
from tests.simulation.faults import KilledError, fail
from tests.simulation.harness import Simulation, graph_of
from tests.simulation.shared import Seat, SharedMemory
from tests.simulation.world import DAY, Trouble, World

ROUNDS = 40
"""So often all have their turn at one moment until nothing is left to do."""


@dataclass(eq=False)
class Engine:
    """One of them. It is down, or has rules not the newest, until an instant; `cut`: its connection is lost."""

    name: str
    seat: Seat
    loop: Loop | None = None
    deliverer: Deliverer | None = None
    version: int = 0
    down_until: Instant = 0
    newer_from: Instant = 0
    still: bool = False
    cut: bool = False


@dataclass
class Buckets:
    """In the place of DBOS: what is due is handed out, and run by whoever comes first."""

    shards: list[int] = field(default_factory=list)

    def hand_out(self, dues: Mapping[int, Instant], now: Instant) -> None:
        self.shards += [shard for shard, due in sorted(dues.items()) if due <= now and shard not in self.shards]

    def start(self) -> None: ...

    def regain(self, now: Instant) -> None: ...

    def tidy(self, living: set[str], now: Instant) -> None: ...

    def stop(self) -> None: ...


class SeveralEngines(Simulation):
    def __init__(self, world: World, folder: Path) -> None:
        self.shared = SharedMemory()
        self.engines: list[Engine] = []
        super().__init__(world, folder)
        self._buckets = Buckets()
        verbs: Any = self.store
        for number in range(world.engines):
            self.engines.append(Engine(f"e{number}", Seat(f"e{number}", self.shared, verbs)))
        self._acting = self.engines[0]

    def _open_store(self) -> SharedMemory:
        return self.shared

    def _circumstance(self) -> tuple[int, int]:
        """The rules in force are those of the newest edition, whoever else is still at work."""
        digest = self.shared.editions[-1].digest
        newest = max((one for one in self.engines if _digest(one) == digest), key=lambda one: one.version, default=None)
        return newest.version if newest else 0, len(self._arrived)

    # --- time -----------------------------------------------------------------------------------------

    def _next_moment(self) -> Instant:
        now = self.clock.now()
        found = [at for at, _ in (*self._coming[:1], *self._edits[:1], *self._back_at)]
        found += [one.at for one in self._troubles[:1]] + [at for at, _, _ in self._leaving[:1]]
        found += [at for one in self.engines for at in (one.down_until, one.newer_from) if at > now]
        due, attempt = self.shared.next_due(), self.shared.next_attempt()
        found += [due] if due is not None else []
        found += [max(attempt, now + 1_000_000)] if attempt is not None else []
        return max(now, min(found, default=self.world.end + 1))

    def _edit(self, files: dict[str, str], now: Instant) -> None:
        """One engine has the new rules at once, the others in the course of days."""
        self.deployed.append((now, files, graph_of(files)))
        first = self.random.choice(self.engines)
        for one in self.engines:
            one.newer_from = now if one is first else now + self.random.randrange(3 * DAY)

    def _begin(self, trouble: Trouble) -> None:
        match trouble.kind:
            case "still":
                self.faults.arm(trouble.point, trouble.nth, lambda point: self._stand_still(trouble.lasts))
            case "kill":
                self.faults.arm(trouble.point, trouble.nth, lambda point: self._kill(trouble.lasts))
            case "error":
                self.faults.arm(trouble.point, trouble.nth, fail)
            case _:
                super()._begin(trouble)

    # --- turns ----------------------------------------------------------------------------------------

    def _turn(self, *, true: bool = True) -> None:
        """All who can have their turn, until nothing is left to do now."""
        for _ in range(ROUNDS):
            self.store.begin()
            for one in self.random.sample(self.engines, len(self.engines)):
                self._do(one, self._serve)
            while self._buckets.shards:
                self._run_bucket(self._buckets.shards.pop(0))
            self._deliver()
            if self._nothing_is_left():
                return
        self.wrong.append(f"at {datetime_of(self.clock.now())} the engines turn and turn")

    def _deliver(self) -> None:
        for one in self.engines:
            self._do(one, lambda one: one.deliverer and one.deliverer.deliver_due("email"))

    def _nothing_is_left(self) -> bool:
        due = self.shared.next_due()
        read = self.shared.cursor(self.source.name) == str(len(self.source.items)) or not self.source.items
        return read and not self.shared.unapplied(1) and (due is None or due > self.clock.now())

    def _serve(self, one: Engine) -> None:
        """What `Loop.forever` does in a turn."""
        if one.loop is None or (one.version < len(self.deployed) - 1 and one.newer_from <= self.clock.now()):
            self._open(one)
        assert one.loop is not None
        try:
            if not one.loop.started:
                one.loop._begin([])
            if one.loop._work.in_force():
                one.loop.turn()
            else:
                one.loop._stand_by()
        except SupersededError:
            one.loop._stand_by()

    def _open(self, one: Engine) -> None:
        one.seat.close()
        self.shared.seats[one.name] = one.seat
        current = one.newer_from <= self.clock.now()
        one.version = len(self.deployed) - 1 if current else one.version
        seat: Any = one.seat
        one.loop, one.deliverer = self._made(seat, one.version, cluster=lambda decide: self._buckets)

    def _run_bucket(self, shard: int) -> None:
        """Whoever has begun may get it, also one whose rules are superseded by now."""
        able = [one for one in self.engines if one.loop is not None and one.loop.started and not one.still]
        if able:
            self._do(self.random.choice(able), lambda one: one.loop and one.loop._decide_shard(shard))

    def _do(self, one: Engine, what: Callable[[Engine], object]) -> None:
        if one.still or one.down_until > self.clock.now():
            return
        try:
            with self._at_work(one):
                what(one)
        except StoreError:
            pass
        except KilledError:
            one.loop = one.deliverer = None
            one.seat.close()
        except Exception as error:
            self.wrong.append(f"a turn failed: {error!r}")

    @contextmanager
    def _at_work(self, one: Engine) -> Iterator[None]:
        before, self._acting = self._acting, one
        try:
            yield
        finally:
            self._acting = before

    # --- who is gone ------------------------------------------------------------------------------------

    def _can_spare(self, one: Engine) -> bool:
        """Whether another one goes on under the rules in force."""
        now = self.shared.editions[-1]
        others = [other for other in self.engines if other is not one and other.loop and other.loop.started]
        able = [other for other in others if not other.still and _digest(other) == now.digest]
        return now.ready and bool(able)

    def _kill(self, lasts: Instant) -> None:
        if self._can_spare(self._acting):
            self._acting.down_until = self.clock.now() + lasts
            raise KilledError

    def _stand_still(self, lasts: Instant) -> None:
        """The others go on; where this one is needed, or by chance, they take it to be gone and cut its connection."""
        one = self._acting
        if not self._can_spare(one):
            return
        one.still = True
        needed = any(who == one.name for role, who in self.shared.roles.items() if not role.startswith(SERVING))
        if needed or self.random.random() < 0.2:
            one.cut = True
            others = {other.name for other in self.engines} - {one.name}
            self.engines[0].seat.bury(others)
        self._turn()
        self._live_until(min(self.clock.now() + lasts, self.world.end))
        one.still = False
        if one.cut:
            one.cut = False
            raise StoreError("the connection is lost")


def _digest(one: Engine) -> str:
    return one.loop._work.digest if one.loop else ""
