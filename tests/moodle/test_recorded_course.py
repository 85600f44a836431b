"""The recorded Moodle course: a dry-run of its teachers' three messages, against a recount of the raw rows.

The recount reads the tables as plain JSON and knows nothing of `planned`: completions from the log, enrolments from the
enabled methods, and the due times by hand. It runs only where the recording lies beside the project.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from planned.cli.main import main

HERE = Path(__file__).parent
TABLES = HERE.parents[1] / "../shared/moodle/tables"
QUIZ1, LESSON2 = 1, 2

pytestmark = pytest.mark.skipif(not TABLES.exists(), reason="the recording is not beside the project")

Line = tuple[str, str, str, str]
"""Rule, learner, UTC time, outcome."""


def rows(table: str) -> list[dict[str, object]]:
    text = (TABLES / f"mdl_{table}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


class Recount:
    def __init__(self) -> None:
        self.log = sorted(rows("logstore_standard_log"), key=lambda row: (row["timecreated"], row["id"]))
        self.zones = {
            row["id"]: "Europe/Paris" if row["timezone"] == "99" else str(row["timezone"]) for row in rows("user")
        }
        enabled = {row["id"] for row in rows("enrol") if row["status"] == 0}
        there = {row["userid"]: row for row in rows("user_enrolments") if row["enrolid"] in enabled}
        created = self.seen("user_enrolment_created", "relateduserid", "manual")
        students = {row["userid"] for row in rows("role_assignments") if row["roleid"] == 5}
        self.ended = self.seen("user_enrolment_deleted", "relateduserid")
        self.enrolled = {u: t for u, t in created.items() if u in students & there.keys() or u in self.ended}

    def seen(self, event: str, who: str, method: str = "") -> dict[int, int]:
        return {
            row[who]: row["timecreated"]
            for row in self.log
            if row["eventname"] == f"\\core\\event\\{event}" and row["courseid"] == 2 and method in str(row["other"])
        }

    def states(self, user: int, module: int) -> list[tuple[int, int]]:
        return [
            (int(row["timecreated"]), int(json.loads(row["other"])["completionstate"]))
            for row in self.log
            if row["eventname"] == "\\core\\event\\course_module_completion_updated"
            and row["relateduserid"] == user
            and row["contextinstanceid"] == module
        ]

    def complete(self, user: int, module: int, when: datetime) -> bool:
        states = [state for at, state in self.states(user, module) if at <= when.timestamp()]
        return bool(states) and states[-1] != 0

    def local(self, user: int, stamp: int) -> datetime:
        return datetime.fromtimestamp(stamp, ZoneInfo(self.zones[user]))

    def nine(self, user: int, stamp: int, days: int) -> datetime:
        day = self.local(user, stamp).date() + timedelta(days=days)
        return datetime.combine(day, time(9), ZoneInfo(self.zones[user]))

    def lines(self) -> Iterator[Line]:
        for user, enrolled in self.enrolled.items():
            yield from self.lesson2(user)
            yield from self.quiz1(user, enrolled)
            yield from self.welcome(user)

    def lesson2(self, user: int) -> Iterator[Line]:
        began = next((at for at, state in self.states(user, QUIZ1) if state), None)
        if began is not None:
            due = self.nine(user, began, 3)
            yield "lesson2", str(user), utc(due), "suppressed" if self.complete(user, LESSON2, due) else "sent"

    def quiz1(self, user: int, enrolled: int) -> Iterator[Line]:
        for week in (1, 2, 3):
            due = self.nine(user, enrolled, 7 * week)
            ended = self.ended.get(user)
            if ended is not None and ended <= due.timestamp():
                yield "quiz1", str(user), utc(datetime.fromtimestamp(ended, UTC)), "cancelled"
                return
            done = self.complete(user, QUIZ1, due)
            yield "quiz1", str(user), utc(due), "suppressed" if done else "sent"
            if done:
                return

    def welcome(self, user: int) -> Iterator[Line]:
        for row in self.log:
            joined = row["eventname"] == "\\core\\event\\group_member_added" and row["objectid"] == 1
            if joined and row["relateduserid"] == user:
                yield "welcome", str(user), utc(self.local(user, int(row["timecreated"]))), "sent"
                return


def utc(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


@pytest.fixture(scope="module")
def recount() -> Recount:
    return Recount()


@pytest.fixture
def decided(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    events = f"moodle-export:{TABLES}"
    assert main(["dry-run", str(HERE / "plan1.rules"), "--events", events, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_decision_is_that_of_the_recount(recount: Recount, decided: list[dict[str, str]]) -> None:
    found = [(one["rule"], one["learner"], utc(datetime.fromisoformat(one["at"])), one["outcome"]) for one in decided]
    assert sorted(found) == sorted(recount.lines())
    assert len(found) > 130


def outcomes(decided: list[dict[str, str]], rule: str, user: int) -> list[str]:
    return [one["outcome"] for one in decided if one["rule"] == rule and one["learner"] == str(user)]


def test_failed_then_passed_counts_as_complete_from_the_failure_on(decided: list[dict[str, str]]) -> None:
    # Student 6 failed on 16 October and passed on the 19th: complete means done, whatever the result.
    lesson2 = [one for one in decided if one["rule"] == "lesson2" and one["learner"] == "8"]
    assert [one["anchor"] for one in lesson2] == ["2026-10-16T19:45:12+13:00"]
    assert outcomes(decided, "quiz1", 8) == ["suppressed"]


def test_an_undone_completion_cancels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Student 6 ticked page 4 as done on 3 November at 07:00 UTC and took it back twenty minutes later.
    rules = tmp_path / "page4.rules"
    rules.write_text(
        'timezone Europe/Paris\ncourse PLAN1\nactivity Page4 is "4"\n'
        'rule page4 after completion of Page4 wait 1 day send "Well done."\n'
    )
    main(["dry-run", str(rules), "--events", f"moodle-export:{TABLES}", "--format", "jsonl"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    of_student = [(one["outcome"], one["reason"]["code"], one["at"]) for one in found if one["learner"] == "8"]
    assert of_student == [("cancelled", "undone", "2026-11-03T20:20:00+13:00")]


def test_students_of_the_disabled_method_get_nothing(decided: list[dict[str, str]]) -> None:
    assert not [one for one in decided if one["learner"] in {"43", "44", "45", "46", "47"}]


def test_teachers_are_no_learners(decided: list[dict[str, str]]) -> None:
    assert not [one for one in decided if one["learner"] in {"2", "53", "54", "55"}]


def test_the_unenrolled_get_what_was_due_before(decided: list[dict[str, str]]) -> None:
    assert outcomes(decided, "quiz1", 42) == ["sent", "sent", "sent"]
    assert outcomes(decided, "quiz1", 51) == ["cancelled"]


def test_who_was_suspended_and_came_back_misses_nothing(decided: list[dict[str, str]]) -> None:
    assert outcomes(decided, "quiz1", 41) == ["sent", "sent", "sent"]
