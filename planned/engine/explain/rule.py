"""A rule in plain words, clause by clause, each with the place at which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from planned.check import graph
from planned.check.edges import starting
from planned.check.graph import Every, Graph, Kind
from planned.check.policy import Declaration, clock, weekdays
from planned.check.scope import Placed
from planned.diagnostics import Language, Span
from planned.engine.explain import clauses
from planned.engine.explain.facts import Voice
from planned.engine.phrases import de
from planned.syntax import ast


class Part(StrEnum):
    """Which clause of a rule a place belongs to."""

    HEAD = "head"
    TRIGGER = "trigger"
    WAIT = "wait"
    GUARD = "guard"
    SEND = "send"
    NOTICE = "notice"
    REPEAT = "repeat"
    OPTION = "option"
    END = "end"
    """What follows from all of it, with no place of its own."""
    DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class Said:
    """One clause, or a declaration that holds for the rule, and what it means. `span` None: nobody wrote it."""

    part: Part
    span: Span | None
    sentences: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What else one has to know of the facts in it; the same wherever such a fact stands."""


@dataclass(frozen=True, slots=True)
class Explanation:
    rule: graph.Rule
    language: Language
    said: tuple[Said, ...]


def explain(all_rules: Graph, rule: graph.Rule, placed: Placed, language: Language | None = None) -> Explanation:
    """The rule in the language asked for, failing that in its file's. `placed`: where it stands."""
    voice = voice_of(rule, placed, language)
    node = placed.node
    said = [
        _said(Part.HEAD, _head_span(node), _head(voice, all_rules)),
        _said(Part.TRIGGER, node.trigger.span, clauses.trigger(voice), clauses.trigger_notes(voice)),
    ]
    for place, step in enumerate(node.steps, start=1):
        said += _step(voice, place, step)
    said += _options(voice, node)
    said.append(_said(Part.END, None, _end(voice, all_rules)))
    said += _declarations(voice, placed.policy.in_force)
    return Explanation(rule, voice.language, tuple(said))


def voice_of(rule: graph.Rule, placed: Placed, language: Language | None = None) -> Voice:
    declared = (one.node for one in placed.scope.known("group"))
    groups = {node.source_id.text: node.name.text for node in declared if isinstance(node, ast.Group)}
    return Voice(language or rule.context.language, rule, groups)


def clause_at(explanation: Explanation, line: int, column: int) -> Said | None:
    """The clause of the rule at a place in its file, lines and columns from 1; None where there is none."""
    for one in explanation.said:
        span = one.span
        if span is None or one.part is Part.DECLARATION or span.file != explanation.rule.context.file:
            continue
        if (span.line, span.column) <= (line, column) < (span.end_line, span.end_column):
            return one
    return None


def _said(part: Part, span: Span | None, sentences: Iterable[str], notes: Iterable[str] = ()) -> Said:
    return Said(part, span, tuple(dict.fromkeys(sentences)), tuple(dict.fromkeys(notes)))


def _head_span(node: ast.Rule) -> Span | None:
    """From `rule` to where the trigger starts; a rule without a name has no head."""
    if node.name is None:
        return None
    start, end = node.span, node.trigger.span
    return Span(start.file, start.line, start.column, end.line, end.column)


# --- the head ---------------------------------------------------------------------------------------------


def _head(voice: Voice, all_rules: Graph) -> Iterator[str]:
    rule = voice.rule
    if rule.course is not None:
        title = rule.context.course_title
        yield voice.say("for.course", x=f"{rule.course} {voice.quoted(title)}" if title else rule.course)
    else:
        yield voice.say("for.nobody" if rule.context.file in all_rules.unscoped else "for.every")
    if rule.mode != "running":
        yield voice.say(rule.mode)
    if rule.first_day is not None:
        yield voice.say("first_day", day=voice.full_day(rule.first_day))
    if rule.last_day is not None:
        yield voice.say("last_day", day=voice.full_day(rule.last_day))
    if rule.topic is not None:
        yield voice.say("topic", x=voice.quoted(rule.topic))
    if rule.was is not None:
        yield voice.say("was", x=voice.quoted(rule.was))


# --- steps and options --------------------------------------------------------------------------------------


def _step(voice: Voice, place: int, step: ast.Step) -> Iterator[Said]:
    if step.wait is not None:
        wait = voice.rule.steps[place - 1].wait
        notes = voice.notes(wait.fact) if isinstance(wait, graph.WaitUpTo) else ()
        yield _said(Part.WAIT, step.wait.span, clauses.wait(voice, place), notes)
    for number, guard in enumerate(step.guards, start=1):
        condition = voice.rule.steps[place - 1].guards[number - 1].condition
        yield _said(Part.GUARD, guard.span, clauses.guard(voice, place, number), voice.notes(condition))
    yield _said(Part.SEND, step.send.span, clauses.send(voice, place))
    for number, notice in enumerate(step.notices, start=1):
        yield _said(Part.NOTICE, notice.span, clauses.notice(voice, place, number))
    if step.repeat is not None:
        yield _said(Part.REPEAT, step.repeat.span, clauses.repeat(voice, place))


