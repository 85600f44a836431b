"""A process that delivers what a store has, once through, and can be made to die or to stand still at a named point.

`python -m tests.faults.courier STORE ENGINE PORT [POINT] [LIMIT]`. Points: `data` dies before DATA is said, `accepted`
after the receiver's yes and before that is stored; `stop-claimed` stands still (SIGSTOP) after a claim, `stop-accepted`
after the receiver's yes; `at-most-once` is `accepted` on such terms. It prints what each `settle` gave.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sys
from typing import Any

from planned.channels.base import Answer, Message
from planned.channels.smtp import Server, SmtpChannel
from planned.runtime.clock import SECOND, SystemClock
from planned.runtime.deliver import Deliverer
from planned.runtime.log import Log
from planned.store.delivery import Rate, Terms
from planned.store.opening import open_store

LEASE = 1.5
"""Seconds."""


class Channel(SmtpChannel):
    """The real one, which dies or stands still when a message has been accepted."""

    def __init__(self, port: int, number: signal.Signals | None) -> None:
        super().__init__(Server(host="127.0.0.1", port=port, tls="none"))
        self.longest = 0.7  # on this machine, to this server
        self._number = number

    def deliver(self, message: Message) -> Answer:
        answer = super().deliver(message)
        if self._number is not None:
            number, self._number = self._number, None
            os.kill(os.getpid(), number)
        return answer


def die_before_data() -> None:
    real = smtplib.SMTP.docmd

    def docmd(self: smtplib.SMTP, cmd: str, args: str = "") -> Any:
        if cmd == "DATA":
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, cmd, args)

    smtplib.SMTP.docmd = docmd  # type: ignore[method-assign]  # only in this process


def main(address: str, engine: str, port: str, point: str = "", limit: str = "") -> None:
    store: Any = open_store(address, engine=engine)
    claim, settle = store.claim, store.settle

    def stop_after_claim(*args: Any) -> Any:
        store.claim = claim
        found = claim(*args)
        os.kill(os.getpid(), signal.SIGSTOP)
        return found

    def told_settle(*args: Any, **more: Any) -> bool:
        done: bool = settle(*args, **more)
        print("settled", done, flush=True)  # noqa: T201 – how the test learns it
        return done

    store.settle = told_settle
    if point == "stop-claimed":
        store.claim = stop_after_claim
    if point == "data":
        die_before_data()
    ends = {"accepted": signal.SIGKILL, "at-most-once": signal.SIGKILL, "stop-accepted": signal.SIGSTOP}
    channel = Channel(int(port), ends.get(point))
    terms = Terms(
        limit=Rate(int(limit), 24 * 3600 * SECOND) if limit else None, at_most_once=point.startswith("at-most")
    )
    deliverer = Deliverer(
        store, {"email": channel}, SystemClock(), Log(), terms={"email": terms}, lease=int(LEASE * SECOND)
    )
    deliverer.deliver_due("email")
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
