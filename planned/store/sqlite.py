"""A store in one SQLite file, for one process; the sole importer of sqlite3.

WAL with `synchronous=FULL`: what is committed survives a power cut. Batches make that quick.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from planned.engine.decision import Decision
from planned.store import codec
from planned.store.base import (
    CONFLICT,
    UNKEEPABLE,
    Batch,
    ConflictError,
    Deployment,
    StoreError,
    key_of,
    shard_of,
)
from planned.store.outbox import COLUMNS, Change, Outbox, row_of
from planned.store.questions import Row, course_rows, event_rows, people_rows
from planned.store.schema import SHARDED, SQLITE, migrations, refuse_newer, refuse_other
from planned.store.standing import Standings

_FREE = """
    BEGIN IMMEDIATE;
    UPDATE holds SET until = 0 WHERE until IN (SELECT next_attempt FROM outbox WHERE state = 'sending');
    UPDATE outbox SET next_attempt = 0 WHERE state = 'sending';
    COMMIT;
"""
"""Nobody holds a claim any more, nor asks a receiver whether it is back."""
MIGRATIONS = migrations(SQLITE)
"""`PRAGMA user_version` counts them."""


class SqliteStore(Outbox, Standings):
    """The port `planned.store.base.Store` in the file `path`. Raises `StoreError` where it cannot be opened.

    With `read_only` it is looked at beside a running engine and takes no lock; with `beside` neither, to halt an
    engine or have it go on.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False, beside: bool = False) -> None:
        self.path = Path(path)
        self._mutex = threading.RLock()
        self._held: IO[str] | None = None
        if (read_only or beside) and not self.path.exists():
            raise StoreError(f"there is no store at {self.path}")
        if not (read_only or beside):
            self._held = _take(self.path)
        try:
            self._db = _connect(self.path, read_only)
            if beside:
                refuse_other(self.path, _version(self._db))
            elif not read_only:
                _migrate(self._db, self.path)
                # Nobody else is at work here: what was being sent when a process ended is to be tried again now.
                self._db.executescript(_FREE)
            else:
                refuse_newer(self.path, _version(self._db))
        except BaseException as error:
            _let_go(self._held)
            if isinstance(error, sqlite3.Error | OSError):
                why = error.strerror if isinstance(error, OSError) else error
                raise StoreError(f"cannot open the store {self.path}: {why}") from error
            raise

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._mutex:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error | UnicodeEncodeError):
                    raise self._trouble(error) from error
                raise

    @contextmanager
    def _change(self) -> Iterator[Change]:
        with self._transaction() as db:
            yield lambda sql, args=(): db.execute(sql, args).fetchall()

    def _one_at_a_time(self, change: Change) -> None:
        """No two transactions write at once."""

    def _rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        with self._mutex:
            try:
                return self._db.execute(sql, args).fetchall()
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> StoreError:
        """A full disk, a lock: SQLite says which, without anything of what is stored."""
        if isinstance(error, UnicodeEncodeError):
            return StoreError(UNKEEPABLE)
        if isinstance(error, sqlite3.IntegrityError):
            return ConflictError(CONFLICT)
        return StoreError(f"the store {self.path} cannot be read or written: {error}; what was stored is safe")

    def save(self, batch: Batch) -> list[Decision]:
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO events (id, learner, course, time, received, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                event_rows(batch.events, batch.now),
            )
            db.executemany("DELETE FROM events WHERE id = ?", ((id_,) for id_ in batch.rejected))
            db.executemany("DELETE FROM quarantine WHERE seq = ?", ((number,) for number in batch.released))
            if batch.applied is not None:
                db.execute("UPDATE progress SET applied = ?", (batch.applied,))
            db.executemany(
                "INSERT INTO quarantine (source, received, reason, body) VALUES (?, ?, ?, ?)",
                ((one.source, one.received, one.reason, one.body) for one in batch.quarantined),
            )
            new, known = people_rows(batch)
            self._add_rows(db, "people (next_due, horizon, body, shard, id)", new)
            self._change_rows(db, "people SET next_due = ?, horizon = ?, body = ?, shard = ?", known)
            new, known = course_rows(batch)
            self._add_rows(db, "courses (body, id)", new)
            self._change_rows(db, "courses SET body = ?", known)
            db.executemany(
                "INSERT INTO members (course, person) VALUES (?, ?) ON CONFLICT (course, person) DO NOTHING",
                ((course, id_) for course, ids in batch.members.items() for id_ in ids),
            )
            fresh = [one for one in batch.decisions if self._add_decision(db, one, batch)]
            db.executemany("INSERT OR REPLACE INTO cursors (source, cursor) VALUES (?, ?)", batch.cursors.items())
            return fresh

    def _add_rows(self, db: sqlite3.Connection, into: str, rows: Sequence[Row]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            db.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)

    def _change_rows(self, db: sqlite3.Connection, change: str, rows: Sequence[Row]) -> None:
        done = db.executemany(f"UPDATE {change}, version = version + 1 WHERE id = ? AND version = ?", rows)
        if rows and done.rowcount != len(rows):
            raise ConflictError(CONFLICT)

    def _add_decision(self, db: sqlite3.Connection, decision: Decision, batch: Batch) -> bool:
        key = key_of(decision)
        done = db.execute(
            "INSERT INTO decisions (rule, course, learner, occurrence, step, repeat, notice, at, outcome, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (learner, rule, course, occurrence, step, repeat, notice) DO NOTHING",
            (*key, decision.at, decision.outcome.value, codec.dump_decision(decision)),
        )
        if done.rowcount != 1:
            return False
        assert done.lastrowid is not None
        db.executemany(
            f"INSERT INTO outbox ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
            (row_of(done.lastrowid, new, batch.now) for new in batch.deliveries.get(key, ())),
        )
        return True

    def deploy(self, rules: Mapping[str, Deployment], edition: int | None = None) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO deployments (rule, first, revision) VALUES (?, ?, ?)"
                " ON CONFLICT (rule) DO UPDATE SET revision = excluded.revision",
                ((name, one.first, one.revision) for name, one in rules.items()),
            )

    def close(self) -> None:
        with self._mutex:
            self._db.close()
        _let_go(self._held)
        self._held = None


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        # Created before SQLite does, readable by its owner alone: it has names and addresses in it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    uri = path.absolute().as_uri() + ("?mode=ro" if read_only else "")
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30.0)
    if not read_only:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        # A backlog of a million events is bound by these two: pages kept in memory, and how often the log is merged.
        db.execute("PRAGMA cache_size = -65536")
        db.execute("PRAGMA wal_autocheckpoint = 8000")
    return db


def _version(db: sqlite3.Connection) -> int:
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    return found


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    found = _version(db)
    refuse_newer(path, found)
    for number in range(found, len(MIGRATIONS)):
        # executescript commits what is open before it starts; the script brings its own transaction.
        db.executescript(f"BEGIN IMMEDIATE;{MIGRATIONS[number]};PRAGMA user_version = {number + 1};COMMIT;")
    if 0 < found < SHARDED:
        db.create_function("shard_of", 1, shard_of, deterministic=True)
        db.execute("UPDATE people SET shard = shard_of(id)")


def _take(path: Path) -> IO[str]:
    """Hold FILE.lock as long as the process lives; the system lets go of it even after a kill."""
    if not path.parent.is_dir():
        raise StoreError(f"cannot open the store {path}: there is no directory {path.parent}")
    try:
        held = path.with_name(path.name + ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot open the store {path}: {error.strerror}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise StoreError(
            f"the store {path} is in use by another process: a SQLite store serves one at a time; stop the other one,"
            " or give this one a store of its own"
        ) from error
    return held


def _let_go(held: IO[str] | None) -> None:
    if held is not None:
        held.close()
