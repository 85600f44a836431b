"""What programs that embed the engine call: compile rules, feed events, move or follow the time, hear of decisions.

from planned import Engine, compile_rules
from planned.testing import VirtualClock

rules = compile_rules('every course rule hello after enrolment wait 3 days at 09:00 send "Welcome!"')
with Engine(rules, clock=VirtualClock("2026-09-01T08:00:00+02:00")) as engine:
    engine.feed({"id": "e1", "time": "2026-09-03T14:10:00+02:00",
                 "kind": "enrolment", "course": "C", "learner": "alice"})
    for decision in engine.advance("2026-09-30T00:00:00+02:00"):
        print(decision.learner, decision.outcome, decision.text)
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from planned.channels.base import Channel
from planned.check.build import build
from planned.check.graph import Graph
from planned.diagnostics import Diagnostic, Language, Severity
from planned.engine.bad_event import BadEvent
from planned.engine.decision import Decision
from planned.engine.decode import decode, decode_object
from planned.engine.event import Event, Instant
from planned.runtime.assemble import setup_of, terms_of
from planned.runtime.clock import Clock, SystemClock, instant_of
from planned.runtime.deliver import Deliverer
from planned.runtime.files import load_rules
from planned.runtime.log import Log
from planned.runtime.loop import Loop
from planned.runtime.settings import Settings
from planned.runtime.watch import ClockWatch, onward
from planned.runtime.work import Work
from planned.sources.base import Source
from planned.store.base import Store
from planned.store.opening import open_store
from planned.syntax.from_text import parse

FED = "api"
"""The name under which fed events are counted and quarantined."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Compiled rules and what is wrong with them; `ok` when they can run."""

    graph: Graph
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(one.severity is Severity.ERROR for one in self.diagnostics)

    def texts(self, language: Language = "en") -> list[str]:
        """What is wrong, one line each: `FILE:LINE:COLUMN: sentence`."""
        return [f"{one.span.file}:{one.span.line}:{one.span.column}: {one.text(language)}" for one in self.diagnostics]


