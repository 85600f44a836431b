"""A JSON Lines file that grows: `jsonl:FILE`. Half a line waits; rotation and truncation start the file anew.

The cursor has the byte offset, the number of lines before it, the file's inode and a fingerprint of its first bytes. If
the file is another one, or shorter, it is read from its start: the events' ids make repeats harmless.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from planned.engine.bad_event import BadEvent
from planned.engine.decode import MAX_LINE, decode
from planned.engine.event import Event
from planned.sources.base import Batch

_HEAD = 256
"""Bytes at a file's start that tell it from another that took its place."""
_BLOCK = 1 << 20


class JsonlFile:
    """One followed file. `where` of its events is `FILE:LINE`. A missing file has no events yet."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    @property
    def name(self) -> str:
        return f"jsonl:{self._path}"

    def read(self, cursor: str | None, limit: int) -> Batch:
        """Up to `limit` whole lines. Nothing new: no items and the same place. Raises OSError if it cannot be read."""
        place = _load(cursor)
        try:
            with self._path.open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if not _same(file, status, place):
                    place = {"at": 0, "line": 0}
                items, at, line, more = self._lines(file, place, limit)
                head = _fingerprint(file, min(at, _HEAD))
        except FileNotFoundError:
            return Batch((), cursor or "", more=False)
        new = {"at": at, "line": line, "inode": status.st_ino, "head": head}
        return Batch(items, json.dumps(new), more=more)

    def committed(self, cursor: str) -> None:
        """Nothing is kept beside the file itself."""

    def close(self) -> None:
        """Each read opens the file anew, so that a rotation is seen."""

    def _lines(
        self, file: BinaryIO, place: dict[str, Any], limit: int
    ) -> tuple[Sequence[Event | BadEvent], int, int, bool]:
        items: list[Event | BadEvent] = []
        at, number = int(place["at"]), int(place["line"])
        file.seek(at)
        rest, cut = b"", 0
        while block := file.read(_BLOCK):
            data, start = rest + block, 0
            while (end := data.find(b"\n", start)) >= 0:
                if len(items) >= limit:
                    return items, at, number, True
                line = data[start:end]
                at += len(line) + cut + 1
                number += 1
                start, cut = end + 1, 0
                if line.strip():
                    items.append(decode(line, f"{self._path.name}:{number}"))
            rest = data[start:]
            cut += max(0, len(rest) - MAX_LINE - 1)  # beyond the limit of an event there is nothing to keep
            rest = rest[: MAX_LINE + 1]
        return items, at, number, False


def _load(cursor: str | None) -> dict[str, Any]:
    if cursor:
        try:
            place = json.loads(cursor)
        except ValueError:
            place = None
        if isinstance(place, dict) and isinstance(place.get("at"), int) and isinstance(place.get("line"), int):
            return place
    return {"at": 0, "line": 0}


def _same(file: BinaryIO, status: os.stat_result, place: dict[str, Any]) -> bool:
    """Whether the file is still the one of the cursor, grown or not.

    The inode alone does not tell (a copy restored has another, a file truncated and written anew the same): the first
    bytes decide, and a change of inode only for a file too short to have them.
    """
    at = int(place["at"])
    if at == 0:
        return True
    if status.st_size < at:
        return False
    if _fingerprint(file, min(at, _HEAD)) != place.get("head"):
        return False
    return at >= _HEAD or status.st_ino == place.get("inode")


def _fingerprint(file: BinaryIO, size: int) -> str:
    file.seek(0)
    return blake2b(file.read(size), digest_size=8).hexdigest()
