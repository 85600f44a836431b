"""What every store must do, over each that is shipped."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from planned.engine.decision import Decision, GuardReading, Outcome, Reason, ReasonCode
from planned.engine.event import Event
from planned.store import codec
from planned.store.base import (
    SHARDS,
    Batch,
    ConflictError,
    Deployment,
    Kept,
    Quarantined,
    Store,
    Stored,
    StoreError,
    key_of,
    shard_of,
)
from planned.store.delivery import NewDelivery
from planned.store.opening import open_store
from planned.store.schema import VERSION
from planned.store.sqlite import SqliteStore
from tests.contract.conftest import Durable, sqlite_at


def event(
    number: int, time: int = 0, learner: str | None = "alice", course: str | None = "C", **fields: object
) -> Event:
    return Event(
        f"e{number}", time, "completion", course, learner, fields or {"activity": "Quiz1", "state": "complete"}
    )


def decision(occurrence: int = 1, learner: str = "alice", outcome: Outcome = Outcome.SENT) -> Decision:
    return Decision(
        at=5,
        rule="relance",
        course="C",
        learner=learner,
        occurrence=occurrence,
        step=1,
        repeat=0,
        outcome=outcome,
        reason=Reason(ReasonCode.UNLESS, "déjà fait"),
        to=("alice", "role:tutor"),
        sender="tutor",
        channel="email",
        subject="N'oubliez pas",
        text="texte",
        markup="*texte*",
        anchor=1,
        due=4,
        because=("e1", "e2"),
        guards=(GuardReading("sauf si Lesson2 est achevée", False),),
        source="relance.rules:1",
        revision="0123456789ab",
        zone="Europe/Paris",
    )


def delivery(recipient: str = "alice") -> NewDelivery:
    return NewDelivery(recipient, "email", f"<{recipient}@x>", '{"subject": "é"}')


def test_what_is_released_is_in_quarantine_no_longer(store: Store) -> None:
    store.save(Batch(now=1, quarantined=[Quarantined("s", 1, "a", "1"), Quarantined("s", 1, "b", "é")]))
    first, second = store.quarantine()
    assert (first.reason, second.reason) == ("a", "b")
    store.save(Batch(now=2, released=[second.number], events=[event(1)]))
    assert list(store.quarantine()) == [first]
    store.save(Batch(now=3, quarantined=[Quarantined("s", 3, "c", "3")], released=[first.number, second.number, 99]))
    (third,) = store.quarantine()
    assert third.reason == "c"
    assert store.counts()["quarantined"] == 1


def test_a_batch_is_read_back_whole(store: Store) -> None:
    general = Event("g1", 7, "date", "C", None, {"what": "start", "at": 12})
    foreign = Event("g2", 7, "date", "D", None, {"what": "start", "at": None})
    events = [event(1, 10), event(2, 5), general, foreign, event(3, 1, learner="bob")]
    store.save(
        Batch(
            now=20,
            events=events,
            quarantined=[Quarantined("moodle", 20, "no time", "{}")],
            people={"alice": Kept(30, 10, '{"a":"é"}'), "bob": Kept(None, 1, "{}")},
            courses={"C": Stored(0, '{"members":["alice"]}')},
            members={"C": ["zoe", "alice"]},
            cursors={"moodle": "byte 120"},
        )
    )
    assert store.history("alice") == [event(2, 5), general, event(1, 10)]
    assert store.history("nobody") == []
    assert set(store.known(["e1", "e2", "e9"])) == {"e1", "e2"}
    assert store.people(["alice", "zoe"]) == {"alice": Stored(1, '{"a":"é"}')}
    assert store.courses(["C", "D"]) == {"C": Stored(1, '{"members":["alice"]}')}
    store.save(Batch(now=21, members={"C": ["alice", "bob"], "D": ["bob"]}))
    assert store.members("C") == ["zoe", "alice", "bob"]
    assert store.members("E") == []
    assert store.cursor("moodle") == "byte 120"
    assert store.cursor("other") is None
    assert list(store.quarantine()) == [Quarantined("moodle", 20, "no time", "{}")]
    assert store.counts()["events"] == 5
    assert store.counts()["waiting"] == 1


def test_the_digest_tells_a_changed_event_from_a_repeated_one(store: Store) -> None:
    store.save(Batch(now=1, events=[event(1)]))
    known = store.known(["e1"])["e1"]
    same, other, moved = event(1), event(1, activity="Quiz2"), event(1, 1)
    assert codec.digest(same, codec.event_body(same)) == known
    assert codec.digest(other, codec.event_body(other)) != known
    assert codec.digest(moved, codec.event_body(moved)) != known


def test_events_are_applied_in_the_order_received(store: Store) -> None:
    store.save(Batch(now=1, events=[event(1, 30), event(2, 10)], cursors={"s": "2"}))
    store.save(Batch(now=2, events=[event(3, 20)]))
    numbers, events = zip(*store.unapplied(10), strict=True)
    assert events == (event(1, 30), event(2, 10), event(3, 20))
    assert [one for _, one in store.unapplied(2)] == [event(1, 30), event(2, 10)]
    assert store.history("alice", upto=numbers[1]) == [event(2, 10), event(1, 30)]
    store.save(Batch(now=3, applied=numbers[1]))
    assert store.unapplied(10) == [(numbers[2], event(3, 20))]
    store.save(Batch(now=4, applied=numbers[2], rejected=["e3"], quarantined=[Quarantined("s", 4, "why", "e3")]))
    assert store.unapplied(10) == []
    assert store.known(["e3"]) == {}
    assert store.history("alice") == [event(2, 10), event(1, 30)]
    # The number of an event that was rejected is not given again: the next would count as applied.
    store.save(Batch(now=5, events=[event(4)]))
    assert [one for _, one in store.unapplied(10)] == [event(4)]


def test_nothing_of_a_batch_is_stored_if_a_part_cannot_be(store: Store) -> None:
    store.save(Batch(now=1, events=[event(1)]))
    with pytest.raises(StoreError):
        store.save(Batch(now=2, events=[event(2), event(1)], people={"zoe": Kept(1, 1, "{}")}, cursors={"s": "9"}))
    assert set(store.known(["e1", "e2"])) == {"e1"}
    assert store.people(["zoe"]) == {}
    assert store.cursor("s") is None


def test_a_decision_is_committed_once_for_its_key(store: Store) -> None:
    first, again, second = decision(), decision(outcome=Outcome.EXPIRED), decision(occurrence=2)
    assert store.save(Batch(now=1, decisions=[first], deliveries={key_of(first): [delivery()]})) == [first]
    kept = store.save(Batch(now=2, decisions=[again, second], deliveries={key_of(again): [delivery("bob")]}))
    assert kept == [second]
    assert list(store.decisions("alice")) == [first, second]
    assert list(store.decisions("bob")) == []
    assert [one.recipient for one in store.deliveries()] == ["alice"]
    third = decision(occurrence=3)
    assert store.save(Batch(now=3, decisions=[third, replace(third, at=9)])) == [third]
    notice = replace(first, notice=1)
    assert store.save(Batch(now=3, decisions=[notice])) == [notice]


def test_who_is_due_comes_in_order_of_time(store: Store) -> None:
    store.save(Batch(now=1, people={"a": Kept(30, 0, ""), "b": Kept(10, 0, ""), "c": Kept(None, 0, "")}))
    assert store.next_due() == 10
    assert store.due(9, 10) == []
    assert store.due(30, 10) == ["b", "a"]
    assert store.due(30, 1) == ["b"]
    store.save(Batch(now=2, people={"b": Kept(40, 0, "", 1)}))
    assert store.due(99, 10) == ["a", "b"]
    assert store.waiting() == ["a", "b"]
    store.save(Batch(now=3, people={"a": Kept(None, 0, "", 1), "b": Kept(None, 0, "", 2)}))
    assert store.next_due() is None
    assert store.everybody() == ["a", "b", "c"]


def test_what_somebody_else_has_changed_since_it_was_read_is_not_written_over(store: Store) -> None:
    store.save(Batch(now=1, people={"a": Kept(1, 0, "first")}, courses={"C": Stored(0, "first")}))
    assert store.people(["a"]) == {"a": Stored(1, "first")}
    store.save(Batch(now=2, people={"a": Kept(2, 0, "second", 1)}, courses={"C": Stored(1, "second")}))
    stale = [
        Batch(now=3, people={"b": Kept(3, 0, "new"), "a": Kept(3, 0, "third", 1)}),
        Batch(now=3, people={"b": Kept(3, 0, "new"), "a": Kept(3, 0, "as if new")}),
        Batch(now=3, people={"b": Kept(3, 0, "new")}, courses={"C": Stored(1, "third")}),
        Batch(now=3, people={"b": Kept(3, 0, "new")}, courses={"C": Stored(0, "as if new")}),
        # Who is gone is not brought back.
        Batch(now=3, people={"b": Kept(3, 0, "of one who is gone", 4)}),
    ]
    for batch in stale:
        batch.decisions = [decision()]
        with pytest.raises(ConflictError):
            store.save(batch)
    assert store.people(["a", "b"]) == {"a": Stored(2, "second")}
    assert store.courses(["C"]) == {"C": Stored(2, "second")}
    assert list(store.decisions()) == []
    assert store.due(99, 9) == ["a"]


def test_each_person_is_due_in_one_shard(store: Store) -> None:
    people = {f"p{n}": Kept(n, 0, "") for n in range(200)}
    store.save(Batch(now=1, people=people))
    found = [store.due(99, 999, shard) for shard in range(SHARDS)]
    assert sorted(id_ for part in found for id_ in part) == sorted(f"p{n}" for n in range(100))
    assert all(shard_of(id_) == shard for shard, part in enumerate(found) for id_ in part)
    assert max(map(len, found)) < 10


def test_the_shard_of_a_person_is_the_same_for_ever() -> None:
    assert [shard_of(id_) for id_ in ("alice", "bob", "éloïse", "")] == [7, 0, 42, 0]


def test_a_delivery_goes_from_ready_to_sent_and_its_text_is_forgotten(store: Store) -> None:
    one = decision()
    store.save(Batch(now=100, decisions=[one], deliveries={key_of(one): [delivery(), delivery("bob")]}))
    assert store.next_attempt() == 100
    assert store.claim(99, 10, 700, "email") == []
    alice, bob = store.claim(100, 10, 700, "email")
    assert (alice.key, alice.recipient, alice.attempts, alice.state) == (key_of(one), "alice", 1, "sending")
    assert alice.body == '{"subject": "é"}'
    assert store.claim(100, 10, 700, "email") == []
    assert store.settle(alice, "sent")
    assert store.settle(bob, "deferred", why="421 later", next_attempt=200)
    assert store.next_attempt() == 200
    (again,) = store.claim(200, 10, 900, "email")
    assert (again.recipient, again.attempts, again.body) == ("bob", 2, bob.body)
    assert store.settle(again, "dead", why="5 days")
    assert store.next_attempt() is None
    assert [(it.recipient, it.state, it.body) for it in store.deliveries(["sent"])] == [("alice", "sent", "")]
    assert store.counts()["dead"] == 1


def test_a_claim_that_outlived_its_lease_changes_nothing(store: Store) -> None:
    one = decision()
    store.save(Batch(now=0, decisions=[one], deliveries={key_of(one): [delivery()]}))
    (stale,) = store.claim(0, 10, 100, "email")
    (fresh,) = store.claim(101, 10, 200, "email")
    assert not store.settle(stale, "failed")
    assert store.settle(fresh, "sent")
    assert [it.state for it in store.deliveries()] == ["sent"]


def test_a_claim_of_one_channel_leaves_the_others(store: Store) -> None:
    one = decision()
    news = [delivery(), replace(delivery("bob"), channel="maildir"), replace(delivery("eve"), state="failed", why="x")]
    store.save(Batch(now=0, decisions=[one], deliveries={key_of(one): news}))
    assert [it.recipient for it in store.claim(0, 10, 100, "maildir")] == ["bob"]
    assert [it.recipient for it in store.claim(0, 10, 100, "email")] == ["alice"]
    assert [(it.recipient, it.why) for it in store.deliveries(["failed"])] == [("eve", "x")]


def test_a_rule_keeps_its_first_deployment(store: Store) -> None:
    store.deploy({"relance": Deployment(10, "a"), "bilan": Deployment(10, "b")})
    store.deploy({"relance": Deployment(20, "c"), "neuve": Deployment(20, "d")})
    assert store.deployments() == {
        "relance": Deployment(10, "c"),
        "bilan": Deployment(10, "b"),
        "neuve": Deployment(20, "d"),
    }


def test_long_lists_are_read_to_the_end(store: Store) -> None:
    made = [decision(occurrence=n) for n in range(1, 1202)]
    store.save(Batch(now=0, decisions=made, events=[event(n) for n in range(1201)]))
    assert list(store.decisions()) == made
    assert len(store.known([f"e{n}" for n in range(1201)])) == 1201


def test_what_is_stored_survives_the_process(durable: Durable) -> None:
    one = decision()
    first = durable.open()
    first.save(Batch(now=1, events=[event(1)], decisions=[one], deliveries={key_of(one): [delivery()]}))
    first.claim(1, 10, 10_000, "email")
    first.close()
    second = durable.open()
    assert second.history("alice") == [event(1)]
    # What was being sent when the process ended is to be tried again at once.
    assert [it.attempts for it in second.claim(2, 10, 10_000, "email")] == [2]
    second.close()


def test_a_second_process_on_the_same_sqlite_store_is_refused(tmp_path: Path) -> None:
    durable = sqlite_at(tmp_path / "s.db")
    first = durable.open()
    code = "import sys; from planned.store.opening import open_store; open_store(sys.argv[1])"
    run = subprocess.run([sys.executable, "-c", code, durable.address], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "in use by another process" in run.stderr
    beside = durable.open(read_only=True)
    assert beside.counts()["events"] == 0
    with pytest.raises(StoreError):
        beside.save(Batch(now=1, events=[event(1)]))
    beside.close()
    first.close()
    durable.open().close()


def test_a_store_of_a_newer_version_is_refused_in_clear_words(durable: Durable) -> None:
    durable.open().close()
    durable.execute(
        f"PRAGMA user_version = {VERSION + 1}"
        if durable.address.startswith("sqlite")
        else f"UPDATE store SET version = {VERSION + 1}"
    )
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version"):
            durable.open(read_only=read_only)


def test_a_store_that_is_only_looked_at_must_be_there(durable: Durable) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        durable.open(read_only=True)


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff"])
def test_half_a_character_is_refused_in_words_and_nothing_is_stored(durable: Durable, text: str) -> None:
    store = durable.open()
    for bad in (event(2, learner=text), event(2, course=text), event(2, activity=text)):
        with pytest.raises(StoreError, match="half a character"):
            store.save(Batch(now=1, events=[event(1), bad], cursors={"s": "1"}))
    with pytest.raises(StoreError, match="half a character"):
        store.people([text])
    assert (store.counts()["events"], store.cursor("s")) == (0, None)
    store.save(Batch(now=1, events=[event(1)]))
    store.close()


def test_every_other_character_is_kept(store: Store) -> None:
    odd = event(1, learner="𝔞\u202e'\"\\%s{}\x01", activity="é\t\n\x7f\ufffe\0", points=2**63 - 1)
    store.save(Batch(now=1, events=[odd]))
    assert store.history(str(odd.learner)) == [odd]


def test_ids_are_in_the_order_of_their_characters(store: Store) -> None:
    ids = ["a", "B", "é", "z", "_", "10", "9", "Z", "~", "œ", "𝔞", "\uffff"]
    store.save(Batch(now=1, people={id_: Kept(5, 0, "") for id_ in ids}))
    assert store.everybody() == store.waiting() == store.due(5, 99) == sorted(ids)


@pytest.mark.parametrize("address", ["", "sqlite:", "sqlite:///", "postgresql:x", "mysql://x", "memory:x"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    with pytest.raises(StoreError, match="no store"):
        open_store(address)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("not a database, but long enough to be taken for one" * 50)
    with pytest.raises(StoreError, match="cannot open"):
        SqliteStore(tmp_path / "s.db")
    with pytest.raises(StoreError, match="no directory"):
        SqliteStore(tmp_path / "absent" / "s.db")
    with pytest.raises(StoreError, match="no store at"):
        SqliteStore(tmp_path / "absent.db", read_only=True)


def test_a_store_that_fails_says_so_in_words_without_what_is_stored(durable: Durable) -> None:
    store = durable.open()
    store.save(Batch(now=1, events=[event(1)]))
    durable.execute("DROP TABLE quarantine")
    durable.execute("DROP TABLE cursors")
    with pytest.raises(StoreError, match="cannot be read or written"):
        store.cursor("s")
    with pytest.raises(StoreError, match="cannot be read or written") as caught:
        store.save(Batch(now=2, events=[event(2)], cursors={"s": "1"}))
    assert "alice" not in str(caught.value)
    with pytest.raises(ConflictError) as caught:
        store.save(Batch(now=2, events=[event(1)]))
    assert "e1" not in str(caught.value)
    assert list(store.known(["e1", "e2"])) == ["e1"]
    store.close()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(StoreError, match=r"d: Is a directory$"):
        SqliteStore(tmp_path / "d")


def test_large_events_are_applied_few_at_a_time(durable: Durable) -> None:
    store = durable.open()
    for part in range(5):
        large = [event(10 * part + n, data={"x": "x" * 1_000_000}) for n in range(5)]
        store.save(Batch(now=1, events=large))
    seen = []
    while found := store.unapplied(5000):
        assert len(found) < 20
        seen += [one.id for _, one in found]
        store.save(Batch(now=2, applied=found[-1][0]))
    assert len(seen) == 25
    store.close()
