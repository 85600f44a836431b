"""Messages as files of a Maildir, exactly once on a local file system.

A temporary file, fsync, `link()` to the message's id, fsync of the directory: a second attempt finds the name taken.
"""

from __future__ import annotations

import os
from pathlib import Path

from planned.channels.address import UnfitError
from planned.channels.base import Answer, Delivered, Message, Refused, Retry
from planned.channels.mail import bytes_of, token


class MaildirChannel:
    """Delivers into DIR/new, which is made when needed. A mail reader moves what it has read to DIR/cur."""

    mails = True

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        self._ready = False

    def deliver(self, message: Message) -> Answer:
        try:
            raw = bytes_of(message)
        except UnfitError as error:
            return Refused(str(error))
        try:
            return self._put(token(message.id), raw)
        except OSError as error:
            return Retry(error.strerror or type(error).__name__)

    def _put(self, name: str, raw: bytes) -> Answer:
        self._make()
        if any((self.directory / "cur").glob(f"{name}:*")):
            return Delivered("already there, and read")
        temporary, final = self.directory / "tmp" / name, self.directory / "new" / name
        with temporary.open("wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(temporary, final)
        except FileExistsError:
            return Delivered("already there")
        finally:
            temporary.unlink()
            _sync(final.parent)
        return Delivered()

    def _make(self) -> None:
        if self._ready:
            return
        for part in ("tmp", "new", "cur"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        _sync(self.directory)
        self._ready = True

    def rest(self) -> None:
        """Nothing is kept open."""


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
