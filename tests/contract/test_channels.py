"""What every channel must do, and each against the real thing: a directory, an SMTP server."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from planned.channels.base import Channel, Delivered, Message, Refused, Retry, dump_message, load_message
from planned.channels.console import ConsoleChannel
from planned.channels.mail import build
from planned.channels.maildir import MaildirChannel
from planned.channels.smtp import Server, SmtpChannel

MESSAGE = Message(
    id="0123abcd",
    to="alice@example.org",
    to_name="Alice Dûpont",
    sender="noreply@univ.example",
    sender_name="Université",
    subject="N'oubliez pas la leçon 2, Alice",
    text="Bonjour Alice,\n.une ligne qui commence par un point\n",
    html="<p>Bonjour Alice</p>",
    language="fr",
    at=1_788_681_600_000_000,
    list_id="relance.NUM101",
    reply_to="tutor@univ.example",
    unsubscribe="https://univ.example/leave/0123",
    envelope="bounces+0123abcd@univ.example",
)


@dataclass
class Post:
    port: int
    path: Path

    def received(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    path = tmp_path_factory.mktemp("post") / "received.jsonl"
    program = [sys.executable, str(Path(__file__).with_name("receiver.py")), str(path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Post(int(process.stdout.readline()), path)
        process.kill()


def smtp(port: int, **more: float) -> SmtpChannel:
    return SmtpChannel(Server(host="127.0.0.1", port=port, tls="none", **more))  # type: ignore[arg-type]  # timeouts only


@pytest.fixture(params=["console", "maildir", "smtp"])
def channel(request: pytest.FixtureRequest, tmp_path: Path, post: Post) -> Channel:
    made: dict[str, Channel] = {
        "console": ConsoleChannel(io.StringIO()),
        "maildir": MaildirChannel(tmp_path / "mail"),
        "smtp": smtp(post.port),
    }
    return made[request.param]


def test_a_message_is_delivered_and_again_after_a_rest(channel: Channel) -> None:
    assert isinstance(channel.deliver(MESSAGE), Delivered)
    channel.rest()
    assert isinstance(channel.deliver(replace(MESSAGE, id="second")), Delivered)
    channel.rest()


def test_a_message_survives_the_outbox() -> None:
    assert load_message(dump_message(MESSAGE)) == MESSAGE


def test_a_mail_that_was_rendered_goes_out_as_it_is(tmp_path: Path) -> None:
    rendered = build(MESSAGE).decode()
    later = replace(load_message(dump_message(replace(MESSAGE, mail=rendered))), sender_name="Renamed", unsubscribe="")
    MaildirChannel(tmp_path).deliver(later)
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes() == build(MESSAGE)


def test_a_message_of_an_outbox_before_these_fields_is_read() -> None:
    old = json.loads(dump_message(MESSAGE))
    for name in ("reply_to", "unsubscribe", "envelope", "mail"):
        del old[name]
    assert load_message(json.dumps(old)) == replace(MESSAGE, reply_to="", unsubscribe="", envelope="")


def test_a_mail_says_what_the_message_says(tmp_path: Path) -> None:
    MaildirChannel(tmp_path).deliver(MESSAGE)
    (path,) = (tmp_path / "new").iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert str(mail["Subject"]) == MESSAGE.subject
    assert str(mail["From"]) == "Université <noreply@univ.example>"
    assert str(mail["To"]) == "Alice Dûpont <alice@example.org>"
    assert mail["Message-ID"] == "<0123abcd@univ.example>"
    assert mail["Date"].datetime.isoformat() == "2026-09-06T08:00:00+00:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<relance.NUM101.univ.example>"
    assert mail["List-Unsubscribe"] == "<https://univ.example/leave/0123>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Content-Language"] == "fr"
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert html.get_content().strip() == MESSAGE.html


def test_a_maildir_has_each_message_exactly_once(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / MESSAGE.id).write_text("left by a process that was killed")
    assert isinstance(channel.deliver(MESSAGE), Delivered)
    assert isinstance(channel.deliver(MESSAGE), Delivered)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [MESSAGE.id]
    assert list((tmp_path / "tmp").iterdir()) == []
    (tmp_path / "new" / MESSAGE.id).rename(tmp_path / "cur" / f"{MESSAGE.id}:2,S")
    assert isinstance(channel.deliver(MESSAGE), Delivered)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_directory_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(MaildirChannel(tmp_path / "file" / "mail").deliver(MESSAGE), Retry)


def test_smtp_hands_over_the_same_bytes_at_every_attempt(post: Post) -> None:
    before = len(post.received())
    for _ in range(2):
        channel = smtp(post.port)
        assert isinstance(channel.deliver(MESSAGE), Delivered)
        channel.rest()
    first, second = post.received()[before:]
    assert (first["id"], first["hash"]) == (second["id"], second["hash"])
    assert first["to"] == ["alice@example.org"]
    assert first["subject"] == MESSAGE.subject


def test_one_refused_recipient_does_not_hold_up_the_next(post: Post) -> None:
    channel = smtp(post.port)
    assert channel.deliver(replace(MESSAGE, to="gone@example.org")) == Refused("550 to RCPT")
    assert channel.deliver(replace(MESSAGE, to="later@example.org")) == Retry("451 to RCPT", "message")
    assert isinstance(channel.deliver(MESSAGE), Delivered)
    channel.rest()


def test_an_address_that_is_none_is_refused_before_any_connection() -> None:
    channel = smtp(1)
    for address in (
        "",
        "alice",
        "a@b@c",
        "Alice <alice@example.org>",
        "a@example.org, b@example.org",
        "a@x\r\nBcc: e@x",
    ):
        assert isinstance(channel.deliver(replace(MESSAGE, to=address)), Refused)


def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert isinstance(smtp(closed.getsockname()[1]).deliver(MESSAGE), Retry)


def test_plain_smtp_goes_to_the_same_machine_only() -> None:
    for host in ("localhost", "127.0.0.1", "::1", "[::1]"):
        SmtpChannel(Server(host=host, port=25, tls="none"))
    for host in ("mail.example.org", "192.0.2.1", "localhost.example.org"):
        with pytest.raises(ValueError, match="same machine"):
            SmtpChannel(Server(host=host, port=25, tls="none"))
