"""What good authors write: every clause of the language, in both languages, and no lint says a word about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planned.check.known import Known
from planned.check.lint import lint
from planned.runtime.files import load_rules
from planned.syntax import ast

GOOD = Path(__file__).parents[1] / "golden" / "good"
TERM = Known(today=date(2026, 9, 1))
KINDS = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.Node)}
ABSTRACT = {ast.Node, ast.Comment, ast.File}


def test_no_lint_says_anything() -> None:
    loaded = load_rules([GOOD])
    found = lint(loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics, known=TERM)
    assert [f"{one.span.file}:{one.span.line} {one.name} {one.text('en')}" for one in found] == []


def test_there_are_a_hundred_rules_in_each_language_the_same_number() -> None:
    rules = {"en": 0, "fr": 0}
    for file in load_rules([GOOD]).files:
        rules[file.language] += sum(isinstance(one, ast.Rule) for one in file.statements)
    assert sum(rules.values()) >= 100
    assert rules["en"] == rules["fr"]


def test_every_clause_is_there_in_both_languages() -> None:
    for language in ("en", "fr"):
        met: set[type[object]] = set()
        for file in load_rules([GOOD]).files:
            if file.language == language:
                met |= set(_kinds(file.statements))
        assert {kind.__name__ for kind in KINDS - met - ABSTRACT} == set()


def _kinds(value: object) -> list[type[object]]:
    if isinstance(value, tuple):
        return [kind for one in value for kind in _kinds(one)]
    if isinstance(value, ast.Node):
        below = [getattr(value, name) for name in type(value).__dataclass_fields__]
        return [type(value), *(kind for one in below for kind in _kinds(one))]
    return []
