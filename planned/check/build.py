"""Files → the checked rule graph: names resolved, declarations folded into each rule, aliases gone (section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, assert_never

from planned.check import graph
from planned.check.facts import Resolver, activity_source, day_of, one_space, time_of
from planned.check.graph import Context, Graph
from planned.check.index import index
from planned.check.lint import judge
from planned.check.policy import WEEKDAYS, clock, weekdays
from planned.check.scope import Placed, Scope, Survey, base_name
from planned.check.subject import subject
from planned.check.templates import from_percent
from planned.diagnostics import Diagnostic
from planned.syntax import ast
from planned.syntax.to_text import print_node


def build(
    files: Sequence[ast.File],
    imports: Mapping[str, ast.File] | None = None,
    course: str | None = None,
    *,
    sources: Mapping[str, str] | None = None,
    given: Iterable[Diagnostic] = (),
) -> tuple[Graph, list[Diagnostic]]:
    """The graph of all files and what is wrong with them; total.

    The parameters are those of `planned.check.lint.lint`, `imports` by `scope.imported_path`. A rule
    that refers to a template that is not there, or has a twin of its name before it, is left out: its diagnostic
    says so. Never run a graph one of whose diagnostics is an error.
    """
    given = list(given)
    judged = subject(files, imports or {}, sources or {}, given, course)
    return graph_of(judged.survey), judge(judged, given)


def graph_of(surveyed: Survey) -> Graph:
    """The graph alone, of files that have been judged already."""
    contexts = _Contexts()
    taken: set[tuple[str | None, str]] = set()
    rules: list[graph.Rule] = []
    for placed in surveyed.rules:
        if (placed.course, placed.name) in taken:
            continue
        rule = _Builder(surveyed, placed, contexts.of(placed)).rule(len(rules))
        if rule is not None:
            taken.add((placed.course, placed.name))
            rules.append(rule)
    unscoped = tuple(one.file.path for one in surveyed.files if one.unscoped)
    return Graph(rules=tuple(rules), unscoped=unscoped, index=index(rules))


class Activities(Mapping[str, tuple[str, str]]):
    """The activities that hold at one place, name to (source id, title), without a copy for each rule."""

    __slots__ = ("_scope",)

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, name: str) -> tuple[str, str]:
        found = self._scope.find("activity", name)
        if found is None or not isinstance(found.node, ast.Activity):
            raise KeyError(name)
        return _activity(found.node)

    def __iter__(self) -> Iterator[str]:
        return (declared.node.name.text for declared in self._scope.known("activity"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


def _activity(node: ast.Activity) -> tuple[str, str]:
    return activity_source(node), node.title.text if node.title else node.name.text


class _Contexts:
    """Makes the context of each rule, one for rules between which nothing is declared."""

    def __init__(self) -> None:
        self.last: tuple[Placed, Context] | None = None

    def of(self, placed: Placed) -> Context:
        if self.last is not None:
            before, context = self.last
            same_place = before.scope.section is placed.scope.section and before.scope.place == placed.scope.place
            if before.file is placed.file and same_place:
                return context
        context = _context(placed)
        self.last = (placed, context)
        return context


def _context(placed: Placed) -> Context:
    zone, for_all = placed.policy.zone
    return Context(
        file=placed.file.path,
        language=placed.file.language,
        zone=zone,
        zone_for_all=for_all,
        quiet=placed.policy.quiet,
        limits=placed.policy.limits,
        lateness=placed.policy.lateness,
        activities=Activities(placed.scope),
        contacts={
            declared.node.name.text: declared.node.display.text
            for declared in placed.scope.known("contact")
            if isinstance(declared.node, ast.Contact)
        },
        course_title=placed.scope.section.title,
    )


class _Builder:
    """One rule from the AST to the graph."""

    def __init__(self, surveyed: Survey, placed: Placed, context: Context) -> None:
        self.placed = placed
        self.context = context
        self.resolver = Resolver.of(surveyed, placed)

    def rule(self, order: int) -> graph.Rule | None:
        node = self.placed.node
        steps = self._steps(node)
        if steps is None:
            return None
        trigger = self._trigger(node.trigger)
        stops = (*((node.stop_once,) if node.stop_once else ()), *self.placed.policy.stops)
        stop = tuple(self.resolver.expr(condition) for condition in stops)
        return graph.Rule(
            name=self.placed.name,
            course=self.placed.course,
            order=order,
            trigger=trigger,
            steps=steps,
            context=self.context,
            was=node.was.text if node.was else None,
            title=from_percent(node.title.text) if node.title else None,
            topic=node.topic.text if node.topic else None,
            mode=node.mode or "running",
            first_day=day_of(node.first_day),
            last_day=day_of(node.last_day),
            stop=stop,
            complete_when=node.complete_when or "sent",
            again=_again(node.again),
            expires_after=node.expires_after,
            even_when_unenrolled=node.even_when_unenrolled,
            source=f"{base_name(self.placed.file.path)}:{node.span.line}",
            revision=self._revision(trigger, steps, stop),
        )

    # --- trigger ---

    def _trigger(self, trigger: ast.Trigger) -> graph.Trigger:
        match trigger:
            case ast.After(what=what):
                return graph.After(what=self.resolver.expr(what))
            case ast.EveryWeekday(days=days, at=at, since=since, until=until):
                return graph.Every(
                    at=clock(at), weekdays=weekdays(days), since=self._fact(since), until=self._fact(until)
                )
            case ast.EveryPeriod(number=number, unit=unit, at=at, since=since, until=until):
                return graph.Every(
                    at=clock(at),
                    number=number,
                    unit="week" if unit is ast.Unit.WEEK else "month",
                    since=self._fact(since),
                    until=self._fact(until),
                )
            case ast.OnDay(day=day, at=at):
                return graph.OnDay(day=day.day, at=clock(at))
            case ast.BeforeDate(lead=lead, date=date, at=at):
                return graph.BeforeDate(date=self.resolver.date(date)[0], lead=lead, at=time_of(at))
            case _:
                assert_never(trigger)

    def _fact(self, fact: ast.Fact | None) -> graph.Atom | None:
        return self.resolver.atom(fact) if fact is not None else None

    # --- steps ---

    def _steps(self, node: ast.Rule) -> tuple[graph.Step, ...] | None:
        steps: list[graph.Step] = []
        ids: set[str] = set()
        for place, step in enumerate(node.steps, start=1):
            send = self._send(step.send)
            notices = [self._notify(notice) for notice in step.notices]
            if send is None or None in notices:
                return None
            identity = _step_id(send, place, ids)
            ids.add(identity)
            steps.append(
                graph.Step(
                    id=identity,
                    wait=self._wait(step.wait) if step.wait else None,
                    guards=tuple(self._guard(guard) for guard in step.guards),
                    send=send,
                    notices=tuple(notice for notice in notices if notice is not None),
                    repeat=_repeat(step.repeat, len(step.send.messages)) if step.repeat else None,
                )
            )
        return tuple(steps)

    def _wait(self, wait: ast.Wait) -> graph.Wait:
        match wait:
            case ast.WaitFor(duration=duration, at=at, at_least=at_least):
                return graph.WaitFor(duration=duration, at=time_of(at), at_least=at_least)
            case ast.WaitUntil(day=ast.Weekday() as weekday, at=at):
                return graph.WaitUntil(at=clock(at), weekday=WEEKDAYS[weekday])
            case ast.WaitUntil(day=day, at=at):
                return graph.WaitUntil(at=clock(at), day=day.day if isinstance(day, ast.Day) else None)
            case ast.WaitUpTo(duration=duration, fact=fact):
                return graph.WaitUpTo(duration=duration, fact=self.resolver.atom(fact))
            case _:
                assert_never(wait)

    def _guard(self, guard: ast.Guard) -> graph.Guard:
        return graph.Guard(
            kind=guard.kind,
            condition=self.resolver.expr(guard.condition),
            text=print_node(guard, self.placed.file.language),
        )

    # --- messages ---

    def _send(self, send: ast.Send) -> graph.Send | None:
        messages = [self._message(message) for message in send.messages]
        if None in messages:
            return None
        return graph.Send(
            messages=tuple(message for message in messages if message is not None),
            subject=from_percent(send.subject.text) if send.subject else None,
            to=_who(send.to) if send.to else graph.Who(kind="learner"),
            sender=_who(send.sender) if send.sender else graph.Who(kind="noreply"),
            channel=send.via.text if send.via else "email",
            urgent=send.urgent,
        )

    def _notify(self, notice: ast.Notify) -> graph.Notify | None:
        message = self._message(notice.message)
        if message is None:
            return None
        return graph.Notify(
            who=_who(notice.who),
            message=message,
            subject=from_percent(notice.subject.text) if notice.subject else None,
            channel=notice.via.text if notice.via else "email",
            daily_at=time_of(notice.daily_at),
        )

    def _message(self, message: ast.MessageRef) -> graph.MessageText | None:
        """None of a template that is not declared: the lint of names has said so."""
        if isinstance(message, ast.Text):
            return graph.MessageText(name=None, subject=None, text=from_percent(message.text))
        found = self.placed.scope.find("template", message.text)
        if found is None or not isinstance(found.node, ast.Template):
            return None
        subject = found.node.subject
        return graph.MessageText(
            name=message.text,
            subject=from_percent(subject.text) if subject else None,
            text=from_percent(found.node.text.text),
        )

    # --- revision ---

    def _revision(self, trigger: graph.Trigger, steps: tuple[graph.Step, ...], stop: tuple[graph.Expr, ...]) -> str:
        """Over the canonical text and all that declarations say about it; comments and layout change nothing."""
        context = self.context
        said = (
            print_node(self.placed.node, context.language),
            self.placed.course,
            repr((trigger, steps, stop)),
            context.zone,
            context.zone_for_all,
            context.limits,
            context.lateness,
            context.quiet.hours,
            sorted(context.quiet.weekdays),
            context.quiet.holidays,
            context.quiet.dates,
            sorted(context.contacts.items()),
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _again(again: Literal["each-time"] | ast.AgainAfter | None) -> Literal["once", "each-time"] | ast.Duration:
    if isinstance(again, ast.AgainAfter):
        return again.duration
    return again or "once"


def _who(who: ast.Who) -> graph.Who:
    return graph.Who(kind=who.kind, name=one_space(who.name.text) if who.name else "")


def _repeat(repeat: ast.Repeat, messages: int) -> graph.Repeat:
    """The n-th time sends the n-th of a list; it ends with the last, or with `up to` if that comes first."""
    ends = [messages - 1] if messages > 1 else []
    if repeat.up_to is not None:
        ends.append(repeat.up_to)
    return graph.Repeat(every=repeat.every, at=time_of(repeat.at), times=min(ends, default=0))


def _step_id(send: graph.Send, place: int, taken: set[str]) -> str:
    name = send.messages[0].name if send.messages else None
    if name is None or name in taken:
        name = str(place) if name is None else f"{name}-{place}"
    while name in taken:
        name += "-"
    return name
