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
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from planned.runtime.clock import SystemClock
from planned.store import codec
from planned.store.base import SharedStore, Store
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
    "full": Numbers(50_000, 40_000, 2_000, (10_000, 1_000_000), (1, 2, 4)),
    "quick": Numbers(5_000, 2_000, 300, (1_000, 20_000), (1, 2)),
    "tiny": Numbers(1_000, 100, 20, (50, 200), (1,)),
}
BURST: dict[Size, int] = {"full": 1_000_000, "quick": 20_000, "tiny": 200}
FLAT = 0.5
"""Half as fast beside a hundred times as many that wait would be within the noise of two runs on a shared machine."""


def run(size: Size) -> Iterator[Figure]:
    numbers = NUMBERS[size]
    with _server() as server, tempfile.TemporaryDirectory(prefix="planned-bench-") as folder:
        rival = numbers.jobs / peers.apscheduler(server.address(server.database()), numbers.jobs)
        flow = numbers.jobs / _dbos(server.address(server.database()), numbers.jobs)
        claims = numbers.due / peers.bare_claims(server.address(server.database()), numbers.due)
        yield from _beside_many("SQLite", (1,), numbers, [f"sqlite:///{folder}/{n}.sqlite" for n in range(2)], claims)
        addresses = [server.address(server.database()) for _ in numbers.waiting]
        best = yield from _beside_many("PostgreSQL", numbers.engines, numbers, addresses, claims)
        says = f"{best:,.0f} decisions/s at best; APScheduler's job store {rival:,.0f} jobs/s; a DBOS workflow each"
        says += f" {flow:,.0f}/s; all on this PostgreSQL"
        yield Figure("decisions against APScheduler's job store", best / rival, 5.0, says, least=True)
        yield Figure("decisions against a DBOS workflow a message", best / flow, None, says, least=True)
        for address in addresses:
            yield from _ingestion(address, numbers)


def _beside_many(
    name: str, engines: tuple[int, ...], numbers: Numbers, addresses: list[str], claims: float
) -> Generator[Figure, None, float]:
    """Decisions and deliveries of so many engines, beside few and beside many who wait; the most decisions a second."""
    for address, waiting in zip(addresses, numbers.waiting, strict=True):
        store = open_store(address)
        crowd.fill(store, 0, waiting)
        store.close()
        if name == "PostgreSQL":
            with psycopg.connect(address, autocommit=True) as db:
                db.execute("VACUUM ANALYZE")  # which it would do by itself some time later, amid what is measured
    best = 0.0
    for number in engines:
        rates = [_rates(address, numbers.due, number) for address in addresses]
        few, many = (decisions for decisions, _ in rates)
        best = max(best, few, many)
        says = f"{many:,.0f} decisions/s with {numbers.waiting[1]:,} others waiting, {few:,.0f}/s with"
        says += f" {numbers.waiting[0]:,}; {numbers.due:,} due at once, rendered, into the outbox"
        yield Figure(f"decisions of {_engines(number)} on {name}, many waiting", many / few, FLAT, says, least=True)
        few, many = (deliveries for _, deliveries in rates)
        says = f"{many:,.0f} deliveries/s with {numbers.waiting[1]:,} others waiting, {few:,.0f}/s with"
        says += f" {numbers.waiting[0]:,}: claimed, looked at once more, handed to nobody and noted; bare rows of"
        says += f" PostgreSQL, claimed by 20 and noted one by one: {claims:,.0f}/s"
        yield Figure(f"deliveries of {_engines(number)} on {name}, many waiting", many / few, FLAT, says, least=True)
    return best


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


def _ingestion(address: str, numbers: Numbers) -> Iterator[Figure]:
    now = SystemClock().now()
    fields = codec.dump_fields({"activity": "Quiz1", "state": "complete"})
    rows = [(f"e{n}", f"u{n}", "C", now, now, bytes(16), fields) for n in range(numbers.events)]
    with psycopg.connect(address) as db:
        waiting = _one(db, "SELECT count(*) FROM planned.people")
    for engines in numbers.engines:
        bare = len(rows) / peers.bare_inserts(address, rows, BATCH)
        workers = _Workers(engines, "take", address, str(numbers.events // engines))
        start = wall()
        workers.say()
        total = sum(done for done, _ in workers.ended())
        rate = total / (wall() - start)
        says = f"{rate:,.0f} events/s in batches of {BATCH:,} beside {waiting:,} people; bare inserts of such rows"
        says += f" {bare:,.0f}/s, by one process"
        yield Figure(f"intake of {_engines(engines)} on PostgreSQL", rate / bare, 0.25, says, least=True)


def _engines(number: int) -> str:
    return "one engine" if number == 1 else f"{number} engines"


def _rates(address: str, due: int, engines: int) -> tuple[float, float]:
    """Decisions and deliveries a second for so many that are due at once, the deliveries after the decisions."""
    store = open_store(address)
    crowd.add(store, f"d{engines}.", due, SystemClock().now() - crowd.DAY // 24)
    if isinstance(store, SharedStore):
        store.close()
        seconds, _ = _decided(address, due, engines)
    else:
        seconds = _decided_alone(store)
        store.close()
    workers = _Workers(engines, "deliver", address)
    start = wall()
    workers.say()
    total = sum(done for done, _ in workers.ended())
    assert total == due
    return due / seconds, total / (wall() - start)


def _decided(address: str, due: int, engines: int) -> tuple[float, float]:
    """Seconds from when the engines may until all is decided; and the memory that one took at most."""
    beside = open_store(address, beside=True)
    beside.halt(SystemClock().now())
    workers = _Workers(engines, "engine", address)
    workers.say()
    workers.wait_for("serving")
    with psycopg.connect(address, autocommit=True) as db:
        before, now = _one(db, "SELECT count(*) FROM planned.decisions"), SystemClock().now()
        beside.halt(None)
        start = wall()
        while _one(db, f"SELECT count(*) FROM (SELECT FROM planned.people WHERE next_due < {now} LIMIT 1) AS due"):
            time.sleep(0.02)
        seconds = wall() - start
        assert _one(db, "SELECT count(*) FROM planned.decisions") == before + due
        assert _one(db, "SELECT count(*) FROM planned.outbox") == before + due
    peak = workers.peak()
    workers.say()
    workers.ended()
    beside.close()
    return seconds, peak


def _one(db: psycopg.Connection[tuple[int]], sql: str) -> int:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _decided_alone(store: Store) -> float:
    work = crowd.Work(crowd.graph(), store, SystemClock(), crowd.setup(), crowd.Log())
    work.deploy()
    start = wall()
    while work.decide_due() is not None:
        pass
    return wall() - start
