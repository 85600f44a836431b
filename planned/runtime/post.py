"""From a decision to its deliveries: addresses are found, the message is made once, under an id of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from html import escape
from typing import Any, TypeGuard

from planned.channels.address import UnfitError, address_of, tagged
from planned.channels.base import Message, dump_message
from planned.channels.mail import build
from planned.check.graph import Graph
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Instant
from planned.engine.markdown import to_html
from planned.runtime.unsubscribe import Links, TokenError
from planned.store.base import key_of
from planned.store.delivery import NewDelivery

Profile = Mapping[str, Any]
LEAVE: Mapping[Language, str] = {"en": "No more of these messages", "fr": "Ne plus recevoir ces messages"}
"""What stands at the end of a message whose topic can be left: not every mail program has a button."""


def unsigned(mail: bytes, at: Instant) -> bytes:
    """The mail as it is."""
    return mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What the settings know of addresses. `test` gets the messages of draft rules."""

    noreply: str = "noreply@localhost"
    noreply_name: str = ""
    contacts: Mapping[str, str] = field(default_factory=dict)
    test: str | None = None
    bounces: str | None = None
    """Where reports of failure go, as NAME+ID@HOST, so that each names its message."""
    links: Links | None = None
    """For leaving topics; without them no mail offers it."""
    sign: Callable[[bytes, Instant], bytes] = unsigned
    """What puts a signature before a mail."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody that a message goes to or comes from; `address` None: nobody knows it."""

    id: str
    address: str | None
    name: str


class Post:
    """Makes deliveries. `profile_of` gives the facts about a person, `tutor_of` a learner's tutor in a course."""

    def __init__(
        self,
        graph: Graph,
        addresses: Addresses,
        channels: frozenset[str],
        by_id: frozenset[str],
        mails: frozenset[str],
        profile_of: Callable[[str], Profile],
        tutor_of: Callable[[str, str], str | None],
    ) -> None:
        self._tutor_of = tutor_of
        self._channels = channels
        self._by_id = by_id
        self._mails = mails
        self._addresses = addresses
        self._profile_of = profile_of
        self._languages: dict[str, Language] = {rule.name: rule.context.language for rule in graph.rules}
        self._contacts = {
            f"contact:{name}": display for rule in graph.rules for name, display in rule.context.contacts.items()
        }

    def deliveries(self, decision: Decision) -> list[NewDelivery]:
        """One for each recipient of a `sent` decision; of several, who has no address: `failed`, `no-address`."""
        if decision.outcome is not Outcome.SENT or not self._channels:
            return []
        if decision.draft:
            test = self._addresses.test
            return [self._delivery(decision, Reader("test", test, ""))] if test else []
        return [self._delivery(decision, self._reader(word)) for word in dict.fromkeys(decision.to)]

    def _reader(self, word: str) -> Reader:
        if word.startswith("contact:"):
            address = self._addresses.contacts.get(word.removeprefix("contact:"))
            return Reader(word, address, self._contacts.get(word, ""))
        profile = self._profile_of(word)
        address = profile.get("email")
        return Reader(word, address if isinstance(address, str) and address else None, name_of(profile))

    def _delivery(self, decision: Decision, reader: Reader) -> NewDelivery:
        id_ = message_id(decision, reader.id)
        address = reader.address or (reader.id if decision.channel in self._by_id else None)
        if address is None or decision.channel not in self._channels:
            why = "no-address" if address is None else "no-channel"
            return NewDelivery(reader.id, decision.channel, id_, "", state="failed", why=why)
        try:
            message = self._rendered(self._message(decision, reader, address, id_), decision.channel)
        except (UnfitError, TokenError) as error:
            return NewDelivery(reader.id, decision.channel, id_, "", state="failed", why=str(error))
        topic = decision.topic or ""
        return NewDelivery(reader.id, decision.channel, id_, dump_message(message), address=address, topic=topic)

    def _rendered(self, message: Message, channel: str) -> Message:
        """With the mail in it, if the channel sends mails: later attempts, other settings, a newer version of this
        program send the same bytes. Raises UnfitError."""
        if channel not in self._mails:
            return message
        return replace(message, mail=self._addresses.sign(build(message), message.at).decode())

    def _message(self, decision: Decision, reader: Reader, address: str, id_: str) -> Message:
        language, ours = self._languages.get(decision.rule, "en"), self._addresses
        sender, sender_name, reply_to = self._sender(decision)
        link = ours.links.link(address, decision.topic) if ours.links and decision.topic else ""
        text, html = decision.text or "", to_html(decision.markup or decision.text or "", language)
        if link:
            text, html = _with_link(text, html, link, language)
        return Message(
            id=id_,
            to=address,
            to_name=reader.name,
            sender=sender,
            sender_name=sender_name,
            reply_to=reply_to,
            subject=decision.subject or "",
            text=text,
            html=html,
            language=language,
            at=decision.at,
            list_id=f"{decision.rule}.{decision.course}",
            unsubscribe=link,
            envelope=tagged(ours.bounces, id_) if ours.bounces else "",
        )

    def _sender(self, decision: Decision) -> tuple[str, str, str]:
        """Address, name, where answers go. A tutor's mails have our own address, which our servers may sign for."""
        ours = self._addresses
        if decision.sender.startswith("contact:"):
            known = ours.contacts.get(decision.sender.removeprefix("contact:"))
            name = self._contacts.get(decision.sender, "")
            return (known, name, known) if known else (ours.noreply, name, "")
        id_ = self._tutor_of(decision.learner, decision.course) if decision.sender == "tutor" else None
        if id_ is None:
            return ours.noreply, ours.noreply_name, ""
        tutor = self._reader(id_)
        return ours.noreply, tutor.name or ours.noreply_name, tutor.address if _is_plain(tutor.address) else ""


def _with_link(text: str, html: str, link: str, language: Language) -> tuple[str, str]:
    said = LEAVE[language]
    colon = "\u00a0:" if language == "fr" else ":"
    last = f'<p><small><a href="{escape(link)}">{said}</a></small></p>'
    body, end, rest = html.rpartition("</body>")
    return f"{text.rstrip()}\n\n-- \n{said}{colon} {link}\n", f"{body}{last}\n{end}{rest}"


def _is_plain(address: str | None) -> TypeGuard[str]:
    """Whether answers can go there; a tutor's odd address must not hold up a learner's message."""
    try:
        return bool(address and address_of(address))
    except UnfitError:
        return False


def name_of(profile: Profile) -> str:
    """A person's name as a mail shows it."""
    parts = (profile.get("firstname"), profile.get("lastname"))
    full = profile.get("fullname") or " ".join(part for part in parts if isinstance(part, str) and part)
    return full if isinstance(full, str) else ""


def message_id(decision: Decision, recipient: str) -> str:
    """32 hexadecimal digits from the decision's key and the recipient: always the same, and say nothing of either."""
    key = "\0".join(str(part) for part in (*key_of(decision), recipient))
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
