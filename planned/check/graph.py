"""The rule graph: what checked files mean, as plain data that the engine runs on.

Names are resolved (an activity is its source id, a rule its name), declarations are folded into each
rule's `Context`, aliases are gone. Nodes are trigger, wait, guard, action and completion; `edges` says
what follows what, across rules too. `index` answers in one look which rules an event concerns, so that
the cost of an event never depends on the number of rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from planned.diagnostics import Language
from planned.syntax.ast import Duration, GradeOp, ProfileOp

Day = date
"""`Atom` has a field `date`, which would hide the type."""


class Kind(StrEnum):
    """The facts of section 2.1, trigger column and condition column apart where they mean different things."""

    # states: true from one event until another
    COMPLETE = "complete"  # key: activity
    RULE_COMPLETE = "rule-complete"  # key: rule
    COURSE_COMPLETE = "course-complete"
    GRADE = "grade"  # key: activity; op, number, percent
    ENROLLED = "enrolled"
    WITHOUT_ACCESS = "without-access"  # duration
    IN_GROUP = "in-group"  # key: group
    DATE_OVER = "date-over"  # date
    # happenings: a new moment each time; `times` in triggers
    PASSING = "passing"  # key: activity
    FAILING = "failing"
    SUBMISSION = "submission"
    VIEWING = "viewing"
    FIRST_ACCESS = "first-access"
    ACCESS = "access"
    LEAVING_GROUP = "leaving-group"  # key: group
    SENDING = "sending"  # key: rule
    EVENT = "event"  # key: kind
    # conditions only
    IS_PASSED = "is-passed"  # key: activity
    IS_FAILED = "is-failed"
    IS_SUBMITTED = "is-submitted"
    IS_VIEWED = "is-viewed"
    IS_SENT = "is-sent"  # key: rule
    ENROLLED_AS = "enrolled-as"  # key: role
    ACTIVE_WITHIN = "active-within"  # duration
    PROFILE = "profile"  # key: field; op, text
    TODAY_IS = "today-is"  # weekdays
    BEFORE_DAY = "before-day"  # day
    AFTER_DAY = "after-day"  # day


HAPPENINGS = frozenset(
    {
        Kind.PASSING,
        Kind.FAILING,
        Kind.SUBMISSION,
        Kind.VIEWING,
        Kind.FIRST_ACCESS,
        Kind.ACCESS,
        Kind.LEAVING_GROUP,
        Kind.SENDING,
        Kind.EVENT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One declaration of a named date: a calendar day in each reader's zone, or with `at` one instant in `zone`.

    `zone` None: the file declares none (the settings' zone holds).
    """

    day: date
    at: time | None
    zone: str | None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDate:
    """`what`: `deadline` (of `activity`), `start`, `end`, `end-of-enrolment`, or a declared name, as in
    `date` events."""

    what: str
    activity: str | None = None
    declared: tuple[Declared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One fact or condition, resolved. `text` is what stands in the file, in canonical spelling; `title` what a reader
    calls it."""

    kind: Kind
    key: str = ""
    times: int = 1
    op: GradeOp | ProfileOp | None = None
    number: Decimal | None = None
    percent: bool = False
    duration: Duration | None = None
    date: CourseDate | None = None
    weekdays: frozenset[int] = frozenset()
    day: Day | None = None
    value: str = ""
    fact: bool = True
    """Written as a fact: in a trigger it counts what happened since the enrolment; a condition says what is so."""
    text: str = field(default="", compare=False)
    title: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    item: Expr


@dataclass(frozen=True, slots=True)
class All:
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Any:
    items: tuple[Expr, ...]


Expr = Atom | Not | All | Any


# --- triggers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    what: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """`weekdays` (0 is Monday), or else each `number` weeks or months counted from the enrolment or the
    `since` fact."""

    at: time
    weekdays: frozenset[int] = frozenset()
    number: int = 0
    unit: Literal["week", "month"] | None = None
    since: Atom | None = None
    until: Atom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDay:
    day: date
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeDate:
    """`lead` is None with `on the day of`."""

    date: CourseDate
    lead: Duration | None
    at: time | None


Trigger = After | Every | OnDay | BeforeDate

# --- steps ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    duration: Duration
    at: time | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """The next such weekday (0 is Monday), or that day."""

    at: time
    weekday: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUpTo:
    duration: Duration
    fact: Atom


Wait = WaitFor | WaitUntil | WaitUpTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`text` is the clause in canonical spelling in the file's language: `unless Lesson2 complete`."""

    kind: Literal["if", "unless"]
    condition: Expr
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """`name` is the template's, None for a string in place. `subject` and `text` are Jinja2 sources (`%…%` replaced
    already)."""

    name: str | None
    subject: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    kind: Literal["learner", "tutor", "tutors", "manager", "noreply", "role", "contact"]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    messages: tuple[MessageText, ...]
    subject: str | None = None
    to: Who = Who(kind="learner")
    sender: Who = Who(kind="noreply")
    channel: str = "email"
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    who: Who
    message: MessageText
    subject: str | None = None
    channel: str = "email"
    daily_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """`times`: repetitions after the first message; the smaller of `up to` and of a list's length less one."""

    every: Duration
    at: time | None
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`id` is the (first) template's name, else the place from 1, and unique in the rule: waiting messages belong to
    it."""

    id: str
    wait: Wait | None
    guards: tuple[Guard, ...]
    send: Send
    notices: tuple[Notify, ...]
    repeat: Repeat | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When no message leaves. Hours as (start, end) pairs, over midnight where end <= start; dates with both ends
    included."""

    hours: tuple[tuple[time, time], ...] = ()
    weekdays: frozenset[int] = frozenset()
    holidays: tuple[str, ...] = ()
    dates: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The declarations that hold for a rule. `zone` None: none is declared (the settings' zone holds, UTC failing
    one)."""

    file: str
    language: Language
    zone: str | None = None
    zone_for_all: bool = False
    quiet: Quiet = Quiet()
    limits: tuple[tuple[int, Literal["day", "week"]], ...] = ()
    lateness: Duration | None = None
    activities: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    """Declared name to (source id, title), for `{{ activity.NAME.title }}`."""
    contacts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Contact's name to its display name."""
    course_title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `course` None: each course by itself. `order` is its place over all files, from 0."""

    name: str
    course: str | None
    order: int
    trigger: Trigger
    steps: tuple[Step, ...]
    context: Context
    was: str | None = None
    title: str | None = None
    topic: str | None = None
    mode: Literal["running", "draft", "paused"] = "running"
    first_day: date | None = None
    last_day: date | None = None
    stop: tuple[Expr, ...] = ()
    """The conditions of `stop once` and of `stop all once`: any of them stops."""
    complete_when: Literal["sent", "elapsed"] = "sent"
    again: Literal["once", "each-time"] | Duration = "once"
    expires_after: Duration | None = None
    even_when_unenrolled: bool = False
    source: str = ""
    """`relance.rules:13`: the file's name and the line on which the rule starts."""
    revision: str = ""
    """Twelve hexadecimal digits over the rule's canonical text and context; recorded, never part of a key."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to the next, `rule:trigger`, `rule:1:wait`, `rule:1:send`, `rule:complete` …; `label` says why, if
    not plainly "then"."""

    source: str
    target: str
    label: str = ""


Key = tuple[str, str]
"""What an event can touch: a fact group of `Graph.index`, such as ("completion", "Quiz1") or ("group", "A")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All rules of a deployment, in the order of the files. `edges` is made by `planned.check.edges` on demand."""

    rules: tuple[Rule, ...] = ()
    unscoped: tuple[str, ...] = ()
    """Files with neither `course` nor `every course`: their rules serve each course in a dry-run, and are refused
    live."""
    index: Mapping[str | None, Mapping[Key, tuple[Rule, ...]]] = field(default_factory=dict, hash=False, repr=False)
    """By course (None: rules for each course), then by key: the rules that watch it, in order."""


def keys_of(atom: Atom) -> tuple[Key, ...]:
    """The keys under which an event may change `atom`. Calendar conditions have none: only time changes them."""
    match atom.kind:
        case Kind.COMPLETE | Kind.PASSING | Kind.FAILING | Kind.IS_PASSED | Kind.IS_FAILED:
            return (("completion", atom.key),)
        case Kind.COURSE_COMPLETE:
            return (("completion", ""),)
        case Kind.GRADE:
            return (("grade", atom.key),)
        case Kind.SUBMISSION | Kind.IS_SUBMITTED:
            return (("submission", atom.key),)
        case Kind.VIEWING | Kind.IS_VIEWED:
            return (("viewing", atom.key),)
        case Kind.ACCESS | Kind.FIRST_ACCESS:
            return (("access", ""),)
        case Kind.WITHOUT_ACCESS:
            return (("visit", ""), ("completion", ""), ("date", "end:"))
        case Kind.ACTIVE_WITHIN:
            return (("visit", ""),)
        case Kind.ENROLLED | Kind.ENROLLED_AS:
            return (("enrolment", ""),)
        case Kind.IN_GROUP | Kind.LEAVING_GROUP:
            return (("group", atom.key),)
        case Kind.DATE_OVER:
            assert atom.date is not None
            return keys_of_date(atom.date)
        case Kind.RULE_COMPLETE:
            return (("rule-complete", atom.key),)
        case Kind.SENDING | Kind.IS_SENT:
            return (("sending", atom.key),)
        case Kind.EVENT:
            return (("event", atom.key),)
        case Kind.PROFILE:
            return (("profile", ""),)
        case Kind.TODAY_IS | Kind.BEFORE_DAY | Kind.AFTER_DAY:
            return ()


def keys_of_date(date: CourseDate) -> tuple[Key, ...]:
    """A date changes by its events, `end-of-enrolment` by the enrolment, one declared for a group by that group."""
    if date.what == "end-of-enrolment":
        return (("enrolment", ""),)
    groups = {one.group for one in date.declared if one.group}
    return (("date", f"{date.what}:{date.activity or ''}"), *(("group", group) for group in sorted(groups)))


def atoms_of(expr: Expr) -> tuple[Atom, ...]:
    """The leaves of an expression, left to right."""
    match expr:
        case Atom():
            return (expr,)
        case Not(item):
            return atoms_of(item)
        case All(items) | Any(items):
            return tuple(atom for item in items for atom in atoms_of(item))
