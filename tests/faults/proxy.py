"""A connection to PostgreSQL that breaks in a COMMIT or its like: before the server hears it, or before its answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
ONLINE = b"INDEX CONCURRENTLY"
"""What DBOS changes of its tables outside a transaction; cut off, it leaves an index that is not valid."""
SOCKET = ".s.PGSQL.5432"


class Proxy:
    """Passes on what engines and server say, on a socket of its own in `folder`; `cut` is asked at each of the `marks`.

    It says "before" (the COMMIT is never heard), "after" (it is carried out, and its answer lost), or "" (all is well).
    """

    def __init__(
        self, folder: Path, server: Path, cut: Callable[[], str], marks: tuple[bytes, ...] = (COMMIT,)
    ) -> None:
        self._server, self._cut, self._marks = server / SOCKET, cut, marks
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                lost = threading.Event()
                threading.Thread(target=self._ask, args=(client, server, lost), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, server, lost), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if any(mark in data for mark in self._marks) and (when := self._cut()):
                    lost.set()
                    if when == "before":
                        break
                server.sendall(data)
        _end(client if lost.is_set() else None, server)

    def _answer(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if lost.is_set():  # it has been carried out
                    break
                client.sendall(data)
        _end(client, server)


def _end(*ends: socket.socket | None) -> None:
    for end in ends:
        if end is not None:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
