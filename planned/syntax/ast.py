"""What an author wrote: the abstract syntax of a `.rules` file, sections 1, 2 and 6 of the language.

Frozen and typed. Every node carries the span of its text, which does not count in equality, so that
`parse(print(node)) == node`. Names and texts are NFC, with runs of blanks in names as one space. What
a name refers to is not decided here but in `planned.check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from planned.diagnostics import Language, Span

NOWHERE = Span("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    form: str = field(default="", compare=False, repr=False)
    """What is kept of its author's spelling: quotes (`« `), an inflected word (`achevé`, `la formatrice`)."""


# --- words ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A name as compared: `Quiz1`, `Devoir à rendre`. `quoted` is layout and does not count."""

    text: str
    quoted: bool = field(default=False, compare=False)
    article: str = field(default="", compare=False, repr=False)
    """What its author wrote before it: `le`, `la`, `les`, `l'`, also in `du` or `aux`; `'` for `d'` and `qu'`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Node):
    """A string; of a `\"\"\"` one the common indentation is removed, of `« »` the blanks just inside."""

    text: str


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WORKING_DAY = "working-day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration(Node):
    """`3 days`; after `wait` it may have several parts, largest unit first: `1 day 4 hours`."""

    parts: tuple[tuple[int, Unit], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOfDay(Node):
    hour: int
    minute: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Node):
    """A calendar day, in whatever zone the reader lives."""

    day: date


class Weekday(StrEnum):
    """In the order of `datetime.date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


# --- dates of a course (section 2.1, row "date") -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Node):
    activity: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDate(Node):
    what: Literal["start", "end", "end-of-enrolment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDate(Node):
    name: Name


DateRef = Deadline | CourseDate | DeclaredDate

# --- facts: the column "After" of the table in section 2.1 --------------------------------------------


class GradeOp(StrEnum):
    BELOW = "below"
    ABOVE = "above"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Node):
    """State: `completion of X`, of an activity or of a rule."""

    target: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompletion(Node):
    """State: `completion of course`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing(Node):
    """Happening: `passing X [N times]`."""

    activity: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing(Node):
    activity: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade(Node):
    """State, and the same words as a condition: `grade of X below 10`, `… at least 50%`."""

    activity: Name
    op: GradeOp
    value: Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Node):
    activity: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing(Node):
    activity: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Node):
    """State: `enrolment`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAccess(Node):
    """Happening: the first `access`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Node):
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutAccess(Node):
    """State, and the same words as a condition: `7 days without access`."""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningGroup(Node):
    """State: `joining group G`."""

    group: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingGroup(Node):
    """Happening: `leaving group G`."""

    group: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReached(Node):
    """`deadline of X`, `start of course`, a declared date's name: true from that moment on."""

    date: DateRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending(Node):
    """Happening: `sending of R`."""

    rule: Name
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEvent(Node):
    """Happening: `event "kind"`."""

    kind: Text
    times: int = 1


Fact = (
    Completion
    | CourseCompletion
    | Passing
    | Failing
    | Grade
    | Submission
    | Viewing
    | Enrolment
    | FirstAccess
    | Access
    | WithoutAccess
    | JoiningGroup
    | LeavingGroup
    | DateReached
    | Sending
    | CustomEvent
)

# --- conditions: the column "As a condition" ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IsComplete(Node):
    target: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseIsComplete(Node):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class IsPassed(Node):
    activity: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class IsFailed(Node):
    activity: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class IsSubmitted(Node):
    activity: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class IsViewed(Node):
    activity: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledAs(Node):
    role: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveWithin(Node):
    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class InGroup(Node):
    """`in group G`; `not in group G` is `Not(InGroup)`."""

    group: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DateIsOver(Node):
    date: DateRef


@dataclass(frozen=True, slots=True, kw_only=True)
class IsSent(Node):
    rule: Name


class ProfileOp(StrEnum):
    IS = "is"
    CONTAINS = "contains"
    STARTS_WITH = "starts-with"
    IS_EMPTY = "is-empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Node):
    """`profile department is "…"`; `value` is None with `is empty`."""

    field: str
    op: ProfileOp
    value: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayIs(Node):
    days: tuple[Weekday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeDay(Node):
    day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterDay(Node):
    day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    item: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """Two items or more; an `And` directly within an `And` was written with parentheses and is kept."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    items: tuple[Expr, ...]


Condition = (
    IsComplete
    | CourseIsComplete
    | IsPassed
    | IsFailed
    | Grade
    | IsSubmitted
    | IsViewed
    | EnrolledAs
    | ActiveWithin
    | WithoutAccess
    | InGroup
    | DateIsOver
    | IsSent
    | Profile
    | TodayIs
    | BeforeDay
    | AfterDay
)

Expr = Fact | Condition | Not | And | Or
"""In a guard only conditions, in a trigger facts and conditions are its leaves; the parser sees to it."""

# --- triggers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class After(Node):
    what: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryWeekday(Node):
    """`every monday, thursday at 09:00`; `every day` is all seven."""

    days: tuple[Weekday, ...]
    at: TimeOfDay
    since: Fact | None = None
    until: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPeriod(Node):
    """`every 2 weeks at 09:00`, `every month at 09:00`."""

    number: int
    unit: Literal[Unit.WEEK, Unit.MONTH]
    at: TimeOfDay
    since: Fact | None = None
    until: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDay(Node):
    """`on 2026-10-05 at 09:00`."""

    day: Day
    at: TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeDate(Node):
    """`3 days before DATE [at 09:00]`; `on the day of DATE at 08:00` has no `lead`."""

    lead: Duration | None
    date: DateRef
    at: TimeOfDay | None = None


Trigger = After | EveryWeekday | EveryPeriod | OnDay | BeforeDate

# --- steps ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor(Node):
    """`wait [at least] 3 days [at 09:00]`."""

    duration: Duration
    at: TimeOfDay | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil(Node):
    """`wait until monday at 09:00`, `wait until 2026-10-05 at 09:00`."""

    day: Weekday | Day
    at: TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUpTo(Node):
    """`wait up to 7 days for FACT`."""

    duration: Duration
    fact: Fact


Wait = WaitFor | WaitUntil | WaitUpTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard(Node):
    kind: Literal["if", "unless"]
    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Who(Node):
    """A recipient or sender: `learner`, `tutor`, `tutors`, `manager`, `noreply`, `role "…"`, or a contact's name."""

    kind: Literal["learner", "tutor", "tutors", "manager", "noreply", "role", "contact"]
    name: Name | None = None


MessageRef = Text | Name
"""A string is always the text, a bare word a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Node):
    messages: tuple[MessageRef, ...]
    subject: Text | None = None
    to: Who | None = None
    sender: Who | None = None
    via: Name | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Node):
    who: Who
    message: MessageRef
    subject: Text | None = None
    via: Name | None = None
    daily_at: TimeOfDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Node):
    every: Duration
    at: TimeOfDay | None = None
    up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Node):
    wait: Wait | None
    guards: tuple[Guard, ...] = ()
    send: Send
    notices: tuple[Notify, ...] = ()
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainAfter(Node):
    duration: Duration


# --- statements ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Node):
    name: Name | None = None
    was: Name | None = None
    title: Text | None = None
    topic: Name | None = None
    mode: Literal["draft", "paused"] | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    trigger: Trigger
    steps: tuple[Step, ...]
    stop_once: Expr | None = None
    complete_when: Literal["sent", "elapsed"] | None = None
    again: Literal["each-time"] | AgainAfter | None = None
    expires_after: Duration | None = None
    even_when_unenrolled: bool = False
    places: tuple[tuple[str, Span], ...] = field(default=(), compare=False, repr=False)
    """Where its first line, if it has a name, and each clause stand; after the last message by the names of fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageDecl(Node):
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Node):
    path: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Timezone(Node):
    zone: str
    for_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Node):
    id: Name
    title: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryCourse(Node):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    name: Name
    title: Text | None = None
    source_id: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    name: Name
    source_id: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DateDecl(Node):
    name: Name
    title: Text | None = None
    day: Day
    at: TimeOfDay | None = None
    group: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Node):
    name: Name
    subject: Text | None = None
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Node):
    name: Name
    display: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Node):
    name: Name
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours(Node):
    start: TimeOfDay
    end: TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietWeekdays(Node):
    days: tuple[Weekday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHolidays(Node):
    """`region` is an ISO 3166 code, with a subdivision where one is named: `FR`, `FR-57`, `CA-QC`."""

    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietDates(Node):
    first: Day
    last: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Node):
    number: int
    per: Literal["day", "week"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness(Node):
    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAll(Node):
    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(Node):
    """A test of the rules; its lines are kept as the tokens that section 6 lists."""

    title: Text
    lines: tuple[Given | Expect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Node):
    """`given Alice completes Quiz1 on 2026-09-03 at 14:10`; `person` is None for a date of the course.

    `verb` is one of: enrolled, unenrolled, suspended, resumes, visits, completes, completes-course, passes, fails,
    resets, submits, views, scores, joins, leaves, has, timezone, event, date. `args` are its operands in order.
    """

    person: Name | None
    verb: str
    args: tuple[Name | Text | Decimal | DateRef | Day | TimeOfDay | str, ...] = ()
    day: Day
    at: TimeOfDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect(Node):
    """`outcome`: sent, notice, suppressed, none (no R to P), no-message (none at all to P), nothing-else."""

    outcome: Literal["sent", "notice", "suppressed", "none", "no-message", "nothing-else"]
    rule: Name | None = None
    who: Name | Who | None = None
    day: Day | None = None
    at: TimeOfDay | None = None


Statement = (
    LanguageDecl
    | Import
    | Timezone
    | Course
    | EveryCourse
    | Activity
    | Group
    | DateDecl
    | Template
    | Contact
    | Topic
    | QuietHours
    | QuietWeekdays
    | QuietHolidays
    | QuietDates
    | Limit
    | Lateness
    | StopAll
    | Rule
    | Scenario
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Node):
    """`#` and what follows it on its line."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Node):
    """All that could be read of one file. `language` is the declared one, else the first keyword's."""

    path: str
    language: Language
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    foreign: Span | None = field(default=None, compare=False)
    """In a file with keywords of both languages the first one that only the other language has."""
