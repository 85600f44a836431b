"""What is still to be sent, and to whom nothing is: in the same words for SQLite and PostgreSQL."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from planned.store.base import Suppression, SuppressionReason, folded
from planned.store.questions import Questions

_SUPPRESSION = "SELECT address, topic, reason, at FROM suppressions"


class Change(Protocol):
    """Runs a statement of a transaction; the rows that it gives."""

    def __call__(self, sql: str, args: Sequence[Any] = (), /) -> list[Any]: ...


class Outbox(Questions):
    """The verbs of the port around deliveries."""

    @abstractmethod
    def _change(self) -> AbstractContextManager[Change]:
        """A transaction that writes, at the end of which all of it is stored or nothing. Raises StoreError."""

    def suppress(self, entries: Collection[Suppression]) -> list[Suppression]:
        sql = (
            "INSERT INTO suppressions (address, topic, reason, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (address, topic, reason) DO NOTHING RETURNING at"
        )
        # In one order, so that two processes never wait for each other.
        wanted = sorted((replace(one, address=folded(one.address)) for one in entries), key=_key)
        with self._change() as change:
            return [one for one in wanted if change(sql, (*_key(one), one.at))]

    def unsuppress(
        self, address: str, topic: str | None = None, reason: SuppressionReason | None = None
    ) -> list[Suppression]:
        with self._change() as change:
            found = [Suppression(*row) for row in change(f"{_SUPPRESSION} WHERE address = ?", (folded(address),))]
            gone = [one for one in found if topic in (None, one.topic) and reason in (None, one.reason)]
            for one in gone:
                change("DELETE FROM suppressions WHERE address = ? AND topic = ? AND reason = ?", _key(one))
        return sorted(gone, key=_key)

    def suppressed(self, addresses: Collection[str] | None = None) -> list[Suppression]:
        if addresses is None:
            rows = self._rows(f"{_SUPPRESSION} ORDER BY address, topic, reason")
            return [Suppression(*row) for row in rows]
        found = self._among(f"{_SUPPRESSION} WHERE address IN ({{}})", sorted(set(map(folded, addresses))))
        return sorted((Suppression(*row) for row in found), key=_key)


def _key(one: Suppression) -> tuple[str, str, str]:
    return one.address, one.topic, one.reason
