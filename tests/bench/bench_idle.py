"""What it costs to wake when nothing is due, with few and with many people for whom something waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from planned.api import compile_rules
from planned.runtime.assemble import setup_of
from planned.runtime.clock import SECOND, VirtualClock
from planned.runtime.deliver import Deliverer
from planned.runtime.log import Log
from planned.runtime.loop import Loop
from planned.runtime.settings import Settings
from planned.runtime.work import Work
from planned.store.base import Batch, Kept
from planned.store.sqlite import SqliteStore
from planned.zones import version
from tests.bench import campus
from tests.bench.measure import Figure, Size, pairs, wall

WAITING: dict[Size, tuple[int, int]] = {"full": (10_000, 1_000_000), "quick": (1_000, 50_000), "tiny": (100, 2_000)}
WAKES: dict[Size, int] = {"full": 2_000, "quick": 300, "tiny": 20}
TIMES = 5
AIM = 1.5
DAY = 86_400 * SECOND
BODY = '{"profile":{"firstname":"Alice","lastname":"Martin"},"courses":{}}'


def run(size: Size) -> Iterator[Figure]:
    few, many = WAITING[size]
    with TemporaryDirectory(prefix="planned-bench-") as name:
        little, large = _Waiting(Path(name) / "few.sqlite", few), _Waiting(Path(name) / "many.sqlite", many)
        pair = pairs(lambda: large.wake(WAKES[size]), lambda: little.wake(WAKES[size]), TIMES)
        bare = median(large.look(WAKES[size]) for _ in range(TIMES))
        little.store.close()
        large.store.close()
    says = (
        f"{pair.b * 1e6:.0f} µs with {few:,} waiting, {pair.a * 1e6:.0f} µs with {many:,}; the bare query"
        f" {bare * 1e6:.0f} µs, {pair.noise}"
    )
    yield Figure("idle wake, many waiting against few", pair.ratio, AIM, says)


class _Waiting:
    """An engine over a store in which so many people wait for tomorrow and later."""

    def __init__(self, path: Path, number: int) -> None:
        self.store = SqliteStore(path)
        clock = VirtualClock(campus.START)
        now = clock.now()
        for start in range(0, number, 50_000):
            ids = range(start, min(number, start + 50_000))
            kept = {f"u{one}": Kept(now + DAY + one * SECOND, now, BODY) for one in ids}
            self.store.save(Batch(now=now, people=kept))
        self.store.keep_zones(version())  # else all these people would be timed anew first
        log = Log()
        work = Work(compile_rules(campus.rules(0)).graph, self.store, clock, setup_of(Settings(), {}), log)
        deliverer = Deliverer(self.store, {}, clock, log)
        self.loop = Loop(store=self.store, work=work, sources=(), deliverer=deliverer, clock=clock, log=log)
        self.now = now

    def wake(self, times: int) -> float:
        """Seconds of one wake: a turn of the loop, and the look at what is due next."""
        start = wall()
        for _ in range(times):
            self.loop.turn()
            self.store.next_due()
            self.store.next_attempt()
        return (wall() - start) / times

    def look(self, times: int) -> float:
        """Seconds of the query alone."""
        start = wall()
        for _ in range(times):
            self.store.due(self.now, 1)
        return (wall() - start) / times
