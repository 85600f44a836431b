"""A store that lives as long as the process: for embedding, for tests, for trying things out."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import count, islice

from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.store import codec
from planned.store.base import CONFLICT, Batch, ConflictError, Deployment, Kept, Quarantined, Stored, key_of, shard_of
from planned.store.delivery import Key
from planned.store.memory_outbox import MemoryOutbox
from planned.store.standing import StandingInMemory


class MemoryStore(MemoryOutbox, StandingInMemory):
    """The port `planned.store.base.Store`, in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self._events: dict[str, tuple[Event, bytes]] = {}
        self._by_learner: dict[str, list[tuple[int, Event]]] = {}
        self._general: dict[str | None, list[tuple[int, Event]]] = {}
        self._order: dict[int, str] = {}
        self._last = 0
        self._applied = 0
        self._people: dict[str, Kept] = {}
        self._dues: list[tuple[Instant, str]] = []
        self._courses: dict[str, Stored] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._decisions: dict[Key, Decision] = {}
        self._cursors: dict[str, str] = {}
        self._quarantine: dict[int, Quarantined] = {}
        self._aside = count(1)
        self._deployments: dict[str, Deployment] = {}

    def known(self, ids: Collection[str]) -> dict[str, bytes]:
        with self._lock:
            return {id_: self._events[id_][1] for id_ in ids if id_ in self._events}

    def save(self, batch: Batch) -> list[Decision]:
        with self._lock:
            self._refuse_conflicts(batch)
            for event in batch.events:
                self._add_event(event)
            for id_ in batch.rejected:
                self._remove_event(id_)
            self._applied = self._applied if batch.applied is None else batch.applied
            for number in batch.released:
                self._quarantine.pop(number, None)
            for aside in batch.quarantined:
                number = next(self._aside)
                self._quarantine[number] = replace(aside, number=number)
            for id_, one in batch.people.items():
                before = self._people.get(id_)
                self._people[id_] = replace(one, version=one.version + 1)
                if one.next_due is not None and (before is None or before.next_due != one.next_due):
                    heapq.heappush(self._dues, (one.next_due, id_))
            self._courses.update((id_, Stored(one.version + 1, one.body)) for id_, one in batch.courses.items())
            for course, ids in batch.members.items():
                self._members.setdefault(course, {}).update(dict.fromkeys(ids))
            first: dict[Key, Decision] = {}  # of two with one key in a batch the first counts, as in a database
            for decision in batch.decisions:
                first.setdefault(key_of(decision), decision)
            fresh = [one for key, one in first.items() if key not in self._decisions]
            for decision in fresh:
                key = key_of(decision)
                self._decisions[key] = decision
                for new in batch.deliveries.get(key, ()):
                    self._add_delivery(key, new, batch.now)
            self._cursors.update(batch.cursors)
            return fresh

    def _refuse_conflicts(self, batch: Batch) -> None:
        ids = [event.id for event in batch.events]
        if len(set(ids)) < len(ids) or not self._events.keys().isdisjoint(ids):
            raise ConflictError(CONFLICT)
        for mine, there in ((batch.people, self._people), (batch.courses, self._courses)):
            if any(one.version != (there[id_].version if id_ in there else 0) for id_, one in mine.items()):
                raise ConflictError(CONFLICT)

    def _add_event(self, event: Event) -> None:
        self._last += 1
        place = self._last
        self._order[place] = event.id
        self._events[event.id] = (event, codec.digest(event, codec.event_body(event)))
        if event.learner is None:
            self._general.setdefault(event.course, []).append((place, event))
        else:
            self._by_learner.setdefault(event.learner, []).append((place, event))

    def _remove_event(self, id_: str) -> None:
        event, _ = self._events.pop(id_)
        rows = self._general[event.course] if event.learner is None else self._by_learner[event.learner]
        rows[:] = [one for one in rows if one[1].id != id_]
        self._order = {place: other for place, other in self._order.items() if other != id_}

    def people(self, ids: Collection[str]) -> dict[str, Stored]:
        with self._lock:
            found = ((id_, self._people[id_]) for id_ in ids if id_ in self._people)
            return {id_: Stored(one.version, one.body) for id_, one in found}

    def courses(self, ids: Collection[str]) -> dict[str, Stored]:
        with self._lock:
            return {id_: self._courses[id_] for id_ in ids if id_ in self._courses}

    def members(self, course: str) -> list[str]:
        with self._lock:
            return list(self._members.get(course, ()))

    def due(self, now: Instant, limit: int, shard: int | None = None) -> list[str]:
        taken: list[tuple[Instant, str]] = []
        found: dict[str, None] = {}
        with self._lock:
            while len(found) < limit and (head := self._head()) is not None and head[0] <= now:
                taken.append(heapq.heappop(self._dues))
                if shard is None or shard_of(head[1]) == shard:
                    found[head[1]] = None
            for one in taken:
                heapq.heappush(self._dues, one)
        return list(found)

    def next_due(self) -> Instant | None:
        with self._lock:
            head = self._head()
        return None if head is None else head[0]

    def _head(self) -> tuple[Instant, str] | None:
        """The earliest that waits; what has changed since it was put on the heap is dropped on the way."""
        while self._dues:
            due, id_ = self._dues[0]
            if self._people[id_].next_due == due:
                return self._dues[0]
            heapq.heappop(self._dues)
        return None

    def waiting(self) -> list[str]:
        with self._lock:
            return sorted(id_ for id_, one in self._people.items() if one.next_due is not None)

    def everybody(self) -> list[str]:
        with self._lock:
            return sorted(self._people)

    def unapplied(self, limit: int) -> list[tuple[int, Event]]:
        with self._lock:
            places = range(self._applied + 1, self._last + 1)
            found = ((place, self._events[self._order[place]][0]) for place in places if place in self._order)
            return list(islice(found, limit))

    def history(self, person: str, upto: int | None = None) -> list[Event]:
        with self._lock:
            last = self._last if upto is None else upto
            own = [one for one in self._by_learner.get(person, []) if one[0] <= last]
            courses = {event.course for _, event in own}
            general = [one for course in courses for one in self._general.get(course, []) if one[0] <= last]
            placed = sorted([*own, *general], key=lambda one: (one[1].time, one[0]))
        return [event for _, event in placed]

    def decisions(self, learner: str | None = None) -> Iterator[Decision]:
        with self._lock:
            found = list(self._decisions.values())
        return (one for one in found if learner is None or one.learner == learner)

    def cursor(self, source: str) -> str | None:
        with self._lock:
            return self._cursors.get(source)

    def quarantine(self) -> Iterator[Quarantined]:
        with self._lock:
            return iter(list(self._quarantine.values()))

    def deployments(self) -> dict[str, Deployment]:
        with self._lock:
            return dict(self._deployments)

    def deploy(self, rules: Mapping[str, Deployment], edition: int | None = None) -> None:
        with self._lock:
            for name, one in rules.items():
                known = self._deployments.get(name)
                self._deployments[name] = one if known is None else Deployment(known.first, one.revision)

    def counts(self) -> dict[str, int]:
        with self._lock:
            found = {
                "events": len(self._events),
                "quarantined": len(self._quarantine),
                "people": len(self._people),
                "waiting": sum(one.next_due is not None for one in self._people.values()),
                "decisions": len(self._decisions),
            }
            for delivery in self._outbox.values():
                found[delivery.state] = found.get(delivery.state, 0) + 1
            return found

    def close(self) -> None:
        """Nothing to let go of."""
