"""Events that arrive in any order, in batches of any size, on a store that is opened anew in between."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.engine.event import Event
from planned.testing import VirtualClock
from tests.faults.rig import LONG
from tests.postgres import Server
from tests.runtime.histories import DAY, START, history
from tests.runtime.test_live import LIVE, UNTIL, Engine, compiled, essence, undoes

EXAMPLES = 500 if LONG else 4
EVENTS = 20


def decided(store: str, events: list[Event], cuts: Random) -> list[tuple[object, ...]]:
    """What comes of events that arrive in this order; now and then the engine is another one."""
    rest, clock = list(events), VirtualClock(START + DAY // 20)
    while rest:
        with Engine(compiled, store=store, clock=clock, settings=LIVE) as engine:
            for _ in range(cuts.randint(1, 4)):
                size = cuts.randint(1, 6)
                engine.feed(*rest[:size])
                rest = rest[size:]
    with Engine(compiled, store=store, clock=clock, settings=LIVE) as engine:
        engine.advance(UNTIL)
        return sorted(map(essence, engine.decisions()))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_any_order_of_the_same_events_decides_the_same(
    kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    folder: Path = tmp_path_factory.mktemp("order")
    serial = iter(range(10**6))

    def store() -> str:
        if kind == "sqlite":
            return f"sqlite:///{folder}/{next(serial)}.db"
        server: Server = request.getfixturevalue("postgres")
        return server.address(server.database())

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 10_000), st.integers(0, 10_000))
    def check(seed: int, shuffle: int) -> None:
        within_an_hour = history(seed, EVENTS, 0.04, enrolled=False)  # nothing is due before the last has come
        events = [event for event in within_an_hour if not undoes(event)]
        plain = Engine(compiled, clock=VirtualClock(START + DAY // 20), settings=LIVE)
        plain.feed(*events)
        plain.advance(UNTIL)
        shuffled = Random(shuffle).sample(events, len(events))
        assert decided(store(), shuffled, Random(shuffle)) == sorted(map(essence, plain.decisions()))

    check()
