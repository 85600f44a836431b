"""Several engines begun at once on an empty database, the connections of all breaking while its tables are made."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.faults.course import history, wanted, write
from tests.faults.proxy import COMMIT, ONLINE, Proxy
from tests.faults.rig import LONG, Engine, Place
from tests.postgres import Server

ENGINES = 3
COMMITS = 90
"""About so many it takes until three engines are at work; the first are ours, the most are of DBOS."""
Cuts = dict[int, str]


def some(seed: int, number: int) -> Cuts:
    random = Random(seed)
    return {at: random.choice(["before", "after"]) for at in random.sample(range(1, COMMITS), number)}


PLANS: list[Cuts] = [{1: "after", 5: "before", 9: "after", 22: "before", 40: "after", 62: "before"}]
if LONG:
    PLANS += [some(seed, COMMITS // 3) for seed in range(6)]
    PLANS += [{at: when} for at in range(2, COMMITS, 8) for when in ("before", "after")]


@contextmanager
def cutting(place: Place, server: Server, plan: Cuts) -> Iterator[list[int]]:
    """The place's store behind a proxy that cuts at the n-th commits of all; those that have been cut."""
    number, done, lock = count(1), list[int](), threading.Lock()

    def cut() -> str:
        with lock:
            when = plan.get(at := next(number), "")
            if when:
                done.append(at)
        return when

    folder = Path(tempfile.mkdtemp(prefix="planned-proxy-"))  # a short path, as for every socket
    proxy = Proxy(folder, server.home, cut, (COMMIT, ONLINE))
    place.store = place.store.replace(str(server.home), str(folder))
    try:
        yield done
    finally:
        proxy.close()
        shutil.rmtree(folder)


def started_again(place: Place, engines: list[Engine]) -> Callable[[], int]:
    """Starts again whoever has ended, as who runs engines does; each had said why, in one sentence."""
    again = count()

    def look() -> int:
        for at, engine in enumerate(engines):
            if engine.code is not None:
                log = engine.finish()
                assert engine.code == 3, log
                assert "Traceback" not in log, log
                assert log.splitlines()[-1].startswith("planned run: cannot "), log
                engines[at] = place.start()
                assert next(again) < 30, place.logs()
        return 0

    return look


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: "-".join(f"{at}{when[0]}" for at, when in plan.items()))
def test_engines_begun_at_once_on_an_empty_database_that_fails_all_come_up(
    postgres_place: Place, postgres: Server, plan: Cuts, figures: Callable[..., None]
) -> None:
    place, lines, begun = postgres_place, history(6), time.monotonic()
    write(place.events, lines)
    with cutting(place, postgres, plan) as done:
        engines = place.start_all(ENGINES)
        look = started_again(place, engines)
        place.wait_until(lambda: bool(look()) or not wanted(lines) - {one.what for one in place.received()})
        place.wait_until(lambda: bool(look()) or all(one.lines("serving") for one in engines))
        up = time.monotonic() - begun
        for engine in engines[:-1]:
            engine.send(signal.SIGTERM)
        for engine in engines[:-1]:
            log = engine.finish()
            assert engine.code == 0, log
        lines += (more := history(2, 100))  # the last of them does it all alone
        write(place.events, more)
        place.wait_until_all_came(wanted(lines))
        place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, cuts=done, started=len(place.engines), up=round(up, 1), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
