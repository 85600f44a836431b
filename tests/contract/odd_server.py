"""A real SMTP server in a thread, which misbehaves at one verb: it answers otherwise, hangs, drips or hangs up."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HANG, CUT, DRIP = "hang", "cut", "drip"


@dataclass
class Box:
    """What the server took, and how often each verb was said to it."""

    port: int = 0
    bytes: list[bytes] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    """Mails that it read, and did not take."""
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    signed_in: int = 0


class _Handler:
    def __init__(self, box: Box, plan: Mapping[str, str]) -> None:
        self.box = box
        self.plan = plan

    async def handle_DATA(self, server: Odd, session: Session, envelope: Envelope) -> str:  # noqa: N802 – aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        what = self.plan.get(".", "250 kept")
        if what.startswith("250") or what in (HANG, CUT, DRIP):
            self.box.bytes.append(envelope.content)
            self.box.senders.append(envelope.mail_from or "")
            self.box.recipients += envelope.rcpt_tos
        else:
            self.box.refused.append(envelope.content)
        if await server.misbehaved("."):
            server.transport.abort()
        return what


class Odd(SMTP):
    """`plan`: by verb (`greeting`, `.` for the end of the mail) what comes instead of the right answer."""

    def __init__(self, box: Box, plan: Mapping[str, str], **more: Any) -> None:
        super().__init__(_Handler(box, plan), hostname="odd.test", authenticator=self._sign_in, **more)
        self.box = box
        self.plan = plan
        self.silent = True

    def _sign_in(self, *_: object) -> AuthResult:
        self.box.signed_in += 1
        return AuthResult(success=True)

    async def misbehaved(self, verb: str) -> bool:
        """Whether something else than an answer came."""
        match self.plan.get(verb):
            case "hang":
                await asyncio.sleep(5)
            case "cut":
                self.transport.abort()
            case "drip":
                for _ in range(50):
                    self._writer.write(b"2")
                    await asyncio.sleep(0.05)
            case _:
                return False
        return True

    async def push(self, status: Any) -> None:
        if self.silent:  # the first thing that it says
            self.silent = False
            self.box.connections += 1
            if await self.misbehaved("greeting"):
                self.transport.abort()
            status = self.plan.get("greeting", status)
        await super().push(status)

    async def _instead(self, verb: str) -> bool:
        if await self.misbehaved(verb):
            self.transport.abort()
        elif verb in self.plan:
            await self.push(self.plan[verb])
        else:
            return False
        return True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 – aiosmtpd's name
        if not await self._instead("DATA"):
            await super().smtp_DATA(arg)


@contextmanager
def odd_server(
    plan: Mapping[str, str] | None = None, *, implicit: ssl.SSLContext | None = None, **more: Any
) -> Iterator[Box]:
    """It runs until the block ends; `plan` may be changed on the way. `more` goes to aiosmtpd."""
    box = Box()
    loop = asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        return await loop.create_server(
            lambda: Odd(box, {} if plan is None else plan, loop=loop, **more), "127.0.0.1", 0, ssl=implicit
        )

    loop.set_exception_handler(lambda *_: None)  # hanging up on a peer is no news here
    server = loop.run_until_complete(start())
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
