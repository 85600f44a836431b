"""What Moodle's tables say beside the log: who people are, and the dates of courses and activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from planned.sources.event_json import rfc3339
from planned.sources.moodle_log import SITE
from planned.sources.moodle_tables import Row, Tables, number
from planned.zones import names

_FIELDS = ("firstname", "lastname", "email", "city", "institution", "department")
GUEST = 1


def profiles(tables: Tables) -> Iterator[dict[str, Any]]:
    """A `profile` event a user, id `user:ID`. The zone `99` is the site's own, which nobody needs to be told."""
    own = _own_fields(tables)
    for row in tables.good_rows("user"):
        id_ = number(row.get("id"))
        if id_ <= GUEST:
            continue
        yield {"id": f"user:{id_}", "kind": "profile", "learner": str(id_), "user": _user(row, own.get(id_, {}))}


def _user(row: Row, own: dict[str, str]) -> dict[str, Any]:
    user: dict[str, Any] = {field: str(row.get(field) or "").strip() for field in _FIELDS}
    user["id"] = str(number(row.get("id")))
    user["fullname"] = f"{user['firstname']} {user['lastname']}".strip()
    if number(row.get("deleted")):
        del user["email"]  # Moodle writes a hash in its place
    zone = str(row.get("timezone") or "")
    if zone in names():
        user["timezone"] = zone
    if row.get("lang"):
        user["language"] = str(row["lang"]).partition("_")[0]
    given = {key: str(row[key]) for key in ("idnumber", "country") if row.get(key)}
    if given or own:
        user["profile"] = given | own
    return user


def _own_fields(tables: Tables) -> dict[int, dict[str, str]]:
    """The site's own profile fields, by user."""
    names = {number(row["id"]): str(row["shortname"]) for row in tables.good_rows("user_info_field")}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in tables.good_rows("user_info_data"):
        name = names.get(number(row.get("fieldid")))
        if name:
            found[number(row.get("userid"))][name] = str(row.get("data") or "")
    return found


def course_dates(tables: Tables, course: Callable[[int], str]) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    """Starts and ends of courses, known from their creation; expected completions of activities as deadlines."""
    for row in tables.good_rows("course"):
        id_ = number(row.get("id"))
        for what, column in (("start", "startdate"), ("end", "enddate")):
            at = number(row.get(column))
            if id_ > SITE and at > 0:
                draft = _date(f"course:{id_}:{what}", course(id_), what, at)
                yield (number(row.get("timecreated")), 0), draft
    for row in tables.good_rows("course_modules"):
        at = number(row.get("completionexpected"))
        if at > 0:
            module = str(number(row["id"]))
            draft = _date(f"module:{module}:deadline", course(number(row.get("course"))), "deadline", at)
            yield (number(row.get("added")), 0), draft | {"activity": module}


def _date(id_: str, course: str, what: str, at: int) -> dict[str, Any]:
    return {"id": id_, "kind": "date", "course": course, "what": what, "at": rfc3339(at * 1_000_000)}
