"""What was set aside is listed with what to do about it, and comes back once its cause is mended: on both stores."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from planned.cli import quarantine as command
from planned.runtime import work as work_module
from planned.runtime.clock import SECOND, SystemClock, VirtualClock, datetime_of
from planned.store.base import Batch, Quarantined
from planned.store.opening import open_store
from tests.badinput.running import Ran, rule, run, written
from tests.postgres import Server
from tests.runtime.test_systematic import breaking

VISIT = {"time": "2026-09-03T14:10:00+02:00", "kind": "access", "course": "C"}
SOON = 20 * 60 * SECOND


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 's.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.address(server.database())


def take_in(store: str, folder: Path, *lines: dict[str, Any] | bytes) -> Ran:
    events = folder / "events.jsonl"
    events.write_bytes(b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines))
    rules = written(folder, rule())
    return run("run", rules, "--once", "--store", store, "--source", f"jsonl:{events}", "--channel", "console")


def listed(store: str, *more: str) -> list[dict[str, Any]]:
    ran = run("quarantine", "--store", store, "--format", "jsonl", *more)
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def counts(store: str) -> dict[str, int]:
    opened = open_store(store, read_only=True)
    try:
        return opened.counts()
    finally:
        opened.close()


def ahead(by: int) -> str:
    return datetime_of(SystemClock().now() + by).isoformat()


def test_it_is_listed_by_reason_with_what_to_do(store: str, tmp_path: Path) -> None:
    take_in(
        store,
        tmp_path,
        *({**VISIT, "id": f"n{n}", "learner": "a", "time": "yesterday"} for n in range(7)),
        b'{"id": "x", "learner": "\xc3"}',
        {**VISIT, "id": "soon", "learner": "bob", "time": ahead(SOON)},
    )
    ran = run("quarantine", "--store", store)
    assert ran.code == 0
    head, *rest = ran.out.splitlines()
    assert head == "bad-time  7"
    assert re.fullmatch(r"  20..-..-..T..:..:..Z  events.jsonl:1  .*yesterday.*", rest[0])
    assert rest[1] == "    “time” is not a time: yesterday"
    assert "  Write it with its offset, as 2026-09-03T14:10:00+02:00 or 2026-09-03T12:10:00Z." in rest
    assert "  and 2 more: --format jsonl lists all" in rest
    assert [line for line in rest if re.match(r"\S+  \d+$", line)] == ["ahead-of-time  1", "not-utf8  1"]
    assert "  jsonl:" in ran.out
    assert "soon: access, C, bob" in ran.out
    ran = run("quarantine", "--store", store, "--reason", "not-utf8")
    assert "bad-time" not in ran.out
    whole = {one["reason"]: one for one in listed(store)}
    assert whole["not-utf8"]["line"] == '{"id": "x", "learner": "\\udcc3"}'
    assert whole["bad-time"]["message"] == "“time” is not a time: yesterday"
    assert whole["ahead-of-time"]["event"]["learner"] == "bob"


def test_once_the_clock_is_right_events_come_back_and_count(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(store, tmp_path, {**VISIT, "id": "soon", "learner": "bob", "time": ahead(SOON)}, b"no JSON")
    ran = run("quarantine", "--store", store, "--replay", "--yes")
    assert ran.out.splitlines() == [
        "Back among the events: 0; they count when the engine runs next",
        "Stay set aside, ahead-of-time: 1",
        "Stay set aside, not-json: 1",
    ]
    monkeypatch.setattr(command, "SystemClock", lambda: VirtualClock(SystemClock().now() + SOON))
    shown = run("quarantine", "--store", store, "--replay", "--reason", "ahead-of-time")
    assert shown.out.splitlines() == ["Would count: 1", "Nothing is changed yet. To do it: add --yes"]
    assert (counts(store)["events"], counts(store)["quarantined"]) == (0, 2)
    run("quarantine", "--store", store, "--replay", "--reason", "ahead-of-time", "--yes")
    assert (counts(store)["events"], counts(store)["quarantined"]) == (1, 1)
    take_in(store, tmp_path)
    assert counts(store)["people"] == 1
    assert run("quarantine", "--store", store, "--replay", "--yes").out.startswith("Back among the events: 0;")


def test_what_broke_the_engine_comes_back_after_it_is_mended(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = {**VISIT, "kind": "completion", "activity": "Quiz1", "state": "complete"}
    lines = [{**done, "id": f"d{n}", "learner": f"l{n}"} for n in range(4)]
    monkeypatch.setattr(work_module, "step", breaking(lambda learner: learner == "l2"))
    take_in(store, tmp_path, *lines)
    (aside,) = listed(store, "--reason", "engine-error")
    assert aside["event"]["learner"] == "l2"
    assert "a mistake in planned" in aside["message"]
    monkeypatch.undo()
    run("quarantine", "--store", store, "--replay", "--yes")
    take_in(store, tmp_path, *lines)
    assert listed(store) == []
    assert (counts(store)["people"], counts(store)["events"]) == (4, 4)


def test_what_a_newer_version_can_read_comes_back_as_if_it_had_been_read_then(store: str, tmp_path: Path) -> None:
    """As an older version would have left it: set aside, though it can be read today; one of them has come since."""
    take_in(store, tmp_path, {**VISIT, "id": "e1", "learner": "a"})
    line = json.dumps({**VISIT, "learner": "zoé"}, ensure_ascii=False)
    again = json.dumps({**VISIT, "id": "e1", "learner": "a"})
    opened = open_store(store)
    kept = [
        {"where": f"old:{n}", "raw": one[:10], "args": {}, "line": one} for n, one in enumerate((line, line, again))
    ]
    bodies = [*(json.dumps(one) for one in kept), json.dumps({"where": "old:4", "raw": "x"}), "no JSON at all"]
    opened.save(Batch(now=1, quarantined=[Quarantined("old", 1, "not-json", body) for body in bodies]))
    opened.close()
    assert run("quarantine", "--store", store).code == 0
    ran = run("quarantine", "--store", store, "--replay", "--yes")
    assert ran.out.splitlines() == [
        "Back among the events: 2; they count when the engine runs next",
        "Counted already, by another way: 1",
        "Stay set aside, not-json: 2",
        "Were not kept whole, their source must send them again: 2",
    ]
    assert counts(store)["events"] == 3  # without an id the place is a part of it: both lines count


def test_a_clash_stays_a_clash(store: str, tmp_path: Path) -> None:
    take_in(store, tmp_path, {**VISIT, "id": "e1", "learner": "a"}, {**VISIT, "id": "e1", "learner": "b"})
    assert "Stay set aside, id-clash: 1" in run("quarantine", "--store", store, "--replay", "--yes").out
    assert listed(store)[0]["event"]["learner"] == "b"
    assert "“e1”" in listed(store)[0]["message"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--reason", "bad-tiem"], 2, "there is no reason bad-tiem; did you mean bad-time?"),
        (["--yes"], 2, "--yes goes with --replay"),
        (["--store", "sqlite:///none.db"], 3, "there is no store at none.db"),
        (["--config", "none.toml"], 2, "none.toml"),
    ],
)
def test_wrong_use_is_said(
    args: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("quarantine", *args)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_it_finds_the_store_in_the_settings_and_needs_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = f"sqlite:///{tmp_path / 's.db'}"
    take_in(store, tmp_path)
    settings = f'store = "{store}"\n[channels.email]\nto = "smtp://h:25"\npassword = "env:PLANNED_NO_SUCH"\n'
    (tmp_path / "planned.toml").write_text(settings)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert run("quarantine").out == "Rien n'est mis de côté.\n"


def test_beside_a_running_engine_it_lists_and_does_not_write(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 's.db'}"
    take_in(store, tmp_path, b"no JSON")
    engine = open_store(store)
    assert len(listed(store)) == 1
    ran = run("quarantine", "--store", store, "--replay", "--yes")
    engine.close()
    assert ran.code == 3
    assert "in use by another process" in ran.err
