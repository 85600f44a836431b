"""Whatever an author has written, and wherever: nothing of it is lost, and laying out twice changes nothing more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.diagnostics import Language
from planned.syntax import ast
from planned.syntax.format import format_text
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file
from tests.fmt.scattering import Standing, scattered, standing
from tests.strategies import examples, files

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def sources() -> st.SearchStrategy[str]:
    canonical = st.builds(print_file, files(), st.sampled_from(["en", "fr"]))
    return canonical.flatmap(scattered)


def laid_out(text: str, to: Language | None = None) -> str:
    done = format_text(text, "any.rules", to)
    assert [one.text("en") for one in done.diagnostics] == []
    assert done.text is not None
    return done.text


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(sources())
def test_it_says_the_same_and_lays_out_once(text: str) -> None:
    written = laid_out(text)
    assert parse(written, "any.rules")[0].statements == parse(text, "any.rules")[0].statements
    assert laid_out(written) == written


@settings(max_examples=examples(300), deadline=None, suppress_health_check=SLOW)
@given(sources())
def test_comments_stay_where_they_were_put(text: str) -> None:
    """One that stands inside a clause goes above it, since a clause is one line; all others keep their places."""
    expected = [Standing(one.text, one.begun - one.inside, False) for one in standing(text)]
    assert standing(laid_out(text)) == expected


@settings(max_examples=examples(100), deadline=None, suppress_health_check=SLOW)
@given(sources())
def test_a_line_has_no_blanks_at_its_end_and_there_are_no_two_empty_lines(text: str) -> None:
    written = laid_out(text)
    if '"""' not in written:
        assert "\n\n\n" not in written
        assert all(line == line.rstrip() for line in written.splitlines())
    assert not written or (written.endswith("\n") and written[0] != "\n")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_to_the_other_language_and_back(language: Language) -> None:
    other: Language = "en" if language == "fr" else "fr"

    @settings(max_examples=examples(500), deadline=None, suppress_health_check=SLOW)
    @given(files())
    def check(file: ast.File) -> None:
        canonical = laid_out(print_file(file, language), language)
        translated = laid_out(canonical, other)
        assert laid_out(translated, language) == canonical

    check()
