"""The loop when things go wrong: a store that cannot write, a source that is away, a clock that jumps."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from typing import cast

import pytest

from planned.api import Engine, compile_rules
from planned.channels.base import Delivered
from planned.engine.decision import Decision
from planned.engine.event import Event
from planned.runtime.clock import SECOND, SystemClock, VirtualClock, datetime_of, instant_of
from planned.runtime.log import Log
from planned.runtime.settings import Settings
from planned.sources.base import Batch as Read
from planned.store.base import Batch, SharedStore, StoreError
from planned.store.memory import MemoryStore
from planned.testing import ListSource, RecordingChannel

RULES = compile_rules('every course rule r after completion of Quiz1 wait 1 minute send "x"')
SETTINGS = Settings(since="2020-01-01T00:00:00Z", poll_seconds=0.05)
PAST = SystemClock().now() - 3600 * SECOND


def completion(number: int) -> Event:
    fields = {"activity": "Quiz1", "state": "complete"}
    return Event(f"e{number}", PAST, "completion", "C", f"l{number}", fields)


def profile(number: int) -> Event:
    user = {"user": {"email": f"l{number}@example.org"}}
    return Event(f"p{number}", PAST, "profile", None, f"l{number}", user)


def run_until(engine: Engine, done: Callable[[], bool]) -> None:
    thread = threading.Thread(target=engine.run)
    thread.start()
    until = time.monotonic() + 20
    while not done() and time.monotonic() < until:
        time.sleep(0.02)
    engine.stop()
    thread.join(20)
    assert not thread.is_alive()


class FullDisk(MemoryStore):
    """Every second transaction cannot be written."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def save(self, batch: Batch) -> list[Decision]:
        self.tries += 1
        if self.tries % 2:
            raise OSError(28, "No space left on device")
        return super().save(batch)


def test_a_full_disk_loses_nothing_and_repeats_nothing() -> None:
    store, channel = FullDisk(), RecordingChannel()
    source = ListSource([*map(profile, range(20)), *map(completion, range(20))])
    log = io.StringIO()
    engine = Engine(RULES, store=store, channels={"email": channel}, sources=[source], settings=SETTINGS, log=Log(log))
    run_until(engine, lambda: len(channel.messages) >= 20)
    assert sorted(message.to for message in channel.messages) == sorted(f"l{n}@example.org" for n in range(20))
    assert store.counts()["decisions"] == 20
    assert "turn failed" in log.getvalue()
    assert "No space" not in log.getvalue()


class Flaky(ListSource):
    """Cannot be reached every second time."""

    tries = 0

    def read(self, cursor: str | None, limit: int) -> Read:
        self.tries += 1
        if self.tries % 2:
            raise ConnectionRefusedError(111, "refused")
        return super().read(cursor, limit)


def test_a_source_that_is_away_holds_up_no_other() -> None:
    sources = [Flaky([completion(1)], "flaky"), ListSource([completion(2)], "steady")]
    engine = Engine(RULES, sources=sources, settings=SETTINGS)
    run_until(engine, lambda: engine.store.counts()["decisions"] >= 2)
    assert {one.learner for one in engine.decisions()} == {"l1", "l2"}


def test_a_log_line_is_json_with_the_time() -> None:
    out = io.StringIO()
    Log(out, VirtualClock("2026-09-01T08:00:00Z")).say("started", rules=3)
    line = {"time": "2026-09-01T08:00:00.000+00:00", "what": "started", "rules": 3}
    assert json.loads(out.getvalue()) == line
    out.close()
    log = Log(out)
    log.say("nobody listens any more")
    log.say("and nothing breaks")


def test_a_time_without_an_offset_is_none() -> None:
    assert datetime_of(instant_of("2026-09-01T10:00:00+02:00")).isoformat() == "2026-09-01T08:00:00+00:00"
    with pytest.raises(ValueError, match="offset"):
        instant_of("2026-09-01T10:00:00")
    clock = VirtualClock("2026-09-01T10:00:00Z")
    clock.move("2026-08-01T10:00:00Z")
    assert clock.now() == instant_of("2026-09-01T10:00:00Z")


@pytest.mark.parametrize("once", [False, True])
def test_channels_that_hang_have_one_farewell_together(monkeypatch: pytest.MonkeyPatch, once: bool) -> None:
    monkeypatch.setattr("planned.runtime.loop.FAREWELL", 1.0)
    began, never = threading.Semaphore(0), threading.Event()

    def hang(message: object) -> Delivered:
        began.release()
        never.wait(60)
        return Delivered()

    names = [f"c{number}" for number in range(6)]
    rules = compile_rules("".join(f'every course rule {n} after completion of Quiz1 send "x" via {n}\n' for n in names))
    store = MemoryStore()
    engine = Engine(rules, store=store, channels={n: RecordingChannel(hang) for n in names}, settings=SETTINGS)
    engine.feed(completion(1))
    thread = threading.Thread(target=engine.run, kwargs={"once": once})
    thread.start()
    for _ in names:
        assert began.acquire(timeout=30)
    begun = time.monotonic()
    engine.stop()
    thread.join(30)
    never.set()
    assert time.monotonic() - begun < 4
    assert store.counts()["sending"] == 6


class Others:
    """What a shared store says of engines; None while it is away."""

    def __init__(self) -> None:
        self.living: set[str] | None = {"me", "other"}
        self.buried: list[set[str]] = []

    def alive(self, seconds: float) -> set[str]:
        if self.living is None:
            raise StoreError("away")
        return self.living

    def bury(self, living: set[str]) -> int:
        self.buried.append(living)
        return 0


def test_after_the_store_was_away_nobody_is_taken_to_be_gone_who_could_not_say_that_he_lives() -> None:
    clock = VirtualClock("2026-09-01T00:00:00Z")
    engine = Engine(RULES, store=MemoryStore(), clock=clock, channels={"email": RecordingChannel()}, settings=SETTINGS)
    loop, others = engine._loop, Others()
    loop._shared = cast(SharedStore, others)

    def pass_by(seconds: int) -> None:
        for _ in range(seconds // 10):
            clock.move(clock.now() + 10 * SECOND)
            loop._live()

    pass_by(60)
    assert others.buried == [{"me", "other"}] * 6
    others.living, others.buried = None, []
    pass_by(70)
    others.living = {"me"}  # the other has not been able to write for longer than it takes to be gone
    pass_by(60)
    assert others.buried == []
    pass_by(10)
    assert others.buried == [{"me"}]
