"""What comes back to the address for bounces: reports of failure (RFC 3464) and of complaint (RFC 5965), read.

Such mails are anybody's: they are bounded, never believed about anything but our own messages, and whatever is not
understood is named as such. The message is known by the tag of the address that the report came to, by its Message-ID
in the report, or else by its recipient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.message import Message as Mail
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Literal

from planned.engine.event import Instant

MAX_MAIL = 4 << 20
"""Bytes. A report has at most our own mail in it."""
MAX_PARTS = 25
MAX_LINES = 100_000
MAX_TEXT = 64 << 10
"""Bytes of a part that are looked through for what stands in no field."""
MAX_RECIPIENTS = 100

Kind = Literal["address", "message", "later", "complaint"]
"""The address takes no mail; this message was refused; not yet delivered, or never because of some hindrance; the
recipient calls it unwanted."""
Why = Literal["too-big", "malformed", "auto-reply", "no-report", "delivered", "no-status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a mail says became of a message. None of it is proven; `id` and `recipient` are empty if it does not say."""

    where: str
    kind: Kind
    id: str
    """Of the message, as in its Message-ID."""
    recipient: str
    status: str
    """As in RFC 3463 (`5.1.1`); of a complaint its type."""
    at: Instant | None
    """When the report was written, as it says."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A mail that is no report, or none that could be understood."""

    where: str
    why: Why


def reports_in(raw: bytes, where: str) -> list[Report] | NotRead:
    """What one mail reports, one for each recipient. Never raises."""
    if len(raw) > MAX_MAIL:
        return NotRead(where, "too-big")
    if len(_NESTING.findall(raw)) > MAX_PARTS or raw.count(b"\n") > MAX_LINES:
        return NotRead(where, "malformed")
    try:
        return _read(BytesParser().parsebytes(raw), where)
    except Exception:  # what anybody may have written finds the mistakes of every parser; the others are to be read
        return NotRead(where, "malformed")


def _read(mail: Mail, where: str) -> list[Report] | NotRead:
    parts = list(mail.walk())
    complaints = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    statuses = [part for part in parts if part.get_content_type() in _STATUS_PARTS]
    if complaints:
        found: list[_Fate] | Why = _complaint(complaints[0])
    elif statuses:
        found = _fates(statuses)
    elif _is_from_a_server(mail):
        found = _in_words(mail, parts)
    else:
        found = "auto-reply" if _is_automatic(mail) else "no-report"
    if isinstance(found, str):
        return NotRead(where, found)
    id_, at = _message_id(mail, parts), _date(mail)
    return [
        Report(where=where, kind=one.kind, id=id_, recipient=one.recipient, status=one.status, at=at) for one in found
    ]


@dataclass(frozen=True, slots=True)
class _Fate:
    kind: Kind
    recipient: str
    status: str


# --- reports in fields ------------------------------------------------------------------------------------

_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_NESTING = re.compile(rb"(?i)content-type:\s*(?:multipart|message)/")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ :-])")
_GENERAL = ("5.0.0", "4.0.0", "")
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")


def _fates(statuses: list[Mail]) -> list[_Fate] | Why:
    """RFC 3464, 2.3: after the fields of the mail, some for each recipient."""
    blocks = [block for part in statuses for block in _blocks(part) if block["Action"] or block["Status"]]
    found = [fate for block in blocks[:MAX_RECIPIENTS] if (fate := _fate(block)) is not None]
    if not blocks:
        return "malformed"
    return found or "delivered"


def _blocks(part: Mail) -> list[Mail]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Mail)] if isinstance(payload, list) else []


def _fate(block: Mail) -> _Fate | None:
    action = _text(block, "Action").lower()
    if action in ("delivered", "relayed", "expanded"):
        return None
    recipient = _typed(_text(block, "Original-Recipient")) or _typed(_text(block, "Final-Recipient"))
    said = _text(block, "Diagnostic-Code")
    status = _found(_STATUS, _text(block, "Status"))
    if status in _GENERAL:  # Exim says no more in its field, whatever it was told
        status = _status_in(said) or status
    return _Fate("later" if action == "delayed" else _kind(status), recipient, status)


def _typed(value: str) -> str:
    """RFC 3464, 2.3.1: `rfc822; name@host`; of RFC 6533 `utf-8; …`."""
    kind, semicolon, address = value.partition(";")
    return _plain(address) if semicolon and kind.strip().lower() in ("rfc822", "utf-8") else _plain(value)


def _kind(status: str) -> Kind:
    """RFC 3463: of the permanent ones those about the address. The others are about our mail, our server, or a mailbox
    that is full, and say nothing of the next message."""
    if not status.startswith("5."):
        return "later"
    about_address = (status.startswith("5.1.") and status not in ("5.1.7", "5.1.8")) or status in _NO_SUCH
    return "address" if about_address else "message"


