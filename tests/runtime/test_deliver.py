"""Deliveries: at least once, retried with pauses for five days, then given up and shown; one bad one holds up none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from planned.channels.base import Answer, Delivered, Message, Refused, Retry, dump_message
from planned.engine.decision import Decision, Outcome
from planned.runtime.clock import SECOND, VirtualClock
from planned.runtime.deliver import AT_ONCE, GIVE_UP, LEASE, LONGEST, LONGEST_PAUSE, PATIENCE, Deliverer
from planned.runtime.log import Log
from planned.store.base import Batch, StoreError, key_of
from planned.store.delivery import ALL, FREELY, Delivery, Hold, NewDelivery, Suppression, Terms
from planned.store.memory import MemoryStore

MESSAGE = Message(
    id="m",
    to="a@x.example",
    to_name="",
    sender="n@x.example",
    sender_name="",
    subject="s",
    text="t",
    html="",
    language="en",
    at=0,
    list_id="r",
)


def decision(occurrence: int) -> Decision:
    return Decision(
        at=0,
        rule="r",
        course="c",
        learner="l",
        occurrence=occurrence,
        step=1,
        repeat=0,
        outcome=Outcome.SENT,
        reason=None,
        to=("l",),
        sender="noreply",
        channel="email",
        subject="s",
        text="t",
        markup="t",
        anchor=0,
        due=0,
        because=(),
        guards=(),
        source="",
        revision="",
        zone="UTC",
    )


class Scripted:
    """Answers as it is told, and remembers what it was given."""

    def __init__(self, answer: Callable[[Message], Answer]) -> None:
        self.answer = answer
        self.given: list[str] = []

    def deliver(self, message: Message) -> Answer:
        self.given.append(message.id)
        return self.answer(message)

    def rest(self) -> None:
        pass


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1_000_000 * SECOND)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def fill(store: MemoryStore, clock: VirtualClock, number: int, *domains: str) -> None:
    """So many messages, to these domains in turn."""
    made: Sequence[Decision] = [decision(n) for n in range(1, number + 1)]
    to = [f"p{n}@{domains[n % len(domains)]}" if domains else "" for n in range(number)]
    store.save(
        Batch(
            now=clock.now(),
            decisions=made,
            deliveries={
                key_of(one): [
                    NewDelivery(
                        "l",
                        "email",
                        f"m{n}",
                        dump_message(replace(MESSAGE, id=f"m{n}", to=to[n - 1])),
                        address=to[n - 1],
                        topic="news",
                    )
                ]
                for n, one in enumerate(made, 1)
            },
        )
    )


def states(store: MemoryStore) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in store.deliveries():
        found[one.state] = found.get(one.state, 0) + 1
    return found


def test_each_message_is_delivered_once(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 2 * AT_ONCE + 5)
    channel = Scripted(lambda message: Delivered())
    deliverer = Deliverer(store, {"email": channel}, clock, Log())
    assert deliverer.deliver_due("email") == 2 * AT_ONCE + 5
    assert deliverer.deliver_due("email") == 0
    assert channel.given == [f"m{n}" for n in range(1, 2 * AT_ONCE + 6)]
    assert states(store) == {"sent": 2 * AT_ONCE + 5}


def test_one_that_is_refused_and_one_that_breaks_hold_up_none(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 10)

    def answer(message: Message) -> Answer:
        if message.id == "m3":
            raise ZeroDivisionError
        return Refused("550") if message.id == "m5" else Delivered()

    Deliverer(store, {"email": Scripted(answer)}, clock, Log()).deliver_due("email")
    assert states(store) == {"sent": 8, "failed": 1, "deferred": 1}
    assert [(one.message_id, one.why) for one in store.deliveries(["failed", "deferred"])] == [
        ("m3", "ZeroDivisionError"),
        ("m5", "550"),
    ]


def test_a_receiver_that_is_away_is_asked_with_growing_pauses_for_five_days(
    store: MemoryStore, clock: VirtualClock
) -> None:
    fill(store, clock, 1)
    channel = Scripted(lambda message: Retry("421"))
    deliverer = Deliverer(store, {"email": channel}, clock, Log())
    start, tries = clock.now(), []
    while (due := store.next_attempt()) is not None:
        clock.move(due)
        tries.append(clock.now() - start)
        deliverer.deliver_due("email")
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert 40 * SECOND < pauses[0] < 80 * SECOND
    assert len(pauses) > 10
    assert max(pauses) <= LONGEST_PAUSE * 1.2
    # The last attempt may have to wait until the receiver is asked again at all.
    assert GIVE_UP - 1.2 * LONGEST_PAUSE < tries[-1] < GIVE_UP + 1.2 * LONGEST_PAUSE
    assert len(tries) < 60
    assert states(store) == {"dead": 1}
    assert [one.why for one in store.deliveries()] == ["421"]


def test_six_hours_of_absence_lose_nothing(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 50)
    back = clock.now() + 6 * 3600 * SECOND
    channel = Scripted(lambda message: Delivered() if clock.now() >= back else Retry("421"))
    deliverer = Deliverer(store, {"email": channel}, clock, Log())
    while (due := store.next_attempt()) is not None:
        clock.move(due)
        deliverer.deliver_due("email")
    assert states(store) == {"sent": 50}
    assert clock.now() < back + 5 * 3600 * SECOND


def test_a_receiver_that_is_away_does_not_keep_the_engine_for_each_message(
    store: MemoryStore, clock: VirtualClock
) -> None:
    fill(store, clock, 100)
    channel = Scripted(lambda message: Retry("timeout"))
    assert Deliverer(store, {"email": channel}, clock, Log()).deliver_due("email") == PATIENCE
    assert len(channel.given) == PATIENCE
    assert states(store) == {"deferred": 100 - (AT_ONCE - PATIENCE), "ready": AT_ONCE - PATIENCE}
    (hold,) = store.holds()
    assert clock.now() + 40 * SECOND < (store.next_attempt() or 0) <= hold.until < clock.now() + 80 * SECOND


def test_who_is_told_to_stop_gives_back_what_was_not_begun(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 10)
    stop = threading.Event()

    def answer(message: Message) -> Answer:
        if message.id == "m3":
            stop.set()
        return Delivered()

    deliverer = Deliverer(store, {"email": Scripted(answer)}, clock, Log())
    deliverer.deliver_due("email", stop)
    assert states(store) == {"sent": 3, "ready": 7}
    assert store.next_attempt() == clock.now()


def test_a_worker_that_slept_past_its_lease_begins_no_further_message(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 2)
    first: list[str] = []

    def sleep(message: Message) -> Answer:
        first.append(message.id)
        clock.move(clock.now() + 2 * LEASE)
        assert Deliverer(store, {"email": other}, clock, Log()).deliver_due("email") == 2
        return Retry("too late to say so")

    other = Scripted(lambda message: Delivered())
    Deliverer(store, {"email": Scripted(sleep)}, clock, Log()).deliver_due("email")
    assert first == ["m1"]
    assert other.given == ["m1", "m2"]
    assert states(store) == {"sent": 2}


def test_no_message_is_begun_with_less_lease_left_than_an_attempt_may_take(
    store: MemoryStore, clock: VirtualClock
) -> None:
    fill(store, clock, 2)
    left: list[int] = []

    def answer(message: Message) -> Answer:
        left.extend(one.next_attempt - clock.now() for one in store.deliveries() if one.message_id == message.id)
        clock.move(clock.now() + LEASE - SECOND)
        return Delivered()

    Deliverer(store, {"email": Scripted(answer)}, clock, Log()).deliver_due("email")
    assert len(left) == 2
    assert min(left) >= LONGEST * SECOND


def test_a_channel_leaves_the_messages_of_another(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 1)
    channel = Scripted(lambda message: Delivered())
    assert Deliverer(store, {"sms": channel}, clock, Log()).deliver_due("sms") == 0
    assert channel.given == []


# --- receivers that are away ------------------------------------------------------------------------


def test_a_domain_that_is_away_holds_up_no_other(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 60, "away.example", "x.example", "y.example")

    def answer(message: Message) -> Answer:
        return Retry("421", "domain") if "away" in message.to else Delivered()

    channel = Scripted(answer)
    assert Deliverer(store, {"email": channel}, clock, Log()).deliver_due("email") == 40 + PATIENCE
    assert [hold.domain for hold in store.holds()] == ["away.example"]


def test_what_concerns_one_message_holds_up_nobody_of_its_domain(store: MemoryStore, clock: VirtualClock) -> None:
    """A server that puts off each message at first (greylisting) must not be taken to be away."""
    fill(store, clock, 30, "grey.example")
    seen: set[str] = set()

    def answer(message: Message) -> Answer:
        new = message.id not in seen
        seen.add(message.id)
        return Retry("451 to RCPT", "message") if new else Delivered()

    deliverer = Deliverer(store, {"email": Scripted(answer)}, clock, Log())
    assert deliverer.deliver_due("email") == 30
    assert store.holds() == []
    clock.move(clock.now() + 80 * SECOND)
    assert deliverer.deliver_due("email") == 30
    assert states(store) == {"sent": 30}


def test_a_server_that_is_away_is_left_alone_whatever_the_domain(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 60, *(f"d{n}.example" for n in range(20)))
    away = True

    def answer(message: Message) -> Answer:
        return Retry("timeout", "channel") if away else Delivered()

    deliverer = Deliverer(store, {"email": Scripted(answer)}, clock, Log())
    assert deliverer.deliver_due("email") == PATIENCE
    assert [hold.domain for hold in store.holds()] == [ALL]
    clock.move(clock.now() + 80 * SECOND)
    assert deliverer.deliver_due("email") == 1
    away = False
    while (due := store.next_attempt()) is not None:
        clock.move(due)
        deliverer.deliver_due("email")
    assert states(store) == {"sent": 60}
    assert store.holds() == []


def test_many_domains_that_are_away_one_after_the_other_are_the_channel(
    store: MemoryStore, clock: VirtualClock
) -> None:
    fill(store, clock, 40, *(f"d{n}.example" for n in range(20)))
    channel = Scripted(lambda message: Retry("timeout", "domain"))
    tried = Deliverer(store, {"email": channel}, clock, Log()).deliver_due("email")
    assert PATIENCE <= tried <= PATIENCE * PATIENCE
    assert ALL in [hold.domain for hold in store.holds()]


def test_five_days_count_from_the_first_attempt_and_for_what_only_its_receiver_kept_waiting(
    store: MemoryStore, clock: VirtualClock
) -> None:
    fill(store, clock, 10, "away.example")
    clock.move(clock.now() + 6 * 24 * 3600 * SECOND)  # the engine was down for six days
    channel = Scripted(lambda message: Retry("421", "domain"))
    deliverer = Deliverer(store, {"email": channel}, clock, Log())
    deliverer.deliver_due("email")
    assert "dead" not in states(store)
    start = clock.now()
    while (due := store.next_attempt()) is not None:
        clock.move(due)
        deliverer.deliver_due("email")
    assert states(store) == {"dead": 10}
    assert GIVE_UP - 2 * LONGEST_PAUSE < clock.now() - start < GIVE_UP + 2 * LONGEST_PAUSE
    assert len(channel.given) < 60


# --- suppressions, terms, a store that is away ------------------------------------------------------


def test_who_unsubscribes_between_the_claim_and_his_turn_gets_nothing(store: MemoryStore, clock: VirtualClock) -> None:
    fill(store, clock, 3, "x.example")

    def answer(message: Message) -> Answer:
        store.suppress([Suppression("P1@x.example", "news", "unsubscribed", clock.now())])
        return Delivered()

    channel = Scripted(answer)
    Deliverer(store, {"email": channel}, clock, Log()).deliver_due("email")
    assert channel.given == ["m1", "m3"]
    assert [(one.state, one.why) for one in store.deliveries(["failed"])] == [("failed", "opted-out")]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Retry("connection lost", unclear=True), "failed"),
        (Retry("421"), "deferred"),
        (ZeroDivisionError(), "failed"),
        (Delivered(), "sent"),
    ],
)
def test_at_most_once_what_is_unclear_is_not_sent_again(
    store: MemoryStore, clock: VirtualClock, answer: Answer | Exception, state: str
) -> None:
    fill(store, clock, 1)

    def answers(message: Message) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    terms = {"email": Terms(at_most_once=True)}
    Deliverer(store, {"email": Scripted(answers)}, clock, Log(), terms=terms).deliver_due("email")
    (one,) = store.deliveries()
    assert one.state == state
    assert (one.why == "unclear") == (state == "failed")


class Shaky(MemoryStore):
    """Fails when it is told to, after it has done what was asked."""

    fails: str = ""

    def _shake(self, verb: str) -> None:
        if self.fails == verb:
            self.fails = ""
            raise StoreError("away")

    def claim(self, now: int, limit: int, lease: int, channel: str, terms: Terms = FREELY) -> list[Delivery]:
        found = super().claim(now, limit, lease, channel, terms)
        self._shake("claim")
        return found

    def holds(self) -> list[Hold]:
        self._shake("holds")
        return super().holds()

    def suppressed(self, addresses: Collection[str] | None = None) -> list[Suppression]:
        self._shake("suppressed")
        return super().suppressed(addresses)


@pytest.mark.parametrize("verb", ["claim", "holds", "suppressed"])
def test_what_is_claimed_when_the_store_fails_is_sent_as_soon_as_it_is_back(clock: VirtualClock, verb: str) -> None:
    store = Shaky()
    fill(store, clock, 3, "x.example")
    channel = Scripted(lambda message: Delivered())
    deliverer = Deliverer(store, {"email": channel}, clock, Log())
    store.fails = verb
    with pytest.raises(StoreError):
        deliverer.deliver_due("email")
    assert deliverer.deliver_due("email") == 3
    assert channel.given == ["m1", "m2", "m3"]


def test_a_lease_that_is_shorter_than_an_attempt_is_refused(store: MemoryStore, clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="longer than an attempt"):
        Deliverer(store, {"email": Scripted(lambda message: Delivered())}, clock, Log(), lease=SECOND)
