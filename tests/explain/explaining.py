"""Rules given as text, explained."""

from __future__ import annotations

from datetime import date

from planned.check.build import graph_of
from planned.check.graph import Graph, Rule
from planned.check.scope import Placed
from planned.check.subject import subject
from planned.diagnostics import Language
from planned.engine.explain.firings import Firing, firings
from planned.engine.explain.rule import Explanation, Part, Said, explain
from planned.syntax.from_text import parse

TODAY = date(2026, 11, 22)


def read(text: str, path: str = "any.rules") -> list[tuple[Graph, Rule, Placed]]:
    """Each rule of a file that can be read."""
    file, found = parse(text, path)
    assert [one.text("en") for one in found] == []
    surveyed = subject([file], {}, {path: text}, (), None).survey
    graph = graph_of(surveyed)
    placed = {(one.course, one.name): one for one in reversed(surveyed.rules)}
    return [(graph, rule, placed[rule.course, rule.name]) for rule in graph.rules]


def explained(text: str, language: Language | None = None) -> Explanation:
    """The first rule."""
    graph, rule, placed = read(text)[0]
    return explain(graph, rule, placed, language)


def said(explanation: Explanation, part: Part) -> list[Said]:
    return [one for one in explanation.said if one.part is part]


def sentences(explanation: Explanation, part: Part) -> str:
    return " ".join(sentence for one in said(explanation, part) for sentence in (*one.sentences, *one.notes))


def examples(text: str) -> tuple[Firing, ...]:
    graph, rule, _ = read(text)[0]
    return firings(graph, rule, TODAY)
