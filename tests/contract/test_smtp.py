"""What each answer of a mail server means, asked of a real one that misbehaves at one verb."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from planned.channels.base import Answer, Delivered, Refused, Retry
from planned.channels.mail import build
from planned.channels.smtp import Server, SmtpChannel, meaning
from planned.testing import SAMPLE
from tests.contract.odd_server import CUT, DRIP, HANG, Box, odd_server

VERBS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", ".")
SAID = {"greeting": "the connection", ".": "the message"}


def channel(port: int, answer: float = 0.3, final: float = 0.4, **more: str) -> SmtpChannel:
    return SmtpChannel(
        Server(
            host="127.0.0.1", port=port, tls="none", answer_timeout=answer, final_timeout=final, connect_timeout=answer
        )
    )


def at(verb: str) -> str:
    return SAID.get(verb, verb)


def before(verb: str) -> bool:
    """Whether there is no recipient yet: then an answer concerns all that the channel has."""
    return verb in ("greeting", "EHLO", "MAIL")


def answers() -> Iterator[tuple[str, str, Answer]]:
    """Verb, what the server says there, what that means."""
    for verb in VERBS:
        gone = "channel" if before(verb) else "domain"
        alone = "channel" if verb in ("greeting", "EHLO") else "message"
        yield verb, "421 4.3.2 shutting down", Retry(f"421 4.3.2 to {at(verb)}", gone)
        yield verb, "451 4.7.1 greylisted", Retry(f"451 4.7.1 to {at(verb)}", alone)
        yield verb, "452 4.2.2 full", Retry(f"452 4.2.2 to {at(verb)}", alone)
        yield verb, "what?", Retry(f"no SMTP at {at(verb)}", gone, unclear=verb == ".")
        yield verb, "503 out of order", Retry(f"503 to {at(verb)}", alone)
        yield verb, "530 5.7.0 sign in", Retry(f"530 5.7.0 to {at(verb)}", "channel")
        if before(verb):
            yield verb, "554 5.7.1 not you", Retry(f"554 5.7.1 to {at(verb)}", alone)
            yield verb, "550 alice@example.org", Retry(f"550 to {at(verb)}", alone)
        else:
            yield verb, "550 5.1.1 no alice@example.org here", Refused(f"550 5.1.1 to {at(verb)}")
            yield verb, "554 no", Refused(f"554 to {at(verb)}")
            yield verb, "552 5.3.4 too big", Refused(f"552 5.3.4 to {at(verb)}")
    yield "MAIL", "552 too big", Refused("552 to MAIL")
    yield "MAIL", "550 5.6.7 only ASCII", Refused("550 5.6.7 to MAIL")
    yield "RCPT", "550 5.7.8 credentials", Retry("550 5.7.8 to RCPT", "channel")
    yield "DATA", "250 fine", Retry("250 to DATA", "message")
    yield "RCPT", "354 go on", Retry("354 to RCPT", "message")
    yield ".", "354 go on", Retry("354 to the message", "message", unclear=True)


@pytest.mark.parametrize(("verb", "said", "wanted"), list(answers()))
def test_what_an_answer_means_and_that_the_next_message_goes(verb: str, said: str, wanted: Answer) -> None:
    plan = {verb: said}
    with odd_server(plan) as box:
        out = channel(box.port, 5, 5)
        assert out.deliver(SAMPLE) == wanted
        plan.clear()
        assert out.deliver(replace(SAMPLE, id="next")) == Delivered("250")
        assert [b"<next@" in one for one in box.bytes] == [True]
        out.rest()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("how", [HANG, CUT, DRIP])
def test_whoever_hangs_or_hangs_up_costs_a_timeout_and_no_more(verb: str, how: str) -> None:
    plan = {verb: how}
    with odd_server(plan) as box:
        out = channel(box.port)
        start = time.perf_counter()
        answer = out.deliver(SAMPLE)
        assert time.perf_counter() - start < 2.5
        why = f"connection lost at {at(verb)}" if how == CUT else f"no answer to {at(verb)}"
        assert answer == Retry(why, "channel" if before(verb) else "domain", unclear=verb == ".")
        plan.clear()
        assert channel(box.port, 5, 5).deliver(SAMPLE) == Delivered("250")
        assert set(box.bytes) == {build(SAMPLE)}
        assert len(box.bytes) == (2 if verb == "." else 1)  # after the last dot: a copy is better than a loss


def test_one_connection_serves_many_and_a_lost_one_is_made_anew() -> None:
    with odd_server() as box:
        out = channel(box.port, 5, 5)
        for number in range(3):
            assert out.deliver(replace(SAMPLE, id=f"m{number}")) == Delivered("250")
        assert box.connections == 1
        assert box.recipients == ["alice@example.org"] * 3
        assert out._connection is not None
        assert out._connection.sock is not None
        out._connection.sock.shutdown(socket.SHUT_RDWR)
        assert out.deliver(SAMPLE) == Delivered("250")
        assert box.connections == 2


def test_reports_of_failure_go_to_the_address_of_their_message() -> None:
    with odd_server() as box:
        out = channel(box.port, 5, 5)
        out.deliver(SAMPLE)
        out.deliver(replace(SAMPLE, envelope="bounces+0f1e@example.org"))
        assert box.senders == ["noreply@example.org", "bounces+0f1e@example.org"]


def test_a_mail_that_the_server_calls_too_big_is_not_begun() -> None:
    with odd_server(data_size_limit=2000) as box:
        out = channel(box.port, 5, 5)
        big = replace(SAMPLE, text="long\n" * 500)
        assert out.deliver(big) == Refused(f"the mail has {len(build(big))} bytes, and the server takes 2000")
        assert out.deliver(SAMPLE) == Delivered("250")


def test_a_line_that_begins_with_a_dot_and_a_long_one_arrive() -> None:
    message = replace(SAMPLE, text=".\n..\n.dot\n" + "x" * 3000 + "\nFrom here\n")
    with odd_server() as box:
        assert channel(box.port, 5, 5).deliver(message) == Delivered("250")
        assert box.bytes == [build(message)]


WIDE = replace(SAMPLE, to="zoé@bücher.example", to_name="Zoé")


def test_letters_beyond_ascii_go_to_a_server_that_knows_them() -> None:
    with odd_server(enable_SMTPUTF8=True) as box:
        out = channel(box.port, 5, 5)
        assert out.deliver(WIDE) == Delivered("250")
        assert out.deliver(SAMPLE) == Delivered("250")
        assert box.recipients == ["zoé@xn--bcher-kva.example", "alice@example.org"]
        assert "<zoé@xn--bcher-kva.example>".encode() in box.bytes[0]
        assert box.bytes[1].isascii()


def test_letters_beyond_ascii_are_refused_in_words_by_one_that_does_not() -> None:
    with odd_server() as box:
        out = channel(box.port, 5, 5)
        answer = out.deliver(WIDE)
        assert isinstance(answer, Refused)
        assert "SMTPUTF8" in answer.why
        assert out.deliver(replace(SAMPLE, to="a@bücher.example")) == Delivered("250")  # a host has a form in ASCII
        assert box.recipients == ["a@xn--bcher-kva.example"]


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def ours(server: trustme.CA, name: str = "localhost", **more: object) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.issue_cert(name, **more).configure_cert(made)
    return made


def trusting(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))


def secure(box: Box, tls: str, context: ssl.SSLContext | None) -> SmtpChannel:
    server = Server(host="localhost", port=box.port, tls=tls, user="planned", password="secret", answer_timeout=5)
    return SmtpChannel(server, context)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_with_the_right_certificate_gets_credentials_and_mail(
    tls: str, authority: trustme.CA, tmp_path: Path
) -> None:
    context = ours(authority)
    more = {"implicit": context} if tls == "implicit" else {"tls_context": context}
    with odd_server(auth_require_tls=tls == "starttls", **more) as box:
        assert secure(box, tls, trusting(authority, tmp_path)).deliver(SAMPLE) == Delivered("250")
        assert (box.signed_in, len(box.bytes)) == (1, 1)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("wrong", ["unknown authority", "another host", "expired"])
def test_a_server_with_a_wrong_certificate_gets_nothing(
    tls: str, wrong: str, authority: trustme.CA, tmp_path: Path
) -> None:
    match wrong:
        case "unknown authority":
            context = ours(trustme.CA())
        case "another host":
            context = ours(authority, "elsewhere.example")
        case _:
            context = ours(authority, not_after=datetime(2021, 1, 1, tzinfo=UTC))
    more = {"implicit": context} if tls == "implicit" else {"tls_context": context}
    with odd_server(**more) as box:
        answer = secure(box, tls, trusting(authority, tmp_path)).deliver(SAMPLE)
        assert isinstance(answer, Retry)
        assert answer.why.startswith("the certificate of localhost does not hold: ")
        assert (box.signed_in, box.bytes) == (0, [])


def test_nobody_is_trusted_unless_the_system_does(authority: trustme.CA) -> None:
    with odd_server(tls_context=ours(authority)) as box:
        answer = secure(box, "starttls", None).deliver(SAMPLE)
        assert isinstance(answer, Retry)
        assert "does not hold" in answer.why
        assert box.signed_in == 0


@pytest.mark.parametrize(
    ("plan", "why"),
    [({"STARTTLS": "454 4.7.0 not now"}, "454 4.7.0 to STARTTLS"), ({"STARTTLS": "502 no"}, "502 to STARTTLS")],
)
def test_a_server_that_will_not_encrypt_gets_nothing(
    plan: dict[str, str], why: str, authority: trustme.CA, tmp_path: Path
) -> None:
    with odd_server(plan, tls_context=ours(authority)) as box:
        assert secure(box, "starttls", trusting(authority, tmp_path)).deliver(SAMPLE) == Retry(why, "channel")
        assert (box.signed_in, box.bytes) == (0, [])


@pytest.mark.parametrize("said", ["535 5.7.8 wrong password", "454 4.7.0 later", "421 bye", "what?"])
def test_credentials_that_are_refused_lose_no_message(said: str, authority: trustme.CA, tmp_path: Path) -> None:
    plan = {"AUTH": said}
    with odd_server(plan, tls_context=ours(authority)) as box:
        out = secure(box, "starttls", trusting(authority, tmp_path))
        answer = out.deliver(SAMPLE)
        assert isinstance(answer, Retry)
        assert "AUTH" in answer.why
        plan.clear()
        assert out.deliver(SAMPLE) == Delivered("250")


def test_a_server_without_starttls_is_tried_again_and_told_nothing() -> None:
    with odd_server() as box:
        assert secure(box, "starttls", None).deliver(SAMPLE) == Retry("the server has no STARTTLS", "channel")
        assert (box.signed_in, box.bytes) == (0, [])


# --- the page ---------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "channels.md"
ROW = re.compile(
    r"^\| (`[245].*?) \| (.*?) \| (tried again|failed) \| (the message|its domain|the channel|–) \|$", re.M
)
PLACES = {
    "anywhere": ("the connection", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "the message"),
    "before `MAIL`": ("the connection", "EHLO", "STARTTLS", "AUTH"),
    "up to `MAIL`": ("the connection", "EHLO", "STARTTLS", "AUTH", "MAIL"),
    "`MAIL`": ("MAIL",),
    "from `MAIL` on": ("MAIL", "RCPT", "DATA", "the message"),
    "from `RCPT` on": ("RCPT", "DATA", "the message"),
}
WAITS = {"the message": "message", "its domain": "domain", "the channel": "channel"}


def test_the_page_says_what_answers_mean() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) >= 9
    for said, place, what, who in rows:
        for one in re.findall(r"`([\d.]+)`", said):
            code, text = (int(one), b"") if "." not in one else (int(one[0] + "50"), one.encode())
            for verb in PLACES[place]:
                answer = meaning(verb, code, text)
                assert isinstance(answer, Refused if what == "failed" else Retry), (one, verb, answer)
                assert isinstance(answer, Refused) or answer.scope == WAITS[who], (one, verb, answer)
