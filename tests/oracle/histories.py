"""Random rule files with random histories, the same for the same seed.

`python -m tests.oracle.histories SEED` prints one. Names, times of day and delays are few, so that what happens often
meets: messages due in the same instant, events exactly at a due time, a limit with a quiet evening, a chain whose
first rule was undone.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file
from tests.oracle.random_rules import Words, rule_files

CHANGES = (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC))
ZONES = (
    "Europe/Paris",
    "Indian/Reunion",
    "Pacific/Noumea",
    "America/Martinique",
    "Australia/Lord_Howe",
    "America/New_York",
    "America/Montreal",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Pacific/Apia",
)
CLOCKS = ((9, 0), (8, 0), (20, 0), (14, 10), (18, 0), (2, 30), (0, 0), (7, 59), (12, 0))


@dataclass(frozen=True)
class History:
    files: dict[str, str]
    events: list[dict[str, Any]]
    until: str | None
    default_zone: str = "UTC"


def history(seed: int) -> History:
    """The history of that seed: rule files by name, events in the order received, the end of the run if it has one."""
    r = random.Random(seed)
    start = (r.choice(CHANGES) - timedelta(days=r.randint(5, 45))).replace(hour=0)
    words = Words(r, start.date())
    files = rule_files(words)
    if seed % 6 == 5:
        files = {name: print_file(parse(text, name)[0], "fr") for name, text in files.items()}
    events = Events(r, words, start).make()
    until = None
    if r.random() < 0.6:
        until = (start + timedelta(days=r.randint(20, 90), hours=r.randint(0, 23), seconds=17)).isoformat()
    return History(files, events, until, r.choice(("UTC", "Europe/Paris")))


class Events:
    """What happens to a few learners, in the order in which it is received."""

    def __init__(self, r: random.Random, words: Words, start: datetime) -> None:
        self.r = r
        self.words = words
        self.start = start
        self.learners = ["ann", "bob", "cem", "Zoé"][: r.choice((1, 2, 2, 3, 4))]
        self.now = start
        self.made: list[dict[str, Any]] = []

    def make(self) -> list[dict[str, Any]]:
        for learner in self.learners:
            self._arrive(learner)
        kinds = self._kinds()
        for _ in range(self.r.randint(3, 34)):
            self._pass_time()
            kind = self.r.choices([one for one, _ in kinds], [weight for _, weight in kinds])[0]
            kind(self.r.choice(self.learners), self.r.choice(self.words.courses))
        if self.r.random() < 0.25:
            self.r.shuffle(self.made)
        if self.r.random() < 0.15:
            self.made.append(dict(self.r.choice(self.made)))
        return self.made

    def _arrive(self, learner: str) -> None:
        if self.r.random() < 0.7:
            self._profile(learner)
        for course in self.words.courses:
            if self.r.random() < 0.75:
                self._enrol(learner, course)

    def _pass_time(self) -> None:
        """Often a few hours or days, to a time of day at which much happens; sometimes none at all."""
        chance = self.r.random()
        if chance < 0.08:
            return
        if chance < 0.55:
            hour, minute = self.r.choice(CLOCKS)
            zone = ZoneInfo(self.r.choice(ZONES) if self.r.random() < 0.3 else "Europe/Paris")
            local = (self.now + timedelta(days=self.r.randint(0, 5))).astimezone(zone)
            at = local.replace(hour=hour, minute=minute, second=0).astimezone(UTC)
            self.now = max(at, self.now)
        else:
            self.now += timedelta(minutes=self.r.choice((1, 30, 60, 61, 600, 1440, 2000, 2880, 5000)))

    def _add(self, kind: str, learner: str | None, course: str | None, **fields: Any) -> None:
        zone = ZoneInfo(self.r.choice(("UTC", "Europe/Paris")))
        event = {"id": f"e{len(self.made) + 1}", "time": self.now.astimezone(zone).isoformat(), "kind": kind}
        if course is not None:
            event["course"] = course
        if learner is not None:
            event["learner"] = learner
        self.made.append({**event, **fields})

    def _kinds(self) -> list[tuple[Callable[[str, str], None], int]]:
        return [
            (self._complete, 9),
            (self._grade, 3),
            (self._submit_or_view, 4),
            (lambda learner, course: self._add("access", learner, course), 5),
            (self._group, 4),
            (self._date, 5),
            (self._enrol, 2),
            (lambda learner, course: self._add("unenrolment", learner, course), 2),
            (lambda learner, course: self._add("suspension", learner, course), 1),
            (lambda learner, course: self._add("resumption", learner, course), 2),
            (lambda learner, _: self._profile(learner), 1),
            (lambda learner, course: self._add("badge", learner, course, data={"level": 1}), 2),
        ]

    def _enrol(self, learner: str, course: str) -> None:
        fields: dict[str, Any] = {}
        if self.r.random() < 0.5:
            fields["role"] = self.r.choices(("student", "teacher", "auditor"), (8, 1, 1))[0]
        if self.r.random() < 0.25:
            fields["until"] = self._some_date()
        self._add("enrolment", learner, course, **fields)

    def _profile(self, learner: str) -> None:
        user: dict[str, Any] = {"id": learner, "firstname": learner.title()}
        if self.r.random() < 0.7:
            user["timezone"] = self.r.choice(ZONES)
        if self.r.random() < 0.6:
            user["department"] = self.r.choice(("Arts", "Arts et lettres", "", "Droit"))
        if self.r.random() < 0.3:
            user["tutor"] = self.r.choice(("tom", "tina"))
        if self.r.random() < 0.2:
            user["manager"] = "max"
        self._add("profile", learner, None, user=user)

    def _activity(self) -> str:
        return self.r.choice(self.words.activity_ids)

    def _complete(self, learner: str, course: str) -> None:
        state = self.r.choices(("complete", "passed", "failed", "incomplete"), (4, 3, 3, 3))[0]
        if self.r.random() < 0.08:
            self._add("completion", learner, course, state=self.r.choice(("complete", "incomplete")))
        else:
            self._add("completion", learner, course, activity=self._activity(), state=state)

    def _grade(self, learner: str, course: str) -> None:
        maximum = {"max": self.r.choice((10, 20))} if self.r.random() < 0.7 else {}
        self._add("grade", learner, course, activity=self._activity(), grade=self.r.choice((4, 8, 10, 12.5)), **maximum)

    def _submit_or_view(self, learner: str, course: str) -> None:
        self._add(self.r.choice(("submission", "viewing")), learner, course, activity=self._activity())

    def _group(self, learner: str, course: str) -> None:
        group = self.r.choice(self.words.group_ids)
        self._add("group", learner, course, group=group, member=self.r.random() < 0.6)

    def _some_date(self) -> str:
        hour, minute = self.r.choice(CLOCKS)
        local = (self.now + timedelta(days=self.r.randint(-3, 14))).astimezone(ZoneInfo("Europe/Paris"))
        return local.replace(hour=hour, minute=minute, second=0).isoformat()

    def _date(self, learner: str, course: str) -> None:
        what = self.r.choice(("deadline", "deadline", "deadline", "start", "end", *self.words.dates))
        fields: dict[str, Any] = {"what": what, "at": None if self.r.random() < 0.15 else self._some_date()}
        if what == "deadline":
            fields["activity"] = self._activity()
        self._add("date", learner if self.r.random() < 0.3 else None, course, **fields)


def told(made: History) -> str:
    """A history as its files and its events, in the order of time."""
    parts = [f"--- {name}\n{text}" for name, text in made.files.items()]
    parts.append(f"--- events (until {made.until}, zone {made.default_zone})")
    parts += [json.dumps(one, ensure_ascii=False) for one in sorted(made.events, key=_time)]
    return "\n".join(parts)


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"])


if __name__ == "__main__":
    sys.stdout.write(told(history(int(sys.argv[1]))) + "\n")
