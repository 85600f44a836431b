"""Messages on the standard output: for trying things out. Nobody gets anything."""

from __future__ import annotations

import sys
from typing import TextIO

from planned.channels.base import Answer, Delivered, Message


class ConsoleChannel:
    """Prints each message; at least once."""

    by_id = True

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out

    def deliver(self, message: Message) -> Answer:
        out = self._out or sys.stdout
        lines = [f"To: {message.to}", f"Subject: {message.subject}", "", message.text, "", "-" * 72, ""]
        out.write("\n".join(lines))
        out.flush()
        return Delivered()

    def rest(self) -> None:
        """Nothing is kept open."""
