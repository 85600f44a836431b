"""The second loop: what was decided is delivered, at least once, for up to five days.

`sending` is committed before the first byte and the receiver's answer after it; whoever is killed in between sends the
same bytes again, unless the channel is to deliver at most once. A receiver that is away is left alone for a while, and
then asked with one message; the others go on.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import assert_never

from planned.channels.base import Answer, Channel, Delivered, Refused, Retry, load_message
from planned.engine.event import Instant
from planned.runtime.clock import SECOND, Clock
from planned.runtime.log import Log
from planned.store.base import Store, StoreError
from planned.store.delivery import ALL, FREELY, Delivery, DeliveryState, Hold, Terms

GIVE_UP = 5 * 24 * 3600 * SECOND
"""How long after its first attempt a message is tried."""
FIRST_PAUSE = 60 * SECOND
LONGEST_PAUSE = 4 * 3600 * SECOND
LEASE = 3600 * SECOND
"""A claim holds that long, or for two of the longest attempts; what a process that is gone was sending is free then."""
LONGEST = 900.0
"""Seconds that one attempt takes at most, where the channel does not say it with an attribute `longest`."""
AWAY = 300 * SECOND
"""So long a store that cannot be reached is asked again to keep what the receiver has said."""
AT_ONCE = 20
PATIENCE = 3
"""After so many failures in a row a receiver is taken to be away; so many domains in a row: the whole channel."""


@dataclass(slots=True)
class _Failures:
    """What has failed through a channel since it last went well."""

    whole: int = 0
    by_domain: Counter[str] = field(default_factory=Counter)


class Deliverer:
    """Delivers through named channels; each channel may have a thread of its own.

    `lease`: microseconds, longer than any attempt. Raises ValueError.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        log: Log,
        *,
        terms: Mapping[str, Terms] | None = None,
        lease: Instant | None = None,
        random: Random | None = None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._log = log
        self._terms = {name: (terms or {}).get(name, FREELY) for name in channels}
        self._random = random or Random()  # spreads retries; decides nothing
        self._failures = {name: _Failures() for name in channels}
        self._at_hand: dict[str, deque[Delivery]] = {name: deque() for name in channels}
        self._asked: dict[str, Instant] = {}
        """The leases of claims that have not been answered."""
        self._leases = {name: lease or max(LEASE, 2 * self._longest(name)) for name in channels}
        for name, one in self._leases.items():
            if one <= self._longest(name):
                raise ValueError(f"a lease must be longer than an attempt through {name}")

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self._channels)

    def _longest(self, channel: str) -> Instant:
        return int(getattr(self._channels[channel], "longest", LONGEST) * SECOND)

    def deliver_due(self, channel: str, stop: threading.Event | None = None) -> int:
        """Try all that is to be tried now through one channel; how many were tried."""
        at_hand = self._at_hand[channel]
        count = 0
        while not (stop and stop.is_set()):
            if not at_hand:
                at_hand.extend(self._claim(channel))
            if not at_hand:
                break
            count += self._round(at_hand, stop)
        self._channels[channel].rest()
        return count

    def _claim(self, channel: str) -> list[Delivery]:
        """The next ones. A claim whose answer was lost may have been stored: it is looked up by its lease."""
        if (lost := self._asked.get(channel)) is not None:
            found = self._store.claimed(channel, lost)
            del self._asked[channel]
            if found:
                return found
        terms = self._terms[channel]
        now = self._clock.now()
        lease = self._asked[channel] = now + self._leases[channel]
        # What is to be sent at most once is claimed alone: of many, all but one would be unclear for nothing.
        claimed = self._store.claim(now, 1 if terms.at_most_once else AT_ONCE, lease, channel, terms)
        del self._asked[channel]
        return claimed

    def _round(self, at_hand: deque[Delivery], stop: threading.Event | None) -> int:
        """Try what was claimed; what is not tried is given back. How many were tried.

        Where the store fails, what was not begun stays at hand for the next time.
        """
        tried = 0
        held = {hold.domain: hold for hold in self._store.holds() if hold.channel == at_hand[0].channel}
        away: dict[str, Hold] = {}
        while at_hand:
            delivery = at_hand[0]
            if not self._store.stands(delivery):
                at_hand.popleft()
                continue
            hold = away.get(ALL) or away.get(delivery.domain)
            now = self._clock.now()
            late = delivery.next_attempt - now < self._longest(delivery.channel)
            if hold or late or (stop and stop.is_set()):
                self._store.give_back(delivery, hold.until if hold else now)
                at_hand.popleft()
                continue
            why = self._suppressed(delivery)
            at_hand.popleft()
            tried += 1
            if why:
                self._keep(delivery, "failed", why, 0, stop)
                continue
            answer = self._try(delivery)
            self._settle(delivery, answer, stop)
            away |= self._heed(delivery, answer, held)
        return tried

    def _suppressed(self, delivery: Delivery) -> str:
        """Why it may not go out any more: between its claim and its turn somebody may have unsubscribed."""
        entries = self._store.suppressed([delivery.address]) if delivery.address else ()
        return next((one.why for one in entries if one.stops(delivery.topic)), "")

    def _try(self, delivery: Delivery) -> Answer:
        try:
            return self._channels[delivery.channel].deliver(load_message(delivery.body))
        except Exception as error:  # a channel may be anybody's; what it raises must not lose a message
            return Retry(type(error).__name__, unclear=True)

    # --- what became of it --------------------------------------------------------------------------

    def _settle(self, delivery: Delivery, answer: Answer, stop: threading.Event | None) -> None:
        now = self._clock.now()
        match answer:
            case Delivered():
                self._keep(delivery, "sent", answer.note, 0, stop)
            case Refused(why):
                self._keep(delivery, "failed", why, 0, stop)
                self._log.say("refused", channel=delivery.channel, rule=delivery.key[0], why=why)
            case Retry(why, unclear=True) if self._terms[delivery.channel].at_most_once:
                self._keep(delivery, "failed", "unclear", 0, stop)
                self._log.say("unclear", channel=delivery.channel, rule=delivery.key[0], why=why)
            case Retry(why):
                pause = self._pause(now - delivery.tried)
                if now + pause - delivery.tried > GIVE_UP:
                    self._keep(delivery, "dead", why, 0, stop)
                    self._log.say("given up", channel=delivery.channel, rule=delivery.key[0], why=why)
                else:
                    self._keep(delivery, "deferred", why, now + pause, stop)
            case _:
                assert_never(answer)

    def _keep(
        self, delivery: Delivery, state: DeliveryState, why: str, next_attempt: Instant, stop: threading.Event | None
    ) -> None:
        """Store what the receiver has said as soon as that is possible: else the message would go out twice."""
        until = self._clock.now() + AWAY
        while True:
            try:
                self._store.settle(delivery, state, why=why, next_attempt=next_attempt)
                return
            except StoreError:
                if stop is None or self._clock.now() > until or stop.wait(1.0):
                    raise

    # --- receivers that are away --------------------------------------------------------------------

    def _heed(self, delivery: Delivery, answer: Answer, held: dict[str, Hold]) -> dict[str, Hold]:
        """What an answer says about its receiver: a hold that is over, or new ones."""
        failures = self._failures[delivery.channel]
        domain = delivery.domain
        if not isinstance(answer, Retry) or answer.scope == "message":
            failures.whole = 0
            failures.by_domain.clear()
            for one in (domain, ALL):
                if held.pop(one, None):
                    self._store.lift(delivery.channel, one)
            return {}
        if answer.scope == "channel":
            failures.whole += 1
            away = {ALL: ALL in held or failures.whole >= PATIENCE}
        else:
            failures.by_domain[domain] += 1
            away = {
                domain: domain in held or failures.by_domain[domain] >= PATIENCE,
                ALL: ALL in held or len(failures.by_domain) >= PATIENCE,
            }
        return {one: self._hold(delivery, one, answer, held) for one, is_away in away.items() if is_away}

    def _hold(self, delivery: Delivery, domain: str, answer: Retry, held: dict[str, Hold]) -> Hold:
        now = self._clock.now()
        since = held[domain].since if domain in held else now
        # That a domain is still away says nothing of the channel: others are asked soon.
        known = domain == ALL and answer.scope == "domain" and delivery.domain in held
        until = now + self._pause(0 if known else now - since)
        hold = held[domain] = Hold(delivery.channel, domain, since, until, answer.why)
        dead = self._store.withhold(hold, now, now - GIVE_UP)
        whole = domain == ALL
        self._log.say("receiver away", channel=delivery.channel, whole=whole, why=answer.why, given_up=dead)
        return hold

    def _pause(self, age: int) -> int:
        """As long as it has lasted already, between a minute and four hours, by up to a fifth more or less."""
        pause = min(max(age, FIRST_PAUSE), LONGEST_PAUSE)
        return int(pause * self._random.uniform(0.8, 1.2))
