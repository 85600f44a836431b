"""`planned hold` and `planned resume`, beside an engine at work, on both stores."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from planned.cli.main import main
from planned.store.opening import open_store
from tests.faults.test_clock import DAY, HOUR, LEARNERS, World, wait_for, world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def said(world: World, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([arguments[0], "--store", world.address, *arguments[1:]]) == 0
    return capsys.readouterr().out


def test_held_nothing_leaves_and_events_are_taken_in(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.happens(0, LEARNERS)
    with world.running() as engine:
        wait_for(lambda: engine.store.counts()["waiting"] == LEARNERS)
        shown = said(world, capsys, "hold")
        assert f"People for whom something waits: {LEARNERS}" in shown
        assert "add --yes" in shown
        assert world.said("halted") == 0
        assert "Held." in said(world, capsys, "hold", "--yes")
        assert "Held since" in said(world, capsys, "hold", "--yes")
        wait_for(lambda: world.said("halted") == 1)
        world.happens(LEARNERS, LEARNERS + 1)
        world.clock.sleep(HOUR + 1)
        wait_for(lambda: engine.store.counts()["events"] == LEARNERS + 1)
        time.sleep(0.2)
        assert (world.tries, engine.store.counts()["decisions"]) == (0, 0)
        shown = said(world, capsys, "resume")
        assert "Held since" in shown
        assert "add --yes" in shown
        assert "Resumed." in said(world, capsys, "resume", "--yes")
        wait_for(lambda: world.texts() == {"soon": LEARNERS + 1})
    assert said(world, capsys, "resume", "--yes") == "Nothing is held and no clock is in doubt.\n"


def test_what_is_decided_and_not_handed_over_is_held_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.happens(0, 1)
    world.away = True
    with world.running():
        wait_for(lambda: world.source.reads > 1)
        world.clock.sleep(HOUR + 1)
        wait_for(lambda: world.tries == 1)
        said(world, capsys, "hold", "--yes")
        wait_for(lambda: world.said("halted") == 1)
        world.away = False
        world.clock.sleep(HOUR)
        time.sleep(1.2)
        assert world.tries == 1
        said(world, capsys, "resume", "--yes")
        wait_for(lambda: world.texts() == {"soon": 1})


def test_an_operator_says_that_a_clock_in_doubt_is_right(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.happens(0, 1)
    with world.running() as engine:
        wait_for(lambda: engine.store.counts()["events"] == 1)
        world.clock.set(DAY)
        # It is said in the log a moment before it is stored.
        wait_for(lambda: bool(engine.store.standing().clocks) and "in doubt shows" in said(world, capsys, "resume"))
        assert world.said("clock suspect") == 1
        shown = said(world, capsys, "resume")
        assert "A clock in doubt shows 2026-09-02T08:00:0" in shown
        assert "it was trusted last at 2026-09-01T08:00:0" in shown
        said(world, capsys, "resume", "--yes")
        wait_for(lambda: world.texts() == {"soon": 1})
        assert world.said("clock trusted") == 1
    with world.running():
        world.passes(60)
    assert world.said("clock suspect") == 1


def test_once_says_why_nothing_was_done(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.rules").write_text('every course rule r after completion of Quiz1 send "x"')
    address = f"sqlite:///{tmp_path / 's.db'}"
    run = ["run", str(tmp_path / "a.rules"), "--store", address, "--once", "--channel", "console"]
    assert main(run) == 0
    assert main(["hold", "--store", address, "--yes"]) == 0
    assert main(run) == 3
    assert "it is held; to go on write planned resume" in capfd.readouterr().err
    assert main(["resume", "--store", address, "--yes"]) == 0
    assert main(run) == 0


def test_a_clock_that_shows_less_than_the_store_has_seen_is_doubted_by_once_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.rules").write_text('every course rule r after completion of Quiz1 send "x"')
    address = f"sqlite:///{tmp_path / 's.db'}"
    run = ["run", str(tmp_path / "a.rules"), "--store", address, "--once", "--channel", "console"]
    assert main(run) == 0
    store = open_store(address)
    ((machine, mark),) = store.standing().clocks.items()
    store.keep_clock(machine, None)
    store.keep_clock("an earlier boot", type(mark)(mark.ahead, mark.trusted + 2 * HOUR * 1_000_000))
    store.close()
    assert main(run) == 3
    assert "the clock is in doubt" in capfd.readouterr().err
    assert main(["resume", "--store", address]) == 0
    assert "The store was last used at" in capfd.readouterr().out
    assert main(["resume", "--store", address, "--yes"]) == 0
    assert main(run) == 0
