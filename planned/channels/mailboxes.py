"""Mails as they lie in files: an mbox, a Maildir, a single one. They are looked at and left as they are."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


class NoMailboxError(ValueError):
    """There is nothing at the path that holds mails."""


def mails_at(path: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Each mail with its place, at most `most` + 1 bytes of it. Raises OSError, NoMailboxError."""
    if path.is_dir():
        if not (path / "cur").is_dir() or not (path / "new").is_dir():
            raise NoMailboxError(path)
        maildir = mailbox.Maildir(path, create=False)
        return _each(maildir, sorted(maildir.keys()), most)
    with path.open("rb") as file:
        first = file.read(5)
    if first == b"From ":
        mbox = mailbox.mbox(path, create=False)
        return _each(mbox, mbox.keys(), most)
    return _single(path, most)


def mail_from(stream: IO[bytes], most: int) -> bytes:
    """A single mail, as a mail server hands it to a program: without the line `From …` that some put before it."""
    raw = stream.read(most + 1)
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _single(path: Path, most: int) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        yield "1", mail_from(file, most)


def _each(box: mailbox.Mailbox[Any], keys: list[Any], most: int) -> Iterator[tuple[str, bytes]]:
    for number, key in enumerate(keys, 1):
        try:
            with box.get_file(key) as file:
                yield (str(number) if isinstance(key, int) else str(key)), file.read(most + 1)
        except (KeyError, FileNotFoundError):  # a mail reader has moved it meanwhile
            continue
