"""Runs the cases of this folder: as written, in the other language, in other orders of arrival."""

from __future__ import annotations

import difflib
import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planned.check.build import build
from planned.check.graph import Graph
from planned.diagnostics import Diagnostic, Severity, Span
from planned.engine.decision import Decision
from planned.engine.simulate import simulate
from planned.sources.order import events_in_order
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file
from tests.spec import notation
from tests.spec.cases import Case, Problem, all_cases

CASES = all_cases()
DECIDED = [case for case in CASES if case.expect is not None]
SPELLED = [case for case in DECIDED if case.spellings]
SHUFFLED = [case for case in DECIDED if len(case.events) > 1]
WRONG = [case for case in CASES if case.errors is not None or case.warnings]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    """The cases as parameters, by file, line and title."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in cases])


@each(DECIDED)
def test_decides_as_the_prose_says(case: Case, tmp_path: Path) -> None:
    judge(case, decide(case, case.rules, case.events, tmp_path))


@each(DECIDED)
def test_decides_the_same_in_the_other_language(case: Case, tmp_path: Path) -> None:
    files, _ = files_of(case.rules)
    texts = {one.path: print_file(one, "en" if one.language == "fr" else "fr") for one in files}
    judge(case, decide(case, texts, case.events, tmp_path), speech=False)


@each(SPELLED)
def test_other_spellings_mean_the_same(case: Case, tmp_path: Path) -> None:
    first = next(iter(case.rules))
    for text in case.spellings:
        judge(case, decide(case, {**case.rules, first: text}, case.events, tmp_path), speech=False)


@each(SHUFFLED)
def test_decides_the_same_in_any_order_of_arrival(case: Case, tmp_path: Path) -> None:
    for seed in range(3):
        judge(case, decide(case, case.rules, shuffled(case.events, seed), tmp_path))


@each(WRONG)
def test_finds_what_is_wrong(case: Case) -> None:
    _, every = graph_of(case.rules)
    if case.errors is not None:
        got = [shown(case, one) for one in every if one.severity is Severity.ERROR]
        assert sorted(got) == sorted(told(one) for one in case.errors)
    for warning in case.warnings:
        assert told(warning) in [shown(case, one) for one in every if one.severity is not Severity.ERROR]


# --- deciding ---------------------------------------------------------------------------------------


def files_of(texts: dict[str, str]) -> tuple[list[ast.File], list[Diagnostic]]:
    files: list[ast.File] = []
    found: list[Diagnostic] = []
    for name, text in texts.items():
        file, diagnostics = parse(text, name)
        files.append(file)
        found += diagnostics
    return files, found


def graph_of(texts: dict[str, str]) -> tuple[Graph, list[Diagnostic]]:
    files, found = files_of(texts)
    return build(files, {one.path: one for one in files}, sources=texts, given=found)


def decide(case: Case, texts: dict[str, str], events: list[dict[str, Any]], folder: Path) -> list[Decision]:
    """What a dry-run decides of these rules and events, in the order of their lines."""
    graph, found = graph_of(texts)
    wrong = [one for one in found if one.severity is Severity.ERROR]
    assert not wrong, "\n".join(f"{case.where}: {one.span}: {one.text('en')}" for one in wrong)
    history = folder / "events.jsonl"
    history.write_text("".join(json.dumps(one) + "\n" for one in [*case.people, *events]), encoding="utf-8")
    with events_in_order([str(history)], []) as ordered:
        decisions = list(simulate(graph, ordered, until=until_of(case), default_zone=case.zone))
        assert ordered.bad == [], f"{case.where}: events that do not count"
    return decisions


def until_of(case: Case) -> int | None:
    if case.until is None:
        return None
    return int(datetime.fromisoformat(case.until).replace(tzinfo=ZoneInfo(case.zone)).timestamp()) * 1_000_000


def shuffled(events: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Another order of arrival; only the events of one learner and instant keep theirs, for there it counts."""
    mixed = events.copy()
    random.Random(seed).shuffle(mixed)
    own: dict[tuple[datetime, object], list[dict[str, Any]]] = {}
    for one in reversed(events):
        own.setdefault(together(one), []).append(one)
    return [own[together(one)].pop() for one in mixed]


def together(one: dict[str, Any]) -> tuple[datetime, object]:
    return datetime.fromisoformat(one["time"]), one.get("learner")


# --- judging ----------------------------------------------------------------------------------------


def judge(case: Case, got: list[Decision], *, speech: bool = True) -> None:
    """Fails with a readable difference unless the decisions are those expected; `speech`: their wording, too."""
    assert case.expect is not None
    lines = [notation.told(one) for one in got]
    wanted = [one.line for one in case.expect]
    places = [lines.index(line) if line in lines else -1 for line in wanted] if case.partial else list(range(len(got)))
    same = (-1 not in places and places == sorted(places)) if case.partial else lines == wanted
    if not same:
        pytest.fail(f"{case.where} {case.title}\n" + "\n".join(difflib.ndiff(wanted, lines)), pytrace=False)
    misses = [
        f"  {one.line}\n    {name}: expected {value!r}, got {had}"
        for one, place in zip(case.expect, places, strict=True)
        for name, value in one.checks
        if speech or name not in notation.SPEECH
        if (had := notation.checked(got[place], name, value)) is not None
    ]
    if misses:
        pytest.fail(f"{case.where} {case.title}\n" + "\n".join(misses), pytrace=False)


def told(one: Problem) -> str:
    return f'{one.file}:{one.line}:{one.column} {one.name} "{one.underlined}"'


def shown(case: Case, one: Diagnostic) -> str:
    span = one.span
    return f'{span.file}:{span.line}:{span.column} {one.name} "{underlined(case.rules[span.file], span)}"'


def underlined(text: str, span: Span) -> str:
    """The author's text under the caret; of several lines with ` / ` between them."""
    lines = text.lstrip("\ufeff").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " / ".join(line.strip() for line in lines)
