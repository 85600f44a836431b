"""Events of several files in the order of their time, each id once, in bounded memory.

A first look at each file says whether it is sorted and which ids repeat. Sorted files are streamed; others are sorted
in chunks on disk. Several are merged by time, then as received: the order of the files, then of the lines. Of events
with the same id the one received first counts: the others vanish if they are the same, and are reported if not.
"""

from __future__ import annotations

import heapq
import os
import shutil
import stat
import sys
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import BinaryIO

from planned.engine import bad_event as reasons
from planned.engine.bad_event import BadEvent, excerpt
from planned.engine.decode import body_hash, decode
from planned.engine.event import Event
from planned.sources.base import Source, open_source, read_all
from planned.sources.event_json import event_line
from planned.sources.lines import lines_of
from planned.sources.people import people as people_events
from planned.sources.repeats import IdLog
from planned.sources.scan import EventFile, Scanned, id_hash_of, scan, time_of_line
from planned.sources.table import SOURCES

CHUNK_LINES = 200_000
CHUNK_BYTES = 32 << 20
KEPT = 1_000
"""Bad events that are kept; all are counted."""


class OrderedEvents:
    """The events in order, once; `bad` fills while they are read. To be closed: it has files on disk."""

    def __init__(self, table: Mapping[str, Callable[[str], Source]]) -> None:
        self.bad: list[BadEvent] = []
        self.bad_count = 0
        self.count = 0
        self._table = table
        self._folder = tempfile.TemporaryDirectory(prefix="planned-")
        self._people: list[Path] = []
        self._files: list[Scanned] = []
        self._drop: array[int] = array("q")

    def __enter__(self) -> OrderedEvents:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files; idempotent."""
        self._folder.cleanup()

    def again(self) -> OrderedEvents:
        """The same events for a second reading, which counts for itself; `close` is for the first to call."""
        other = copy(self)
        other.bad, other.bad_count, other.count = [], 0, 0
        return other

    def __iter__(self) -> Iterator[Event]:
        for event in self._of_people():
            self.count += 1
            yield event
        offset = 0
        streams = []
        for file in self._files:
            streams.append(self._stream(file, offset))
            offset += file.lines
        merged = streams[0] if len(streams) == 1 else heapq.merge(*streams, key=attrgetter("time"))
        for event in merged:
            self.count += 1
            yield event

    # --- preparing ----------------------------------------------------------------------------------

    def prepare(self, files: Sequence[Path | str], people: Sequence[Path]) -> None:
        """Look through all files. Raises OSError, or UnknownSourceError for a source that nobody knows."""
        opened = [self._file(one) for one in files]
        self._people = list(people)
        for path in people:
            path.open("rb").close()  # what cannot be read is said before anything runs
        ids = IdLog(sum(file.path.stat().st_size for file in opened) // 120)
        try:
            self._files = [scan(file, ids.note) for file in opened]
            repeated = ids.repeated()
        finally:
            ids.close()
        if repeated:
            self._drop = self._judge(repeated)

    def _file(self, given: Path | str) -> EventFile:
        if str(given) == "-":
            return self._spooled(sys.stdin.buffer, "-")
        path = Path(given)
        name, colon, _ = str(given).partition(":")
        if colon and name in self._table and not path.exists():
            return self._from_source(str(given))
        if not stat.S_ISREG(path.stat().st_mode):
            if path.is_dir():
                raise IsADirectoryError(21, os.strerror(21), str(path))
            with path.open("rb") as pipe:
                return self._spooled(pipe, path.name)
        return EventFile(path, path.name)

    def _spooled(self, stream: BinaryIO, name: str) -> EventFile:
        descriptor, path = tempfile.mkstemp(dir=self._folder.name)
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
        return EventFile(Path(path), name)

    def _from_source(self, spec: str) -> EventFile:
        source = open_source(spec, self._table)
        descriptor, path = tempfile.mkstemp(dir=self._folder.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for item in read_all(source, 10_000):
                    if isinstance(item, BadEvent):
                        self._reject(item)
                    else:
                        file.write(event_line(item))
        finally:
            source.close()
        return EventFile(Path(path), spec)

    def _judge(self, repeated: array[int]) -> array[int]:
        """The positions of the lines that do not count, of those whose ids repeat; the clashes are reported.

        Nearly always the lines are the same to the byte; only where some are not is what they say compared.
        """
        drop: array[int] = array("q")
        first: dict[int, int] = {}
        differ: set[int] = set()
        for _, line, _ in self._at(repeated):
            id_hash = id_hash_of(line)
            known = first.setdefault(id_hash, hash(line.rstrip()))
            if known != hash(line.rstrip()):
                differ.add(id_hash)
        seen: set[int] = set()
        bodies: dict[str, str] = {}
        for position, line, where in self._at(repeated):
            id_hash = id_hash_of(line)
            if id_hash in differ:
                if self._again(decode(line, where), where, line, bodies):
                    drop.append(position)
            elif id_hash in seen:
                drop.append(position)
            seen.add(id_hash)
        return drop

    def _at(self, positions: array[int]) -> Iterator[tuple[int, bytes, str]]:
        """The lines at ascending positions: (position, line, where)."""
        wanted = iter(positions)
        next_one, position = next(wanted, -1), 0
        for scanned in self._files:
            with scanned.file.path.open("rb") as opened:
                for number, line in enumerate(lines_of(opened), 1):
                    if position == next_one:
                        next_one = next(wanted, -1)
                        yield position, line, f"{scanned.file.name}:{number}"
                    position += 1

    def _again(self, event: Event | BadEvent, where: str, line: bytes, first: dict[str, str]) -> bool:
        if isinstance(event, BadEvent):
            return False  # reported when it is read in its turn
        body = body_hash(event)
        known = first.setdefault(event.id, body)
        if known is body:
            return False
        if known != body:
            self._reject(BadEvent(reasons.ID_CLASH, where, excerpt(line), {"id": event.id}))
        return True

    # --- reading ------------------------------------------------------------------------------------

    def _reject(self, bad: BadEvent) -> None:
        self.bad_count += 1
        if len(self.bad) < KEPT:
            self.bad.append(bad)

    def _of_people(self) -> Iterator[Event]:
        seen: dict[str, str] = {}
        for path in self._people:
            for event in people_events(path):
                if isinstance(event, BadEvent):
                    self._reject(event)
                    continue
                body = body_hash(event)
                known = seen.setdefault(event.id, body)
                if known is body:
                    yield event
                elif known != body:
                    self._reject(BadEvent(reasons.ID_CLASH, path.name, event.id, {"id": event.id}))

    def _lines(self, scanned: Scanned, offset: int) -> Iterator[tuple[int, bytes]]:
        """The lines that count, with their numbers."""
        drop = self._drop
        index = bisect_left(drop, offset)
        next_drop = drop[index] if index < len(drop) else -1
        with scanned.file.path.open("rb") as opened:
            for number, line in enumerate(lines_of(opened), 1):
                if offset + number - 1 == next_drop:
                    index += 1
                    next_drop = drop[index] if index < len(drop) else -1
                elif line and not line.isspace():
                    yield number, line

    def _stream(self, scanned: Scanned, offset: int) -> Iterator[Event]:
        lines = self._lines(scanned, offset)
        name = scanned.file.name
        for number, line in lines if scanned.sorted else self._sorted(lines, name):
            event = decode(line, f"{name}:{number}")
            if isinstance(event, Event):
                yield event
            else:
                self._reject(event)

    def _sorted(self, lines: Iterator[tuple[int, bytes]], name: str) -> Iterator[tuple[int, bytes]]:
        """The lines by time, then as they came; what has no time is reported at once."""
        chunks: list[Path] = []
        chunk: list[tuple[int, int, bytes]] = []
        size = 0
        for number, line in lines:
            time = time_of_line(line)
            if time is None:
                bad = decode(line, f"{name}:{number}")
                assert isinstance(bad, BadEvent)
                self._reject(bad)
                continue
            chunk.append((time, number, line))
            size += len(line)
            if len(chunk) >= CHUNK_LINES or size >= CHUNK_BYTES:
                chunks.append(self._spill(chunk))
                chunk, size = [], 0
        chunk.sort(key=itemgetter(0))
        whole = heapq.merge(*(_spilled(path) for path in chunks), chunk, key=itemgetter(0)) if chunks else iter(chunk)
        for _, number, line in whole:
            yield number, line

    def _spill(self, chunk: list[tuple[int, int, bytes]]) -> Path:
        chunk.sort(key=itemgetter(0))
        descriptor, path = tempfile.mkstemp(dir=self._folder.name)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(b"%d %d %s\n" % one for one in chunk)
        return Path(path)


def _spilled(path: Path) -> Iterator[tuple[int, int, bytes]]:
    with path.open("rb") as file:
        for line in file:
            time, number, rest = line.split(b" ", 2)
            yield int(time), int(number), rest[:-1]


def events_in_order(
    files: Sequence[Path | str],
    people: Sequence[Path] = (),
    table: Mapping[str, Callable[[str], Source]] = SOURCES,
) -> OrderedEvents:
    """The events of files, `-` (standard input) and sources (`moodle-export:DIR`), with profiles first.

    Iterating yields each Event in order of time. Raises OSError for what cannot be read and UnknownSourceError.
    """
    ordered = OrderedEvents(table)
    try:
        ordered.prepare(files, people)
    except BaseException:
        ordered.close()
        raise
    return ordered
