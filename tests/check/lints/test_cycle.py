"""Circles of rules say how long a round takes, in the language of the file."""

from __future__ import annotations

import pytest

from tests.check.reading import file

ROUNDS = [
    ('rule a after sending of a wait 3 days at 09:00 send "x"', "takes 3 days", "dure 3 jours"),
    (
        'rule a after completion of b wait 1 week send "x" then wait 1 day 4 hours send "y" '
        'rule b after sending of a wait 2 days send "x" then wait 1 month send "y"',
        "takes 1 month 9 days",
        "dure 1 mois 9 jours",
    ),
    ('rule a after sending of b send "x" rule b after completion of a send "y"', "takes no time", "ne dure rien"),
    ('rule a after completion of a send "x", "y", "z" repeat every 2 days', "takes 4 days", "dure 4 jours"),
    ('rule a after completion of a wait until monday at 09:00 send "x"', "takes some time", "dure un certain temps"),
]


@pytest.mark.parametrize(("rules", "english", "french"), ROUNDS)
def test_a_round_is_timed(rules: str, english: str, french: str) -> None:
    (one,) = [one for one in file(f"course C {rules}").lint() if one.name == "cycle"]
    assert english in one.text("en")
    assert french in one.text("fr")
