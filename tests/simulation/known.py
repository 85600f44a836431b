"""Each decision by itself, against the rules in force and against what had come in when it was made.

This holds whatever came late and however the rules were edited, where nobody can say which decisions there must be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from planned.engine.decision import Decision, Outcome
from planned.runtime.clock import datetime_of
from planned.syntax import ast
from tests.oracle.calendar_oracle import after, wall
from tests.oracle.expressions import all_leaves, holds
from tests.oracle.facts import Line, View, is_rule
from tests.oracle.reading import Rule, norm, read
from tests.oracle.run import _line
from tests.simulation.edits import syntax_of
from tests.simulation.harness import Run


class Known:
    """A run with the rules of each of its editions, as the oracle reads them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        zone = run.world.default_zone
        self.rules = [read(syntax_of(files), zone) for _, files, _ in run.deployed]
        self.revisions = [{rule.revision for rule in graph.rules} for _, _, graph in run.deployed]
        self.lines = [_line(one) for _, one in run.arrived]
        self.sent: list[Line] = []

    def wrong(self) -> Iterator[str]:
        for one, (version, arrived) in zip(self.run.store.committed, self.run.store.circumstances, strict=True):
            what = (
                f"{datetime_of(one.at)} {one.rule} {one.learner} {one.occurrence}.{one.step}.{one.repeat} {one.outcome}"
            )
            if one.revision and one.revision not in self.revisions[version]:
                yield f"{what}: no such revision was in force"
            if one.notice or one.outcome not in (Outcome.SENT, Outcome.SUPPRESSED):
                continue
            rule = self.rule(one, version)
            if rule is None:
                yield f"{what}: no such rule was in force"
                continue
            view = self.view(one, version, arrived)
            yield from (f"{what}: {why}" for why in _against(one, view, rule))
            if one.outcome is Outcome.SENT:
                at = datetime_of(one.at)
                self.sent.append(Line(at, "!sent", one.course, one.learner, "", {"rule": one.rule, "causes": []}))

    def rule(self, one: Decision, version: int) -> Rule | None:
        rules = self.rules[version]
        return next((rule for rule in rules if rule.name == one.rule and rule.course in (None, one.course)), None)

    def view(self, one: Decision, version: int, arrived: int) -> View:
        at = datetime_of(one.at)
        first = {line.id: line for line in reversed(self.lines[:arrived])}
        log = [line for line in self.lines[:arrived] if line.time <= at and first[line.id] is line]
        log += [line for line in self.sent if line.learner == one.learner]
        log.sort(key=lambda line: line.time)
        return View(log, len(log), at, True, self.run.world.default_zone, self.rules[version])


def _against(one: Decision, view: View, rule: Rule) -> Iterator[str]:
    who, at, due = (one.course, one.learner), datetime_of(one.at), datetime_of(one.due)
    step = rule.node.steps[one.step - 1]
    zone = view.zone(rule, one.learner)
    readings = _readings(view, who, rule, step)
    if readings is not None and readings != [guard.value for guard in one.guards]:
        yield f"the guards are {readings}, not {[guard.value for guard in one.guards]}"
    if one.outcome is not Outcome.SENT:
        return
    enrolment = view.enrolment(who)
    if (enrolment is None and not rule.node.even_when_unenrolled) or (enrolment is not None and enrolment.suspended):
        yield "the learner is not enrolled"
    if rule.node.mode == "paused":
        yield "the rule is paused"
    if at < due:
        yield f"before its time, {due}"
    if rule.node.expires_after is None and at > after(due, rule.lateness, zone).instant(zone):
        yield f"too late, it was due at {due}"
    if not step.send.urgent and _quiet(rule, at, zone):
        yield "in quiet times"


def _quiet(rule: Rule, at: datetime, zone: str) -> bool:
    return rule.quiet.free(wall(at, zone)) != wall(at, zone)


def _readings(view: View, who: tuple[str, str], rule: Rule, step: ast.Step) -> list[bool] | None:
    """What the guards are; None if they ask for a rule's completion, which is not known here."""
    found: list[bool] = []
    for guard in step.guards:
        for leaf in all_leaves(guard.condition):
            if isinstance(leaf, ast.IsComplete) and is_rule(view.rules, who[0], norm(leaf.target.text)):
                return None
        found.append(holds(view, who, rule, guard.condition, None))
        if found[-1] is (guard.kind == "unless"):
            break
    return found


def wrong_by_itself(known: Known) -> Iterator[str]:
    """Decisions that were wrong when they were made, and what was sent again."""
    run = known.run
    yield from known.wrong()
    sent = [one for one in run.store.committed if one.outcome is Outcome.SENT and not one.notice]
    keys = Counter((one.rule, one.course, one.learner, one.occurrence, one.step_id, one.repeat) for one in sent)
    yield from (f"sent {number} times: {key}" for key, number in keys.items() if number > 1)
    left = Counter((one["course"], one["learner"]) for one in _once(run) if _ends(one))
    once = {rule.name for rules in known.rules for rule in rules if rule.node.again is None}
    again = {rule.name for rules in known.rules for rule in rules if rule.node.again is not None or _many(rule)}
    firsts = Counter((one.rule, one.course, one.learner, one.step_id) for one in sent if one.repeat == 0)
    for (name, course, learner, step), number in firsts.items():
        if name in once - again and number > 1 + left[course, learner]:
            yield f"{name} has sent {step} {number} times to {learner}"


def _many(rule: Rule) -> bool:
    return isinstance(rule.node.trigger, ast.EveryWeekday | ast.EveryPeriod)


def _ends(event: dict[str, Any]) -> bool:
    """Another enrolment may begin after it; that somebody is no learner may come to light late (4.2)."""
    other_role = event["kind"] == "enrolment" and event.get("role") not in (None, "student")
    return event["kind"] == "unenrolment" or other_role


def _once(run: Run) -> list[dict[str, Any]]:
    return list({one["id"]: one for _, one in run.arrived}.values())
