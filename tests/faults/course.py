"""A course with two reminders, what its learners did, and who is therefore to get which message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from planned.runtime.clock import SystemClock
from tests.faults.checker import Wanted

RULES = """
language en
course C
rule hello "Hello"
  after completion of Quiz1
  wait 1 minute
  unless Lesson2 complete
  send "Hello {{ user.firstname }}"
rule second "Second"
  after completion of Quiz1
  wait 2 minutes
  if not Lesson2 complete
  send "Still there?"
"""
Line = dict[str, Any]


def utc(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def hours_ago(hours: float) -> datetime:
    return datetime.fromtimestamp(SystemClock().now() / 1e6, UTC) - timedelta(hours=hours)


def history(learners: int, first: int = 0, start: datetime | None = None) -> list[Line]:
    """What so many learners did, the first of them with this number; of five one has done his lesson.

    Without `start` all is due since an hour and more.
    """
    start = start or hours_ago(3)
    lines: list[Line] = []
    for number in range(first, first + learners):
        who, at = f"p{number}", start + timedelta(seconds=(number - first) % 3000)
        profile = {"firstname": f"N{number}", "email": f"{who}@example.org"}
        lines.append({"id": f"a{number}", "time": utc(start), "kind": "profile", "learner": who, "user": profile})
        done = {"kind": "completion", "course": "C", "learner": who, "state": "complete"}
        lines.append({"id": f"b{number}", "time": utc(at), "activity": "Quiz1", **done})
        if number % 5 == 0:
            lines.append({"id": f"c{number}", "time": utc(at), "activity": "Lesson2", **done})
    return lines


def wanted(lines: Iterable[Line]) -> set[Wanted]:
    """What is to come of these events under `RULES`: both messages to everybody who has done the quiz alone."""
    lines = list(lines)
    addresses = {one["learner"]: one["user"]["email"] for one in lines if one["kind"] == "profile"}
    done: dict[str, set[str]] = {}
    for one in lines:
        if one["kind"] == "completion":
            done.setdefault(one["learner"], set()).add(one["activity"])
    readers = [addresses[who] for who, what in done.items() if what == {"Quiz1"}]
    return {(reader, subject) for reader in readers for subject in ("Hello", "Second")}


def write(path: Path, lines: Sequence[Line]) -> None:
    """Append these events to a file."""
    with path.open("a", encoding="utf-8") as out:
        out.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def read(path: Path) -> list[Line]:
    """All events of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_history(path: Path, learners: int) -> set[Wanted]:
    """A history of which all is due since an hour; who is to get which message."""
    lines = history(learners)
    write(path, lines)
    return wanted(lines)
