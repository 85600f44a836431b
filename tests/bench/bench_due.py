"""From due to the outbox, guards read and mails rendered, against APScheduler's own job store firing as many jobs."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from planned.api import compile_rules
from planned.engine.event import Event
from planned.runtime.assemble import setup_of
from planned.runtime.clock import VirtualClock
from planned.runtime.log import Log
from planned.runtime.settings import Settings
from planned.runtime.work import Work
from planned.store.sqlite import SqliteStore
from planned.testing import RecordingChannel
from tests.bench.measure import Figure, Size, pairs, wall

MESSAGES: dict[Size, int] = {"full": 1_000, "quick": 100, "tiny": 50}
TIMES: dict[Size, int] = {"full": 3, "quick": 1, "tiny": 1}
AIM = 5.0
FULL = 2
"""What `PRAGMA synchronous` says of a database whose commits survive a power cut; in both stores."""
RULES = """
language en timezone Europe/Paris course C "A course"
activity Quiz1 "First quiz" activity Lesson2 "Second lesson"
template reminder "Lesson 2, {{ user.firstname }}" \"\"\"
  Hello {{ user.firstname }},

  **{{ activity.Lesson2.title }}** is waiting for you. {{ why }}
  \"\"\"
rule reminder after completion of Quiz1 wait 3 days at 09:00 unless Lesson2 complete send reminder
"""


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
    compiled = compile_rules(RULES)
    assert compiled.ok, compiled.texts()
    path = next(fresh)
    store = SqliteStore(path)
    clock = VirtualClock("2026-09-01T08:00:00+02:00")
    work = Work(compiled.graph, store, clock, setup_of(Settings(), {"email": RecordingChannel()}), Log())
    work.deploy()
    clock.move("2026-09-03T14:10:00+02:00")
    events = [event for learner in range(number) for event in _history(learner, path.stem, clock.now())]
    for start in range(0, len(events), 1000):
        work.take("bench", events[start : start + 1000], str(start))
    while work.apply_some() is not None:
        pass
    work.people.forget()
    clock.move("2026-09-06T09:00:00+02:00")
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


class _Fired:
    """Counts the jobs that have run; what a job store keeps must be reachable by its name."""

    wanted = 0
    done = threading.Event()
    count = 0
    lock = threading.Lock()


def fired(learner: str) -> None:
    with _Fired.lock:
        _Fired.count += 1
        if _Fired.count == _Fired.wanted:
            _Fired.done.set()


def _fire(number: int, fresh: Iterator[Path], journal: str) -> float:
    path = next(fresh)
    _Fired.wanted, _Fired.count = number, 0
    _Fired.done.clear()
    _set_journal(path, "WAL")  # to be quicker at adding the jobs, which is not measured
    jobs = SQLAlchemyJobStore(url=f"sqlite:///{path}")
    scheduler: Any = BackgroundScheduler(
        jobstores={"default": jobs},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due = datetime(2026, 9, 6, 7, tzinfo=UTC) - timedelta(days=3650)
    for learner in range(number):
        scheduler.add_job(f"{__name__}:fired", "date", run_date=due, args=[f"u{learner}"])
    with jobs.engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
    jobs.engine.dispose()
    _set_journal(path, journal)
    start = wall()
    scheduler.resume()
    assert _Fired.done.wait(120)
    spent = wall() - start
    scheduler.shutdown()
    return spent


def _set_journal(path: Path, journal: str) -> None:
    """How SQLite commits; it stays with the file. `DELETE` is what a new file has."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0] == journal.lower()
