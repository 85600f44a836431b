"""What must hold of a mail whatever stands in its names: our headers, our recipients, and nothing beside them."""

from __future__ import annotations

import time
from email import message_from_bytes
from email.policy import SMTP, compat32, default

from planned.channels.address import UnfitError
from planned.channels.base import Message
from planned.channels.mail import HEADERS, MAX_NAME, MAX_SUBJECT, build, clean

SECONDS = 1.0
SEPARATOR = b"\xff"
"""Never part of UTF-8: it parts the fields of one input."""
FIELDS = (
    "subject",
    "to_name",
    "sender_name",
    "text",
    "html",
    "to",
    "sender",
    "reply_to",
    "list_id",
    "language",
    "link",
)
PLAIN = {"to": "alice@example.org", "sender": "noreply@univ.example"}


def message_of(data: bytes) -> Message:
    """A message whose fields are those of the input, one after the other; what is missing is harmless."""
    found = dict(
        zip(
            FIELDS,
            (
                part.decode("utf-8", "surrogatepass" if b"\xed" in part else "replace")
                if _decodes(part)
                else part.decode("latin-1")
                for part in data.split(SEPARATOR)
            ),
            strict=False,
        )
    )
    said = {name: found.get(name) or PLAIN.get(name, "") for name in FIELDS}
    link = said.pop("link")
    return Message(id="0f1e2d3c", at=0, unsubscribe=link, **said)


def _decodes(part: bytes) -> bool:
    try:
        part.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def check(data: bytes, slower: float = 1.0) -> None:
    """Raises AssertionError where a mail says something else than it should."""
    start = time.process_time()
    message = message_of(data)
    try:
        raw = build(message)
    except UnfitError:
        return
    finally:
        assert time.process_time() - start < SECONDS * slower, "it takes too long"
    assert build(message) == raw, "the same message makes other bytes"
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\n" not in raw.replace(b"\r\n", b""), "a bare line feed"
    assert b"\r" not in raw.replace(b"\r\n", b""), "a bare carriage return"
    assert max(map(len, raw.split(b"\r\n"))) <= 998, "a line too long"
    assert b"\0" not in raw, "U+0000"
    if head.isascii():
        _check_read(raw, message)


def _check_read(raw: bytes, message: Message) -> None:
    optional = {"Reply-To": message.reply_to, "List-Unsubscribe": message.unsubscribe}
    optional["List-Unsubscribe-Post"] = message.unsubscribe
    wanted = sorted(name for name in HEADERS if optional.get(name, "x"))
    for policy in (default, SMTP, compat32):
        assert sorted(message_from_bytes(raw, policy=policy).keys()) == wanted, "other headers"
    mail = message_from_bytes(raw, policy=default)
    assert not mail.defects
    assert str(mail["Subject"]) == clean(message.subject, MAX_SUBJECT), "another subject"
    for name, address, shown in (
        ("To", message.to, message.to_name),
        ("From", message.sender, message.sender_name),
    ):
        (found,) = mail[name].addresses
        assert found.domain.isascii()
        assert found.username == address.strip().rpartition("@")[0], f"another address in {name}"
        assert len(found.display_name) <= 2 * MAX_NAME
        # Python's newer parser puts a blank between two encoded words of a name, where RFC 2047, 6.2 has none.
        assert found.display_name.replace(" ", "") == clean(shown, MAX_NAME).replace(" ", ""), "another name"
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"], "other parts"
