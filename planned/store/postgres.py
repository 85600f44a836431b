"""A store in a PostgreSQL database; the sole importer of psycopg.

Everything is written through one connection, and that connection holds the lock that keeps other engines away: where
it is lost the lock is, too, and nothing more is written until both are back.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from planned.engine.decision import Decision
from planned.engine.event import Instant
from planned.store import codec
from planned.store.base import (
    UNKEEPABLE,
    Batch,
    Delivery,
    DeliveryState,
    Deployment,
    Key,
    StoreError,
    TakenOverError,
    key_of,
)
from planned.store.outbox import Change, Outbox
from planned.store.questions import DELIVERY, delivery_of, event_rows
from planned.store.schema import POSTGRES, VERSION, migrations, refuse_newer, refuse_other
from planned.store.standing import Standings

Db = psycopg.Connection[tuple[Any, ...]]

_LOCK = 0x706C616E6E6564
"""The advisory lock of the engine at work, one a database: "planned" in ASCII."""
_SESSION = """
    SET search_path = planned;
    SET lock_timeout = '3s';
    SET idle_session_timeout = 0;
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
"""
"""A killed engine's session ends a moment after it, hence some patience with its lock; that of a machine that has
vanished, after a minute."""
_LINE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "planned",
}


class PostgresStore(Outbox, Standings):
    """The port `planned.store.base.Store` in the schema `planned` of the database at `address`, a PostgreSQL URI.

    With `read_only` it is looked at beside a running engine and takes no lock; with `beside` neither, to halt
    engines or have them go on. Raises `StoreError` where it cannot be opened.
    """

    def __init__(self, address: str, *, read_only: bool = False, beside: bool = False) -> None:
        self._mutex = threading.RLock()
        self._read_only = read_only
        self._beside = beside
        self._opening: int | None = None
        self._closed = False
        self._line, self.place = _line(address)
        self._db = self._connect()

    # --- the connection -----------------------------------------------------------------------------

    def _connect(self) -> Db:
        """A connection that may be used: of this version and, to write, with the lock."""
        try:
            db: Db = psycopg.connect(**self._line, autocommit=True)
        except psycopg.Error as error:
            raise StoreError(f"cannot reach the store {self.place}: {' '.join(str(error).split())}") from error
        try:
            db.execute(_SESSION)
            self._enter(db)
        except BaseException as error:
            db.close()
            if isinstance(error, psycopg.Error):
                raise StoreError(f"cannot open the store {self.place}: {_kind(error)}") from error
            raise
        return db

    def _enter(self, db: Db) -> None:
        if _one(db, "SHOW server_encoding") != "UTF8":
            raise StoreError(f"the database of {self.place} must have the encoding UTF8")
        if self._read_only or self._beside:
            db.execute(f"SET default_transaction_read_only = {'on' if self._read_only else 'off'}")
            found = _version(db)
            if not found:
                raise StoreError(f"there is no store at {self.place}")
            (refuse_other if self._beside else refuse_newer)(self.place, found)
            return
        held = _take_lock(db)
        if self._opening is not None and _one(db, "SELECT openings FROM store") != self._opening:
            raise TakenOverError(
                f"another process has served the store {self.place} while this one could not reach it:"
                " one engine serves at a time; start this one again once the other has ended"
            )
        if not held:
            raise StoreError(
                f"the store {self.place} is in use by another process: one engine serves at a time; stop the other"
                " one, or give this one a database of its own"
            )
        if self._opening is None:
            _migrate(db, self.place)
            with db.transaction():
                # Nobody else is at work here: what was being sent when a process ended is to be tried again now.
                db.execute("UPDATE outbox SET next_attempt = 0 WHERE state = 'sending'")
                self._opening = _one(db, "UPDATE store SET openings = openings + 1 RETURNING openings")

    @contextmanager
    def _at_work(self) -> Iterator[Db]:
        """The connection, made anew if it was lost. What goes wrong with it is said in words."""
        with self._mutex:
            if self._closed:
                raise StoreError(f"the store {self.place} is closed")
            if self._db.closed:
                self._db = self._connect()
            try:
                yield self._db
            except UnicodeEncodeError as error:
                raise StoreError(UNKEEPABLE) from error
            except psycopg.Error as error:
                if isinstance(error, psycopg.DataError) and error.sqlstate is None:
                    raise StoreError(UNKEEPABLE) from error
                lost = "the connection is lost" if self._db.closed else _kind(error)
                raise StoreError(
                    f"the store {self.place} cannot be read or written: {lost}; what was stored is safe"
                ) from error

    @contextmanager
    def _transaction(self) -> Iterator[Db]:
        with self._at_work() as db, db.transaction():
            yield db

    @contextmanager
    def _change(self) -> Iterator[Change]:
        with self._transaction() as db:
            yield lambda sql, args=(): _answers(db, sql, args)

    def _rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        with self._at_work() as db:
            return db.execute(sql.replace("?", "%s"), args).fetchall()

    def _among(self, sql: str, ids: Collection[str]) -> Iterator[Any]:
        return iter(self._rows(sql.replace("IN ({})", "= ANY(?)"), (list(ids),)))

    def close(self) -> None:
        with self._mutex:
            self._closed = True
            with suppress(psycopg.Error):
                self._db.close()

    # --- writing ------------------------------------------------------------------------------------

    def save(self, batch: Batch) -> list[Decision]:
        with self._transaction() as db:
            _insert(
                db,
                "events (id, learner, course, time, received, digest, body)",
                "text text text bigint bigint bytea text",
                event_rows(batch.events, batch.now),
            )
            if batch.rejected:
                db.execute("DELETE FROM events WHERE id = ANY(%s)", (list(batch.rejected),))
            if batch.released:
                db.execute("DELETE FROM quarantine WHERE seq = ANY(%s)", (list(batch.released),))
            if batch.applied is not None:
                db.execute("UPDATE progress SET applied = %s", (batch.applied,))
            _insert(
                db,
                "quarantine (source, received, reason, body)",
                "text bigint text text",
                ((one.source, one.received, one.reason, one.body) for one in batch.quarantined),
            )
            _insert(
                db,
                "people (id, next_due, horizon, body)",
                "text bigint bigint text",
                ((id_, one.next_due, one.horizon, one.body) for id_, one in batch.people.items()),
                "ON CONFLICT (id) DO UPDATE"
                " SET next_due = excluded.next_due, horizon = excluded.horizon, body = excluded.body",
            )
            known = "ON CONFLICT (id) DO UPDATE SET body = excluded.body"
            _insert(db, "courses (id, body)", "text text", batch.courses.items(), known)
            _insert(
                db,
                "members (course, person)",
                "text text",
                ((course, id_) for course, ids in batch.members.items() for id_ in ids),
                "ON CONFLICT DO NOTHING",
            )
            fresh = _add_decisions(db, batch)
            known = "ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor"
            _insert(db, "cursors (source, cursor)", "text text", batch.cursors.items(), known)
            return fresh

    def claim(self, now: Instant, limit: int, lease: Instant, channel: str | None = None) -> list[Delivery]:
        sql = f"""
            WITH open AS (
                SELECT id, next_attempt FROM outbox
                WHERE state IN ('ready', 'sending') AND next_attempt <= %s AND (%s::text IS NULL OR channel = %s)
                ORDER BY next_attempt, id LIMIT %s FOR UPDATE SKIP LOCKED
            ), o AS (
                UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_attempt = %s
                FROM open WHERE outbox.id = open.id RETURNING outbox.*, open.next_attempt AS wanted
            )
            {DELIVERY} FROM o JOIN decisions d ON d.seq = o.decision ORDER BY o.wanted, o.id
        """
        with self._transaction() as db:
            return [delivery_of(row) for row in db.execute(sql, (now, channel, channel, limit, lease))]

    def settle(self, delivery: Delivery, state: DeliveryState, *, why: str = "", next_attempt: Instant = 0) -> bool:
        with self._transaction() as db:
            done = db.execute(
                "UPDATE outbox SET state = %s, why = %s, next_attempt = %s,"
                " body = CASE WHEN %s THEN '' ELSE body END"
                " WHERE id = %s AND state = 'sending' AND attempts = %s",
                (state, why, next_attempt, state == "sent", delivery.id, delivery.attempts),
            )
            return done.rowcount == 1

    def deploy(self, rules: Mapping[str, Deployment]) -> None:
        with self._transaction() as db:
            _insert(
                db,
                "deployments (rule, first, revision)",
                "text bigint text",
                ((name, one.first, one.revision) for name, one in rules.items()),
                "ON CONFLICT (rule) DO UPDATE SET revision = excluded.revision",
            )


def _line(address: str) -> tuple[dict[str, Any], str]:
    """What to connect with, and how to call it. A password has no place in what others may read."""
    try:
        given = conninfo_to_dict(address)
    except psycopg.Error as error:
        raise StoreError("this is no store: write postgresql://USER@HOST/DATABASE") from error
    host, name = given.get("host") or "localhost", given.get("dbname") or given.get("user") or ""
    place = f"postgresql://{host}/{name}"
    if given.get("password"):
        raise StoreError(
            f"the address of the store {place} has its password in it, where others may read it: leave it out, and give"
            " it as PGPASSWORD in the environment or in the file ~/.pgpass"
        )
    return _LINE | given | {"client_encoding": "utf8"}, place


def _kind(error: psycopg.Error) -> str:
    """What PostgreSQL calls it; its own text may have something in it of what is stored."""
    return f"{type(error).__name__} ({error.sqlstate})" if error.sqlstate else type(error).__name__


def _one(db: Db, sql: str) -> Any:
    row = db.execute(sql).fetchone()
    return row[0] if row else None


def _answers(db: Db, sql: str, args: Sequence[Any]) -> list[Any]:
    done = db.execute(sql.replace("?", "%s"), args)
    return done.fetchall() if done.description else []


def _take_lock(db: Db) -> bool:
    """Whether this session has the lock; the server lets go of it when the session ends, even by a kill."""
    try:
        db.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def _version(db: Db) -> int:
    """0 where there is no store yet."""
    there = _one(db, "SELECT to_regclass('planned.store') IS NOT NULL")
    return _one(db, "SELECT version FROM store") if there else 0


def _migrate(db: Db, place: str) -> None:
    found = _version(db)
    refuse_newer(place, found)
    with db.transaction():
        if not found:
            if not _one(db, "SELECT 1 FROM pg_namespace WHERE nspname = 'planned'"):
                db.execute("CREATE SCHEMA planned")
            db.execute("CREATE TABLE store (version BIGINT NOT NULL, openings BIGINT NOT NULL)")
            db.execute("INSERT INTO store VALUES (0, 0)")
        for migration in migrations(POSTGRES)[found:]:
            db.execute(migration)
        db.execute("UPDATE store SET version = %s", (VERSION,))


def _insert(db: Db, into: str, types: str, rows: Iterable[Sequence[Any]], more: str = "") -> list[tuple[Any, ...]]:
    """All rows in one statement, numbered in their order; what it returns, if `more` asks for something."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if not columns:
        return []
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.split())
    done = db.execute(f"INSERT INTO {into} SELECT * FROM unnest({arrays}) {more}", columns)
    return done.fetchall() if done.description else []


