"""A mistake of ours that would set every event aside: the engine ends and says so, and nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.engine.plan import Plan
from planned.engine.state import State
from planned.engine.step import Tick, step
from planned.runtime import work as work_module
from planned.runtime.faults import ENOUGH, FaultyError
from planned.store.base import Store
from planned.store.opening import open_store
from tests.badinput.running import rule, run, written
from tests.postgres import Server
from tests.runtime.histories import DAY, START
from tests.runtime.test_trouble import Place

Step = Callable[[Plan, State, Event | Tick, Instant], list[Decision]]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    address = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/s.db"}.get(request.param)
    if address is None:
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.database())
    made = open_store(address)
    yield made
    made.close()


def breaking(learners: Callable[[str], bool]) -> Step:
    def broken(plan: Plan, state: State, input: Event | Tick, now: Instant) -> list[Decision]:
        if isinstance(input, Event) and learners(input.learner or ""):
            raise ZeroDivisionError
        return step(plan, state, input, now)

    return broken


def visits(first: int, number: int) -> list[Event]:
    return [Event(f"v{n}", START + n, "access", "C", f"learner{n}", {}) for n in range(first, first + number)]


def at_work(store: Store) -> Place:
    place = Place(store)
    place.work.deploy()
    place.clock.move(START + DAY)
    return place


def test_an_engine_that_breaks_on_every_event_takes_in_no_more_and_sets_none_aside(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = at_work(store)
    monkeypatch.setattr(work_module, "step", breaking(lambda _: True))
    place.source.items += visits(0, 500)
    for _ in range(2):
        with pytest.raises(FaultyError, match="planned quarantine --replay"):
            place.loop.turn()
        assert store.counts()["quarantined"] == 0
        assert len(store.unapplied(1000)) == 500
    monkeypatch.undo()
    place.loop.turn()
    assert store.unapplied(1000) == []
    assert len(store.everybody()) == 500


def test_events_that_come_one_by_one_count_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    place = at_work(store)
    monkeypatch.setattr(work_module, "step", breaking(lambda _: True))
    for event in visits(0, ENOUGH - 1):
        place.source.items.append(event)
        place.loop.turn()
    assert store.counts()["quarantined"] == ENOUGH - 1
    place.source.items += visits(ENOUGH, 1)
    with pytest.raises(FaultyError):
        place.loop.turn()
    assert store.counts()["quarantined"] == ENOUGH - 1


def test_one_learner_on_whom_it_breaks_is_no_reason_to_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    place = at_work(store)
    monkeypatch.setattr(work_module, "step", breaking(lambda learner: learner == "bad"))
    bad = [Event(f"b{n}", START + n, "access", "C", "bad", {}) for n in range(3 * ENOUGH)]
    place.source.items += [*bad, *visits(0, 5)]
    place.loop.turn()
    assert [one.reason for one in store.quarantine()] == ["engine-error"] * len(bad)
    assert len(store.everybody()) == 5


def test_many_odd_events_among_good_ones_are_no_reason_to_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    place = at_work(store)
    monkeypatch.setattr(work_module, "step", breaking(lambda learner: not learner.endswith("9")))
    place.source.items += visits(0, 60)
    place.loop.turn()
    assert store.counts()["quarantined"] == 54


def test_the_command_ends_with_exit_code_3_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "step", breaking(lambda _: True))
    events = tmp_path / "events.jsonl"
    event = {"time": "2026-09-03T14:10:00+02:00", "kind": "access", "course": "C"}
    events.write_text("".join(json.dumps(event | {"id": f"{n}", "learner": f"l{n}"}) + "\n" for n in range(30)))
    store = f"sqlite:///{tmp_path / 's.db'}"
    ran = run(
        *("run", written(tmp_path, rule()), "--once", "--store", store),
        *("--source", f"jsonl:{events}", "--channel", "console"),
    )
    assert ran.code == 3
    assert "this is a mistake in planned" in ran.err.splitlines()[-1]
    again = open_store(store)
    assert (again.counts()["events"], again.counts()["quarantined"]) == (30, 0)
    again.close()
