"""Who is enrolled when, from Moodle's enrolment methods: one row and one log event a method, not a learner.

A learner is enrolled while at least one active method of an enabled instance holds him. The log does not say what
an update changed: from an active start, updates are taken as suspension and resumption in turn, so that the last one
leads to the status that the table has now; where that does not come out even, the first update changed something
else (a date).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from planned.sources.moodle_tables import Row, Tables, number, other

DISABLED = "disabled-method"
"""The role of who is enrolled through a disabled instance only: no learner's, so that none of his events enrols him."""

ENROLMENT_EVENTS = frozenset(
    {
        "user_enrolment_created",
        "user_enrolment_updated",
        "user_enrolment_deleted",
        "role_assigned",
        "role_unassigned",
        "user_deleted",
    }
)

Place = tuple[int, int]
"""(timecreated, log id): the order of everything; a log id of 0 is before all of its second."""


@dataclass(slots=True)
class _Method:
    """One row of user_enrolments over time: what happened to it, and what is known of it."""

    id: int
    user: int
    course: int
    instance: int = 0
    plugin: str = ""
    status: int = 0
    start: int = 0
    end: int = 0
    created: Place | None = None
    updates: list[Place] = field(default_factory=list)
    deleted: Place | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One event to be: `kind` with `fields`, of `user` in `course`, at `place`."""

    place: Place
    id: str
    kind: str
    course: int
    user: int
    fields: dict[str, Any]


class Enrolments:
    """Collects rows and log events, then tells the changes in order. Memory grows with learners."""

    def __init__(self, tables: Tables) -> None:
        self._instances = {number(row["id"]): row for row in tables.good_rows("enrol")}
        self._roles = {number(row["id"]): str(row["shortname"]) for row in tables.good_rows("role")}
        self._methods: dict[int, _Method] = {}
        self._role_log: dict[tuple[int, int], list[tuple[Place, int, bool]]] = defaultdict(list)
        self._contexts: dict[int, int] = {}
        self._gone: dict[int, Place] = {}
        self._tables = tables
        for row in tables.good_rows("user_enrolments"):
            self._row(row)

    def _row(self, row: Row) -> None:
        instance = self._instances.get(number(row.get("enrolid")), {})
        method = _Method(number(row["id"]), number(row.get("userid")), number(instance.get("courseid")))
        self._complete(method, row)
        self._methods[method.id] = method

    def _complete(self, method: _Method, row: Row) -> None:
        method.instance = number(row.get("enrolid"))
        method.status = number(row.get("status"))
        method.start, method.end = number(row.get("timestart")), number(row.get("timeend"))
        if method.created is None:
            method.created = (number(row.get("timecreated")), 0)

    def note(self, name: str, row: Row) -> None:
        """A row of the log whose event is one of ENROLMENT_EVENTS."""
        place = (number(row.get("timecreated")), number(row.get("id")))
        user, course = number(row.get("relateduserid")), number(row.get("courseid"))
        if name == "user_deleted":
            self._gone[user or number(row.get("objectid"))] = place
        elif name.startswith("role_"):
            if number(row.get("contextlevel")) == 50:
                course = course or number(row.get("contextinstanceid"))
                self._contexts[number(row.get("contextid"))] = course
                self._role_log[course, user].append((place, number(row.get("objectid")), name == "role_assigned"))
        else:
            self._method(name, row, place, user, course)

    def _method(self, name: str, row: Row, place: Place, user: int, course: int) -> None:
        id_ = number(row.get("objectid"))
        method = self._methods.setdefault(id_, _Method(id_, user, course))
        method.course = method.course or course
        said = other(row)
        method.plugin = str(said.get("enrol", ""))
        if name == "user_enrolment_created":
            method.created = place
        elif name == "user_enrolment_updated":
            method.updates.append(place)
        else:
            method.deleted = place
            last = said.get("userenrolment")
            if isinstance(last, dict):
                self._complete(method, last)

    def known(self) -> bool:
        """Whether anything is known of enrolments; if not, who acts in a course is enrolled in it."""
        return bool(self._methods)

    def changes(self, until: int) -> list[Change]:
        """All changes, in order; `until` is the end of the recording in Unix seconds."""
        for places in self._role_log.values():
            places.sort()
        people: dict[tuple[int, int], list[_Method]] = defaultdict(list)
        for method in self._methods.values():
            if method.course and method.user:
                people[method.course, method.user].append(method)
        present = self._present_roles()
        found: list[Change] = []
        for (course, user), methods in people.items():
            found.extend(self._of_person(course, user, methods, until, present))
        found.sort(key=lambda change: change.place)
        return found

    def _present_roles(self) -> dict[tuple[int, int], list[int]]:
        present: dict[tuple[int, int], list[int]] = defaultdict(list)
        for row in self._tables.good_rows("role_assignments"):
            course = self._contexts.get(number(row.get("contextid")))
            if course:
                present[course, number(row.get("userid"))].append(number(row.get("roleid")))
        return present

    # --- one person in one course -------------------------------------------------------------------

    def _of_person(
        self, course: int, user: int, methods: list[_Method], until: int, present: dict[tuple[int, int], list[int]]
    ) -> Iterator[Change]:
        now = ""
        turns: list[tuple[int, str]] = [(0, "")]
        ends = {method.id: method for method in methods}
        for place, label, method_id, standing in self._standings(methods, until):
            before, now = now, standing
            if before == now:
                continue
            turns.append((place[0], now))
            if now == "active" and before in ("", "disabled"):
                roles = self._roles_at(course, user, place, present.get((course, user), ()), ends[method_id])
                yield from _enrolment(place, label, course, user, roles, ends[method_id].end)
            else:
                kind = {"active": "resumption", "suspended": "suspension", "": "unenrolment"}.get(now, "")
                if now == "disabled":
                    if before:
                        yield Change(place, f"{label}:end", "unenrolment", course, user, {})
                    kind = "enrolment"
                yield Change(place, label, kind, course, user, {"role": DISABLED} if now == "disabled" else {})
        yield from self._further_roles(course, user, turns)
        if now and user in self._gone:
            place = self._gone[user]
            yield Change(place, f"log:{place[1]}:{course}", "unenrolment", course, user, {})

    def _standings(self, methods: list[_Method], until: int) -> Iterator[tuple[Place, str, int, str]]:
        """How the learner stands after each moment of his methods: (place, the event's id, the method, his standing).

        Who is out and in again within a second has never been out: so a synchronisation works that removes and adds.
        """
        held: dict[int, str] = {}
        found: list[tuple[Place, str, int, str]] = []
        for place, label, method, standing in sorted(one for each in methods for one in self._moments(each, until)):
            held[method] = standing
            now = _best(held.values())
            second = next((at for at, one in enumerate(found) if one[0][0] == place[0]), len(found))
            was = found[second - 1][3] if second else ""
            if now and now == was and any(not one[3] for one in found[second:]):
                del found[second:]
            found.append((place, label, method, now))
        return iter(found)

    def _moments(self, method: _Method, until: int) -> Iterator[tuple[Place, str, int, str]]:
        """When this method's standing changes: (place, the event's id, the method, its standing from then on)."""
        instance = self._instances.get(method.instance) or self._by_plugin(method)
        enabled = instance is None or number(instance.get("status")) == 0
        created = method.created or (0, 0)
        if method.start > created[0]:
            created = (method.start, 0)
        label = f"log:{created[1]}" if created[1] else f"user_enrolment:{method.id}"
        yield created, label, method.id, "active" if enabled else "disabled"
        updates = sorted(method.updates)
        if len(updates) % 2 != method.status:
            updates = updates[1:]
        if method.status and not updates:
            yield (created, f"{label}:suspended", method.id, "suspended" if enabled else "disabled")
        for turn, place in enumerate(updates):
            standing = "active" if turn % 2 else "suspended"
            yield place, f"log:{place[1]}", method.id, standing if enabled else "disabled"
        if method.end and method.end <= until and (method.deleted is None or method.end < method.deleted[0]):
            yield (method.end, 0), f"user_enrolment:{method.id}:end", method.id, ""
        if method.deleted:
            yield method.deleted, f"log:{method.deleted[1]}", method.id, ""

    def _by_plugin(self, method: _Method) -> Row | None:
        """The instance of a method whose row is gone and whose deletion did not say."""
        for instance in self._instances.values():
            if number(instance.get("courseid")) == method.course and instance.get("enrol") == method.plugin:
                return instance
        return None

    def _roles_at(self, course: int, user: int, place: Place, present: Iterable[int], method: _Method) -> list[str]:
        """The roles that come with an enrolment: those of the same second; else those there now, or the instance's."""
        roles: list[int] = []
        for (time, _), role, given in self._role_log.get((course, user), ()):
            if time > place[0]:
                break
            if given and role not in roles:
                roles.append(role)
            elif not given and role in roles:
                roles.remove(role)
        if not roles and (course, user) not in self._role_log:
            roles = list(present) or [number(self._instances.get(method.instance, {}).get("roleid"))]
        return [self._roles[role] for role in roles if role in self._roles]

    def _further_roles(self, course: int, user: int, turns: list[tuple[int, str]]) -> Iterator[Change]:
        """Roles given later than in the second of an enrolment, while enrolled."""
        for place, role, given in self._role_log.get((course, user), ()):
            since, standing = max(turn for turn in turns if turn[0] <= place[0])
            if given and since < place[0] and standing in ("active", "suspended") and role in self._roles:
                yield Change(place, f"log:{place[1]}", "enrolment", course, user, {"role": self._roles[role]})


def _best(standings: Iterable[str]) -> str:
    found = set(standings)
    for standing in ("active", "suspended", "disabled"):
        if standing in found:
            return standing
    return ""


def _enrolment(place: Place, label: str, course: int, user: int, roles: list[str], end: int) -> Iterator[Change]:
    """One event a role; without any role, one without."""
    for index, role in enumerate(roles or [""]):
        fields: dict[str, Any] = {"role": role} if role else {}
        if end:
            fields["until"] = end
        yield Change(place, f"{label}:{role}" if index else label, "enrolment", course, user, fields)