def compile_rules(rules: str | Path | Iterable[str | Path], *, course: str | None = None) -> Rules:
    """The rules of a text, or of files and folders: a `str` is the text itself, a `Path` or a list are places.

    `course` is the course of rules that name none. Never raises for what is wrong in a rule.
    """
    if isinstance(rules, str):
        file, found = parse(rules, "rules")
        graph, diagnostics = build([file], {}, course, sources={file.path: rules}, given=found)
    else:
        loaded = load_rules([rules] if isinstance(rules, Path) else rules)
        graph, diagnostics = build(
            loaded.files, loaded.imports, course, sources=loaded.sources, given=loaded.diagnostics
        )
    return Rules(graph, tuple(diagnostics))


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that a program moves: what is fed to an engine with such a clock counts when its time has come."""

    def move(self, to: Instant | str | datetime) -> None:
        """Go forward to `to`."""
        ...


class Engine:
    """An engine in a program of one's own: live with the machine's clock, or as fast as it can with a virtual one.

    `store` is an address (`memory:`, `sqlite:///FILE`, `postgresql://USER@HOST/DATABASE`) or a store. `channels` by the
    names in the rules (`email`); without any, decisions are made and nothing is delivered. Raises ValueError for rules
    with errors, StoreError.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        store: Store | str = "memory:",
        clock: Clock | None = None,
        channels: Mapping[str, Channel] | None = None,
        sources: Sequence[Source] = (),
        settings: Settings | None = None,
        log: Log | None = None,
    ) -> None:
        if not rules.ok:
            raise ValueError("these rules have errors:\n" + "\n".join(rules.texts()))
        settings = settings or Settings()
        self._clock = clock or SystemClock()
        self._listeners: list[Callable[[Decision], object]] = []
        self._heard: list[Decision] = []
        self._later: list[tuple[Instant, int, Event]] = []
        self._serial = count(1)
        self._started = False
        self.store: Store = open_store(store) if isinstance(store, str) else store
        log = log or Log()
        # Who moves a clock himself may move it as he likes.
        timed = self._clock if isinstance(self._clock, MovableClock) else ClockWatch(self._clock)
        self._work = Work(rules.graph, self.store, timed, setup_of(settings, channels or {}), log)
        self._deliverer = Deliverer(self.store, channels or {}, onward(timed), log, terms=terms_of(settings))
        self._loop = Loop(
            store=self.store,
            work=self._work,
            sources=sources,
            deliverer=self._deliverer,
            clock=timed,
            log=log,
            poll_seconds=settings.poll_seconds,
            on_decisions=self._hear,
        )

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and close the store."""
        self._loop.stop()
        self.store.close()

    def on_decision(self, listener: Callable[[Decision], object]) -> None:
        """Have `listener` called with each decision, after it is committed, by the thread that made it."""
        self._listeners.append(listener)

    def decisions(self, learner: str | None = None) -> Iterator[Decision]:
        """All decisions so far, or those about one learner."""
        return self.store.decisions(learner)

    # --- events -------------------------------------------------------------------------------------

    def feed(self, *events: Event | Mapping[str, Any] | str) -> list[BadEvent]:
        """Take in events: objects as in section 5 of the language, or lines of JSON; returns what cannot count.

        They are stored when it returns. Give them ids: without one, the same event fed again counts again. With a clock
        that is moved, an event of a later time counts when `advance` comes to it, and is kept in memory until then.
        """
        items = [self._item(event) for event in events]
        now = self._clock.now()
        if isinstance(self._clock, MovableClock):
            later = [one for one in items if isinstance(one, Event) and one.time > now]
            for event in later:
                heapq.heappush(self._later, (event.time, next(self._serial), event))
            items = [one for one in items if isinstance(one, BadEvent) or one.time <= now]
        self._take(items)
        return [one for one in items if isinstance(one, BadEvent)]

    def _item(self, event: Event | Mapping[str, Any] | str) -> Event | BadEvent:
        if isinstance(event, Event):
            return event
        where = f"{FED}:{next(self._serial)}"
        return decode(event, where) if isinstance(event, str) else decode_object(dict(event), where)

    def _take(self, items: Sequence[Event | BadEvent]) -> None:
        self._start()
        if items:
            self._work.take(FED, items, None)
        while (decided := self._work.apply_some()) is not None:
            self._hear(decided)

    # --- time ---------------------------------------------------------------------------------------

    def advance(self, to: Instant | str | datetime) -> list[Decision]:
        """Move the clock to `to` and do on the way all that is due, each at its instant; the decisions in that order.

        Raises TypeError if the clock cannot be moved.
        """
        clock = self._clock
        if not isinstance(clock, MovableClock):
            raise TypeError("only a virtual clock can be advanced; with the machine's clock, call run()")
        self._start()
        end = instant_of(to)
        while True:
            event = self._later[0][0] if self._later else end + 1
            due = self.store.next_due()
            if min(event, end + 1 if due is None else due) > end:
                break
            if due is None or event <= due:  # in the same instant events come before timers
                clock.move(event)
                self._take(self._arrived(event))
            else:
                clock.move(due)
                self._hear(self._work.decide_due() or ())
        clock.move(end)
        self.deliver()
        heard, self._heard = self._heard, []
        return heard

    def _arrived(self, now: Instant) -> list[Event]:
        arrived = []
        while self._later and self._later[0][0] <= now:
            arrived.append(heapq.heappop(self._later)[2])
        return arrived

    def deliver(self) -> None:
        """Deliver all that is to be delivered now."""
        for channel in self._deliverer.channels:
            self._deliverer.deliver_due(channel)

    # --- live ---------------------------------------------------------------------------------------

    def run(self, *, once: bool = False) -> None:
        """Follow the sources and the machine's clock until `stop`; with `once`, only do what is to be done now."""
        if once:
            self._loop.once()
        else:
            self._loop.forever()

    def stop(self) -> None:
        """End `run` soon, from any thread."""
        self._loop.stop()

    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._hear(self._work.deploy())
            self._loop.time_anew()

    def _hear(self, decided: Sequence[Decision]) -> None:
        if isinstance(self._clock, MovableClock):
            self._heard += decided
        for decision in decided:
            for listener in self._listeners:
                listener(decision)
