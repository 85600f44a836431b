"""kill -9 at any moment, and engines that start all at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from tests.faults.course import history, wanted, write
from tests.faults.rig import LONG, Place

KILLS = 100 if LONG else 6
LEARNERS_A_KILL = 7 if LONG else 10
"""Of five of them four are to get two messages each."""


def kill_one(place: Place, random: Random, number: int) -> bool:
    """Kill an engine somewhere in its work, and start another in its place; whether it was delivering."""
    victim = random.choice(place.alive())
    before = len(place.received())
    if number % 3:  # it is killed while it delivers, however slow the machine
        until = time.monotonic() + 30
        while len(place.received()) == before and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
    else:  # or while it starts, reads or decides
        time.sleep(random.uniform(0, 0.4))
    at_work = len(place.received()) > before
    victim.kill()
    place.start()
    return at_work


def test_killed_at_any_moment_nothing_is_lost_and_nothing_decided_twice(
    place: Place, figures: Callable[..., None]
) -> None:
    random, lines, begun = Random(7), [], time.monotonic()
    for engine in place.start_all(place.workers):
        engine.begun()
    at_work = 0
    for number in range(KILLS):
        more = history(LEARNERS_A_KILL, LEARNERS_A_KILL * number)
        lines += more
        write(place.events, more)
        at_work += kill_one(place, random, number)
    expected = wanted(lines)
    place.wait_until_all_came(expected)
    place.stop_all()
    verdict = place.verdict(expected)
    figures(verdict, kills=KILLS, at_work=at_work, workers=place.workers, seconds=round(time.monotonic() - begun))
    assert verdict.whole(copies=at_work), verdict
    assert at_work >= KILLS // 3, "it was hardly ever killed at work"


def test_of_eight_engines_started_at_once_each_message_is_decided_once(
    place: Place, figures: Callable[..., None]
) -> None:
    lines = history(20)
    write(place.events, lines)
    begun = time.monotonic()
    for engine in place.start_all(8):
        engine.begun()
    place.wait_until_all_came(wanted(lines))
    serving = place.alive()
    refused = [engine for engine in place.engines if engine not in serving]
    for engine in refused:
        assert (engine.code, "in use by another process" in engine.log()) == (3, True), engine.log()
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, serving=len(serving), refused=len(refused), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
    assert len(serving) == (1 if place.workers == 1 else 8)
