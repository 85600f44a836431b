"""Mail by SMTP, at least once, the same bytes under the same Message-ID; the sole importer of smtplib.

TLS is required and verified, but towards the same machine. One transaction a recipient. An unclear answer (a connection
that breaks after the last dot) counts as not delivered: a copy is better than a loss.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from threading import Event, Timer
from typing import Literal

from planned.channels.address import UnfitError, address_of
from planned.channels.base import Answer, Delivered, Message, Refused, Retry
from planned.channels.mail import bytes_of

FINAL_DOT_TIMEOUT = 600.0
"""Seconds. RFC 5321, 4.5.3.2.6: giving up earlier makes copies."""
ANSWER_TIMEOUT = 60.0
CONNECT_TIMEOUT = 30.0
SENDING = 3
"""Times the timeout of an answer: for the bytes of the mail to be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the mail goes in. `tls`: `starttls`, `implicit` (smtps), `none` to the same machine. Timeouts: seconds."""

    host: str
    port: int
    tls: str = "starttls"
    user: str | None = None
    password: str | None = None
    connect_timeout: float = CONNECT_TIMEOUT
    answer_timeout: float = ANSWER_TIMEOUT
    """For the whole answer to one verb."""
    final_timeout: float = FINAL_DOT_TIMEOUT


def is_loopback(host: str) -> bool:
    """Whether the host is this very machine: `localhost` or a loopback address."""
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class SmtpChannel:
    """Keeps its connection from one message to the next until `rest`."""

    mails = True

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        if server.tls == "none" and not is_loopback(server.host):
            raise ValueError("SMTP without TLS is for the same machine only")
        self._server = server
        self._context = context or (ssl.create_default_context() if server.tls != "none" else None)
        self._connection: smtplib.SMTP | None = None
        self._at = ""
        """The verb that is being answered."""
        verbs = 2 + len(("EHLO", "STARTTLS", "EHLO", "AUTH", "AUTH", "NOOP", "MAIL", "RCPT", "DATA")) + SENDING
        self.longest = server.connect_timeout + verbs * server.answer_timeout + server.final_timeout
        """Seconds, if each answer comes at the last moment."""

    def deliver(self, message: Message) -> Answer:
        try:
            raw = bytes_of(message)
            sender, to = ("@".join(address_of(one)) for one in (message.envelope or message.sender, message.to))
        except UnfitError as error:
            return Refused(str(error))
        try:
            return self._transact(self._connected(), sender, to, raw)
        except smtplib.SMTPResponseException as error:
            self._drop()
            return meaning(self._at, error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return Retry(self._trouble(error), scope_of(self._at), unclear=self._at == MESSAGE)

    def _trouble(self, error: Exception) -> str:
        match error:
            case ssl.SSLCertVerificationError():
                return f"the certificate of {self._server.host} does not hold: {error.verify_message}"
            case TimeoutError():
                return f"no answer to {self._at}"
            case smtplib.SMTPServerDisconnected() | ConnectionError():
                return f"connection lost at {self._at}"
            case smtplib.SMTPNotSupportedError():
                return f"the server has no {self._at}"
            case _:
                return f"{type(error).__name__} at {self._at}"

    # --- one message ------------------------------------------------------------------------------

    def _transact(self, connection: smtplib.SMTP, sender: str, to: str, raw: bytes) -> Answer:
        wide = not (raw.isascii() and sender.isascii() and to.isascii())
        if wide and not connection.has_extn("smtputf8"):
            return Refused("the address has other letters than those of ASCII, and the server no SMTPUTF8")
        limit = _size(connection)
        if limit and len(raw) > limit:
            return Refused(f"the mail has {len(raw)} bytes, and the server takes {limit}")
        connection.command_encoding = "utf-8" if wide else "ascii"
        options = f" SIZE={len(raw)}" * connection.has_extn("size") + " BODY=8BITMIME SMTPUTF8" * wide
        for verb, line in (("MAIL", f"FROM:<{sender}>{options}"), ("RCPT", f"TO:<{to}>"), ("DATA", "")):
            self._at = verb
            code, text = connection.docmd(verb, line)
            if code not in GO_ON[verb]:
                return self._refused(connection, code, text)
        self._at = MESSAGE
        return self._send(connection, raw)

    def _send(self, connection: smtplib.SMTP, raw: bytes) -> Answer:
        assert connection.sock is not None
        connection.sock.settimeout(SENDING * self._server.answer_timeout)
        connection.send(_dotted(raw))
        connection.sock.settimeout(self._server.final_timeout)
        code, text = connection.getreply()
        connection.sock.settimeout(self._server.answer_timeout)
        if 200 <= code < 300:
            return Delivered(str(code))
        return self._refused(connection, code, text)

    def _refused(self, connection: smtplib.SMTP, code: int, text: bytes) -> Answer:
        """After an answer that stops this message: the connection is used on if server and we are still in step."""
        verb, out_of_step = self._at, code == 421 or not 400 <= code < 600
        if out_of_step:
            self._drop()
        else:
            try:
                connection.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()
        return meaning(verb, code, text)

    # --- the connection ---------------------------------------------------------------------------

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            try:
                if self._connection.noop()[0] == 250:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        self._at = "the connection"
        if server.tls == "implicit":
            made: smtplib.SMTP = _TlsConnection(
                server.host, server.port, _our_name(), timeout=server.connect_timeout, context=self._context
            )
        else:
            made = _Connection(server.host, server.port, _our_name(), timeout=server.connect_timeout)
        try:
            assert made.sock is not None
            made.sock.settimeout(server.answer_timeout)
            self._greet(made)
        except BaseException:
            made.close()
            raise
        return made

    def _greet(self, made: smtplib.SMTP) -> None:
        server = self._server
        self._at = "EHLO"
        made.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            self._at = "STARTTLS"
            made.starttls(context=self._context)
            self._at = "EHLO"
            made.ehlo_or_helo_if_needed()  # what was said before TLS counts for nothing (RFC 3207, 4.2)
        if server.user is not None:
            self._at = "AUTH"
            made.login(server.user, server.password or "")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rest(self) -> None:
        """Say goodbye to the server."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._drop()


