"""A store in a PostgreSQL database, for any number of engines; the sole importer of psycopg.

Everything is written through one connection, and that connection holds the roles of its engine as advisory locks:
where it is lost the roles are, too, and whoever is quicker takes them. No lock is held while anybody thinks: what was
written by another since it was read is a conflict.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from socket import gethostname
from typing import Any
from zlib import crc32

import psycopg
from psycopg.conninfo import conninfo_to_dict

from planned.engine.decision import Decision
from planned.engine.event import Instant
from planned.store import codec
from planned.store.base import (
    CONFLICT,
    SHARDS,
    UNKEEPABLE,
    Batch,
    ConflictError,
    Deployment,
    Edition,
    StoreError,
    SupersededError,
    key_of,
    shard_of,
)
from planned.store.delivery import Key
from planned.store.outbox import COLUMNS, TYPES, Change, Outbox, row_of
from planned.store.questions import Row, course_rows, event_rows, people_rows
from planned.store.schema import POSTGRES, SHARDED, VERSION, migrations, refuse_newer, refuse_other
from planned.store.standing import Standings

Db = psycopg.Connection[tuple[Any, ...]]

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_ALIVE = f"INSERT INTO engines VALUES (%s, {_NOW}) ON CONFLICT (name) DO UPDATE SET seen = excluded.seen"
_CONFLICTS = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
)

_SPACE = 0x706C616E
"""The first half of all our advisory locks: "plan" in ASCII."""
_SCHEMA, _EVENTS, _EDITION, _CLAIM = 1, 2, 3, 4
"""Held for a transaction: while the tables are brought on; while events get their numbers, so that these are seen in
their order; and, shared, while something is written under the edition of the rules in force;
and while a claim counts what goes out."""
_SESSION = """
    SET search_path = planned;
    SET lock_timeout = '20s';
    SET idle_in_transaction_session_timeout = '20s';
    SET idle_session_timeout = 0;
    SET tcp_user_timeout = '25s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
