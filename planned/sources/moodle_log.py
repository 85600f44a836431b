"""What a row of Moodle's log means: which of its events are events of ours, by facts measured on a real site.

The learner of completions, grades and groups is `relateduserid` (`userid` is who acted, a teacher who overrides, say);
of views and submissions it is `userid`. The activity is `contextinstanceid`, the course module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from planned.engine import bad_event as reasons
from planned.engine.bad_event import BadEvent
from planned.engine.event_fields import clean_name
from planned.sources.moodle_tables import Row, Tables, decimal, number, other

STATES = {0: "incomplete", 1: "complete", 2: "passed", 3: "failed", 4: "failed"}
"""`completionstate`; 4 is a failure whose grade is hidden."""
SITE = 1
"""The course that is the site's front page."""
MODULE = 70
"""The context level of a course module."""

Draft = dict[str, Any]


class LogMapping:
    """Maps rows one by one; the tables it needs are read once. Memory grows with activities and learners."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._courses = {number(row["id"]): clean_name(str(row["shortname"])) for row in tables.good_rows("course")}
        self._last_submission: dict[tuple[str, str], int] = {}
        self._kinds: dict[str, Callable[[Row], Draft | BadEvent | None]] = {
            "course_module_completion_updated": self._completion,
            "course_completed": self._course_completed,
            "course_module_viewed": self._viewed,
            "course_viewed": self._course_viewed,
            "assessable_submitted": self._submitted,
            "submission_created": self._submission_row,
            "submission_updated": self._submission_row,
            "attempt_submitted": self._submitted,
            "response_submitted": self._submitted,
            "answer_submitted": self._submitted,
            "user_graded": self._graded,
            "group_member_added": self._group,
            "group_member_removed": self._group,
        }

    def course(self, id_: int) -> str:
        """The short name, or the id where there is none."""
        return self._courses.get(id_) or str(id_)

    def event(self, row: Row) -> Draft | BadEvent | None:
        """The event that a row is, without its time; None if it says nothing to us."""
        map_ = self._kinds.get(str(row.get("eventname", "")).rpartition("\\")[2])
        if map_ is None or number(row.get("courseid")) <= SITE or number(row.get("anonymous")):
            return None
        return map_(row)

    def _base(self, row: Row, kind: str, user: int) -> Draft:
        course = self.course(number(row.get("courseid")))
        return {"id": f"log:{number(row.get('id'))}", "kind": kind, "course": course, "learner": str(user)}

    def _completion(self, row: Row) -> Draft | BadEvent | None:
        said = other(row)
        user = number(row.get("relateduserid")) or number(said.get("relateduserid")) or number(row.get("userid"))
        module = number(row.get("contextinstanceid"))
        if not user or number(row.get("contextlevel")) not in (0, MODULE):
            return None
        state = said.get("completionstate")
        if state is None or state == "":
            state = self._completions.get((module, user))
        name = STATES.get(number(state)) if state is not None else None
        if name is None:
            where = f"mdl_logstore_standard_log:{row.get('id')}"
            return BadEvent(reasons.NO_STATE, where, str(row.get("other"))[:200], {"learner": user, "activity": module})
        return self._base(row, "completion", user) | {"activity": str(module), "state": name}

    @cached_property
    def _completions(self) -> dict[tuple[int, int], int]:
        """The states of now, read only if some event lacks its own."""
        rows = self._tables.good_rows("course_modules_completion")
        return {
            (number(row.get("coursemoduleid")), number(row.get("userid"))): number(row.get("completionstate"))
            for row in rows
        }

    def _course_completed(self, row: Row) -> Draft | None:
        user = number(row.get("relateduserid")) or number(row.get("userid"))
        return self._base(row, "completion", user) | {"state": "complete"} if user else None

    def _viewed(self, row: Row) -> Draft | None:
        user, module = number(row.get("userid")), number(row.get("contextinstanceid"))
        return self._base(row, "viewing", user) | {"activity": str(module)} if user and module else None

    def _course_viewed(self, row: Row) -> Draft | None:
        user = number(row.get("userid"))
        return self._base(row, "access", user) if user else None

    def _submission_row(self, row: Row) -> Draft | None:
        """An assignment's submission is saved as a draft first, which is no submission."""
        if other(row).get("submissionstatus") != "submitted":
            return None
        return self._submitted(row)

    def _submitted(self, row: Row) -> Draft | None:
        user = number(row.get("relateduserid")) or number(row.get("userid"))
        activity, time = str(number(row.get("contextinstanceid"))), number(row.get("timecreated"))
        if not user:
            return None
        draft = self._base(row, "submission", user) | {"activity": activity}
        # One act of submitting may be logged by the activity and by its plugin, in the same second.
        if self._last_submission.get((draft["learner"], activity)) == time:
            return None
        self._last_submission[draft["learner"], activity] = time
        return draft

    def _graded(self, row: Row) -> Draft | None:
        said = other(row)
        item = self._grade_items.get(number(said.get("itemid")))
        grade = decimal(said.get("finalgrade"))
        user = number(row.get("relateduserid"))
        if item is None or grade is None or not user:
            return None  # a course's total, an item without activity, or a grade that was taken away
        module, maximum = item
        draft = self._base(row, "grade", user) | {"activity": str(module), "grade": grade}
        return draft | {"max": maximum} if maximum and maximum > 0 else draft

    @cached_property
    def _grade_items(self) -> dict[int, tuple[int, float | None]]:
        """By grade item: the course module and the maximum."""
        names = {number(row["id"]): str(row["name"]) for row in self._tables.good_rows("modules")}
        modules = {
            (number(row["course"]), names.get(number(row["module"]), ""), number(row["instance"])): number(row["id"])
            for row in self._tables.good_rows("course_modules")
        }
        items: dict[int, tuple[int, float | None]] = {}
        for row in self._tables.good_rows("grade_items"):
            key = (number(row.get("courseid")), str(row.get("itemmodule")), number(row.get("iteminstance")))
            if row.get("itemtype") == "mod" and number(row.get("itemnumber")) == 0 and key in modules:
                items[number(row["id"])] = (modules[key], decimal(row.get("grademax")))
        return items

    def _group(self, row: Row) -> Draft | None:
        user, group = number(row.get("relateduserid")), number(row.get("objectid"))
        if not user:
            return None
        member = str(row["eventname"]).endswith("added")
        return self._base(row, "group", user) | {"group": str(group), "member": member}