class _Connection(smtplib.SMTP):
    """An answer must be whole within the timeout: `smtplib` gives as much to each byte, without end."""

    def getreply(self) -> tuple[int, bytes]:
        assert self.sock is not None
        cut = Event()
        late = Timer(self.sock.gettimeout() or ANSWER_TIMEOUT, _shut, (self.sock, cut))
        late.daemon = True
        late.start()
        try:
            reply = super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError) or cut.is_set():
                raise TimeoutError from error
            raise
        finally:
            late.cancel()
        if cut.is_set():  # what had come by then is taken for a whole line
            raise TimeoutError
        return reply


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """With TLS from the first byte."""


@cache
def _our_name() -> str:
    """As which we greet; `smtplib` would ask the name server at each connection."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


def _shut(sock: socket.socket, cut: Event) -> None:
    cut.set()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not TLS's own, which would change what is being read


def _size(connection: smtplib.SMTP) -> int:
    """How many bytes a mail may have for this server; 0: it does not say (RFC 1870, 4)."""
    said = connection.esmtp_features.get("size", "").strip()
    return int(said) if said.isascii() and said.isdigit() else 0


def _dotted(raw: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that begins with a dot gets another; the end is a dot alone on its line."""
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    body = (b"." + body) if body.startswith(b".") else body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


# --- what an answer means -------------------------------------------------------------------------

Scope = Literal["message", "domain", "channel"]
MESSAGE = "the message"
GO_ON = {"MAIL": range(250, 260), "RCPT": range(250, 260), "DATA": range(354, 355)}
"""The answers after which the next verb follows; all others end the attempt."""
ABOUT_MESSAGE = ("RCPT", "DATA", MESSAGE)
"""Where a 5xx is about this recipient or this mail. Before it is about us, and says nothing of this message."""
LOST = (500, 501, 502, 503, 504)
"""The server does not follow us."""
CREDENTIALS = (530, 535, 538)
"""It wants others, wherever it says so (RFC 4954, 6)."""
_CREDENTIALS = ("5.7.8", "5.7.9", "5.7.11")
_UNFIT = ("5.2.3", "5.3.4", "5.6.7")
"""RFC 3463, RFC 6531: longer than the mailbox or the server takes; addresses beyond ASCII."""
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)")


def meaning(verb: str, code: int, text: bytes | str) -> Answer:
    """What an answer that ends an attempt says of the message. RFC 5321, 4.2; RFC 3463 for the three numbers.

    Of the server's text nothing else is kept: it often has the address in it.
    """
    found = _ENHANCED.match(text.encode(errors="replace") if isinstance(text, str) else text)
    numbers = found[1].decode() if found else ""
    why = " ".join(part for part in (str(code), numbers, "to", verb) if part)
    if code <= 0:
        return Retry(f"no SMTP at {verb}", scope_of(verb), unclear=verb == MESSAGE)
    if code in CREDENTIALS or numbers in _CREDENTIALS:
        return Retry(why, "channel")
    if code == 421:  # RFC 5321, 3.8
        return Retry(why, scope_of(verb))
    if not 500 <= code < 600:
        return Retry(why, _alone(verb), unclear=verb == MESSAGE and not 400 <= code < 500)
    unfit = verb == "MAIL" and (code == 552 or numbers in _UNFIT)
    about_it = verb in ABOUT_MESSAGE and (code not in LOST or code == 501)
    return Refused(why) if about_it or unfit else Retry(why, _alone(verb))


def scope_of(verb: str) -> Scope:
    """Whom it concerns when the server says nothing more: before there is a recipient, everybody."""
    return "domain" if verb in ABOUT_MESSAGE else "channel"


def _alone(verb: str) -> Scope:
    """Whom an answer concerns: with a sender or a recipient, him alone (greylisting, a full mailbox)."""
    return "message" if verb == "MAIL" or verb in ABOUT_MESSAGE else "channel"
