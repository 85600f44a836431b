"""People files (`--people FILE`, JSON Lines or CSV) as `profile` events, at the start of time: they come first."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from planned.engine import bad_event as reasons
from planned.engine.bad_event import BadEvent, excerpt
from planned.engine.decode import decode, decode_object
from planned.engine.event import Event, Instant
from planned.engine.event_fields import USER_FIELDS
from planned.sources.base import Batch
from planned.sources.lines import lines_of

START = "1970-01-01T00:00:00Z"


def people(path: Path) -> Iterator[Event | BadEvent]:
    """One `profile` event a person, its id `people:LEARNER`. The person's id is `learner`, or else `id`.

    A line of JSON is a `profile` event as in section 5, or simply the person's fields. In CSV the heading names the
    fields; columns that are no field of a message's `user` are the person's own (`profile.*`). Raises OSError.
    """
    if path.suffix.lower() == ".csv":
        yield from _from_csv(path)
        return
    with path.open("rb") as file:
        for number, line in enumerate(lines_of(file), 1):
            if line.strip():
                yield _from_line(line, f"{path.name}:{number}")


class PeopleFile:
    """A people file as a source, `people:FILE`: whole at first, and whole again whenever it has changed.

    At first its profiles count from the start of time, later ones from the file's change on. The cursor is the change.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    @property
    def name(self) -> str:
        return f"people:{self._path}"

    def read(self, cursor: str | None, limit: int) -> Batch:
        """All profiles, or none if the file has not changed. Raises OSError if it cannot be read."""
        changed = str(self._path.stat().st_mtime_ns // 1000)
        if changed == cursor:
            return Batch((), changed, more=False)
        found = list(people(self._path))
        return Batch([_anew(one, int(changed)) for one in found] if cursor else found, changed, more=False)

    def committed(self, cursor: str) -> None:
        """Nothing is kept beside the file itself."""

    def close(self) -> None:
        """The file is opened for each reading."""


def _anew(one: Event | BadEvent, changed: Instant) -> Event | BadEvent:
    return one if isinstance(one, BadEvent) else replace(one, id=f"{one.id}:{changed}", time=changed)


def _from_line(line: bytes, where: str) -> Event | BadEvent:
    try:
        obj = json.loads(line)
    except (ValueError, RecursionError):
        return decode(line, where)
    if not isinstance(obj, dict):
        return decode(line, where)
    return _person(obj, where) if "user" not in obj else decode_object(_completed(obj), where)


def _completed(obj: dict[str, Any]) -> dict[str, Any]:
    user = obj["user"]
    learner = obj.get("learner") or (user.get("id") if isinstance(user, dict) else None)
    defaults = {"id": f"people:{learner}", "time": START, "kind": "profile"}
    return defaults | {key: value for key, value in obj.items() if value is not None} | {"learner": learner}


def _person(fields: dict[str, Any], where: str) -> Event | BadEvent:
    learner = fields.get("learner") or fields.get("id")
    if not learner:
        return BadEvent(reasons.NOBODY, where, excerpt(json.dumps(fields, ensure_ascii=False)))
    user = {key: value for key, value in fields.items() if key in USER_FIELDS or key == "profile"}
    own = {key: value for key, value in fields.items() if key not in USER_FIELDS and key not in _NOT_THEIR_OWN}
    if own:
        given = user.get("profile")
        user["profile"] = (given if isinstance(given, dict) else {}) | own
    event = {"id": f"people:{learner}", "time": START, "kind": "profile", "learner": learner, "user": user}
    return decode_object(event, where)


_NOT_THEIR_OWN = frozenset({"learner", "profile", "kind", "time", "course"})


def _from_csv(path: Path) -> Iterator[Event | BadEvent]:
    """Empty cells say nothing; `profile.NAME` and `profile_field_NAME` columns are the person's own, as NAME."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        delimiter = _delimiter(file.readline())
        file.seek(0)
        reader = csv.DictReader(file, delimiter=delimiter, restval="")
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                where = f"{path.name}:{reader.line_num}"
                yield BadEvent(reasons.BAD_ROW, where, "", {"table": path.name, "value": excerpt(str(error))})
                continue
            fields = {_own(key): value for key, value in row.items() if isinstance(key, str) and value}
            yield _person(fields, f"{path.name}:{reader.line_num}")


def _own(column: str) -> str:
    return column.strip().removeprefix("profile.").removeprefix("profile_field_")


def _delimiter(heading: str) -> str:
    """French spreadsheets write semicolons."""
    return max(",;\t", key=heading.count)
