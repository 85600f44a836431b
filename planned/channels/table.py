"""The channels that come with `planned`, by the word that stands before the colon."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from planned.channels.base import Channel
from planned.channels.console import ConsoleChannel
from planned.channels.maildir import MaildirChannel
from planned.channels.smtp import Server, SmtpChannel, is_loopback

KINDS = ("console", "maildir", "smtp", "smtps")
"""`console`, `maildir:DIR`, `smtp://HOST:PORT`, `smtps://HOST:PORT`."""


class Timeouts(TypedDict, total=False):
    """Seconds: those of `planned.channels.smtp.Server`."""

    connect_timeout: float
    answer_timeout: float
    final_timeout: float


class ChannelError(ValueError):
    """There is no such channel, or it may not be used so; the text says what to write."""


def open_channel(
    spec: str, user: str | None = None, password: str | None = None, **timeouts: Unpack[Timeouts]
) -> Channel:
    """The channel that `KIND:PLACE` stands for; nothing is connected yet. Raises ChannelError."""
    kind, _, place = spec.partition(":")
    match kind:
        case "console" if not place:
            return ConsoleChannel()
        case "maildir" if place:
            return MaildirChannel(place)
        case "smtp" | "smtps":
            server = replace(_server(spec), user=user, password=password, **timeouts)
            return SmtpChannel(server)
        case _:
            raise ChannelError(
                f"{spec!r} is no channel: write console, maildir:DIR, smtp://HOST:PORT or smtps://HOST:PORT"
            )


def _server(spec: str) -> Server:
    """Without TLS to the same machine only; elsewhere `smtp` starts TLS before anything is said."""
    try:
        url = urlsplit(spec)
        host, port = url.hostname, url.port
    except ValueError as error:
        raise ChannelError(f"{spec!r} is no mail server: write smtp://HOST:PORT") from error
    if not host or url.path.strip("/") or url.query or url.fragment:
        raise ChannelError(f"{spec!r} is no mail server: write smtp://HOST:PORT")
    if url.username or url.password:
        # The address itself may not be repeated: there is a password in it.
        raise ChannelError("user and password of a mail server belong in the settings, the password as env:NAME")
    if url.scheme == "smtps":
        return Server(host=host, port=port or 465, tls="implicit")
    return Server(host=host, port=port or 587, tls="none" if is_loopback(host) else "starttls")
