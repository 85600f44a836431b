"""From an edit in a file of 10,000 rules to its diagnostics, against a bare Lark parse of the text, which it spares.

The editor's change in, the protocol's diagnostics out, as the server makes them, without the pipe between the two. What
is judged is the rule that was edited; the lints of all rules follow after a pause.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from statistics import median

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
from tests.bench.measure import Figure, Size, cpu, timed

RULES: dict[Size, int] = {"full": 10_000, "quick": 1000, "tiny": 100}
EDITS: dict[Size, int] = {"full": 50, "quick": 50, "tiny": 5}
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


def _change(document: Document, random: Random) -> types.TextDocumentContentChangePartial:
    """A letter more in the name of an activity, so that it is unknown."""
    lines = document.text.lines
    while True:
        line = random.randrange(len(lines))
        if "Unit" in lines[line] and lines[line].lstrip().startswith("after"):
            column = lines[line].index("Unit") + 4
            at, end = types.Position(line, column), types.Position(line, column)
            return types.TextDocumentContentChangePartial(types.Range(at, end), "x")


def _answer(document: Document, change: types.TextDocumentContentChangePartial) -> types.PublishDiagnosticsParams:
    document.change(document.text.change(change))
    language = document.pieces.language
    found = [shown.diagnostic(one, document.text, language, lambda path: path) for one in document.found()]
    return types.PublishDiagnosticsParams(document.uri, found)
