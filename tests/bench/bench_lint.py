"""`planned lint` of thousands of rules against a bare Lark parse of the same texts with the same grammar."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from importlib import resources
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from lark import Lark

from planned.cli.main import main
from planned.syntax import words
from planned.syntax.source import source
from tests.bench import campus
from tests.bench.measure import Figure, Size, cpu, pairs, timed

RULES_A_FILE = 500
FILES: dict[Size, int] = {"full": 20, "quick": 1, "tiny": 1}
TIMES: dict[Size, int] = {"full": 5, "quick": 3, "tiny": 1}
AIM = 2.0


def run(size: Size) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="planned-bench-") as name:
        folder = campus.write_rules(Path(name) / "rules", FILES[size], RULES_A_FILE)
        paths = sorted(folder.iterdir())
        texts = [source(path.read_text(encoding="utf-8"), path.name)[0].folded for path in paths]
        lark = bare_parser()
        _lint(folder)  # has read the grammar, too, before it is measured
        pair = pairs(lambda: _measured(_lint, folder), lambda: _measured(_parse, lark, texts), TIMES[size])
    rules = FILES[size] * RULES_A_FILE
    says = f"{rules:,} rules in {len(texts)} files: lint {pair.a:.2f} s, bare Lark parse {pair.b:.2f} s, {pair.noise}"
    yield Figure("lint", pair.ratio, AIM, says)


def bare_parser() -> Lark:
    grammar = resources.files("planned.grammar").joinpath("planned.lark").read_text("utf-8")
    return Lark(grammar + words.terminals(), parser="lalr", lexer="contextual")


def _lint(folder: Path) -> None:
    with redirect_stdout(StringIO()) as said:
        code = main(["lint", str(folder), "--format", "concise"])
    assert code == 0, said.getvalue()


def _parse(lark: Lark, texts: Sequence[str]) -> None:
    for text in texts:
        lark.parse(text)


def _measured(work: object, *args: object) -> float:
    gc.collect()
    assert callable(work)
    return timed(lambda: work(*args), cpu)
