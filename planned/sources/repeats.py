"""Which event ids occur twice, found without keeping them: a table of bytes, and their hashes in a temporary file.

Memory: at most 64 MiB for the table, and a few bytes for each id that does repeat; disk: eight bytes a line.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

_CHUNK = 1 << 16
_LARGEST = 1 << 26


class IdLog:
    """The ids of all lines in the order received; position p is the p-th line noted."""

    def __init__(self, expected: int) -> None:
        size = 1 << 12
        while size < min(16 * expected, _LARGEST):
            size *= 2
        self._taken = bytearray(size)
        self._mask = size - 1
        self._suspects: set[int] = set()
        self._chunk = array("q")
        self._file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 – closed by `close`

    def note(self, id_hashes: Sequence[int]) -> None:
        """The hashes of the next lines' ids; 0 for a line without one."""
        self._chunk.extend(id_hashes)
        if len(self._chunk) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        """Looks a chunk's hashes up in the table: whose place is taken is a suspect, rightly or not."""
        taken, mask, suspects = self._taken, self._mask, self._suspects
        for id_hash in self._chunk:
            if id_hash:
                if taken[id_hash & mask]:
                    suspects.add(id_hash)
                else:
                    taken[id_hash & mask] = 1
        self._file.write(self._chunk.tobytes())
        self._chunk = array("q")

    def repeated(self) -> array[int]:
        """The positions of all lines whose id occurs more than once, ascending."""
        self._flush()
        if not self._suspects:
            return array("q")
        times: dict[int, int] = dict.fromkeys(self._suspects, 0)
        self._suspects.clear()
        for id_hash in self._hashes():
            if id_hash in times:
                times[id_hash] += 1
        repeated = {id_hash for id_hash, count in times.items() if count > 1}
        if not repeated:
            return array("q")
        return array("q", (place for place, id_hash in enumerate(self._hashes()) if id_hash in repeated))

    def _hashes(self) -> Iterator[int]:
        self._file.seek(0)
        while block := self._file.read(8 * _CHUNK):
            yield from array("q", block)

    def close(self) -> None:
        self._file.close()
