"""A real SMTP server in a process of its own: it appends each message to a file, with fsync, before it accepts it.

`python tests/contract/receiver.py FILE [PORT]` prints its port. In FILE one JSON object a line: recipients, Message-ID,
hash of the bytes, subject, the number of the connection, the seconds of the monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Receiver:
    """Answers by the recipient's name: `gone…` is refused for good, `later…` for now. One for each connection.

    As long as there is a file FILE.away, domains called `away…` are away; with FILE.slow each message takes a while.
    """

    _serial = count(1)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = next(self._serial)

    async def handle_RCPT(  # noqa: N802 – the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 try again"
        if "@away" in address and Path(f"{self.path}.away").exists():
            return "421 come back later"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 – the name that aiosmtpd calls
        if Path(f"{self.path}.slow").exists():
            await asyncio.sleep(0.1)
        mail = message_from_bytes(envelope.content, policy=default)
        line = {
            "to": envelope.rcpt_tos,
            "id": mail["Message-ID"],
            "hash": sha256(envelope.content).hexdigest(),
            "subject": str(mail["Subject"]),
            "connection": f"{os.getpid()}.{self.connection}",
            "at": time.monotonic(),
        }
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
            out.flush()
            os.fsync(out.fileno())
        return "250 kept"


async def serve(path: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Receiver(path), hostname="receiver.test"), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 – how the test learns the port
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
