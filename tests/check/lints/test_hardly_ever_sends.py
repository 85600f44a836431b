"""Messages that only an undoing or a delay lets leave."""

from __future__ import annotations

import pytest

from planned.diagnostics import Severity
from tests.check.reading import file

HARDLY = [
    ('after failing Q wait 1 day unless Q complete send "x"', "Q complete"),
    ('after failing Q 2 times wait 1 day unless L complete or Q complete send "x"', "Q complete"),
    ('after passing Q send "x" then wait 1 day if not Q complete send "y"', "not Q complete"),
    ('after failing Q if Q passed send "x"', "Q passed"),
    ('after leaving group G if in group G send "x"', "in group G"),
    ('every monday at 09:00 from completion of Q unless Q complete send "x"', "Q complete"),
    ('every monday at 09:00 until completion of Q if Q complete send "x"', "Q complete"),
    ('every monday at 09:00 if today is tuesday, friday send "x"', "today is tuesday, friday"),
    ('on 2026-10-05 at 09:00 if after 2026-10-05 send "x"', "after 2026-10-05"),
    ('after enrolment wait until monday at 09:00 if today is sunday send "x"', "today is sunday"),
    ('after enrolment wait until 2026-10-05 at 09:00 if before 2026-10-05 send "x"', "before 2026-10-05"),
]


@pytest.mark.parametrize(("rule", "underlined"), HARDLY)
def test_what_hardly_ever_leaves_is_a_warning(rule: str, underlined: str) -> None:
    read = file(f'course C group G is "1" rule r {rule}')
    found = [one for one in read.lint() if one.name == "hardly-ever-sends"]
    assert [(read.underlined(one), one.severity) for one in found] == [(underlined, Severity.WARNING)]


def test_the_result_that_was_meant_is_proposed() -> None:
    (one,) = [one for one in file(f"course C rule r {HARDLY[0][0]}").lint() if one.name == "hardly-ever-sends"]
    assert one.help("en") == "Did you mean: unless Q passed?"


OFTEN = [
    'after failing Q wait 1 day if Q passed send "x"',
    'after failing Q wait 1 day unless Q failed send "x"',
    'after leaving group G wait 1 day if in group G send "x"',
    'after failing Q or completion of L wait 1 day unless Q complete send "x"',
    'every monday at 09:00 until completion of Q wait 1 day if Q complete send "x"',
    'every monday, tuesday at 09:00 if today is tuesday send "x"',
    'every sunday at 09:00 wait 1 day if today is monday send "x"',
]


@pytest.mark.parametrize("rule", OFTEN)
def test_what_often_leaves_is_not_complained_about(rule: str) -> None:
    read = file(f'course C group G is "1" rule r {rule}')
    assert not read.found
    assert "hardly-ever-sends" not in [name for name, _ in read.said()]


def test_quiet_times_may_move_it_to_the_other_day() -> None:
    read = file('quiet on sunday course C rule r every sunday at 09:00 if today is monday send "x"')
    assert "hardly-ever-sends" not in [name for name, _ in read.said()]
