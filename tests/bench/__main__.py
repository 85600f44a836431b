"""`make bench`: every figure is a ratio against a peer or a raw limit, measured in turns in the same run.

`python -m tests.bench [--quick] [NAME…]`. The exit code is 1 if an aim was missed in a full run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from tests.bench import (
    bench_core,
    bench_dry_run,
    bench_due,
    bench_engines,
    bench_idle,
    bench_intake,
    bench_lint,
    bench_lsp,
    bench_startup,
)
from tests.bench.measure import Figure, Size, machine

BENCHES: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "startup": bench_startup.run,
    "lint": bench_lint.run,
    "lsp": bench_lsp.run,
    "core": bench_core.run,
    "dry-run": bench_dry_run.run,
    "intake": bench_intake.run,
    "due": bench_due.run,
    "idle": bench_idle.run,
    "engines": bench_engines.run,
    "burst": bench_engines.burst,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all of them if none")
    parser.add_argument("--quick", action="store_true", help="small and noisy, to see that all of it runs")
    args = parser.parse_args(argv)
    if unknown := set(args.names) - BENCHES.keys():
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    missed = measure(args.names or list(BENCHES), "quick" if args.quick else "full")
    return 1 if missed and not args.quick else 0


def measure(names: list[str], size: Size) -> int:
    """Run and print; how many aims were missed."""
    start, missed = time.perf_counter(), 0
    _say(f"{machine()}; CPU time where nothing waits for a disk\n")
    for name in names:
        for figure in BENCHES[name](size):
            missed += not figure.met
            _say(str(figure))
    _say(f"\n{time.perf_counter() - start:.0f} s; {machine()}; {missed} aims missed")
    return missed


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
