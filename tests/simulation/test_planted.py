"""The simulator can fail: each of these mistakes, planted, is found by one of the first seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from planned.channels.base import Delivered, Retry, load_message
from planned.engine import notices
from planned.engine.decision import Decision
from planned.engine.event import Instant
from planned.engine.scene import Scene
from planned.runtime import deliver, gate, loop, people, work
from planned.store.base import Batch, key_of
from planned.store.delivery import Delivery, Suppression
from planned.store.memory import MemoryStore
from tests.simulation.harness import Simulation
from tests.simulation.running import wrong
from tests.simulation.shared import SharedMemory
from tests.simulation.world import world

SEEDS = 120
Patch = pytest.MonkeyPatch


def no_fence(patch: Patch) -> None:
    """Whoever was paused past his lease settles over another one's head."""

    def held_by(store: MemoryStore, delivery: Delivery) -> Delivery:
        held = store._outbox[delivery.id]
        return replace(held, body=held.body or delivery.body)

    patch.setattr(MemoryStore, "_held_by", held_by)


def people_are_forgotten(patch: Patch) -> None:
    """The decisions are stored, and when the next one is due; not how far the people have come."""
    real = MemoryStore.save

    def save(store: MemoryStore, batch: Batch) -> list[Decision]:
        if batch.decisions:
            known = store.people(batch.people)
            kept = batch.people.items()
            batch.people = {id_: replace(one, body=known[id_].body) if id_ in known else one for id_, one in kept}
        return real(store, batch)

    patch.setattr(MemoryStore, "save", save)


def two_transactions(patch: Patch) -> None:
    """The people are stored first, then, in another transaction, what was decided for them."""
    real = work.Work._save

    def save(one: work.Work, batch: Batch) -> list[Decision]:
        real(one, replace(batch, decisions=(), deliveries={}))
        return one._store.save(Batch(now=batch.now, decisions=batch.decisions, deliveries=batch.deliveries))

    patch.setattr(work.Work, "_save", save)


def delivered_before_the_commit(patch: Patch) -> None:
    """What is about to be stored is on its way already."""
    real = work.Work._save

    def save(one: work.Work, batch: Batch) -> list[Decision]:
        for decision in batch.decisions:
            for new in batch.deliveries.get(key_of(decision), ()):
                if new.body:
                    RECEIVERS[-1].deliver(load_message(new.body))
        return real(one, batch)

    patch.setattr(work.Work, "_save", save)


def events_count_again(patch: Patch) -> None:
    """An event that comes twice counts twice: nobody asks for its id."""
    real, serial = work.sift, count()

    def sift(store: Any, source: str, items: Any, now: Instant) -> Any:
        return real(store, source, [replace(one, id=f"{one.id}-{next(serial)}") for one in items], now)

    patch.setattr(work, "sift", sift)


def cursor_first(patch: Patch) -> None:
    """Where the source goes on is stored before the events up to there."""
    real = work.Work.take

    def take(one: work.Work, source: str, items: Any, cursor: str | None) -> int:
        one._store.save(Batch(now=one._clock.now(), cursors={source: cursor} if cursor else {}))
        return real(one, source, items, cursor)

    patch.setattr(work.Work, "take", take)


def counted_when_stored(patch: Patch) -> None:
    """Events are called applied as soon as they are stored, before they have counted."""
    real = work.Work.apply_some

    def apply_some(one: work.Work) -> list[Decision] | None:
        if numbered := one._store.unapplied(1000):
            one._store.save(Batch(now=one._clock.now(), applied=numbered[-1][0]))
            return one._apply_all(numbered)
        return real(one)

    patch.setattr(work.Work, "apply_some", apply_some)


def memory_stays(patch: Patch) -> None:
    """After a transaction that failed, what is in memory is believed."""
    patch.setattr(people.People, "forget", _once(people.People.forget))


def decided_before_taken_in(patch: Patch) -> None:
    """After an outage what is due is decided before it is read what has happened since."""
    real = loop.Loop.turn

    def turn(one: loop.Loop) -> None:
        if one.gate.look():
            one._exhaust(one._work.decide_due)
        real(one)

    patch.setattr(loop.Loop, "turn", turn)


def every_clock_is_believed(patch: Patch) -> None:
    """A clock may jump as it likes."""
    patch.setattr(gate.Gate, "doubted", property(lambda _: False))
    patch.setattr("planned.runtime.watch.JUMP", 10**18)


