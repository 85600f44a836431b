"""What the engine remembers: people with their facts and waiting messages, and what courses share.

`step` owns the state that it is given and changes it in place. People share nothing but their courses' dates
and staff, so that any part of the people can be loaded, stepped and stored by itself. Times are instants.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from planned.check.graph import Rule
from planned.engine.calendar import Moment
from planned.engine.decision import Decision
from planned.engine.event import Instant

NO_MOMENT = Moment(None, 0, 0)
Stamp = tuple[Instant, str]
"""When something became so, and the id of the event that made it so."""


@dataclass(slots=True)
class Flag:
    """A fact that is so or not: since when, by which event, and whether it turned in this enrolment."""

    value: bool
    since: Instant
    id: str
    fresh: bool = True


@dataclass(slots=True)
class Happening:
    """How often something happened, in all and in this enrolment.

    `recent` has the latest moments, oldest first, each with the events behind it.
    """

    total: int = 0
    count: int = 0
    recent: list[tuple[Instant, tuple[Stamp, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class Waiting:
    """One occurrence of a rule and the message for which it now waits."""

    rule: str
    course: str
    number: int
    anchor: Instant
    because: tuple[Stamp, ...]
    step: int = 0
    """Place of the step in the rule, from 0."""
    repeat: int = 0
    base: Instant = 0
    """The instant from which the step's wait counts."""
    due: Moment = NO_MOMENT
    """As postponed by quiet times and limits."""
    unpostponed: Moment = NO_MOMENT
    first_due: Moment = NO_MOMENT
    """The due time, as postponed, of the first message of a series."""
    nth: int = 1
    """Under `every`: which firing it is, in this enrolment."""
    ready: bool = False
    """A `wait up to` has ended, by its fact or by its time."""
    limited: bool = False
    """A limit has postponed it: it has a place in the period in which it is due."""
    held: bool = False
    """Due, but its rule is paused or its learner suspended."""
    any_sent: bool = False
    seen: dict[int, int] = field(default_factory=dict)
    """By step: how often the happening of its `wait up to` has come since the anchor."""
    over: bool = False
    """Decided for the last time, or cancelled: its timers mean nothing any more."""

    @property
    def postponed(self) -> bool:
        return self.due.instant != self.unpostponed.instant


@dataclass(slots=True)
class Progress:
    """How far one rule has come with one learner in one course."""

    on: bool = False
    """The value of an `after` trigger, or whether an `every` is counting."""
    number: int = 0
    """The number of the latest occurrence."""
    taken: bool = False
    """Without `again`: this enrolment has had its occurrence."""
    last_anchor: Instant | None = None
    fired: int = 0
    """Firings of an `every` in this enrolment."""
    base: Moment = NO_MOMENT
    """From where an `every` counts weeks and months; of a trigger before a date, that date."""
    period: int = 0
    """Which week or month of an `every` is next."""
    next_firing: Moment | None = None
    check_at: Instant | None = None
    """When time alone may change something: the trigger, `stop once`, a fact waited for, a firing, the rule's end."""
    armed: Instant | None = None
    """The timer that stands for `check_at`; it may stand earlier."""
    complete: Instant | None = None
    complete_because: tuple[Stamp, ...] = ()
    waiting: list[Waiting] = field(default_factory=list)


@dataclass(slots=True)
class Participation:
    """One person in one course: facts, changed only by events, and the progress of the rules that they concern."""

    course: str
    enrolled: bool = False
    announced: bool = False
    suspended: bool = False
    since: Instant = 0
    """The start of the current enrolment, or of the last one."""
    started: Stamp | None = None
    """The event with which the current enrolment, or the last one, started."""
    enrolment: Stamp | None = None
    """The event that announced the current enrolment; None while it is only implied by a first event."""
    until: Instant | None = None
    until_stamp: Stamp | None = None
    roles: dict[str, Instant] = field(default_factory=dict)
    """Since when he has each."""
    complete: dict[str, Flag] = field(default_factory=dict)
    """By activity; the course itself is ""."""
    result: dict[str, Flag] = field(default_factory=dict)
    """By activity: the latest passed (True) or failed (False)."""
    grade: dict[str, tuple[float, float | None, Instant, str]] = field(default_factory=dict)
    grade_since: dict[str, Flag] = field(default_factory=dict)
    """By text of a trigger's grade atom that is true: since when."""
    group: dict[str, Flag] = field(default_factory=dict)
    dates: dict[str, tuple[Instant | None, Instant, str]] = field(default_factory=dict)
    """The learner's own dates by `what:activity`: the date, then time and id of its event."""
    happened: dict[str, Happening] = field(default_factory=dict)
    """By `kind:key`."""
    visit: Stamp | None = None
    """The last one of this enrolment."""
    rules: dict[str, Progress] = field(default_factory=dict)


@dataclass(slots=True)
class Digest:
    """What a daily digest has gathered for its reader until `due`."""

    rule: str
    course: str
    step: int
    notice: int
    due: Moment
    entries: list[dict[str, Any]] = field(default_factory=list)
    """Of each first message: learner, anchor, because."""


@dataclass(slots=True)
class Parked:
    """A waiting message whose rule is gone: what will be decided at `decision.at` unless the rule comes back."""

    decision: Decision


