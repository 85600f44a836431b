"""Facts as the oracle knows them: every question is answered by reading the log again from its beginning.

The log has the events in their order and, between them, what the rules did (`!sent`, `!complete`). A `View` is a
moment: the first `count` lines of the log are known, it is `now`, and `timers` says whether what time turns at this
very instant has turned already (events come first, 4.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from planned.syntax import ast
from tests.oracle.calendar_oracle import after, instant, midnight
from tests.oracle.reading import Rule, norm

LEARNER_ROLES = {"student"}
TUTOR_ROLES = {"tutor", "teacher", "editingteacher"}
Who = tuple[str, str]
"""Course and learner."""


@dataclass(frozen=True)
class Line:
    """One line of the log; `fields` is the event as it came."""

    time: datetime
    kind: str
    course: str | None
    learner: str | None
    id: str
    fields: Mapping[str, Any]
    because: tuple[str, ...] = ()

    def name(self, key: str) -> str:
        return norm(str(self.fields.get(key) or ""))


@dataclass
class Enrolment:
    start: int
    time: datetime
    announced: int | None
    suspended: bool = False
    ended: int | None = None


@dataclass(frozen=True)
class Since:
    """When a fact became true: the place in the log (None: by time alone), the moment, and because of which events."""

    place: int | None
    time: datetime
    because: tuple[Line, ...] = ()


P = ParamSpec("P")
Answer = TypeVar("Answer")


def remembered(question: Callable[Concatenate[View, P], Answer]) -> Callable[Concatenate[View, P], Answer]:
    """The log only grows: who asks the same of as much of it has the same answer, which he must not change."""

    @wraps(question)
    def ask(view: View, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        key = (question.__name__, view.count, *args)
        if key not in view.answers:
            view.answers[key] = question(view, *args, **kwargs)
        found: Answer = view.answers[key]
        return found

    return ask


@dataclass(frozen=True)
class View:
    log: list[Line]
    count: int
    now: datetime
    timers: bool
    default_zone: str
    rules: list[Rule]
    answers: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """To what was asked of this log already."""

    def reached(self, moment: datetime) -> bool:
        return moment < self.now or (moment == self.now and self.timers)

    @remembered
    def of(self, who: Who) -> list[tuple[int, Line]]:
        """What is known of a learner in a course, with what holds for the whole course."""
        course, learner = who
        known = enumerate(self.log[: self.count])
        return [(place, line) for place, line in known if line.learner == learner and line.course == course]

    # --- people ---------------------------------------------------------------------------------------

    @remembered
    def profile(self, learner: str, name: str) -> Any:
        value = None
        for line in self.log[: self.count]:
            if line.kind == "profile" and line.learner == learner:
                user = line.fields["user"]
                if name in user:
                    value = user[name]
                elif name in (user.get("profile") or {}):
                    value = user["profile"][name]
        return value

    def zone(self, rule: Rule, learner: str) -> str:
        declared = rule.timezone
        if declared is not None and declared.for_all:
            return declared.zone
        own = self.profile(learner, "timezone")
        if own:
            return str(own)
        return declared.zone if declared is not None else self.default_zone

    @remembered
    def teachers(self, course: str) -> list[str]:
        """Who is announced in a tutor's role and has not left, the first one first."""
        found: dict[str, datetime] = {}
        for line in self.log[: self.count]:
            if line.course == course and line.kind == "enrolment" and line.name("role") in TUTOR_ROLES:
                found.setdefault(str(line.learner), line.time)
            if line.course == course and line.kind == "unenrolment":
                found.pop(str(line.learner), None)
        return sorted(found, key=lambda name: (found[name], name))

    @remembered
    def enrolments(self, who: Who) -> list[Enrolment]:
        """Section 4.2, readings 4 and 5."""
        found: list[Enrolment] = []
        announced = False  # a role or an unenrolment has been announced: other events enrol nobody from then on
        for place, line in self.of(who):
            if line.kind.startswith("!") or line.kind == "profile":
                continue
            current = found[-1] if found and found[-1].ended is None else None
            role = line.name("role") if line.kind == "enrolment" else ""
            counts = not role or role in LEARNER_ROLES
            if line.kind == "unenrolment":
                if current is not None:
                    current.ended = place
                announced = True
                continue
            if current is None and (counts if line.kind == "enrolment" else not announced):
                current = Enrolment(place, line.time, None)
                found.append(current)
            if line.kind == "enrolment":
                announced = True
                if current is not None and counts and current.announced is None:
                    current.announced = place
            elif line.kind in ("suspension", "resumption") and current is not None:
                current.suspended = line.kind == "suspension"
        return found

    @remembered
    def roles(self, who: Who) -> set[str]:
        """The roles given since the last unenrolment (reading 5)."""
        found: set[str] = set()
        for _, line in self.of(who):
            if line.kind == "enrolment" and line.name("role"):
                found.add(line.name("role"))
            elif line.kind == "unenrolment":
                found.clear()
        return found

    def enrolment(self, who: Who) -> Enrolment | None:
        found = self.enrolments(who)
        return found[-1] if found and found[-1].ended is None else None

    # --- dates ----------------------------------------------------------------------------------------

    def date_of(self, who: Who, rule: Rule, ref: ast.DateRef) -> tuple[datetime | date, str, tuple[Line, ...]] | None:
        """What is known of a date: an instant or a calendar day, the zone in which a day is counted, and its event."""
        course, learner = who
        own: Line | None = None
        general: Line | None = None
        if isinstance(ref, ast.CourseDate) and ref.what == "end-of-enrolment":
            enrolments = self.enrolments(who)
            for place, line in self.of(who):
                here = line.kind == "enrolment" and enrolments and place >= enrolments[-1].start
                if here and line.name("role") in ("", *LEARNER_ROLES) and "until" in line.fields:
                    own = line
            return None if own is None else (moment(own.fields["until"]), "UTC", (own,))
        for line in self.log[: self.count]:
            if line.kind == "date" and line.course == course and self._is_of(rule, ref, line):
                if line.learner is None:
                    general = line
                elif line.learner == learner:
                    own = line
        for chosen in (own, general):
            if chosen is not None and chosen.fields["at"] is not None:
                return moment(chosen.fields["at"]), "UTC", (chosen,)
        return self._declared(who, rule, ref)

    def _is_of(self, rule: Rule, ref: ast.DateRef, line: Line) -> bool:
        match ref:
            case ast.Deadline():
                return line.name("what") == "deadline" and line.name("activity") == rule.activity(ref.activity)
            case ast.CourseDate():
                return line.name("what") == ref.what and not line.name("activity")
            case ast.DeclaredDate():
                return line.name("what") == norm(ref.name.text) and not line.name("activity")

    def _declared(self, who: Who, rule: Rule, ref: ast.DateRef) -> tuple[datetime | date, str, tuple[Line, ...]] | None:
        if not isinstance(ref, ast.DeclaredDate):
            return None
        mine = [
            one for one in rule.dates(ref.name) if one.group is not None and self.member(who, rule.group(one.group))
        ]
        plain = [one for one in rule.dates(ref.name) if one.group is None]
        for one in mine + plain:
            zone = rule.zone_of_declaration(one)
            if one.at is None:
                return one.day.day, zone, ()
            clock = midnight(one.day.day) + timedelta(hours=one.at.hour, minutes=one.at.minute)
            return instant(clock, zone), zone, ()
        return None

    def date_over(self, who: Who, rule: Rule, ref: ast.DateRef) -> tuple[datetime, tuple[Line, ...]] | None:
        """The instant at which the date is over: a day without a time at the midnight that follows (reading 1)."""
        found = self.date_of(who, rule, ref)
        if found is None:
            return None
        value, _, because = found
        if isinstance(value, datetime):
            return value, because
        return instant(midnight(value + timedelta(days=1)), self.zone(rule, who[1])), because

    def member(self, who: Who, group: str) -> bool:
        return self.turned(who, lambda line: line.fields["member"] if _is_group(line, group) else None) is not None

    # --- visits ---------------------------------------------------------------------------------------

    def inactive_from(self, who: Who, rule: Rule, duration: ast.Duration) -> tuple[datetime, Line] | None:
        """When the delay since the last visit or, failing one, the (last) enrolment is over (reading 7)."""
        enrolments = self.enrolments(who)
        return self._inactive_since(who, rule, duration, enrolments[-1]) if enrolments else None

    def _inactive_since(
        self, who: Who, rule: Rule, duration: ast.Duration, enrolled: Enrolment
    ) -> tuple[datetime, Line]:
        last, start = self.log[enrolled.start], enrolled.time
        for place, line in self.of(who):
            done = line.kind == "completion" and line.name("state") != "incomplete"
            if place >= enrolled.start and (line.kind in ("access", "viewing", "submission") or done):
                last, start = line, line.time
        zone = self.zone(rule, who[1])
        return after(start, duration.parts, zone, regions=rule.quiet.regions).instant(zone), last

    def without_access(self, who: Who, rule: Rule, duration: ast.Duration, enrolled: Enrolment | None) -> Since | None:
        """Counted from that enrolment, whose own end undoes nothing (reading 9)."""
        if enrolled is None or self._closed(who, rule):
            return None
        over, last = self._inactive_since(who, rule, duration, enrolled)
        return Since(None, max(over, self._opened(who, rule)), (last,)) if self.reached(over) else None

    def _closed(self, who: Who, rule: Rule) -> bool:
        """Whether the course is complete or over for him."""
        end = self.date_over(who, rule, ast.CourseDate(what="end"))
        complete = self.turned(who, lambda line: _completes(line, ""))
        return complete is not None or (end is not None and self.reached(end[0]))

    @remembered
    def _opened(self, who: Who, rule: Rule) -> datetime:
        """When it was last closed no more (reading 7); long ago, if that has never been."""
        opened = datetime.min.replace(tzinfo=UTC)
        for place, line in enumerate(self.log[: self.count]):
            if line.kind in ("completion", "date") and line.course == who[0] and line.learner in (None, who[1]):
                before, after = (
                    View(self.log, count, line.time, False, self.default_zone, self.rules, self.answers)
                    for count in (place, place + 1)
                )
                if before._closed(who, rule) and not after._closed(who, rule):
                    opened = line.time
        return opened

    # --- states and happenings ------------------------------------------------------------------------

    def turned(self, who: Who, value: Callable[[Line], bool | None]) -> Since | None:
        """Since when a state has been true; `value` says what a line makes of it (None: nothing)."""
        since = None
        for place, line in self.of(who):
            new = value(line)
            if new is True and since is None:
                since = Since(place, line.time, (line,))
            elif new is False:
                since = None
        return since

    def happenings(self, who: Who, rule: Rule, fact: ast.Fact, start: int) -> list[tuple[int, Line]]:
        """All moments of a happening from the place `start` of the log on."""
        return [
            (place, line)
            for place, line in self.of(who)
            if place >= start and self._happens(who, rule, fact, place, line)
        ]

    def _happens(self, who: Who, rule: Rule, fact: ast.Fact, place: int, line: Line) -> bool:
        match fact:
            case ast.Passing() | ast.Failing():
                state = "passed" if isinstance(fact, ast.Passing) else "failed"
                named = line.kind == "completion" and line.name("activity") == rule.activity(fact.activity)
                return named and line.fields["state"] == state
            case ast.Submission() | ast.Viewing():
                kind = "submission" if isinstance(fact, ast.Submission) else "viewing"
                return line.kind == kind and line.name("activity") == rule.activity(fact.activity)
            case ast.Access() | ast.FirstAccess():
                return line.kind == "access"
            case ast.LeavingGroup():
                group = rule.group(fact.group)
                earlier = View(self.log, place, self.now, self.timers, self.default_zone, self.rules, self.answers)
                return _is_group(line, group) and line.fields["member"] is False and earlier.member(who, group)
            case ast.Sending():
                return line.kind == "!sent" and line.name("rule") == norm(fact.rule.text)
            case ast.CustomEvent():
                return norm(line.kind) == norm(fact.kind.text)
            case _:
                return False

    def state(self, who: Who, rule: Rule, fact: ast.Expr) -> Since | None:
        """Since when a state of the table has been true, whatever the enrolment."""
        match fact:
            case ast.Completion(target=name) | ast.IsComplete(target=name):
                target = norm(name.text)
                if is_rule(self.rules, who[0], target):
                    return self.turned(who, lambda line: True if rule_completes(line, target) else None)
                activity = rule.activity(name)
                return self.turned(who, lambda line: _completes(line, activity))
            case ast.CourseCompletion() | ast.CourseIsComplete():
                return self.turned(who, lambda line: _completes(line, ""))
            case ast.Grade():
                activity = rule.activity(fact.activity)
                return self.turned(who, lambda line: _grade(line, activity, fact))
            case ast.JoiningGroup(group=name) | ast.InGroup(group=name):
                group = rule.group(name)
                return self.turned(who, lambda line: line.fields["member"] if _is_group(line, group) else None)
            case ast.WithoutAccess():
                return self.without_access(who, rule, fact.duration, self.enrolment(who))
            case ast.DateReached(date=ref) | ast.DateIsOver(date=ref):
                over = self.date_over(who, rule, ref)
                return Since(None, over[0], over[1]) if over is not None and self.reached(over[0]) else None
            case _:
                raise AssertionError(f"no state: {fact}")


def is_rule(rules: list[Rule], course: str, name: str) -> bool:
    return any(one.name == name and one.course in (None, course) for one in rules)


def _is_group(line: Line, group: str) -> bool:
    return line.kind == "group" and line.name("group") == group


def _completes(line: Line, activity: str) -> bool | None:
    if line.kind != "completion" or line.name("activity") != activity:
        return None
    return bool(line.fields["state"] != "incomplete")


def rule_completes(line: Line, rule: str) -> bool:
    return line.kind == "!complete" and line.name("rule") == rule


def _grade(line: Line, activity: str, fact: ast.Grade) -> bool | None:
    if line.kind != "grade" or line.name("activity") != activity:
        return None
    number = float(line.fields["grade"])
    if fact.percent:
        if not line.fields.get("max"):
            return False
        number = number / float(line.fields["max"]) * 100
    limit = float(fact.value)
    match fact.op:
        case ast.GradeOp.BELOW:
            return number < limit
        case ast.GradeOp.ABOVE:
            return number > limit
        case ast.GradeOp.AT_LEAST:
            return number >= limit
        case ast.GradeOp.AT_MOST:
            return number <= limit


def moment(text: str) -> datetime:
    """An RFC 3339 time as an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)
