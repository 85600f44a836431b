"""What durable stores have in common: the questions, asked in the same words of SQLite and PostgreSQL.

A `?` stands for a value; a database that marks it otherwise puts its own sign there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import Any

from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.store import codec
from planned.store.base import Batch, Deployment, Quarantined, Stored, shard_of

CHUNK = 500
AT_ONCE = 16 << 20
"""Characters: about so much of events is read at once, however few they are."""
_EVENT = "SELECT id, time, course, learner, body, seq FROM events"

Row = tuple[Any, ...]


class Questions(ABC):
    """The verbs of the port that change nothing."""

    @abstractmethod
    def _rows(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        """All rows at once. Raises StoreError."""

    def _paged(self, sql: str, args: Sequence[Any], seq: int) -> Iterator[Any]:
        """Rows by the key at column `seq`, a page at a time: no cursor stays open while others write."""
        last = 0
        while rows := self._rows(sql, (*args, last, CHUNK)):
            yield from rows
            last = rows[-1][seq]

    def _among(self, sql: str, ids: Collection[str]) -> Iterator[Any]:
        remaining = iter(ids)
        while chunk := list(islice(remaining, CHUNK)):
            yield from self._rows(sql.format(",".join("?" * len(chunk))), chunk)

    def known(self, ids: Collection[str]) -> dict[str, bytes]:
        return dict(self._among("SELECT id, digest FROM events WHERE id IN ({})", ids))

    def people(self, ids: Collection[str]) -> dict[str, Stored]:
        rows = self._among("SELECT id, version, body FROM people WHERE id IN ({})", ids)
        return {id_: Stored(version, body) for id_, version, body in rows}

    def courses(self, ids: Collection[str]) -> dict[str, Stored]:
        rows = self._among("SELECT id, version, body FROM courses WHERE id IN ({})", ids)
        return {id_: Stored(version, body) for id_, version, body in rows}

    def members(self, course: str) -> list[str]:
        return [id_ for (id_,) in self._rows("SELECT person FROM members WHERE course = ? ORDER BY seq", (course,))]

    def due(self, now: Instant, limit: int, shard: int | None = None) -> list[str]:
        where, args = ("", ()) if shard is None else ("shard = ? AND", (shard,))
        sql = f"SELECT id FROM people WHERE {where} next_due <= ? ORDER BY next_due, id LIMIT ?"
        return [id_ for (id_,) in self._rows(sql, (*args, now, limit))]

    def next_due(self) -> Instant | None:
        found: Instant | None = self._rows("SELECT min(next_due) FROM people WHERE next_due IS NOT NULL")[0][0]
        return found

    def waiting(self) -> list[str]:
        return [id_ for (id_,) in self._rows("SELECT id FROM people WHERE next_due IS NOT NULL ORDER BY id")]

    def everybody(self) -> list[str]:
        return [id_ for (id_,) in self._rows("SELECT id FROM people ORDER BY id")]

    def unapplied(self, limit: int) -> list[tuple[int, Event]]:
        new = "seq > (SELECT applied FROM progress)"
        sizes = self._rows(f"SELECT seq, length(body) FROM events WHERE {new} ORDER BY seq LIMIT ?", (limit,))
        sql = f"{_EVENT} WHERE {new} AND seq <= ? ORDER BY seq"
        return [(row[5], codec.load_event(*row[:5])) for row in self._rows(sql, (_last(sizes),))]

    def history(self, person: str, upto: int | None = None) -> list[Event]:
        last = 2**62 if upto is None else upto
        rows = self._rows(
            f"{_EVENT} WHERE learner = ? AND seq <= ? UNION ALL {_EVENT} WHERE learner IS NULL AND seq <= ?"
            " AND course IN (SELECT DISTINCT course FROM events WHERE learner = ? AND seq <= ?) ORDER BY 2, 6",
            (person, last, last, person, last),
        )
        return [codec.load_event(*row[:5]) for row in rows]

    def decisions(self, learner: str | None = None) -> Iterator[Decision]:
        where, args = ("", ()) if learner is None else ("learner = ? AND", (learner,))
        sql = f"SELECT body, seq FROM decisions WHERE {where} seq > ? ORDER BY seq LIMIT ?"
        return (codec.load_decision(body) for body, _ in self._paged(sql, args, 1))

    def cursor(self, source: str) -> str | None:
        rows = self._rows("SELECT cursor FROM cursors WHERE source = ?", (source,))
        return rows[0][0] if rows else None

    def quarantine(self) -> Iterator[Quarantined]:
        sql = "SELECT source, received, reason, body, seq FROM quarantine WHERE seq > ? ORDER BY seq LIMIT ?"
        return (Quarantined(*row) for row in self._paged(sql, (), 4))

    def deployments(self) -> dict[str, Deployment]:
        rows = self._rows("SELECT rule, first, revision FROM deployments")
        return {rule: Deployment(first, revision) for rule, first, revision in rows}

    def counts(self) -> dict[str, int]:
        (row,) = self._rows(
            "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM quarantine), (SELECT count(*) FROM people),"
            " (SELECT count(*) FROM people WHERE next_due IS NOT NULL), (SELECT count(*) FROM decisions)"
        )
        states: list[tuple[str, int]] = self._rows("SELECT state, count(*) FROM outbox GROUP BY state")
        return dict(zip(("events", "quarantined", "people", "waiting", "decisions"), row, strict=True)) | dict(states)


def _last(sizes: Sequence[tuple[int, int]]) -> int:
    """The number of the last event that is read at once, of all these with their sizes: the first at least."""
    for (seq, _), whole in zip(sizes, accumulate(size for _, size in sizes), strict=True):
        if whole >= AT_ONCE:
            return seq
    return sizes[-1][0] if sizes else 0


def event_rows(events: Iterable[Event], received: Instant) -> Iterator[Row]:
    """Rows of `events`: id, learner, course, time, received, digest, body."""
    for event in events:
        body = codec.event_body(event)
        yield event.id, event.learner, event.course, event.time, received, codec.digest(event, body), body


def people_rows(batch: Batch) -> tuple[list[Row], list[Row]]:
    """Rows of `people`, new and known: next_due, horizon, body, shard, id, and of the known the version as read."""
    rows = [(one.next_due, one.horizon, one.body, shard_of(id_), id_, one.version) for id_, one in batch.people.items()]
    return _parted(rows)


def course_rows(batch: Batch) -> tuple[list[Row], list[Row]]:
    """Rows of `courses`, new and known: body, id, and of the known the version as read."""
    return _parted([(one.body, id_, one.version) for id_, one in batch.courses.items()])


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    return [row[:-1] for row in rows if not row[-1]], [row for row in rows if row[-1]]
