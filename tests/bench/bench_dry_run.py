"""`planned dry-run` of a term's log against reading the same JSON: time, and what memory grows with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import campus
from tests.bench.measure import Figure, Process, Size, planned, process

COURSES = 50
EVENTS: dict[Size, tuple[int, int]] = {"full": (1_000_000, 100_000), "quick": (30_000, 30_000), "tiny": (2_000, 2_000)}
LEARNERS: dict[Size, int] = {"full": 5_000, "quick": 500, "tiny": 50}
TIMES: dict[Size, int] = {"full": 3, "quick": 1, "tiny": 1}
AIM = 6.0
GROWTH_AIM = 2.0
READ = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"


def run(size: Size) -> Iterator[Figure]:
    many, few = EVENTS[size]
    learners = LEARNERS[size]
    with TemporaryDirectory(prefix="planned-bench-") as name:
        folder = Path(name)
        rules = campus.write_rules(folder / "rules", COURSES)
        log = campus.write_events(folder / "events.jsonl", many, COURSES, learners)
        dry, read = [], []
        for _ in range(TIMES[size]):
            dry.append(_dry_run(rules, log))
            read.append(process(sys.executable, "-c", READ, log))
        yield _speed(size, dry, read)
        if many > few:
            yield from _memory(folder, rules, dry[0].peak, size)


def _speed(size: Size, dry: list[Process], read: list[Process]) -> Figure:
    ours, theirs = median(one.cpu for one in dry), median(one.cpu for one in read)
    waited = median(one.wall for one in dry) / median(one.wall for one in read)
    spread = (max(one.cpu for one in dry) - min(one.cpu for one in dry)) / ours
    rules = COURSES * campus.RULES_A_COURSE
    says = (
        f"{EVENTS[size][0]:,} events × {rules:,} rules, {LEARNERS[size]:,} learners in {campus.COURSES_A_LEARNER} of"
        f" {COURSES} courses ({campus.SAID}): {ours:.1f} s of CPU, json.loads of each line {theirs:.1f} s;"
        f" by the wall clock {waited:.1f} ×; spread {spread:.0%}; peak {dry[0].peak:.0f} MB"
    )
    return Figure("dry-run", ours / theirs, AIM, says)


def _memory(folder: Path, rules: Path, peak: float, size: Size) -> Iterator[Figure]:
    """Ten times fewer events, then ten times fewer learners."""
    many, few = EVENTS[size]
    learners = LEARNERS[size]
    short = campus.write_events(folder / "short.jsonl", few, COURSES, learners)
    small = campus.write_events(folder / "small.jsonl", few, COURSES, learners // 10)
    few_events, few_learners = _dry_run(rules, short).peak, _dry_run(rules, small).peak
    says = (
        f"{many:,} events {peak:.0f} MB, {few:,} events of the same {learners:,} learners {few_events:.0f} MB,"
        f" of {learners // 10:,} learners {few_learners:.0f} MB"
    )
    yield Figure(f"dry-run, memory with {many // few} times the events", peak / few_events, GROWTH_AIM, says)


def _dry_run(rules: Path, log: Path) -> Process:
    return process(planned(), "dry-run", rules, "--events", log, "--format", "jsonl")
