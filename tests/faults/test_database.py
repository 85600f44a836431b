"""PostgreSQL that goes away under a live engine and comes back, in order or as in a crash."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.faults.course import history, wanted, write
from tests.faults.rig import LONG, Place
from tests.postgres import Server

RESTARTS = 10
CUTS = 100 if LONG else 10
BACK = 10.0
"""Seconds after the server's return within which messages are to flow again."""


def test_restarted_ten_times_it_costs_no_message_and_no_copy(
    postgres_place: Place, postgres: Server, figures: Callable[..., None]
) -> None:
    place, lines, back = postgres_place, history(10), []
    write(place.events, lines)
    place.start_all(place.workers)
    place.wait_until_all_came(wanted(lines))
    begun = time.monotonic()
    for number in range(RESTARTS):
        more = history(10, 10 * (number + 1))
        lines += more
        write(place.events, more)
        if number % 2:  # while it delivers; else while it reads or decides
            place.wait_for_more()
        postgres.stop(signal.SIGQUIT if number % 4 > 1 else signal.SIGINT)
        postgres.start()
        back.append(place.wait_until_all_came(wanted(lines)))
    replay = [*lines, *(more := history(2, 1001))]  # what comes again is known
    write(place.events, replay)
    place.wait_until_all_came(wanted(more))
    lines += more
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, slowest_back=round(max(back), 1), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
    assert max(back) < BACK
