"""Events taken in durably, by batches, against bare inserts of the same rows into the same tables of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from planned.api import compile_rules
from planned.check.graph import Graph
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.runtime.assemble import setup_of
from planned.runtime.clock import VirtualClock
from planned.runtime.log import Log
from planned.runtime.settings import Settings
from planned.runtime.work import Work
from planned.store import codec
from planned.store.sqlite import MIGRATIONS, SqliteStore
from tests.bench import campus
from tests.bench.measure import Figure, Pair, Size, pairs, timed, wall

EVENTS: dict[Size, int] = {"full": 50_000, "quick": 5_000, "tiny": 1_000}
TIMES: dict[Size, int] = {"full": 5, "quick": 2, "tiny": 1}
COURSES = 5
BATCH = 1_000
AIM = 0.25

Row = tuple[object, ...]


def run(size: Size) -> Iterator[Figure]:
    graph = compile_rules("\n".join(campus.rules(course) for course in range(COURSES))).graph
    log = _log(EVENTS[size])
    rows = [_row(event) for event in log]
    number = len(log)
    with TemporaryDirectory(prefix="planned-bench-") as name:
        fresh = (Path(name) / f"{serial}.sqlite" for serial in count())
        stored = pairs(lambda: _take_in(graph, log, next(fresh)), lambda: _insert(rows, next(fresh)), TIMES[size])
        counted = pairs(
            lambda: _take_in(graph, log, next(fresh), counted=True), lambda: _insert(rows, next(fresh)), TIMES[size]
        )
    yield Figure("durable intake", stored.b / stored.a, AIM, _said(stored, number, ""), least=True)
    more = ", with facts, waiting messages and decisions"
    yield Figure("durable intake, and counted", counted.b / counted.a, None, _said(counted, number, more))


def _said(pair: Pair, number: int, more: str) -> str:
    return (
        f"{number:,} events in batches of {BATCH:,}{more}: {number / pair.a:,.0f}/s; bare inserts of the same rows"
        f" {number / pair.b:,.0f}/s (WAL, synchronous=FULL), {pair.noise}"
    )


def _log(number: int) -> Sequence[Event]:
    found = [decode_object(one, "") for one in campus.events(number, COURSES, number // 50)]
    return [one for one in found if isinstance(one, Event)]


def _row(event: Event) -> Row:
    body = codec.event_body(event)
    return event.id, event.learner, event.course, event.time, event.time, codec.digest(event, body), body


def _take_in(graph: Graph, log: Sequence[Event], path: Path, *, counted: bool = False) -> float:
    """Until the source may forget the events; with `counted` until the rules have seen them, too."""
    store = SqliteStore(path)
    clock = VirtualClock(campus.START)
    work = Work(graph, store, clock, setup_of(Settings(), {}), Log())
    work.deploy()
    clock.move(log[-1].time)

    def all_batches() -> None:
        for start in range(0, len(log), BATCH):
            work.take("bench", log[start : start + BATCH], str(start))
        while counted and work.apply_some() is not None:
            pass

    spent = timed(all_batches, wall)
    assert store.counts()["events"] == len(log)
    store.close()
    return spent


def _insert(rows: Sequence[Row], path: Path) -> float:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(";".join(MIGRATIONS))

    def all_batches() -> None:
        for start in range(0, len(rows), BATCH):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO events (id, learner, course, time, received, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows[start : start + BATCH],
            )
            db.execute("COMMIT")

    spent = timed(all_batches, wall)
    db.close()
    return spent
