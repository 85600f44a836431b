"""What is still to be sent, and to whom nothing is: in the same words for SQLite and PostgreSQL."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from planned.engine.event import Instant
from planned.store.delivery import (
    ALL,
    FREELY,
    Delivery,
    DeliveryState,
    Hold,
    Key,
    NewDelivery,
    Rate,
    Suppression,
    SuppressionReason,
    Terms,
    domain_of,
    folded,
)
from planned.store.questions import Questions

COLUMNS = (
    *("decision", "recipient", "address", "domain", "topic", "channel", "state", "message_id", "body"),
    *("attempts", "fence", "next_attempt", "created", "tried", "claimed", "why"),
)
TYPES = "bigint" + " text" * 8 + " bigint" * 6 + " text"
_DELIVERIES = """
    SELECT o.id, d.rule, d.course, d.learner, d.occurrence, d.step, d.repeat, d.notice,
           o.recipient, o.address, o.topic, o.channel, o.state, o.message_id, o.body, o.attempts, o.fence,
           o.next_attempt, o.created, o.tried, o.claimed, o.why
    FROM outbox o JOIN decisions d ON d.seq = o.decision
"""
_OPEN = "state IN ('ready', 'sending', 'deferred')"
"""As the indexes have it."""
_DOMAINS = f"""
    WITH RECURSIVE found (domain) AS (
        SELECT min(domain) FROM outbox WHERE channel = ? AND {_OPEN}
        UNION ALL
        SELECT (SELECT min(domain) FROM outbox WHERE channel = ? AND {_OPEN} AND domain > found.domain)
        FROM found WHERE found.domain IS NOT NULL
    ), due (domain, at) AS (
        SELECT domain, (
            SELECT min(next_attempt) FROM outbox WHERE channel = ? AND domain = found.domain AND {_OPEN}
        ) FROM found WHERE domain IS NOT NULL
    )
    SELECT domain, at FROM due ORDER BY at, domain
"""
"""The domains with something to be tried and when, found by leaping through the index: it costs as many steps."""
_CANDIDATES = f"""
    SELECT o.id, o.state, (
        SELECT min(s.reason) FROM suppressions s WHERE s.address = o.address AND s.topic IN ('', o.topic)
        AND (o.topic <> '' OR s.reason <> 'unsubscribed')
    ) FROM outbox o
    WHERE o.channel = ? AND o.domain = ? AND o.{_OPEN} AND o.next_attempt <= ?
    ORDER BY o.next_attempt, o.id LIMIT ?