"""
"""A killed engine's session ends a moment after it; that of a machine that has vanished, within half a minute; and that
of one that stands still amid a transaction, too, so that it keeps no row from the others."""
_LINE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "application_name": "planned",
}


class PostgresStore(Outbox, Standings):
    """The port `planned.store.base.SharedStore` in the schema `planned` of the database at `address`, a PostgreSQL URI.

    With `read_only` it is only looked at; with `beside`, engines are halted or go on. Raises `StoreError` where it
    cannot be opened.
    """

    _SKIP_LOCKED = "FOR UPDATE OF o SKIP LOCKED"

    def __init__(
        self, address: str, *, read_only: bool = False, beside: bool = False, engine: str | None = None
    ) -> None:
        self.engine = ""
        self._wanted = engine or gethostname()
        self._mutex = threading.RLock()
        self._read_only = read_only
        self._beside = beside
        self._migrated = False
        self._roles: set[str] = set()
        self._closed = False
        self.address = address
        self._line, self.place = _line(address)
        self._db = self._connect()

    # --- the connection -----------------------------------------------------------------------------

    def _connect(self) -> Db:
        """A connection that may be used, without any role."""
        self._roles.clear()
        try:
            db: Db = psycopg.connect(**self._line, autocommit=True)
        except psycopg.Error as error:
            raise StoreError(f"cannot reach the store {self.place}: {' '.join(str(error).split())}") from error
        try:
            db.execute(_SESSION)
            self._enter(db)
        except BaseException as error:
            why = _why(db, error)
            db.close()
            if isinstance(error, psycopg.Error):
                raise StoreError(f"cannot open the store {self.place}: {why}") from error
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
        if not self._migrated:
            _migrate(db, self.place)
            self._migrated = True
        if not self.engine:
            self.engine = self._free_name(db)
            db.execute(_ALIVE, (self.engine,))
            # We are not at work yet: what an earlier life of ours was sending is to be tried again now.
            _free(db, "owner = %s", self.engine)
        else:
            _try_role(db, self.engine)

    def _free_name(self, db: Db) -> str:
        """The name wanted, with the first number that no other engine has: "host.1", "host.2", …"""
        names = (f"{self._wanted}.{number}" for number in count(1))
        return next(name for name in names if _try_role(db, name))

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
                if isinstance(error, _CONFLICTS):
                    raise ConflictError(CONFLICT) from error
                why = _why(self._db, error)
                raise StoreError(
                    f"the store {self.place} cannot be read or written: {why}; what was stored is safe"
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
                # At once, and not when the server notices that we have gone.
                if self.engine:
                    self._db.execute("DELETE FROM engines WHERE name = %s", (self.engine,))
                self._db.execute("SELECT pg_advisory_unlock_all()")
            with suppress(psycopg.Error):
                self._db.close()

    # --- writing ------------------------------------------------------------------------------------

    def save(self, batch: Batch) -> list[Decision]:
        with self._transaction() as db:
            if batch.edition is not None:
                _refuse_superseded(db, batch.edition)
            if batch.events:
                _hold_for_now(db, _EVENTS)
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
                done = db.execute("UPDATE progress SET applied = %s WHERE applied < %s", (batch.applied, batch.applied))
                if not done.rowcount:
                    raise ConflictError(CONFLICT)
            _insert(
                db,
                "quarantine (source, received, reason, body)",
                "text bigint text text",
                ((one.source, one.received, one.reason, one.body) for one in batch.quarantined),
            )
            new, known = people_rows(batch)
            _insert(db, "people (next_due, horizon, body, shard, id)", "bigint bigint text bigint text", new)
            _change(db, "people", "next_due horizon body shard", "bigint bigint text bigint text bigint", known)
            new, known = course_rows(batch)
            _insert(db, "courses (body, id)", "text text", new)
            _change(db, "courses", "body", "text text bigint", known)
            _insert(
                db,
                "members (course, person)",
                "text text",
                ((course, id_) for course, ids in batch.members.items() for id_ in ids),
                "ON CONFLICT DO NOTHING",
            )
            fresh = _add_decisions(db, batch)
            again = "ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor"
            _insert(db, "cursors (source, cursor)", "text text", batch.cursors.items(), again)
            return fresh

    def _one_at_a_time(self, change: Change) -> None:
        change("SELECT pg_advisory_xact_lock(?, ?)", (_SPACE, _CLAIM))

    def deploy(self, rules: Mapping[str, Deployment], edition: int | None = None) -> None:
        with self._transaction() as db:
            if edition is not None:
                _refuse_superseded(db, edition)
                db.execute("UPDATE editions SET ready = 1 WHERE number = %s", (edition,))
            _insert(
                db,
                "deployments (rule, first, revision)",
                "text bigint text",
                ((name, one.first, one.revision) for name, one in rules.items()),
                "ON CONFLICT (rule) DO UPDATE SET revision = excluded.revision",
            )

    # --- what several engines agree upon ------------------------------------------------------------

    def hold(self, role: str) -> bool:
        with self._at_work() as db:
            if role not in self._roles and _try_role(db, role):
                self._roles.add(role)
            return role in self._roles

    def release(self, role: str) -> None:
        with suppress(StoreError), self._at_work() as db:  # with its connection a role is lost, too
            if role in self._roles:
                self._roles.discard(role)
                db.execute("SELECT pg_advisory_unlock(%s, %s)", (_SPACE, _role(role)))

    def alive(self, seconds: float) -> set[str]:
        with self._transaction() as db:
            db.execute(_ALIVE, (self.engine,))
            rows = db.execute(f"SELECT name FROM engines WHERE seen > {_NOW} - %s", (int(seconds * 1_000_000),))
            return {name for (name,) in rows}

    def bury(self, living: Collection[str]) -> int:
        with self._transaction() as db:
            gone = [name for (name,) in db.execute("SELECT name FROM engines WHERE name <> ALL(%s)", (list(living),))]
            # A machine that stands still keeps its connection, and with it its roles, for as long as it likes.
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE locktype = 'advisory' AND classid = %s AND objid = ANY(%s::bigint[]::oid[])"
                " AND datname = current_database()",
                (_SPACE, [_role(name) % 2**32 for name in gone]),
            )
            return _free(db, "owner <> ALL(%s)", list(living))

    def next_dues(self) -> dict[int, Instant]:
        sql = (
            "SELECT shard, due FROM generate_series(0, ? - 1) AS shards (shard), LATERAL (SELECT min(next_due) AS due"
            " FROM people WHERE people.shard = shards.shard AND next_due IS NOT NULL) AS first WHERE due IS NOT NULL"
        )
        return dict(self._rows(sql, (SHARDS,)))

    def edition(self) -> Edition:
        with self._at_work() as db:
            return _edition(db)

    def supersede(self, digest: str) -> Edition:
        with self._transaction() as db:
            _hold_for_now(db, _EDITION)
            db.execute(
                "INSERT INTO editions SELECT coalesce(max(number), 0) + 1, %s, 0 FROM editions",
                (digest,),
            )
            return _edition(db)

    def was_in_force(self, digest: str) -> bool:
        sql = "SELECT EXISTS (SELECT FROM editions WHERE digest = ?)"
        return bool(self._rows(sql, (digest,))[0][0]) and self.edition().digest != digest


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


def _why(db: Db, error: BaseException) -> str:
    """In words, or what PostgreSQL calls it; its own text may have something in it of what is stored."""
    if db.closed:
        return "the connection is lost"
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    return type(error).__name__ + (f" ({state})" if state else "")


def _one(db: Db, sql: str, args: Sequence[Any] = ()) -> Any:
    row = db.execute(sql, args).fetchone()
    return row[0] if row else None


def _answers(db: Db, sql: str, args: Sequence[Any]) -> list[Any]:
    done = db.execute(sql.replace("?", "%s"), args)
    return done.fetchall() if done.description else []


def _role(role: str) -> int:
    """The second half of a role's lock; a signed number, far from those of `_SCHEMA` and its like."""
    return -1 - (crc32(role.encode()) >> 1)


