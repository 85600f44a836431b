"""The people at hand: the part of the stored state that is in memory, the least recently wanted leaving first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from planned.engine.plan import Plan
from planned.engine.state import CourseFacts, Person, State, related
from planned.engine.state_json import dump_course, dump_person, load_course, load_person
from planned.store.base import Kept, Store, Stored, StoreError

Thing = TypeVar("Thing")


@contextmanager
def reading() -> Iterator[None]:
    """What goes wrong in it is the store's trouble, not that of the core which asked. Raises StoreError alone."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"the store cannot be read: {type(error).__name__}") from error


class _AtHand(dict[str, Thing], Generic[Thing]):
    """Reads from the store whatever the core asks for and is not at hand. Most has been read before, many at a time.

    So the core cannot mistake somebody who is not at hand for somebody who does not exist.
    """

    def __init__(self, read: Callable[[Collection[str]], dict[str, Thing]]) -> None:
        super().__init__()
        self._read = read
        self.asked: dict[str, None] = {}
        """Whom the store was asked for, the least recently wanted first."""

    def want(self, ids: Iterable[str]) -> None:
        """Have these at hand, as far as they exist."""
        missing = []
        for id_ in ids:
            if id_ in self.asked:
                del self.asked[id_]  # and put it back, as the latest
            else:
                missing.append(id_)
            self.asked[id_] = None
        if missing:
            with reading():
                self.update(self._read(missing))

    def __missing__(self, id_: str) -> Thing:
        if id_ not in self.asked:
            self.want([id_])
            if dict.__contains__(self, id_):
                return super().__getitem__(id_)
        raise KeyError(id_)

    def __contains__(self, id_: object) -> bool:
        return self.get(id_) is not None  # type: ignore[arg-type]  # a dict may be asked for anything

    def get(self, id_: str, default: Any = None) -> Any:
        try:
            return self[id_]
        except KeyError:
            return default


