"""Reports of failure and complaint, heeded: an address that takes no mail, or whose owner complains, gets no more.

A report is anybody's word. So it counts only about a message that was sent, and only against the address to which it
was sent, whatever address the report has. What has come of it is written at the delivery: the same report, read again,
changes nothing, also when the address has been released since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from planned.channels.bounces import Report
from planned.engine.event import Instant
from planned.store.base import Store
from planned.store.delivery import Delivery, Suppression, folded

BACK = "came back"
COMPLAINED = "complained"
Result = Literal["suppressed", "noted", "later", "known", "elsewhere", "unproven", "foreign"]
"""The address gets no more; the message has failed, the address stays; nothing is to be done yet; heeded before; about
another address than ours; names no message of ours, only an address; about nothing of ours."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heeded:
    """What was made of a report."""

    report: Report
    result: Result
    delivery: Delivery | None = None

    @property
    def address(self) -> str:
        """Ours, where the message is known."""
        return self.delivery.address if self.delivery else folded(self.report.recipient)


def heed(
    store: Store, reports: Iterable[Report], now: Instant, *, by_recipient: bool = False, commit: bool = True
) -> Iterator[Heeded]:
    """Heed them one after the other; without `commit` only say what would come of them. Raises StoreError.

    `by_recipient`: also those that name no message, by the last one to their recipient; anybody can write such.
    """
    batch: list[Report] = []
    for report in reports:
        batch.append(report)
        if len(batch) == AT_ONCE:
            yield from _heed_all(store, batch, now, by_recipient, commit)
            batch = []
    yield from _heed_all(store, batch, now, by_recipient, commit)


def _heed_all(
    store: Store, reports: Sequence[Report], now: Instant, by_recipient: bool, commit: bool
) -> Iterator[Heeded]:
    if not reports:
        return
    named = {one.id for one in reports if one.id}
    unnamed = {folded(one.recipient) for one in reports if one.recipient}
    found = store.delivered_as(named, unnamed)
    together = Counter((one.where, one.id) for one in reports)
    heeded: set[int] = set()
    for report in reports:
        delivery, result = _judge(report, found, together[report.where, report.id] == 1, by_recipient)
        if delivery is not None and delivery.id in heeded and result in ("suppressed", "noted"):
            result = "known"
        if delivery is not None and result in ("suppressed", "noted"):
            heeded.add(delivery.id)
            if commit:
                _write(store, report, delivery, result, now)
        yield Heeded(report, result, delivery)


def _judge(
    report: Report, found: Sequence[Delivery], alone: bool, by_recipient: bool
) -> tuple[Delivery | None, Result]:
    delivery = next((one for one in found if report.id and one.message_id == report.id and one.address), None)
    if delivery is None:
        delivery = _last_to(report, found)
        if delivery is None:
            return None, "foreign"
        if not by_recipient:
            return delivery, "unproven"
    if delivery.why.startswith((BACK, COMPLAINED)):
        return delivery, "known"
    # With several recipients somebody forwards our mail to many: only what is said of our own address counts.
    if not alone and folded(report.recipient) != delivery.address:
        return delivery, "elsewhere"
    match report.kind:
        case "later":
            return delivery, "later"
        case "message":
            return delivery, "noted"
        case "address" | "complaint":
            return delivery, "suppressed"


def _last_to(report: Report, found: Sequence[Delivery]) -> Delivery | None:
    """The last message to the recipient that had left when the report was written."""
    address = folded(report.recipient)
    before = [
        one
        for one in found
        if address and one.address == address and (report.at is None or one.created <= report.at) and one.attempts
    ]
    return before[-1] if before else None


def _write(store: Store, report: Report, delivery: Delivery, result: Result, now: Instant) -> None:
    """The address first: whoever is stopped in between heeds the report again, and nothing is lost."""
    complaint = report.kind == "complaint"
    if result == "suppressed":
        store.suppress([Suppression(delivery.address, "", "complained" if complaint else "bounced", now)])
    if complaint:
        store.came_back(delivery.id, "sent", COMPLAINED)
    else:
        store.came_back(delivery.id, "failed", f"{BACK} {report.status}".strip())
