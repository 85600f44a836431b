"""What playing the rules on imagined learners shows: messages that come together, and too many of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planned.check.build import build
from planned.check.known import Known
from planned.engine.foreseen import MOST_RULES, foresee
from planned.runtime.files import load_rules
from tests.check.reading import file

TODAY = date(2026, 9, 3)
GOOD = Path(__file__).parents[2] / "golden" / "good"


def said(text: str) -> list[tuple[str, str]]:
    read = file(f"timezone Europe/Paris course C {text}")
    assert not read.found
    known = Known(today=TODAY, foreseen=foresee(read.graph(), TODAY))
    found = [one for one in read.lint(known=known) if one.name in ("same-instant", "too-many-messages")]
    return [(one.name, read.underlined(one)) for one in found]


QUIZ = "after completion of Q wait 3 days at 09:00"

TOGETHER = [
    f'rule r {QUIZ} send "a" rule s {QUIZ} send "b"',
    f'rule r {QUIZ} if in group G send "a" rule s {QUIZ} send "b"',
    'rule r every monday at 09:00 send "a", "b" rule s after enrolment wait until monday at 09:00 send "c"',
    'rule r after enrolment send "a" rule s after enrolment send "b"',
    'rule r 3 days before end of course at 09:00 send "a" rule s 3 days before end of course at 09:00 send "b"',
]


@pytest.mark.parametrize("rules", TOGETHER)
def test_what_always_comes_together_is_told_of_the_later_rule(rules: str) -> None:
    assert said(rules) == [("same-instant", "s")]


APART = [
    f'rule r {QUIZ} send "a" rule s {QUIZ} send "b" to tutor',
    f'rule r {QUIZ} if in group G send "a" rule s {QUIZ} unless in group G send "b"',
    f'rule r {QUIZ} send "a" rule s after enrolment wait 5 days at 09:00 send "b"',
    f'rule r {QUIZ} send "a" rule s every saturday at 09:00 send "b", "c"',
    f'rule r {QUIZ} send "a" rule s draft {QUIZ} send "b"',
    'rule r after enrolment send "a" rule s after sending of r send "b"',
    'quiet from 10:00 to 09:00 rule r after completion of Q send "a" rule s after completion of Q wait 1 hour send "b"',
    f'rule r {QUIZ} send "same" rule s {QUIZ} send "same"',
]


@pytest.mark.parametrize("rules", APART)
def test_what_comes_together_by_chance_or_on_purpose_is_not(rules: str) -> None:
    assert said(rules) == []


def test_of_three_together_two_are_told() -> None:
    rules = " ".join(f'rule r{number} {QUIZ} send "{number}"' for number in range(3))
    assert said(rules) == [("same-instant", "r1"), ("same-instant", "r2")]


MANY = " ".join(f'rule r{number} after enrolment wait {number} hours send "{number}"' for number in range(1, 5))


def test_the_fourth_message_of_a_day_is_one_too_many() -> None:
    assert said(MANY) == [("too-many-messages", "r4")]
    assert said(f"limit 2 messages per day {MANY}") == []
    assert said(MANY.replace("4 hours", "4 days")) == []


def test_one_rule_alone_can_send_too_many() -> None:
    assert said('rule r after enrolment send "x" repeat every 2 hours up to 5 times stop once course complete') == [
        ("too-many-messages", "r")
    ]


def test_it_says_how_many_and_from_which_rules() -> None:
    read = file(f"course C {MANY}")
    (one,) = [
        one for one in read.lint(known=Known(foreseen=foresee(read.graph(), TODAY))) if one.name == "too-many-messages"
    ]
    assert one.text("en").endswith("gets 4 messages on one day, the others from: r1, r2, r3.")


def test_in_very_many_rules_it_is_not_looked_for() -> None:
    rules = " ".join(f'rule r{number} after enrolment wait {number} days send "{number}"' for number in range(1, 103))
    assert len(file(f"course C {rules}").graph().rules) > MOST_RULES
    assert said(rules) == []


def test_of_good_authors_nothing_is_said() -> None:
    for path in sorted(GOOD.glob("*.rules")):
        loaded = load_rules([path])
        graph, _ = build(loaded.files, loaded.imports)
        foreseen = foresee(graph, TODAY)
        assert foreseen is not None
        assert (path.name, foreseen.meetings, foreseen.crowds) == (path.name, (), ())
