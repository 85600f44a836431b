"""For tests of programs that embed the engine, and of sources and channels of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planned.channels.base import Answer, Channel, Delivered, Message, Refused, Retry, dump_message, load_message
from planned.engine.bad_event import BadEvent
from planned.engine.event import Event
from planned.runtime.clock import VirtualClock
from planned.sources.base import Batch, Source

__all__ = ["SAMPLE", "ListSource", "RecordingChannel", "VirtualClock", "check_channel", "check_source"]

SAMPLE = Message(
    id="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    to="alice@example.org",
    to_name="Alice Élan",
    sender="noreply@example.org",
    sender_name="Example University",
    subject="N'oubliez pas la leçon 2",
    text="Bonjour Alice,\n\nla leçon 2 vous attend.\n",
    html="<p>Bonjour Alice,</p><p>la leçon 2 vous attend.</p>",
    language="fr",
    at=1_788_681_600_000_000,
    list_id="relance.NUM101",
)
"""A message to try a channel with."""


class RecordingChannel:
    """A channel that keeps what it is given. `answer` says what becomes of each message; by default it is delivered.

    `by_id`: it takes messages for people without an address.
    """

    def __init__(
        self, answer: Callable[[Message], Answer] = lambda message: Delivered(), *, by_id: bool = True
    ) -> None:
        self.by_id = by_id
        self.messages: list[Message] = []
        self._answer = answer

    def deliver(self, message: Message) -> Answer:
        answer = self._answer(message)
        if isinstance(answer, Delivered):
            self.messages.append(message)
        return answer

    def rest(self) -> None:
        """Nothing is kept open."""


class ListSource:
    """A source that has these items; more may be added to `items` at any time."""

    def __init__(self, items: Sequence[Event | BadEvent] = (), name: str = "list") -> None:
        self.items = list(items)
        self.committed_to: str | None = None
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def read(self, cursor: str | None, limit: int) -> Batch:
        start = int(cursor or 0)
        found = self.items[start : start + limit]
        return Batch(found, str(start + len(found)), more=start + len(found) < len(self.items))

    def committed(self, cursor: str) -> None:
        self.committed_to = cursor

    def close(self) -> None:
        """Nothing is held."""


def check_channel(channel: Channel) -> None:
    """The contract of a channel that is reachable; raises AssertionError with what does not hold.

    It delivers `SAMPLE` twice and a second message, so give it a receiver that nobody reads.
    """
    for message in (SAMPLE, SAMPLE, replace(SAMPLE, id="second", subject="", to_name="", html="")):
        answer = channel.deliver(message)
        assert isinstance(answer, Delivered | Retry | Refused), f"deliver gave {answer!r}"
        assert isinstance(answer, Delivered), f"a plain message was not delivered: {answer}"
    channel.rest()
    channel.rest()
    assert isinstance(channel.deliver(load_message(dump_message(SAMPLE))), Delivered), (
        "nothing is delivered after a rest"
    )
    hostile = replace(SAMPLE, id="third", subject="a\r\nBcc: eve@example.org", to_name="=?utf-8?q?a=0D=0AX:?=")
    assert isinstance(channel.deliver(hostile), Delivered | Refused), "a hostile name must not be tried for ever"
    channel.rest()


def check_source(source: Source) -> None:
    """The contract of a source that has at least three items now; raises AssertionError with what does not hold."""
    whole, cursors = _read_through(source, None, 1000)
    assert len(whole) >= 3, "the check needs a source with at least three items"
    assert source.name == source.name.strip() != "", "a source has a name"
    again, _ = _read_through(source, None, 1)
    assert _ids(again) == _ids(whole), "read one by one, it gives other items than read at once"
    first = source.read(None, 1)
    source.committed(first.cursor)
    rest, _ = _read_through(source, first.cursor, 1000)
    assert set(_ids(whole)) <= set(_ids([*first.items, *rest])), "read on from a cursor, items are missing"
    end = source.read(cursors[-1], 1000)
    assert not end.more, "at its end it says that there is more"
    assert not set(_ids(end.items)) - set(_ids(whole)), "at its end it invents items"
    source.close()
    source.close()


def _read_through(source: Source, cursor: str | None, limit: int) -> tuple[list[Event | BadEvent], list[str]]:
    items: list[Event | BadEvent] = []
    cursors: list[str] = []
    for _ in range(100_000):
        batch = source.read(cursor, limit)
        items += batch.items
        cursor = batch.cursor
        cursors.append(cursor)
        if not batch.more:
            return items, cursors
    raise AssertionError("it never comes to an end: `more` stays true")


def _ids(items: Sequence[Event | BadEvent]) -> list[str]:
    return [item.id if isinstance(item, Event) else item.where for item in items]
