"""The loop of a live engine: poll the sources, decide what is due, commit, deliver; asleep in between.

All that the sources have is taken in before what is due is decided, so that nobody is reminded of what he has done
while the engine was down.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Protocol

from planned.engine.decision import Decision, Outcome
from planned.engine.event import Instant
from planned.runtime.alarms import AT_LEAST_EVERY, Alarms
from planned.runtime.clock import SECOND, Clock
from planned.runtime.deliver import Deliverer
from planned.runtime.faults import FaultyError
from planned.runtime.gate import Gate, ShutOrStopped
from planned.runtime.log import Log, place_of
from planned.runtime.watch import ClockWatch
from planned.runtime.work import Work
from planned.runtime.zone_data import ZoneData
from planned.sources.base import Source
from planned.store.base import Store, SupersededError

EVENTS_A_BATCH = 5000
ASTRAY_EVERY = 1.0
"""Seconds between two looks for buckets that we only seem to hold."""
AGAIN = 2.0
"""Seconds until the next look where the store has failed, or others have not yet decided what is due."""
FAREWELL = 5.0
"""Seconds that the messages under way have to end when the engine is told to stop."""
LEADING = "leading"
"""The role of the engine that lets events count, and hands out what is due."""


class Cluster(Protocol):
    """Has several engines share the deciding; see `planned.runtime.cluster`."""

    def start(self) -> None: ...

    def hand_out(self, dues: Mapping[int, Instant], now: Instant) -> None: ...

    def regain(self, now: Instant) -> None: ...

    def tidy(self, living: set[str], now: Instant) -> None: ...

    def stop(self) -> None: ...


class Loop:
    """Runs an engine once or until it is stopped. `on_decisions` hears of what has been committed."""

    def __init__(
        self,
        *,
        store: Store,
        work: Work,
        sources: Sequence[Source],
        deliverer: Deliverer,
        clock: Clock,
        log: Log,
        poll_seconds: float = 10.0,
        lost_after: float = 60.0,
        on_decisions: Callable[[Sequence[Decision]], None] | None = None,
        cluster: Callable[[Callable[[int], None]], Cluster] | None = None,
    ) -> None:
        self._store = store
        self._shared = work.shared
        self._cluster = cluster(self._decide_shard) if cluster is not None else None
        self._standing_by = False
        self._work = work
        self._sources = list(sources)
        self._deliverer = deliverer
        self._clock = clock
        self._log = log
        self._poll_seconds = poll_seconds
        self._lost_after = lost_after
        self._on_decisions = on_decisions
        self.gate = Gate(store, clock if isinstance(clock, ClockWatch) else ClockWatch(clock), log)
        self._zone_data = ZoneData(store, work, clock, log)
        self._was_open = False
        self._failing: set[str] = set()
        self._heard: float | None = None
        self._all_heard = 0.0
        """When the store last heard of us, and when it will have heard of all who live; by the monotonic clock."""
        self.started = False
        """Whether the rules are in force and the work has begun."""
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._post = {name: threading.Event() for name in deliverer.channels}

    def stop(self) -> None:
        """End soon: the transaction and the message under way are finished. From any thread or signal handler."""
        self._stop.set()
        self._wake.set()
        self._ring()

    # --- one turn -----------------------------------------------------------------------------------

    def turn(self) -> None:
        """Take in all that the sources have, let it count, then decide all that is due.

        While the clock is in doubt the sources keep what they have: nobody could tell which event has a wrong time.
        Of several engines on one store one leads: it lets events count and hands out what is due, so that nothing is
        decided before what was taken in.
        """
        self._look()
        if self.gate.doubted:
            self._give_way()
            return
        self.time_anew()
        self._take_in()
        if not self._leads():
            return
        self._exhaust(self._work.apply_some)
        if self._shared is not None and self._cluster is not None:
            if self._look():
                self._cluster.hand_out(self._shared.next_dues(), self._clock.now())
        else:
            self._exhaust(self._work.decide_due, self._look)

    def time_anew(self) -> None:
        """What waits keeps its local time where the zone data have changed since it was timed."""
        self._zone_data.look(self._store.standing().zones, leads=self._leads())

    def _look(self) -> bool:
        """Whether the gate is open; where it opens, what was kept behind it is delivered."""
        before, self._was_open = self._was_open, self.gate.look()
        if self._was_open and not before:
            self._ring()
        return self._was_open

    def _leads(self) -> bool:
        return self._shared is None or (not self.gate.doubted and self._shared.hold(LEADING))

    def _decide_shard(self, shard: int) -> None:
        """A bucket: all that is due in it now. What fails stays due, and is handed out again."""
        try:
            self._exhaust(lambda: self._work.decide_due(shard), self._look)
        except SupersededError:
            self._wake.set()
        except Exception as error:
            self._log.say("bucket failed", **place_of(error))

    def _stand_by(self) -> None:
        """Other rules are in force: events and decisions are for others now, deliveries go on."""
        self._give_way()
        if not self._standing_by:
            self._log.say("rules superseded")
        self._standing_by = True

    def _give_way(self) -> None:
        """Let others lead and read."""
        if self._shared is not None:
            for role in (LEADING, *(source.name for source in self._sources)):
                self._shared.release(role)

    def _exhaust(self, verb: Callable[[], list[Decision] | None], may_go_on: Callable[[], bool] = lambda: True) -> None:
        while not self._stop.is_set() and may_go_on():
            decided = verb()
            if decided is None:
                return
            self._tell(decided)

    def _take_in(self) -> None:
        for source in list(self._sources):
            if self._shared is None or self._shared.hold(source.name):
                self._drain(source)

    def _drain(self, source: Source) -> None:
        """All that a source has. One that cannot be read holds up no other; where the store fails the turn ends."""
        cursor = self._store.cursor(source.name)
        while not self._stop.is_set():
            try:
                batch = source.read(cursor, EVENTS_A_BATCH)
            except Exception as error:  # a source may be anybody's
                if source.name not in self._failing:
                    self._log.say("source failed", source=source.name, **place_of(error))
                self._failing.add(source.name)
                return
            if source.name in self._failing:
                self._failing.discard(source.name)
                self._log.say("source back", source=source.name)
            if batch.items or (batch.cursor and batch.cursor != cursor):
                self._work.take(source.name, batch.items, batch.cursor)
                cursor = batch.cursor
                self._confirm(source, cursor)
            if batch.ended:
                self._sources.remove(source)
            if batch.ended or not batch.more:
                return

    def _confirm(self, source: Source, cursor: str) -> None:
        """What is committed stays so, even if the source does not hear of it: it is told again after the next batch."""
        try:
            source.committed(cursor)
        except Exception as error:
            self._log.say("source failed", source=source.name, **place_of(error))

    def _tell(self, decided: Sequence[Decision]) -> None:
        if not decided:
            return
        failed = Counter(one.reason.code.value for one in decided if one.outcome is Outcome.FAILED and one.reason)
        outcomes = Counter(one.outcome.value for one in decided)
        self._log.say("decided", decisions=len(decided), **outcomes, **({"reasons": dict(failed)} if failed else {}))
        self._ring()
        if self._on_decisions is not None:
            self._on_decisions(decided)

    def _ring(self) -> None:
        for bell in self._post.values():
            bell.set()

    # --- once ---------------------------------------------------------------------------------------

    def once(self) -> frozenset[str]:
        """Take in all there is, decide and deliver what is due, and come back; the sources that could not be read."""
        self.gate.look()
        if self.gate.doubted:
            return frozenset()
        self._start(stays=False)
        self.turn()
        if not self.gate.is_open:
            return frozenset(self._failing)
        # In threads of their own, so that a server that hangs does not keep a signal from ending this.
        failures: list[Exception] = []
        couriers = [threading.Thread(target=self._deliver, args=(name, failures), daemon=True) for name in self._post]
        for courier in couriers:
            courier.start()
        for courier in couriers:
            while courier.is_alive() and not self._stop.is_set():
                courier.join(0.1)
        self._farewell(couriers)
        if failures:
            raise failures[0]
        return frozenset(self._failing)

    def _deliver(self, channel: str, failures: list[Exception]) -> None:
        try:
            self._deliverer.deliver_due(channel, ShutOrStopped(self._stop, self.gate))
        except Exception as error:
            failures.append(error)

    def _start(self, *, stays: bool = True) -> None:
        self._tell(self._work.deploy(stays=stays))

    # --- until stopped --------------------------------------------------------------------------------

    def forever(self) -> None:
        """Run until `stop`. Raises FaultyError where the core breaks on whatever comes."""
        alarms = Alarms(self._wake.set, self._poll_seconds)
        if self._shared is not None:
            alarms.every(self._lost_after / 6, self._live)
            alarms.every(ASTRAY_EVERY, self._regain)
        couriers = [threading.Thread(target=self._courier, args=(name,), daemon=True) for name in self._post]
        try:
            alarms.start()
            while not self._stop.is_set():
                self._wake.clear()
                pause = AGAIN
                try:
                    self._look()  # whoever stands by delivers, if he may
                    if not self.started and not self.gate.doubted:
                        self._begin(couriers)
                    if self.started and self._work.in_force():
                        self._standing_by = False
                        self.turn()
                    elif self.started:
                        self._stand_by()
                    pause = self._until(alarms)
                except FaultyError:
                    raise
                except SupersededError:
                    self._stand_by()
                except Exception as error:
                    # A full disk, a database that is locked: nothing was committed, so nothing is lost; try again soon.
                    self._log.say("turn failed", **place_of(error))
                self._wake.wait(pause)
        finally:
            self.stop()
            alarms.stop()
            if self._cluster is not None:
                self._cluster.stop()
            self._farewell(couriers)
            self._log.say("stopped")

    def _until(self, alarms: Alarms) -> float:
        """Have us woken at the next due instant; how long we may sleep at most. Seconds."""
        due = self._store.next_due()
        alarms.set(due)
        # What was handed out and is still due may have failed with whom it was handed to.
        handed_out = self._cluster is not None and self._was_open and due is not None and due <= self._clock.now()
        return AGAIN if handed_out else AT_LEAST_EVERY

    def _farewell(self, couriers: Sequence[threading.Thread]) -> None:
        """All together have that long, however many there are."""
        end = self._clock.monotonic() + FAREWELL
        for courier in couriers:
            if courier.ident is not None:
                courier.join(max(end - self._clock.monotonic(), 0.0))

    def _begin(self, couriers: Sequence[threading.Thread]) -> None:
        """Deliveries do not wait for the rules to be in force."""
        for courier in couriers:
            if courier.ident is None:
                courier.start()
        self._start()
        if self._cluster is not None:
            self._cluster.start()
            self._log.say("serving")
        self.started = True

    def _live(self) -> None:
        """Say that we live; take over from those who do not."""
        try:
            if self._shared is None or self._stop.is_set():
                return
            living = self._shared.alive(self._lost_after)
            if not self._can_tell():
                return
            if freed := self._shared.bury(living):
                self._log.say("deliveries taken over", deliveries=freed)
                self._ring()
            if self._cluster is not None and self.started and not self._standing_by and self._leads():
                self._cluster.tidy(living, self._clock.now())
        except Exception as error:
            self._log.say("turn failed", **place_of(error))

    def _can_tell(self) -> bool:
        """Whether silence means that an engine is gone. While the store was away nobody could say that he lives."""
        now = self._clock.monotonic()
        if self._heard is not None and now - self._heard > self._lost_after / 2:
            self._all_heard = now + self._lost_after
        self._heard = now
        return now >= self._all_heard

    def _regain(self) -> None:
        """Take up again what we only seem to have at work."""
        try:
            if self._cluster is not None and self.started and not self._stop.is_set():
                self._cluster.regain(self._clock.now())
        except Exception as error:
            self._log.say("turn failed", **place_of(error))

    def _courier(self, channel: str) -> None:
        bell = self._post[channel]
        while not self._stop.is_set():
            bell.clear()
            try:
                if self.gate.is_open:
                    self._deliverer.deliver_due(channel, ShutOrStopped(self._stop, self.gate))
            except Exception as error:
                # A full disk must not end deliveries for good.
                self._log.say("delivery stopped", channel=channel, **place_of(error))
            bell.wait(self._until_next())

    def _until_next(self) -> float:
        """Seconds until the next attempt, 1 to 30."""
        try:
            due = self._store.next_attempt()
        except Exception:
            return AGAIN
        if due is None:
            return AT_LEAST_EVERY
        return min(max((due - self._clock.now()) / SECOND, 1.0), AT_LEAST_EVERY)


def stop_on_signals(loop: Loop) -> None:
    """Have SIGTERM and SIGINT end the loop; from the main thread."""

    def end(number: int, frame: FrameType | None) -> None:
        loop.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
