"""PostgreSQL that goes away under a live engine and comes back, in order or as in a crash."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

from tests.faults.course import Line, history, wanted, write
from tests.faults.proxy import Proxy
from tests.faults.rig import LONG, PATIENCE, Place
from tests.postgres import Server

RESTARTS = 12 if LONG else 4
AWAY = 70.0
"""Seconds that it is away once in a long run: longer than the silence after which an engine is taken to be gone."""
CUTS = 100 if LONG else 10
BACK = 10.0
"""Seconds after the server's return within which messages are to flow again."""


def test_restarted_again_and_again_it_costs_no_message_and_no_copy(
    postgres_place: Place, postgres: Server, figures: Callable[..., None]
) -> None:
    """In order and as in a crash; amid deliveries and decisions; at once, after a recovery, after a while."""
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
        if number == 5:
            time.sleep(AWAY)
        postgres.start(recovering=number % 4 == 3)
        back.append(place.wait_until_all_came(wanted(lines)))
    replay = [*lines, *(more := history(2, 1001))]  # what comes again is known
    write(place.events, replay)
    place.wait_until_all_came(wanted(more))
    lines += more
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    slowest = f"{max(back):.1f} of {len(back)}"
    figures(verdict, slowest_back=slowest, seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
    assert max(back) < (BACK if LONG else PATIENCE)


def test_commits_whose_answer_is_lost_cost_no_message_and_no_copy(
    postgres_place: Place, postgres: Server, figures: Callable[..., None]
) -> None:
    place, random, commits, cuts = postgres_place, Random(5), count(1), Counter[str]()
    next_cut = 2

    def cut() -> str:
        nonlocal next_cut
        if not begun or next(commits) < next_cut or cuts.total() >= CUTS:
            return ""
        next_cut += random.randint(5, 60)
        when = random.choice(["before", "after", "after"])
        cuts[when] += 1
        return when

    folder = Path(tempfile.mkdtemp(prefix="planned-proxy-"))  # a short path, as for every socket
    proxy = Proxy(folder, postgres.home, cut)
    place.store = place.store.replace(str(postgres.home), str(folder))
    lines: list[Line] = []
    begun = 0.0
    try:
        place.start_all(place.workers)
        number = 0
        while cuts.total() < CUTS or not number:
            lines += (more := history(20, 20 * number))
            write(place.events, more)
            place.wait_until_all_came(wanted(lines), 120)
            # From now on: one that cannot open its store at all ends, and is started again by who started it.
            begun = begun or time.monotonic()
            number += 1
        place.stop_all()
    finally:
        proxy.close()
        shutil.rmtree(folder)
    verdict = place.verdict(wanted(lines))
    figures(verdict, cuts=dict(cuts), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
