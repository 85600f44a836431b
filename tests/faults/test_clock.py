"""The clock jumps, goes back, rests: a live engine with a clock that the test sets, on both durable stores."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planned.api import Engine, compile_rules
from planned.channels.base import Answer, Delivered, Message, Retry
from planned.engine.event import Event, Instant
from planned.runtime import gate, loop
from planned.runtime.alarms import AT_LEAST_EVERY
from planned.runtime.clock import SECOND, instant_of
from planned.runtime.log import Log
from planned.runtime.settings import Settings
from planned.sources.base import Batch
from planned.store.base import Standing
from planned.store.opening import open_store
from planned.testing import ListSource, RecordingChannel
from tests.postgres import Server

RULES = compile_rules("""
    every course
    rule soon after completion of Quiz1 wait 1 hour send "soon"
    rule later after completion of Quiz1 wait 3 days send "later"
""")
START = instant_of("2026-09-01T08:00:00Z")
HOUR = 3600
DAY = 24 * HOUR
LEARNERS = 20


class SetClock:
    """Goes on by itself, and is set; `sleep` is the time that a machine was suspended, or that simply passes."""

    def __init__(self) -> None:
        self.machine = "first boot"
        self._wall: Instant = START
        self._steady = 1000.0
        self._real = time.monotonic()

    def now(self) -> Instant:
        return self._wall + int((time.monotonic() - self._real) * SECOND)

    def monotonic(self) -> float:
        return self._steady + time.monotonic() - self._real

    def set(self, seconds: float) -> None:
        """Somebody sets the wall clock forward, or back."""
        self._wall += int(seconds * SECOND)

    def sleep(self, seconds: float) -> None:
        self._wall += int(seconds * SECOND)
        self._steady += seconds

    def boot(self) -> None:
        """The machine was switched off and on: its steady clock begins anew."""
        self.machine += " again"
        self._steady = 5.0


class World:
    """A store, a clock, a source and a receiver that outlive the engines."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.clock = SetClock()
        self.source = ListSource()
        self.log = io.StringIO()
        self.away = False
        self.channel = RecordingChannel(self._answer)
        self.tries = 0

    def _answer(self, message: Message) -> Answer:
        self.tries += 1
        return Retry("away") if self.away else Delivered()

    def happens(self, first: int, last: int) -> None:
        """Some learners complete the quiz now."""
        now, fields = self.clock.now(), {"activity": "Quiz1", "state": "complete"}
        self.source.items += [Event(f"e{n}", now, "completion", "C", f"l{n}", fields) for n in range(first, last)]

    @contextmanager
    def running(self, poll_seconds: float = 0.03) -> Iterator[Engine]:
        engine = Engine(
            RULES,
            store=self.address,
            clock=self.clock,
            channels={"email": self.channel},
            sources=[self.source],
            settings=Settings(poll_seconds=poll_seconds, since="2026-01-01T00:00:00Z"),
            log=Log(self.log),
        )
        thread = threading.Thread(target=engine.run)
        thread.start()
        try:
            yield engine
        finally:
            engine.stop()
            thread.join(20)
            engine.close()
            assert not thread.is_alive()

    def passes(self, seconds: float, parts: int = 3) -> None:
        """Time passes, so that the engine looks at the clock on the way."""
        for _ in range(parts):
            self.clock.sleep(seconds / parts)
            time.sleep(0.1)

    def said(self, what: str) -> int:
        return sum(json.loads(line)["what"] == what for line in self.log.getvalue().splitlines())

    def texts(self) -> Counter[str]:
        return Counter(message.text.strip() for message in self.channel.messages)

    def standing(self) -> Standing:
        store = open_store(self.address, read_only=True)
        found = store.standing()
        store.close()
        return found

    def outcomes(self) -> Counter[str]:
        store = open_store(self.address, read_only=True)
        found = Counter(str(one.outcome) for one in store.decisions())
        store.close()
        return found


class Counting(ListSource):
    """Counts how often it is asked."""

    reads = 0

    def read(self, cursor: str | None, limit: int) -> Batch:
        self.reads += 1
        return super().read(cursor, limit)


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "sqlite":
        made = World(f"sqlite:///{tmp_path / 's.db'}")
    else:
        server: Server = request.getfixturevalue("postgres")
        made = World(server.address(server.database()))
    made.source = Counting()
    return made


