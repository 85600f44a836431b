"""A JSON Lines file that grows: `jsonl:FILE`. Half a line waits; a rotated file is read to its end, then its successor.

The cursor has the byte offset, the number of lines before it, the file's inode and a fingerprint of its first bytes. If
another file bears the name, or it is shorter, the one of the cursor is looked for: it may still be open here, or lie
beside it as `FILE.1` or `FILE-20260903`. Where it is gone the new one is read from its start: the events' ids make
repeats harmless.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from io import FileIO
from pathlib import Path

from planned.engine.bad_event import BadEvent
from planned.engine.decode import MAX_LINE, decode
from planned.engine.event import Event
from planned.sources.base import Batch

_HEAD = 256
"""Bytes at a file's start that tell it from another that took its place."""
_BLOCK = 1 << 20
_AT_ONCE = 16 << 20
"""Bytes: after so many a batch ends, however few lines they are."""
_ROTATED = re.compile(r"[.-]\d[\dT_:.-]*")
"""What rotation writes behind a file's name: a number, a day, a moment."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading goes on: so many bytes and lines into the file that has this inode and begins like this."""

    at: int = 0
    line: int = 0
    inode: int | None = None
    head: str = ""


class JsonlFile:
    """One followed file. `where` of its events is `FILE:LINE`. A missing file has no events yet."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._held: FileIO | None = None
        """The file of the latest cursor: renamed or deleted, it can still be read to its end."""

    @property
    def name(self) -> str:
        return f"jsonl:{self._path}"

    def read(self, cursor: str | None, limit: int) -> Batch:
        """Up to `limit` whole lines, fewer where they are long. Nothing new: no items and the same place.

        Raises OSError if it cannot be read.
        """
        opened = [self._held] if self._held is not None else []
        try:
            return self._read(cursor, limit, opened)
        finally:
            for file in opened:
                if file is not self._held:
                    file.close()

    def _read(self, cursor: str | None, limit: int, opened: list[FileIO]) -> Batch:
        place = _load(cursor)
        live = _open(self._path, opened)
        if live is not None and _goes_on(live, place):
            return self._lines(live, place, limit)
        # Whoever writes has gone over to the new file once there is something in it: then the old one is complete.
        following = live if live is not None and os.fstat(live.fileno()).st_size > 0 else None
        if (old := self._old(place, opened)) is not None:
            following = self._after(old, opened) or following
            batch = self._lines(old, place, limit, complete=following is not None)
            if batch.items or batch.more or following is None:
                return batch
        if following is None:
            return Batch((), cursor or "", more=False)
        batch = self._lines(following, _Place(), limit)
        return replace(batch, more=batch.more or following is not live)

    def committed(self, cursor: str) -> None:
        """Nothing is kept beside the file itself."""

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _lines(self, file: FileIO, place: _Place, limit: int, complete: bool = False) -> Batch:
        """What follows in a file. Where it is `complete` its last line may lack a line break, and another file comes
        after it."""
        items: list[Event | BadEvent] = []
        at, number = place.at, place.line
        file.seek(at)
        rest, cut, full = b"", 0, False
        while not full and (block := file.read(_BLOCK)):
            data, start = rest + block, 0
            while (end := data.find(b"\n", start)) >= 0 and not (
                full := len(items) >= limit or at - place.at >= _AT_ONCE
            ):
                line = data[start:end]
                at += len(line) + cut + 1
                number += 1
                start, cut = end + 1, 0
                self._add(items, line, number)
            rest = data[start:]
            cut += max(0, len(rest) - MAX_LINE - 1)  # beyond the limit of an event there is nothing to keep
            rest = rest[: MAX_LINE + 1]
        if complete and rest and not full:
            at += len(rest) + cut
            number += 1
            self._add(items, rest, number)
        self._held = file
        new = _Place(at, number, os.fstat(file.fileno()).st_ino, _fingerprint(file, min(at, _HEAD)))
        return Batch(items, json.dumps(asdict(new)), more=full or (complete and at > place.at))

    def _add(self, items: list[Event | BadEvent], line: bytes, number: int) -> None:
        if line.strip():
            items.append(decode(line, f"{self._path.name}:{number}"))

    def _old(self, place: _Place, opened: list[FileIO]) -> FileIO | None:
        """The file of the cursor under another name, or under none; or a copy that was made before it was emptied."""
        if place.inode is None:
            return None
        beside = list(self._beside(opened))
        candidates = [*([self._held] if self._held is not None else []), *(file for _, file in beside)]
        same = (file for file in candidates if os.fstat(file.fileno()).st_ino == place.inode)
        if (found := next((file for file in same if _begins_like(file, place)), None)) is not None:
            return found
        return next((file for _, file in beside if place.at and _begins_like(file, place)), None)

    def _after(self, old: FileIO, opened: list[FileIO]) -> FileIO | None:
        """The first of the rotated files that were written to after it: there may have been several rotations."""
        status = os.fstat(old.fileno())
        later = [
            (written, file.fileno(), file)
            for written, file in self._beside(opened)
            if written > status.st_mtime_ns and os.fstat(file.fileno()).st_ino != status.st_ino
        ]
        return min(later)[2] if later else None

    def _beside(self, opened: list[FileIO]) -> Iterator[tuple[int, FileIO]]:
        """The rotated files, with the moments of the last writing to each."""
        name = self._path.name
        with suppress(FileNotFoundError):
            for path in sorted(self._path.parent.iterdir()):
                if not path.name.startswith(name) or not _ROTATED.fullmatch(path.name[len(name) :]):
                    continue
                if path.is_file() and (file := _open(path, opened)) is not None:
                    yield os.fstat(file.fileno()).st_mtime_ns, file


def _open(path: Path, opened: list[FileIO]) -> FileIO | None:
    """The file, noted among the opened ones; None if it is not there."""
    try:
        opened.append(FileIO(path))
    except FileNotFoundError:
        return None
    return opened[-1]


def _load(cursor: str | None) -> _Place:
    if cursor:
        try:
            place = _Place(**json.loads(cursor))
        except (ValueError, TypeError):
            return _Place()
        if isinstance(place.at, int) and isinstance(place.line, int):
            return place
    return _Place()


def _goes_on(file: FileIO, place: _Place) -> bool:
    """Whether the file is still the one of the cursor, grown or not.

    The inode alone does not tell (a copy restored has another, a file truncated and written anew the same): the first
    bytes decide, and a change of inode only for a file too short to have them.
    """
    if place.inode is None:
        return place.at == 0
    return _begins_like(file, place) and (place.at >= _HEAD or os.fstat(file.fileno()).st_ino == place.inode)


def _begins_like(file: FileIO, place: _Place) -> bool:
    """Whether all that was read may have been read from it."""
    return os.fstat(file.fileno()).st_size >= place.at and _fingerprint(file, min(place.at, _HEAD)) == place.head


def _fingerprint(file: FileIO, size: int) -> str:
    file.seek(0)
    return blake2b(file.read(size), digest_size=8).hexdigest()
