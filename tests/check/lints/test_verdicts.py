"""What the lints prove holds in the engine: on random histories no message leaves that is said never to be sent.

The rules are random, too, and speak of one activity and one group only, so that they often contradict themselves.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from planned.check.build import build
from planned.check.graph import Graph
from planned.diagnostics import Diagnostic
from planned.engine.decision import Decision, Outcome
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.engine.simulate import simulate
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_node
from tests.oracle.histories import Events
from tests.oracle.random_rules import Words, rule_files
from tests.strategies import examples

SEEDS = examples(600)
BLOCK = 100
HISTORIES = 12
START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Verdict:
    """What was said of a rule, of one of its steps, or of a whole guard."""

    rule: ast.Rule
    step: int | None
    guard: ast.Guard | None
    text: str

    def speaks_of(self, one: Decision) -> bool:
        assert self.rule.name is not None
        return one.rule == self.rule.name.text and self.step in (None, one.step)


def narrow(seed: int) -> tuple[Words, dict[str, str]]:
    r = random.Random(seed)
    words = Words(r, START.date())
    words.courses, words.activities, words.activity_ids = ["C1"], ["Quiz1"], ["Quiz1"]
    words.groups, words.group_ids, words.dates = ["A"], ["A"], []
    return words, rule_files(words)


def verdicts(files: list[ast.File], found: list[Diagnostic], name: str) -> Iterator[Verdict]:
    rules = [one for file in files for one in file.statements if isinstance(one, ast.Rule)]
    for one in found:
        if one.name != name:
            continue
        for rule in rules:
            if rule.span.file == one.span.file and rule.span.line <= one.span.line <= rule.span.end_line:
                yield _placed(rule, one)


def _placed(rule: ast.Rule, one: Diagnostic) -> Verdict:
    for number, step in enumerate(rule.steps, start=1):
        for guard in step.guards:
            if guard.span.line == one.span.line and guard.span.column <= one.span.column <= guard.span.end_column:
                whole = guard if guard.condition.span == one.span else None
                return Verdict(rule, number, whole, one.text("en"))
    return Verdict(rule, None, None, one.text("en"))


def played(graph: Graph, words: Words, number: int) -> Iterator[Decision]:
    words.r.seed(number)
    made = Events(words.r, words, START).make()
    events = [one for one in (decode_object(each, str(each["id"])) for each in made) if isinstance(one, Event)]
    yield from simulate(graph, sorted(events, key=lambda one: one.time), default_zone="Europe/Paris")


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_what_never_sends_never_does(first: int) -> None:
    found = 0
    for seed in range(first, first + BLOCK):
        words, texts = narrow(seed)
        files = [parse(text, name)[0] for name, text in texts.items()]
        graph, diagnostics = build(files)
        said = list(verdicts(files, diagnostics, "never-sends"))
        found += len(said)
        for number in range(HISTORIES if said else 0):
            for one in played(graph, words, number):
                wrong = [each for each in said if one.outcome is Outcome.SENT and each.speaks_of(one)]
                assert not wrong, f"seed {seed}, history {number}: {wrong[0].text}\n" + "\n".join(texts.values())
    assert found, "no rule contradicts itself: the test shows nothing"


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_what_is_needless_holds_nothing_back(first: int) -> None:
    found = 0
    for seed in range(first, first + BLOCK):
        words, texts = narrow(seed)
        files = [parse(text, name)[0] for name, text in texts.items()]
        graph, diagnostics = build(files)
        said = [one for one in verdicts(files, diagnostics, "needless-condition") if one.guard is not None]
        found += len(said)
        for number in range(HISTORIES if said else 0):
            for one in played(graph, words, number):
                wrong = [each for each in said if each.speaks_of(one) and held_back(each, one)]
                assert not wrong, f"seed {seed}, history {number}: {wrong[0].text}\n" + "\n".join(texts.values())
    assert found, "no guard is needless: the test shows nothing"


def held_back(verdict: Verdict, one: Decision) -> bool:
    """Whether the needless guard was the one that said no."""
    assert verdict.guard is not None
    if one.outcome is not Outcome.SUPPRESSED:
        return False
    return one.guards[-1].text == print_node(verdict.guard, "en")
