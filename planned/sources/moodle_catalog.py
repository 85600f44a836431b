"""What there is on a Moodle, from its exported tables: courses, activities with their grades, groups, roles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planned.sources.moodle_tables import Row, Tables, decimal, number

SITE = "site"
"""The format of the course that is the site's front page."""
Entry = dict[str, object]


def catalog(folder: str | Path) -> Entry:
    """Raises OSError when the tables of courses and activities are not there. Ids are those that events have."""
    tables = Tables(Path(folder))
    for needed in ("course", "course_modules"):
        if not tables.has(needed):
            raise FileNotFoundError(2, "No such file", str(Path(folder) / f"mdl_{needed}.jsonl"))
    activities, groups = _activities(tables), _groups(tables)
    courses: list[Entry] = [
        {
            "id": str(row["shortname"]),
            "name": str(row.get("fullname", "")),
            "activities": activities.get(number(row["id"]), []),
            "groups": groups.get(number(row["id"]), []),
        }
        for row in tables.good_rows("course")
        if row.get("format") != SITE
    ]
    found: Entry = {"courses": courses}
    if tables.has("role"):
        found["roles"] = [str(row["shortname"]) for row in tables.good_rows("role")]
    return found


def _activities(tables: Tables) -> dict[int, list[Entry]]:
    """By course; those about to be deleted are left out."""
    kinds = {number(row["id"]): str(row["name"]) for row in tables.good_rows("modules")}
    grades = {
        (str(row.get("itemmodule")), number(row.get("iteminstance"))): row
        for row in tables.good_rows("grade_items")
        if row.get("itemtype") == "mod"
    }
    names = {
        kind: {number(row["id"]): str(row.get("name", "")) for row in tables.good_rows(kind)} for kind in kinds.values()
    }
    found: dict[int, list[Entry]] = {}
    for row in tables.good_rows("course_modules"):
        if not number(row.get("deletioninprogress")):
            kind, instance = kinds.get(number(row.get("module")), ""), number(row.get("instance"))
            grade = grades.get((kind, instance))
            name = names.get(kind, {}).get(instance) or (grade or {}).get("itemname") or row.get("idnumber")
            found.setdefault(number(row.get("course")), []).append(_activity(row, kind, name, grade, tables))
    return found


def _activity(row: Row, kind: str, name: object, grade: Row | None, tables: Tables) -> Entry:
    entry: Entry = {"id": str(number(row["id"])), "name": str(name or row["id"])}
    if kind:
        entry["kind"] = kind
    entry["tracked"] = number(row.get("completion")) > 0
    if tables.has("grade_items"):
        entry["graded"] = grade is not None
        if grade is not None and (most := decimal(grade.get("grademax"))) is not None:
            entry["grade_max"] = int(most) if most == int(most) else most
    return entry


def _groups(tables: Tables) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for row in tables.good_rows("groups"):
        found.setdefault(number(row.get("courseid")), []).append(
            {"id": str(number(row["id"])), "name": str(row.get("name", ""))}
        )
    return found


def count(entry: Entry) -> Iterator[int]:
    """How many courses, activities and groups a catalogue has."""
    courses = entry["courses"]
    assert isinstance(courses, list)
    yield len(courses)
    yield sum(len(one["activities"]) for one in courses)
    yield sum(len(one["groups"]) for one in courses)
