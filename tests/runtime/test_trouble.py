"""Whose fault it is: a store that fails costs no event; an event on which the core breaks costs no other."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from planned.api import compile_rules
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event, Instant
from planned.engine.plan import Plan
from planned.engine.state import State
from planned.engine.step import Tick, step
from planned.runtime import work as work_module
from planned.runtime.clock import VirtualClock
from planned.runtime.deliver import Deliverer
from planned.runtime.log import Log
from planned.runtime.loop import Loop
from planned.runtime.work import Setup, Work
from planned.sources.base import Batch as Read
from planned.store.base import Store, key_of
from planned.store.delivery import Key
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from planned.testing import ListSource, RecordingChannel
from tests.postgres import Server
from tests.runtime.histories import DAY, RULES, START, history

compiled = compile_rules(RULES)
EVENTS = history(7, 24, 12)
LATE = EVENTS[5:10]
"""They come when later ones have counted: history is read for them."""
TURNS = 6


class Failing:
    """A store that works until its `fails`-th call; that one and those after it fail, `times` in all."""

    def __init__(self, store: Store, fails: int, times: int) -> None:
        self.store, self.fails, self.times, self.calls = store, fails, times, 0

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self.store, verb)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.fails <= self.calls < self.fails + self.times:
                raise OSError(5, "Input/output error")
            return real(*args, **kwargs)

        return call


class Place:
    """An engine put together by hand, with time that goes on by days from turn to turn, whatever fails."""

    def __init__(self, store: Store) -> None:
        self.store, self.channel, self.out = store, RecordingChannel(), io.StringIO()
        self.clock = VirtualClock(START - 1)
        setup = Setup(default_zone="Europe/Paris", since=0, channels=frozenset({"email"}), people_in_memory=1)
        log = Log(self.out, self.clock)
        self.work = Work(compiled.graph, store, self.clock, setup, log)
        deliverer = Deliverer(store, {"email": self.channel}, self.clock, log)
        self.source = ListSource()
        self.loop = Loop(
            store=store, work=self.work, sources=[self.source], deliverer=deliverer, clock=self.clock, log=log
        )
        self.failed = 0

    def attempt(self, verb: Callable[[], object]) -> None:
        """As the live loop does: what fails is done again."""
        for _ in range(10):
            try:
                verb()
                return
            except Exception:
                self.failed += 1
        raise AssertionError("it fails again and again")

    def run(self) -> None:
        self.attempt(self.work.deploy)
        for turn in range(TURNS):
            begin, end = START + (turn - 1) * 5 * DAY, START + turn * 5 * DAY
            self.clock.move(end)
            self.source.items += [one for one in EVENTS if begin <= one.time < end and one not in LATE]
            if turn == TURNS - 2:
                self.source.items += LATE
            # The clock may not run ahead unwatched, or nothing is decided: it is looked at until it is trusted.
            for _ in range(3):
                self.attempt(self.loop.turn)

    def what(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def decided(store: Store) -> dict[Key, Decision]:
    return {key_of(one): one for one in store.decisions()}


@pytest.mark.parametrize("times", [1, 5])
def test_whichever_call_of_the_store_fails_no_event_is_lost_and_the_same_is_decided(times: int) -> None:
    smooth = Failing(MemoryStore(), 0, 0)
    Place(cast(Store, smooth)).run()
    expected, calls = decided(smooth.store), smooth.calls
    assert len(expected) > 10
    assert calls > 60
    for number in range(1, calls + 1):
        store = Failing(MemoryStore(), number, times)
        place = Place(cast(Store, store))
        place.run()
        assert decided(store.store) == expected, f"call {number}"
        assert list(store.store.quarantine()) == []
        assert place.failed, f"call {number} failed and nobody was told"


def reached(store: Store) -> set[str]:
    """For whom something came due; what an event cancels is decided with the event."""
    return {one.learner for one in store.decisions() if one.outcome is not Outcome.CANCELLED}


def breaking_on(id_: str) -> Callable[..., list[Decision]]:
    def broken(plan: Plan, state: State, input: Event | Tick, now: Instant) -> list[Decision]:
        if getattr(input, "id", None) == id_ or getattr(input, "person", None) == id_:
            step(plan, state, input, now)  # half of it is done
            raise ZeroDivisionError("Alice's secret")
        return step(plan, state, input, now)

    return broken


def test_an_event_on_which_the_core_breaks_is_set_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    good = [one for one in EVENTS if one.id != "e3"]
    plain, broken = Place(MemoryStore()), Place(MemoryStore())
    for place, events in ((plain, good), (broken, EVENTS)):
        if place is broken:
            monkeypatch.setattr(work_module, "step", breaking_on("e3"))
        place.attempt(place.work.deploy)
        place.clock.move(START + 20 * DAY)
        place.source.items += events
        place.loop.turn()
        place.loop.turn()
        place.loop.turn()
    assert decided(broken.store) == decided(plain.store)
    (one,) = broken.store.quarantine()
    assert (one.reason, json.loads(one.body)["id"]) == ("engine-error", "e3")
    (said,) = (line for line in broken.what() if line["what"] == "event failed")
    assert said["error"] == "ZeroDivisionError"
    assert said["at"].startswith("test_trouble.py:")
    assert "secret" not in broken.out.getvalue()


def test_a_person_on_whom_the_core_breaks_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "step", breaking_on("alice"))
    place = Place(MemoryStore())
    place.run()
    assert reached(place.store) == {"bob", "chloé"}
    monkeypatch.undo()
    place.clock.move(place.clock.now() + DAY // 24)
    for _ in range(3):
        place.attempt(place.loop.turn)
    assert reached(place.store) == {"alice", "bob", "chloé"}


class Odd(ListSource):
    """It raises what no contract allows."""

    def read(self, cursor: str | None, limit: int) -> Read:
        raise KeyError("odd")


def test_a_source_that_raises_anything_holds_up_no_other() -> None:
    place = Place(MemoryStore())
    loop = Loop(
        store=place.store,
        work=place.work,
        sources=[Odd(name="odd"), ListSource(EVENTS)],
        deliverer=Deliverer(place.store, {}, place.clock, Log()),
        clock=place.clock,
        log=Log(place.out, place.clock),
    )
    place.work.deploy()
    place.clock.move(START + 20 * DAY)
    loop.turn()
    assert place.store.counts()["events"] == len(EVENTS)
    assert [line["source"] for line in place.what() if line["what"] == "source failed"] == ["odd"]


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
def test_what_no_store_can_keep_is_set_aside_on_each_alike(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/s.db"}.get(kind)
    if address is None:
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.database())
    store = open_store(address)
    place = Place(store)
    place.work.deploy()
    good, *others = EVENTS[:4]
    fields = [{"activity": "a\0b"}, {"activity": "é\ud800"}, {"custom": {"deep": ["\udfff"]}}]
    bad = [replace(one, fields=field) for one, field in zip(others, fields, strict=True)]
    bad += [replace(good, id="x\0"), replace(good, id="y", learner="\ud800"), replace(good, id="z", course="C\0")]
    place.clock.move(START + 60 * DAY)
    assert place.work.take("s", [*bad, good], "1") == 1
    kept = list(store.quarantine())
    assert [one.reason for one in kept] == ["bad-character"] * len(bad)
    assert json.loads(kept[1].body)["fields"] == {"activity": "é\ud800"}
    assert list(store.known([good.id])) == [good.id]
    store.close()
