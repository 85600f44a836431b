"""The sources that come with `planned`, by the name that stands before the colon."""

from __future__ import annotations

from collections.abc import Callable

from planned.sources.base import Source
from planned.sources.jsonl import JsonlFile
from planned.sources.moodle_export import MoodleExport
from planned.sources.people import PeopleFile

SOURCES: dict[str, Callable[[str], Source]] = {
    "jsonl": JsonlFile,
    "moodle-export": MoodleExport,
    "people": PeopleFile,
}
