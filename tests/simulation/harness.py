"""Runs a world: the real parts of the engine, one thread, a clock that is moved from one moment to the next.

`Work`, `Loop.turn` and `Deliverer` are those of `planned run`; the store is a real one behind `FaultyStore`. Nothing
sleeps. What the loop does with what is raised (`Loop.forever`) is done here: the turn is begun again a little later.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from planned.check.build import build
from planned.check.graph import Graph
from planned.engine.decode import decode_object
from planned.engine.event import Event, Instant
from planned.runtime.clock import SECOND, datetime_of, instant_of
from planned.runtime.deliver import LEASE, Deliverer
from planned.runtime.log import Log
from planned.runtime.loop import Loop
from planned.runtime.post import Addresses
from planned.runtime.watch import ClockWatch, onward
from planned.runtime.work import Setup, Work
from planned.store.base import Store, StoreError
from planned.store.memory import MemoryStore
from planned.store.sqlite import SqliteStore
from planned.testing import ListSource
from tests.oracle.noticing import Noticing
from tests.simulation.edits import syntax_of
from tests.simulation.faults import Faults, FaultyStore, KilledError, Receiver, fail
from tests.simulation.leaving import LINKS, Leavings
from tests.simulation.world import DAY, Trouble, World

SOON = 10 * SECOND
TURNS_AT_ONE_MOMENT = 20
FAILING_TURNS = 100


class Clock:
    """What time it is said to be (`now`), and a steady count that no setting of the clock changes."""

    machine = "simulated"

    def __init__(self, start: Instant) -> None:
        self._now, self._steady = start, 0

    def now(self) -> Instant:
        return self._now

    def monotonic(self) -> float:
        return self._steady / SECOND

    def move(self, to: Instant) -> None:
        self._steady += max(0, to - self._now)
        self._now = max(self._now, to)

    def set(self, to: Instant) -> None:
        """Somebody sets it."""
        self._now = to
        self._steady += SECOND


class Said(Log):
    """What the engine has logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, what: str, **values: Any) -> None:
        self.lines.append(f"{what} {values}")


@dataclass
class Run:
    """What is known after a world has run: what was decided and received, and when the engine could not look."""

    world: World
    store: FaultyStore
    receiver: Receiver
    said: Said
    arrived: list[tuple[Instant, dict[str, Any]]]
    noticing: Noticing
    deployed: list[tuple[Instant, dict[str, str], Graph]]
    leavings: Leavings
    end: Instant
    wrong: list[str]


def graph_of(files: dict[str, str]) -> Graph:
    return _graph_of(tuple(files.items()))


@lru_cache(maxsize=100)
def _graph_of(files: tuple[tuple[str, str], ...]) -> Graph:
    return build(syntax_of(dict(files)))[0]


