"""One mistake, one error: of 200 statements of which 20 are broken, 180 are read and 20 are reported."""

from __future__ import annotations

import random
import re

import pytest

from planned.syntax import ast
from planned.syntax.from_text import parse

RULES = (
    "rule r{n}\n  after completion of Quiz{n}\n  wait 3 days at 09:00\n  unless Lesson{n} complete\n  send lettre",
    'règle r{n} "Titre"\n  après l\'achèvement de Quiz{n}\n  attendre 3 jours\n  envoyer "Oui"\n  avertir formateur b',
    'rule r{n}\n  3 days before deadline of Devoir{n} at 09:00\n  send "Soon"\n  repeat every 1 days up to 2 times',
    "rule r{n}\n  every monday at 09:00\n  if active within 3 days\n  send lettre\n  then wait 2 days send b",
    'rule r{n}\n  on 2026-10-05 at 09:00\n  if not Quiz{n} complete\n  send "x"\n  expires after 2 days',
    'activity Quiz{n} "Titre {n}"',
    "date Session{n} 2026-10-05 at 14:00",
    'topic sujet{n} "Conseils"',
    'after failing Quiz{n} 2 times wait 1 day 4 hours send "Encore" again after 30 days',
    "quiet on saturday, sunday",
)
BREAKS = (
    (r"\b(send|envoyer)\b", "sned"),
    (r"\b(completion of|achèvement de)\b", "complation"),
    (r'"(?=[^"]*$)', ""),
    (r"\b\d+ (days|jours)\b", "dyas"),
    (r"\b(activity|date|topic|quiet|rule|règle|after)\b", "xyzzy"),
    (r"\bat 09:00", "at nine"),
    (r"(?<=\w) (?=\S+$)", " % "),
    (r"\b(unless|if)\b", "sauf"),
)


def broken(statement: str, number: int) -> str | None:
    """The statement with its `number`-th kind of mistake; None if that cannot be made in it."""
    pattern, wrong = BREAKS[number % len(BREAKS)]
    changed = re.sub(pattern, wrong, statement, count=1)
    if changed == statement:
        return None
    return changed if parse(changed, "x")[1] else None


@pytest.mark.parametrize("seed", range(12))
def test_twenty_broken_of_two_hundred_give_twenty_errors(seed: int) -> None:
    chance = random.Random(seed)
    statements = [chance.choice(RULES).format(n=n) for n in range(200)]
    wrong = set()
    for place in chance.sample(range(200), 200):
        if len(wrong) == 20:
            break
        if {place - 1, place + 1} & wrong:
            continue
        if (text := broken(statements[place], chance.randrange(len(BREAKS)))) is not None:
            statements[place] = text
            wrong.add(place)
    text = "\n".join(statements)
    starts = [text[: sum(len(s) + 1 for s in statements[:place])].count("\n") + 1 for place in range(200)]
    file, found = parse(text, "x")
    lines = [(d.span.line, d.text("en")) for d in found]
    ends = [*starts[1:], 10**9]
    for place in range(200):
        inside = [said for line, said in lines if starts[place] <= line < ends[place]]
        assert len(inside) == (place in wrong), (statements[place], inside)
    read = {s.span.line for s in file.statements}
    assert {starts[place] for place in range(200) if place not in wrong} <= read


def test_two_broken_statements_side_by_side_are_two_errors() -> None:
    _, found = parse('after complation of A send "x"\nafter complation of B send "x"\n', "x")
    assert [(d.span.line, d.name) for d in found] == [(1, "misspelt"), (2, "misspelt")]


def test_on_one_line_the_next_statement_is_found_by_its_words() -> None:
    file, found = parse('after completion of A wait 3 dyas send "x" after completion of B send "y" activity C', "x")
    assert [d.name for d in found] == ["quantity"]
    assert [type(s) for s in file.statements] == [ast.Rule, ast.Activity]


def test_a_start_word_inside_a_statement_does_not_begin_one() -> None:
    _, found = parse(
        'rule r drft\n  after completion of course and in group "A"\n  wait 3 days\n  if after 2026-10-01\n'
        "  send x\n  again after 30 days\n  expires after 2 days\nactivity Q\n",
        "x",
    )
    assert [d.name for d in found] == ["misspelt"]


def test_positions_are_those_of_the_author() -> None:
    text = "\ufeffactivite\u0301 Quiz1\r\n\r\nactivite\u0301 e\u0301te\u0301 xx\r\n"
    _, found = parse(text, "x")
    assert [(d.span.line, d.span.column, d.span.end_column) for d in found] == [(3, 11, 19)]
