"""What holds of the parser for any bytes at all: from them to diagnostics, a graph, and decisions."""

from __future__ import annotations

import re
import time
from itertools import repeat

from planned.check.build import build
from planned.check.lint import lint
from planned.diagnostics import Diagnostic, Severity, Span
from planned.engine.decode import decode as decode_event
from planned.engine.event import Event
from planned.engine.simulate import simulate
from planned.syntax.from_text import parse, read
from planned.syntax.source import decode
from planned.syntax.to_text import print_file

SECONDS = 1.0
"""Of CPU, for anything up to 10 kB."""
SMALL = 10_000
DAY = 86_400_000_000
PATH = "any.rules"

_STORY = """
{"id": "1", "time": "2026-09-01T08:00:00Z", "kind": "enrolment"}
{"id": "2", "time": "2026-09-02T08:00:00Z", "kind": "completion", "activity": "Quiz1", "state": "passed"}
{"id": "3", "time": "2026-09-02T09:00:00Z", "kind": "grade", "activity": "Quiz1", "grade": 8, "max": 20}
{"id": "4", "time": "2026-09-03T08:00:00Z", "kind": "group", "group": "A", "member": true}
{"id": "5", "time": "2026-09-04T08:00:00Z", "kind": "date", "what": "end", "at": "2026-10-04T08:00:00Z"}
{"id": "6", "time": "2026-09-05T08:00:00Z", "kind": "completion", "activity": "Lesson2", "state": "complete"}
"""


def _story() -> list[Event]:
    whole = (line[:-1] + ', "course": "NUM101", "learner": "a"}' for line in _STORY.split("\n") if line)
    return [one for one in map(decode_event, whole, repeat("story")) if isinstance(one, Event)]


STORY = _story()


def check(data: bytes, seconds: float = SECONDS) -> None:
    """Fails where a promise of the parser does not hold for this file."""
    start = time.process_time()
    file, found = read(data, PATH)
    text, _ = decode(data, PATH)
    in_time(data, start, seconds)
    lines = author_lines(text or data.decode("utf-8", "replace"))
    for one in found:
        said(one, lines)
    if not found:
        printed = print_file(file)
        again, mistakes = parse(printed, PATH)
        assert not mistakes, [one.text("en") for one in mistakes]
        assert again.statements == file.statements
        assert print_file(again) == printed


def check_rules(data: bytes, seconds: float = SECONDS) -> None:
    """As `check`, and the same of all that is said about the rules; those without errors are played."""
    check(data, seconds)
    file, found = read(data, PATH)
    text, _ = decode(data, PATH)
    lines = author_lines(text or data.decode("utf-8", "replace"))
    start = time.process_time()
    shown = lint([file], sources={PATH: text}, given=found)
    graph, _ = build([file], {}, "NUM101", sources={PATH: text}, given=found)
    in_time(data, start, seconds)
    for one in shown:
        said(one, lines)
    if not any(one.severity is Severity.ERROR for one in shown):
        for decision in simulate(graph, STORY, until=STORY[-1].time + 90 * DAY):
            assert decision.rule


def in_time(data: bytes, start: float, seconds: float) -> None:
    spent = time.process_time() - start
    assert len(data) > SMALL or spent < seconds, f"{spent:.1f} s for {len(data)} bytes"


def author_lines(text: str) -> list[str]:
    """The lines that spans count."""
    return re.sub("\r(?!\n)", "\n", text.removeprefix("\ufeff")).split("\n")


def said(one: Diagnostic, lines: list[str]) -> None:
    """It can be said in both languages, and every place it names is in the text."""
    for language in ("en", "fr"):
        assert one.text(language)
        one.help(language)
    spans = [one.span, *(span for span, _ in one.related)]
    spans += [edit.span for edit in one.fix.edits] if one.fix else []
    for span in spans:
        assert inside(span, lines), (one.name, span)


def inside(span: Span, lines: list[str]) -> bool:
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return start <= end and all(
        1 <= line <= len(lines) and 1 <= at <= len(lines[line - 1]) + 1 for line, at in (start, end)
    )
