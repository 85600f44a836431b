"""What is drawn: a box for each rule, one for each activity with what happens to it, and their links."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from planned.check.edges import Edge, Node, NodeKind, rule_id
from planned.check.graph import Atom, Kind, Rule
from planned.cli.labels import label_of

HEAD, LINE, STEP, PAD = 30, 22, 6, 8
"""Heights: of a box's head, of a line, between two steps, at the foot."""
OF_ACTIVITIES = frozenset(
    {
        Kind.COMPLETE,
        Kind.GRADE,
        Kind.PASSING,
        Kind.FAILING,
        Kind.SUBMISSION,
        Kind.VIEWING,
        Kind.IS_PASSED,
        Kind.IS_FAILED,
        Kind.IS_SUBMITTED,
        Kind.IS_VIEWED,
    }
)
IN_STEP = (NodeKind.WAIT, NodeKind.GUARD, NodeKind.SEND, NodeKind.NOTIFY, NodeKind.REPEAT)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box, `y` from the top of the box to its middle."""

    node: str
    kind: NodeKind
    text: str
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """`rule` None: facts, headed by their activity if they have one."""

    id: str
    section: str
    head: str
    lines: tuple[Line, ...]
    height: int
    rule: Rule | None = field(default=None, compare=False)

    def port(self, node: str) -> int:
        """Where links to a node meet the box, from its top."""
        return next(line.y for line in self.lines if line.node == node)


@dataclass(frozen=True, slots=True)
class Link:
    """From a line of one box to a line of another."""

    source: Box
    target: Box
    start: int
    end: int
    chain: bool
    in_cycle: bool


def boxes_and_links(rules: Iterable[Rule], edges: Iterable[Edge]) -> tuple[list[Box], list[Link]]:
    """The boxes, rules in their order, facts as they are first needed; and what leads from box to box."""
    edges = list(edges)
    between = [edge for edge in edges if edge.source.rule is None or edge.chain]
    nodes = _by_rule(edges, {edge.source.id for edge in between})
    boxes = [_rule_box(rule, nodes[rule_id(rule)]) for rule in rules]
    boxes += _fact_boxes([edge for edge in between if edge.source.rule is None])
    by_node = {line.node: box for box in boxes for line in box.lines}
    links = []
    for edge in between:
        source, target = by_node[edge.source.id], by_node[edge.target.id]
        start, end = source.port(edge.source.id), target.port(edge.target.id)
        links.append(Link(source, target, start, end, edge.chain, edge.in_cycle))
    return boxes, links


def _by_rule(edges: Iterable[Edge], left: Container[str]) -> dict[str, list[Node]]:
    """Each rule's nodes as one reads them; its completion only if something follows it."""
    found: dict[str, dict[str, Node]] = {}
    for edge in edges:
        for node in (edge.source, edge.target):
            if node.rule is not None and (node.kind is not NodeKind.COMPLETE or node.id in left):
                found.setdefault(rule_id(node.rule), {})[node.id] = node
    return {rule: sorted(nodes.values(), key=_place) for rule, nodes in found.items()}


def _place(node: Node) -> tuple[int, int, int]:
    if node.kind is NodeKind.TRIGGER:
        return (0, 0, 0)
    if node.kind is NodeKind.COMPLETE:
        return (1 << 30, 0, 0)
    return (node.step, IN_STEP.index(node.kind), node.number)


def _rule_box(rule: Rule, nodes: list[Node]) -> Box:
    lines, y, step = [], HEAD, 0
    for node in nodes:
        if node.step > 1 and node.step != step:
            y += STEP
        step = node.step
        lines.append(Line(node.id, node.kind, label_of(node), y + LINE // 2))
        y += LINE
    return Box(rule_id(rule), rule.course or "", rule.name, tuple(lines), y + PAD, rule)


def _fact_boxes(edges: list[Edge]) -> Iterator[Box]:
    """Facts of one activity in one box, other facts each in its own."""
    groups: dict[tuple[str, str], dict[str, Node]] = {}
    heads: dict[tuple[str, str], str] = {}
    for edge in edges:
        rule, fact = edge.target.rule, edge.source.fact
        assert rule is not None and fact is not None, "a fact leads to a rule"  # noqa: PT018 – one thought
        activity = activity_of(fact)
        section = rule.course or ""
        key = (section, f"activity {activity}" if activity else edge.source.id)
        groups.setdefault(key, {})[edge.source.id] = edge.source
        heads.setdefault(key, _title(rule.context.activities, activity) if activity else "")
    for key, nodes in groups.items():
        top = HEAD if heads[key] else PAD
        lines = [
            Line(node.id, node.kind, label_of(node), top + LINE * place + LINE // 2)
            for place, node in enumerate(nodes.values())
        ]
        yield Box(" ".join(key), key[0], heads[key], tuple(lines), top + LINE * len(lines) + PAD)


def activity_of(fact: Atom) -> str:
    """The source id of the activity that a fact is about; empty if it is about none."""
    if fact.kind in OF_ACTIVITIES:
        return fact.key
    return (fact.date.activity or "") if fact.date is not None else ""


def _title(activities: Mapping[str, tuple[str, str]], source: str) -> str:
    """As the author calls it: the declared title, else the name."""
    for name, (id, title) in activities.items():
        if id == source:
            return title or name
    return source
