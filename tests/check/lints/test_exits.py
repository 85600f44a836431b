"""Reminders that nothing ends, messages that nothing undoes, waits for nothing, and the same message twice."""

from __future__ import annotations

import pytest

from planned.diagnostics import Severity
from tests.check.reading import file, files

FOUND = [
    (
        "reminder-without-exit",
        'after enrolment wait 3 days send "x" repeat every 7 days up to 3 times',
        "repeat every 7 days up to 3 times",
    ),
    ("reminder-without-exit", 'every monday at 09:00 send "x"', "every monday at 09:00"),
    ("reminder-without-exit", 'every 2 weeks at 09:00 from completion of Q send "x"', None),
    ("not-undone", 'after failing Q wait 2 days send "x"', "failing Q"),
    ("not-undone", 'after failing Q 2 times send "x" then wait 2 days unless L complete send "y"', "failing Q 2 times"),
    ("not-undone", 'after completion of L or leaving group G wait 1 day send "x"', "leaving group G"),
    ("useless-wait", 'after completion of Q wait up to 3 days for completion of Q send "x"', "completion of Q"),
    (
        "useless-wait",
        'after enrolment and in group G wait up to 3 days for joining group G send "x"',
        "joining group G",
    ),
    ("useless-wait", 'after 7 days without access wait up to 3 days for access send "x"', "access"),
    ("useless-wait", 'after 7 days without access wait up to 3 days for viewing of Q send "x"', "viewing of Q"),
    ("useless-wait", 'after 7 days without access wait up to 3 days for completion of course send "x"', None),
]


@pytest.mark.parametrize(("name", "rule", "underlined"), FOUND)
def test_what_has_no_exit_is_underlined(name: str, rule: str, underlined: str | None) -> None:
    read = file(f'course C group G is "1" rule r {rule}')
    found = [one for one in read.lint() if one.name == name]
    assert [one.severity for one in found] == [Severity.WARNING]
    assert underlined is None or read.underlined(found[0]) == underlined


SOUND = [
    'after enrolment wait 3 days unless Q complete send "x" repeat every 7 days up to 3 times',
    'after enrolment wait 3 days send "x" repeat every 7 days up to 3 times stop once Q complete',
    'after enrolment wait 3 days send "x", "y" repeat every 7 days',
    'after 7 days without access send "x" repeat every 7 days up to 3 times',
    'every monday at 09:00 until completion of Q send "x"',
    'every monday at 09:00 send "x", "y"',
    'every monday at 09:00 if Q complete send "x"',
    'every monday at 09:00 from joining group G send "x"',
    'after failing Q send "x"',
    'after failing Q wait 20 minutes send "x"',
    'after failing Q wait 2 days unless grade of Q above 10 send "x"',
    'after failing Q wait 2 days send "x" stop once Q passed',
    'after failing Q and not Q passed wait 2 days send "x"',
    'after passing Q wait 2 days send "x"',
    'after completion of Q wait up to 3 days for completion of L send "x"',
    'after submission of Q wait up to 3 days for passing Q send "x"',
    'after 7 days without access or completion of Q wait up to 3 days for access send "x"',
]


@pytest.mark.parametrize("rule", SOUND)
def test_what_has_one_is_not_complained_about(rule: str) -> None:
    read = file(f'course C group G is "1" rule r {rule}')
    assert not read.found
    assert read.said() == []


def test_whom_stop_all_stops_has_an_exit() -> None:
    read = file('stop all once course complete course C rule r every monday at 09:00 send "x"')
    assert read.said() == []


# --- the same message twice --------------------------------------------------------------------------------

WAIT = "after completion of Q wait 3 days"


@pytest.mark.parametrize(
    ("first", "second", "underlined"),
    [
        (f'{WAIT} send "x"', f'{WAIT} send "x"', "s"),
        (f'{WAIT} unless L complete send "x"', f'{WAIT} send "x"', "r"),
        (f'{WAIT} send "x"', f'{WAIT} if in group G send "x"', "s"),
        (f'{WAIT} if grade of L above 15 send "x"', f'{WAIT} if grade of L above 10 send "x"', "r"),
        (f'{WAIT} send "x" stop once L complete', f'{WAIT} send "x"', "r"),
    ],
)
def test_who_gets_the_same_twice(first: str, second: str, underlined: str) -> None:
    read = file(f'course C group G is "1" rule r {first} rule s {second}')
    assert read.said() == [("duplicate-rule", underlined)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f'{WAIT} if in group G send "x"', f'{WAIT} unless in group G send "x"'),
        (f'{WAIT} if in group G send "x"', f'{WAIT} if L complete send "x"'),
        (f'{WAIT} send "x"', f'{WAIT} send "y"'),
        (f'{WAIT} send "x"', f'{WAIT} send "x" to tutor'),
        (f'{WAIT} send "x"', 'after completion of Q wait 4 days send "x"'),
        (f'{WAIT} send "x" stop once L complete', f'{WAIT} if P complete send "x" stop once H complete'),
        (f'{WAIT} send "x"', f'{WAIT} send "x" again each time'),
    ],
)
def test_who_does_not(first: str, second: str) -> None:
    read = file(f'course C group G is "1" rule r {first} rule s {second}')
    assert not read.found
    assert read.said() == []


def test_a_draft_may_be_a_copy() -> None:
    assert file(f'course C rule r {WAIT} send "x" rule s draft {WAIT} send "x"').said() == []


@pytest.mark.parametrize("between", ["timezone Indian/Reunion", "quiet from 20:00 to 08:00", "quiet on sunday"])
def test_what_leaves_at_another_time_is_not_the_same(between: str) -> None:
    rules = f'course C timezone Europe/Paris rule r {WAIT} at 09:00 send "x" {between} rule s {WAIT} at 09:00 send "x"'
    assert [name for name, _ in file(rules).said()] == []


def test_templates_of_two_files_are_two() -> None:
    text = "template t {0} course C rule {1} after completion of Q send t"
    read = files(a=text.format('"One"', "r"), b=text.format('"Two"', "s"))
    assert not read.found
    assert read.said() == []


def test_of_three_alike_two_are_too_many() -> None:
    rules = " ".join(f'rule r{number} {WAIT} send "x"' for number in range(3))
    assert file(f"course C {rules}").said() == [("duplicate-rule", "r1"), ("duplicate-rule", "r2")]
