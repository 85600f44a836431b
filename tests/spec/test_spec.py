"""Runs the cases of this folder: as written, in the other language, in other orders of arrival."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from planned.check.build import build
from planned.diagnostics import Diagnostic, Severity, Span
from planned.engine.decision import Decision
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.engine.simulate import simulate
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file
from tests.spec import notation
from tests.spec.cases import Case, Problem, all_cases

CASES = all_cases()
DECIDED = [case for case in CASES if case.expect is not None]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    """The cases as parameters, by file, line and title; those that are open may fail."""
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(case, id=case.id, marks=[pytest.mark.xfail(reason=case.open)] if case.open else [])
            for case in cases
        ],
    )


def events_of(case: Case) -> list[Event]:
    decoded = [decode_object(one, f"{case.where}: {one.get('id')}") for one in [*case.people, *case.events]]
    for one in decoded:
        assert isinstance(one, Event), f"{case.where}: not an event: {one}"
    return in_order(one for one in decoded if isinstance(one, Event))


def in_order(events: Iterable[Event]) -> list[Event]:
    """By time, then as received, as a dry-run reads its files."""
    return sorted(events, key=lambda one: one.time)


def files_of(texts: dict[str, str]) -> tuple[list[ast.File], list[Diagnostic]]:
    files: list[ast.File] = []
    found: list[Diagnostic] = []
    for name, text in texts.items():
        file, diagnostics = parse(text, name)
        files.append(file)
        found += diagnostics
    return files, found


def decide(case: Case, texts: dict[str, str], events: list[Event]) -> list[Decision]:
    files, found = files_of(texts)
    graph, more = build(files)
    wrong = [one for one in [*found, *more] if one.severity is Severity.ERROR]
    assert not wrong, "\n".join(f"{case.where}: {one.span}: {one.text('en')}" for one in wrong)
    return list(simulate(graph, events, until=until_of(case), default_zone=case.zone))


def until_of(case: Case) -> int | None:
    if case.until is None:
        return None
    return int(datetime.fromisoformat(case.until).replace(tzinfo=ZoneInfo(case.zone)).timestamp()) * 1_000_000


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


@each(DECIDED)
def test_decides_as_the_prose_says(case: Case) -> None:
    judge(case, decide(case, case.rules, events_of(case)))


@each(DECIDED)
def test_decides_the_same_in_the_other_language(case: Case) -> None:
    files, _ = files_of(case.rules)
    texts = {one.path: print_file(one, "en" if one.language == "fr" else "fr") for one in files}
    judge(case, decide(case, texts, events_of(case)), speech=False)


SPELLED = [case for case in DECIDED if case.spellings]


@each(SPELLED)
def test_other_spellings_mean_the_same(case: Case) -> None:
    first = next(iter(case.rules))
    for text in case.spellings:
        judge(case, decide(case, {**case.rules, first: text}, events_of(case)), speech=False)


SHUFFLED = [case for case in DECIDED if len(case.events) > 1]


@each(SHUFFLED)
def test_decides_the_same_in_any_order_of_arrival(case: Case) -> None:
    for seed in range(3):
        judge(case, decide(case, case.rules, shuffled(events_of(case), seed)))


def shuffled(events: list[Event], seed: int) -> list[Event]:
    """Another order of arrival, in order of time again; of one instant only the events of one learner keep theirs."""
    mixed = events.copy()
    random.Random(seed).shuffle(mixed)
    own: dict[tuple[int, str | None], list[Event]] = {}
    for one in reversed(events):
        own.setdefault((one.time, one.learner), []).append(one)
    return in_order(own[one.time, one.learner].pop() for one in mixed)


WRONG = [case for case in CASES if case.errors is not None or case.warnings]


@each(WRONG)
def test_finds_what_is_wrong(case: Case) -> None:
    files, found = files_of(case.rules)
    _, more = build(files)
    every = [*found, *more]
    if case.errors is not None:
        got = [shown(case, one) for one in every if one.severity is Severity.ERROR]
        assert sorted(got) == sorted(told(one) for one in case.errors)
    for warning in case.warnings:
        assert told(warning) in [shown(case, one) for one in every]


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
