"""One slip in a sound file, a clause elsewhere, a word left out or doubled: one error or none, never two."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from planned.syntax.from_text import parse

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "rules").glob("*.rules"), *(ROOT / "tests/golden/good").glob("*.rules")])
LONG = bool(os.environ.get("PLANNED_LONG"))
SLIPS = 400 if LONG else 24
"""Of each kind, in all files together."""
_WORD = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|«[^»\n]*»|“[^”\n]*”|#[^\n]*|[^\s"«“#]+')


def statements() -> list[str]:
    """Every rule, scenario and declaration by itself, without its comments."""
    found = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        file, mistakes = parse(text, path.name)
        assert mistakes == []
        lines = text.split("\n")
        found += [
            "\n".join(
                line for line in lines[one.span.line - 1 : one.span.end_line] if not line.lstrip().startswith("#")
            )
            for one in file.statements
        ]
    return found


STATEMENTS = statements()


def without_a_word(text: str, chance: random.Random) -> str:
    word = chance.choice(list(_WORD.finditer(text)))
    return text[: word.start()] + text[word.end() :]


def a_word_twice(text: str, chance: random.Random) -> str:
    word = chance.choice(list(_WORD.finditer(text)))
    return f"{text[: word.end()]} {text[word.start() :]}"


def a_clause_elsewhere(text: str, chance: random.Random) -> str:
    """A line of a rule or a scenario, which is a clause, elsewhere in it."""
    lines = text.split("\n")
    if len(lines) > 2 and '"""' not in text:
        line = lines.pop(chance.randrange(1, len(lines)))
        lines.insert(chance.randrange(1, len(lines) + 1), line)
    return "\n".join(lines)


@pytest.mark.parametrize("slip", [without_a_word, a_word_twice, a_clause_elsewhere], ids=lambda one: one.__name__)
def test_one_slip_is_one_error_or_none(slip: object) -> None:
    assert callable(slip)
    chance = random.Random(7)
    wrong = []
    for text in STATEMENTS if LONG else chance.sample(STATEMENTS, SLIPS):
        for _ in range(SLIPS // 20 if LONG else 1):
            slipped = slip(text, chance)
            _, found = parse(f"{slipped}\n\ncourse OK\n", "x")
            if len(found) > 1:
                wrong.append((slipped, [(one.text("en"), one.help("en")) for one in found]))
    assert wrong == []
