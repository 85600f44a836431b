"""How the engines of a store stand: the same on each store, and open to an operator while an engine is at work."""

from __future__ import annotations

import pytest

from planned.store.base import ClockMark, Standing, Store, StoreError
from planned.store.opening import open_store
from tests.contract.conftest import Durable


def test_how_the_engines_stand_is_kept(store: Store) -> None:
    assert store.standing() == Standing()
    store.halt(5)
    store.keep_zones("2026b")
    store.keep_clock("a", ClockMark(7, 8))
    store.keep_clock("b", ClockMark(None, 0, 9))
    assert store.standing() == Standing(5, "2026b", {"a": ClockMark(7, 8), "b": ClockMark(None, 0, 9)})
    store.halt(None)
    store.keep_clock("a", ClockMark(7, 10, 11))
    store.keep_clock("b", None)
    assert store.standing() == Standing(None, "2026b", {"a": ClockMark(7, 10, 11)})


def test_an_operator_halts_a_store_that_is_in_use(durable: Durable) -> None:
    engine = durable.open()
    beside = open_store(durable.address, beside=True)
    beside.halt(5)
    assert engine.standing().halted == 5
    beside.close()
    engine.halt(None)
    engine.close()
    again = open_store(durable.address, beside=True)
    assert again.standing() == Standing()
    again.close()


def test_a_store_that_is_not_there_is_not_made_in_passing(durable: Durable) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        open_store(durable.address, beside=True)