def timeouts_are_answers(patch: Patch) -> None:
    """A receiver that does not answer is taken to have accepted."""
    real = deliver.Deliverer._try

    def attempt(one: deliver.Deliverer, delivery: Delivery) -> Any:
        answer = real(one, delivery)
        return Delivered() if isinstance(answer, Retry) else answer

    patch.setattr(deliver.Deliverer, "_try", attempt)


def given_up_soon(patch: Patch) -> None:
    """After an hour a message is given up."""
    patch.setattr(deliver, "GIVE_UP", 3600 * 1_000_000)


def edits_forget_the_past(patch: Patch) -> None:
    """After an edit a learner is recomputed as if nothing had been decided: all starts again, numbered anew."""
    real = work.rebuild

    def rebuild(plan: Any, state: Any, input: Any, now: Instant) -> list[Decision]:
        return real(plan, state, input if input.news else replace(input, committed=()), now)

    patch.setattr(work, "rebuild", rebuild)
    patch.setattr("planned.engine.rebuild._Past.may_start", lambda *_: None)
    patch.setattr("planned.engine.rebuild._Past.number", lambda past, rule, course, anchor, latest: latest + 101)


def no_once(patch: Patch) -> None:
    """What comes late, or a trigger that is edited, brings a second occurrence of what there is one of."""
    patch.setattr("planned.engine.rebuild._Past._has_had", lambda *_: False)


def quiet_times_are_forgotten(patch: Patch) -> None:
    """Messages leave at any hour."""
    patch.setattr("planned.engine.decide.free", lambda *_: None)


def no_versions(patch: Patch) -> None:
    """Whoever writes last is right: nobody asks whether a row was changed since it was read."""
    real = MemoryStore._refuse_conflicts
    patch.setattr(MemoryStore, "_refuse_conflicts", lambda store, batch: real(store, replace(batch, people={})))


def no_editions(patch: Patch) -> None:
    """What was decided under rules that are superseded is stored all the same."""
    patch.setattr(SharedMemory, "_refuse_superseded", lambda *_: None)


def nobody_is_on_the_list(patch: Patch) -> None:
    """Neither who claims nor who delivers asks whether the address is suppressed."""
    patch.setattr(Suppression, "stops", lambda *_: False)


def service_messages_stop_too(patch: Patch) -> None:
    """Who unsubscribes gets nothing any more, not even what has no topic."""
    patch.setattr(Suppression, "stops", lambda entry, topic: entry.topic in ("", topic))


def digests_hold_the_last(patch: Patch) -> None:
    """Whoever comes into a digest puts those out who were in it."""
    real = notices._gather

    def gather(scene: Scene, *args: Any) -> None:
        real(scene, *args)
        for person in scene.state.people.values():
            for one in person.digests:
                del one.entries[:-1]

    patch.setattr(notices, "_gather", gather)


def digests_share_a_key(patch: Patch) -> None:
    """Two readers' digests about the same learner are taken to be one decision."""
    patch.setattr("planned.store.base.NOTICES", 0)


def _once(forget: Callable[[people.People], None]) -> Callable[[people.People], None]:
    def first_only(one: people.People) -> None:
        if not hasattr(one, "state"):
            forget(one)

    return first_only


RECEIVERS: list[Any] = []


@pytest.mark.parametrize(
    "plant",
    [
        no_fence,
        people_are_forgotten,
        two_transactions,
        delivered_before_the_commit,
        events_count_again,
        cursor_first,
        counted_when_stored,
        memory_stays,
        decided_before_taken_in,
        every_clock_is_believed,
        timeouts_are_answers,
        given_up_soon,
        edits_forget_the_past,
        no_once,
        quiet_times_are_forgotten,
        no_versions,
        no_editions,
        nobody_is_on_the_list,
        service_messages_stop_too,
        digests_hold_the_last,
        digests_share_a_key,
    ],
)
def test_a_planted_mistake_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    open_engine = Simulation._open_engine

    def known(simulation: Simulation) -> None:
        RECEIVERS.append(simulation.receiver)
        open_engine(simulation)

    monkeypatch.setattr(Simulation, "_open_engine", known)
    plant(monkeypatch)
    manners = (1,) if plant in (no_versions, no_editions) else (0, 3, 4)
    worlds = (replace(world(seed, number=40), durable=False) for seed in range(SEEDS) if seed % 5 in manners)
    assert any(wrong(one) for one in worlds), f"nobody has noticed: {plant.__doc__}"
