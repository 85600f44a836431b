"""A message as a mail: headers that nobody's name can break out of, text first, then HTML.

Some versions of Python's `email` let an encoded word in a name become a header of its own (CVE-2024-6923,
CVE-2026-1299). So values are cleaned before, addresses are built from parts only, header names come from a
fixed list, and what was made is parsed again and compared: what differs is not sent.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.parser import Parser
from email.utils import format_datetime, getaddresses

from planned.channels.address import UnfitError, address_of
from planned.channels.base import Message

MAX_SUBJECT = 150
MAX_NAME = 64
MAX_LINE = 998
"""Characters (RFC 5322, 2.1.1). A header that machines read is never folded: it must fit."""
HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
"""All headers that a mail of ours has, in this order; its two parts have their own.

`Reply-To` only if it can be answered, those of unsubscribing (RFC 2369, RFC 8058) only where there is something to
unsubscribe from. No `Precedence`: it was never standardised, and `Auto-Submitted` (RFC 3834) says what it would say.
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_SHORT = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,60}[\x21-\x7e])?")
_LINK = re.compile(r"https://[\x21\x23-\x3b\x3d\x3f-\x7e]+")
_ENCODED = re.compile(r"=\s*\?")
_TOKEN = re.compile(r"[^A-Za-z0-9._-]+")
_FOLD = re.compile(r"\r\n(?=[ \t])")


def clean(text: str, limit: int) -> str:
    """One line for a header, at most `limit` long: no control or format characters, no start of an encoded word."""
    kept = "".join(" " if char.isspace() else char for char in text[: 50 * limit] if not _invisible(char))
    while _ENCODED.search(kept):
        kept = _ENCODED.sub("", kept)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def _invisible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")


def token(text: str) -> str:
    """Text as a word for identifiers: letters, digits, `.`, `_`, `-` of ASCII."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _TOKEN.sub("-", plain).strip("-.") or "x"


def message_id(message: Message) -> str:
    """The Message-ID: the message's own id at the host of its sender, the same at every attempt."""
    return f"<{token(message.id)}@{address_of(message.sender)[1]}>"


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """What stands behind From, To or Reply-To: a cleaned name, and the parts of an address."""

    name: str
    address: tuple[str, str]

    def __str__(self) -> str:
        plain = f"<{self.address[0]}@{self.address[1]}>"
        if not self.name:
            return plain
        if _PLAIN.fullmatch(self.name):
            return f"{self.name} {plain}" if len(self.name) < MAX_NAME - 4 else f"{self.name}\r\n {plain}"
        return f"{_encoded(self.name)}\r\n {plain}"


def bytes_of(message: Message) -> bytes:
    """The mail as it was rendered when the message was decided; else as `build` makes it. Raises `UnfitError`."""
    return message.mail.encode() if message.mail else build(message)


def build(message: Message) -> bytes:
    """The mail, with CRLF. Raises `UnfitError` if it does not say, when read again, what it was to say."""
    subject = clean(message.subject, MAX_SUBJECT)
    mailboxes = {
        "From": _Mailbox(clean(message.sender_name, MAX_NAME), address_of(message.sender)),
        "To": _Mailbox(clean(message.to_name, MAX_NAME), address_of(message.to)),
        **({"Reply-To": _Mailbox("", address_of(message.reply_to))} if message.reply_to else {}),
    }
    boundary = f"=_{token(message.id)[:60]}"  # not a random one: the same bytes at every attempt
    machine = {
        "Date": format_datetime(_EPOCH + timedelta(seconds=message.at // 1_000_000)),
        "Message-ID": message_id(message),
        "Auto-Submitted": "auto-generated",
        "List-Id": f"<{token(message.list_id)[:100]}.{mailboxes['From'].address[1]}>",
        **_unsubscribing(message.unsubscribe),
        "Content-Language": token(message.language)[:20],
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"',
    }
    # Written here and not by `email`, which folds again: a name must not be able to become a header, a blank get lost,
    # nor a long List-Unsubscribe become encoded words, which no client understands.
    values = {**{name: str(one) for name, one in mailboxes.items()}, "Subject": _folded(subject), **machine}
    head = "".join(f"{name}: {value}\r\n" for name, value in values.items())
    bodies = (_body(message.text), _body(message.html))
    raw = head + "\r\n" + _parts(bodies, boundary)
    _compare(raw, mailboxes, subject, machine, bodies)
    return raw.encode()


def _unsubscribing(link: str) -> dict[str, str]:
    """RFC 8058: a click of the mail program's own button posts to the link, and asks nothing more."""
    if not link:
        return {}
    if not _LINK.fullmatch(link) or len(link) > MAX_LINE - len("List-Unsubscribe: <>"):
        raise UnfitError("the link for unsubscribing is no https address that fits on a line")
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _parts(bodies: tuple[str, str], boundary: str) -> str:
    """RFC 2046, 5.1.4: the plainest first. No line of quoted-printable can be taken for the boundary: `=_` is none."""
    parts = (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{_quoted(body)}\r\n"
        for kind, body in zip(("plain", "html"), bodies, strict=True)
    )
    return "".join(parts) + f"--{boundary}--\r\n"


def _quoted(text: str) -> str:
    return b2a_qp(text.encode(), istext=True).decode("ascii").replace("\n", "\r\n")


def _body(text: str) -> str:
    """Text without what a mail cannot carry: lone surrogates, and U+0000, which servers refuse."""
    kept = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return kept.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _folded(text: str) -> str:
    return text if not text or _SHORT.fullmatch(text) else _encoded(text)


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


# --- the guard: what was made, read again -------------------------------------------------------------------


def _compare(
    raw: str, mailboxes: Mapping[str, _Mailbox], subject: str, machine: Mapping[str, str], bodies: tuple[str, str]
) -> None:
    read = Parser().parsestr(raw)
    if [name for name, _ in read.items()] != [*mailboxes, "Subject", *machine] or read.defects:
        raise UnfitError("the mail would have other headers than it should")
    if not set(read.keys()) <= set(HEADERS) or {name: read[name] for name in machine} != machine:
        raise UnfitError("the mail's headers would read differently")
    if _decoded(read["Subject"]) != subject:
        raise UnfitError("the mail's subject would read differently")
    for header, wanted in mailboxes.items():
        found = [(_decoded(name), address) for name, address in getaddresses([_FOLD.sub("", read[header])])]
        if found != [(wanted.name, "@".join(wanted.address))]:
            raise UnfitError("the mail would have another sender or recipient than it should")
    _compare_parts(read, bodies)


def _compare_parts(read: Parsed, bodies: tuple[str, str]) -> None:
    parts = list(read.walk())
    if [part.get_content_type() for part in parts] != ["multipart/alternative", "text/plain", "text/html"]:
        raise UnfitError("the mail would have other parts than it should")
    for part, body in zip(parts[1:], bodies, strict=True):
        content = part.get_payload(decode=True)
        said = content.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""
        if part.defects or sorted(part.keys()) != ["Content-Transfer-Encoding", "Content-Type"] or said != body:
            raise UnfitError("the mail's text would read differently")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(_FOLD.sub("", value))))
    except (HeaderParseError, LookupError, ValueError) as error:
        raise UnfitError("the mail's headers would read differently") from error
