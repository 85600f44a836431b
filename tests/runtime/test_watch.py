"""The wall clock against the steady one, reading by reading."""

from __future__ import annotations

import time

from planned.runtime.clock import SECOND, SystemClock
from planned.runtime.watch import JUMP, ClockWatch, latest, onward

HOUR = 3600 * SECOND


class TwoClocks:
    def __init__(self) -> None:
        self.wall, self.steady = 1_000 * HOUR, 50.0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


def test_no_reading_is_more_than_an_hour_ahead_of_the_line() -> None:
    clock = TwoClocks()
    watch = ClockWatch(clock)
    assert watch.now() == clock.wall  # there is no line yet
    watch.trust()
    clock.wall += JUMP
    assert watch.now() == clock.wall
    clock.wall += 1
    assert (watch.now(), watch.excess()) == (1_000 * HOUR, JUMP + 1)
    clock.steady += 30
    clock.wall += 30 * SECOND
    assert watch.now() == 1_000 * HOUR + 30 * SECOND
    assert latest(watch) == onward(watch).now() == watch.now()


def test_set_back_the_wall_clock_counts_but_the_world_has_come_as_far_as_the_line() -> None:
    clock = TwoClocks()
    watch = ClockWatch(clock)
    watch.trust()
    clock.wall -= 2 * HOUR
    watch.trust()  # the line stays
    clock.steady += 60
    clock.wall += 60 * SECOND
    assert watch.now() == 998 * HOUR + 60 * SECOND
    assert latest(watch) == onward(watch).now() == 1_000 * HOUR + 60 * SECOND
    clock.wall += 2 * HOUR
    assert (watch.now(), watch.excess()) == (clock.wall, 0)


def test_the_machines_steady_clock_counts_sleep_and_has_a_name_that_processes_share() -> None:
    clock = SystemClock()
    counting = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    assert abs(clock.monotonic() - time.clock_gettime(counting)) < 1
    assert clock.machine == SystemClock().machine
