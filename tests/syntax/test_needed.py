"""What a pattern of habits is said to need is in whatever it can match: else a habit would not be found."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from re import _constants as code  # type: ignore[attr-defined]  # there is no public one
from re import _parser  # type: ignore[attr-defined]  # there is no public one
from typing import Any

import pytest

from planned.syntax.habits import _habits
from planned.syntax.needed import needed


def some_text(tree: Iterable[tuple[Any, Any]], chance: random.Random) -> str:
    """Something that a pattern can match, what is around it and back references left aside."""
    return "".join(_WRITTEN[op](of, chance) for op, of in tree)


def _one_of(members: list[tuple[Any, Any]], chance: random.Random) -> str:
    op, of = chance.choice(members)
    return "£" if op is code.NEGATE else _WRITTEN[op](of, chance)


def _repeated(of: tuple[int, int, Any], chance: random.Random) -> str:
    least, most, tree = of
    return "".join(some_text(tree, chance) for _ in range(chance.randint(least, min(most, least + 2))))


def _nothing(_of: Any, _chance: random.Random) -> str:
    return ""


_WRITTEN: dict[Any, Callable[[Any, random.Random], str]] = {
    code.LITERAL: lambda of, chance: chr(of),
    code.NOT_LITERAL: lambda of, chance: "£",
    code.ANY: lambda of, chance: "£",
    code.RANGE: lambda of, chance: chr(of[0]),
    code.CATEGORY: lambda of, chance: "£",
    code.IN: _one_of,
    code.BRANCH: lambda of, chance: some_text(chance.choice(of[1]), chance),
    code.SUBPATTERN: lambda of, chance: some_text(of[3], chance),
    code.MAX_REPEAT: _repeated,
    code.MIN_REPEAT: _repeated,
    code.ASSERT: _nothing,
    code.ASSERT_NOT: _nothing,
    code.AT: _nothing,
}


def test_what_a_habit_needs_is_in_all_that_it_can_match() -> None:
    chance = random.Random(1)
    habits = {habit.written: habit for habit in _habits()}.values()
    for habit in habits:
        tree = _parser.parse(habit.pattern.pattern)
        for text in (some_text(tree, chance) for _ in range(20)):
            for ones in habit.needed:
                assert any(one in text for one in ones), (habit.written, text)
    assert sum(bool(habit.needed) for habit in habits) > 0.95 * len(habits)


@pytest.mark.parametrize(
    ("pattern", "need"),
    [
        ("after ARTICLE?NAME", ["after"]),
        ("(?:every|each) weeks?", ["each every", "week"]),
        ("(?:the )?end(?: of it)?", ["end"]),
        ("(?:if|(?:as )?soon) (?!then)x", ["if soon", "x"]),
        (r"(?:a|b*) [cd]\d{1,2}e", ["e"]),
        ("NUM (?:days|UNIT)", ["days hour"]),
        ("wait|", []),
        ("NAME(?:UNIT|s)?(?P<x>x*y+z)", ["z"]),
    ],
)
def test_needed(pattern: str, need: list[str]) -> None:
    opened = {"ARTICLE": needed("the|an?", {}), "NAME": (), "NUM": (), "UNIT": needed("hours?", {})}
    assert needed(pattern, opened) == tuple(frozenset(ones.split()) for ones in need)
    assert re.compile(pattern)
