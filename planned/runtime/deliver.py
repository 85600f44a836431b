"""The second loop: what was decided is delivered, at least once, for up to five days.

`sending` is committed before the first byte and `sent` after the receiver's yes; whoever is killed in between sends the
same bytes again.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from random import Random
from typing import assert_never

from planned.channels.base import Answer, Channel, Delivered, Refused, Retry, load_message
from planned.engine.event import Instant
from planned.runtime.clock import SECOND, Clock
from planned.runtime.log import Log
from planned.store.base import Delivery, DeliveryState, Store, StoreError

GIVE_UP = 5 * 24 * 3600 * SECOND
FIRST_PAUSE = 60 * SECOND
LONGEST_PAUSE = 4 * 3600 * SECOND
LEASE = 3600 * SECOND
"""A claim holds that long; it must be far over the longest time that one message can take."""
MARGIN = 900 * SECOND
"""With less lease left than this no further message of a claim is begun."""
AWAY = 300 * SECOND
"""So long a store that cannot be reached is asked again to keep what the receiver has said."""
AT_ONCE = 20
PATIENCE = 3
"""After so many failures in a row the receiver is taken to be away: the others wait for the next round."""


class Deliverer:
    """Delivers through named channels; each channel may have a thread of its own."""

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], clock: Clock, log: Log, random: Random | None = None
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._log = log
        self._random = random or Random()  # spreads retries; decides nothing

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self._channels)

    def deliver_due(self, channel: str, stop: threading.Event | None = None) -> int:
        """Try all that is to be tried now through one channel; how many were tried."""
        count = 0
        while not (stop and stop.is_set()):
            now = self._clock.now()
            claimed = self._store.claim(now, AT_ONCE, now + LEASE, channel)
            tried = self._round(claimed, now, stop)
            count += tried
            if tried < AT_ONCE:
                break
        self._channels[channel].rest()
        return count

    def _round(self, claimed: Sequence[Delivery], now: Instant, stop: threading.Event | None) -> int:
        """Try what was claimed; what is not tried is given back. How many were tried."""
        tried = retries = 0
        for delivery in claimed:
            late = self._clock.now() > now + LEASE - MARGIN
            if late or retries >= PATIENCE or (stop and stop.is_set()):
                self._store.settle(delivery, "ready", why=delivery.why, next_attempt=now)
                continue
            answer = self._try(delivery)
            retries = retries + 1 if isinstance(answer, Retry) else 0
            tried += 1
            self._settle(delivery, answer, stop)
        return tried

    def _try(self, delivery: Delivery) -> Answer:
        try:
            return self._channels[delivery.channel].deliver(load_message(delivery.body))
        except Exception as error:  # a channel may be anybody's; what it raises must not lose a message
            return Retry(type(error).__name__)

    def _settle(self, delivery: Delivery, answer: Answer, stop: threading.Event | None) -> None:
        now = self._clock.now()
        match answer:
            case Delivered():
                self._keep(delivery, "sent", answer.note, 0, stop)
            case Refused(why):
                self._keep(delivery, "failed", why, 0, stop)
                self._log.say("refused", channel=delivery.channel, rule=delivery.key[0], why=why)
            case Retry(why):
                pause = self._pause(now - delivery.created)
                if now + pause - delivery.created > GIVE_UP:
                    self._keep(delivery, "dead", why, 0, stop)
                    self._log.say("given up", channel=delivery.channel, rule=delivery.key[0], why=why)
                else:
                    self._keep(delivery, "ready", why, now + pause, stop)
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

    def _pause(self, age: int) -> int:
        """As long as the message has waited already, between a minute and four hours, by up to a fifth more or less."""
        pause = min(max(age, FIRST_PAUSE), LONGEST_PAUSE)
        return int(pause * self._random.uniform(0.8, 1.2))
