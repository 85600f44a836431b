"""The command run on bad input: in this process where the case is small, in one of its own where it is heavy."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from planned.cli.main import main

SECONDS = 1.0
"""Of CPU, beyond what the command needs for a file in which nothing is wrong."""
MEGABYTES = 200.0

HEAD = 'language en\ntimezone Europe/Paris\ncourse C "A course"\nactivity Quiz1 "Quiz"\nactivity Lesson2 "Lesson two"\n'


def rule(wait: str = "wait 3 days at 09:00", guard: str = "unless Lesson2 complete", text: str = '"Hello."') -> str:
    """A file in which all is well but for what is given."""
    return f'{HEAD}rule r "Title"\n  after completion of Quiz1\n  {wait}\n  {guard}\n  send {text}\n'


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did. `cpu` in seconds, `peak` in MB (0: not measured)."""

    code: int
    out: str
    err: str
    cpu: float
    peak: float = 0.0

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Of `lint --format json`."""
        found: list[dict[str, Any]] = json.loads(self.out)
        return found

    @property
    def errors(self) -> list[str]:
        return [one["name"] for one in self.findings if one["severity"] == "error"]


def run(*args: str | Path) -> Ran:
    """A command in this process; what it raises is raised here, too: a traceback fails the test."""
    out, err = StringIO(), StringIO()
    start = time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(arg) for arg in args])
    return Ran(code, out.getvalue(), err.getvalue(), time.process_time() - start)


# The peak of a child begins with that of its parent, hence a small process in between.
_LAUNCHER = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, errors="replace", timeout=600)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout, done.stderr, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def run_apart(*args: str | Path) -> Ran:
    """A command in a process of its own, its memory measured."""
    command = [sys.executable, "-S", "-c", _LAUNCHER, sys.executable, "-m", "planned.cli.main", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=660)
    return Ran(*json.loads(done.stdout))


@lru_cache(maxsize=1)
def started(folder: Path) -> float:
    """The CPU seconds that the command needs before it comes to what is bad."""
    path = folder / "well.rules"
    path.write_text(rule(), encoding="utf-8")
    return min(run_apart("lint", path).cpu for _ in range(2))


def lint(folder: Path, content: str | bytes, language: str | None = None) -> Ran:
    """`planned lint` of one file of this content, in this process."""
    return run("lint", written(folder, content), "--format", "json", *(["--lang", language] if language else []))


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "case.rules"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def in_bounds(ran: Ran, base: float = 0.0) -> bool:
    return ran.cpu - base < SECONDS and ran.peak < MEGABYTES and "Traceback" not in ran.err
