"""Every form that the page of the language shows can be written so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planned.syntax.from_text import parse

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
HEAD = 'course C\nactivity Quiz1 "Q"\ngroup A is "a"\n'
NAMES = {"X": "Quiz1", "G": "A", "R": "r", "P": "Alice", "Z": "Europe/Paris"}
DATES = {"DATE": "deadline of Quiz1", "FACT": "completion of Quiz1", "CONDITION": "course complete"}


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the tables under a heading, without the head of each."""
    section = re.split(r"(?m)^#+ ", PAGE.split(f" {heading}\n", 1)[1])[0]
    for line in section.splitlines():
        if line.startswith("|") and not re.match(r"\|[-| ]+\|$", line):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def forms(cell: str) -> list[str]:
    return [_filled(form) for form in re.findall(r"`([^`]+)`", cell)]


def _filled(form: str) -> str:
    for word, value in (NAMES | DATES).items():
        form = re.sub(rf"(?<![\w\"«]){word}(?![\w\"])", value, form)
    return form.replace("…", "l'achèvement de Quiz1")


FACTS = [row for row in rows("Facts") if len(row) == 5][1:]
AFTER = [form for row in FACTS for cell in row[1:3] for form in forms(cell)]
CONDITIONS = [form for row in FACTS for cell in row[3:5] for form in forms(cell)]
WAITS = [form for row in rows("Waits") for form in forms(row[0])]
GIVEN = [(form, index) for row in rows("Scenarios") if len(row) == 2 for index in (0, 1) for form in forms(row[index])]


def problems(rule: str) -> list[str]:
    return [one.text("en") for one in parse(HEAD + rule, "page.rules")[1]]


def test_the_tables_are_found() -> None:
    assert min(len(AFTER), len(CONDITIONS)) >= 30
    assert len(WAITS) >= 20
    assert len(GIVEN) >= 50


@pytest.mark.parametrize("fact", AFTER)
def test_a_fact_can_start_a_rule(fact: str) -> None:
    assert not problems(f'rule r after {fact} send "x"')


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_can_guard_a_message(condition: str) -> None:
    assert not problems(f'rule r after enrolment if {condition} send "x"')


@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_can_be_written(wait: str) -> None:
    assert not problems(f'rule r after enrolment {wait} send "x"')


@pytest.mark.parametrize(("form", "column"), GIVEN)
def test_a_line_of_a_scenario_can_be_written(form: str, column: int) -> None:
    english = column == 0
    form = form.replace("DAY at TIME", "2026-10-05 at 09:00").replace("DAY", "2026-10-05").replace("WHO", "tutor")
    form = form.replace("le l'achèvement de Quiz1 à l'achèvement de Quiz1", "le 5 octobre 2026 à 9h")
    form = form.replace("le l'achèvement de Quiz1", "le 5 octobre 2026")
    if re.match(r"(expect|on attend|on n'attend)", form):
        first = (
            "given Alice completes Quiz1 on 2026-10-01"
            if english
            else "étant donné qu'Alice termine Quiz1 le 1er octobre 2026"
        )
        line = f"{first}\n{form}"
    else:
        line = f"given {form} on 2026-10-05" if english else f"étant donné que {form} le 5 octobre 2026"
    assert not problems(f'rule r after enrolment send "x"\nscenario "s"\n{line}')
