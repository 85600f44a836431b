"""What the engine does with events and with time: read facts, decide, commit. One transaction a batch.

Killed at any moment and started again it loses nothing and decides nothing twice: what is not committed has not
happened, and what a source gives again is known by its id.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, wraps
from hashlib import blake2b
from typing import Concatenate, ParamSpec, TypeVar

from planned.check.graph import Graph, Rule
from planned.engine.bad_event import ENGINE_ERROR, BadEvent
from planned.engine.decision import Decision
from planned.engine.event import KINDS, Event, Instant
from planned.engine.plan import prepare
from planned.engine.rebuild import Rebuild, rebuild
from planned.engine.state import Reach, State
from planned.engine.step import Rezone, Tick, late, step
from planned.runtime.clock import SECOND, Clock
from planned.runtime.faults import Streak
from planned.runtime.intake import set_aside, sift
from planned.runtime.log import Log, place_of
from planned.runtime.people import People, reading
from planned.runtime.post import Addresses, Post
from planned.runtime.watch import latest
from planned.store.base import (
    Batch,
    ConflictError,
    Deployment,
    Kept,
    SharedStore,
    Store,
    StoreError,
    SupersededError,
    key_of,
)

P = ParamSpec("P")
R = TypeVar("R")

PEOPLE_A_BATCH = 300
EVENTS_A_BATCH = 5_000
"""As many as possible: each person they concern is stored once."""
EVENTS_TRIED = 1_000
"""Among so many it is looked for those of other learners, when the core breaks on one."""
REST = 3600 * SECOND
CONFLICTS = 20
"""So often another engine may be quicker before it is said that nothing goes on."""


DEPLOYING = "deploying"
"""The role of the one engine that brings people under other rules."""
SERVING = "serving:"
"""With its name behind it, the role of each engine that decides by the rules in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the settings say about deciding. `since`: the start of rules deployed for the first time, instead of now."""

    default_zone: str = "UTC"
    learner_roles: frozenset[str] = frozenset({"student"})
    tutor_roles: tuple[str, ...] = ("teacher", "editingteacher", "tutor")
    since: Instant | None = None
    addresses: Addresses = field(default_factory=Addresses)
    channels: frozenset[str] = frozenset()
    """By which something can be delivered; without any, decisions are made and nothing is to be delivered."""
    by_id: frozenset[str] = frozenset()
    """Those of them that know people by their ids and need no address."""
    mails: frozenset[str] = frozenset()
    """Those of them that send mails, which are rendered when they are decided."""
    people_in_memory: int = 20_000
    lost_after: float = 60.0
    """Seconds after which another engine that has given no sign of life is taken to be gone."""


class JudgementError(Exception):
    """The core broke on an event or on a person: a mistake of ours, which must not hold up all the others."""


@contextmanager
def _judging() -> Iterator[None]:
    """Only what the core itself raises counts against what it judges; the store's trouble and a full memory do not."""
    try:
        yield
    except (StoreError, MemoryError):
        raise
    except Exception as error:
        raise JudgementError from error


