"""Several engines on one PostgreSQL, and one on SQLite: events in, decisions, deliveries; beside peers and raw limits.

The database runs on the same machine and shares its cores with engines and peers, so more engines are not faster
without limit here; what counts is that nothing gets slower with what waits, and how far we are from others.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from planned.runtime.clock import SystemClock
from planned.store import codec
from planned.store.opening import open_store
from tests.bench import crowd, peers
from tests.bench.measure import Figure, Size, wall
from tests.bench.worker import BATCH
from tests.postgres import Server


class Numbers(NamedTuple):
    """How many events are taken in, messages decided and delivered, jobs fired; who waits; and how many engines."""

    events: int
    due: int
    jobs: int
    waiting: tuple[int, int]
    engines: tuple[int, ...]


NUMBERS: dict[Size, Numbers] = {
    "full": Numbers(50_000, 20_000, 2_000, (10_000, 1_000_000), (1, 2, 4)),
    "quick": Numbers(5_000, 2_000, 300, (1_000, 20_000), (1, 2)),
    "tiny": Numbers(1_000, 100, 20, (50, 200), (2,)),
}
BURST: dict[Size, int] = {"full": 1_000_000, "quick": 20_000, "tiny": 200}
FLAT = 0.5
"""Half as fast beside a hundred times as many that wait would be within the noise of two runs on a shared machine."""


def run(size: Size) -> Iterator[Figure]:
    numbers = NUMBERS[size]
    with _server() as server, tempfile.TemporaryDirectory(prefix="planned-bench-") as folder:
        yield from _ingestion(server, numbers)
        rival = numbers.jobs / peers.apscheduler(server.address(server.database()), numbers.jobs)
        flow = numbers.jobs / _dbos(server.address(server.database()), numbers.jobs)
        best = 0.0
        for engines in numbers.engines:
            few, many = (_decide(server, numbers.due, waiting, engines) for waiting in numbers.waiting)
            best = max(best, few, many)
            says = f"{many:,.0f} decisions/s with {numbers.waiting[1]:,} others waiting, {few:,.0f}/s with"
            says += f" {numbers.waiting[0]:,}; {numbers.due:,} due at once, rendered, into the outbox"
            yield Figure(
                f"decisions of {engines} engines on PostgreSQL, many waiting", many / few, FLAT, says, least=True
            )
        says = f"{best:,.0f} decisions/s at best; APScheduler's job store {rival:,.0f} jobs/s; a DBOS workflow each"
        says += f" {flow:,.0f}/s; all on this PostgreSQL"
        yield Figure("decisions against APScheduler's job store", best / rival, 5.0, says, least=True)
        yield Figure("decisions against a DBOS workflow a message", best / flow, None, says, least=True)
        few, many = (_decide_alone(Path(folder), numbers.due, waiting) for waiting in numbers.waiting)
        says = f"{many:,.0f} decisions/s with {numbers.waiting[1]:,} others waiting, {few:,.0f}/s with few"
        yield Figure("decisions on SQLite, many waiting", many / few, FLAT, says, least=True)
        yield from _deliveries(server, Path(folder), numbers)


def burst(size: Size) -> Iterator[Figure]:
    """Very many messages due at one instant, for two engines."""
    number = BURST[size]
    with _server() as server:
        address = server.address(server.database())
        store = open_store(address)
        crowd.fill(store, number, 0)
        store.close()
        seconds, peak = _decided(address, number, 2)
    says = f"{number:,} due at one instant decided by 2 engines in {seconds:.0f} s, {number / seconds:,.0f}/s;"
    says += f" an engine took {peak:.0f} MB at most"
    yield Figure("memory of a burst", peak, 600, says, unit="MB")


# --- PostgreSQL and processes -------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="planned-pg-"))
    server = Server(home, fsync=True)
    try:
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(home, ignore_errors=True)


class _Workers:
    """Processes of `tests.bench.worker` that are ready."""

    def __init__(self, number: int, *words: str) -> None:
        program = [sys.executable, "-m", "tests.bench.worker", *words]
        self.all = [
            subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(number)
        ]
        self.wait_for("ready")

    def wait_for(self, word: str) -> None:
        """Until each has said it."""
        for one in self.all:
            assert one.stdout is not None
            assert one.stdout.readline() == f"{word}\n"

    def say(self) -> None:
        """Begin, or end."""
        for one in self.all:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()

    def ended(self) -> list[tuple[int, float]]:
        """How much each has done, in how many seconds."""
        found = []
        for one in self.all:
            out, _ = one.communicate(timeout=600)
            done, seconds = out.split()
            found.append((int(done), float(seconds)))
        return found

    def peak(self) -> float:
        """MB that one of them had at most."""
        lines = [line for one in self.all for line in Path(f"/proc/{one.pid}/status").read_text().splitlines()]
        return max(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _dbos(address: str, number: int) -> float:
    program = [sys.executable, "-m", "tests.bench.peers", "dbos", address, str(number)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


# --- what is measured ---------------------------------------------------------------------------------


def _ingestion(server: Server, numbers: Numbers) -> Iterator[Figure]:
    now = SystemClock().now()
    fields = codec.dump_fields({"activity": "Quiz1", "state": "complete"})
    rows = [(f"e{n}", f"u{n}", "C", now, now, bytes(16), fields) for n in range(numbers.events)]
    for engines in numbers.engines:
        address = server.address(server.database())
        store = open_store(address)
        crowd.fill(store, 0, 0)
        store.close()
        bare = len(rows) / peers.bare_inserts(address, rows, BATCH)
        workers = _Workers(engines, "take", address, str(numbers.events // engines))
        start = wall()
        workers.say()
        total = sum(done for done, _ in workers.ended())
        rate = total / (wall() - start)
        says = f"{rate:,.0f} events/s in batches of {BATCH:,}; bare inserts of such rows {bare:,.0f}/s, by one process"
        yield Figure(f"intake of {engines} engines on PostgreSQL", rate / bare, 0.25, says, least=True)


def _decide(server: Server, due: int, waiting: int, engines: int) -> float:
    address = server.address(server.database())
    store = open_store(address)
    crowd.fill(store, due, waiting)
    store.close()
    seconds, _ = _decided(address, due, engines)
    return due / seconds


def _decided(address: str, due: int, engines: int) -> tuple[float, float]:
    """Seconds from when the engines may until all is decided; and the memory that one took at most."""
    beside = open_store(address, beside=True)
    beside.halt(SystemClock().now())
    workers = _Workers(engines, "engine", address)
    workers.say()
    workers.wait_for("serving")
    with psycopg.connect(address, autocommit=True) as db:
        beside.halt(None)
        start = wall()
        while (_one(db, "SELECT max(seq) FROM planned.decisions") or 0) < due:
            time.sleep(0.02)
        seconds = wall() - start
        assert _one(db, "SELECT count(*) FROM planned.decisions") == due
        assert _one(db, "SELECT count(*) FROM planned.outbox") == due
    peak = workers.peak()
    workers.say()
    workers.ended()
    beside.close()
    return seconds, peak


def _one(db: psycopg.Connection[tuple[int]], sql: str) -> int:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _decide_alone(folder: Path, due: int, waiting: int) -> float:
    store = open_store(f"sqlite:///{folder / f'{waiting}.sqlite'}")
    crowd.fill(store, due, waiting)
    work = crowd.Work(crowd.graph(), store, SystemClock(), crowd.setup(), crowd.Log())
    work.deploy()
    start = wall()
    while work.decide_due() is not None:
        pass
    seconds = wall() - start
    store.close()
    return due / seconds


def _deliveries(server: Server, folder: Path, numbers: Numbers) -> Iterator[Figure]:
    bare = numbers.due / peers.bare_claims(server.address(server.database()), numbers.due)
    places = [("SQLite", 1), *(("PostgreSQL", engines) for engines in numbers.engines)]
    for name, engines in places:
        file = folder / f"deliveries{engines}.sqlite"
        address = f"sqlite:///{file}" if name == "SQLite" else server.address(server.database())
        store = open_store(address)
        crowd.fill(store, numbers.due, 0)
        work = crowd.Work(crowd.graph(), store, SystemClock(), crowd.setup(), crowd.Log())
        work.deploy()
        while work.decide_due() is not None:
            pass
        store.close()
        workers = _Workers(engines, "deliver", address)
        start = wall()
        workers.say()
        total = sum(done for done, _ in workers.ended())
        rate = total / (wall() - start)
        assert total == numbers.due
        says = f"{rate:,.0f} deliveries/s, claimed, looked at once more, handed to nobody and noted; bare rows of"
        says += f" PostgreSQL, claimed by 20 and noted one by one: {bare:,.0f}/s"
        yield Figure(f"deliveries of {engines} engines on {name}", rate / bare, None, says, least=True)