def wait_for(done: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()


def test_30_days_forward_nothing_is_sent_and_no_restart_forgets_it(world: World) -> None:
    world.happens(0, LEARNERS)
    world.away = True
    with world.running():
        wait_for(lambda: world.source.reads > 2)
        world.clock.sleep(HOUR + 1)
        wait_for(lambda: world.tries > 0)  # decided, and the receiver is away
        world.passes(0)  # whatever is on its way comes back
        world.away, tries = False, world.tries
        world.clock.set(30 * DAY)
        wait_for(lambda: world.said("clock suspect") == 1)
        world.happens(LEARNERS, LEARNERS + 1)
        world.passes(60)
        assert world.standing().clocks["first boot"].doubted is not None
    with world.running():
        wait_for(lambda: world.said("clock suspect") == 2)
        world.passes(60)
    world.clock.boot()
    with world.running():
        wait_for(lambda: world.said("clock suspect") == 3)
        world.passes(60)
        assert (world.channel.messages, world.tries, world.said("clock trusted")) == ([], tries, 0)
        assert world.outcomes() == {"sent": LEARNERS}  # before the jump
        reads = world.source.reads
        world.clock.set(-30 * DAY)
        wait_for(lambda: (world.clock.sleep(5), world.said("clock trusted"))[1] == 1)
        wait_for(lambda: world.source.reads > reads)
        world.clock.sleep(4 * HOUR)  # the next attempt
        wait_for(lambda: world.texts() == {"soon": LEARNERS})
        world.passes(3 * DAY)
        wait_for(lambda: world.texts() == {"soon": LEARNERS, "later": LEARNERS})
    assert world.standing().clocks["first boot again"].doubted is None


def test_a_clock_set_right_by_two_hours_less_repeats_nothing_and_loses_nothing(world: World) -> None:
    world.happens(0, LEARNERS)
    with world.running():
        wait_for(lambda: world.source.reads > 2)
        world.clock.sleep(HOUR + 1)
        wait_for(lambda: world.texts() == {"soon": LEARNERS})
        world.happens(LEARNERS, 2 * LEARNERS)  # by a clock that is not set back
        world.clock.set(-2 * HOUR)
        wait_for(lambda: world.said("clock set back") == 1)
        world.passes(2 * HOUR + 1800)
        assert world.texts() == {"soon": LEARNERS}
        world.passes(1800 + 60)
        wait_for(lambda: world.texts() == {"soon": 2 * LEARNERS})
        world.clock.set(2 * HOUR)  # back where it was: no jump
        world.passes(3 * DAY)
        wait_for(lambda: world.texts() == {"soon": 2 * LEARNERS, "later": 2 * LEARNERS})
    assert (world.said("clock suspect"), world.said("quarantined")) == (0, 0)


def test_after_8_hours_of_sleep_what_is_due_leaves_once_and_soon(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the wake every 30 seconds alone, made shorter here: no alarm and no poll comes in time."""
    assert AT_LEAST_EVERY <= 30
    monkeypatch.setattr(loop, "AT_LEAST_EVERY", 0.3)
    world.happens(0, LEARNERS)
    with world.running(poll_seconds=3600):
        wait_for(lambda: world.source.reads > 1)
        world.clock.sleep(8 * HOUR)
        wait_for(lambda: world.texts() == {"soon": LEARNERS}, 3)
        world.clock.sleep(1)
        time.sleep(0.7)
        assert world.texts() == {"soon": LEARNERS}
    assert world.said("clock suspect") == 0


def test_a_jump_while_it_was_stopped_is_noticed_an_outage_is_none(world: World) -> None:
    world.happens(0, LEARNERS)
    with world.running():
        wait_for(lambda: world.source.reads > 2)
    world.clock.sleep(DAY)
    world.clock.set(29 * DAY)  # while the machine ran on
    with world.running():
        wait_for(lambda: world.said("clock suspect") == 1)
        world.passes(60)
        assert world.outcomes() == {}
        world.clock.set(-29 * DAY)
        wait_for(lambda: (world.clock.sleep(5), world.texts())[1] == {"soon": LEARNERS})
    world.clock.boot()
    world.clock.sleep(30 * DAY)  # switched off for so long
    with world.running():
        wait_for(lambda: world.outcomes() == {"sent": LEARNERS, "expired": LEARNERS})
    assert world.said("clock suspect") == 1


def test_a_clock_that_begins_in_the_past_takes_nothing_in_until_it_is_right(world: World) -> None:
    with world.running():
        wait_for(lambda: world.source.reads > 2)
    reads = world.source.reads
    world.clock.boot()
    world.clock.set(-50 * 365 * DAY)
    with world.running():
        wait_for(lambda: world.said("clock suspect") == 1)
        world.passes(60)
        assert world.source.reads == reads
        world.clock.set(50 * 365 * DAY)
        world.happens(0, 1)
        wait_for(lambda: (world.clock.sleep(5), world.said("clock trusted"))[1] == 1)
        wait_for(lambda: world.source.reads > reads)
        world.clock.sleep(HOUR + 1)
        wait_for(lambda: world.texts() == {"soon": 1})
    assert world.said("quarantined") == 0


def test_the_checks_that_count_lie_apart(world: World) -> None:
    """One turn of the engine looks more than once: that is no second check."""
    with world.running():
        wait_for(lambda: world.source.reads > 2)
        world.clock.set(2 * HOUR)
        wait_for(lambda: world.said("clock suspect") == 1)
        world.clock.set(-2 * HOUR)
        time.sleep(0.2)
        assert world.said("clock trusted") == 0
        for _ in range(gate.CHECKS):
            world.clock.sleep(gate.APART // SECOND + 1)
            time.sleep(0.2)
        wait_for(lambda: world.said("clock trusted") == 1)


def test_of_two_machines_only_the_one_with_the_wrong_clock_stops(postgres: Server) -> None:
    """Though it led: it lets go of its roles, and does not take them again."""
    wrong = World(postgres.address(postgres.database()))
    wrong.source = Counting()
    right = World(wrong.address)
    right.clock.machine, right.source, right.channel = "another", wrong.source, wrong.channel
    wrong.happens(0, 1)
    with wrong.running() as engine:
        wait_for(lambda: engine.store.counts()["waiting"] == 1)
        with right.running():
            wait_for(lambda: "another" in wrong.standing().clocks)
            wrong.clock.set(30 * DAY)
            wait_for(lambda: wrong.said("clock suspect") == 1)
            right.happens(1, LEARNERS)
            wait_for(lambda: engine.store.counts()["waiting"] == LEARNERS)
            right.clock.sleep(HOUR + 1)
            wait_for(lambda: right.texts() == {"soon": LEARNERS})
            assert (right.said("clock suspect"), wrong.said("decided")) == (0, 0)
    marks = wrong.standing().clocks
    assert marks["first boot"].doubted is not None
    assert marks["another"].doubted is None
