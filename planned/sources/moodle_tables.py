"""Moodle's tables as files, `mdl_NAME.jsonl` or `mdl_NAME.csv`, row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planned.engine import bad_event as reasons
from planned.engine.bad_event import BadEvent, excerpt
from planned.sources.lines import lines_of
from planned.sources.php import unserialize

Row = dict[str, Any]

csv.field_size_limit(1 << 24)  # a course's summary may be longer than the 128 KiB that csv allows by default


class Tables:
    """The tables of one folder; one that is not there has no rows. Any prefix before `NAME` is accepted (`mdl_`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path | None:
        """The table's file; JSON Lines before CSV where both are there."""
        for suffix in (".jsonl", ".csv"):
            path = self._folder / f"mdl_{name}{suffix}"
            if path.is_file():
                return path
        return None

    def has(self, name: str) -> bool:
        return self.path(name) is not None

    def rows(self, name: str) -> Iterator[Row | BadEvent]:
        """All rows, in the file's order. In CSV numbers are texts, and what is empty may be null or an empty text."""
        path = self.path(name)
        if path is None:
            return
        for number, row in _csv(path) if path.suffix == ".csv" else _jsonl(path):
            if isinstance(row, dict):
                yield row
            else:
                yield BadEvent(reasons.BAD_ROW, f"{path.name}:{number}", row, {"table": f"mdl_{name}", "value": row})

    def good_rows(self, name: str) -> Iterator[Row]:
        return (row for row in self.rows(name) if isinstance(row, dict))


def _jsonl(path: Path) -> Iterator[tuple[int, Row | str]]:
    with path.open("rb") as file:
        for number, line in enumerate(lines_of(file), 1):
            if not line or line.isspace():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            yield number, row if isinstance(row, dict) else excerpt(line)


def _csv(path: Path) -> Iterator[tuple[int, Row | str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        while True:
            try:
                row: Row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, excerpt(str(error))
                continue
            if None in row or None in row.values():
                yield reader.line_num, excerpt(",".join(str(value) for value in row.values()))
            else:
                yield reader.line_num, row


def number(value: object) -> int:
    """A whole number however it is written; 0 where there is none."""
    if isinstance(value, int):
        return int(value)
    try:
        return int(float(str(value))) if value not in (None, "") else 0
    except (ValueError, OverflowError):
        return 0


def decimal(value: object) -> float | None:
    try:
        return float(str(value)) if value not in (None, "") else None
    except ValueError:
        return None


def other(row: Row) -> dict[str, Any]:
    """A log row's `other`: JSON text, or PHP's format on sites that were upgraded; empty where it says nothing."""
    text = row.get("other")
    if isinstance(text, dict):
        return text
    if not isinstance(text, str) or text in ("", "null", "N;"):
        return {}
    try:
        value = json.loads(text) if text[0] in "{[" else unserialize(text.encode())
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
