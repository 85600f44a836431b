"""A first scenario for rules that have none: what an imagined learner does, and what comes of it. It holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from planned.check.facts import activity_source
from planned.check.scope import Placed, PlacedScenario, Scope
from planned.engine.calendar import wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event, Instant
from planned.engine.imagined import Imagined, Shown, imagine
from planned.engine.scenario.play import Stage
from planned.engine.scenario.story import PLAIN, STATES
from planned.syntax import ast

VERBS = {kind: verb for verb, kind in PLAIN.items()}
COMPLETIONS = {state: verb for verb, state in STATES.items()}
SHOWN = 3
"""Messages that are expected."""


def examples(stage: Stage, start: date) -> Iterator[PlacedScenario]:
    """For the first rule of which a learner can be imagined: who gets its message, and one who does not."""
    for placed in stage.survey.rules:
        rule = next((one for one in stage.graph.rules if (one.course, one.name) == (placed.course, placed.name)), None)
        if rule is None:
            continue
        found = [
            scenario
            for story in imagine(stage.graph, rule, start, stage.default_zone)
            if story.shows in (Shown.SENT, Shown.SUPPRESSED)
            and (scenario := _written(story, placed, stage.default_zone)) is not None
            and stage.play(scenario).holds
        ]
        if found:
            yield from found[:2]
            return


def _written(story: Imagined, placed: Placed, default_zone: str) -> PlacedScenario | None:
    """The story as lines of a file; None if one of its events cannot be written as such."""
    writing = _Writing(placed.scope, placed.policy.zone[0] or default_zone, french=placed.file.language == "fr")
    given = [line for event in story.events for line in writing.given(event)]
    decided = [one for one in story.decisions if one.outcome.value == story.shows.value and not one.notice]
    expected = [writing.expect(one) for one in decided[:SHOWN]]
    if not given or any(line is None for line in given):
        return None
    lines: list[ast.Given | ast.Expect] = [line for line in given if line is not None]
    lines += dict.fromkeys(expected)
    title = ast.Text(text=_title(writing.who(story.learner), story.shows, placed))
    scenario = ast.Scenario(title=title, lines=tuple(lines))
    return PlacedScenario(scenario, placed.file, placed.course, placed.scope, placed.policy)


def _title(who: ast.Name, shows: Shown, placed: Placed) -> str:
    if placed.file.language == "fr":
        return f"{who.text} {'reçoit' if shows is Shown.SENT else 'ne reçoit pas'} {placed.name}"
    return f"{who.text} {'gets' if shows is Shown.SENT else 'does not get'} {placed.name}"


class _Writing:
    """From events and decisions to lines, with the names that the file declares."""

    def __init__(self, scope: Scope, zone: str, *, french: bool) -> None:
        self.zone = zone
        self.french = french
        activities = (one.node for one in scope.known("activity"))
        self.activities = {activity_source(node): node.name for node in activities if isinstance(node, ast.Activity)}
        groups = (one.node for one in scope.known("group"))
        self.groups = {node.source_id.text: node.name for node in groups if isinstance(node, ast.Group)}

    def given(self, event: Event) -> Iterator[ast.Given | None]:
        """The lines of an event, None for what cannot be written."""
        fields, kind = event.fields, event.kind
        day, at = self.moment(event.time)
        line = ast.Given(person=self.who(event.learner or ""), verb="visits", day=day, at=at)
        match kind:
            case "profile":
                yield from (replace(line, verb=verb, args=args) for verb, args in _profile(fields["user"]))
            case "enrolment":
                yield replace(line, verb="enrolled")
                if (until := fields.get("until")) is not None:
                    yield self.date(line, ast.CourseDate(what="end-of-enrolment"), until)
            case "completion" if "activity" not in fields:
                yield replace(line, verb="completes-course") if fields["state"] == "complete" else None
            case "completion":
                yield replace(line, verb=COMPLETIONS[fields["state"]], args=(self.activity(event),))
            case "grade":
                grade = Decimal(str(fields["grade"])).normalize()
                yield replace(line, verb="scores", args=(grade, self.activity(event)))
            case "group":
                verb = "joins" if fields["member"] else "leaves"
                yield replace(line, verb=verb, args=(self.groups.get(fields["group"], _name(fields["group"])),))
            case "date":
                ref = self.named(event)
                yield None if ref is None or fields["at"] is None else self.date(line, ref, fields["at"])
            case _ if kind in VERBS:
                yield replace(line, verb=VERBS[kind], args=(self.activity(event),) if "activity" in fields else ())
            case _:
                yield replace(line, verb="event", args=(ast.Text(text=kind),))

    def expect(self, one: Decision) -> ast.Expect:
        rule, who = _name(one.rule), self.who(one.learner)
        if one.outcome is Outcome.SUPPRESSED:
            return ast.Expect(outcome="suppressed", rule=rule, who=who)
        day, at = self.moment(one.at)
        return ast.Expect(outcome="sent", rule=rule, who=who, day=day, at=at)

    def who(self, learner: str) -> ast.Name:
        """A man or a woman: `est inscrit` is what the formatter writes."""
        return _name(learner.replace("Alice", "Camille") if self.french else learner)

    def moment(self, instant: Instant) -> tuple[ast.Day, ast.TimeOfDay]:
        wall = wall_of(instant, self.zone)
        return ast.Day(day=wall.date()), ast.TimeOfDay(hour=wall.hour, minute=wall.minute)

    def activity(self, event: Event) -> ast.Name:
        return self.activities.get(event.fields["activity"], _name(event.fields["activity"]))

    def date(self, line: ast.Given, ref: ast.DateRef, at: Instant) -> ast.Given:
        return replace(line, person=None, verb="date", args=(ref, *self.moment(at)))

    def named(self, event: Event) -> ast.DateRef | None:
        match event.fields["what"]:
            case "deadline":
                return ast.Deadline(activity=self.activity(event))
            case "start":
                return ast.CourseDate(what="start")
            case "end":
                return ast.CourseDate(what="end")
            case what:
                return ast.DeclaredDate(name=_name(what))


def _name(text: str) -> ast.Name:
    return ast.Name(text=text)


def _profile(user: dict[str, object]) -> Iterator[tuple[str, tuple[str | ast.Text, ...]]]:
    """What is said of a person beyond the name."""
    for field, value in user.items():
        if field == "timezone":
            yield "timezone", (str(value),)
        elif field == "profile" and isinstance(value, dict):
            yield from (("has", (str(own), ast.Text(text=str(said)))) for own, said in value.items())
        elif field not in ("id", "firstname", "lastname"):
            yield "has", (field, ast.Text(text=str(value)))
