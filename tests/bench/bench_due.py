"""From due to the outbox, guards read and mails rendered, against APScheduler's own job store firing as many jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore

from planned.engine.event import Event
from planned.runtime.clock import VirtualClock
from planned.runtime.log import Log
from planned.runtime.work import Work
from planned.store.sqlite import SqliteStore
from tests.bench import crowd, peers
from tests.bench.measure import Figure, Size, pairs, wall

MESSAGES: dict[Size, int] = {"full": 1_000, "quick": 100, "tiny": 50}
TIMES: dict[Size, int] = {"full": 3, "quick": 1, "tiny": 1}
AIM = 5.0
FULL = 2
"""What `PRAGMA synchronous` says of a database whose commits survive a power cut; in both stores."""


def run(size: Size) -> Iterator[Figure]:
    number = MESSAGES[size]
    with TemporaryDirectory(prefix="planned-bench-") as name:
        fresh = (Path(name) / f"{serial}.sqlite" for serial in count())
        for journal, aim in (("WAL", AIM), ("DELETE", None)):
            pair = pairs(partial(_decide, number, fresh), partial(_fire, number, fresh, journal), TIMES[size])
            says = (
                f"{number:,} messages due at once, rendered: {number / pair.a:,.0f}/s into the outbox (SQLite, journal"
                f" WAL, synchronous FULL); {number / pair.b:,.0f} jobs/s fired from SQLAlchemyJobStore (SQLite, journal"
                f" {journal}, synchronous FULL), {pair.noise}"
            )
            what = "both in WAL" if aim else "the job store as it comes"
            yield Figure(f"due to outbox, {what}", pair.b / pair.a, aim, says, least=True)


def _decide(number: int, fresh: Iterator[Path]) -> float:
    path = next(fresh)
    store = SqliteStore(path)
    clock = VirtualClock("2026-09-01T08:00:00+02:00")
    work = Work(crowd.graph(), store, clock, crowd.setup(), Log())
    work.deploy()
    clock.move("2026-09-03T14:10:00+02:00")
    events = [event for learner in range(number) for event in _history(learner, path.stem, clock.now())]
    for start in range(0, len(events), 1000):
        work.take("bench", events[start : start + 1000], str(start))
    while work.apply_some() is not None:
        pass
    work.people.forget()
    clock.move("2026-09-06T14:10:00+02:00")
    start_time = wall()
    while work.decide_due() is not None:
        pass
    spent = wall() - start_time
    assert store.counts()["ready"] == number
    store.close()
    return spent


def _history(learner: int, run: str, now: int) -> tuple[Event, Event]:
    """Names that no run before had: no message may be there already."""
    user = {"firstname": f"Alice{run}x{learner}", "lastname": "Martin", "email": f"a{learner}@univ.example"}
    done = {"activity": "Quiz1", "state": "complete"}
    return (
        Event(f"p{learner}", now, "profile", None, f"u{learner}", {"user": user}),
        Event(f"c{learner}", now, "completion", "C", f"u{learner}", done),
    )


def _fire(number: int, fresh: Iterator[Path], journal: str) -> float:
    path = next(fresh)
    _set_journal(path, "WAL")  # to be quicker at adding the jobs, which is not measured

    def ready(jobs: SQLAlchemyJobStore) -> None:
        with jobs.engine.connect() as db:
            assert db.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
        jobs.engine.dispose()
        _set_journal(path, journal)

    return peers.apscheduler(f"sqlite:///{path}", number, ready)


def _set_journal(path: Path, journal: str) -> None:
    """How SQLite commits; it stays with the file. `DELETE` is what a new file has."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0] == journal.lower()
