"""Bad values are stopped at the edge, in one place: what the engine sets aside is the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planned.cli.quarantine import REASONS
from planned.store.opening import open_store
from tests.badinput.running import Ran, in_bounds, rule, run, run_apart, started, written
from tests.badinput.test_events import BAD, GOOD, HEAVY, event
from tests.badinput.test_names import NAMES
from tests.postgres import Server
from tests.strategies import LONG

RULE = rule(text='"Hello {{ user.firstname }}." subject "To {{ user.firstname }}"').replace("at 09:00", "")
AHEAD = event(id="ahead", time="2099-01-01T00:00:00Z")
CASES = BAD | {"ahead of the clock": (AHEAD, "ahead-of-time")}
WEEKS = ["--since", "2026-01-01T00:00:00Z"]


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 's.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.address(server.database())


def take_in(store: str, folder: Path, *lines: bytes, apart: bool = False) -> Ran:
    events = folder / "events.jsonl"
    events.write_bytes(b"\n".join(lines) + b"\n")
    rules = written(folder, RULE)
    command = ("run", rules, "--once", "--store", store, "--source", f"jsonl:{events}", "--channel", "console", *WEEKS)
    return (run_apart if apart else run)(*command)


def kept(store: str) -> tuple[dict[str, int], list[dict[str, Any]], set[str]]:
    """What is counted, what is set aside, and for whom something was decided."""
    aside = run("quarantine", "--store", store, "--format", "jsonl")
    assert (aside.code, aside.err) == (0, "")
    opened = open_store(store, read_only=True)
    decided = {one.learner for one in opened.decisions()}
    counts = opened.counts()
    opened.close()
    return counts, [json.loads(line) for line in aside.out.splitlines()], decided


@pytest.mark.parametrize("case", CASES)
def test_it_is_set_aside_with_a_reason_and_the_stream_goes_on(case: str, store: str, tmp_path: Path) -> None:
    line, reason = CASES[case]
    ran = take_in(store, tmp_path, json.dumps(GOOD).encode(), line, event(id="y", learner="carol"))
    assert ran.code == 0
    assert in_bounds(ran)
    said = {one["what"]: one for one in map(json.loads, ran.err.splitlines())}
    assert said["quarantined"]["reasons"] == {reason: 1}
    counts, (aside,), decided = kept(store)
    assert (counts["events"], counts["quarantined"]) == (2, 1)
    assert decided == {"alice", "carol"}
    assert aside["reason"] == reason
    assert reason in REASONS
    assert aside["message"].strip(" .…")
    assert aside["help"]
    # The line is named, or the event.
    assert aside.get("where") == "events.jsonl:2" or aside["event"]["id"] in ("good", "ahead")


def test_what_is_heavy_stays_in_bounds(store: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = [line for line, _ in HEAVY.values()]
    ran = take_in(store, tmp_path, *lines, json.dumps(GOOD).encode(), apart=True)
    assert ran.peak < 200, f"{ran.peak:.0f} MB"
    assert ran.cpu < started(tmp_path_factory.getbasetemp()) + len(lines)
    counts, aside, decided = kept(store)
    # The archive has line breaks in it, as any bytes may.
    assert dict.fromkeys(one["reason"] for one in aside) == dict.fromkeys(reason for _, reason in HEAVY.values())
    assert len(aside) < 2 * len(lines)
    assert len(json.dumps(aside)) < 300_000, "what is huge is not kept whole"
    assert counts["events"] == 1
    assert decided == {"alice"}


def test_names_that_are_none_are_kept_and_written_alike(store: str, tmp_path: Path) -> None:
    lines = []
    for number, name in enumerate(NAMES.values()):
        who = f"learner{number}"
        profile = {"id": f"p{number}", "time": GOOD["time"], "kind": "profile", "learner": who}
        lines.append(json.dumps(profile | {"user": {"firstname": name}}).encode())
        lines.append(event(id=f"c{number}", learner=who))
        # As an id, too: what cannot be one is set aside.
        lines.append(event(id=f"n{number}", learner=name))
    ran = take_in(store, tmp_path, *lines)
    assert ran.code == 0
    counts, aside, decided = kept(store)
    assert {one["reason"] for one in aside} == {"empty-name", "long-name"}
    assert counts["events"] == len(lines) - len(aside)
    assert {f"learner{number}" for number in range(len(NAMES))} <= decided
    opened = open_store(store, read_only=True)
    for decision in opened.decisions():
        assert "49" not in (decision.text or "")
        assert not set("\r\n\u202e") & set(decision.subject or "")
    opened.close()


@pytest.mark.parametrize("number", [50_000, *([1_000_000] if LONG else [])])
def test_many_events_of_one_learner_are_taken_in_at_the_pace_of_few(number: int, tmp_path: Path) -> None:
    """Time must not grow with their square, and memory not with their number."""
    few, many = (_visits(tmp_path / str(some), some) for some in (number // 5, number))
    assert few.code == many.code == 0
    assert many.cpu < 8 * few.cpu
    assert many.peak < 200, f"{many.peak:.0f} MB"
    assert json.loads(many.err.splitlines()[-1])["events"] == number + 1


def _visits(folder: Path, number: int) -> Ran:
    folder.mkdir()
    visit = json.dumps(GOOD | {"id": "v%d", "kind": "viewing", "time": "2026-09-%02dT%02d:%02d:00Z"})
    steps = ((one * 20 * 1440) // number for one in range(number))
    lines = (visit % (one, 4 + at // 1440, at // 60 % 24, at % 60) for one, at in enumerate(steps))
    return take_in(
        f"sqlite:///{folder / 's.db'}", folder, json.dumps(GOOD).encode(), *map(str.encode, lines), apart=True
    )
