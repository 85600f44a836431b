"""The table of meanings: what it writes can be read, and what is meant does not hang on the order of the words."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from planned.diagnostics import Language
from planned.syntax.from_text import parse
from planned.syntax.meaning import rows
from planned.syntax.notions import KINDS, fields, tables

HEAD = 'activity Quiz1\nactivity Lesson2\ngroup Blue is "4711"\ntemplate hello "Hi" "Hello!"\n'
AROUND: dict[str, tuple[str, str]] = {
    "C": ('rule r after enrolment if {} send "x"', 'règle r après inscription si {} envoyer "x"'),
    "F": ('rule r after {} send "x"', 'règle r après {} envoyer "x"'),
    "D": ('rule r 3 days before {} at 09:00 send "x"', 'règle r 3 jours avant {} à 9h envoyer "x"'),
    "W": ('rule r after enrolment {} send "x"', 'règle r après inscription {} envoyer "x"'),
    "S": ('rule r after enrolment send "x" {}', 'règle r après inscription envoyer "x" {}'),
}
SAID: dict[str, tuple[str, str]] = {
    **{"NAME": ("Quiz1", "Quiz1"), "TEXT": ('"a"', '"a"'), "SPAN": ("3 days", "3 jours"), "NUMBER": ("10", "10")},
    **{"LAST": ("", "3 derniers jours"), "TIMES": ("2 times", "2 fois"), "TIME": ("10:00", "10h")},
    **{"DAY": ("monday", "lundi"), "DATE": ("5 october 2026", "5 octobre 2026"), "FIELD": ("city", "city")},
    "MESSAGE": ('send "x"', 'envoyer "x"'),
}
PHRASES = [(place, row) for row in tables()["rows"]["phrases"] for place in row[0] if row[2]]


@pytest.mark.parametrize(("place", "row"), PHRASES, ids=lambda one: one[1] if isinstance(one, list) else one)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_written_can_be_read(place: str, row: list[str], language: Language) -> None:
    k = language == "fr"
    written = row[2 + k].replace("[", "").replace("]", "").replace('"…"', '"y"')
    written = re.sub("|".join(SAID), lambda kind: SAID[kind.group()][k], written)
    around = AROUND[place][k]
    if written.startswith(("send ", "envoyer ")) or "MESSAGE" in row[2]:
        around = around.partition(" send")[0].partition(" envoyer")[0].replace("{}", "").rstrip() + " {}"
    if written.startswith(("up to", "au plus")):
        written = ("repeat every 7 days ", "répéter tous les 7 jours ")[k] + written
    _, found = parse(HEAD + around.format(written), "x")
    assert [one.name for one in found] == []


@pytest.mark.parametrize("row", [*tables()["rows"]["phrases"], *tables()["rows"]["wishes"]], ids=lambda row: row[1])
def test_a_row_speaks_of_things_that_are_known(row: list[str]) -> None:
    known = {*tables()["notions"], *dict(KINDS), "*", "TEXT", "NAME", "GROUP", "TEMPLATE", "CONTACT", "FIELD"}
    assert {kind for word in row[1].split() for kind in word.rstrip("?").split("|")} <= known
    assert set(row[0]) <= {*AROUND, "U", "T"}
    assert bool(row[2]) == bool(row[3])


def test_no_row_is_hidden_by_one_above_it() -> None:
    """The first that fits is taken: one that asks for more must stand above one that asks for less."""
    table = rows()
    for k, one in enumerate(table):
        least = frozenset(next(iter(sorted(need))) for need in one.needed)
        first = next(other for other in table if other.where & one.where and other.fits(least))
        assert table.index(first) >= k or first.where != one.where, (one, first)


def test_the_fields_are_those_of_a_person() -> None:
    assert set(fields()) <= {"city", "department", "institution", "language"}


def told(text: str) -> str | None:
    _, found = parse(HEAD + f'rule r\n  after enrolment\n  if {text}\n  send "x"\n', "x")
    return str(found[0].args.get("en")) if found else None


@pytest.mark.parametrize("words", [*permutations(["has still not", "logged in", "for 5 days"])], ids=" ".join)
def test_the_order_of_the_words_does_not_count(words: tuple[str, ...]) -> None:
    assert told(" ".join(words)) == "5 days without access"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the learner never handed in Lesson2", "Lesson2 is not submitted"),
        ("he got fewer than 8 points on Quiz1", "grade of Quiz1 below 8"),
        ("he lives in the city of Paris", 'profile city is "Paris"'),
        ("member of Blue", "in group Blue"),
        ("they came back in the last 2 weeks", "active within 2 weeks"),
        ("l'apprenant a été absent pendant 10 jours", "10 days without access"),
    ],
)
def test_the_authors_own_words_are_kept(text: str, meant: str) -> None:
    assert told(text) == meant


def test_two_names_are_not_taken_for_one() -> None:
    _, found = parse(HEAD + 'rule r\n  after enrolment\n  if Quiz1 versus Lesson2 done\n  send "x"\n', "x")
    assert [one.fix for one in found] == [None]
