"""Frequent mistakes: one error each, with exactly these words and this place, and a fix that mends it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from planned.cli.main import main
from planned.syntax.from_text import parse
from tests.syntax.bad_cases import CASES, FOLDER, mended, rendered, told


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def test_the_corpus_has_cases_of_both_languages() -> None:
    assert all(len([path for path in CASES if path.parent.name == language]) >= 30 for language in ("en", "fr"))
    assert {path.stem for path in FOLDER.glob("*/*.txt")} == {path.stem for path in CASES}


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_the_author_is_told_one_thing(path: Path) -> None:
    assert len(told(path.read_text(encoding="utf-8"))) == 1
    assert rendered(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_the_file_is_spoken_to_in_its_language(path: Path) -> None:
    assert parse(path.read_text(encoding="utf-8"), path.name)[0].language == path.parent.name


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_a_fix_mends_the_mistake(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (one,) = told(text)
    if one.fix is None:
        return
    assert told(mended(text, one.fix.edits)) == []


GOOD = (
    "rule r{n}\n  after completion of Quiz{n}\n  wait 3 days at 09:00\n  unless Lesson{n} complete\n  send lettre",
    'règle r{n} "T"\n  après l\'achèvement de Quiz{n}\n  attendre 3 jours\n  envoyer "Oui"\n  avertir formateur "b"',
    'rule r{n}\n  3 days before deadline of Devoir{n} at 09:00\n  send "Soon"\n  repeat every 2 days up to 2 times',
    'règle r{n}\n  chaque lundi à 9h\n  si actif dans les 3 derniers jours\n  envoyer lettre\n  puis envoyer "b"',
    'rule r{n}\n  on 2026-10-05 at 09:00\n  if not Quiz{n} complete\n  send "x"\n  expires after 2 days',
    'after failing Quiz{n} 2 times wait 1 day 4 hours send "Encore" again after 30 days',
)


@pytest.mark.parametrize("seed", range(8))
def test_twenty_broken_rules_of_two_hundred_are_twenty_errors(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    bad = [path for path in CASES if _is_one_broken_rule(path)]
    assert len(bad) >= 60
    rules = [chance.choice(GOOD).format(n=n) for n in range(200)]
    places = sorted(chance.sample(range(200), 20))
    for place, path in zip(places, chance.sample(bad, 20), strict=True):
        first, _, rest = path.read_text(encoding="utf-8").rstrip().partition("\n")
        rules[place] = f"{first}\n{rest}"
    text = 'timezone Europe/Paris\ncourse C\ntemplate lettre "x" "y"\n' + "\n".join(rules) + "\n"
    file = tmp_path / "two_hundred.rules"
    file.write_text(text, encoding="utf-8")
    assert main(["lint", "--format", "concise", "--lang", "en", str(file)]) == 1
    errors = [
        line for line in capsys.readouterr().out.splitlines() if ": error:" in line and "[duplicate-name]" not in line
    ]
    starts = [4 + sum(rule.count("\n") + 1 for rule in rules[:place]) for place in range(201)]
    lines = [int(line.removeprefix(str(file)).split(":")[1]) for line in errors]
    assert [next(n for n in range(200) if starts[n] <= line < starts[n + 1]) for line in lines] == places


def _is_one_broken_rule(path: Path) -> bool:
    """A single rule with an error, which leaves alone what follows."""
    text = path.read_text(encoding="utf-8")
    (one,) = told(text)
    single = text.startswith(("rule ", "règle ")) and text.count("\nrule ") + text.count("\nrègle ") == 0
    return single and "scen" not in text and "scén" not in text and one.severity == "error"
