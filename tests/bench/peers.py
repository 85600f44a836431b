"""What others do with as many messages, on the same PostgreSQL: bare statements, APScheduler's job store, DBOS.

`python -m tests.bench.peers dbos ADDRESS N` is the last of them, in a process of its own.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from dbos import DBOS, DBOSConfig

from tests.bench.measure import wall

AT_ONCE = 20
Row = tuple[Any, ...]


def bare_inserts(address: str, rows: list[Row], batch: int) -> float:
    """Seconds for rows of `events`, so many a transaction, by one statement each."""
    names = "id, learner, course, time, received, digest, body"
    types = ("text", "text", "text", "bigint", "bigint", "bytea", "text")
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("CREATE TABLE IF NOT EXISTS bare_events (LIKE planned.events INCLUDING ALL)")
        db.execute("TRUNCATE bare_events")
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        start = wall()
        for first in range(0, len(rows), batch):
            columns = [list(column) for column in zip(*rows[first : first + batch], strict=True)]
            db.execute(f"INSERT INTO bare_events ({names}) SELECT * FROM unnest({arrays})", columns)
        return wall() - start


def bare_claims(address: str, number: int) -> float:
    """Seconds to take so many rows that are due, 20 at a time with SKIP LOCKED, and to mark each done by itself."""
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS bare_due")
        db.execute("CREATE TABLE bare_due (id bigint PRIMARY KEY, due bigint, state text, body text)")
        db.execute(
            "INSERT INTO bare_due SELECT n, n, 'waiting', repeat('x', 500) FROM generate_series(1, %s) AS n", (number,)
        )
        db.execute("CREATE INDEX ON bare_due (due) WHERE state = 'waiting'")
        start, done = wall(), 0
        while done < number:
            rows = db.execute(
                "UPDATE bare_due SET state = 'sending' WHERE id IN (SELECT id FROM bare_due WHERE state = 'waiting'"
                " ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
                (AT_ONCE,),
            ).fetchall()
            for (id_,) in rows:
                db.execute("UPDATE bare_due SET state = 'done', body = '' WHERE id = %s", (id_,))
            done += len(rows)
        return wall() - start


class _Fired:
    wanted = 0
    count = 0
    done = threading.Event()
    lock = threading.Lock()


def fired(learner: str) -> None:
    """What a job of APScheduler does."""
    with _Fired.lock:
        _Fired.count += 1
        if _Fired.count == _Fired.wanted:
            _Fired.done.set()


def apscheduler(url: str, number: int, ready: Callable[[SQLAlchemyJobStore], None] = lambda jobs: None) -> float:
    """Seconds for so many jobs that are due at once, from SQLAlchemyJobStore; `ready` is called when all are in it."""
    _Fired.wanted, _Fired.count = number, 0
    _Fired.done.clear()
    jobs = SQLAlchemyJobStore(url=url.replace("postgresql://", "postgresql+psycopg://"))
    scheduler: Any = BackgroundScheduler(
        jobstores={"default": jobs},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    run = datetime(2026, 9, 6, 7, tzinfo=UTC) - timedelta(days=3650)
    for learner in range(number):
        scheduler.add_job(f"{__name__}:fired", "date", run_date=run, args=[f"u{learner}"])
    ready(jobs)
    start = wall()
    scheduler.resume()
    assert _Fired.done.wait(300)
    spent = wall() - start
    scheduler.shutdown()
    return spent


def dbos(address: str, number: int) -> float:
    """Seconds for so many workflows, one a message, that are in a queue already."""
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": address,
        "dbos_system_schema": "peer",
        "log_level": "ERROR",
    }
    DBOS(config=config)
    _Fired.wanted, _Fired.count = number, 0

    @DBOS.workflow(name="message")
    def message(learner: str) -> None:
        fired(learner)

    DBOS.listen_queues([])
    DBOS.launch()
    DBOS.register_queue("messages", polling_interval_sec=0.1)
    for learner in range(number):
        DBOS.enqueue_workflow("messages", message, f"u{learner}")
    DBOS.destroy()
    DBOS(config=config)
    start = wall()
    DBOS.launch()
    assert _Fired.done.wait(300)
    spent = wall() - start
    DBOS.destroy()
    return spent


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dbos(sys.argv[2], int(sys.argv[3]))) + "\n")
