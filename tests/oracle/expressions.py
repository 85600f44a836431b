"""Triggers and conditions as the oracle reads them: what is true of a view, since when, and because of which events."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from planned.syntax import ast
from tests.oracle.calendar_oracle import wall
from tests.oracle.facts import Enrolment, Line, Since, View, Who, is_rule, rule_completes
from tests.oracle.reading import Rule, norm

HAPPENINGS = (
    ast.Passing,
    ast.Failing,
    ast.Submission,
    ast.Viewing,
    ast.Access,
    ast.FirstAccess,
    ast.LeavingGroup,
    ast.Sending,
    ast.CustomEvent,
)


def times(fact: ast.Expr) -> int:
    return int(getattr(fact, "times", 1))


def fact_since(view: View, who: Who, rule: Rule, fact: ast.Expr, enrolment: Enrolment) -> Since | None:
    """Since when a FACT of a trigger has been true, counting what has happened since that enrolment (reading 6)."""
    if isinstance(fact, ast.Enrolment):
        now = [one.announced for one in view.enrolments(who) if one.start == enrolment.start]
        if not now or now[0] is None:
            return None
        return Since(now[0], view.log[now[0]].time, (view.log[now[0]],))
    if isinstance(fact, HAPPENINGS):
        found = view.happenings(who, rule, fact, enrolment.start)
        n = times(fact)
        if len(found) < n:
            return None
        place, line = found[n - 1]
        return Since(place, line.time, tuple(one for _, one in found[-n:]))
    if isinstance(fact, ast.Completion) and is_rule(view.rules, who[0], norm(fact.target.text)):
        # Rules complete stay complete; a new enrolment starts anew for triggers (reading 39).
        for place, line in view.of(who):
            if place >= enrolment.start and rule_completes(line, norm(fact.target.text)):
                return Since(place, line.time, (line,))
        return None
    if isinstance(fact, ast.WithoutAccess):
        return view.without_access(who, rule, fact.duration, enrolment)
    found_state = view.state(who, rule, fact)
    if found_state is None:
        return None
    counts = found_state.time >= enrolment.time if found_state.place is None else found_state.place >= enrolment.start
    return found_state if counts else None


def holds(view: View, who: Who, rule: Rule, expr: ast.Expr, enrolment: Enrolment | None) -> bool:
    """The truth of a condition or, with the enrolment that counts, of a trigger."""
    match expr:
        case ast.Not():
            return not holds(view, who, rule, expr.item, enrolment)
        case ast.And():
            return all(holds(view, who, rule, item, enrolment) for item in expr.items)
        case ast.Or():
            return any(holds(view, who, rule, item, enrolment) for item in expr.items)
    if enrolment is not None and is_fact(expr):
        return fact_since(view, who, rule, expr, enrolment) is not None
    return _condition(view, who, rule, expr)


def is_fact(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Fact.__args__)


def _condition(view: View, who: Who, rule: Rule, expr: ast.Expr) -> bool:
    today = wall(view.now, view.zone(rule, who[1])).date()
    match expr:
        case ast.IsPassed() | ast.IsFailed():
            wanted = "passed" if isinstance(expr, ast.IsPassed) else "failed"
            activity = rule.activity(expr.activity)
            results = [
                line.fields["state"]
                for _, line in view.of(who)
                if line.kind == "completion"
                and line.name("activity") == activity
                and line.fields["state"] in ("passed", "failed")
            ]
            return bool(results) and results[-1] == wanted
        case ast.IsSubmitted():
            return bool(view.happenings(who, rule, ast.Submission(activity=expr.activity), 0))
        case ast.IsViewed():
            return bool(view.happenings(who, rule, ast.Viewing(activity=expr.activity), 0))
        case ast.IsSent():
            return bool(view.happenings(who, rule, ast.Sending(rule=expr.rule), 0))
        case ast.EnrolledAs():
            return view.enrolment(who) is not None and norm(expr.role.text) in view.roles(who)
        case ast.ActiveWithin():
            until = view.inactive_from(who, rule, expr.duration)
            return until is not None and not view.reached(until[0])
        case ast.Profile():
            return _profile(view.profile(who[1], expr.field), expr)
        case ast.TodayIs():
            return list(ast.Weekday)[today.weekday()] in expr.days
        case ast.BeforeDay():
            return today < expr.day.day
        case ast.AfterDay():
            return today > expr.day.day
        case _:
            return view.state(who, rule, expr) is not None


def _profile(value: Any, expr: ast.Profile) -> bool:
    text = norm_text(value)
    if expr.op is ast.ProfileOp.IS_EMPTY:
        return not text
    wanted = norm_text(expr.value.text if expr.value else "")
    if not text:
        return False
    match expr.op:
        case ast.ProfileOp.IS:
            return text == wanted
        case ast.ProfileOp.CONTAINS:
            return wanted in text
        case ast.ProfileOp.STARTS_WITH:
            return text.startswith(wanted)
    return False


def norm_text(value: Any) -> str:
    return unicodedata.normalize("NFC", "" if value is None else str(value))


def completed_by(view: View, who: Who, rule: Rule, expr: ast.Expr, enrolment: Enrolment) -> bool:
    """Whether the last line of the log is a happening that completes the trigger (4.1)."""
    match expr:
        case ast.And():
            return any(completed_by(view, who, rule, item, enrolment) for item in expr.items) and holds(
                view, who, rule, expr, enrolment
            )
        case ast.Or():
            return any(completed_by(view, who, rule, item, enrolment) for item in expr.items)
        case ast.Passing() | ast.Failing() | ast.Submission() | ast.Viewing() | ast.Access() | ast.FirstAccess():
            pass
        case ast.LeavingGroup() | ast.Sending() | ast.CustomEvent():
            pass
        case _:
            return False
    found = view.happenings(who, rule, expr, enrolment.start)
    if not found or found[-1][0] != view.count - 1:
        return False
    if isinstance(expr, ast.FirstAccess):
        return len(found) == 1
    return len(found) % times(expr) == 0


def because(view: View, who: Who, rule: Rule, expr: ast.Expr, enrolment: Enrolment) -> list[Line]:
    """The events that made the true facts true (reading 33)."""
    lines: list[Line] = []
    for leaf in leaves(expr):
        if is_fact(leaf):
            since = fact_since(view, who, rule, leaf, enrolment)
            lines += since.because if since else ()
        elif isinstance(leaf, ast.IsComplete | ast.CourseIsComplete | ast.InGroup):
            since = view.state(who, rule, leaf)
            lines += since.because if since else ()
    return lines


def ids(lines: list[Line]) -> list[str]:
    """Their ids, in order of time, then id."""
    pairs: set[tuple[datetime, str]] = set()
    for line in lines:
        if line.kind.startswith("!"):
            pairs |= {(when, name) for when, name in line.fields["causes"]}
        else:
            pairs.add((line.time, line.id))
    return [name for _, name in sorted(pairs)]


def leaves(expr: ast.Expr) -> list[ast.Expr]:
    match expr:
        case ast.Not():
            return []
        case ast.And() | ast.Or():
            return [leaf for item in expr.items for leaf in leaves(item)]
        case _:
            return [expr]


def all_leaves(expr: ast.Expr) -> list[ast.Expr]:
    match expr:
        case ast.Not():
            return all_leaves(expr.item)
        case ast.And() | ast.Or():
            return [leaf for item in expr.items for leaf in all_leaves(item)]
        case _:
            return [expr]


def anchor_of(before: View, view: View, who: Who, rule: Rule, expr: ast.Expr, enrolment: Enrolment) -> datetime | None:
    """When the whole turned true: the last part's moment, the first alternative's. None: long ago."""
    match expr:
        case ast.And():
            known = [anchor_of(before, view, who, rule, item, enrolment) for item in expr.items]
            return max((one for one in known if one is not None), default=None)
        case ast.Or():
            true = [item for item in expr.items if holds(view, who, rule, item, enrolment)]
            known = [anchor_of(before, view, who, rule, item, enrolment) for item in true]
            return None if None in known else min(one for one in known if one is not None)
    if is_fact(expr):
        since = fact_since(view, who, rule, expr, enrolment)
        assert since is not None
        if isinstance(expr, ast.WithoutAccess) and fact_since(before, who, rule, expr, enrolment) is None:
            return view.now  # also where the course's end was moved away
        return since.time
    return None if holds(before, who, rule, expr, enrolment) else view.now