class Simulation:
    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.clock = Clock(world.start)
        self.faults = Faults()
        self.random = Random(f"simulation {world.seed}")
        self.said = Said()
        self._folder = folder
        self._lives = 0
        self.store = FaultyStore(self._open_store(), self.faults, self.clock.now, self._circumstance)
        self.leavings = Leavings()
        self.receiver = Receiver(self.faults, lambda: self.store, self.leavings)
        self.source = ListSource()
        coming = [(instant_of(one["time"]) + world.delays.get(one["id"], 0), one) for one in world.events]
        self._coming = sorted(coming, key=lambda item: item[0])
        self._arrived: list[tuple[Instant, dict[str, Any]]] = []
        self._troubles = list(world.troubles)
        self._edits = list(world.edits)
        self._leaving = list(world.leaving)
        self.deployed = [(world.start, world.files, graph_of(world.files))]
        self.loop: Loop | None = None
        self.deliverer: Deliverer | None = None
        self._down_until: Instant = world.start
        self._back_at: list[tuple[Instant, Callable[[], None]]] = []
        """What ends by itself, and when."""
        self._slept: Instant | None = None
        self._looked_at: Instant = 0
        self._turned_at: Instant = 0
        self._windows: list[tuple[Instant, Instant]] = []
        self._reached: set[tuple[str, Instant]] = set()
        self.wrong: list[str] = []
        self.end = world.end

    # --- the engine ---------------------------------------------------------------------------------

    def _open_store(self) -> Store:
        self._lives += 1
        return SqliteStore(self._folder / f"{self._lives}.sqlite") if self.world.durable else MemoryStore()

    def _circumstance(self) -> tuple[int, int]:
        return len(self.deployed) - 1, len(self._arrived)

    def _open_engine(self) -> None:
        store: Any = self.store
        self.loop, self.deliverer = self._made(store, len(self.deployed) - 1)
        self.loop._begin([])

    def _made(self, store: Store, version: int, cluster: Any = None) -> tuple[Loop, Deliverer]:
        """An engine with these rules, which has not begun yet."""
        channels = {"email": self.receiver}
        setup = Setup(
            default_zone=self.world.default_zone,
            since=0,
            channels=frozenset(channels),
            by_id=frozenset(channels),
            addresses=Addresses(links=LINKS),
        )
        clock = ClockWatch(self.clock)
        work = Work(self.deployed[version][2], store, clock, setup, self.said)
        deliverer = Deliverer(store, channels, onward(clock), self.said, random=self.random)
        loop = Loop(
            store=store,
            work=work,
            sources=[self.source],
            deliverer=deliverer,
            clock=clock,
            log=self.said,
            cluster=cluster,
        )
        return loop, deliverer

    def _end_engine(self, *, killed: bool) -> None:
        """The process is gone. A durable store goes on from its files as they stand."""
        self.loop = self.deliverer = None
        if not self.world.durable:
            return
        old: Any = self.store.inner
        if killed:
            before, after = self._folder / f"{self._lives}.sqlite", self._folder / f"{self._lives + 1}.sqlite"
            for suffix in ("", "-wal"):
                if (found := Path(f"{before}{suffix}")).exists():
                    shutil.copyfile(found, f"{after}{suffix}")
            old.close()
            self.store.inner = self._open_store()
        else:
            old.close()
            self.store.inner = SqliteStore(old.path)

    # --- time -----------------------------------------------------------------------------------------

    def run(self) -> Run:
        self._live_until(self.world.end)
        self._settle_down()
        return self._told()

    def _live_until(self, end: Instant) -> None:
        turns = failed = 0
        while (moment := self._next_moment()) <= end:
            turns = turns + 1 if moment <= self.clock.now() else 0
            if turns > TURNS_AT_ONE_MOMENT:
                self.wrong.append(f"at {datetime_of(moment)} the engine turns and turns")
            failed = 0 if self._slept is None or moment > self.clock.now() + SOON else failed + 1
            if failed > FAILING_TURNS:
                self.wrong.append(f"at {datetime_of(moment)} the engine still does not come back")
            if self.wrong:
                break
            self.clock.move(moment)
            self._pass(moment)
            self._turn()

    def _next_moment(self) -> Instant:
        now = self.clock.now()
        found = [self._coming[0][0]] if self._coming else []
        if not self.faults.full:  # one trouble of that kind at a time
            found += [self._troubles[0].at] if self._troubles else []
            found += [self._edits[0][0]] if self._edits else []
            found += [self._leaving[0][0]] if self._leaving else []
        if self._down_until > now or self.faults.away or (self.faults.full and self._slept is not None):
            found = [at for at, _ in self._back_at]
            found += [self._down_until] if self._down_until > now else []
            return max(now, min(found))
        found += [at for at, _ in self._back_at]
        if self._slept is not None or self.loop is None:
            return max(now, min([*found, now + SOON]))
        due = self.store.inner.next_due()
        attempt = None if self.faults.full else self.store.inner.next_attempt()
        found += [due] if due is not None else []
        found += [max(attempt, now + SECOND)] if attempt is not None else []
        return max(now, min(found, default=self.world.end + 1))

    def _pass(self, now: Instant) -> None:
        """All that has come by now: events, troubles, and the end of troubles."""
        for one in sorted((one for one in self._back_at if one[0] <= now), key=lambda one: one[0]):
            self._back_at.remove(one)
            one[1]()
        self._pass_events()
        if self._down_until > now or self.faults.away or self.faults.full:
            return
        while self._leaving and self._leaving[0][0] <= now:
            _, way, who = self._leaving.pop(0)
            self.leavings.leave(self.store.inner, way, who, list(self.receiver.kept.values()), now)
        while self._edits and self._edits[0][0] <= now:
            self._edit(self._edits.pop(0)[1], now)
        if self._troubles and self._troubles[0].at <= now:
            self._begin(self._troubles.pop(0))

    def _pass_events(self) -> None:
        now = self.clock.now()
        came = []
        while self._coming and self._coming[0][0] <= now:
            came.append(self._coming.pop(0)[1])
        self._receive(came, now)

    def _receive(self, events: list[dict[str, Any]], now: Instant) -> None:
        """In any order, some of them twice."""
        self.random.shuffle(events)
        self._arrived += [(now, one) for one in events]
        again = [one for one in events if self.random.random() < 0.1]
        if self._arrived and self.random.random() < 0.05:
            again.append(self.random.choice(self._arrived)[1])
        found = [decode_object(one, one["id"]) for one in (*events, *again)]
        self.source.items += [one for one in found if isinstance(one, Event)]

    def _edit(self, files: dict[str, str], now: Instant) -> None:
        self.deployed.append((now, files, graph_of(files)))
        self._end_engine(killed=False)

    # --- troubles -------------------------------------------------------------------------------------

    def _begin(self, trouble: Trouble) -> None:
        now, until = self.clock.now(), self.clock.now() + trouble.lasts
        match trouble.kind:
            case "error":
                self.faults.arm(trouble.point, trouble.nth, fail)
            case "kill":
                self.faults.arm(trouble.point, trouble.nth, lambda point: self._kill(trouble.lasts))
            case "away" | "full":
                setattr(self.faults, trouble.kind, True)
                self._back_at.append((until, lambda: setattr(self.faults, trouble.kind, False)))
            case "asleep" if trouble.lasts:
                self._turn()
                self._down_until = until
                self._sleep_from(now + 1)
            case "back":
                self._go_back(min(trouble.lasts, 2 * 3600 * SECOND))
            case "ahead":
                self._go_ahead()
            case "stop":
                self._end_engine(killed=False)
            case "refuses" | "silent" | "forgetful":
                self.faults.receiver = trouble.kind
                self._back_at.append((until, lambda: setattr(self.faults, "receiver", "")))
            case "pause":
                self.faults.arm("deliver:after", trouble.nth, self._pause)
            case "replay":
                found = [decode_object(one, one["id"]) for _, one in self._arrived]
                self.source.items += [one for one in found if isinstance(one, Event)]
            case _:
                pass

    def _kill(self, lasts: Instant) -> None:
        self._end_engine(killed=True)
        self._down_until = self.clock.now() + lasts
        raise KilledError

    def _pause(self, point: str) -> None:
        """The courier sleeps past its lease; another one has the message by then, and the answer is lost."""
        self.clock.move(self.clock.now() + 2 * LEASE)
        self._sleep_from(self._looked_at + 1)
        self._deliver()
        fail(point)

    def _go_back(self, by: Instant) -> None:
        """The clock is set back, some turns pass, and it comes again to where it was."""
        self._turn()
        now = self.clock.now()
        if self._slept is not None or not by:
            return
        self.clock.set(now - by)
        for part in (by, by // 2, by // 3):
            self.clock.move(now - part)
            self._turn()
        self.clock.move(now)

    def _go_ahead(self) -> None:
        """The clock is a month ahead for one turn, which must not decide anything."""
        self._turn()
        now = self.clock.now()
        if self._slept is not None or self.loop is None:
            return
        self._sleep_from(now + 1)
        self.clock.set(now + 30 * DAY)
        decided = len(self.store.committed)
        self._turn(true=False)
        if len(self.store.committed) > decided:
            self.wrong.append("a clock that was a month ahead was believed")
        self.clock.set(now)

    # --- turns ----------------------------------------------------------------------------------------

    def _turn(self, *, true: bool = True) -> None:
        """A turn of the loop, then of each courier, as `Loop.forever` has them."""
        now = self.clock.now()
        if self._down_until > now:
            return
        self.store.begin()
        self._turned_at = now
        try:
            if self.loop is None:
                self._open_engine()
            assert self.loop is not None
            self.loop.turn()
        except StoreError:
            self._sleep_from(now)
        except KilledError:
            self._sleep_from(now)
            return
        except Exception as error:
            self._sleep_from(now)
            self.wrong.append(f"a turn failed: {error!r}")
        else:
            if true and self.store.looked:
                self._wake(now)
            else:
                self._sleep_from(now)
        try:
            if self.loop is not None and self.loop.gate.is_open and self.deliverer is not None:
                self.deliverer.deliver_due("email")
        except StoreError:
            pass
        except KilledError:
            self._sleep_from(now + 1)

    def _sleep_from(self, now: Instant) -> None:
        """Nothing more is decided from now on, but for those who were reached in this turn."""
        if self._slept is None:
            self._slept = max(now, self._looked_at + 1)
        self._reached |= {(id_, self._turned_at) for id_ in self.store.reached}

    def _wake(self, now: Instant) -> None:
        self._looked_at = now
        if self._slept is not None:
            self._windows.append((self._slept, now))
            self._slept = None

    # --- the end --------------------------------------------------------------------------------------

    def _settle_down(self) -> None:
        """Nothing fails any more: what is due by the end is decided, and all is delivered."""
        for _, end in self._back_at:
            end()
        self.faults.over()
        self._down_until = min(self._down_until, self.world.end)
        self.clock.move(self.world.end)
        for _ in range(6):
            self._pass_events()
            self._turn()
            self.end = self.clock.now()
            if self._slept is None:
                break
            self.clock.move(self.end + SOON)
        else:
            self.wrong.append("the engine does not come back")
        rounds = 0
        while (attempt := self.store.inner.next_attempt()) is not None and (rounds := rounds + 1) < 2000:
            self.clock.move(max(attempt, self.clock.now() + SECOND))
            self._deliver()

    def _deliver(self) -> None:
        assert self.deliverer is not None
        self.deliverer.deliver_due("email")

    def _told(self) -> Run:
        moments = [(_moment(first), _moment(end)) for first, end in self._windows if first < end]
        reached = frozenset((id_, _moment(at)) for id_, at in self._reached)
        noticing = Noticing(tuple(moments), reached)
        return Run(
            self.world,
            self.store,
            self.receiver,
            self.said,
            self._arrived,
            noticing,
            self.deployed,
            self.leavings,
            self.end,
            self.wrong + self.receiver.wrong,
        )


def _moment(at: Instant) -> datetime:
    return datetime_of(at)