def _options(voice: Voice, node: ast.Rule) -> Iterator[Said]:
    rule = voice.rule
    spans = dict(node.places)
    if node.stop_once is not None:
        own = rule.stop[0]
        said = [voice.say("stop", what=voice.expr(own, "that"))]
        yield _said(Part.OPTION, spans.get("stop_once", node.stop_once.span), said, voice.notes(own))
    if node.complete_when is not None:
        yield _said(Part.OPTION, spans.get("complete_when"), [voice.say(f"complete.{rule.complete_when}")])
    if rule.again == "each-time":
        yield _said(Part.OPTION, spans.get("again"), [voice.say("again.each")])
    elif isinstance(rule.again, ast.Duration):
        yield _said(Part.OPTION, spans.get("again"), [voice.say("again.after", span=voice.span(rule.again))])
    if rule.expires_after is not None:
        yield _said(
            Part.OPTION, spans.get("expires_after"), [voice.say("expires", span=voice.span(rule.expires_after))]
        )
    if rule.even_when_unenrolled:
        yield _said(Part.OPTION, spans.get("even_when_unenrolled"), [voice.say("even")])


# --- the end and what follows -------------------------------------------------------------------------------


def _end(voice: Voice, all_rules: Graph) -> Iterator[str]:
    rule = voice.rule
    if not rule.even_when_unenrolled:
        yield voice.say("unenrolled")
    if isinstance(rule.trigger, Every) and all(len(step.send.messages) == 1 for step in rule.steps):
        yield voice.say("complete.never")
    else:
        yield voice.say(f"complete.{rule.complete_when}")
    for kind, name in ((Kind.RULE_COMPLETE, "starts"), (Kind.SENDING, "sends")):
        started = [voice.quoted(one.name) for one in _started_by(all_rules, rule, kind)]
        if started:
            yield voice.say(name if len(started) == 1 else f"{name}.several", rules=voice.list(started))


def _started_by(all_rules: Graph, rule: graph.Rule, kind: Kind) -> Iterator[graph.Rule]:
    for one in all_rules.rules:
        same_course = one.course == rule.course or None in (one.course, rule.course)
        if same_course and any(atom.kind is kind and atom.key == rule.name for atom in starting(one)):
            yield one


# --- declarations -------------------------------------------------------------------------------------------


_HOLDING = (ast.QuietHours, ast.QuietWeekdays, ast.QuietHolidays, ast.QuietDates, ast.Limit)
"""What does not concern an urgent message."""


def _declarations(voice: Voice, in_force: tuple[Declaration, ...]) -> Iterator[Said]:
    rule = voice.rule
    stops = list(rule.stop[len(rule.stop) - sum(isinstance(one, ast.StopAll) for one in in_force) :])
    urgent = clauses.messages_are_urgent(rule.steps)
    for one in in_force:
        if urgent and isinstance(one, _HOLDING):
            continue
        stop = stops.pop(0) if isinstance(one, ast.StopAll) else None
        notes = voice.notes(stop) if stop is not None else ()
        yield _said(Part.DECLARATION, one.span, [_declaration(voice, one, stop)], notes)
    if urgent and any(isinstance(one, _HOLDING) for one in in_force):
        yield _said(Part.DECLARATION, None, [voice.say("urgent.all")])
    if rule.context.zone is None:
        yield _said(Part.DECLARATION, None, [voice.say("zone.none")])


def _declaration(voice: Voice, one: Declaration, stop: graph.Expr | None) -> str:
    match one:
        case ast.Timezone(zone=zone, for_all=for_all):
            return voice.say("zone.all" if for_all else "zone", zone=zone, de_zone=de(zone))
        case ast.QuietHours(start=start, end=end):
            return voice.say("quiet.hours", start=voice.time(clock(start)), end=voice.time(clock(end)))
        case ast.QuietWeekdays(days=days):
            numbers = sorted(weekdays(days))
            each = [voice.say("joint.on") + voice.days(frozenset({number})) for number in numbers]
            return voice.say("quiet.days", days=voice.days(frozenset(numbers)), le_days=voice.list(each))
        case ast.QuietHolidays(region=region):
            return voice.say("quiet.holidays", x=region)
        case ast.QuietDates(first=first, last=last):
            return voice.say("quiet.dates", first=voice.full_day(first.day), last=voice.full_day(last.day))
        case ast.Limit(number=number, per=per):
            count = voice.say("limit.message" if number == 1 else "limit.messages", n=number)
            return voice.say(f"limit.{per}", n=count)
        case ast.Lateness(duration=length):
            return voice.say("lateness", span=voice.span(length))
        case ast.StopAll():
            assert stop is not None, "the graph has every condition that stops all rules"
            return voice.say("stop", what=voice.expr(stop, "that"))
        case _:
            assert_never(one)
