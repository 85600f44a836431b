"""Which rules are in force where several engines serve: those of whoever came last with new ones."""

from __future__ import annotations

from typing import Any

import pytest

from planned import compile_rules
from planned.runtime.log import Log
from planned.runtime.work import Setup, Work
from planned.store.base import SupersededError
from planned.testing import VirtualClock
from tests.simulation.shared import Seat, SharedMemory

OLD = 'course C timezone UTC rule r after completion of Quiz1 send "old"'
NEW = OLD.replace("old", "new")


def started(shared: SharedMemory, name: str, rules: str) -> Work:
    """An engine of that name, which may have been at work before; it has not taken up its rules yet."""
    if name in shared.seats:
        shared.seats[name].close()
    seat: Any = Seat(name, shared, shared)  # the verbs of all stores are the common ones
    return Work(compile_rules(rules).graph, seat, VirtualClock("2026-09-01T00:00:00Z"), Setup(), Log())


def test_a_machine_that_restarts_amid_a_change_does_not_turn_it_back() -> None:
    shared = SharedMemory()
    for name, rules in (("a", OLD), ("b", OLD), ("a", NEW)):
        work = started(shared, name, rules)
        work.deploy()
        assert work.in_force()
    with pytest.raises(SupersededError):
        started(shared, "b", OLD).deploy()


def test_rules_taken_back_on_one_machine_after_the_other_are_in_force_in_the_end() -> None:
    shared = SharedMemory()
    for name, rules in (("a", OLD), ("b", OLD), ("a", NEW), ("b", NEW)):
        work = started(shared, name, rules)
        work.deploy()
        assert work.in_force()
    first = started(shared, "a", OLD)
    with pytest.raises(SupersededError):
        first.deploy()
    second = started(shared, "b", OLD)
    second.deploy()
    first.deploy()
    assert first.in_force()
    assert second.in_force()
