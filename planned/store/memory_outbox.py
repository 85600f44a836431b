"""What `planned.store.outbox` is to a database, in dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from planned.engine.event import Instant
from planned.store.delivery import (
    ALL,
    FREELY,
    Delivery,
    DeliveryState,
    Hold,
    Key,
    NewDelivery,
    Suppression,
    SuppressionReason,
    Terms,
    folded,
)

_OPEN = ("ready", "sending", "deferred")


class MemoryOutbox:
    """The verbs of the port around deliveries."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._outbox: dict[int, Delivery] = {}
        self._suppressions: dict[tuple[str, str, str], Suppression] = {}
        self._holds: dict[tuple[str, str], Hold] = {}
        self._gone: list[tuple[Instant, Delivery]] = []
        """When and what was claimed, where there is a rate."""
        self._longest: Instant = 0

    def _add_delivery(self, key: Key, new: NewDelivery, now: Instant) -> None:
        id_ = len(self._outbox) + 1
        self._outbox[id_] = Delivery(
            id=id_,
            key=key,
            recipient=new.recipient,
            address=folded(new.address),
            topic=new.topic,
            channel=new.channel,
            state=new.state,
            message_id=new.message_id,
            body=new.body,
            attempts=0,
            fence=0,
            next_attempt=now,
            created=now,
            tried=0,
            claimed=0,
            why=new.why,
        )

    def _open(self, now: Instant, channel: str) -> list[Delivery]:
        found = [
            one
            for one in self._outbox.values()
            if one.state in _OPEN and one.next_attempt <= now and one.channel == channel
        ]
        return sorted(found, key=lambda one: (one.next_attempt, one.id))

    def claim(self, now: Instant, limit: int, lease: Instant, channel: str, terms: Terms = FREELY) -> list[Delivery]:
        with self._lock:
            held = {hold.domain: hold.until for hold in self._holds.values() if hold.channel == channel}
            open_ = self._open(now, channel)
            domains = dict.fromkeys(
                one.domain for one in open_ if max(held.get(one.domain, 0), held.get(ALL, 0)) <= now
            )
            taken: list[Delivery] = []
            for domain in sorted(domains, key=lambda domain: ALL in held and domain in held):
                probing = [one for one in (ALL, domain) if one in held]
                if ALL in probing and taken:
                    break
                room = self._room(now, channel, domain, terms, min(limit - len(taken), 1 if probing else limit))
                some = self._take([one for one in open_ if one.domain == domain], room, now, lease, terms)
                if some and probing:
                    for one in probing:
                        self._holds[channel, one] = replace(self._holds[channel, one], until=lease)
                taken += some
            return taken

    def _take(self, open_: Iterable[Delivery], room: int, now: Instant, lease: Instant, terms: Terms) -> list[Delivery]:
        taken: list[Delivery] = []
        for one in open_:
            if len(taken) >= room:
                break
            reasons = self._suppressions and sorted(
                (entry for entry in self.suppressed([one.address]) if entry.stops(one.topic)), key=lambda it: it.reason
            )
            why = "unclear" if one.state == "sending" and terms.at_most_once else reasons[0].why if reasons else ""
            if why:
                self._outbox[one.id] = replace(one, state="failed", why=why)
                continue
            claimed = replace(one, state="sending", next_attempt=lease, claimed=now, tried=one.tried or now)
            claimed = replace(claimed, attempts=one.attempts + 1, fence=one.fence + 1)
            self._outbox[one.id] = claimed
            taken.append(claimed)
        if rates := terms.rates("", ""):
            self._longest = max(self._longest, *(rate.period + rate.slot for rate in rates.values()))
            self._gone = [gone for gone in self._gone if gone[0] > now - self._longest]
            self._gone += ((now, one) for one in taken)
        return taken

    def _room(self, now: Instant, channel: str, domain: str, terms: Terms, most: int) -> int:
        for (of_channel, of_domain), rate in terms.rates(channel, domain).items():
            gone = sum(
                at > now - rate.period - rate.slot
                and of_channel in (ALL, one.channel)
                and of_domain in (ALL, one.domain)
                for at, one in self._gone
            )
            most = min(most, rate.count - gone)
        return max(most, 0)

    def claimed(self, channel: str, lease: Instant) -> list[Delivery]:
        with self._lock:
            return [one for one in self._open(lease, channel) if one.state == "sending" and one.next_attempt == lease]

    def settle(self, delivery: Delivery, state: DeliveryState, *, why: str = "", next_attempt: Instant = 0) -> bool:
        with self._lock:
            held = self._held_by(delivery)
            if held is None:
                return False
            body = "" if state == "sent" else held.body
            self._outbox[delivery.id] = replace(held, state=state, why=why, next_attempt=next_attempt, body=body)
            return True

    def _held_by(self, delivery: Delivery) -> Delivery | None:
        held = self._outbox[delivery.id]
        return held if held.state == "sending" and held.fence == delivery.fence else None

    def stands(self, delivery: Delivery) -> bool:
        with self._lock:
            return self._held_by(delivery) is not None

    def give_back(self, delivery: Delivery, now: Instant) -> bool:
        with self._lock:
            held = self._held_by(delivery)
            if held is None:
                return False
            again = held.attempts > 1
            self._outbox[held.id] = replace(
                held,
                state="deferred" if again else "ready",
                tried=held.tried if again else 0,
                attempts=held.attempts - 1,
                next_attempt=now,
            )
            self._gone = [one for one in self._gone if one != (held.claimed, held)]
            for key, hold in self._holds.items():
                if hold.until == delivery.next_attempt and key[0] == held.channel and key[1] in (ALL, held.domain):
                    self._holds[key] = replace(hold, until=now)
            return True

    def resend(self, ids: Collection[int], now: Instant) -> list[int]:
        with self._lock:
            found = [self._outbox[id_] for id_ in sorted(ids) if id_ in self._outbox]
            again = [one for one in found if one.state in ("failed", "dead") and one.body]
            for one in again:
                self._outbox[one.id] = replace(one, state="ready", why="", attempts=0, tried=0, next_attempt=now)
            return [one.id for one in again]

    def withhold(self, hold: Hold, now: Instant, tried_before: Instant) -> int:
        with self._lock:
            key = (hold.channel, hold.domain)
            known = self._holds.get(key)
            self._holds[key] = hold if known is None else replace(hold, since=known.since)
            dead = 0
            for one in self._open(now, hold.channel):
                if one.state == "sending" or hold.domain not in (ALL, one.domain):
                    continue
                if 0 < one.tried < tried_before:
                    self._outbox[one.id] = replace(one, state="dead", why=hold.why)
                    dead += 1
                else:
                    later = replace(one, state="deferred", why=hold.why, next_attempt=hold.until)
                    self._outbox[one.id] = replace(later, tried=one.tried or now)
            return dead

    def lift(self, channel: str, domain: str) -> None:
        with self._lock:
            self._holds.pop((channel, domain), None)

    def holds(self) -> list[Hold]:
        with self._lock:
            return [one for _, one in sorted(self._holds.items())]

    def next_attempt(self) -> Instant | None:
        with self._lock:
            open_ = [one for one in self._outbox.values() if one.state in _OPEN]
            found = [
                max([one.next_attempt, *(hold.until for key in self._scopes(one) if (hold := self._holds.get(key)))])
                for one in open_
            ]
        return min(found, default=None)

    def _scopes(self, delivery: Delivery) -> tuple[tuple[str, str], ...]:
        return (delivery.channel, ALL), (delivery.channel, delivery.domain)

    def deliveries(self, states: Collection[DeliveryState] = (), learner: str | None = None) -> Iterator[Delivery]:
        with self._lock:
            found = list(self._outbox.values())
        return (one for one in found if (not states or one.state in states) and learner in (None, one.key[2]))

    def delivered_as(self, message_ids: Collection[str], addresses: Collection[str] = ()) -> list[Delivery]:
        wanted = set(map(folded, addresses))
        with self._lock:
            found = list(self._outbox.values())
        return [one for one in found if one.message_id in set(message_ids) or one.address in wanted]

    def came_back(self, id: int, state: DeliveryState, why: str) -> bool:
        with self._lock:
            one = self._outbox.get(id)
            if one is None or one.state != "sent":
                return False
            self._outbox[id] = replace(one, state=state, why=why)
            return True

    def suppress(self, entries: Collection[Suppression]) -> list[Suppression]:
        with self._lock:
            new = []
            for one in entries:
                one = replace(one, address=folded(one.address))
                if self._suppressions.setdefault((one.address, one.topic, one.reason), one) is one:
                    new.append(one)
            return new

    def unsuppress(
        self, address: str, topic: str | None = None, reason: SuppressionReason | None = None
    ) -> list[Suppression]:
        with self._lock:
            gone = [
                one for one in self.suppressed([address]) if topic in (None, one.topic) and reason in (None, one.reason)
            ]
            for one in gone:
                del self._suppressions[one.address, one.topic, one.reason]
            return gone

    def suppressed(self, addresses: Collection[str] | None = None) -> list[Suppression]:
        wanted = None if addresses is None else set(map(folded, addresses))
        with self._lock:
            return [one for key, one in sorted(self._suppressions.items()) if wanted is None or key[0] in wanted]
