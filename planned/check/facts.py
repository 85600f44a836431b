"""Facts and conditions from the AST to the graph: names become what events call them (section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import assert_never

from planned.check import graph
from planned.check.graph import Atom, Kind
from planned.check.policy import clock, weekdays
from planned.check.scope import Placed, Scope, Survey
from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.to_text import print_node


def one_space(text: str) -> str:
    """A name as compared (1.2): every run of blanks is one space, ’ is '; NFC was made on reading."""
    return " ".join(text.replace("’", "'").split())


@dataclass(frozen=True, slots=True)
class Resolver:
    """What the names in one rule mean."""

    survey: Survey
    scope: Scope
    course: str | None
    language: Language
    zone: str | None
    course_title: str

    @classmethod
    def of(cls, survey: Survey, placed: Placed) -> Resolver:
        title = placed.scope.section.title or ""
        return cls(survey, placed.scope, placed.course, placed.file.language, placed.policy.zone[0], title)

    # --- names ---

    def activity(self, name: ast.Name) -> tuple[str, str]:
        """(source id, title); of an undeclared name itself twice."""
        found = self.scope.find("activity", name.text)
        if found is None or not isinstance(found.node, ast.Activity):
            return name.text, name.text
        return activity_source(found.node), found.node.title.text if found.node.title else name.text

    def group(self, name: ast.Name) -> str:
        found = self.scope.find("group", name.text)
        return one_space(found.node.source_id.text) if found and isinstance(found.node, ast.Group) else name.text

    def is_rule(self, name: ast.Name) -> bool:
        """`completion of X` means a rule if there is one in the course and no activity X is declared."""
        return self.scope.find("activity", name.text) is None and bool(self.survey.rules_named(self.course, name.text))

    def rule_title(self, name: ast.Name) -> str:
        for placed in self.survey.rules_named(self.course, name.text):
            if placed.node.title:
                return placed.node.title.text
        return name.text

    def date(self, ref: ast.DateRef) -> tuple[graph.CourseDate, str]:
        """The date and what a reader calls it (of the course's own dates nothing)."""
        match ref:
            case ast.Deadline(activity=activity):
                source, title = self.activity(activity)
                return graph.CourseDate(what="deadline", activity=source), title
            case ast.CourseDate(what=what):
                return graph.CourseDate(what=what), self.course_title
            case ast.DeclaredDate(name=name):
                nodes = [
                    (one.node, one.zone) for one in self.scope.dates(name.text) if isinstance(one.node, ast.DateDecl)
                ]
                title = next((node.title.text for node, _ in nodes if node.title), name.text)
                declared = tuple(self._declared(node, zone) for node, zone in nodes)
                return graph.CourseDate(what=name.text, declared=declared), title

    def _declared(self, node: ast.DateDecl, zone: str | None) -> graph.Declared:
        return graph.Declared(
            day=node.day.day,
            at=clock(node.at) if node.at else None,
            zone=zone or self.zone,
            group=self.group(node.group) if node.group else None,
        )

    # --- expressions ---

    def expr(self, expr: ast.Expr) -> graph.Expr:
        match expr:
            case ast.Not(item=item):
                return graph.Not(self.expr(item))
            case ast.And(items=items):
                return graph.All(tuple(self.expr(item) for item in items))
            case ast.Or(items=items):
                return graph.Any(tuple(self.expr(item) for item in items))
            case _:
                return self.atom(expr)

    def atom(self, node: ast.Fact | ast.Condition) -> Atom:
        found = self._named(node)
        return found if isinstance(node, ast.Fact) else replace(found, fact=False)

    def _named(self, node: ast.Fact | ast.Condition) -> Atom:
        match node:
            case ast.Completion(target=target) | ast.IsComplete(target=target):
                return self._completion(node, target)
            case ast.Passing(activity=name, times=times):
                return self._about(Kind.PASSING, node, name, times)
            case ast.Failing(activity=name, times=times):
                return self._about(Kind.FAILING, node, name, times)
            case ast.Submission(activity=name, times=times):
                return self._about(Kind.SUBMISSION, node, name, times)
            case ast.Viewing(activity=name, times=times):
                return self._about(Kind.VIEWING, node, name, times)
            case ast.IsPassed(activity=name):
                return self._about(Kind.IS_PASSED, node, name)
            case ast.IsFailed(activity=name):
                return self._about(Kind.IS_FAILED, node, name)
            case ast.IsSubmitted(activity=name):
                return self._about(Kind.IS_SUBMITTED, node, name)
            case ast.IsViewed(activity=name):
                return self._about(Kind.IS_VIEWED, node, name)
            case ast.Grade():
                return self._grade(node)
            case ast.JoiningGroup(group=name) | ast.InGroup(group=name):
                return Atom(kind=Kind.IN_GROUP, key=self.group(name), text=self.text(node), title=name.text)
            case ast.LeavingGroup(group=name, times=times):
                return Atom(
                    kind=Kind.LEAVING_GROUP,
                    key=self.group(name),
                    times=times,
                    text=self.text(node),
                    title=name.text,
                )
            case ast.DateReached(date=ref) | ast.DateIsOver(date=ref):
                date_, title = self.date(ref)
                return Atom(kind=Kind.DATE_OVER, date=date_, text=self.text(node), title=title)
            case ast.Sending(rule=name, times=times):
                return self._sent(Kind.SENDING, node, name, times)
            case ast.IsSent(rule=name):
                return self._sent(Kind.IS_SENT, node, name, 1)
            case _:
                return self._without_name(node)

    def _without_name(
        self,
        node: ast.CourseCompletion
        | ast.CourseIsComplete
        | ast.Enrolment
        | ast.FirstAccess
        | ast.Access
        | ast.WithoutAccess
        | ast.ActiveWithin
        | ast.CustomEvent
        | ast.EnrolledAs
        | ast.Profile
        | ast.TodayIs
        | ast.BeforeDay
        | ast.AfterDay,
    ) -> Atom:
        text = self.text(node)
        match node:
            case ast.CourseCompletion() | ast.CourseIsComplete():
                return Atom(kind=Kind.COURSE_COMPLETE, text=text, title=self.course_title)
            case ast.Enrolment():
                return Atom(kind=Kind.ENROLLED, text=text)
            case ast.FirstAccess():
                return Atom(kind=Kind.FIRST_ACCESS, text=text)
            case ast.Access(times=times):
                return Atom(kind=Kind.ACCESS, times=times, text=text)
            case ast.WithoutAccess(duration=duration):
                return Atom(kind=Kind.WITHOUT_ACCESS, duration=duration, text=text)
            case ast.ActiveWithin(duration=duration):
                return Atom(kind=Kind.ACTIVE_WITHIN, duration=duration, text=text)
            case ast.CustomEvent(kind=kind, times=times):
                return Atom(kind=Kind.EVENT, key=one_space(kind.text), times=times, text=text, title=kind.text)
            case ast.EnrolledAs(role=role):
                return Atom(kind=Kind.ENROLLED_AS, key=one_space(role.text), text=text, title=role.text)
            case ast.Profile(field=field, op=op, value=value):
                return Atom(
                    kind=Kind.PROFILE, key=field, op=op, value=value.text if value else "", text=text, title=field
                )
            case ast.TodayIs(days=days):
                return Atom(kind=Kind.TODAY_IS, weekdays=weekdays(days), text=text)
            case ast.BeforeDay(day=day):
                return Atom(kind=Kind.BEFORE_DAY, day=day.day, text=text)
            case ast.AfterDay(day=day):
                return Atom(kind=Kind.AFTER_DAY, day=day.day, text=text)
            case _:
                assert_never(node)

    def _completion(self, node: ast.Completion | ast.IsComplete, target: ast.Name) -> Atom:
        if self.is_rule(target):
            return Atom(kind=Kind.RULE_COMPLETE, key=target.text, text=self.text(node), title=self.rule_title(target))
        return self._about(Kind.COMPLETE, node, target)

    def _sent(self, kind: Kind, node: ast.Sending | ast.IsSent, name: ast.Name, times: int) -> Atom:
        return Atom(kind=kind, key=name.text, times=times, text=self.text(node), title=self.rule_title(name))

    def _about(self, kind: Kind, node: ast.Node, name: ast.Name, times: int = 1) -> Atom:
        source, title = self.activity(name)
        return Atom(kind=kind, key=source, times=times, text=self.text(node), title=title)

    def _grade(self, node: ast.Grade) -> Atom:
        source, title = self.activity(node.activity)
        return Atom(
            kind=Kind.GRADE,
            key=source,
            op=node.op,
            number=node.value,
            percent=node.percent,
            text=self.text(node),
            title=title,
        )

    def text(self, node: ast.Node) -> str:
        return print_node(node, self.language)


def activity_source(node: ast.Activity) -> str:
    """What events call a declared activity."""
    return one_space(node.source_id.text) if node.source_id else node.name.text


def day_of(day: ast.Day | None) -> date | None:
    return day.day if day else None


def time_of(at: ast.TimeOfDay | None) -> time | None:
    return clock(at) if at else None
