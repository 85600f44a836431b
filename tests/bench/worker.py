"""One engine, or one part of its work, as a process of a benchmark: `python -m tests.bench.worker WHAT ADDRESS [N]`.

It says `ready`, waits for a line, works, and says how much it has done in how many seconds.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from planned.channels.base import Answer, Delivered, Message
from planned.engine.event import Event
from planned.runtime.assemble import cluster_of
from planned.runtime.clock import SystemClock
from planned.runtime.deliver import Deliverer
from planned.runtime.log import Log
from planned.runtime.loop import Loop
from planned.runtime.work import Work
from planned.store.base import Store
from planned.store.opening import open_store
from tests.bench import crowd
from tests.bench.measure import wall

BATCH = 1_000


class Nowhere:
    """Takes every message at once, so that only our own work is measured."""

    def deliver(self, message: Message) -> Answer:
        return Delivered()

    def rest(self) -> None:
        """Nothing is kept open."""


def engine(store: Store, address: str, number: int) -> int:
    """A live engine; it decides what it is handed out, and delivers nothing. Ends with its input."""
    work = Work(crowd.graph(), store, SystemClock(), crowd.setup(), Log())
    loop = Loop(
        store=store,
        work=work,
        sources=(),
        deliverer=Deliverer(store, {}, SystemClock(), Log()),
        clock=SystemClock(),
        log=Log(),
        poll_seconds=0.2,
        cluster=cluster_of(address, work, Log()) if work.shared is not None else None,
    )

    def end() -> None:
        while not loop.started:
            time.sleep(0.02)
        sys.stdout.write("serving\n")
        sys.stdout.flush()
        sys.stdin.readline()
        loop.stop()

    threading.Thread(target=end, daemon=True).start()
    loop.forever()
    return 0


def deliver(store: Store, address: str, number: int) -> int:
    """Claims and settles until nothing is left."""
    return Deliverer(store, {"email": Nowhere()}, SystemClock(), Log()).deliver_due("email")


def take(store: Store, address: str, number: int) -> int:
    """Takes in so many events of a source of its own."""
    work = Work(crowd.graph(), store, SystemClock(), crowd.setup(), Log())
    name, now = f"source{id(work)}", SystemClock().now()
    done = {"activity": "Quiz1", "state": "complete"}
    for start in range(0, number, BATCH):
        ids = range(start, min(number, start + BATCH))
        work.take(name, [Event(f"{name}.{n}", now, "completion", "C", f"u{n}", done) for n in ids], str(start))
    return number


def main(what: str, address: str, number: str = "0") -> None:
    work: Callable[[Store, str, int], int] = {"engine": engine, "deliver": deliver, "take": take}[what]
    store = open_store(address)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start = wall()
    done = work(store, address, int(number))
    sys.stdout.write(f"{done} {wall() - start}\n")
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
