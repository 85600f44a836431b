"""`make new-lint` writes a lint that is one at once, and a test that fails until it is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.new_lint import ROOT, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what the lints need."""
    for folder in ("planned", "grammar", "tests/check"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    if not (tmp_path / "planned" / "grammar").exists():
        (tmp_path / "planned" / "grammar").symlink_to("../grammar")
    return tmp_path


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_lint_is_registered_and_its_test_fails_until_it_is_written(root: Path) -> None:
    lint, test = write("late-date", root)
    listed = python(root, "-c", "from planned.check.lints import LINTS; print(*(one.name for one in LINTS))")
    assert "late-date" in listed.stdout.split(), listed.stderr
    tested = python(root, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", str(test))
    assert "1 failed, 1 passed" in tested.stdout
    lint.write_text(
        lint.read_text("utf-8")
        .replace('if placed.name == "":  # what is wrong', "for message in placed.node.steps[0].send.messages:")
        .replace("yield Diag", 'if message.text in ("WRONG", "FAUX"):\n                    yield Diag')
        .replace("placed.node.span", "inside(message, subject.sources['test.rules'], 1, 1, len(message.text))[0]")
        .replace("from planned.check.subject", "from planned.check.places import inside\nfrom planned.check.subject"),
        "utf-8",
    )
    tested = python(root, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", str(test))
    assert "2 passed" in tested.stdout, tested.stdout + tested.stderr


@pytest.mark.parametrize("name", ["", "Late", "late_date", "no-course", "unknown name"])
def test_a_name_that_is_none_or_is_taken(name: str) -> None:
    with pytest.raises(ValueError, match=r"name|already"):
        write(name)
