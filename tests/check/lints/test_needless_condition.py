"""Conditions that change nothing; and those that only look so."""

from __future__ import annotations

import pytest

from planned.diagnostics import Severity
from tests.check.reading import file

NEEDLESS = [
    ('after completion of Q wait 3 days if Q complete send "x"', "Q complete"),
    ('after completion of Q wait 3 days if L complete and Q complete send "x"', "Q complete"),
    ('after submission of Q 3 times wait 3 days if Q submitted send "x"', "Q submitted"),
    ('after joining group G wait 1 day if in group G send "x"', "in group G"),
    ('after 7 days without access wait 1 day if 3 days without access send "x"', "3 days without access"),
    ('after enrolment wait 3 days unless Q passed and Q failed send "x"', "Q passed and Q failed"),
    ('after enrolment if Q complete or not Q complete send "x"', "Q complete or not Q complete"),
    ('after enrolment if L complete or (Q passed and Q failed) send "x"', "Q passed and Q failed"),
    ('after enrolment if L complete or not (Q passed and Q failed and P passed) send "x"', None),
    ('after enrolment send "x" stop once in group G and not in group G', "in group G and not in group G"),
]


@pytest.mark.parametrize(("rule", "underlined"), NEEDLESS)
def test_what_changes_nothing_is_underlined(rule: str, underlined: str | None) -> None:
    read = file(f'course C group G is "1" rule r {rule}')
    ((name, place),) = read.said()
    assert name == "needless-condition"
    assert underlined is None or place == underlined
    assert [one.severity for one in read.lint() if one.name == name] == [Severity.WARNING]


NEEDED = [
    'after grade of Q below 8 wait 1 day unless grade of Q at least 8 send "x"',
    'after 7 days without access wait 1 day unless course complete send "x"',
    'after passing Q wait 3 days if Q complete send "x"',
    'after failing Q wait 3 days if Q failed send "x"',
    'after completion of Q or completion of L wait 3 days if Q complete send "x"',
    'after completion of Q wait 3 days if Q complete send "x" even when unenrolled',
    'every monday at 09:00 from completion of Q if Q complete send "x"',
    'after enrolment wait 3 days unless Q submitted send "x" stop once Q submitted',
    'after 7 days without access wait 1 day if 20 days without access send "x"',
    'after completion of Q unless grade of Q above 15 send "x" then wait 1 day if grade of Q above 10 send "y"',
]


@pytest.mark.parametrize("rule", NEEDED)
def test_what_can_hold_a_message_back_is_not_called_needless(rule: str) -> None:
    read = file(f"course C rule r {rule}")
    assert not read.found
    assert "needless-condition" not in [name for name, _ in read.said()]
