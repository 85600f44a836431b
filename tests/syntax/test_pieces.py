"""Reading again what was edited gives what reading all again gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from planned.diagnostics import Diagnostic
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.pieces import Pieces
from planned.syntax.source import lines_of

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rules").glob("*.rules"))
EDITS = 60
TYPED = ("x", " ", "envoyer", "rule a ", "# hm ", ", ", "(", "5 ", "é")


def written(pieces: Pieces) -> str:
    return "".join(piece.text for piece in pieces.all)


def mistakes(pieces: Pieces) -> Iterator[tuple[str, int, int]]:
    for piece, start in zip(pieces.all, pieces.starts(), strict=False):
        for one in piece.found:
            yield one.name, one.span.line + start - piece.base, one.span.column


def places(pieces: Pieces) -> Iterator[tuple[ast.Statement, int]]:
    for piece, start in zip(pieces.all, pieces.starts(), strict=False):
        for one in piece.statements:
            yield one, one.span.line + start - piece.base


def read(text: str) -> tuple[list[tuple[ast.Statement, int]], list[Diagnostic]]:
    file, found = parse(text, "a.rules")
    return [(one, one.span.line) for one in file.statements], found


def edit(random: Random, lines: list[str]) -> tuple[int, int, str]:
    """A few letters more or fewer, a line doubled, or some lines taken away."""
    first = random.randrange(len(lines) - 1)
    line = lines[first]
    column = random.randrange(len(line.rstrip("\n")) + 1)
    match random.randrange(5):
        case 0 | 1:
            return first + 1, first + 2, line[:column] + random.choice(TYPED) + line[column:]
        case 2:
            return first + 1, first + 2, line[:column] + line[column + 1 :].rstrip("\n") + "\n"
        case 3:
            return first + 1, first + 1, line
        case _:
            end = min(first + random.randrange(1, 4), len(lines) - 1)
            return first + 1, end + 1, ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_edits_one_by_one_come_to_the_same(path: Path) -> None:
    """Each from the sound text, so that a text is as broken as one edit can make it; then it is taken back."""
    random = Random(path.stem)
    text = path.read_text(encoding="utf-8")
    pieces = Pieces(text, "a.rules")
    sound, _ = read(text)
    for _ in range(EDITS):
        lines = lines_of(text)
        first, end, new = edit(random, lines)
        after = "".join([*lines[: first - 1], new, *lines[end - 1 :]])
        pieces.edit(first, end, new)
        assert written(pieces) == after
        if after.count('"""') % 2 == 0:
            statements, found = read(after)
            assert list(places(pieces)) == statements, (first, new)
            assert sorted(mistakes(pieces)) == sorted((one.name, one.span.line, one.span.column) for one in found)
        pieces.edit(first, first + new.count("\n"), "".join(lines[first - 1 : end - 1]))
        assert written(pieces) == text
        assert list(places(pieces)) == sound


def test_only_what_is_near_an_edit_is_read_again() -> None:
    text = "".join(f'rule r{n} after enrolment\n  send "Hello {n}"\n\n' for n in range(200))
    pieces = Pieces(text, "a.rules")
    before = list(pieces.all)
    fresh, _ = pieces.edit(301, 302, '  send "Good morning"\n')
    assert fresh.stop - fresh.start <= 3
    assert sum(piece not in before for piece in pieces.all) <= 3


def test_a_quote_that_is_closed_again_brings_back_what_follows() -> None:
    text = "".join(f'template t{n} """\n  Hello {n}\n  """\n\n' for n in range(50))
    pieces = Pieces(text, "a.rules")
    pieces.edit(5, 6, "template t1\n")
    pieces.edit(5, 6, 'template t1 """\n')
    assert [one.name.text for piece in pieces.all for one in piece.statements if isinstance(one, ast.Template)] == [
        f"t{n}" for n in range(50)
    ]
    assert list(mistakes(pieces)) == []