@dataclass(slots=True, eq=False)
class Person:
    """A learner, or one who reads notices. `horizon`: what happened before this instant is late news."""

    id: str
    profile: dict[str, Any] = field(default_factory=dict)
    profile_stamp: Stamp | None = None
    courses: dict[str, Participation] = field(default_factory=dict)
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By `file:per`: the current period's first day and how many limited messages it has had."""
    limited: list[Waiting] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    horizon: Instant = 0
    # Timers, made anew from the above when a person is loaded; outdated ones stay until they come up.
    moments: list[tuple[Any, ...]] = field(default_factory=list)
    """Heap of (instant, rule order, serial, course, rule): facts and firings that time brings."""
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    """Heap of (instant, unpostponed, rule order, number, step, repeat, serial, Waiting, Rule)."""
    serial: int = 0

    @property
    def zone(self) -> str | None:
        zone = self.profile.get("timezone")
        return zone if isinstance(zone, str) and zone else None

    @property
    def next_due(self) -> Instant | None:
        """The earliest instant at which something waits; None if nothing does."""
        if self.messages:
            self._drop_outdated()
        due: Instant | None = self.messages[0][0] if self.messages else None
        if self.moments and (due is None or self.moments[0][0] < due):
            due = self.moments[0][0]
        if self.digests or self.parked:
            others = [digest.due.instant for digest in self.digests] + [parked.decision.at for parked in self.parked]
            due = min(others) if due is None else min(due, *others)
        return due

    def wait(self, waiting: Waiting, rule: Rule) -> None:
        """Have a timer for the waiting message."""
        self.serial += 1
        entry = (
            waiting.due.instant,
            waiting.unpostponed.instant,
            rule.order,
            waiting.course,
            waiting.number,
            waiting.step,
            waiting.repeat,
            self.serial,
            waiting,
            rule,
        )
        heappush(self.messages, entry)

    def wake(self, instant: Instant, rule: Rule, course: str) -> None:
        """Have a timer for facts or firings of a rule in a course."""
        self.serial += 1
        heappush(self.moments, (instant, rule.order, self.serial, course, rule))

    def due_message(self, now: Instant) -> tuple[Waiting, Rule] | None:
        """Take the first message due by `now`."""
        self._drop_outdated()
        if not self.messages or self.messages[0][0] > now:
            return None
        entry = heappop(self.messages)
        return entry[-2], entry[-1]

    def due_moment(self, before: Instant) -> tuple[Instant, str, Rule] | None:
        """Take the first fact or firing that comes before the instant `before`."""
        if not self.moments or self.moments[0][0] >= before:
            return None
        entry = heappop(self.moments)
        return entry[0], entry[3], entry[4]

    def _drop_outdated(self) -> None:
        heap = self.messages
        while heap:
            entry = heap[0]
            waiting: Waiting = entry[-2]
            if (
                not waiting.over
                and not waiting.held
                and waiting.due.instant == entry[0]
                and waiting.step == entry[5]
                and waiting.repeat == entry[6]
            ):
                return
            heappop(heap)


@dataclass(slots=True, eq=False)
class CourseFacts:
    """What a course's people share: dates for all, who belongs to it, and who has which other role."""

    id: str
    dates: dict[str, tuple[Instant | None, Instant, str]] = field(default_factory=dict)
    members: MutableMapping[str, bool] = field(default_factory=dict)
    """Everybody who ever had an event in the course, in that order."""
    staff: dict[str, dict[str, Instant]] = field(default_factory=dict)
    """By role that is no learner's: who has it, since when."""

    def with_role(self, *roles: str) -> list[str]:
        """Who has one of these roles, who was enrolled in it first coming first (reading 41)."""
        found: dict[str, Instant] = {}
        for role in roles:
            for id, since in self.staff.get(role, {}).items():
                found[id] = min(since, found.get(id, since))
        return sorted(found, key=lambda one: (found[one], one))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where messages are really delivered: which channels need an address, and whose contacts' the settings know."""

    addressed: frozenset[str]
    contacts: frozenset[str]


@dataclass(slots=True, eq=False)
class State:
    """The people and courses at hand. `since`: by rule, from when on events start occurrences (none: all do)."""

    people: dict[str, Person] = field(default_factory=dict)
    courses: dict[str, CourseFacts] = field(default_factory=dict)
    since: dict[str, Instant] = field(default_factory=dict)
    default_zone: str = "UTC"
    last_firing: Instant | None = None
    """No `every` fires later: a simulation without an end would have none."""
    learner_roles: frozenset[str] = frozenset({"student"})
    tutor_roles: tuple[str, ...] = ("teacher", "editingteacher", "tutor")
    reach: Reach | None = None
    """None: nothing is delivered, and nobody is asked for an address."""
    left: set[tuple[str, str]] = field(default_factory=set)
    """Addresses, in lower case, that have unsubscribed from a topic; from all, where it is empty."""
    touched: set[str] = field(default_factory=set)
    touched_courses: set[str] = field(default_factory=set)

    def person(self, id: str) -> Person:
        self.touched.add(id)
        if (found := self.people.get(id)) is None:
            found = self.people[id] = Person(id)
        return found

    def course(self, id: str) -> CourseFacts:
        if (found := self.courses.get(id)) is None:
            found = self.courses[id] = CourseFacts(id)
            self.touched_courses.add(id)
        return found

    def tutors(self, person: Person, course: str) -> Iterator[str]:
        """The learner's own tutor, then the course's, in order."""
        own = person.profile.get("tutor")
        if own:
            yield own
        if course in self.courses:
            yield from (one for one in self.courses[course].with_role(*self.tutor_roles) if one != own)


def related(state: State, id: str) -> set[str]:
    """The ids of the people whose profiles or digests a step of this person may need."""
    person = state.people.get(id)
    if person is None:
        return set()
    wanted = {person.profile.get("tutor"), person.profile.get("manager")}
    for course in person.courses:
        if course in state.courses:
            wanted.update(one for ids in state.courses[course].staff.values() for one in ids)
    return {one for one in wanted if one and one != id}