class _Members(MutableMapping[str, bool]):
    """Who belongs to a course, read only when somebody asks for all of them; they only ever join, at the end."""

    def __init__(self, read: Callable[[], Iterable[str]]) -> None:
        self._read = read
        self._known: dict[str, bool] | None = None
        self.joined: dict[str, bool] = {}
        """Who may be new: not stored yet, as far as is known here."""

    def _all(self) -> dict[str, bool]:
        if self._known is None:
            with reading():
                self._known = dict.fromkeys(self._read(), True)
        return self._known | self.joined if self.joined else self._known

    def settled(self) -> None:
        """Who joined is stored."""
        if self._known is not None:
            self._known.update(self.joined)
        self.joined.clear()

    def __setitem__(self, id_: str, value: bool) -> None:
        if self._known is None or id_ not in self._known:
            self.joined[id_] = value

    def __getitem__(self, id_: str) -> bool:
        return self._all()[id_]

    def __delitem__(self, id_: str) -> None:
        raise TypeError("nobody leaves a course for good")

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be stored: people, courses, and by course who is new in it."""

    people: dict[str, Kept]
    courses: dict[str, Stored]
    members: dict[str, list[str]]


class People:
    """Owns the `State` that the core works on; one thread at a time. `changed` has what `step` did, until `settled`."""

    def __init__(self, store: Store, plan: Plan, fresh: Callable[[], State], capacity: int = 20_000) -> None:
        self._store = store
        self._plan = plan
        self._fresh = fresh
        self._capacity = capacity
        self._topics = any(rule.topic for rule in plan.graph.rules)
        self.forget()

    def forget(self) -> None:
        """What is at hand may differ from what is stored: read it anew."""
        self._people = _AtHand[Person](self._read_people)
        self._courses = _AtHand[CourseFacts](self._read_courses)
        self._versions: dict[str, int] = {}
        self._course_versions: dict[str, int] = {}
        self.state = self._fresh()
        self.state.people, self.state.courses = self._people, self._courses

    def _read_people(self, ids: Collection[str]) -> dict[str, Person]:
        found = self._store.people(ids)
        self._versions.update((id_, one.version) for id_, one in found.items())
        return {id_: load_person(id_, one.body, self._plan) for id_, one in found.items()}

    def _read_courses(self, ids: Collection[str]) -> dict[str, CourseFacts]:
        found = self._store.courses(ids)
        self._course_versions.update((id_, one.version) for id_, one in found.items())
        return {id_: load_course(id_, one.body, self._members(id_)) for id_, one in found.items()}

    def _members(self, course: str) -> _Members:
        return _Members(partial(self._store.members, course))

    def want(self, ids: Collection[str], courses: Iterable[str] = ()) -> None:
        """Have these people at hand, with their courses and whoever else a step of theirs is known to need."""
        people = self._people
        people.want(ids)
        mine = {course for id_ in ids if (person := people.get(id_)) for course in person.courses}
        self._courses.want(mine.union(courses))
        others = {other for id_ in ids for other in related(self.state, id_)}
        people.want(others)
        if self._topics:
            self._ask_who_has_left({*ids, *others})

    def _ask_who_has_left(self, ids: Collection[str]) -> None:
        emails = {str(email) for id_ in ids if (email := self.profile(id_).get("email"))}
        found = self._store.suppressed({*emails, *ids})  # some channels know people by their ids
        self.state.left.update((one.address, one.topic) for one in found if one.reason == "unsubscribed")

    def want_members(self, course: str) -> None:
        """Have everybody of a course at hand."""
        found = self._courses.get(course)
        self.want(list(found.members) if found else [])

    def who_wait(self, ids: Collection[str]) -> list[str]:
        """Those of them for whom some message waits, due or held."""
        self._people.want(ids)
        found = [person for id_ in ids if (person := self._people.get(id_))]
        rules = ((person.id, part.rules.values()) for person in found for part in person.courses.values())
        waiting = [id_ for id_, progress in rules if any(one.waiting for one in progress)]
        self.settled()  # nothing was changed: those who are too many for the memory may leave
        return waiting

    def profile(self, id_: str) -> Mapping[str, Any]:
        """What is known about a person; nothing about who is unknown."""
        person = self._people.get(id_)
        return person.profile if person is not None else {}

    def join(self, id_: str, courses: Iterable[str]) -> None:
        """Note that a person belongs to these courses, as the core does at a first event."""
        self._courses.want(courses)
        for course in courses:
            facts = self.state.course(course)
            facts.members[id_] = True
            self.state.touched_courses.add(course)

    def tutor(self, id_: str, course: str) -> str | None:
        """The tutor of a learner in a course."""
        person = self._people.get(id_)
        self._courses.want([course])
        return next(self.state.tutors(person, course), None) if person is not None else None

    def changed(self) -> Changes:
        """The people and courses that were changed since they were last settled, as they are to be stored."""
        state = self.state
        courses = [state.courses[id_] for id_ in state.touched_courses]
        return Changes(
            people={id_: self._kept(state.people[id_]) for id_ in state.touched},
            courses={one.id: Stored(self._course_versions.get(one.id, 0), dump_course(one)) for one in courses},
            members={one.id: _joined(one) for one in courses},
        )

    def _kept(self, person: Person) -> Kept:
        return Kept(person.next_due, person.horizon, dump_person(person), self._versions.get(person.id, 0))

    def settled(self) -> None:
        """All that was changed is stored; the least recently wanted may leave."""
        self.state.left.clear()
        for versions, touched in (
            (self._versions, self.state.touched),
            (self._course_versions, self.state.touched_courses),
        ):
            versions.update((id_, versions.get(id_, 0) + 1) for id_ in touched)
        for id_ in self.state.touched_courses:
            course = self.state.courses[id_]
            if isinstance(course.members, _Members):
                course.members.settled()
            else:
                course.members = self._members(id_)
        self.state.touched.clear()
        self.state.touched_courses.clear()
        asked = self._people.asked
        if len(asked) > self._capacity:
            for id_ in list(asked)[: len(asked) - self._capacity]:
                del asked[id_]
                self._people.pop(id_, None)
                self._versions.pop(id_, None)


def _joined(course: CourseFacts) -> list[str]:
    return list(course.members.joined if isinstance(course.members, _Members) else course.members)
