"""The scripts of `planned completion`, in the shells that are installed; bash always is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planned.cli.completion import SHELLS
from planned.cli.main import main

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
$(complete -p planned | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source $argv[1]; complete -C "$argv[2]"'
CASES = (
    (["planned", "dr"], {"dry-run"}),
    (["planned", "dry-run", "--ev"], {"--events"}),
    (["planned", "dry-run", "rules", "--format", ""], {"table", "jsonl", "html", "ics"}),
    (["planned", "lint", "rul"], {"rules"}),
    (["planned", "completion", ""], set(SHELLS)),
)


def script(shell: str, folder: Path, locale: str = "C.UTF-8") -> Path:
    """Written as an author would write it."""
    command = [sys.executable, "-m", "planned.cli.main", "completion", shell]
    done = subprocess.run(command, env=os.environ | {"LC_ALL": locale}, capture_output=True, check=True)
    path = folder / f"planned.{shell}"
    path.write_bytes(done.stdout)
    return path


@pytest.mark.parametrize(("words", "offered"), CASES, ids=lambda one: " ".join(sorted(one)))
def test_bash_completes(words: list[str], offered: set[str], tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    command = ["bash", "-c", BASH, "bash", script("bash", tmp_path), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert set(done.stdout.split()) == offered


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
@pytest.mark.parametrize(("words", "offered"), CASES, ids=lambda one: " ".join(sorted(one)))
def test_fish_completes(words: list[str], offered: set[str], tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    command = ["fish", "-c", FISH, script("fish", tmp_path), " ".join(words)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert {line.split("\t")[0].rstrip("/") for line in done.stdout.splitlines()} == offered


@pytest.mark.parametrize("locale", ["C.UTF-8", "fr_FR.UTF-8"])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_its_script(shell: str, locale: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n", script(shell, tmp_path, locale)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "bash" in capsys.readouterr().err