def _alone(verb: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Work, P], R]:
    """One verb at a time in this engine. Where another engine was quicker it begins anew, with what is stored now."""

    @wraps(verb)
    def alone(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with work.lock:
            for attempt in range(CONFLICTS + 1):
                try:
                    if attempt or work.shared:
                        work.people.forget()  # others may have changed it
                    return verb(work, *args, **kwargs)
                except ConflictError:
                    if attempt == CONFLICTS:
                        raise
                except BaseException:
                    work.people.forget()  # half of it may be changed; what is stored is whole
                    raise
            raise AssertionError("unreachable")

    return alone


class Work:
    """The imperative shell around `step`. Its public verbs may be called by any thread; one at a time is at work."""

    def __init__(self, graph: Graph, store: Store, clock: Clock, setup: Setup, log: Log) -> None:
        self.graph = graph
        self._store = store
        self.shared = store if isinstance(store, SharedStore) else None
        self._edition: int | None = None
        self._clock = clock
        self._setup = setup
        self._log = log
        self.lock = threading.RLock()
        self._streak = Streak()
        self._since: Mapping[str, Instant] = {}
        self._reach = Reach(setup.channels - setup.by_id, frozenset(setup.addresses.contacts))
        self._plan = prepare(graph)
        self.people = People(store, self._plan, self._fresh, setup.people_in_memory)
        people = self.people
        self._post = Post(
            graph, setup.addresses, setup.channels, setup.by_id, setup.mails, people.profile, people.tutor
        )

    def _fresh(self) -> State:
        return State(
            since=dict(self._since),
            default_zone=self._setup.default_zone,
            learner_roles=self._setup.learner_roles,
            tutor_roles=self._setup.tutor_roles,
            reach=self._reach,
        )

    # --- rules --------------------------------------------------------------------------------------

    @_alone
    def deploy(self, *, stays: bool = True) -> list[Decision]:
        """Take up the rules: a new one serves from now on (or `since`); whom a change may concern is recomputed.

        On a shared store it raises SupersededError while other engines serve rules that have come after these; and, if
        this one does not stay to serve its own, StoreError while others serve any other ones.
        """
        if self.shared is None:
            return self._take_up()
        if not self.shared.hold(DEPLOYING):
            raise StoreError("another engine is taking up its rules; this one waits")
        try:
            return self._put_in_force(self.shared, stays=stays)
        finally:
            self.shared.release(DEPLOYING)

    def _put_in_force(self, shared: SharedStore, *, stays: bool) -> list[Decision]:
        """What the first engine with these rules does, and the others find done."""
        digest = self.digest
        now = shared.edition()
        if now.digest == digest and now.ready:
            self._edition = now.number
            self._since = {name: one.first for name, one in self._store.deployments().items()}
            return []
        if now.digest != digest:
            others = shared.alive(self._setup.lost_after) - {shared.engine}
            if others and not stays:
                raise StoreError(
                    "engines with other rules serve this store; they would stand by for good: run it with their rules,"
                    " or stop them first"
                )
            if shared.was_in_force(digest) and any(_serves(shared, other) for other in others):
                raise SupersededError("other rules are in force by now, and other engines serve them")
            now = shared.supersede(digest)
        self._edition = now.number
        return self._take_up()

    def _take_up(self) -> list[Decision]:
        known = self._store.deployments()
        now = self._clock.now()
        wanted = {
            rule.name: Deployment(self._first(rule.was, known, now), _revision(self.graph, rule))
            for rule in self.graph.rules
        }
        gone = {name for name, one in known.items() if name not in wanted and one.revision}
        edited = [
            rule
            for rule in self.graph.rules
            if rule.name not in known or known[rule.name].revision != wanted[rule.name].revision
        ]
        self._since = {name: known.get(name, one).first for name, one in wanted.items()}
        self.people.forget()
        made: list[Decision] = []
        if known and (edited or gone):
            people = self._store.everybody() if gone else self._concerned(edited, known)
            self._log.say("rules changed", changed=len(edited), gone=len(gone), people=len(people))
            upto = self._applied()
            for ids in _parts(people):
                made += self._rebuild_all(ids, upto)
        # Last: whoever is killed before this begins anew, and decides nothing twice.
        self._store.deploy(wanted | {name: Deployment(known[name].first, "") for name in gone}, self._edition)
        return made

    def _concerned(self, edited: Sequence[Rule], known: Mapping[str, Deployment]) -> list[str]:
        """Everybody of a course in which a rule starts otherwise than before, or without an event; of one whose waits
        have changed, who waits, be it that he is held. Texts and guards are read only when something is due."""
        found: dict[str, None] = {}
        for rule in edited:
            people = self._store.everybody() if rule.course is None else self._store.members(rule.course)
            if rule.name not in known:
                starts = rule.was is not None or rule in self._plan.course(rule.course or "").at_enrolment
                found |= dict.fromkeys(people if starts else ())
                continue
            before, after = (text.split(" ")[-2:] for text in (known[rule.name].revision, _revision(self.graph, rule)))
            if before[0] != after[0]:
                found |= dict.fromkeys(people)
            elif before != after:
                found |= dict.fromkeys(id_ for part in _parts(people) for id_ in self.people.who_wait(part))
        return sorted(found)

    def _applied(self) -> int | None:
        """Up to which number the events have counted; None: all. An engine that was killed may have left some."""
        left = self._store.unapplied(1)
        return left[0][0] - 1 if left else None

    def _first(self, was: str | None, known: Mapping[str, Deployment], now: Instant) -> Instant:
        if was is not None and was in known:
            return known[was].first
        return now if self._setup.since is None else self._setup.since

    def _rebuild_all(self, ids: Sequence[str], upto: int | None) -> list[Decision]:
        self.people.want(ids)
        decided: list[Decision] = []
        batch = Batch(now=self._clock.now())
        try:
            for id_ in ids:
                decided += self._rebuild(id_, (), decided, upto)
            self._fill(decided, batch)
        except JudgementError as error:
            self.people.forget()
            if len(ids) > 1:
                return [one for id_ in ids for one in self._rebuild_all([id_], upto)]
            self._log.say("person failed", **place_of(error))  # he stays as he was under the rules before
            return []
        return self._save(batch)

    # --- events -------------------------------------------------------------------------------------

    @_alone
    def take(self, source: str, items: Sequence[Event | BadEvent], cursor: str | None) -> int:
        """Store what came from a source, in one transaction with its cursor; how many events of it are new."""
        now = latest(self._clock)
        events, quarantined = sift(self._store, source, items, now)
        if quarantined:
            reasons = Counter(one.reason for one in quarantined)
            self._log.say("quarantined", source=source, events=len(quarantined), reasons=dict(reasons))
        cursors = {source: cursor} if cursor is not None else {}
        if events or quarantined or cursors:
            self._store.save(Batch(now=now, events=events, quarantined=quarantined, cursors=cursors))
        return len(events)

    @_alone
    def apply_some(self) -> list[Decision] | None:
        """Let stored events count, many in one transaction; the decisions that they caused. None if there were none."""
        numbered = self._store.unapplied(EVENTS_A_BATCH)
        return self._apply_all(numbered) if numbered else None

    def _apply_all(self, numbered: Sequence[tuple[int, Event]]) -> list[Decision]:
        """In one transaction. If the core breaks, in halves, so that only the event on which it breaks is set aside."""
        upto = numbered[-1][0]
        batch = Batch(now=self._clock.now(), applied=upto)
        try:
            self._fill(self._apply([event for _, event in numbered], upto), batch)
        except JudgementError as error:
            self.people.forget()
            if len(numbered) > 1:
                middle = len(numbered) // 2
                return self._apply_all(numbered[:middle]) + self._apply_all(numbered[middle:])
            return self._save(self._set_aside(numbered[0][1], batch, error))
        self._streak.counted()
        return self._save(batch)

    def _set_aside(self, event: Event, batch: Batch, error: JudgementError) -> Batch:
        kind = event.kind if event.kind in KINDS else "other"
        self._log.say("event failed", kind=kind, **place_of(error))
        self._streak.broken(event)
        self._try_others(event)
        aside = set_aside("engine", batch.now, ENGINE_ERROR.name, event)
        return Batch(now=batch.now, applied=batch.applied, quarantined=[aside], rejected=[event.id])

    def _try_others(self, failed: Event) -> None:
        """Before an event is set aside: do those of others count? Raises FaultyError where the core is at fault."""
        tried = {failed.learner}
        for number, event in self._store.unapplied(EVENTS_TRIED):
            if event.learner in tried:
                continue
            tried.add(event.learner)
            try:
                self._apply([event], number)
            except JudgementError:
                self._streak.broken(event)
            else:
                self._streak.counted()
                return
            finally:
                self.people.forget()

    def _apply(self, received: Sequence[Event], upto: int) -> list[Decision]:
        now = self._clock.now()
        events = sorted(received, key=lambda event: event.time)
        learners = {event.learner for event in events if event.learner is not None}
        courses = {event.course for event in events if event.course is not None}
        self.people.want(learners, courses)
        state = self.people.state
        decided: list[Decision] = []
        again: dict[str, None] = {}
        with _judging():
            for event in events:
                if event.learner is None and event.course is not None:
                    self.people.want_members(event.course)
                if found := late(self._plan, state, event):
                    again |= dict.fromkeys(sorted(found))
                if event.learner not in again:
                    decided += step(self._plan, state, event, now)
        for id_ in again:
            decided += self._rebuild(id_, events, decided, upto)
        return decided

    def _rebuild(
        self, id_: str, new: Sequence[Event], decided: Sequence[Decision], upto: int | None = None
    ) -> list[Decision]:
        """Recompute a person from his whole history, `new` events included; what was decided stays so."""
        courses = {event.course for event in new if event.learner == id_ and event.course}
        self.people.want([id_], courses)
        self.people.join(id_, courses)
        with reading():
            events = self._store.history(id_, upto)
            committed = list(self._store.decisions(id_))
        news = {event.id for event in new}.intersection(event.id for event in events)
        committed += (one for one in decided if one.learner == id_)
        with _judging():
            return rebuild(self._plan, self.people.state, Rebuild(id_, events, committed, news), self._clock.now())

    # --- time ---------------------------------------------------------------------------------------

    @_alone
    def decide_due(self, shard: int | None = None) -> list[Decision] | None:
        """Decide for some for whom something is due (in one shard), in one transaction; None when nothing is."""
        now = self._clock.now()
        ids = self._store.due(now, PEOPLE_A_BATCH, shard)
        if not ids:
            return None
        try:
            return self._tick(ids, now)
        except JudgementError:
            self.people.forget()
            return [one for id_ in ids for one in self._tick_alone(id_, now)]

    def in_force(self) -> bool:
        """Whether the rules of this engine are those in force; if they have become so again, it goes on with them."""
        if self.shared is None:
            return True
        now = self.shared.edition()
        mine = now.ready and now.digest == self.digest
        self._edition = now.number if mine else self._edition
        (self.shared.hold if mine else self.shared.release)(SERVING + self.shared.engine)
        return mine

    @cached_property
    def digest(self) -> str:
        """Names the rules: the same for the same rules, on every machine."""
        return _digest_of(self.graph)

    def _tick(self, ids: Sequence[str], now: Instant) -> list[Decision]:
        self.people.want(ids)
        state = self.people.state
        decided: list[Decision] = []
        with _judging():
            for id_ in ids:
                decided += step(self._plan, state, Tick(id_), now)
                state.touched.add(id_)
                if (state.people[id_].next_due or now + 1) <= now:
                    raise RuntimeError("still due after the decision")
        batch = Batch(now=now)
        self._fill(decided, batch)
        return self._save(batch)

    def _tick_alone(self, id_: str, now: Instant) -> list[Decision]:
        """One person on whom the engine breaks must not hold up the others: he rests for an hour."""
        try:
            return self._tick([id_], now)
        except JudgementError as error:
            self.people.forget()
            self._log.say("person failed", **place_of(error))
            he = self._store.people([id_])[id_]
            return self._save(Batch(now=now, people={id_: Kept(now + REST, now, he.body, he.version)}))

    @_alone
    def rezone(self, ids: Sequence[str]) -> None:
        """The zone data have changed: what waits for these people keeps its local time, in one transaction."""
        self.people.want(ids)
        now = self._clock.now()
        try:
            with _judging():
                for id_ in ids:
                    step(self._plan, self.people.state, Rezone(id_), now)
            batch = Batch(now=now)
            self._fill([], batch)
        except JudgementError as error:
            self.people.forget()
            for id_ in ids if len(ids) > 1 else ():
                self.rezone([id_])
            if len(ids) == 1:
                self._log.say("person failed", **place_of(error))  # what waits for him stays where it was
            return
        self._save(batch)

    # --- commit -------------------------------------------------------------------------------------

    def _fill(self, decided: Sequence[Decision], batch: Batch) -> None:
        """Put into the batch all that the core has changed, the decisions and their deliveries."""
        with _judging():
            changes = self.people.changed()
            batch.people, batch.courses, batch.members = changes.people, changes.courses, changes.members
            batch.decisions = decided
            batch.deliveries = {key_of(one): self._post.deliveries(one) for one in decided}

    def _save(self, batch: Batch) -> list[Decision]:
        """One transaction; the decisions that are new. Where it fails nothing has happened, and it is raised."""
        batch.edition = self._edition
        fresh = self._store.save(batch)
        self.people.settled()
        return fresh


def _serves(shared: SharedStore, engine: str) -> bool:
    """Whether another engine decides by the rules in force, or only stands by, as this one is about to."""
    free = shared.hold(SERVING + engine)
    shared.release(SERVING + engine)
    return not free


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + PEOPLE_A_BATCH] for at in range(0, len(ids), PEOPLE_A_BATCH))


def _revision(graph: Graph, rule: Rule) -> str:
    """Of all rules of that name, which may stand in several courses; last, digests of how they start and of waits."""
    rules = [one for one in graph.rules if one.name == rule.name]
    return " ".join([*(one.revision for one in rules), _short(map(_start, rules)), _short(map(_waits, rules))])


def _digest_of(graph: Graph) -> str:
    """Of all rules, in whatever order their files were read."""
    return _short(sorted({f"{rule.name} {_revision(graph, rule)}" for rule in graph.rules}))


def _start(rule: Rule) -> str:
    days = (rule.first_day, rule.last_day, rule.context.zone)
    return repr((rule.course, rule.trigger, rule.mode, rule.again, rule.even_when_unenrolled, days))


def _waits(rule: Rule) -> str:
    return repr(([(step.id, step.wait, step.repeat) for step in rule.steps], rule.stop, rule.context.quiet))


def _short(parts: Iterable[str]) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
