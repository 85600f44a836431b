"""Rules that never start and messages that are never sent: what contradicts itself is underlined, nothing else is."""

from __future__ import annotations

import pytest

from planned.diagnostics import Severity
from tests.check.reading import file

NEVER = [
    ('after completion of Q wait 3 days unless Q complete send "x"', "Q complete"),
    ('after completion of Q wait 3 days unless L complete or Q complete send "x"', "Q complete"),
    ('after completion of Q and L submitted wait 3 days if L viewed and not L submitted send "x"', "not L submitted"),
    ('after completion of course send "x" then wait 1 day if 7 days without access send "y"', "7 days without access"),
    ('after submission of Q wait 3 days unless Q submitted send "x"', "Q submitted"),
    ('after 7 days without access wait 1 day if active within 3 days send "x"', "active within 3 days"),
    ('after 2 weeks without access wait 1 day unless 14 days without access send "x"', "14 days without access"),
    ('after grade of Q below 8 wait 1 day if grade of Q above 10 send "x"', "grade of Q above 10"),
    ('after joining group G wait 1 day unless in group G send "x"', "in group G"),
    (
        'after enrolment if grade of Q above 15 and L complete and grade of Q below 10 send "x"',
        "grade of Q above 15 and L complete and grade of Q below 10",
    ),
    ('after enrolment if L complete and (Q passed and Q failed) send "x"', "Q passed and Q failed"),
    ('after enrolment if Q complete unless Q complete send "x"', "Q complete"),
    ('after enrolment if L complete unless Q complete or not Q complete send "x"', "Q complete or not Q complete"),
    ('after enrolment if in group G and not in group G send "x"', "in group G and not in group G"),
    ('after enrolment if before 2026-10-05 and after 2026-10-04 send "x"', "before 2026-10-05 and after 2026-10-04"),
    ('after enrolment if after 2026-10-04 and before 2026-10-06 and today is sunday send "x"', None),
    (
        'after enrolment if profile city is "a" and profile city is "b" send "x"',
        'profile city is "a" and profile city is "b"',
    ),
    ('after enrolment if profile city is "ab" unless profile city contains "b" send "x"', 'profile city contains "b"'),
    ('after enrolment if profile city is "" send "x"', 'profile city is ""'),
    ('after enrolment unless today is monday, tuesday, wednesday, thursday, friday, saturday, sunday send "x"', None),
    ('after completion of Q and not Q complete send "x"', "completion of Q and not Q complete"),
    ('after passing Q send "x" stop once Q complete', "Q complete"),
    ('after completion of course send "x" stop once Q complete or course complete', "Q complete or course complete"),
    ('after enrolment wait 3 days if Q complete send "x" stop once Q complete', "Q complete"),
    ('stop all once course complete rule s after completion of course send "x"', "completion of course"),
]


@pytest.mark.parametrize(("text", "underlined"), NEVER)
def test_what_contradicts_itself_is_underlined(text: str, underlined: str | None) -> None:
    read = file(f'course C group G is "1" {"" if "rule" in text else "rule r "}{text}')
    ((name, place),) = read.said()
    assert name == "never-sends"
    assert underlined is None or place == underlined
    (one,) = [one for one in read.lint() if one.name == name]
    assert one.severity is Severity.ERROR


SENDS = [
    'after completion of Q wait 3 days unless L complete send "x"',
    'after passing Q wait 3 days if Q failed send "x"',
    'after failing Q wait 3 days unless Q failed send "x"',
    'after passing Q and in group G send "x" stop once Q failed',
    'after enrolment if grade of Q above 10 and grade of Q below 15 send "x"',
    'after enrolment if grade of Q above 10 and grade of Q below 10% send "x"',
    'after enrolment unless grade of Q above 10 or grade of Q at most 10 send "x"',
    'after enrolment if today is monday, tuesday and not today is monday send "x"',
    'after enrolment if after 2026-10-04 and before 2026-10-06 and today is monday send "x"',
    'after enrolment if profile city starts with "Ab" and profile city contains "ba" send "x"',
    'after enrolment unless profile city is "a" or profile city is "b" send "x"',
    'after enrolment if not Q passed and not Q failed send "x"',
    'after 7 days without access wait 1 day if 20 days without access send "x"',
    'after 7 days without access wait 1 day if active within 200 hours send "x"',
    'after enrolment if 2 days without access and active within 7 days send "x"',
    'after completion of Q wait 1 day unless Q complete send "x" even when unenrolled',
    'after completion of Q wait 1 day send "x" then wait 1 day if L complete send "y" then unless L complete send "z"',
    'every monday at 09:00 from completion of Q wait 1 day unless Q complete send "x"',
    'after enrolment wait 1 day unless Q complete send "x" stop once Q complete',
]


@pytest.mark.parametrize("text", SENDS)
def test_what_can_be_sent_is_not_said_never_to_be(text: str) -> None:
    read = file(f'course C group G is "1" rule r {text}')
    assert not read.found, read.found[0].text("en")
    assert "never-sends" not in [name for name, _ in read.said()]


def test_what_it_contradicts_is_shown_too() -> None:
    (one,) = [one for one in file(f"course C rule r {NEVER[0][0]}").lint() if one.name == "never-sends"]
    ((span, _),) = one.related
    assert (span.column, span.end_column) == (23, 38)


def test_one_stop_for_all_is_not_told_of_each_rule_that_it_lets_run() -> None:
    rules = 'rule r after enrolment send "x" rule s after access send "y"'
    read = file(f"stop all once Q complete or not Q complete course C {rules}")
    assert read.said() == [("never-sends", "Q complete or not Q complete")]


def test_too_many_facts_are_not_looked_at() -> None:
    many = " and ".join(f"Q{number} complete" for number in range(14))
    read = file(f'course C rule r after enrolment if {many} and not Q1 complete send "x"')
    assert read.said() == []