"""
_SUPPRESSION = "SELECT address, topic, reason, at FROM suppressions"


class Change(Protocol):
    """Runs a statement of a transaction; the rows that it gives."""

    def __call__(self, sql: str, args: Sequence[Any] = (), /) -> list[Any]: ...


def row_of(decision: int, new: NewDelivery, now: Instant) -> tuple[Any, ...]:
    """A new delivery as `COLUMNS` has it."""
    where = (new.recipient, folded(new.address), domain_of(folded(new.address)), new.topic, new.channel)
    return (decision, *where, new.state, new.message_id, new.body, 0, 0, now, now, 0, 0, new.why)


class Outbox(Questions):
    """The verbs of the port around deliveries."""

    engine = ""
    """Who claims, where there can be several."""
    _SKIP_LOCKED = ""
    """What keeps two claims from waiting for each other, where there can be two."""

    @abstractmethod
    def _change(self) -> AbstractContextManager[Change]:
        """A transaction that writes, at the end of which all of it is stored or nothing. Raises StoreError."""

    @abstractmethod
    def _one_at_a_time(self, change: Change) -> None:
        """Until the transaction ends no other one comes beyond this point."""

    # --- claims -------------------------------------------------------------------------------------

    def claim(self, now: Instant, limit: int, lease: Instant, channel: str, terms: Terms = FREELY) -> list[Delivery]:
        with self._change() as change:
            if terms.rates(channel, "") or _held_in(change, channel):
                self._one_at_a_time(change)  # what is counted, and who is to be the first again, is seen by one
            claim = _Claim(change, now, lease, channel, terms, self.engine)
            claim.take(limit, _CANDIDATES + self._SKIP_LOCKED)
            if not claim.taken:
                return []
            rows = change(f"{_DELIVERIES} WHERE o.id IN ({_marks(claim.taken)})", claim.taken)
        found = {row[0]: _delivery_of(row) for row in rows}
        return [found[id_] for id_ in claim.taken]

    def claimed(self, channel: str, lease: Instant) -> list[Delivery]:
        which = "o.channel = ? AND o.state = 'sending' AND o.next_attempt = ? AND o.owner = ?"
        rows = self._rows(f"{_DELIVERIES} WHERE {which} ORDER BY o.id", (channel, lease, self.engine))
        return [_delivery_of(row) for row in rows]

    def settle(self, delivery: Delivery, state: DeliveryState, *, why: str = "", next_attempt: Instant = 0) -> bool:
        with self._change() as change:
            done = change(
                "UPDATE outbox SET state = ?, why = ?, next_attempt = ?, body = CASE ? WHEN 1 THEN '' ELSE body END"
                " WHERE id = ? AND state = 'sending' AND fence = ? AND attempts = ? RETURNING id",
                (state, why, next_attempt, int(state == "sent"), delivery.id, delivery.fence, delivery.attempts),
            )
        return bool(done)

    def stands(self, delivery: Delivery) -> bool:
        sql = "SELECT 1 FROM outbox WHERE id = ? AND state = 'sending' AND fence = ? AND next_attempt = ?"
        return bool(self._rows(sql, (delivery.id, delivery.fence, delivery.next_attempt)))

    def give_back(self, delivery: Delivery, now: Instant) -> bool:
        with self._change() as change:
            done = change(
                "UPDATE outbox SET state = CASE WHEN attempts > 1 THEN 'deferred' ELSE 'ready' END,"
                " tried = CASE WHEN attempts > 1 THEN tried ELSE 0 END, attempts = attempts - 1, next_attempt = ?"
                " WHERE id = ? AND state = 'sending' AND fence = ? AND attempts = ? RETURNING id",
                (now, delivery.id, delivery.fence, delivery.attempts),
            )
            if not done:
                return False
            of = (delivery.channel, ALL, delivery.domain)
            # Its slot is the last one that had begun when it was claimed.
            for scope in ((ALL, ALL), of[:2], of[::2]):
                change(
                    "UPDATE throughput SET count = count - 1 WHERE channel = ? AND domain = ? AND count > 0 AND slot ="
                    " (SELECT max(slot) FROM throughput WHERE channel = ? AND domain = ? AND slot <= ?)",
                    (*scope, *scope, delivery.claimed),
                )
            change(
                "UPDATE holds SET until = ? WHERE channel = ? AND domain IN (?, ?) AND until = ?",
                (now, *of, delivery.next_attempt),
            )
        return True

    def resend(self, ids: Collection[int], now: Instant) -> list[int]:
        sql = (
            "UPDATE outbox SET state = 'ready', why = '', attempts = 0, tried = 0, next_attempt = ?"
            " WHERE id = ? AND state IN ('failed', 'dead') AND body <> '' RETURNING id"
        )
        with self._change() as change:
            return [id_ for id_ in sorted(ids) if change(sql, (now, id_))]

    # --- receivers that are away --------------------------------------------------------------------

    def withhold(self, hold: Hold, now: Instant, tried_before: Instant) -> int:
        of = "channel = ? AND (? = domain OR ? = '*') AND state IN ('ready', 'deferred') AND next_attempt <= ?"
        args = (hold.channel, hold.domain, hold.domain, now)
        with self._change() as change:
            change(
                "INSERT INTO holds (channel, domain, since, until, why) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (channel, domain) DO UPDATE SET until = excluded.until, why = excluded.why",
                (hold.channel, hold.domain, hold.since, hold.until, hold.why),
            )
            dead = change(
                f"UPDATE outbox SET state = 'dead', why = ? WHERE {of} AND tried BETWEEN 1 AND ? RETURNING id",
                (hold.why, *args, tried_before - 1),
            )
            change(
                "UPDATE outbox SET state = 'deferred', why = ?, next_attempt = ?,"
                f" tried = CASE tried WHEN 0 THEN ? ELSE tried END WHERE {of}",
                (hold.why, hold.until, now, *args),
            )
        return len(dead)

    def lift(self, channel: str, domain: str) -> None:
        with self._change() as change:
            change("DELETE FROM holds WHERE channel = ? AND domain = ?", (channel, domain))

    def holds(self) -> list[Hold]:
        sql = "SELECT channel, domain, since, until, why FROM holds ORDER BY channel, domain"
        return [Hold(*row) for row in self._rows(sql)]

    # --- what there is ------------------------------------------------------------------------------

    def next_attempt(self) -> Instant | None:
        holds = {(hold.channel, hold.domain): hold.until for hold in self.holds()}
        held = sorted({channel for channel, _ in holds})
        others = f"AND channel NOT IN ({_marks(held)})" if held else ""
        found = [at for (at,) in self._rows(f"SELECT min(next_attempt) FROM outbox WHERE {_OPEN} {others}", held)]
        for channel in held:
            for domain, at in self._rows(_DOMAINS, [channel] * 3):
                found.append(max(at, holds.get((channel, domain), 0), holds.get((channel, ALL), 0)))
        return min((at for at in found if at is not None), default=None)

    def deliveries(self, states: Collection[DeliveryState] = (), learner: str | None = None) -> Iterator[Delivery]:
        where = f"o.state IN ({_marks(states)}) AND" if states else ""
        where += " d.learner = ? AND" if learner is not None else ""
        args = (*states, *(() if learner is None else (learner,)))
        sql = f"{_DELIVERIES} WHERE {where} o.id > ? ORDER BY o.id LIMIT ?"
        return (_delivery_of(row) for row in self._paged(sql, args, 0))

    # --- what comes back ----------------------------------------------------------------------------

    def delivered_as(self, message_ids: Collection[str], addresses: Collection[str] = ()) -> list[Delivery]:
        by_id = self._among(f"{_DELIVERIES} WHERE o.message_id IN ({{}})", sorted(set(message_ids)))
        by_address = self._among(f"{_DELIVERIES} WHERE o.address IN ({{}})", sorted(set(map(folded, addresses))))
        found = {row[0]: row for row in (*by_id, *by_address)}
        return [_delivery_of(row) for _, row in sorted(found.items())]

    def came_back(self, id: int, state: DeliveryState, why: str) -> bool:
        sql = "UPDATE outbox SET state = ?, why = ? WHERE id = ? AND state = 'sent' RETURNING id"
        with self._change() as change:
            return bool(change(sql, (state, why, id)))

    # --- suppressions -------------------------------------------------------------------------------

    def suppress(self, entries: Collection[Suppression]) -> list[Suppression]:
        sql = (
            "INSERT INTO suppressions (address, topic, reason, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (address, topic, reason) DO NOTHING RETURNING at"
        )
        # In one order, so that two processes never wait for each other.
        wanted = sorted((replace(one, address=folded(one.address)) for one in entries), key=_key)
        with self._change() as change:
            return [one for one in wanted if change(sql, (*_key(one), one.at))]

    def unsuppress(
        self, address: str, topic: str | None = None, reason: SuppressionReason | None = None
    ) -> list[Suppression]:
        with self._change() as change:
            found = [Suppression(*row) for row in change(f"{_SUPPRESSION} WHERE address = ?", (folded(address),))]
            gone = [one for one in found if topic in (None, one.topic) and reason in (None, one.reason)]
            for one in gone:
                change("DELETE FROM suppressions WHERE address = ? AND topic = ? AND reason = ?", _key(one))
        return sorted(gone, key=_key)

    def suppressed(self, addresses: Collection[str] | None = None) -> list[Suppression]:
        if addresses is None:
            rows = self._rows(f"{_SUPPRESSION} ORDER BY address, topic, reason")
            return [Suppression(*row) for row in rows]
        found = self._among(f"{_SUPPRESSION} WHERE address IN ({{}})", sorted(set(map(folded, addresses))))
        return sorted((Suppression(*row) for row in found), key=_key)


class _Claim:
    """One claim, within its transaction."""

    def __init__(self, change: Change, now: Instant, lease: Instant, channel: str, terms: Terms, owner: str) -> None:
        self._change = change
        self._owner = owner
        self._now = now
        self._lease = lease
        self._channel = channel
        self._terms = terms
        self._held = _held_in(change, channel)
        self.taken: list[int] = []

    def take(self, limit: int, candidates: str) -> None:
        """Domain by domain, the one that has waited longest first."""
        domains = [] if self._held.get(ALL, 0) > self._now else self._change(_DOMAINS, [self._channel] * 3)
        due = [domain for domain, at in domains if at <= self._now]
        shared = {scope: rate for scope, rate in self._terms.rates(self._channel, "").items() if scope[1] == ALL}
        most = min([limit, *map(self._room, shared, shared.values())])
        # Whether a whole channel is back is not asked with a domain that is away by itself.
        for domain in sorted(due, key=lambda domain: ALL in self._held and domain in self._held):
            if len(self.taken) >= most:
                break
            probing = [one for one in (ALL, domain) if one in self._held]
            if self._held.get(domain, 0) > self._now or (ALL in probing and self.taken):
                continue
            found = self._of_domain(domain, min(most - len(self.taken), 1 if probing else most), candidates)
            self.taken += found
            if found and probing:
                sql = f"UPDATE holds SET until = ? WHERE channel = ? AND domain IN ({_marks(probing)})"
                self._change(sql, (self._lease, self._channel, *probing))
        for scope, rate in shared.items():
            self._count(scope, rate, len(self.taken))

    def _of_domain(self, domain: str, most: int, candidates: str) -> list[int]:
        """As many as its rate has room for."""
        rate = self._terms.domain_limit
        if rate is None:
            return self._of(domain, most, candidates)
        taken = self._of(domain, min(most, self._room((self._channel, domain), rate)), candidates)
        self._count((self._channel, domain), rate, len(taken))
        return taken

    def _of(self, domain: str, room: int, candidates: str) -> list[int]:
        """Deliveries to a domain; those that may not go out are settled on the way."""
        taken: list[int] = []
        while len(taken) < room:
            rows = self._change(candidates, (self._channel, domain, self._now, room - len(taken)))
            stopped = {id_: why for id_, state, reason in rows if (why := self._stop(state, reason))}
            for id_, why in stopped.items():
                self._change("UPDATE outbox SET state = 'failed', why = ? WHERE id = ?", (why, id_))
            free = [id_ for id_, *_ in rows if id_ not in stopped]
            if free:
                self._change(
                    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, fence = fence + 1, next_attempt = ?,"
                    " owner = ?, claimed = ?, tried = CASE tried WHEN 0 THEN ? ELSE tried END"
                    f" WHERE id IN ({_marks(free)})",
                    (self._lease, self._owner, self._now, self._now, *free),
                )
            taken += free
            if not stopped:
                break
        return taken

    def _stop(self, state: DeliveryState, reason: SuppressionReason | None) -> str:
        """Why it may not go out; empty if it may. One that is being sent still has outlived its lease."""
        if state == "sending" and self._terms.at_most_once:
            return "unclear"
        return Suppression("", "", reason, 0).why if reason else ""

    def _room(self, scope: tuple[str, str], rate: Rate) -> int:
        """How many more may go out now. A slot counts whole as long as any part of it lies in the stretch of time."""
        sql = "SELECT count FROM throughput WHERE channel = ? AND domain = ? AND slot > ?"
        counts: list[tuple[int]] = self._change(sql, (*scope, self._now - rate.period - rate.slot))
        return max(rate.count - sum(count for (count,) in counts), 0)

    def _count(self, scope: tuple[str, str], rate: Rate, number: int) -> None:
        if not number:
            return
        old = self._now - rate.period - rate.slot
        self._change("DELETE FROM throughput WHERE channel = ? AND domain = ? AND slot <= ?", (*scope, old))
        self._change(
            "INSERT INTO throughput (channel, domain, slot, count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (channel, domain, slot) DO UPDATE SET count = throughput.count + excluded.count",
            (*scope, self._now - self._now % rate.slot, number),
        )


def _held_in(change: Change, channel: str) -> dict[str, Instant]:
    """Until when receivers of a channel are held, by domain."""
    return dict(change("SELECT domain, until FROM holds WHERE channel = ?", (channel,)))


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _key(one: Suppression) -> tuple[str, str, str]:
    return one.address, one.topic, one.reason


def _delivery_of(row: tuple[Any, ...]) -> Delivery:
    key: Key = row[1:8]
    return Delivery(row[0], key, *row[8:])
