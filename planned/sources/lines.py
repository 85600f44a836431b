"""The lines of a binary file, in bounded memory however long a line is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from planned.engine.decode import MAX_LINE

_BLOCK = 1 << 18


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Each line without its line break, the last one also without one. A line that is too long is cut just beyond
    the limit of one event, so that it is refused and not kept."""
    rest = b""
    while block := file.read(_BLOCK):
        parts = block.split(b"\n")
        parts[0] = rest + parts[0]
        rest = parts.pop()[: MAX_LINE + 1]
        yield from parts
    if rest:
        yield rest
