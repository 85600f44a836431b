"""`# planned: allow NAME until DAY – reason`."""

from __future__ import annotations

from datetime import date

import pytest

from planned.check.known import Known
from tests.check.lints.known import KNOWN
from tests.check.reading import Files, file

HEAD = "timezone Europe/Paris\ncourse A\n"
ADVENT = Known(today=date(2026, 12, 1))


def said(text: str, known: Known = ADVENT) -> list[tuple[str, int]]:
    return [(one.name, one.span.line) for one in file(HEAD + text).lint(known=known)]


@pytest.mark.parametrize("dash", ["–", "—", "-", "--", ":"])
def test_a_whole_allowance_is_silent(dash: str) -> None:
    assert said(f'# planned: allow unnamed-rule until 2026-12-01 {dash} one line\nafter enrolment send "x"') == []


def test_it_counts_for_its_statement_only() -> None:
    text = '# planned: allow unnamed-rule until 2026-12-31 – so\nafter enrolment send "x"\nafter first access send "x"'
    assert said(text) == [("unnamed-rule", 5)]


def test_errors_cannot_be_allowed() -> None:
    text = '# planned: allow unknown-name until 2026-12-31 – no\nrule r after sending of s send "x"'
    assert said(text) == [("unknown-name", 4)]


@pytest.mark.parametrize(
    "comment",
    [
        "# planned: allow unnamed-rule",
        "# planned: allow unnamed-rule – one line",
        "# planned: allow unnamed-rule until 2026-12-31",
        "# planned: allow unnamed-rule until 2026-12-31 –",
        "# planned: allow unnamed-rule until 2026-13-31 – one line",
    ],
)
def test_one_that_does_not_say_all_is_one_warning(comment: str) -> None:
    read = file(f'{HEAD}{comment}\nafter enrolment send "x"')
    ((name, underlined),) = [(one.name, read.underlined(one)) for one in read.lint(known=ADVENT)]
    assert (name, underlined) == ("allowance-incomplete", comment)


@pytest.mark.parametrize("comment", ["# planned:", "# planned: ignore no-course", "# planned : allow"])
def test_what_is_meant_as_one_is_told_how_it_is_written(comment: str) -> None:
    read = file(f'{HEAD}{comment}\nrule r after enrolment send "x"')
    (one,) = read.lint()
    assert (one.name, read.underlined(one)) == ("allowance-incomplete", comment)
    assert "# planned: allow NAME until 2026-12-31 – the reason" in one.help("en")
    assert "# planned: allow NAME until 2026-12-31 – la raison" in one.help("fr")


def test_one_that_has_expired_hides_nothing() -> None:
    text = '# planned: allow unnamed-rule until 2026-11-30 – so\nafter enrolment send "x"'
    assert said(text) == [("allowance-expired", 3), ("unnamed-rule", 4)]
    assert said(text, Known(today=date(2026, 11, 30))) == []
    assert said(text, Known()) == []


def test_one_that_is_needed_no_more_can_be_deleted() -> None:
    read = file(f'{HEAD}# planned: allow unnamed-rule until 2020-01-01 – so\nrule r after enrolment send "x"')
    (one,) = read.lint(known=ADVENT)
    assert one.name == "allowance-unused"
    assert one.fix is not None
    assert one.fix.safe
    assert (one.fix.edits[0].span.line, one.fix.edits[0].span.end_line, one.fix.edits[0].text) == (3, 4, "")


def test_one_of_a_lint_that_did_not_run_may_serve() -> None:
    text = '# planned: allow not-in-catalog until 2099-01-01 – so\nrule r after enrolment send "x"'
    assert said(text) == []
    catalogue = Known(ADVENT.today, KNOWN.catalog)
    assert said(text.replace("A", "NUM101"), catalogue)[-1] == ("allowance-unused", 3)


def test_a_name_that_no_lint_has() -> None:
    read: Files = file('# planned: allow unnamed-rules until 2099-01-01 – a slip\nrule r after enrolment send "x"')
    (one,) = [one for one in read.lint() if one.name.startswith("allowance")]
    assert (one.name, read.underlined(one)) == ("allowance-unknown", "unnamed-rules")
    assert one.help("fr") == "Vouliez-vous dire unnamed-rule\u00a0?"
