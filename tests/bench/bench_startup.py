"""How long a command takes to be there, beside a Python that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import campus
from tests.bench.measure import Figure, Size, planned, process

TIMES: dict[Size, int] = {"full": 21, "quick": 5, "tiny": 1}
AIMS = {"planned --version": 150.0, "planned lint FILE": 400.0}


def run(size: Size) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="planned-bench-") as name:
        rules = Path(name) / "course.rules"
        rules.write_text(campus.rules(0), encoding="utf-8")
        commands: dict[str, tuple[str | Path, ...]] = {
            "planned --version": (planned(), "--version"),
            "planned lint FILE": (planned(), "lint", rules),
        }
        spent: dict[str, list[float]] = {name: [] for name in commands}
        nothing = []
        for _ in range(TIMES[size]):
            for name, command in commands.items():
                spent[name].append(process(*command).wall * 1000)
                nothing.append(process(sys.executable, "-c", "pass").wall * 1000)
    base = median(nothing)
    for name, all_ in spent.items():
        says = (
            f"{median(all_) / base:.1f} × python -c pass ({base:.0f} ms); fastest {min(all_):.0f} ms,"
            f" slowest {max(all_):.0f} ms"
        )
        yield Figure(name, median(all_), AIMS[name], says, unit="ms")
