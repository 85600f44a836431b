"""Exit codes over all commands, and that no escape code reaches a pipe: 0 fine, 1 findings, 2 wrong use, 3 cannot."""

import argparse
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from planned.cli.main import COMMANDS, command_parser

RULES = """language en
timezone Europe/Paris
course C
rule r
  after completion of Quiz1
  {}
  send "b"
scenario "s"
  given Alice completes Quiz1 on 2026-09-03
  expect r to Alice on {}
"""
SOUND, MISSED = RULES.format("wait 1 day", "2026-09-04"), RULES.format("wait 1 day", "2026-09-05")
MISSPELT = RULES.format("wiat 1 day", "2026-09-04")
TO_END = {"run": ["--once", "--store", "memory:", "--channel", "console"]}
"""What a command is given so that it ends by itself."""
ESCAPE = "\x1b"


def arguments(name: str) -> Iterator[argparse.Action]:
    yield from (
        action
        for action in command_parser(name, import_module(COMMANDS[name]), "en")._actions
        if not action.option_strings
    )


READING = [name for name in COMMANDS if any(action.metavar == "PATH" for action in arguments(name))]
"""The commands that are given rule files."""


def call(name: str, path: Path | str, *more: str) -> list[str]:
    """The command on `path`; what else it must be given is the rule's name."""
    given = [str(path) if action.metavar == "PATH" else "r" for action in arguments(name)]
    return [name, *given, *TO_END.get(name, []), *more]


def planned(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planned.cli.main", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path), **more}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("sound", SOUND), ("missed", MISSED), ("misspelt", MISSPELT)):
        (tmp_path / f"{name}.rules").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_commands_are_found() -> None:
    assert {"lint", "fmt", "explain", "dry-run", "test", "graph", "run"} <= set(READING)


@pytest.mark.parametrize("name", READING)
def test_sound_rules_are_fine(name: str, folder: Path) -> None:
    (folder / "sound.rules").write_text(
        SOUND.replace("course C\n", "\ncourse C\n\n").replace("scen", "\nscen"), "utf-8"
    )
    done = planned(*call(name, "sound.rules"), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert ESCAPE not in done.stdout + done.stderr


@pytest.mark.parametrize("name", READING)
def test_a_file_with_a_mistake_is_a_finding_and_shown(name: str, folder: Path) -> None:
    done = planned(*call(name, "misspelt.rules"), cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "misspelt.rules:6:3" in done.stdout + done.stderr
    assert "`wait`" in done.stdout + done.stderr
    assert ESCAPE not in done.stdout + done.stderr


@pytest.mark.parametrize("name", READING)
def test_a_file_that_is_not_there_is_wrong_use_and_named(name: str, folder: Path) -> None:
    done = planned(*call(name, "nowhere.rules"), cwd=folder)
    assert done.returncode == 2
    assert "nowhere.rules" in done.stderr
    assert ESCAPE not in done.stdout + done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all files")
@pytest.mark.parametrize("name", READING)
def test_a_file_that_may_not_be_read_cannot_be_done(name: str, folder: Path) -> None:
    (folder / "sound.rules").chmod(0)
    assert planned(*call(name, "sound.rules"), cwd=folder).returncode == 3


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_is_none_is_wrong_use(name: str, folder: Path) -> None:
    done = planned(*call(name, "sound.rules", "--no-such-option"), cwd=folder)
    assert done.returncode == 2
    assert "planned: " in done.stderr
    assert done.stdout == ""
    assert ESCAPE not in done.stderr


def test_a_scenario_that_fails_is_a_finding(folder: Path) -> None:
    assert planned("test", "missed.rules", cwd=folder).returncode == 1


def test_what_is_beside_the_rules_cannot_be_read(folder: Path) -> None:
    for more in (["--events", "nowhere.jsonl"], ["--events", "sound.rules", "--people", "nowhere.csv"]):
        assert planned("dry-run", "sound.rules", *more, cwd=folder).returncode == 3
    assert planned("catalog", "moodle-export:nowhere", cwd=folder).returncode == 3


def on_a_terminal(*arguments: str, cwd: Path, **more: str) -> str:
    """What a command writes on a terminal."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm", **more}
    process = subprocess.Popen(
        [sys.executable, "-m", "planned.cli.main", *arguments], cwd=cwd, env=environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        written += some
    process.wait(timeout=30)
    os.close(ours)
    return written.decode("utf-8", "replace")


@pytest.mark.parametrize("name", READING)
def test_no_color_is_heeded_on_a_terminal(name: str, folder: Path) -> None:
    """Beside colours there is only the line of progress, which is wiped away."""
    assert "\x1b[1;" not in on_a_terminal(*call(name, "misspelt.rules"), cwd=folder, NO_COLOR="1")


def test_a_terminal_gets_colours(folder: Path) -> None:
    assert "\x1b[1;31m" in on_a_terminal("lint", "misspelt.rules", cwd=folder)
