"""A new project in a temporary folder, and what a newcomer types in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def typed(command: str, folder: Path, locale: str = "C.UTF-8") -> Done:
    """What a line that begins with `planned` comes to in `folder`, not on a terminal."""
    name, *arguments = shlex.split(command)
    assert name == "planned"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-m", "planned.cli.main", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "LC_ALL": locale},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def commands_in(text: str) -> list[str]:
    """The lines of `text` that are commands to type."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith("planned ")]
