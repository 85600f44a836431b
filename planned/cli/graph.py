"""`planned graph`: what starts which rule, what follows, and where rules start each other, as a picture's source."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from planned.check.build import build
from planned.check.edges import Edge, Node, NodeKind, edges, rule_id
from planned.check.graph import Graph, Rule
from planned.cli.exits import Exit
from planned.cli.labels import label_of, word
from planned.cli.lint import exit_code, show
from planned.cli.picture.svg import svg
from planned.cli.terminal import Look
from planned.diagnostics import Severity
from planned.runtime.files import load_rules

HELP = "draw what starts what, as a picture or for Mermaid or Graphviz"
EXAMPLE = "planned graph rules/ --format svg > rules.svg"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with *.rules in it")
    parser.add_argument(
        "--format", choices=("mermaid", "dot", "svg"), default="mermaid", help="svg: the picture itself, for a browser"
    )
    parser.add_argument("--lang", choices=("en", "fr"), help="of the words around an svg, instead of the first file's")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")


def run(args: argparse.Namespace) -> int:
    loaded = load_rules(args.paths)
    built, found = build(loaded.files, loaded.imports, args.course, sources=loaded.sources, given=loaded.diagnostics)
    code = exit_code(found, strict=False)
    errors = [one for one in found if one.severity is Severity.ERROR]
    if any(one.name != "cycle" for one in errors):  # a circle can be drawn, and should be seen
        show(errors, loaded, "full", None)
        return code
    for one in errors:
        print(Look({}).concise(one, built.rules[0].context.language), file=sys.stderr)
    match args.format:
        case "svg":
            print(svg(built, args.lang or loaded.files[0].language), end="")
        case "dot":
            print(dot(built))
        case _:
            print(mermaid(built))
    return Exit(code)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The nodes by rule, the facts apart, each with a short name; and the edges."""

    rules: tuple[tuple[Rule, tuple[Node, ...]], ...]
    facts: tuple[Node, ...]
    names: dict[str, str]
    edges: tuple[Edge, ...]


def drawing(built: Graph) -> Drawing:
    """What is to be drawn, in the order of the rules."""
    found = edges(built)
    nodes = {node.id: node for edge in found for node in (edge.source, edge.target)}
    of_rule: dict[str, list[Node]] = {rule_id(rule): [] for rule in built.rules}
    for node in nodes.values():
        if node.rule is not None:
            of_rule[rule_id(node.rule)].append(node)
    return Drawing(
        rules=tuple((rule, tuple(of_rule[rule_id(rule)])) for rule in built.rules),
        facts=tuple(node for node in nodes.values() if node.rule is None),
        names={node_id: f"n{number}" for number, node_id in enumerate(nodes, start=1)},
        edges=found,
    )


def _title(rule: Rule) -> str:
    return f"{rule.name} ({rule.course})" if rule.course is not None else rule.name


def _edge_label(edge: Edge) -> str:
    language = edge.source.rule.context.language if edge.source.rule else "en"
    return word(edge.label, language) if edge.label else ""


# --- Mermaid -----------------------------------------------------------------------------------------

MERMAID_SHAPES = {
    NodeKind.FACT: ('(["', '"])'),
    NodeKind.TRIGGER: ('[["', '"]]'),
    NodeKind.GUARD: ('{{"', '"}}'),
    NodeKind.WAIT: ('("', '")'),
    NodeKind.COMPLETE: ('(("', '"))'),
}


def mermaid(built: Graph) -> str:
    """A Mermaid flowchart; circles are red."""
    picture = drawing(built)
    lines = ["flowchart LR"]
    lines += [f"  {_mermaid_node(picture, node)}" for node in picture.facts]
    for number, (rule, nodes) in enumerate(picture.rules, start=1):
        lines.append(f'  subgraph r{number}["{mermaid_text(_title(rule))}"]')
        lines += [f"    {_mermaid_node(picture, node)}" for node in nodes]
        lines.append("  end")
    for edge in picture.edges:
        label = _edge_label(edge)
        arrow = "==>" if edge.chain else "-->"
        middle = f'{arrow}|"{mermaid_text(label)}"|' if label else arrow
        lines.append(f"  {picture.names[edge.source.id]} {middle} {picture.names[edge.target.id]}")
    circles = [str(number) for number, edge in enumerate(picture.edges) if edge.in_cycle]
    if circles:
        lines.append(f"  linkStyle {','.join(circles)} stroke:#c00,stroke-width:3px")
    return "\n".join(lines)


def _mermaid_node(picture: Drawing, node: Node) -> str:
    opening, closing = MERMAID_SHAPES.get(node.kind, ('["', '"]'))
    return f"{picture.names[node.id]}{opening}{mermaid_text(label_of(node))}{closing}"


def mermaid_text(text: str) -> str:
    """Safe within the double quotes of a Mermaid label, where `#name;` writes a character."""
    return "".join(f"#{ord(char)};" if char in MERMAID_SPECIAL or not char.isprintable() else char for char in text)


MERMAID_SPECIAL = frozenset('"#<>&`\\;')

# --- DOT ---------------------------------------------------------------------------------------------

DOT_SHAPES = {
    NodeKind.FACT: "shape=box, style=rounded",
    NodeKind.TRIGGER: "shape=box, peripheries=2",
    NodeKind.GUARD: "shape=diamond",
    NodeKind.WAIT: "shape=ellipse",
    NodeKind.COMPLETE: "shape=doublecircle",
}


def dot(built: Graph) -> str:
    """A directed graph for Graphviz; circles are red."""
    picture = drawing(built)
    lines = ["digraph planned {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    lines += [f"  {_dot_node(picture, node)}" for node in picture.facts]
    for number, (rule, nodes) in enumerate(picture.rules, start=1):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={dot_text(_title(rule))};")
        lines += [f"    {_dot_node(picture, node)}" for node in nodes]
        lines.append("  }")
    for edge in picture.edges:
        marks = [f"label={dot_text(label)}"] if (label := _edge_label(edge)) else []
        marks += ["style=bold"] if edge.chain else []
        marks += ["color=red"] if edge.in_cycle else []
        attributes = f" [{', '.join(marks)}]" if marks else ""
        lines.append(f"  {picture.names[edge.source.id]} -> {picture.names[edge.target.id]}{attributes};")
    return "\n".join((*lines, "}"))


def _dot_node(picture: Drawing, node: Node) -> str:
    shape = DOT_SHAPES.get(node.kind)
    return f"{picture.names[node.id]} [label={dot_text(label_of(node))}{', ' + shape if shape else ''}];"


def dot_text(text: str) -> str:
    """A quoted string of DOT, in which backslashes begin escapes and `&` names a character."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + plain.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'
