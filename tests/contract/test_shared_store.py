"""What a store must do that several engines serve at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from planned.engine.event import Event
from planned.store.base import (
    Batch,
    ConflictError,
    Deployment,
    Kept,
    SharedStore,
    StoreError,
    SupersededError,
    key_of,
    shard_of,
)
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from tests.contract.test_store import decision, delivery, event
from tests.postgres import Server
from tests.simulation.shared import Seat, SharedMemory

Pair = tuple[SharedStore, SharedStore]


def opened(address: str, engine: str = "host") -> SharedStore:
    store = open_store(address, engine=engine)
    assert isinstance(store, SharedStore)
    return store


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.address(postgres.database())


@pytest.fixture
def pair(address: str) -> Iterator[Pair]:
    first, second = opened(address), opened(address)
    yield first, second
    first.close()
    second.close()


@pytest.fixture(params=["postgres", "memory"])
def either(request: pytest.FixtureRequest) -> Pair:
    """What the simulator has in the place of PostgreSQL must do the same."""
    if request.param == "postgres":
        found: Pair = request.getfixturevalue("pair")
        return found
    shared = SharedMemory()
    seats: Any = [Seat(name, shared, shared) for name in ("host.1", "host.2")]
    return seats[0], seats[1]


def test_a_store_of_one_process_is_not_shared() -> None:
    assert not isinstance(MemoryStore(), SharedStore)


def test_engines_of_one_machine_have_names_that_come_again(address: str) -> None:
    first, second = opened(address), opened(address)
    assert (first.engine, second.engine) == ("host.1", "host.2")
    first.close()
    third = opened(address)
    assert third.engine == "host.1"
    assert opened(address, "other").engine == "other.1"


def test_one_engine_at_a_time_has_a_role_and_loses_it_with_its_connection(either: Pair) -> None:
    first, second = either
    assert first.hold("leading")
    assert first.hold("leading")
    assert not second.hold("leading")
    assert second.hold("jsonl:events")
    first.release("leading")
    assert second.hold("leading")
    second.close()
    assert first.hold("leading")
    assert first.hold("jsonl:events")


def test_of_two_that_write_the_same_person_one_has_to_think_again(either: Pair) -> None:
    first, second = either
    first.save(Batch(now=1, people={"a": Kept(1, 0, "first")}))
    assert second.people(["a"])["a"].version == 1
    second.save(Batch(now=2, people={"a": Kept(2, 0, "second", 1)}, decisions=[decision()]))
    with pytest.raises(ConflictError):
        first.save(Batch(now=2, people={"a": Kept(3, 0, "third", 1)}, decisions=[decision(2)]))
    assert [one.occurrence for one in first.decisions()] == [1]


def test_two_that_write_many_people_crosswise_do_not_stand_still(pair: Pair) -> None:
    ids = [f"p{n}" for n in range(300)]
    pair[0].save(Batch(now=0, people={id_: Kept(0, 0, "") for id_ in ids}))
    failures: list[Exception] = []

    def write(store: SharedStore, order: list[str]) -> None:
        try:
            for _ in range(10):
                while True:
                    read = store.people(order)
                    people = {id_: Kept(0, 0, read[id_].body + ".", read[id_].version) for id_ in order}
                    try:
                        store.save(Batch(now=1, people=people))
                        break
                    except ConflictError:
                        continue
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=args) for args in ((pair[0], ids), (pair[1], ids[::-1]))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert failures == []
    assert {one.body for one in pair[0].people(ids).values()} == {"." * 20}


def test_events_of_several_engines_are_seen_in_the_order_of_their_numbers(pair: Pair) -> None:
    """Nobody who has read up to some number misses a smaller one that is committed later."""
    failures: list[Exception] = []

    def write(store: SharedStore, name: str) -> None:
        try:
            for n in range(60):
                store.save(Batch(now=1, events=[Event(f"{name}{n}.{m}", 0, "access", "C", "a", {}) for m in range(5)]))
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(store, name)) for store, name in zip(pair, "xy", strict=True)]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    reader = opened_beside(pair[0])
    while any(writer.is_alive() for writer in writers) or len(seen) < 600:
        found = reader.unapplied(1000)
        if found:
            seen += [one.id for _, one in found]
            reader.save(Batch(now=2, applied=found[-1][0]))
        assert not failures
    assert len(seen) == len(set(seen)) == 600
    reader.close()


def opened_beside(store: SharedStore) -> SharedStore:
    return opened(store.address)  # type: ignore[attr-defined]  # of PostgreSQL's


def test_events_are_applied_once_whoever_applies_them(either: Pair) -> None:
    first, second = either
    first.save(Batch(now=1, events=[event(1), event(2)]))
    numbers = [number for number, _ in second.unapplied(9)]
    second.save(Batch(now=2, applied=numbers[1]))
    with pytest.raises(ConflictError):
        first.save(Batch(now=2, applied=numbers[1]))
    with pytest.raises(ConflictError):
        first.save(Batch(now=2, applied=numbers[0]))


def test_the_same_event_of_two_engines_counts_once(either: Pair) -> None:
    either[0].save(Batch(now=1, events=[event(1)]))
    with pytest.raises(ConflictError):
        either[1].save(Batch(now=1, events=[event(2), event(1)], cursors={"s": "2"}))
    assert set(either[0].known(["e1", "e2"])) == {"e1"}


def test_what_was_decided_under_old_rules_is_not_written(either: Pair) -> None:
    first, second = either
    assert first.edition().number == 0
    old = first.supersede("old")
    first.deploy({"r": Deployment(1, "a")}, old.number)
    assert second.edition() == old.__class__(1, "old", True)
    first.save(Batch(now=1, decisions=[decision()], edition=1))
    new = second.supersede("new")
    assert (new.number, new.ready) == (2, False)
    for verb in (
        lambda: first.save(Batch(now=1, decisions=[decision(2)], edition=1)),
        lambda: first.deploy({"r": Deployment(1, "b")}, 1),
    ):
        with pytest.raises(SupersededError):
            verb()
    # What does not depend on rules is written.
    first.save(Batch(now=1, events=[event(1)]))
    second.deploy({"r": Deployment(1, "c")}, 2)
    assert first.edition().ready
    assert first.deployments()["r"].revision == "c"
    assert [one.occurrence for one in first.decisions()] == [1]
    assert first.was_in_force("old")
    assert not first.was_in_force("new")
    assert not first.was_in_force("never")


def test_who_lives_says_so_and_who_does_not_is_taken_over(pair: Pair) -> None:
    first, second = pair
    assert first.alive(60) == {"host.1", "host.2"}
    assert second.alive(60) == {"host.1", "host.2"}
    assert second.alive(0) <= {"host.2"}
    one = decision()
    first.save(Batch(now=0, decisions=[one], deliveries={key_of(one): [delivery(), delivery("bob")]}))
    first.claim(0, 1, 10_000, "email")
    second.claim(0, 1, 10_000, "email")
    assert second.bury({"host.1", "host.2"}) == 0
    assert second.bury({"host.2"}) == 1
    assert [(it.recipient, it.attempts) for it in second.claim(1, 9, 10_000, "email")] == [("alice", 2)]


def test_an_engine_that_starts_again_goes_on_with_what_it_was_sending(address: str) -> None:
    first, other = opened(address), opened(address)
    one = decision()
    first.save(Batch(now=0, decisions=[one], deliveries={key_of(one): [delivery(), delivery("bob")]}))
    first.claim(0, 1, 10_000, "email")
    other.claim(0, 1, 10_000, "email")
    first.close()
    again = opened(address)
    assert [it.recipient for it in again.claim(1, 9, 10_000, "email")] == ["alice"]


def test_each_shard_knows_its_next_instant(either: Pair) -> None:
    either[0].save(Batch(now=0, people={"alice": Kept(7, 0, ""), "bob": Kept(5, 0, ""), "eve": Kept(None, 0, "")}))
    assert either[1].next_dues() == {shard_of("alice"): 7, shard_of("bob"): 5}


def test_who_stood_still_loses_his_roles_and_begins_anew(pair: Pair) -> None:
    first, second = pair
    assert first.hold("leading")
    second.bury({second.engine})
    until = time.monotonic() + 10
    while not second.hold("leading") and time.monotonic() < until:
        time.sleep(0.02)
    assert second.hold("leading")
    with pytest.raises(StoreError, match="cannot be read or written"):
        first.counts()
    assert not first.hold("leading")
    assert first.counts()["events"] == 0
