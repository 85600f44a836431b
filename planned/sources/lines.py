"""The lines of a binary file, in bounded memory however long a line is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from planned.engine.decode import MAX_LINE

_BLOCK = 1 << 18


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Each line without its line break, the last one also without one. A line that is too long is cut just beyond
    the limit of one event, so that it is refused and not kept."""
    for block in blocks_of(file):
        yield from block.split(b"\n")


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """The same lines, many at a time, with a line break between two of them."""
    rest = b""
    while block := file.read(_BLOCK):
        lines, newline, after = block.rpartition(b"\n")
        if newline:
            yield rest + lines
            rest = after
        else:
            rest = (rest + after)[: MAX_LINE + 1]
    if rest:
        yield rest
