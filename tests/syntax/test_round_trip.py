"""What is printed reads back as what it was, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file, print_node
from tests.strategies import files, guards

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_parse_undoes_print(language: Language) -> None:
    @SETTINGS
    @given(files())
    def check(file: ast.File) -> None:
        text = print_file(file, language)
        read, found = parse(text, "any.rules")
        assert [d.text("en") for d in found] == []
        assert read.statements == file.statements

    check()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_printing_is_idempotent(language: Language) -> None:
    @SETTINGS
    @given(files())
    def check(file: ast.File) -> None:
        text = print_file(file, language)
        assert print_file(parse(text, "any.rules")[0], language) == text

    check()


@given(guards())
@SETTINGS
def test_a_guard_by_itself_reads_back(guard: ast.Guard) -> None:
    for language in ("en", "fr"):
        text = f"after enrolment {print_node(guard, language)} send x"
        rule = parse(text, "any.rules")[0].statements[0]
        assert isinstance(rule, ast.Rule)
        assert rule.steps[0].guards == (guard,)
