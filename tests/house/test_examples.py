"""The example rules: no findings, canonical layout, scenarios that hold; and the demonstration."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from planned.syntax.from_text import parse

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "rules").glob("*.rules"))
HISTORIES = sorted((ROOT / "rules" / "history").glob("*.jsonl"))


def planned(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planned.cli.main", *(str(one) for one in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_there_are_examples_in_both_languages() -> None:
    spoken = Counter(parse(path.read_text(encoding="utf-8"), path.name)[0].language for path in EXAMPLES)
    assert min(spoken["en"], spoken["fr"]) >= 4


def test_the_examples_lint_clean() -> None:
    done = planned("lint", "--strict", "rules")
    assert done.returncode == 0, done.stdout


def test_the_examples_are_laid_out() -> None:
    done = planned("fmt", "--check", "rules")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_does_what_its_scenarios_say(path: Path) -> None:
    done = planned("test", path, "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["scenarios"], "an example has scenarios"


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_history_counts_to_the_last_event(path: Path) -> None:
    done = planned(
        "dry-run", "rules", "--events", path, "--people", "rules/history/people.csv", "--strict", "--format", "jsonl"
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    outcomes = {json.loads(line)["outcome"] for line in done.stdout.splitlines()}
    assert "sent" in outcomes
    assert "suppressed" in outcomes


def test_the_demonstration_shows_the_same_twice() -> None:
    done = subprocess.run(
        [sys.executable, "rules/demo.py"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "the same as in the simulation: yes" in done.stdout
    assert "0 new decisions" in done.stdout
    assert "To: alice@example.org" in done.stdout
    assert "To: ben@example.org" not in done.stdout.partition("=== 3.")[2]
