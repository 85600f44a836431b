"""Runs what a page shows: files are written, commands executed, and their output compared or written into the page.

A fenced block whose info string has a second word is a file of that name (```` ```rules reminder.rules ````). A block
`console` holds commands after `$ `, each followed by its output; a line `...` stands for any number of lines. All
commands of a page run one after another in one empty folder, in which `rules/` is the project's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"(?ms)^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Miss:
    """A command whose output is not what the page shows."""

    page: str
    command: str
    shown: str
    was: str

    def __str__(self) -> str:
        return f"{self.page}: $ {self.command}\n--- shown\n{self.shown}\n--- was\n{self.was}"


def check(page: Path) -> list[Miss]:
    """Every command of `page` whose output differs from what it shows."""
    with _folder() as folder:
        return [
            Miss(page.name, command, shown, was)
            for command, shown, was in _play(page.read_text(encoding="utf-8"), folder)
            if not _matches(shown, was)
        ]


def refreshed(page: Path) -> str:
    """The text of `page` with the outputs as they are now; an output with a line `...` that still holds is kept."""
    text = page.read_text(encoding="utf-8")
    with _folder() as folder:
        outputs = iter(list(_play(text, folder)))

    def block(match: re.Match[str]) -> str:
        if match["info"].split()[0] != "console":
            return match[0]
        parts = []
        for command, shown in _commands(match["body"]):
            _, _, was = next(outputs)
            output = shown if _matches(shown, was) else was
            parts.append(f"$ {command}\n{output}" + ("\n" if output else ""))
        return f"```{match['info']}\n{''.join(parts)}```"

    return FENCE.sub(block, text)


def rules_of(page: Path) -> list[str]:
    """The bodies of the blocks that are whole rule files."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [match["body"] for match in found if match["info"].split()[0] == "rules"]


def _folder() -> _Folder:
    return _Folder()


class _Folder:
    def __enter__(self) -> Path:
        self._directory = TemporaryDirectory(prefix="planned-docs-")
        path = Path(self._directory.name)
        shutil.copytree(ROOT / "rules", path / "rules")
        return path

    def __exit__(self, *_: object) -> None:
        self._directory.cleanup()


def _play(text: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    for match in FENCE.finditer(text):
        kind, *rest = match["info"].split()
        if kind == "console":
            for command, shown in _commands(match["body"]):
                yield command, shown, _run(command, folder)
        elif rest:
            (folder / rest[0]).write_text(match["body"], encoding="utf-8")


def _commands(body: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"(?m)^\$ ", body)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.rstrip("\n")


def _run(command: str, folder: Path) -> str:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "110",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")


def _matches(shown: str, was: str) -> bool:
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in shown.splitlines())
    return re.fullmatch(pattern, was + "\n" if was else "") is not None
