"""What a scenario tells: its `given` lines as the events that the engine knows, and the time that it covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from planned.check.facts import Resolver
from planned.check.nearest import folded
from planned.check.policy import clock
from planned.check.scope import PlacedScenario, Survey
from planned.diagnostics import Diagnostic, Message, Severity
from planned.engine import phrases_fr
from planned.engine.bad_event import BadEvent
from planned.engine.calendar import day_start, instant_of
from planned.engine.decision_json import local_time
from planned.engine.decode import decode_object
from planned.engine.event import Event, Instant
from planned.engine.event_fields import USER_FIELDS
from planned.syntax import ast

COURSE = "scenario"
"""The id of the course in which a scenario below `every course` plays."""
DAYS_AFTER = 60
"""How long a scenario goes on after its last line, if no expectation with a day comes later (section 6)."""

NO_EVENT = Message("scenario-line", Severity.ERROR, "{en}", "{fr}", "{help_en}", "{help_fr}")
EMPTY = Message(
    "scenario-empty",
    Severity.ERROR,
    "Nothing happens in this scenario.",
    "Il ne se passe rien dans ce scénario.",
    "Say first what happens: given Alice enrolled on 2026-09-01",
    "Dites d'abord ce qui se passe : étant donné qu'Alice est inscrite le 1er septembre 2026",
)

FAR_AWAY = Message(
    NO_EVENT.name,
    Severity.ERROR,
    "Scenarios play between the years 1971 and 2099.",
    "Les scénarios se passent entre 1971 et 2099.",
    "Check the year of this day.",
    "Vérifiez l'année de ce jour.",
)
YEARS = range(1971, 2100)

STATES = {"completes": "complete", "passes": "passed", "fails": "failed", "resets": "incomplete"}
PLAIN = {
    "unenrolled": "unenrolment",
    "suspended": "suspension",
    "resumes": "resumption",
    "visits": "access",
    "submits": "submission",
    "views": "viewing",
}


@dataclass(frozen=True, slots=True)
class Story:
    """`events` are in order of time, `objects` the same as the JSON objects of section 5; `until` ends the day `end`.

    `lines` has the line of each event that stands in the scenario; the others are those of the start.
    """

    course: str
    zone: str
    events: tuple[Event, ...]
    objects: tuple[Mapping[str, Any], ...]
    lines: Mapping[str, ast.Given]
    end: date
    until: Instant

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.person.text for line in self.lines.values() if line.person))


def tell(survey: Survey, placed: PlacedScenario, default_zone: str) -> tuple[Story | None, list[Diagnostic]]:
    """The story of a scenario, or what is wrong with its lines."""
    givens = [line for line in placed.node.lines if isinstance(line, ast.Given)]
    if not givens:
        return None, [Diagnostic(EMPTY, placed.node.title.span)]
    if far := [day for line in placed.node.lines for day in _days(line) if day.day.year not in YEARS]:
        return None, [Diagnostic(FAR_AWAY, day.span) for day in far]
    telling = _Telling(survey, placed, givens, placed.policy.zone[0] or default_zone)
    told = sorted(telling.all(), key=lambda one: one[0])
    decoded = [decode_object(obj, obj["id"]) for _, obj in told]
    refused = [one for one in decoded if isinstance(one, BadEvent)]
    if refused:
        return None, [_refused(one, telling.lines.get(one.where, givens[0])) for one in refused]
    end = _end(placed.node, givens)
    return Story(
        course=telling.course,
        zone=telling.zone,
        events=tuple(one for one in decoded if isinstance(one, Event)),
        objects=tuple(obj for _, obj in told),
        lines=telling.lines,
        end=end,
        until=day_start(end + timedelta(days=1), telling.zone) - 1,
    ), []


def _days(line: ast.Given | ast.Expect) -> Iterator[ast.Day]:
    named = line.args if isinstance(line, ast.Given) else ()
    yield from (day for day in (*named, line.day) if isinstance(day, ast.Day))


def _end(scenario: ast.Scenario, givens: list[ast.Given]) -> date:
    """The day of the last expectation; 60 days after the last line, if that is a `given` (reading 52)."""
    expected = [line.day.day for line in scenario.lines if isinstance(line, ast.Expect) and line.day is not None]
    last = max(line.day.day for line in givens)
    return max(expected) if expected and max(expected) >= last else last + timedelta(days=DAYS_AFTER)


def _refused(bad: BadEvent, line: ast.Given) -> Diagnostic:
    args = {"en": bad.text("en"), "fr": bad.text("fr"), "help_en": bad.help("en"), "help_fr": bad.help("fr")}
    return Diagnostic(NO_EVENT, line.span, args)


Told = tuple[Instant, dict[str, Any]]


@dataclass(slots=True)
class _Telling:
    survey: Survey
    placed: PlacedScenario
    givens: list[ast.Given]
    zone: str
    lines: dict[str, ast.Given] = field(default_factory=dict)

    @property
    def course(self) -> str:
        return self.placed.course or COURSE

    @property
    def names(self) -> Resolver:
        placed = self.placed
        language, zone = placed.file.language, placed.policy.zone[0]
        return Resolver(self.survey, placed.scope, placed.course, language, zone, placed.scope.section.title or "")

    def all(self) -> Iterator[Told]:
        """Every event, those of the start first."""
        yield from self.start()
        ends = [line for line in self.givens if _ends_enrolments(line)]
        for number, line in enumerate(self.givens, 1):
            if _ends_enrolments(line):
                continue
            kind, fields = self.said(line)
            yield self.told(f"given-{number}", line, kind, fields)
        for number, line in enumerate(ends, 1):
            yield from self.enrolments_end(f"end-{number}", line)

    def start(self) -> Iterator[Told]:
        """Who they are; and who is not said to be enrolled is enrolled at the start of the first day."""
        first = day_start(min(line.day.day for line in self.givens), self.zone)
        announced = {line.person.text for line in self.givens if line.person and line.verb == "enrolled"}
        for person in dict.fromkeys(line.person.text for line in self.givens if line.person):
            yield self.event(f"person-{person}", first, "profile", person, {"user": {"firstname": person}})
            if person not in announced:
                yield self.event(f"enrolled-{person}", first, "enrolment", person, {})

    def told(self, id: str, line: ast.Given, kind: str, fields: dict[str, Any]) -> Told:
        self.lines[id] = line
        return self.event(id, self.instant(line.day, line.at), kind, line.person.text if line.person else None, fields)

    def event(self, id: str, at: Instant, kind: str, person: str | None, fields: dict[str, Any]) -> Told:
        made = {"id": id, "time": local_time(at, self.zone), "kind": kind, "course": self.course}
        return at, made | ({} if person is None else {"learner": person}) | fields

    def instant(self, day: ast.Day, at: ast.TimeOfDay | None) -> Instant:
        return instant_of(datetime.combine(day.day, clock(at) if at else time(12)), self.zone)

    # --- what a line says ---

    def said(self, line: ast.Given) -> tuple[str, dict[str, Any]]:
        """The kind of its event, and what that has beside time, course and learner."""
        arg = line.args[0] if line.args else None
        match line.verb:
            case "enrolled":
                return "enrolment", {"role": cast(ast.Text, arg).text} if arg else {}
            case "completes" | "passes" | "fails" | "resets":
                return "completion", {"activity": self.activity(arg), "state": STATES[line.verb]}
            case "completes-course":
                return "completion", {"state": "complete"}
            case "scores":
                return "grade", {"activity": self.activity(line.args[1]), "grade": float(cast(Decimal, arg))}
            case "joins" | "leaves":
                group = self.names.group(cast(ast.Name, arg))
                return "group", {"group": group, "member": line.verb == "joins"}
            case "has":
                return "profile", {"user": _profile(cast(str, arg), cast(ast.Text, line.args[1]).text)}
            case "timezone":
                return "profile", {"user": {"timezone": arg}}
            case "event":
                return cast(ast.Text, arg).text, {}
            case "date":
                return "date", self.date(line)
            case verb:
                return PLAIN[verb], {"activity": self.activity(arg)} if arg else {}

    def activity(self, arg: object) -> str:
        return self.names.activity(cast(ast.Name, arg))[0]

    def date(self, line: ast.Given) -> dict[str, Any]:
        named, _ = self.names.date(cast(ast.DateRef, line.args[0]))
        about = {} if named.activity is None else {"activity": named.activity}
        return {"what": named.what, **about, "at": self.moment(line)}

    def moment(self, line: ast.Given) -> str:
        """The day, and the time if there is one, that `DATE is …` names."""
        _, day, *at = line.args
        instant = self.instant(cast(ast.Day, day), cast(ast.TimeOfDay, at[0]) if at else None)
        return local_time(instant, self.zone)

    def enrolments_end(self, id: str, line: ast.Given) -> Iterator[Told]:
        """`end of enrolment is …`: it belongs to each enrolment, so it is told once for each person, when enrolled."""
        announced: dict[str, Instant] = {}
        for one in self.givens:
            if one.person and one.verb == "enrolled":
                announced.setdefault(one.person.text, self.instant(one.day, one.at))
        for person in dict.fromkeys(one.person.text for one in self.givens if one.person):
            own = f"{id}-{person}"
            self.lines[own] = line
            at = max(self.instant(line.day, line.at), announced.get(person, 0))
            yield self.event(own, at, "enrolment", person, {"until": self.moment(line)})


def _profile(field: str, value: str) -> dict[str, Any]:
    """A field of section 2.4 by its name or its French one (`ville`), which may also be one of the site's own."""
    if field in USER_FIELDS:
        return {field: value}
    own = {"profile": {field: value}}
    known = _FRENCH.get(folded(field))
    return {known: value, **own} if known else own


_FRENCH = {folded(word): field for field, word in phrases_fr.FIELDS.items()}


def _ends_enrolments(line: ast.Given) -> bool:
    date = line.args[0] if line.verb == "date" else None
    return isinstance(date, ast.CourseDate) and date.what == "end-of-enrolment"
