"""The port to durable state: what has come in, what is waiting, what was decided, what is still to be sent.

Every verb is atomic, and any thread may call it. `save` is the heart: a source's events are stored with its cursor; the
facts and waiting messages that events changed, how far events are applied, the decisions and their deliveries are
stored together or not at all. People and courses bear versions: what is written over a row that somebody else has
changed since it was read is refused as a whole, so that nobody needs a lock while he thinks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol, runtime_checkable
from zlib import crc32

from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.store.delivery import (
    FREELY,
    NOTICES,
    Delivery,
    DeliveryState,
    Hold,
    Key,
    NewDelivery,
    Suppression,
    SuppressionReason,
    Terms,
)


class StoreError(Exception):
    """The store cannot be opened (in use by another process, made by a newer version, no store at all), read or
    written. The text says which, and nothing of what is stored."""


class ConflictError(StoreError):
    """Somebody else has changed since what was read for this batch. Nothing was written: read again, think again."""


class SupersededError(StoreError):
    """Other rules are in force by now: what was decided under the old ones was not written."""


SHARDS = 64
"""Into so many parts people are divided, by their ids; each part can be decided for by itself."""


def shard_of(person: str) -> int:
    """The part that a person belongs to, 0 to 63; the same on every machine, and for ever."""
    return crc32(person.encode("utf-8", "surrogatepass")) % SHARDS


UNKEEPABLE = "a text has half a character (a lone surrogate) or U+0000 in it: no store keeps that; nothing was stored"

CONFLICT = "somebody else has changed what was to be written; nothing was stored"


def key_of(decision: Decision) -> Key:
    """The key of a decision. Of the digests into which one message was gathered each reader's has its own."""
    _, _, reader = decision.step_id.partition("@")
    number = int.from_bytes(blake2b(reader.encode("utf-8", "surrogatepass"), digest_size=6).digest()) if reader else 0
    return (
        decision.rule,
        decision.course,
        decision.learner,
        decision.occurrence,
        decision.step,
        decision.repeat,
        decision.notice + NOTICES * number,
    )


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something that came in and could not be counted as an event, kept as it came with the reason.

    `number` is the store's, by which it can be released; 0 as long as it is not stored.
    """

    source: str
    received: Instant
    reason: str
    body: str
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as it was read: its opaque body, and its version, which each writing raises by one. A new one has 0."""

    version: int
    body: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One person as to be stored. `body` is opaque; `next_due` None: nothing waits; `version`: of the row as read."""

    next_due: Instant | None
    horizon: Instant
    body: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Deployment:
    """Since when a rule serves, and which revision of it was deployed last."""

    first: Instant
    revision: str


@dataclass(frozen=True, slots=True)
class ClockMark:
    """What is known about the clock of one machine since it was switched on; see `planned.runtime.gate`."""

    ahead: Instant | None
    """By how many microseconds it was ahead of the machine's steady clock, at most, while it was trusted."""
    trusted: Instant
    """What it showed when it was last trusted, 0 for never."""
    doubted: Instant | None = None
    """What it showed last, while it is not trusted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the engines of a store stand: `halted` since when an operator has them neither decide nor send.

    `zones` is the oldest version of the zone data with which anything that waits may have been timed; None: unknown.
    """

    halted: Instant | None = None
    zones: str | None = None
    clocks: Mapping[str, ClockMark] = field(default_factory=dict)
    """By machine."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one transaction writes. `now` is when it was received; `deliveries` go with decisions, by key."""

    now: Instant
    events: Sequence[Event] = ()
    quarantined: Sequence[Quarantined] = ()
    released: Sequence[int] = ()
    """Numbers of what is in quarantine no longer."""
    people: Mapping[str, Kept] = field(default_factory=dict)
    courses: Mapping[str, Stored] = field(default_factory=dict)
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By course: people who had their first event in it."""
    applied: int | None = None
    """Up to which number the events are applied to people and courses."""
    rejected: Sequence[str] = ()
    """Ids of stored events that cannot be applied: they are forgotten."""
    decisions: Sequence[Decision] = ()
    deliveries: Mapping[Key, Sequence[NewDelivery]] = field(default_factory=dict)
    cursors: Mapping[str, str] = field(default_factory=dict)
    edition: int | None = None
    """Under which edition of the rules this was thought; None: it does not depend on rules. See `SharedStore`."""


class Store(Protocol):
    """Durable state. Instants are microseconds since 1970 UTC; nothing here reads a clock. Verbs raise StoreError."""

    def known(self, ids: Collection[str]) -> dict[str, bytes]:
        """Which of these event ids are stored, with the digest of each (`planned.store.codec.digest`)."""
        ...

    def save(self, batch: Batch) -> list[Decision]:
        """Write all of a batch or nothing; return the decisions that are new.

        One whose key is known is left out, with its deliveries. Raises ConflictError if a person, a course or an event
        has been written by somebody else since it was read.
        """
        ...

    def people(self, ids: Collection[str]) -> dict[str, Stored]:
        """These people; who is unknown is left out."""
        ...

    def courses(self, ids: Collection[str]) -> dict[str, Stored]:
        """These courses; what is unknown is left out."""
        ...

    def members(self, course: str) -> list[str]:
        """Everybody of a course, in the order in which they came to it."""
        ...

    def due(self, now: Instant, limit: int, shard: int | None = None) -> list[str]:
        """People (of one shard) for whom something is due by `now`, the earliest first."""
        ...

    def next_due(self) -> Instant | None:
        """The earliest instant at which something is due for anybody."""
        ...

    def waiting(self) -> list[str]:
        """Everybody for whom something waits, in the order of their ids."""
        ...

    def everybody(self) -> list[str]:
        """All people, in the order of their ids."""
        ...

    def unapplied(self, limit: int) -> list[tuple[int, Event]]:
        """The first events that are stored and not yet applied, with their numbers, as received.

        At most `limit`, and fewer where they are large.
        """
        ...

    def history(self, person: str, upto: int | None = None) -> list[Event]:
        """All events of a person and the general ones of the courses of his events, by time, then as received.

        `upto`: only those up to this number.
        """
        ...

    def decisions(self, learner: str | None = None) -> Iterator[Decision]:
        """The decisions about a learner (or all), in the order in which they were stored."""
        ...

    def cursor(self, source: str) -> str | None:
        """Up to where a source's events are stored."""
        ...

    def claim(self, now: Instant, limit: int, lease: Instant, channel: str, terms: Terms = FREELY) -> list[Delivery]:
        """Take deliveries of a channel to be tried by `now`: they are `sending`, and free again after `lease`.

        At most as many as the terms have room for, of no receiver that is held, of one whose hold is over a single
        one. To a suppressed address none is given: it is `failed`.
        """
        ...

    def claimed(self, channel: str, lease: Instant) -> list[Delivery]:
        """What a claim of ours with this lease has taken and nobody has settled: its answer may have been lost."""
        ...

    def settle(self, delivery: Delivery, state: DeliveryState, *, why: str = "", next_attempt: Instant = 0) -> bool:
        """Say what became of a claimed delivery; its body is forgotten once it is `sent`.

        False, and nothing changes, if it was claimed anew since.
        """
        ...

    def stands(self, delivery: Delivery) -> bool:
        """Whether a claim still holds: another engine may have taken it for gone, whoever made it, and let it go."""
        ...

    def give_back(self, delivery: Delivery, now: Instant) -> bool:
        """Undo a claim: it was not tried, counts nowhere, and may be claimed at once. False as with `settle`."""
        ...

    def resend(self, ids: Collection[int], now: Instant) -> list[int]:
        """Deliver these once more, as if they were new; those that were `failed` or `dead` and have a body."""
        ...

    def withhold(self, hold: Hold, now: Instant, tried_before: Instant) -> int:
        """Send nothing to a receiver for a while; of one that is held already `since` stays.

        What was to be tried by now waits until then; what was first tried before `tried_before` is `dead`. How many.
        """
        ...

    def lift(self, channel: str, domain: str) -> None:
        """The receiver is back."""
        ...

    def holds(self) -> list[Hold]:
        """The receivers that are held, in the order of channel and domain."""
        ...

    def next_attempt(self) -> Instant | None:
        """The earliest instant at which a delivery is to be tried; of one that is being sent, the end of its lease.

        Of one whose receiver is held, the end of that; rates are not looked at.
        """
        ...

    def deliveries(self, states: Collection[DeliveryState] = (), learner: str | None = None) -> Iterator[Delivery]:
        """All deliveries in these states (or all) about a learner (or all), in the order in which they were stored."""
        ...

    def delivered_as(self, message_ids: Collection[str], addresses: Collection[str] = ()) -> list[Delivery]:
        """Deliveries under these ids of messages, and those to these addresses, in the order stored."""
        ...

    def came_back(self, id: int, state: DeliveryState, why: str) -> bool:
        """Say what has become of a delivery that was `sent`. False, and nothing changes, of any other."""
        ...

    def suppress(self, entries: Collection[Suppression]) -> list[Suppression]:
        """Write to these no more; those that are new. One that is known by address, topic and reason stays as it is."""
        ...

    def unsuppress(
        self, address: str, topic: str | None = None, reason: SuppressionReason | None = None
    ) -> list[Suppression]:
        """Forget the suppressions of an address (of one topic, for one reason); those that were there."""
        ...

    def suppressed(self, addresses: Collection[str] | None = None) -> list[Suppression]:
        """The suppressions of these addresses (or all), in the order of address, topic and reason."""
        ...

    def quarantine(self) -> Iterator[Quarantined]:
        """What could not be counted, in the order received."""
        ...

    def deployments(self) -> dict[str, Deployment]:
        """The rules that were ever deployed, by name."""
        ...

    def deploy(self, rules: Mapping[str, Deployment], edition: int | None = None) -> None:
        """Remember these; a rule that is known keeps its first time. An edition of them is ready then."""
        ...

    def standing(self) -> Standing:
        """How the engines stand."""
        ...

    def halt(self, since: Instant | None) -> None:
        """Have the engines neither decide nor send; None: have them go on."""
        ...

    def keep_zones(self, version: str) -> None:
        """Remember with which zone data what waits is timed."""
        ...

    def keep_clock(self, machine: str, mark: ClockMark | None) -> None:
        """Remember this about a machine's clock; None: forget the machine."""
        ...

    def counts(self) -> dict[str, int]:
        """How many `events`, `quarantined`, `people`, `waiting`, `decisions` there are, and deliveries by state."""
        ...

    def close(self) -> None:
        """Let go of everything; idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Edition:
    """The rules that are in force: which ones, and whether all people have been brought under them.

    `number` counts the changes.
    """

    number: int
    digest: str
    ready: bool


@runtime_checkable
class SharedStore(Store, Protocol):
    """A store that several engines serve at once. Who does what is agreed here; what is true is held by `save`."""

    engine: str
    """The name of the engine that has opened it: no other has it now, and started again it mostly has the same."""

    def hold(self, role: str) -> bool:
        """Take a role (or keep it) that one engine has at a time, until its connection ends. False: another has it."""
        ...

    def release(self, role: str) -> None:
        """Let another engine have the role; without effect if it was not held."""
        ...

    def alive(self, seconds: float) -> set[str]:
        """Say that this engine lives; all who have said so within the last seconds, by the clock of the database."""
        ...

    def bury(self, living: Collection[str]) -> int:
        """Let others have what all engines but these hold: their roles, and the messages that they were sending.

        Those are to be tried again at once; how many there are. An engine that only stood still finds itself without
        its connection, and begins anew.
        """
        ...

    def next_dues(self) -> dict[int, Instant]:
        """The earliest instant at which something is due, by shard; shards where nothing waits are left out."""
        ...

    def edition(self) -> Edition:
        """The rules in force; at first number 0, with the digest ""."""
        ...

    def supersede(self, digest: str) -> Edition:
        """Put other rules in force, not yet ready; `deploy` makes them so.

        It waits for what is being saved; from then on batches of earlier editions are refused with SupersededError.
        """
        ...

    def was_in_force(self, digest: str) -> bool:
        """Whether these rules were in force once, and others are now."""
        ...