_NO_SUCH = ("5.0.0", "5.2.1", "5.4.1", "5.4.4", "5.4.310")
"""Failed for no other reason given; disabled; Exchange: refused at its edge; no host; Exchange: no such domain."""


def _complaint(part: Mail) -> list[_Fate] | Why:
    blocks = _blocks(part) or [BytesParser().parsebytes(_content(part))]
    kind = _text(blocks[0], "Feedback-Type").lower()
    if not kind:
        return "malformed"
    if kind not in _COMPLAINTS:
        return "no-report"
    recipients = [_plain(str(one)) for one in blocks[0].get_all("Original-Rcpt-To", [])]
    return [_Fate("complaint", one, kind) for one in recipients[:MAX_RECIPIENTS] or [""]]


# --- reports in words -------------------------------------------------------------------------------------

_SERVERS = ("mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "microsoftexchange")
_COPY = re.compile(
    r"(?im)^\W*(?:below this line is a copy of the message|this is a copy of the message|original message)"
)
_QMAIL = re.compile(r"(?m)^<([^<>\s]{3,320})>:")


def _is_from_a_server(mail: Mail) -> bool:
    sender = "".join(address for _, address in getaddresses([_text(mail, "From")])[:1]).lower()
    return bool(_text(mail, "X-Failed-Recipients")) or sender.startswith(_SERVERS)


def _in_words(mail: Mail, parts: list[Mail]) -> list[_Fate] | Why:
    """Exim before 4.85, qmail and the like: the recipients in a header or at the start of a line, and what was said."""
    text = "\n".join(_words(part) for part in parts if part.get_content_type() == "text/plain")[:MAX_TEXT]
    said = _COPY.split(text)[0]
    status = _status_in(said)
    if not status:
        return "no-status"
    named = getaddresses([_text(mail, "X-Failed-Recipients")])
    recipients = [_plain(address) for _, address in named if address] or [_plain(one) for one in _QMAIL.findall(said)]
    return [_Fate(_kind(status), one, status) for one in dict.fromkeys(recipients[:MAX_RECIPIENTS] or [""])]


def _status_in(text: str) -> str:
    """The three numbers that a server has said, else what its reply code comes to."""
    if found := _found(_STATUS, text):
        return found
    reply = _found(_REPLY, text)
    return f"{reply}.0.0" if reply else ""


def _is_automatic(mail: Mail) -> bool:
    """RFC 3834, 5, and what was written before it."""
    said = _text(mail, "Auto-Submitted").lower()
    return said not in ("", "no") or any(mail[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response"))


# --- which message ----------------------------------------------------------------------------------------

_TAG = re.compile(r"\+([0-9a-f]{32})@")
_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]{1,255}>")
_ID_IN_TEXT = re.compile(r"(?m)^[> ]{0,3}(?i:Message-ID):\s{0,3}<([0-9a-f]{32})@")
_ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Resent-To")


def _message_id(mail: Mail, parts: list[Mail]) -> str:
    """The tag that it came to is the surest: whoever reports got it from us."""
    for names, pattern, where in (
        (_ENVELOPE, _TAG, [mail]),
        (("Return-Path", "Original-Mail-From", "X-Envelope-From"), _TAG, list(_inner(parts))),
        (("Message-ID",), _ID, list(_inner(parts))),
        (("In-Reply-To", "References"), _ID, [mail]),
    ):
        for part in where:
            for value in (str(one) for name in names for one in part.get_all(name, [])):
                if found := _found(pattern, value[:MAX_TEXT]):
                    return found
    texts = (_words(part) for part in parts if part.get_content_maintype() == "text")
    return next((found for text in texts if (found := _found(_ID_IN_TEXT, text))), "")


def _inner(parts: list[Mail]) -> Iterator[Mail]:
    """The heads that are in the report: of our mail, or of what was left of it."""
    for part in parts[1:]:
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/global-headers"):
            yield BytesParser().parsebytes(_content(part), headersonly=True)
        else:
            yield part
            yield from _blocks(part) if kind == "message/feedback-report" else ()


# --- plain values -----------------------------------------------------------------------------------------


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _text(part: Mail, name: str) -> str:
    return str(part.get(name, "")).strip()


def _plain(text: str) -> str:
    """An address as it is said, if it is one at all; what is not ASCII in it was not said so."""
    address = text.strip().strip("<>").strip()
    return address if "@" in address and len(address) <= 320 and "\ufffd" not in address else ""


def _content(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload[:MAX_TEXT] if isinstance(payload, bytes) else b""


def _words(part: Mail) -> str:
    return _content(part).decode("utf-8", "replace")


def _date(mail: Mail) -> Instant | None:
    try:
        found = parsedate_to_datetime(_text(mail, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    try:
        return int(found.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None