def _try_role(db: Db, role: str) -> bool:
    return bool(_one(db, "SELECT pg_try_advisory_lock(%s, %s)", (_SPACE, _role(role))))


def _hold_for_now(db: Db, lock: int, *, shared: bool = False) -> None:
    """Until the transaction ends."""
    db.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s, %s)", (_SPACE, lock))


def _free(db: Db, which: str, owners: object) -> int:
    """What engines that are gone were sending is free, and so are the receivers that they asked; how many."""
    sending = f"state = 'sending' AND {which} AND next_attempt > 0"
    db.execute(
        f"UPDATE holds SET until = 0 WHERE until IN (SELECT next_attempt FROM outbox WHERE {sending})", (owners,)
    )
    return db.execute(f"UPDATE outbox SET next_attempt = 0 WHERE {sending}", (owners,)).rowcount


def _edition(db: Db) -> Edition:
    row = db.execute("SELECT number, digest, ready FROM editions ORDER BY number DESC LIMIT 1").fetchone()
    return Edition(row[0], row[1], bool(row[2])) if row else Edition(0, "", False)


def _refuse_superseded(db: Db, edition: int) -> None:
    _hold_for_now(db, _EDITION, shared=True)
    if _edition(db).number != edition:
        raise SupersededError("other rules are in force by now: what was decided under the old ones was not stored")


def _version(db: Db) -> int:
    """0 where there is no store yet."""
    there = _one(db, "SELECT to_regclass('planned.store') IS NOT NULL")
    return _one(db, "SELECT version FROM store") if there else 0


def _migrate(db: Db, place: str) -> None:
    """Bring the tables on. Engines of an older version may be at work beside."""
    with db.transaction():
        _hold_for_now(db, _SCHEMA)
        found = _version(db)
        refuse_newer(place, found)
        if not found:
            if not _one(db, "SELECT 1 FROM pg_namespace WHERE nspname = 'planned'"):
                db.execute("CREATE SCHEMA planned")
            db.execute("CREATE TABLE store (version BIGINT NOT NULL)")
            db.execute("INSERT INTO store VALUES (0)")
        for migration in migrations(POSTGRES)[found:]:
            db.execute(migration)
        if 0 < found < SHARDED:
            ids = [id_ for (id_,) in db.execute("SELECT id FROM people")]
            shards = [shard_of(id_) for id_ in ids]
            wanted = "unnest(%s::text[], %s::bigint[]) AS t (id, shard)"
            db.execute(f"UPDATE people SET shard = t.shard FROM {wanted} WHERE people.id = t.id", (ids, shards))
        if found != VERSION:
            db.execute("UPDATE store SET version = %s", (VERSION,))


def _insert(db: Db, into: str, types: str, rows: Iterable[Sequence[Any]], more: str = "") -> list[tuple[Any, ...]]:
    """All rows in one statement, numbered in their order; what it returns, if `more` asks for something."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if not columns:
        return []
    arrays = ", ".join(f"%b::{kind}[]" for kind in types.split())
    done = db.execute(f"INSERT INTO {into} SELECT * FROM unnest({arrays}) {more}", columns)
    return done.fetchall() if done.description else []


def _change(db: Db, table: str, columns: str, types: str, rows: Sequence[Row]) -> None:
    """All rows, each only if it is as it was read, in the order of their ids: so two that write wait in one order."""
    if not rows:
        return
    arrays = ", ".join(f"%b::{kind}[]" for kind in types.split())
    names = f"{columns} id version".split()
    wanted = f"SELECT * FROM unnest({arrays}) AS t ({', '.join(names)})"
    changes = ", ".join(f"{name} = new.{name}" for name in columns.split())
    done = db.execute(
        f"WITH new AS ({wanted}), held AS (SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE)"
        f" UPDATE {table} AS old SET {changes}, version = old.version + 1 FROM new JOIN held USING (id)"
        " WHERE old.id = new.id AND old.version = new.version",
        [list(column) for column in zip(*rows, strict=True)] + [[row[-2] for row in rows]],
    )
    if done.rowcount != len(rows):
        raise ConflictError(CONFLICT)


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
        f"outbox ({', '.join(COLUMNS)})",
        TYPES,
        (row_of(number, new, batch.now) for key, number in numbers.items() for new in batch.deliveries.get(key, ())),
    )
    return [one for key, one in first.items() if key in numbers]
