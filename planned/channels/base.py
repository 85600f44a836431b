"""The port to where messages go, and the message that goes there: rendered once, the same bytes at every attempt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, Protocol

from planned.engine.event import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one recipient. `id` is the same at every attempt, and of safe characters.

    `to` and `sender` are addresses as the channel knows them (for a mail: `name@host`), `at` is the decision's instant.
    """

    id: str
    to: str
    to_name: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    language: str
    at: Instant
    list_id: str
    """The rule and its course, of safe characters, by which a reader can sort."""
    reply_to: str = ""
    """Where answers go; empty: a notification, which is not answered."""
    unsubscribe: str = ""
    """The https address at which the recipient leaves the rule's topic; empty: there is none to leave."""
    envelope: str = ""
    """For a mail: the address that reports of its fate go to; empty: the sender's."""
    mail: str = ""
    """For a channel of mails: the mail itself, rendered once; empty: the channel renders what is above."""


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump_message(message: Message) -> str:
    """The message as JSON text."""
    return _encode({name: getattr(message, name) for name in Message.__slots__})


def load_message(text: str) -> Message:
    """The message that `dump_message` wrote."""
    return Message(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it. `note` is what it said, without names or addresses."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: it may well go later.

    `scope` says whom the trouble concerns beside this message: nobody, all of the recipient's domain, or all that the
    channel has. `unclear`: the receiver may have it all the same.
    """

    why: str
    scope: Literal["message", "domain", "channel"] = "domain"
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the same message would be refused again."""

    why: str


Answer = Delivered | Retry | Refused


class Channel(Protocol):
    """Where messages go. One thread at a time calls `deliver`, which returns within the channel's timeouts.

    It never raises for what a network or receiver does; what it does raise counts as `Retry`. Called again with the
    same message it hands over the same bytes under the same id. A channel that knows people by their ids says so with
    an attribute `by_id = True`: then `Message.to` of somebody without an address is his id. One that hands over mails
    says so with `mails = True`: then `Message.mail` has the mail, rendered when the message was decided. How many
    seconds `deliver` takes at most it says with `longest`, unless it is under 900.
    """

    def deliver(self, message: Message) -> Answer:
        """Hand one message over."""
        ...

    def rest(self) -> None:
        """No more messages for now: a connection that is kept may be let go."""
        ...
