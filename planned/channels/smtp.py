"""Mail by SMTP, at least once, the same bytes under the same Message-ID; the sole importer of smtplib.

TLS is required and verified, but towards the same machine. One transaction a recipient. An unclear answer (a connection
that breaks after the last dot) counts as not delivered: a copy is better than a loss.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from planned.channels.base import Answer, Delivered, Message, Refused, Retry
from planned.channels.mail import UnfitError, address_of, build

FINAL_DOT_TIMEOUT = 600.0
"""Seconds. RFC 5321, 4.5.3.2.6: giving up earlier makes copies."""
COMMAND_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the mail goes in. `tls`: `starttls`, `implicit` (smtps), `none` to the same machine. Timeouts: seconds."""

    host: str
    port: int
    tls: str = "starttls"
    user: str | None = None
    password: str | None = None
    command_timeout: float = COMMAND_TIMEOUT
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

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        if server.tls == "none" and not is_loopback(server.host):
            raise ValueError("SMTP without TLS is for the same machine only")
        self._server = server
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def deliver(self, message: Message) -> Answer:
        try:
            raw = build(message)
        except UnfitError as error:
            return Refused(str(error))
        try:
            return self._transact(self._connected(), message, raw)
        except smtplib.SMTPResponseException as error:
            self._drop()
            return _answer(error.smtp_code, "connecting", at_connection=True)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Retry(type(error).__name__)

    def _transact(self, connection: smtplib.SMTP, message: Message, raw: bytes) -> Answer:
        sender, to = ("@".join(address_of(one)) for one in (message.sender, message.to))
        for verb, line, wanted in (
            ("MAIL", f"FROM:<{sender}>", (250,)),
            ("RCPT", f"TO:<{to}>", (250, 251)),
            ("DATA", "", (354,)),
        ):
            code, _ = connection.docmd(verb, line)
            if code not in wanted:
                self._reset(connection)
                return _answer(code, verb)
        assert connection.sock is not None
        connection.sock.settimeout(self._server.final_timeout)
        connection.send(_dotted(raw))
        code, _ = connection.getreply()
        connection.sock.settimeout(self._server.command_timeout)
        if code != 250:
            self._reset(connection)
        return _answer(code, "the message")

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
        context = self._context or ssl.create_default_context()
        if server.tls == "implicit":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.command_timeout, context=context
            )
        else:
            made = smtplib.SMTP(server.host, server.port, timeout=server.command_timeout)
        try:
            made.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                made.starttls(context=context)
                made.ehlo()
            if server.user is not None:
                made.login(server.user, server.password or "")
        except BaseException:
            made.close()
            raise
        return made

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

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


def _dotted(raw: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that begins with a dot gets another; the end is a dot alone on its line."""
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    body = (b"." + body) if body.startswith(b".") else body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _answer(code: int, verb: str, *, at_connection: bool = False) -> Answer:
    """What a reply code means. Of the server's text nothing is kept: it often has the address in it."""
    if 200 <= code < 300:
        return Delivered(str(code))
    # A server that refuses us altogether (530: credentials are wanted; a block) says nothing about this message.
    if 500 <= code < 600 and code != 530 and not at_connection:
        return Refused(f"{code} to {verb}")
    return Retry(f"{code} to {verb}" if code > 0 else f"connection lost at {verb}")
