"""The first look at a file of events: its order in time and its ids, at the cost of an expression a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planned.engine.bad_event import BadEvent, RefusedError
from planned.engine.decode import decode
from planned.engine.event import Instant
from planned.engine.event_fields import time_of
from planned.sources.lines import blocks_of


@dataclass(frozen=True, slots=True)
class EventFile:
    """A file that can be read more than once. `name` is how it is called in `where`."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Scanned:
    file: EventFile
    sorted: bool
    lines: int


_TEXT = rb'"([^"\\\n]+)"'
_BLANK = rb"[ \t]*"
_COLON, _COMMA = _BLANK + b":" + _BLANK, _BLANK + b"," + _BLANK
_USUAL = rb"\{" + _BLANK + b'"id"' + _COLON + _TEXT + _COMMA + b'"time"' + _COLON + _TEXT + rb"[^{\\\n]*"
_LINE = re.compile(rb"^(?:" + _USUAL + rb"|(.*))$", re.MULTILINE)
"""Id and time of a flat object without escapes, the only one in which an expression sees what the decoder will see; or
the whole line."""
_ID = re.compile(rb'"id"\s*:\s*' + _TEXT)
_TIME = re.compile(rb'"time"\s*:\s*' + _TEXT)


def scan(file: EventFile, note: Callable[[Sequence[int]], None]) -> Scanned:
    """Whether the file's times ascend; `note` is told the lines' id hashes (0: none), in order. Raises OSError."""
    in_order, number = True, 0
    last, last_offset = b"", b"?"
    with file.path.open("rb") as opened:
        for block in blocks_of(opened):
            hashes = []
            for id_, time, unusual in _LINE.findall(block):
                if id_:
                    hashes.append(hash(id_))
                else:
                    id_hash, time = _slowly(unusual)
                    hashes.append(id_hash)
                if time[19:] == last_offset and time >= last:
                    last = time
                elif time and (instant := instant_of(time)) is not None:
                    before = instant_of(last) if last else 0
                    in_order = in_order and before is not None and instant >= before
                    last, last_offset = time, time[19:]
            note(hashes)
            number += len(hashes)
    return Scanned(file, in_order, number)


def _slowly(line: bytes) -> tuple[int, bytes]:
    """The id's hash and the time's text of a line that is not as usual; 0 and nothing where it is no event."""
    if line.count(b"{") == 1 and b"\\" not in line:
        id_, time = _ID.search(line), _TIME.search(line)
        if time:
            return hash(id_[1]) if id_ else 0, time[1]
    event = decode(line, "")
    if isinstance(event, BadEvent):
        return 0, b""
    id_hash = 0 if event.id.startswith("sha256:") else hash(event.id.encode())
    return id_hash, _text(event.time)


def _text(instant: Instant) -> bytes:
    """An instant as text that `instant_of` reads back; it need not be RFC 3339."""
    return b"@%d" % instant


def instant_of(time: bytes) -> Instant | None:
    """The instant of a time's text; None where it is none."""
    if time[:1] == b"@":
        return int(time[1:])
    try:
        return time_of({"time": time.decode("utf-8", "replace")}, "time")
    except RefusedError:
        return None


def id_hash_of(line: bytes) -> int:
    """The hash that `scan` noted for this line."""
    id_, _, unusual = _parts(line)
    return hash(id_) if id_ else _slowly(unusual)[0]


def time_of_line(line: bytes) -> Instant | None:
    """The time of an event's line, without reading the rest where that can be avoided."""
    id_, time, unusual = _parts(line)
    if not id_:
        _, time = _slowly(unusual)
    return instant_of(time) if time else None


def _parts(line: bytes) -> Sequence[bytes]:
    found = _LINE.match(line)
    assert found is not None
    return found.groups(b"")
