"""How a figure comes about: two things done in turns, A B A B, in one run; the ratio of their medians and its aim."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

Size = Literal["full", "quick", "tiny"]
Timer = Callable[[], float]

cpu: Timer = time.process_time
"""For what only computes: seconds of this process, so that neighbours on the machine hardly count."""
wall: Timer = time.perf_counter
"""For what waits for a disk."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `aim` is met when `ratio` is at most (or with `least`, at least) it; None: no aim."""

    name: str
    ratio: float
    aim: float | None
    says: str
    least: bool = False
    unit: str = "×"

    @property
    def met(self) -> bool:
        if self.aim is None:
            return True
        return self.ratio >= self.aim if self.least else self.ratio <= self.aim

    def __str__(self) -> str:
        sign = "≥" if self.least else "≤"
        aim = "" if self.aim is None else f" (aim {sign} {self.aim:g} {self.unit})"
        verdict = "" if self.met else "  MISSED"
        return f"{self.name}: ratio {self.ratio:.2f} {self.unit}{aim}{verdict}\n    {self.says}"


@dataclass(frozen=True, slots=True)
class Pair:
    """The medians of two things measured in turns, in seconds, and how far A's single figures lay apart."""

    a: float
    b: float
    spread: float

    @property
    def ratio(self) -> float:
        return self.a / self.b

    @property
    def noise(self) -> str:
        return f"spread {self.spread:.0%}"


def pairs(a: Callable[[], float], b: Callable[[], float], times: int) -> Pair:
    """Both in turns; each returns its seconds."""
    first, second = [], []
    for _ in range(times):
        first.append(a())
        second.append(b())
    return Pair(median(first), median(second), (max(first) - min(first)) / median(first))


def timed(work: Callable[[], object], timer: Timer) -> float:
    """The seconds of one call."""
    start = timer()
    work()
    return timer() - start


@dataclass(frozen=True, slots=True)
class Process:
    """A program that has ended. `cpu` in seconds, user and system; `peak` in MB of resident memory."""

    wall: float
    cpu: float
    peak: float


# A child's peak begins with that of the process that made it, hence a small one in between.
_LAUNCHER = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
sys.exit(code)
"""


def process(*command: str | Path) -> Process:
    """Run a program, its output thrown away. Raises CalledProcessError if it fails."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *map(str, command)], capture_output=True, text=True, check=True
    )
    seconds, used, peak = map(float, done.stdout.split())
    return Process(seconds, used, peak)


def planned() -> Path:
    """The command, of the environment in which this runs."""
    return Path(sys.executable).with_name("planned")


def machine() -> str:
    """What else is going on: a ratio measured beside other work is less sure."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f} in the last minute"
