"""Where events come from: the port, and the table of what `NAME:ARGUMENT` stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from planned.engine.bad_event import BadEvent
from planned.engine.event import Event


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read, and the cursor behind it. `more`: there is more right now; `ended`: nothing ever comes again."""

    items: Sequence[Event | BadEvent]
    cursor: str
    more: bool
    ended: bool = False


class Source(Protocol):
    """A stream of events that can be read on from a cursor.

    A cursor is text that only its source understands; it is stored in the transaction that stores the events. Reading
    the same cursor again gives the same events or later ones, never fewer: ids make repeats harmless.
    """

    @property
    def name(self) -> str:
        """The source's name in cursors, logs and `where`; stable over restarts."""
        ...

    def read(self, cursor: str | None, limit: int) -> Batch:
        """At most about `limit` items after `cursor` (None: from the start), at once and without waiting.

        Raises OSError when the source cannot be reached; it may be read again later.
        """
        ...

    def committed(self, cursor: str) -> None:
        """All up to `cursor` is stored: what was kept for reading again may go."""
        ...

    def close(self) -> None:
        """Let go of files and connections; idempotent."""
        ...


class UnknownSourceError(ValueError):
    """No source has that name."""


def open_source(spec: str, table: Mapping[str, Callable[[str], Source]]) -> Source:
    """The source that `NAME:ARGUMENT` stands for. Raises UnknownSourceError, or OSError when it cannot be opened."""
    name, colon, argument = spec.partition(":")
    if not colon or name not in table:
        raise UnknownSourceError(spec)
    return table[name](argument)


def read_all(source: Source, limit: int = 1000) -> Iterator[Event | BadEvent]:
    """Everything that a source has now, from its start."""
    cursor: str | None = None
    while True:
        batch = source.read(cursor, limit)
        yield from batch.items
        if not batch.more:
            return
        cursor = batch.cursor
        source.committed(cursor)
