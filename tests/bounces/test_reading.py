"""What comes back is read as its sender meant it, in the shapes of the field; what is hostile costs nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planned.channels.bounces import MAX_MAIL, NotRead, reports_in
from tests.fuzz import bounces, seeds

MAILS = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "mails").glob("*.eml"))}
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NORA, LEMOINE = "nora.vasseur@lycee.example", "p.lemoine@agence.example"
MEANT: dict[str, object] = {
    "postfix": [("address", NORA, "5.1.1")],
    "postfix-delayed": [("later", NORA, "4.4.1")],
    "postfix-expired": [("later", NORA, "4.4.1")],
    "postfix-full": [("message", NORA, "5.2.2")],
    "postfix-delivered": "delivered",
    "exim": [("address", LEMOINE, "5.1.1")],
    "exim-blocked": [("message", LEMOINE, "5.7.1")],
    "exim-in-words": [("address", LEMOINE, "5.1.1")],
    "exchange": [("address", "jeanne.roy@usine.example", "5.1.10")],
    "gmail": [("address", "sami.k@courriel.example", "5.1.1")],
    "qmail": [("address", "omar.b@relais.example", "5.1.1")],
    "sendmail": [("address", "lea@vieux.example", "5.1.2"), ("message", "max@vieux.example", "5.7.1")],
    "complaint": [("complaint", "yann.d@fournisseur.example", "abuse")],
    "complaint-redacted": [("complaint", "", "abuse")],
    "not-spam": "no-report",
    "out-of-office": "auto-reply",
    "ticket": "auto-reply",
    "answer": "no-report",
    "truncated": "malformed",
    "no-status": "no-status",
}


def test_each_sample_is_meant() -> None:
    assert MAILS.keys() == MEANT.keys()


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_report_is_read_as_it_was_meant(name: str, newline: bytes) -> None:
    found = reports_in(MAILS[name].replace(b"\n", newline), name)
    if isinstance(found, NotRead):
        assert (found.where, found.why) == (name, MEANT[name])
    else:
        assert [(one.kind, one.recipient, one.status) for one in found] == MEANT[name]
        assert {one.id for one in found} == {ID}
        assert all(one.at for one in found)


@pytest.mark.parametrize("gone", [b"bounces+" + ID.encode(), b"Message-ID: <" + ID.encode()])
@pytest.mark.parametrize("name", ["postfix", "exchange", "gmail", "qmail", "complaint"])
def test_a_message_is_known_by_its_tag_or_by_its_id(name: str, gone: bytes) -> None:
    found = reports_in(MAILS[name].replace(gone, b"X: y <somebody"), name)
    assert isinstance(found, list)
    assert [one.id for one in found] == [ID]


def test_what_names_no_message_of_ours_still_has_its_recipient() -> None:
    found = reports_in(MAILS["postfix"].replace(ID.encode(), b"another"), "x")
    assert isinstance(found, list)
    assert [(one.id, one.recipient) for one in found] == [("", NORA)]


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 100,
    "one line": b"x" * 1_000_000,
    "no end of headers": b"A: b\r\n" * 99_000,
    "nested": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)),
    "nested messages": b"Content-Type: message/rfc822\n\n" * 3000,
    "nested by half": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(24))
    + b"text\n" * 99_000,
    "many recipients": MAILS["postfix"].replace(
        b"Action: failed\n", b"Action: failed\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n" * 10_000
    ),
    "odd charset": MAILS["qmail"]
    .replace(b"Hi.", b"\xff\xfe\x00")
    .replace(b"Subject", b"Content-Type: text/plain; charset=x\nA"),
    "odd encoding": MAILS["qmail"].replace(b"Subject:", b"Content-Transfer-Encoding: base64\nSubject:"),
    "odd date": MAILS["postfix"].replace(b"Date: Thu,  3 Sep 2026", b"Date: Thu, 99 Sep 99999999999"),
    "odd headers": MAILS["postfix"].replace(b"Status: 5.1.1", b"Status: \xff5.1.1\x00 =?x?q?=FF?="),
    "many digits": MAILS["qmail"].replace(b"#5.1.1", b"5.1." * 30_000),
    "many angles": MAILS["qmail"].replace(b"<omar", b"<" * 300_000),
    "too big": b"x" * (MAX_MAIL + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_cost_little(name: str) -> None:
    start = time.process_time()
    found = reports_in(HOSTILE[name], name)
    assert time.process_time() - start < 3
    assert isinstance(found, NotRead) or len(found) <= 100
    if name == "too big":
        assert found == NotRead(name, "too-big")


@given(st.sampled_from(sorted(MAILS)), st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=12)), max_size=6))
def test_whatever_is_changed_in_a_report_it_is_read_or_named(name: str, edits: list[tuple[int, bytes]]) -> None:
    raw = MAILS[name]
    for at, what in edits:
        raw = raw[:at] + what + raw[at + len(what) :]
    bounces.check(raw, 5)


@pytest.mark.parametrize("name", seeds.found("bounces"))
def test_what_was_found_by_chance_stays_mended(name: str) -> None:
    bounces.check(seeds.found("bounces")[name], 5)
