"""The dry-run: events in order of time, each due message decided at its very instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from planned.check.graph import Every, Graph
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event, Instant
from planned.engine.occurrences import decision
from planned.engine.plan import Plan, prepare
from planned.engine.scene import Scene
from planned.engine.state import State
from planned.engine.step import Tick, step

SHOWN_AFTERWARDS = 60 * 86_400_000_000
"""For how long after the last event `every` fires where no end is given (reading 36)."""


def simulate(
    graph: Graph,
    events: Iterable[Event],
    *,
    until: Instant | None = None,
    default_zone: str = "UTC",
    state: State | None = None,
) -> Iterator[Decision]:
    """The decisions for a history, in the order of reading 35; at the end what is `pending`.

    `events` come in order of time. Without `until` it goes on until nothing waits. `state` is to start from, by default
    an empty one; memory grows with the learners, not with the events.
    """
    plan = prepare(graph, thrifty=True)
    run = _Run(plan, state or State(default_zone=default_zone))
    for event in events:
        if until is not None and event.time > until:
            break
        if event.time > run.now:
            if run.queue and run.queue[0][0] < event.time:
                yield from run.advance(event.time - 1)
            if run.decided:
                yield from run.flush(event.time)
        run.feed(event)
    yield from run.finish(until)


class _Run:
    """Whose turn it is, and the decisions of the present instant."""

    def __init__(self, plan: Plan, state: State) -> None:
        self.plan = plan
        self.state = state
        self.now: Instant = 0
        self.queue: list[tuple[Instant, str]] = []
        self.queued: dict[str, Instant] = {}
        self.decided: list[Decision] = []
        self.order = {(rule.course, rule.name): rule.order for rule in plan.graph.rules}

    def feed(self, event: Event) -> None:
        self.now = event.time
        self.decided += step(self.plan, self.state, event, event.time)
        if self.state.touched:
            self._requeue()

    def advance(self, until: Instant) -> Iterator[Decision]:
        """Decide all that is due by `until`, instant by instant."""
        queue = self.queue
        while queue and queue[0][0] <= until:
            due, person = heappop(queue)
            if self.queued.get(person) != due:
                continue
            del self.queued[person]
            if due > self.now:
                yield from self.flush(due)
            self.decided += step(self.plan, self.state, Tick(person), self.now)
            self._requeue()

    def _requeue(self) -> None:
        people, queued = self.state.people, self.queued
        for id in self.state.touched:
            due = people[id].next_due
            if queued.get(id) == due:
                continue
            if due is None:
                del queued[id]
            else:
                queued[id] = due
                heappush(self.queue, (due, id))
        self.state.touched.clear()

    def flush(self, now: Instant) -> Iterator[Decision]:
        """Give out the decisions of the instants before `now`."""
        self.now = max(self.now, now)
        if self.decided:
            yield from sorted(self.decided, key=self.place)
            self.decided.clear()

    def place(self, one: Decision) -> tuple[int, int, int, str, int, int, int, int, str]:
        """The order of lines: reading 35."""
        order = self.order.get((one.course, one.rule), self.order.get((None, one.rule), 0))
        return (one.at, one.due, order, one.learner, one.occurrence, one.step, one.repeat, one.notice, one.course)

    def finish(self, until: Instant | None) -> Iterator[Decision]:
        if until is None:
            self.state.last_firing = self.now + SHOWN_AFTERWARDS
            yield from self.advance(self.state.last_firing)
            self._stop_firing()
            yield from self.advance(2**62)
        else:
            yield from self.advance(until)
        yield from self.flush(self.now)
        yield from sorted(self._pending(), key=self.place)

    def _stop_firing(self) -> None:
        for id, person in self.state.people.items():
            for part in person.courses.values():
                rules = self.plan.course(part.course).rules
                for name, progress in part.rules.items():
                    if isinstance(rules[name].trigger, Every):
                        progress.next_firing = None
            self.state.touched.add(id)
        self._requeue()

    def _pending(self) -> Iterator[Decision]:
        for person in self.state.people.values():
            scene = Scene(self.plan, self.state, person)
            for part in person.courses.values():
                for name, progress in part.rules.items():
                    for waiting in progress.waiting:
                        view = scene.view(part, self.plan.course(part.course).rules[name])
                        yield decision(scene, view, waiting, Outcome.PENDING, waiting.due.instant)
