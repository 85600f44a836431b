"""What a delivery is, on which terms it goes out, and who is not written to any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planned.engine.event import Instant

Key = tuple[str, str, str, int, int, int, int]
"""Rule, course, learner, occurrence, step, repeat, notice: at most one decision is ever stored for it.

The last is the place of a notice in its step, 0 for the message itself; in a digest's, by its reader, so many times
`NOTICES` more.
"""
NOTICES = 1000
"""No step has as many."""

DeliveryState = Literal["ready", "sending", "deferred", "sent", "failed", "dead"]
"""Not tried yet; being tried; waits for its next attempt; handed over; refused for good; given up."""
SuppressionReason = Literal["unsubscribed", "bounced", "complained", "manual"]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message to one recipient, to be delivered. `state` is `ready`, or `failed` with a reason (`no-address`)."""

    recipient: str
    channel: str
    message_id: str
    body: str
    state: DeliveryState = "ready"
    why: str = ""
    address: str = ""
    """As `folded` gives it; where the channel knows people by their ids, the id."""
    topic: str = ""
    """What it is about, of which one can unsubscribe; empty: a service message."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as claimed. `next_attempt` is the end of its lease while it is `sending`; `tried` and `claimed` are
    when it was tried first and last, 0 for never."""

    id: int
    key: Key
    recipient: str
    address: str
    topic: str
    channel: str
    state: DeliveryState
    message_id: str
    body: str
    attempts: int
    fence: int
    """Counts the claims: who has an older one than the store can settle nothing any more."""
    next_attempt: Instant
    created: Instant
    tried: Instant
    claimed: Instant
    why: str

    @property
    def domain(self) -> str:
        return domain_of(self.address)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in any stretch of time of that length."""

    count: int
    period: Instant

    @property
    def slot(self) -> Instant:
        """A store counts by slots of this length: nobody has to keep the instant of each message."""
        return max(self.period // 60, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms a channel delivers: how much through it, to each domain of it, and through all channels."""

    limit: Rate | None = None
    domain_limit: Rate | None = None
    total: Rate | None = None
    at_most_once: bool = False
    """What may or may not have been handed over is not handed over again: it is `failed`, `unclear`."""

    def rates(self, channel: str, domain: str) -> dict[tuple[str, str], Rate]:
        """The rates for a message, by channel and domain as they are counted."""
        scopes = {(ALL, ALL): self.total, (channel, ALL): self.limit, (channel, domain): self.domain_limit}
        return {scope: rate for scope, rate in scopes.items() if rate is not None}


FREELY = Terms()
ALL = "*"
"""In the place of a channel or domain: all of them. No channel and no domain is called so."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A receiver that is away: nothing is sent to it before `until`, and then one message, to see. `domain` ALL: the
    whole channel."""

    channel: str
    domain: str
    since: Instant
    until: Instant
    why: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that is not written to any more: about one topic, or, with an empty one, about all.

    Who has unsubscribed still gets messages of rules without a topic; the other reasons stop these, too.
    """

    address: str
    """As `folded` gives it."""
    topic: str
    reason: SuppressionReason
    at: Instant

    def stops(self, topic: str) -> bool:
        """Whether a message about this topic (empty: a service message) may not go to the address."""
        return self.topic in ("", topic) and (topic != "" or self.reason != "unsubscribed")

    @property
    def why(self) -> str:
        """What is said of a delivery that it stops."""
        return "opted-out" if self.reason == "unsubscribed" else self.reason


def folded(address: str) -> str:
    """An address as suppressions and deliveries have it, so that its capitals do not matter."""
    return address.strip().lower()


def domain_of(address: str) -> str:
    """What stands behind the @; nothing for what is no address."""
    return address.rpartition("@")[2] if "@" in address else ""
