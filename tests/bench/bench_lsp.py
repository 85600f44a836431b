"""From an edit in a file of 10,000 rules to its diagnostics, against a bare Lark parse of the text, which it spares.

The editor's change in, the protocol's diagnostics out: once as the server makes them, without the pipe between the two,
in seconds of the processor; once by the clock, with a server of its own over its pipes, and with an author's pauses, so
that edits meet the lints of all rules, which follow after a pause. What is judged at once is the rule that was edited.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep

from lsprotocol import types
from pygls.protocol import default_converter

from planned.check.known import Known
from planned.lsp import shown
from planned.lsp.choice import Choice
from planned.lsp.document import Document
from planned.lsp.text import Text
from planned.syntax.source import source
from tests.bench import campus
from tests.bench.bench_lint import bare_parser
from tests.bench.measure import Figure, Size, cpu, timed, wall
from tests.lsp.client import Editor

RULES: dict[Size, int] = {"full": 10_000, "quick": 1000, "tiny": 100}
EDITS: dict[Size, int] = {"full": 50, "quick": 50, "tiny": 5}
PIPED: dict[Size, tuple[int, ...]] = {"full": (1200, 10_000), "quick": (1200,), "tiny": (100,)}
PAUSES = 1.2
"""Seconds between two edits at most: three in four are longer than what the server waits before all rules are asked."""
AIM_MS = 50
PATH = "campus.rules"
TODAY = date(2026, 9, 1)


def run(size: Size) -> Iterator[Figure]:
    text = campus.rules(0, RULES[size])
    document = Document("file:///campus.rules", PATH, 1, Text(text), Choice(Known(TODAY)))
    lark = bare_parser()
    folded = source(text, PATH)[0].folded
    parse = median(timed(lambda: lark.parse(folded), cpu) for _ in range(1 if size == "tiny" else 3))
    random, converter = Random(1), default_converter()
    took, wrong = [], 0
    for _ in range(EDITS[size]):
        change = _change(document, random)
        took.append(timed(lambda change=change: converter.unstructure(_answer(document, change)), cpu))  # type: ignore[misc]  # bound now
        wrong += len(document.found())
    assert wrong, "every edit makes a mistake"
    says = (
        f"{RULES[size]:,} rules: median {median(took) * 1000:.1f} ms, worst of {EDITS[size]} edits"
        f" {max(took) * 1000:.1f} ms;"
        f" bare Lark parse of the whole text {parse * 1000:.0f} ms"
    )
    yield Figure("lsp, worst edit", max(took) * 1000, AIM_MS, says, unit="ms")
    yield Figure("lsp, a bare parse against the median edit", parse / median(took), None, says)
    for number in PIPED[size]:
        yield _piped(number, EDITS[size])


def _piped(rules: int, edits: int) -> Figure:
    """By the clock, neighbours on the machine included: the load is said beside it, and the worst has no aim."""
    text, random, took = campus.rules(0, rules), Random(1), []
    lines = text.split("\n")
    places = [(line, said.index("Unit") + 4) for line, said in enumerate(lines) if _names_a_unit(said)]
    with TemporaryDirectory() as folder, closing(Editor(Path(folder).resolve())) as editor:
        editor.open(PATH, text)
        editor.diagnostics(PATH)
        for _ in range(edits):
            sleep(random.uniform(0.05, PAUSES))
            editor.hear()
            at = random.choice(places)
            took.append(timed(lambda at=at: (editor.edit(PATH, at, at, "x"), editor.diagnostics(PATH)), wall))  # type: ignore[misc]  # bound now
    says = (
        f"{rules:,} rules: median {median(took) * 1000:.1f} ms, worst of {edits} edits {max(took) * 1000:.1f} ms,"
        f" at a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    )
    return Figure(f"lsp, median edit over the pipe, {rules:,} rules", median(took) * 1000, AIM_MS, says, unit="ms")


def _change(document: Document, random: Random) -> types.TextDocumentContentChangePartial:
    """A letter more in the name of an activity, so that it is unknown."""
    lines = document.text.lines
    while True:
        line = random.randrange(len(lines))
        if _names_a_unit(lines[line]):
            column = lines[line].index("Unit") + 4
            at, end = types.Position(line, column), types.Position(line, column)
            return types.TextDocumentContentChangePartial(types.Range(at, end), "x")


def _names_a_unit(line: str) -> bool:
    return "Unit" in line and line.lstrip().startswith("after")


def _answer(document: Document, change: types.TextDocumentContentChangePartial) -> types.PublishDiagnosticsParams:
    document.change(document.text.change(change))
    language = document.pieces.language
    found = [shown.diagnostic(one, document.text, language, lambda path: path) for one in document.found()]
    return types.PublishDiagnosticsParams(document.uri, found)
