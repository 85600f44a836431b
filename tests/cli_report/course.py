"""A small course with one learner of each fate, and what a dry-run prints for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RULES = """language {language}
timezone Europe/Paris
course NUM101 "{title}"
rule reminder "Lesson 2, {{{{ user.firstname }}}}"
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "Don't forget lesson 2; it is short, {{{{ user.firstname }}}}." from tutor
  notify tutor "Sent."
rule quiet-one after completion of Quiz9 send "Never."
"""
Fields = Mapping[str, Any]


def completed(id_: str, learner: str, activity: str, time: str) -> dict[str, Any]:
    event = {"id": id_, "time": time, "kind": "completion", "course": "NUM101", "learner": learner}
    return event | {"activity": activity, "state": "complete"}


def profile(id_: str, learner: str, **user: str) -> dict[str, Any]:
    time = "2026-09-01T08:00:00+02:00"
    return {"id": id_, "time": time, "kind": "profile", "learner": learner, "user": user}


EVENTS = [
    profile("p1", "alice", firstname="Alice", lastname="Martin", timezone="Europe/Paris", tutor="tessa"),
    profile("p2", "ben", firstname="Ben", lastname="Okafor", timezone="Indian/Reunion", tutor="tessa"),
    profile("p3", "chloe", firstname="Chloé", lastname="Nguyễn", timezone="Europe/Paris", tutor="tessa"),
    completed("e1", "alice", "Quiz1", "2026-09-03T14:10:00+02:00"),
    completed("e2", "ben", "Quiz1", "2026-09-03T15:10:00+02:00"),
    completed("e3", "ben", "Lesson2", "2026-09-05T12:00:00+02:00"),
    completed("e4", "chloe", "Quiz1", "2026-10-03T15:10:00+02:00"),
]


def write(
    folder: Path, *, language: str = "en", title: str = "Basics", events: list[dict[str, Any]] = EVENTS
) -> list[str]:
    """The files, and the arguments of a dry-run over them."""
    rules, history = folder / "course.rules", folder / "events.jsonl"
    rules.write_text(RULES.format(language=language, title=title), encoding="utf-8")
    history.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return ["dry-run", str(rules), "--events", str(history)]
