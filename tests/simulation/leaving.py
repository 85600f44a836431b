"""Who is not written to any more: by a report of failure or complaint, by the link in a message, by command.

It is done with what the commands use, beside the engines; what must follow from it is kept here once more, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from planned.channels.base import Message, load_message
from planned.channels.bounces import Report
from planned.engine.decision import Decision, Outcome, ReasonCode
from planned.engine.event import Instant
from planned.runtime.bounced import heed
from planned.runtime.unsubscribe import Links, read
from planned.store.base import Store
from planned.store.delivery import Delivery, Suppression

Way = Literal["bounce", "complaint", "link", "topic by command", "all by command", "by hand", "back"]
WAYS: tuple[Way, ...] = ("bounce", "complaint", "link", "link", "topic by command", "all by command", "by hand", "back")
ADDRESS_ALONE: tuple[Way, ...] = ("bounce", "complaint", "by hand")
"""Ways of which nobody who decides knows anything: only what is delivered changes."""
TOPIC = "news"
LINKS = Links("https://example.org/leave/{token}", "a secret of the simulator")
FOR_EVER: Instant = 2**62


@dataclass(frozen=True)
class Entry:
    """An address on the list, for a while."""

    address: str
    topic: str
    reason: str
    since: Instant
    until: Instant = FOR_EVER

    def stops(self, topic: str) -> bool:
        """Who unsubscribes gets service messages, which have no topic; a bounced address gets nothing at all."""
        if self.reason == "unsubscribed":
            return topic != "" and self.topic in ("", topic)
        return True


class Leavings:
    """The list as it must be."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.came_back: set[str] = set()
        """Messages of which a report says that they were not delivered."""

    def leave(self, store: Store, way: Way, who: str, received: list[str], now: Instant) -> None:
        """`received`: the messages that the receiver has, as `load_message` reads them."""
        mine = [message for message in map(load_message, received) if message.to == who]
        match way:
            case "bounce" | "complaint":
                self._report(store, way, mine, now)
            case "link":
                if links := [one.unsubscribe for one in mine if one.unsubscribe]:
                    address, topic = read(LINKS.secret, links[-1].removeprefix(LINKS.url.removesuffix("{token}")))
                    self._suppress(store, Suppression(address, topic, "unsubscribed", now))
            case "topic by command":
                self._suppress(store, Suppression(who, TOPIC, "unsubscribed", now))
            case "all by command":
                self._suppress(store, Suppression(who, "", "unsubscribed", now))
            case "by hand":
                self._suppress(store, Suppression(who, "", "manual", now))
            case "back":
                store.unsuppress(who)
                self.entries = [
                    replace(one, until=min(one.until, now)) if one.address == who else one for one in self.entries
                ]

    def _report(self, store: Store, way: Way, mine: list[Message], now: Instant) -> None:
        if not mine:
            return
        last = mine[-1]
        kind: Literal["address", "complaint"] = "complaint" if way == "complaint" else "address"
        report = Report(where="a mail", kind=kind, id=last.id, recipient=last.to, status="5.1.1", at=now)
        for heeded in heed(store, [report], now):
            if heeded.result == "suppressed":
                self._note(last.to, "", "complained" if way == "complaint" else "bounced", now)
                self.came_back |= {last.id} if way == "bounce" else set()

    def _suppress(self, store: Store, entry: Suppression) -> None:
        store.suppress([entry])
        self._note(entry.address, entry.topic, entry.reason, entry.at)

    def _note(self, address: str, topic: str, reason: str, now: Instant) -> None:
        if (address, topic, reason) not in self.now():
            self.entries.append(Entry(address, topic, reason, now))

    def now(self) -> set[tuple[str, str, str]]:
        return {(one.address, one.topic, one.reason) for one in self.entries if one.until == FOR_EVER}

    def stopped(self, address: str, topic: str) -> bool:
        """Whether nothing about that topic may be handed over now."""
        return any(one.until == FOR_EVER and one.address == address and one.stops(topic) for one in self.entries)

    # --- what must be so in the end ------------------------------------------------------------------------

    def explains(self, one: Delivery) -> bool:
        """Whether a delivery has failed because of the list, with the reason that stands there."""
        if one.message_id in self.came_back and one.why.startswith("came back"):
            return True
        words = {"unsubscribed": "opted-out"}
        mine = [entry for entry in self.entries if entry.address == one.address and entry.stops(one.topic)]
        return one.why in {words.get(entry.reason, entry.reason) for entry in mine}

    def wrong(self, store: Store, decisions: list[Decision]) -> Iterator[str]:
        stored = {(one.address, one.topic, one.reason) for one in store.suppressed()}
        if stored != self.now():
            yield f"on the list are {sorted(stored)}, not {sorted(self.now())}"
        left = [one for one in self.entries if one.reason == "unsubscribed"]
        for decision in decisions:
            if decision.topic is None or decision.to != (decision.learner,):
                continue
            mine = [one for one in left if one.address == decision.learner and one.topic in ("", decision.topic)]
            told = f"{decision.rule} {decision.learner} {decision.occurrence}.{decision.step}.{decision.repeat}"
            if decision.reason and decision.reason.code is ReasonCode.OPTED_OUT and not mine:
                yield f"{told} is opted-out, and the learner has never left"
            if decision.outcome is Outcome.SENT and any(one.since <= decision.at < one.until for one in mine):
                yield f"{told} is sent at {decision.at}, and the learner has left"
