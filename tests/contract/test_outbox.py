"""What every store must do with deliveries, and with those to whom nothing is delivered."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from planned.store import codec
from planned.store.base import Batch, Store, key_of
from planned.store.delivery import ALL, Delivery, Hold, NewDelivery, Rate, Suppression, Terms
from planned.store.schema import POSTGRES, SQLITE, migrations
from tests.contract.conftest import Durable
from tests.contract.test_store import decision

MINUTE = 60_000_000
LEASE = 10**12


def fill(store: Store, *to: str, topic: str = "", channel: str = "email", now: int = 0) -> None:
    """A message to each of these addresses."""
    first = sum(1 for _ in store.decisions()) + 1
    made = [decision(occurrence=first + number) for number in range(len(to))]
    deliveries = {
        key_of(one): [NewDelivery("p", channel, f"m{address}", "text", address=address, topic=topic)]
        for one, address in zip(made, to, strict=True)
    }
    store.save(Batch(now=now, decisions=made, deliveries=deliveries))


def addresses(deliveries: Sequence[Delivery]) -> list[str]:
    return [one.address for one in deliveries]


def ended(store: Store) -> list[tuple[str, str, str]]:
    return [(one.address, one.state, one.why) for one in store.deliveries(["failed", "dead", "sent"])]


# --- suppressions -----------------------------------------------------------------------------------


def test_a_suppression_is_kept_once_whatever_the_capitals(store: Store) -> None:
    all_ = Suppression("ann@x.example", "", "bounced", 5)
    news = Suppression("ann@x.example", "news", "unsubscribed", 6)
    bob = Suppression("bob@x.example", "news", "unsubscribed", 7)
    assert store.suppress([Suppression(" Ann@X.example ", "", "bounced", 5), bob]) == [all_, bob]
    assert store.suppress([news, Suppression("ANN@x.example", "", "bounced", 9)]) == [news]
    assert store.suppressed() == [all_, news, bob]
    assert store.suppressed(["aNN@x.example", "eve@x.example"]) == [all_, news]
    assert store.suppressed([]) == []


def test_a_suppression_is_forgotten_by_topic_or_reason(store: Store) -> None:
    entries = [
        Suppression("ann@x.example", "", "bounced", 1),
        Suppression("ann@x.example", "", "unsubscribed", 2),
        Suppression("ann@x.example", "news", "unsubscribed", 3),
        Suppression("bob@x.example", "news", "manual", 4),
    ]
    store.suppress(entries)
    assert store.unsuppress("Ann@x.example", "", "unsubscribed") == [entries[1]]
    assert store.unsuppress("ann@x.example", reason="complained") == []
    assert store.unsuppress("ann@x.example", "news") == [entries[2]]
    assert store.unsuppress("ann@x.example") == [entries[0]]
    assert store.suppressed() == [entries[3]]


@pytest.mark.parametrize(
    ("entry", "stopped"),
    [
        (("news", "unsubscribed"), {"news": "opted-out"}),
        (("", "unsubscribed"), {"news": "opted-out", "exams": "opted-out"}),
        (("", "bounced"), {"news": "bounced", "exams": "bounced", "": "bounced"}),
        (("", "complained"), {"news": "complained", "exams": "complained", "": "complained"}),
        (("", "manual"), {"news": "manual", "exams": "manual", "": "manual"}),
        (("exams", "manual"), {"exams": "manual"}),
    ],
)
def test_no_claim_gives_what_is_suppressed(store: Store, entry: tuple[str, str], stopped: dict[str, str]) -> None:
    for topic in ("news", "exams", ""):
        fill(store, "Ann@x.example", topic=topic)
        fill(store, f"bob{topic}@x.example", topic=topic)
    suppression = Suppression("ann@X.example", entry[0], entry[1], 1)  # type: ignore[arg-type]  # a word of the list
    store.suppress([suppression])
    claimed = store.claim(0, 10, LEASE, "email")
    assert {one.topic for one in claimed if one.address == "ann@x.example"} == {"news", "exams", ""} - stopped.keys()
    assert {one.topic for one in claimed if one.address != "ann@x.example"} == {"news", "exams", ""}
    assert {one.topic: one.why for one in store.deliveries(["failed"])} == stopped
    for topic in ("news", "exams", ""):
        assert suppression.stops(topic) == (topic in stopped)


def test_many_suppressed_ones_leave_no_gap_in_a_claim(store: Store) -> None:
    fill(store, *(f"p{number}@x.example" for number in range(50)))
    store.suppress([Suppression(f"p{number}@x.example", "", "bounced", 1) for number in range(45)])
    assert addresses(store.claim(0, 3, LEASE, "email")) == ["p45@x.example", "p46@x.example", "p47@x.example"]
    assert store.counts()["failed"] == 45


def test_who_has_unsubscribed_before_a_claim_is_never_claimed(durable: Durable) -> None:
    """Of two that race, be it that they are two processes: what is committed first holds."""
    engine, desk = durable.open(), durable.open(beside=True)
    number = 300
    fill(engine, *(f"p{one}@x.example" for one in range(number)), topic="news")
    committed: set[str] = set()

    def unsubscribe() -> None:
        for one in range(number - 1, -1, -1):
            desk.suppress([Suppression(f"p{one}@x.example", "news", "unsubscribed", 1)])
            committed.add(f"p{one}@x.example")

    thread = threading.Thread(target=unsubscribe)
    thread.start()
    claimed: set[str] = set()
    while True:
        before = set(committed)
        found = set(addresses(engine.claim(0, 2, LEASE, "email")))
        assert not found & before
        claimed |= found
        if not found:
            break
    thread.join()
    assert {address for address, _, why in ended(engine) if why == "opted-out"} == {
        f"p{one}@x.example" for one in range(number)
    } - claimed
    engine.close()
    desk.close()


# --- claims -----------------------------------------------------------------------------------------


def test_a_claim_whose_answer_was_lost_is_known_by_its_lease(store: Store) -> None:
    fill(store, "a@x.example", "b@x.example", "c@x.example")
    fill(store, "s@x.example", channel="sms")
    claimed = store.claim(0, 2, 100, "email")
    store.claim(0, 2, 101, "email")
    store.claim(0, 2, 100, "sms")
    store.settle(claimed[0], "sent")
    assert store.claimed("email", 100) == claimed[1:]
    assert store.claimed("email", 99) == []


def test_what_is_given_back_was_never_tried(store: Store) -> None:
    fill(store, "a@x.example", "b@x.example", now=5)
    first, second = store.claim(5, 10, LEASE, "email")
    assert (first.attempts, first.tried, first.claimed) == (1, 5, 5)
    assert store.give_back(first, 7)
    assert not store.give_back(first, 7)
    assert not store.settle(first, "sent")
    store.settle(second, "deferred", why="421", next_attempt=8)
    again = store.claim(8, 10, LEASE, "email")
    assert [(one.address, one.attempts, one.tried) for one in again] == [("a@x.example", 1, 8), ("b@x.example", 2, 5)]
    assert store.give_back(again[1], 9)
    assert [(one.state, one.attempts, one.tried, one.why) for one in store.deliveries(["deferred"])] == [
        ("deferred", 1, 5, "421")
    ]


@pytest.mark.parametrize("at_most_once", [False, True])
def test_what_a_process_was_sending_when_it_died_goes_out_again_unless_at_most_once(
    store: Store, at_most_once: bool
) -> None:
    fill(store, "a@x.example")
    terms = Terms(at_most_once=at_most_once)
    store.claim(0, 10, 100, "email", terms)
    assert store.claim(99, 10, 200, "email", terms) == []
    again = store.claim(100, 10, 200, "email", terms)
    assert addresses(again) == ([] if at_most_once else ["a@x.example"])
    assert ended(store) == ([("a@x.example", "failed", "unclear")] if at_most_once else [])


def test_what_was_given_up_can_be_sent_again_with_the_same_text_and_id(store: Store) -> None:
    fill(store, "a@x.example", "b@x.example", "c@x.example", "d@x.example")
    for one, state in zip(store.claim(0, 10, LEASE, "email"), ("dead", "failed", "sent", "deferred"), strict=True):
        store.settle(one, state, why="why", next_attempt=50)
    ids = [one.id for one in store.deliveries()]
    assert store.resend([*ids, 999], 60) == ids[:2]
    assert [(one.state, one.attempts, one.tried) for one in store.deliveries()][:2] == [("ready", 0, 0)] * 2
    again = store.claim(60, 10, LEASE, "email")
    assert [(one.message_id, one.body) for one in again] == [
        ("md@x.example", "text"),
        ("ma@x.example", "text"),
        ("mb@x.example", "text"),
    ]
    assert store.settle(again[1], "sent")
    assert store.resend(ids, 70) == []


def test_deliveries_about_a_learner(store: Store) -> None:
    other = decision(learner="bob")
    store.save(Batch(now=0, decisions=[other], deliveries={key_of(other): [NewDelivery("t", "email", "m", "x")]}))
    fill(store, "a@x.example")
    assert [one.key[2] for one in store.deliveries(learner="bob")] == ["bob"]
    assert [one.address for one in store.deliveries(["ready"], "alice")] == ["a@x.example"]
    assert list(store.deliveries(["sent"], "alice")) == []


# --- rates ------------------------------------------------------------------------------------------


def test_what_came_back_is_found_by_message_or_address_and_said_of_what_was_sent_alone(store: Store) -> None:
    fill(store, "Ann@x.example", "bob@x.example", "eve@x.example")
    ann, bob, _ = store.claim(0, 10, 100, "email")
    assert [one.address for one in store.delivered_as(["meve@x.example", "other"], ["ANN@x.example"])] == [
        "ann@x.example",
        "eve@x.example",
    ]
    assert store.delivered_as([], []) == []
    assert store.settle(ann, "sent", why="250")
    assert not store.came_back(bob.id, "failed", "came back 5.1.1")
    assert store.came_back(ann.id, "failed", "came back 5.1.1")
    assert not store.came_back(ann.id, "sent", "again")
    assert [(one.state, one.why) for one in store.delivered_as(["mAnn@x.example"])] == [("failed", "came back 5.1.1")]


def drain(store: Store, terms: Terms, now: int, channel: str = "email") -> list[str]:
    """All that may go out at an instant, in claims of three."""
    found: list[str] = []
    while claimed := store.claim(now, 3, LEASE, channel, terms):
        found += addresses(claimed)
        for one in claimed:
            store.settle(one, "sent")
    return found


def test_no_more_goes_out_in_any_minute_than_its_rate(store: Store) -> None:
    terms = Terms(limit=Rate(5, MINUTE))
    fill(store, *(f"p{number}@x.example" for number in range(23)))
    gone: list[int] = []
    for second in range(0, 400, 7):
        now = second * MINUTE // 60
        gone += [now] * len(drain(store, terms, now))
    assert len(gone) == 23
    assert all(sum(at - MINUTE < other <= at for other in gone) <= 5 for at in gone)
    assert gone[-1] < 6 * MINUTE


def test_a_domain_at_its_limit_holds_up_no_other_and_costs_no_attempt(store: Store) -> None:
    terms = Terms(limit=Rate(100, MINUTE), domain_limit=Rate(2, MINUTE))
    fill(store, *(f"a{number}@slow.example" for number in range(5)), *(f"b{number}@x.example" for number in range(2)))
    assert drain(store, terms, 0) == ["a0@slow.example", "a1@slow.example", "b0@x.example", "b1@x.example"]
    assert [(one.state, one.attempts) for one in store.deliveries(["ready", "deferred"])] == [("ready", 0)] * 3
    assert drain(store, terms, MINUTE // 2) == []
    assert drain(store, terms, 2 * MINUTE) == ["a2@slow.example", "a3@slow.example"]


def test_a_rate_over_all_channels_counts_them_together(store: Store) -> None:
    terms = Terms(total=Rate(3, MINUTE))
    fill(store, "a@x.example", "b@x.example")
    fill(store, "c@x.example", "d@x.example", channel="sms")
    assert len(drain(store, terms, 0)) == 2
    assert len(drain(store, terms, 0, "sms")) == 1


def test_what_is_given_back_counts_in_no_rate(store: Store) -> None:
    terms = Terms(limit=Rate(2, 1440 * MINUTE), domain_limit=Rate(2, 1440 * MINUTE), total=Rate(2, 1440 * MINUTE))
    fill(store, "a@x.example", "b@x.example", "c@x.example", now=7 * MINUTE)
    for one in store.claim(7 * MINUTE, 10, LEASE, "email", terms):
        store.give_back(one, 8 * MINUTE)
    assert len(drain(store, terms, 50 * MINUTE)) == 2
    assert drain(store, terms, 50 * MINUTE) == []


def test_rates_outlive_the_process(durable: Durable) -> None:
    terms = Terms(limit=Rate(2, MINUTE))
    first = durable.open()
    fill(first, "a@x.example", "b@x.example", "c@x.example")
    assert len(drain(first, terms, 0)) == 2
    first.close()
    second = durable.open()
    assert drain(second, terms, 1) == []
    assert len(drain(second, terms, 2 * MINUTE)) == 1
    second.close()


# --- receivers that are away ------------------------------------------------------------------------


def test_a_receiver_that_is_held_gets_nothing_and_then_one(store: Store) -> None:
    fill(store, "a@away.example", "b@away.example", "c@x.example")
    assert store.withhold(Hold("email", "away.example", 0, 50, "421"), 0, -1) == 0
    assert store.withhold(Hold("email", "away.example", 9, 60, "421"), 10, -1) == 0
    assert store.holds() == [Hold("email", "away.example", 0, 60, "421")]
    assert store.next_attempt() == 0
    assert addresses(store.claim(0, 10, LEASE, "email")) == ["c@x.example"]
    fill(store, "d@away.example", now=20)
    assert store.next_attempt() == 60
    assert store.claim(59, 10, LEASE, "email") == []
    (probe,) = store.claim(60, 10, LEASE, "email")
    assert store.claim(60, 10, LEASE, "email") == []
    assert store.settle(probe, "sent")
    store.lift("email", "away.example")
    assert store.holds() == []
    assert len(store.claim(60, 10, LEASE, "email")) == 2


def test_a_held_channel_is_asked_with_a_message_to_a_domain_that_is_not_held_itself(store: Store) -> None:
    fill(store, "a@away.example", "b@x.example", "c@y.example")
    fill(store, "s@x.example", channel="sms")
    store.withhold(Hold("email", "away.example", 0, 5, "421"), 0, -1)
    store.withhold(Hold("email", ALL, 0, 9, "timeout"), 0, -1)
    assert store.claim(8, 10, LEASE, "email") == []
    assert addresses(store.claim(8, 10, LEASE, "sms")) == ["s@x.example"]
    (probe,) = store.claim(9, 10, LEASE, "email")
    assert probe.address == "b@x.example"
    assert store.claim(10, 10, LEASE, "email") == []
    assert store.give_back(probe, 11)
    assert len(store.claim(11, 10, LEASE, "email")) == 1


def test_a_receiver_of_whom_nothing_may_be_asked_now_is_asked_later(store: Store) -> None:
    """The claim takes others and of this domain only what is suppressed: its hold is not prolonged by that."""
    fill(store, "b@x.example", "a@away.example")
    store.withhold(Hold("email", "away.example", 0, 5, "421"), 0, -1)
    store.suppress([Suppression("a@away.example", "", "bounced", 1)])
    assert addresses(store.claim(6, 10, LEASE, "email")) == ["b@x.example"]
    assert [one.until for one in store.holds()] == [5]
    fill(store, "c@away.example", now=7)
    assert addresses(store.claim(7, 10, LEASE, "email")) == ["c@away.example"]


def test_what_waits_too_long_for_a_receiver_that_is_away_is_dead(store: Store) -> None:
    fill(store, "a@away.example", now=1)
    fill(store, "b@x.example", now=1)
    assert store.withhold(Hold("email", "away.example", 1, 100, "421"), 1, -500) == 0
    fill(store, "c@away.example", now=450)
    assert store.withhold(Hold("email", "away.example", 1, 700, "421 still"), 500, 2) == 1
    assert ended(store) == [("a@away.example", "dead", "421 still")]
    assert [(one.address, one.state, one.attempts, one.tried) for one in store.deliveries(["deferred", "ready"])] == [
        ("b@x.example", "ready", 0, 0),
        ("c@away.example", "deferred", 0, 500),
    ]


# --- stores that exist ------------------------------------------------------------------------------


def make_version_1(durable: Durable, rows: Sequence[tuple[str, int, str, str | None]]) -> None:
    """A store as the first version made it, with these deliveries: state, attempts, text, topic of the decision."""
    if durable.address.startswith("sqlite"):
        durable.execute(f"{migrations(SQLITE)[0]}; PRAGMA user_version = 1")
    else:
        durable.execute("CREATE SCHEMA planned")
        durable.execute("CREATE TABLE store (version BIGINT NOT NULL, openings BIGINT NOT NULL)")
        durable.execute(f"INSERT INTO store VALUES (1, 1); {migrations(POSTGRES)[0]}")
    for number, (state, attempts, body, topic) in enumerate(rows, 1):
        one = replace(decision(occurrence=number), topic=topic)
        decided = codec.dump_decision(one).replace("'", "''")
        durable.execute(
            "INSERT INTO decisions (rule, course, learner, occurrence, step, repeat, notice, at, outcome, body)"
            f" VALUES ('relance', 'C', 'alice', {number}, 1, 0, 0, 5, 'sent', '{decided}')"
        )
        durable.execute(
            "INSERT INTO outbox"
            " (decision, recipient, channel, state, message_id, body, attempts, next_attempt, created, why)"
            f" VALUES ({number}, 'p{number}', 'email', '{state}', 'm{number}', '{body}', {attempts}, 9, 3, 'why')"
        )


def test_a_store_of_the_first_version_keeps_its_deliveries(durable: Durable) -> None:
    make_version_1(
        durable,
        [
            ("ready", 0, '{"to":"Ann@X.example","id":"a"}', "news"),
            ("ready", 2, '{"to":"bob@x.example","id":"b"}', None),
            ("sending", 1, '{"to":"eve@y.example","id":"c"}', None),
            ("sent", 1, "", None),
            ("failed", 0, "", None),
            ("failed", 1, '{"to":"gone@x.example","id":"f"}', None),
            ("dead", 9, '{"to":"late@x.example","id":"g"}', None),
        ],
    )
    store = durable.open()
    found = [(one.state, one.attempts, one.address, one.domain, one.topic) for one in store.deliveries()]
    assert found == [
        ("ready", 0, "ann@x.example", "x.example", "news"),
        ("deferred", 2, "bob@x.example", "x.example", ""),
        ("sending", 1, "eve@y.example", "y.example", ""),
        ("sent", 1, "", "", ""),
        ("failed", 0, "", "", ""),
        ("failed", 1, "gone@x.example", "x.example", ""),
        ("dead", 9, "late@x.example", "x.example", ""),
    ]
    store.suppress([Suppression("ann@x.example", "news", "unsubscribed", 1)])
    assert sorted(addresses(store.claim(20, 10, LEASE, "email"))) == ["bob@x.example", "eve@y.example"]
    last = [one.id for one in store.deliveries(["failed", "dead"]) if one.body][-2:]
    assert store.resend(last, 5) == last
    fill(store, "new@x.example")
    assert [one.message_id for one in store.deliveries()][-1] == "mnew@x.example"
    store.close()
