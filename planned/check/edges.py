"""What follows what, within a rule and from rule to rule (section 3): the picture of a deployment.

A rule's nodes are its trigger, the waits, guards, messages, notices and repetitions of its steps, and its completion.
What starts a rule or ends a wait from outside is a node of its own, one for each fact in a course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from planned.check import graph
from planned.check.cycles import cycles
from planned.check.graph import Atom, Graph, Kind, Rule
from planned.syntax import ast
from planned.syntax.to_text import print_node


class NodeKind(StrEnum):
    FACT = "fact"
    TRIGGER = "trigger"
    WAIT = "wait"
    GUARD = "guard"
    SEND = "send"
    NOTIFY = "notify"
    REPEAT = "repeat"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Node:
    """`id`: `NUM101/relance:1:wait`. A fact has no `rule`, all else no `fact`. Numbers count from 1, 0 is none."""

    id: str
    kind: NodeKind
    rule: Rule | None = field(default=None, compare=False)
    step: int = 0
    number: int = 0
    fact: Atom | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """`label`: `yes` from a guard to what it lets through, else empty. `chain`: from one rule to another."""

    source: Node
    target: Node
    label: str = ""
    chain: bool = False
    in_cycle: bool = False


def edges(graph: Graph) -> tuple[Edge, ...]:
    """All edges, rule by rule in their order, chains in a circle marked."""
    chains = Chains(graph.rules)
    return tuple(edge for rule in graph.rules for edge in (*_within(rule), *chains.into(rule)))


def rule_id(rule: Rule) -> str:
    return f"{rule.course if rule.course is not None else '*'}/{rule.name}"


def trigger_of(rule: Rule) -> Node:
    return Node(f"{rule_id(rule)}:trigger", NodeKind.TRIGGER, rule)


def complete_of(rule: Rule) -> Node:
    return Node(f"{rule_id(rule)}:complete", NodeKind.COMPLETE, rule)


def _node(rule: Rule, step: int, kind: NodeKind, number: int = 0) -> Node:
    suffix = f":{number}" if number else ""
    return Node(f"{rule_id(rule)}:{step}:{kind}{suffix}", kind, rule, step, number)


def nodes_of_step(rule: Rule, place: int) -> list[Node]:
    """The nodes of a step one after the other, notices apart."""
    step = rule.steps[place - 1]
    found = [_node(rule, place, NodeKind.WAIT)] if step.wait is not None else []
    found += [_node(rule, place, NodeKind.GUARD, number) for number, _ in enumerate(step.guards, start=1)]
    found.append(_node(rule, place, NodeKind.SEND))
    if step.repeat is not None:
        found.append(_node(rule, place, NodeKind.REPEAT))
    return found


def _within(rule: Rule) -> Iterator[Edge]:
    before = trigger_of(rule)
    for place, step in enumerate(rule.steps, start=1):
        for node in nodes_of_step(rule, place):
            yield Edge(before, node, "yes" if before.kind is NodeKind.GUARD else "")
            if node.kind is NodeKind.SEND:
                for number, _ in enumerate(step.notices, start=1):
                    yield Edge(node, _node(rule, place, NodeKind.NOTIFY, number))
            before = node
    yield Edge(before, complete_of(rule))


class Chains:
    """From the facts, and from other rules' completions and messages, into a rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.by_name: dict[str, list[Rule]] = {}
        for rule in rules:
            self.by_name.setdefault(rule.name, []).append(rule)
        followers: dict[str, list[str]] = {rule_id(rule): [] for rule in rules}
        for rule in rules:
            for atom in starting(rule):
                for before in self._meant(rule, atom):
                    followers[rule_id(before)].append(rule_id(rule))
        self.circles = [frozenset(circle) for circle in cycles(followers)]

    def _meant(self, rule: Rule, atom: Atom) -> list[Rule]:
        if atom.kind not in (Kind.RULE_COMPLETE, Kind.SENDING, Kind.IS_SENT):
            return []
        named = self.by_name.get(atom.key, [])
        return [one for one in named if one.course == rule.course or None in (one.course, rule.course)]

    def into(self, rule: Rule) -> Iterator[Edge]:
        starts = trigger_of(rule)
        first = dict.fromkeys((starts, atom) for atom in starting(rule))
        waits = dict.fromkeys(
            (_node(rule, place, NodeKind.WAIT), step.wait.fact)
            for place, step in enumerate(rule.steps, start=1)
            if isinstance(step.wait, graph.WaitUpTo)
        )
        for target, atom in (*first, *waits):
            befores = self._meant(rule, atom)
            for before in befores:
                circle = target is starts and any({rule_id(before), rule_id(rule)} <= one for one in self.circles)
                yield Edge(_leaving(before, atom), target, chain=True, in_cycle=circle)
            if not befores:
                yield Edge(_fact(rule, atom), target)


def _leaving(rule: Rule, atom: Atom) -> Node:
    """Where a chain leaves a rule: its completion, or its last message."""
    if atom.kind is Kind.RULE_COMPLETE:
        return complete_of(rule)
    return _node(rule, len(rule.steps), NodeKind.SEND)


def _fact(rule: Rule, atom: Atom) -> Node:
    course = rule.course if rule.course is not None else "*"
    what = replace(atom, text="", title="")  # the same fact in another language is the same
    return Node(f"{course}/{what!r}", NodeKind.FACT, fact=atom)


def starting(rule: Rule) -> tuple[Atom, ...]:
    """The facts that can start a rule; those under a `not` cannot."""
    match rule.trigger:
        case graph.After(what=what):
            return tuple(_positive(what))
        case graph.Every(since=since):
            return (since,) if since is not None else ()
        case graph.BeforeDate(date=date):
            text = print_node(written_date(rule, date), rule.context.language)
            return (Atom(kind=Kind.DATE_OVER, date=date, text=text),)
        case graph.OnDay():
            return ()


def written_date(rule: Rule, date: graph.CourseDate) -> ast.DateRef:
    """The date as an author would write it: activities by their names."""
    match date.what:
        case "deadline":
            names = {source: name for name, (source, _) in rule.context.activities.items()}
            source = date.activity or ""
            return ast.Deadline(activity=ast.Name(text=names.get(source, source)))
        case "start" | "end" | "end-of-enrolment" as what:
            return ast.CourseDate(what=what)
        case name:
            return ast.DeclaredDate(name=ast.Name(text=name))


def _positive(expr: graph.Expr) -> Iterator[Atom]:
    match expr:
        case graph.Not():
            return
        case Atom():
            yield expr
        case graph.All(items) | graph.Any(items):
            for item in items:
                yield from _positive(item)
