"""The header guard: whatever stands in a name or a subject, a mail has our headers and nobody else's recipients."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP, compat32, default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planned.channels import mail
from planned.channels.address import UnfitError, address_of
from planned.channels.base import Message
from planned.channels.mail import HEADERS, MAX_NAME, MAX_SUBJECT, build, clean, token

LINK = "https://univ.example/leave?token=" + "Ab9_-" * 150
MESSAGE = Message(
    id="abc",
    to="alice@example.org",
    to_name="Alice",
    sender="noreply@univ.example",
    sender_name="Univ",
    subject="Hello",
    text="Hello",
    html="<p>Hello</p>",
    language="en",
    at=0,
    list_id="r.c",
    reply_to="tutor@univ.example",
    unsubscribe=LINK,
)
ATTACKS = (
    "=?utf-8?q?a=0D=0ABcc:_eve@evil.test?=",
    "= ?utf-8?q?x?=",
    "==??utf-8?q?x?=",
    "a\r\nBcc: eve@evil.test",
    "a\nBcc: eve@evil.test\n\nbody",
    "a\rb\vc\fd\x1ce\x85f\u2028g\u2029h",
    'Alice" <eve@evil.test>, "x',
    "Alice <eve@evil.test>",
    "eve@evil.test, alice",
    "\u202egnp.exe",
    "a\u200bb\u00adc\ufeffd",
    "\ud800 lone",
    "\0nul",
    "(comment) ; : , < > @ [ ] \\",
    "é" * 500,
    "x" * 5000,
    "👩‍👩‍👧‍👦 famille " * 40,
    "",
    " ",
    "?=",
    "=",
)
odd = st.text(max_size=300) | st.lists(st.sampled_from([*ATTACKS[:15], "é", " ", "=", "?", "a b"]), max_size=8).map(
    "".join
)


def check(raw: bytes, message: Message) -> None:
    for policy in (default, SMTP, compat32):
        mail = message_from_bytes(raw, policy=policy)
        assert sorted(mail.keys()) == sorted(HEADERS)
    mail = message_from_bytes(raw, policy=default)
    assert [(one.addr_spec) for one in mail["To"].addresses] == [message.to]
    assert [(one.addr_spec) for one in mail["From"].addresses] == [message.sender]
    assert [(one.addr_spec) for one in mail["Reply-To"].addresses] == [message.reply_to]
    assert str(mail["Subject"]) == clean(message.subject, MAX_SUBJECT)
    # Python's newer parser puts a blank between two encoded words of a name, where RFC 2047, 6.2 has none.
    shown = mail["To"].addresses[0].display_name
    assert shown.replace(" ", "") == clean(message.to_name, MAX_NAME).replace(" ", "")
    assert not mail.defects
    assert not any(mail[name].defects for name in HEADERS)
    assert "evil.test" not in [one.domain for one in mail["To"].addresses]
    assert all(len(line) <= 78 for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n") if b"<" not in line)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", ATTACKS)
def test_no_name_or_subject_breaks_out_of_its_header(text: str) -> None:
    message = replace(MESSAGE, subject=text, to_name=text, sender_name=text, list_id=text, text=text, html=text)
    check(build(message), message)


@given(odd, odd, odd)
@example("=?utf-8?q?", "=0ABcc:x@y?=", "=\u200b?utf-8?q?x?=")
def test_no_text_at_all_breaks_out(subject: str, name: str, body: str) -> None:
    message = replace(MESSAGE, subject=subject, to_name=name, sender_name=name, text=body, html=body, language=name)
    check(build(message), message)


@given(st.text(max_size=MAX_SUBJECT))
def test_a_subject_reads_as_it_was_cleaned(subject: str) -> None:
    mail = message_from_bytes(build(replace(MESSAGE, subject=subject)), policy=default)
    assert str(mail["Subject"]) == clean(subject, MAX_SUBJECT)


@pytest.mark.parametrize(
    "subject",
    [
        "N'oubliez pas la leçon 2, Alice",
        "Votre évaluation « Les sources — comment citer ? » est ouverte jusqu’au 3 octobre à minuit, heure de Paris",
        "  two   blanks  ",
        "日本語の件名" * 10,
    ],
)
def test_an_honest_subject_stays_what_it_is(subject: str) -> None:
    mail = message_from_bytes(build(replace(MESSAGE, subject=subject)), policy=default)
    assert str(mail["Subject"]) == " ".join(subject.split())


def test_the_same_message_makes_the_same_bytes() -> None:
    message = replace(MESSAGE, text="é" * 3000, to_name="Éve")
    assert build(message) == build(message)


def test_long_texts_are_cut_with_a_sign() -> None:
    assert clean("x" * 200, MAX_SUBJECT) == "x" * (MAX_SUBJECT - 1) + "…"
    assert len(clean("é" * 65, MAX_NAME)) == MAX_NAME


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("alice@example.org", ("alice", "example.org")),
        (" a.b+c@x.example ", ("a.b+c", "x.example")),
        ("a@bücher.example", ("a", "xn--bcher-kva.example")),
        ("a@straße.example", ("a", "xn--strae-oqa.example")),  # another host than strasse.example
        ("o'neil@localhost", ("o'neil", "localhost")),
        ("zoe\u0301@b.example", ("zoé", "b.example")),
    ],
)
def test_a_plain_address_has_two_parts(address: str, parts: tuple[str, str]) -> None:
    assert address_of(address) == parts


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a@",
        "@b",
        "a",
        "a b@c",
        ".a@b",
        "a..b@c",
        "a@-b",
        "a@b..c",
        '"a"@b',
        "a@b,c@d",
        "<a@b>",
        "a@[1.2.3.4]",
        "a\u200bé@b",
        "é é@b",
        "é\u0085@b",
        "\ud800@b",
        "é@b\r\nX: y",
        "é" * 33 + "@b",
        "a@\ud800.example",
        "a@" + "é" * 300,
        "a@xn--.é",
        "a@b\r\nRCPT TO:<x@y>",
        "a\x00@b",
        "=?utf-8?q?a?=@b",
        "a" * 65 + "@b",
        "a@" + "b" * 64,
        "a@" + "b." * 200 + "c",
    ],
)
def test_what_is_no_plain_address_is_not_written_to(address: str) -> None:
    with pytest.raises(UnfitError):
        address_of(address)


def test_a_token_is_safe_everywhere() -> None:
    assert token("Année 1/été") == "Annee-1-ete"
    assert token("../..") == "x"
    assert token("日本") == "x"


def test_headers_that_machines_read_stand_on_one_line_as_they_are() -> None:
    lines = build(MESSAGE).split(b"\r\n")
    assert b"List-Unsubscribe: <" + LINK.encode() + b">" in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert b"Auto-Submitted: auto-generated" in lines
    assert not any(line.startswith(b"Precedence") for line in lines)


def test_without_a_topic_to_leave_there_is_no_header_to_leave_it() -> None:
    mail = message_from_bytes(build(replace(MESSAGE, unsubscribe="")), policy=default)
    assert sorted(mail.keys()) == sorted(name for name in HEADERS if not name.startswith("List-Unsubscribe"))


@pytest.mark.parametrize(
    "link",
    [
        "http://x.example/t",
        "https://x/a b",
        "https://x/a>",
        "https://x/\r\nBcc: e@x",
        "https://x/é",
        "https://" + "x" * 998,
    ],
)
def test_a_link_that_breaks_its_header_stops_the_message(link: str) -> None:
    with pytest.raises(UnfitError):
        build(replace(MESSAGE, unsubscribe=link))


# What each safeguard of the head would let through if it were gone, the last one must hold back.
SABOTAGE = {
    "clean": lambda text, limit: text,
    "_encoded": lambda text: text,
    "_folded": lambda text: text,
    "_PLAIN": re.compile(r"(?s).*"),
}


BREAKING = ("a\r\nBcc: eve@evil.test", "a\r\n\r\nbody", "=?utf-8?q?a=0D=0ABcc:_x?=", "\r\nTo: e@x")


@pytest.mark.parametrize("text", [*BREAKING, "x <eve@evil.test>, y"])
@pytest.mark.parametrize("safeguard", ["_encoded", "_PLAIN"])
def test_a_name_that_another_safeguard_lets_through_is_not_sent(
    safeguard: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (safeguard, "clean"):
        monkeypatch.setattr(mail, name, SABOTAGE[name])
    with pytest.raises(UnfitError):
        build(replace(MESSAGE, to_name=text))


@pytest.mark.parametrize("text", BREAKING)
def test_a_subject_that_another_safeguard_lets_through_is_not_sent(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_folded", "clean"):
        monkeypatch.setattr(mail, name, SABOTAGE[name])
    with pytest.raises(UnfitError):
        build(replace(MESSAGE, subject=text))


def test_other_recipients_than_wanted_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail._Mailbox, "__str__", lambda one: "<eve@evil.test>")
    with pytest.raises(UnfitError, match="another sender or recipient"):
        build(MESSAGE)


@pytest.mark.parametrize("header", ["Bcc: eve@evil.test", "To: eve@evil.test", "Subject: Hello"])
def test_one_header_more_than_wanted_is_not_sent(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_folded", lambda text: f"{text}\r\n{header}")
    with pytest.raises(UnfitError, match="other headers"):
        build(MESSAGE)


def test_a_header_that_is_none_of_ours_is_not_sent_even_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_unsubscribing", lambda link: {"Bcc": "eve@evil.test"})
    with pytest.raises(UnfitError, match="headers would read differently"):
        build(MESSAGE)


def test_a_header_that_machines_would_read_differently_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_unsubscribing", lambda link: {"List-Unsubscribe": f"  <{link}>"})
    with pytest.raises(UnfitError, match="headers would read differently"):
        build(MESSAGE)


def test_a_text_that_would_read_differently_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_quoted", lambda text: text)
    with pytest.raises(UnfitError):
        build(replace(MESSAGE, text="a=0D=0Ab é"))


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n--=_abc--\n\nb",
        "--=_abc",
        "trailing  \n\ttabs\t\n \n",
        "=",
        "é\u2028x",
        "x" * 5000,
        ".",
        "",
        "\x0b\x0c\x85",
    ],
)
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    mail = message_from_bytes(build(replace(MESSAGE, text=text, html=text)), policy=default)
    for part in mail.iter_parts():
        assert part.get_payload(decode=True).decode().replace("\r\n", "\n") == text.rstrip("\n") + "\n"
