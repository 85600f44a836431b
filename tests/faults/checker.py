"""What was lost and what came twice, by what the receiver got alone; nothing here looks into a store.

Of each message it is known beforehand, from the events, to whom it goes and under which subject. Lost: one that never
came. Copies: what came again under its own Message-ID; that may be only the last message of a connection that broke.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Wanted = tuple[str, str]
"""A recipient's address and a subject: it is to come once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message as it was accepted. `at`: seconds of the machine's monotonic clock."""

    to: str
    subject: str
    id: str
    hash: str
    connection: str
    at: float

    @property
    def what(self) -> Wanted:
        return self.to, self.subject


class Inbox:
    """What a receiver has accepted so far, in its order, from the file that it writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mails: list[Mail] = []
        self._read = 0

    def mails(self) -> list[Mail]:
        """All of it; half a line is not accepted yet."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._read)
                whole, newline, _ = file.read().rpartition(b"\n")
            self._read += len(whole + newline)
            self._mails += (_mail(json.loads(line)) for line in whole.splitlines())
        return list(self._mails)


def _mail(line: dict[str, Any]) -> Mail:
    (to,) = line["to"]
    return Mail(**line | {"to": to})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The figures of one run; `str` of it is a line of the table."""

    expected: int
    received: int
    lost: frozenset[Wanted]
    strange: frozenset[Wanted]
    """What nobody was to get."""
    copies: int
    mixed: frozenset[str]
    """Message-IDs under which different bytes came."""
    doubled: frozenset[Wanted]
    """What came under more than one Message-ID: it was decided more than once."""
    needless: frozenset[Wanted]
    """What came again though its connection went on after it: nothing was unclear about it."""

    def __str__(self) -> str:
        figures = f"expected {self.expected}, received {self.received}, lost {len(self.lost)}, copies {self.copies}"
        wrong = {
            name: sorted(getattr(self, name))[:5]
            for name in ("lost", "strange", "mixed", "doubled", "needless")
            if getattr(self, name)
        }
        return f"{figures}; {wrong}" if wrong else figures

    def whole(self, copies: int = 0) -> bool:
        """Nothing lost, nothing strange, no more copies than that, and each copy the same bytes under the same id."""
        wrong = self.lost or self.strange or self.mixed or self.doubled or self.needless
        return not wrong and self.copies <= copies


def check(expected: Collection[Wanted], received: Sequence[Mail]) -> Verdict:
    """Compare what was to come with what came."""
    ids: dict[Wanted, set[str]] = {}
    hashes: dict[str, set[str]] = {}
    first: dict[str, Mail] = {}
    last_of: dict[str, str] = {}
    again: set[str] = set()
    for mail in received:
        ids.setdefault(mail.what, set()).add(mail.id)
        hashes.setdefault(mail.id, set()).add(mail.hash)
        if mail.id in first:
            again.add(mail.id)
        first.setdefault(mail.id, mail)
        last_of[mail.connection] = mail.id
    return Verdict(
        expected=len(expected),
        received=len(received),
        lost=frozenset(set(expected) - ids.keys()),
        strange=frozenset(ids.keys() - set(expected)),
        copies=len(received) - len(hashes),
        mixed=frozenset(id_ for id_, found in hashes.items() if len(found) > 1),
        doubled=frozenset(what for what, found in ids.items() if len(found) > 1),
        needless=frozenset(first[id_].what for id_ in again if last_of[first[id_].connection] != id_),
    )
