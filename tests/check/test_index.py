"""The index: which rules an event concerns (section 3), each rule once under a key and in the order of the files."""

from __future__ import annotations

import pytest

from planned.check.graph import Key
from tests.check.reading import file, files


def keys(text: str) -> set[Key]:
    index = file(f"course A\n{text}").graph().index
    return set(index.get("A", {}))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('rule r after completion of Q or failing Q send "x"', {("completion", "Q")}),
        ('rule r after grade of Q below 10 send "x"', {("grade", "Q")}),
        ('rule r after submission of Q send "x"', {("submission", "Q")}),
        ('rule r after viewing of Q send "x"', {("viewing", "Q")}),
        ('rule r after completion of course send "x"', {("completion", "")}),
        ('rule r after first access send "x"', {("access", "")}),
        ('rule r after 7 days without access send "x"', {("visit", ""), ("completion", ""), ("date", "end:")}),
        ('group G is "g" rule r after joining group G send "x"', {("group", "g")}),
        ('rule r after event "badge" send "x"', {("event", "badge")}),
        ('rule r after deadline of Q send "x"', {("date", "deadline:Q")}),
        ('rule r after end of enrolment send "x"', {("enrolment", "")}),
        ('rule r 3 days before deadline of Q at 09:00 send "x"', {("date", "deadline:Q"), ("enrolment", "")}),
        ('rule r on 2026-10-05 at 09:00 send "x"', {("enrolment", "")}),
        (
            'rule r every monday at 09:00 from first access until completion of Q send "x"',
            {("enrolment", ""), ("access", ""), ("completion", "Q")},
        ),
        (
            'rule r after enrolment wait up to 7 days for submission of Q send "x"',
            {("enrolment", ""), ("submission", "Q")},
        ),
        ('rule r after enrolment send "x" stop once Q complete', {("enrolment", ""), ("completion", "Q")}),
        ('stop all once in group G rule r after enrolment send "x"', {("enrolment", ""), ("group", "G")}),
        (
            'rule r after enrolment if Q viewed send "x" then wait 1 day unless grade of Q below 5 send "y"',
            {("enrolment", "")},
        ),
        ('rule r after enrolment and profile city is "Dijon" send "x"', {("enrolment", ""), ("profile", "")}),
    ],
)
def test_a_rule_is_found_by_what_can_change_its_trigger_its_stop_and_its_waits(rule: str, expected: set[Key]) -> None:
    assert keys(rule) == expected


def test_a_chain_is_found_by_the_rule_before_it() -> None:
    text = 'rule a after enrolment send "x" rule b after completion of a send "x" rule c after sending of a send "x"'
    assert keys(text) == {("enrolment", ""), ("rule-complete", "a"), ("sending", "a")}


def test_a_date_for_a_group_changes_with_the_group() -> None:
    text = 'group G is "g" date oral 2026-10-05 for group G rule r 1 day before oral send "x"'
    assert keys(text) == {("enrolment", ""), ("date", "oral:"), ("group", "g")}


def test_each_rule_once_and_in_the_order_of_the_files() -> None:
    read = files(
        b='course A rule b1 after completion of Q and passing Q send "x" stop once Q complete',
        a='course A rule a1 after completion of Q send "x" rule a2 after failing Q send "x"',
    )
    found = read.graph().index["A"][("completion", "Q")]
    assert [rule.name for rule in found] == ["b1", "a1", "a2"]


def test_rules_of_each_course_stand_apart() -> None:
    read = file('course A rule a after enrolment send "x" every course rule e after enrolment send "x"')
    index = read.graph().index
    assert [rule.name for rule in index["A"][("enrolment", "")]] == ["a"]
    assert [rule.name for rule in index[None][("enrolment", "")]] == ["e"]
