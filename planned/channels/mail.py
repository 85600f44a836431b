"""A message as a mail: headers that nobody's name can break out of, text first, then HTML.

Some versions of Python's `email` let an encoded word in a name become a header of its own (CVE-2024-6923,
CVE-2026-1299). So values are cleaned before, addresses are built from parts only, header names come from a
fixed list, and what was made is parsed again and compared: what differs is not sent.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime

from planned.channels.base import Message

MAX_SUBJECT = 150
MAX_NAME = 64
HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Id",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
"""All headers that a mail of ours has, `Reply-To` only if it can be answered; its two parts have their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_PLAIN = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_SHORT = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,60}[\x21-\x7e])?")
_ENCODED = re.compile(r"=\s*\?")
_TOKEN = re.compile(r"[^A-Za-z0-9._-]+")


class UnfitError(Exception):
    """The message cannot be made a mail that says what it should: it is not sent."""


def clean(text: str, limit: int) -> str:
    """One line for a header, at most `limit` long: no control or format characters, no start of an encoded word."""
    kept = "".join(" " if char.isspace() else char for char in text if not _invisible(char))
    while _ENCODED.search(kept):
        kept = _ENCODED.sub("", kept)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def _invisible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")


def address_of(text: str) -> tuple[str, str]:
    """The parts of a plain address `name@host`. Raises `UnfitError` for anything else: lists, quotes, comments."""
    local, _, host = text.strip().rpartition("@")
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        host = ""
    if len(local) > 64 or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host) or _ENCODED.search(text):
        raise UnfitError("the address is not of the form name@host")
    return local, host


def token(text: str) -> str:
    """Text as a word for identifiers: letters, digits, `.`, `_`, `-` of ASCII."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _TOKEN.sub("-", plain).strip("-.") or "x"


def message_id(message: Message) -> str:
    """The Message-ID: the message's own id at the host of its sender, the same at every attempt."""
    return f"<{token(message.id)}@{address_of(message.sender)[1]}>"


def build(message: Message) -> bytes:
    """The mail, with CRLF. Raises `UnfitError` if it does not say, when read again, what it was to say."""
    to, sender = address_of(message.to), address_of(message.sender)
    subject = clean(message.subject, MAX_SUBJECT)
    values = {
        "From": _mailbox(message.sender_name, sender),
        "To": _mailbox(message.to_name, to),
        **({"Reply-To": _mailbox("", address_of(message.reply_to))} if message.reply_to else {}),
        "Subject": _folded(subject) if subject else "",
        "Date": format_datetime(_EPOCH + timedelta(seconds=message.at // 1_000_000)),
        "Message-ID": message_id(message),
        "Auto-Submitted": "auto-generated",
        "List-Id": f"<{token(message.list_id)[:100]}.{sender[1]}>",
        "Content-Language": token(message.language)[:20],
    }
    # Written here and not by `email`, which refolds: a name must not be able to become a header, nor a blank get lost.
    head = "".join(f"{name}: {value}\r\n" for name, value in values.items())
    raw = head.encode("ascii") + _parts(message)
    _compare(raw, message, subject, to, sender)
    return raw


def _parts(message: Message) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(_body(message.text), cte="quoted-printable")
    mail.add_alternative(_body(message.html), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{token(message.id)[:60]}")  # not a random one: the same bytes at every attempt
    return mail.as_bytes()


def _body(text: str) -> str:
    """Text without what a mail cannot carry: lone surrogates, and U+0000, which servers refuse."""
    kept = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return kept.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _mailbox(name: str, address: tuple[str, str]) -> str:
    name, plain = clean(name, MAX_NAME), f"<{address[0]}@{address[1]}>"
    if not name:
        return plain
    if _PLAIN.fullmatch(name):
        return f"{name} {plain}" if len(name) < MAX_NAME - 4 else f"{name}\r\n {plain}"
    return f"{_encoded(name)}\r\n {plain}"


def _folded(text: str) -> str:
    return text if _SHORT.fullmatch(text) else _encoded(text)


def _encoded(text: str) -> str:
    """RFC 2047: words of at most 75 characters, each with whole characters, on lines of their own."""
    words: list[bytes] = []
    word = b""
    for char in text:
        more = char.encode()
        if len(word) + len(more) > 42:
            words.append(word)
            word = b""
        word += more
    return "\r\n ".join(f"=?utf-8?b?{b64encode(one).decode('ascii')}?=" for one in [*words, word])


def _compare(raw: bytes, message: Message, subject: str, to: tuple[str, str], sender: tuple[str, str]) -> None:
    read = BytesParser(policy=SMTP).parsebytes(raw)
    wanted = [name for name in HEADERS if name != "Reply-To" or message.reply_to]
    if sorted(read.keys()) != sorted(wanted):
        raise UnfitError("the mail would have other headers than it should")
    if read["Message-ID"] != message_id(message) or str(read["Subject"]) != subject or read.defects:
        raise UnfitError("the mail's subject or id would read differently")
    for header, address in (("To", to), ("From", sender)):
        found = [(one.username, one.domain) for one in read[header].addresses]
        if found != [address] or read[header].defects:
            raise UnfitError("the mail would have another sender or recipient than it should")
    parts = [part.get_content_type() for part in read.walk()]
    if parts != ["multipart/alternative", "text/plain", "text/html"]:
        raise UnfitError("the mail would have other parts than it should")