def _add_decisions(db: Db, batch: Batch) -> list[Decision]:
    """Those whose key was not known, with their deliveries."""
    first: dict[Key, Decision] = {}
    for decision in batch.decisions:
        first.setdefault(key_of(decision), decision)
    key = "rule, course, learner, occurrence, step, repeat, notice"
    added = _insert(
        db,
        f"decisions ({key}, at, outcome, body)",
        "text text text bigint bigint bigint bigint bigint text text",
        ((*key, one.at, one.outcome.value, codec.dump_decision(one)) for key, one in first.items()),
        f"ON CONFLICT (learner, rule, course, occurrence, step, repeat, notice) DO NOTHING RETURNING {key}, seq",
    )
    numbers: dict[Key, int] = {(row[0], row[1], row[2], row[3], row[4], row[5], row[6]): row[7] for row in added}
    _insert(
        db,
        "outbox (decision, recipient, channel, state, message_id, body, attempts, next_attempt, created, why)",
        "bigint text text text text text bigint bigint bigint text",
        (
            (number, new.recipient, new.channel, new.state, new.message_id, new.body, 0, batch.now, batch.now, new.why)
            for key, number in numbers.items()
            for new in batch.deliveries.get(key, ())
        ),
    )
    return [one for key, one in first.items() if key in numbers]
