"""What happens without a safeguard: the check of what it guards fails. So these checks can fail."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planned.runtime.clock import SECOND, VirtualClock
from planned.runtime.deliver import Deliverer
from planned.store import outbox
from planned.store.base import Store, StoreError
from planned.store.delivery import Delivery, Rate, Terms
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from planned.store.outbox import Outbox
from tests.contract import test_outbox, test_store
from tests.postgres import Server
from tests.runtime import test_deliver

Patch = pytest.MonkeyPatch


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 's.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.address(server.database())


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = open_store(address)
    yield made
    made.close()


def without_fence(patch: Patch) -> None:
    """Whoever settles last has his way."""

    def settle(self: Outbox, delivery: Delivery, state: str, *, why: str = "", next_attempt: int = 0) -> bool:
        with self._change() as change:
            sql = "UPDATE outbox SET state = ?, why = ?, next_attempt = ? WHERE id = ? RETURNING id"
            return bool(change(sql, (state, why, next_attempt, delivery.id)))

    patch.setattr(Outbox, "settle", settle)


def without_suppressions(patch: Patch) -> None:
    """A claim asks nobody whether he wants it."""
    start, end = outbox._CANDIDATES.index("("), outbox._CANDIDATES.index(") FROM outbox o")
    patch.setattr(outbox, "_CANDIDATES", outbox._CANDIDATES[:start] + "(NULL" + outbox._CANDIDATES[end:])


def without_rates(patch: Patch) -> None:
    """What goes out is not counted."""
    patch.setattr(outbox._Claim, "_count", lambda self, scope, rate, number: None)


def without_terms(patch: Patch) -> None:
    """What was being sent when its process died is always sent again."""
    stop = outbox._Claim._stop
    patch.setattr(outbox._Claim, "_stop", lambda self, state, reason: stop(self, "ready", reason))


CHECKS: list[tuple[Callable[[Patch], None], Callable[[Store], None]]] = [
    (without_fence, test_store.test_a_claim_that_outlived_its_lease_changes_nothing),
    (without_suppressions, test_outbox.test_many_suppressed_ones_leave_no_gap_in_a_claim),
    (without_rates, test_outbox.test_no_more_goes_out_in_any_minute_than_its_rate),
    (
        without_terms,
        lambda store: test_outbox.test_what_a_process_was_sending_when_it_died_goes_out_again_unless_at_most_once(
            store, at_most_once=True
        ),
    ),
]


@pytest.mark.parametrize(("mutation", "check"), CHECKS)
def test_a_store_without_its_safeguard_is_caught(
    store: Store, mutation: Callable[[Patch], None], check: Callable[[Store], None], monkeypatch: Patch
) -> None:
    mutation(monkeypatch)
    with pytest.raises(AssertionError):
        check(store)


@pytest.mark.parametrize(("mutation", "check"), CHECKS)
def test_the_same_store_with_it_is_not(
    store: Store, mutation: Callable[[Patch], None], check: Callable[[Store], None]
) -> None:
    check(store)


def test_without_the_unique_key_of_decisions_none_is_stored_at_all(address: str, postgres: Server) -> None:
    """It is not only a habit of the code: the store relies on it, and refuses."""
    store = open_store(address)
    if address.startswith("sqlite"):
        db = sqlite3.connect(address.removeprefix("sqlite:///"))
        (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'decisions'").fetchone()
        unkeyed = sql.replace("UNIQUE (learner, rule, course, occurrence, step, repeat, notice)", "CHECK (1)")
        assert unkeyed != sql
        db.executescript(f"DROP TABLE decisions; {unkeyed}")
        db.close()
    else:
        name = address.split("@/")[1].partition("?")[0]
        ((key,),) = postgres.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'planned.decisions'::regclass AND contype = 'u'", name
        )
        postgres.execute(f"ALTER TABLE planned.decisions DROP CONSTRAINT {key}", name)
    with pytest.raises(StoreError):
        test_store.test_a_decision_is_committed_once_for_its_key(store)
    store.close()


def test_a_courier_that_looks_at_no_lease_is_caught(monkeypatch: Patch) -> None:
    monkeypatch.setattr(Deliverer, "_longest", lambda self, channel: -(10**18))
    with pytest.raises(AssertionError):
        test_deliver.test_no_message_is_begun_with_less_lease_left_than_an_attempt_may_take(
            MemoryStore(), VirtualClock(1_000_000 * SECOND)
        )


def test_a_courier_that_does_not_see_whether_its_claim_stands_is_caught(monkeypatch: Patch) -> None:
    """Nor looks at its lease: each of the two alone keeps it from beginning what another has taken over."""
    monkeypatch.setattr(Deliverer, "_longest", lambda self, channel: -(10**18))
    monkeypatch.setattr(MemoryStore, "stands", lambda self, delivery: True)
    with pytest.raises(AssertionError):
        test_deliver.test_a_worker_that_slept_past_its_lease_begins_no_further_message(
            MemoryStore(), VirtualClock(1_000_000 * SECOND)
        )


def test_a_courier_that_does_not_ask_again_before_it_sends_is_caught(monkeypatch: Patch) -> None:
    monkeypatch.setattr(Deliverer, "_suppressed", lambda self, delivery: "")
    with pytest.raises(AssertionError):
        test_deliver.test_who_unsubscribes_between_the_claim_and_his_turn_gets_nothing(
            MemoryStore(), VirtualClock(1_000_000 * SECOND)
        )


def test_two_claims_that_are_not_kept_apart_share_no_limit(monkeypatch: Patch, postgres: Server) -> None:
    """Here the two are made to overlap: the second counts before the first is stored."""
    address = postgres.address(postgres.database())
    first, second = open_store(address, engine="one"), open_store(address, engine="two")
    test_outbox.fill(first, *(f"p{number}@x.example" for number in range(9)))
    assert overlapping(first, second) == 3
    monkeypatch.setattr(type(first), "_one_at_a_time", lambda self, change: None)
    test_outbox.fill(first, *(f"q{number}@x.example" for number in range(9)))
    assert overlapping(first, second, now=10**12) > 3
    first.close()
    second.close()


def overlapping(first: Store, second: Store, now: int = 0) -> int:
    """How many two claims take together on the terms of three a minute, the second begun amid the first."""
    terms = Terms(limit=Rate(3, test_outbox.MINUTE))
    taken: list[Delivery] = []
    real = outbox._Claim.take

    def claim(store: Store) -> None:
        taken.extend(store.claim(now, 5, now + 10**15, "email", terms))

    thread = threading.Thread(target=claim, args=(second,))

    def slow(self: outbox._Claim, limit: int, candidates: str) -> None:
        real(self, limit, candidates)
        if threading.current_thread() is not thread:
            thread.start()
            thread.join(1.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox._Claim, "take", slow)
        claim(first)
        thread.join(60)
    return len(taken)
