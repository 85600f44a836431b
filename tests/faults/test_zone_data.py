"""A government changes its mind: what waits keeps its local time, whichever engine comes first, and nothing repeats."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planned import zones
from planned.api import Engine, Rules, compile_rules
from planned.engine import calendar
from planned.runtime import zone_data
from planned.runtime.clock import SECOND, SystemClock, VirtualClock, datetime_of, instant_of
from planned.runtime.log import Log
from planned.runtime.work import Setup, Work
from planned.runtime.zone_data import ZoneData
from planned.store.base import Batch, Kept
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from planned.testing import RecordingChannel
from tests.postgres import Server

HOUR = 3600 * SECOND
RULES = """
language en
timezone Europe/Paris
course C
rule now after completion of Quiz1 send "At once."
rule civil after completion of Quiz1 wait 30 days at 09:00 send "Later."
rule stopwatch after completion of Quiz1 wait 720 hours send "720 hours."
"""


class Place:
    """A store, and engines with one zone data set or another, each a process of its own."""

    def __init__(self, path: Path, store: str) -> None:
        self.path, self.store = path, store
        (path / "a.rules").write_text(RULES)
        now = datetime_of(SystemClock().now()) - timedelta(minutes=1)
        lines: list[dict[str, Any]] = []
        for who, zone in (("alice", None), ("kei", "Asia/Tokyo")):
            done = {"kind": "completion", "course": "C", "activity": "Quiz1", "state": "complete"}
            user = {"email": f"{who}@example.org"} | ({"timezone": zone} if zone else {})
            lines.append({"id": f"p{who}", "time": now.isoformat(), "kind": "profile", "learner": who, "user": user})
            lines.append({"id": f"e{who}", "time": now.isoformat(), "learner": who, **done})
        (path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def run(self, data: Path | None = None) -> list[dict[str, Any]]:
        """One run of an engine; its log."""
        program = [sys.executable, "-m", "planned.cli.main", "run", "a.rules", "--store", self.store, "--once"]
        program += ["--source", "jsonl:events.jsonl", "--channel", "maildir:out", "--from", "x@example.org"]
        program += ["--since", "2020-01-01T00:00:00Z"]
        environment = os.environ | ({"PYTHONPATH": str(data)} if data else {})
        done = subprocess.run(program, cwd=self.path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stderr.splitlines()]

    def waits(self) -> dict[str, dict[str, list[Any]]]:
        """By person and rule: the local time, rest and instant of what waits; the instant alone of an elapsed wait."""
        store = open_store(self.store, read_only=True)
        found = {}
        for who, kept in store.people(["alice", "kei"]).items():
            rules = json.loads(getattr(kept, "body", kept))["courses"]["C"]["rules"]
            found[who] = {name: one["waiting"][0]["due"] for name, one in rules.items() if "waiting" in one}
        self.zones, self.next_due = store.standing().zones, store.next_due()
        store.close()
        return found

    def mails(self) -> int:
        return len([*(self.path / "out").glob("*/*")])


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(tmp_path, f"sqlite:///{tmp_path / 's.db'}")
    server: Server = request.getfixturevalue("postgres")
    return Place(tmp_path, server.address(server.database()))


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Zone data of a later version, by which it is always three hours more than UTC in Paris."""
    home = tmp_path_factory.mktemp("later")
    with as_file(files("tzdata")) as package:
        shutil.copytree(package, home / "tzdata", ignore=shutil.ignore_patterns("__pycache__"))
    found = home / "tzdata" / "zoneinfo"
    shutil.copyfile(found / "Etc" / "GMT-3", found / "Europe" / "Paris")
    (home / "tzdata" / "__init__.py").write_text('IANA_VERSION = "2999a"\n')
    return home


def test_what_waits_keeps_its_local_time_and_nothing_leaves_again(place: Place, later: Path) -> None:
    place.run()
    before = place.waits()
    wall, rest, instant = before["alice"]["civil"]
    assert (wall[11:16], place.zones, place.mails()) == ("09:00", zones.version(), 2)

    (line,) = [one for one in place.run(later) if one["what"] == "zone data changed"]
    assert (line["zones"], line["before"], line["people"]) == ("2999a", zones.version(), 2)
    after = place.waits()
    offset = ZoneInfo("Europe/Paris").utcoffset(datetime.fromisoformat(wall))
    assert offset is not None
    earlier = (timedelta(hours=3) - offset) // timedelta(microseconds=1)
    assert earlier in (HOUR, 2 * HOUR)
    assert after["alice"] == {"civil": [wall, rest, instant - earlier], "stopwatch": before["alice"]["stopwatch"]}
    assert after["kei"] == before["kei"]
    assert place.zones == "2999a"
    assert place.mails() == 2


def test_in_a_rolling_upgrade_what_older_engines_time_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store, clock = MemoryStore(), VirtualClock("2026-09-01T00:00:00Z")
    looked: list[str] = []

    class Looking(Work):
        def rezone(self, ids: Sequence[str]) -> None:
            looked.append(",".join(ids))

    store.save(Batch(now=0, people={"alice": Kept(None, 0, '{"courses":{},"horizon":0}')}))
    work = Looking(compile_rules(RULES).graph, store, clock, Setup(), Log())
    old, new = (ZoneData(store, work, clock, Log()) for _ in range(2))

    def turn(engine: ZoneData, version: str, *, leads: bool = True) -> None:
        monkeypatch.setattr(zone_data, "version", lambda: version)
        engine.look(store.standing().zones, leads=leads)

    turn(old, "2026a")
    turn(new, "2026b", leads=False)
    assert (looked, store.standing().zones) == (["alice"], "2026a")
    turn(new, "2026b")
    turn(new, "2026b")
    assert (len(looked), store.standing().zones) == (2, "2026b")
    turn(old, "2026a")
    turn(new, "2026b")  # not so soon again
    assert (len(looked), store.standing().zones) == (2, "2026a")
    clock.move(clock.now() + 601 * SECOND)
    turn(new, "2026b")
    assert (len(looked), store.standing().zones) == (3, "2026b")


# --- all kinds of timers, in one process --------------------------------------------------------------


def later_data(monkeypatch: pytest.MonkeyPatch) -> None:
    known = zones.zone_of
    monkeypatch.setattr(
        calendar, "zone_of", lambda name: known("Etc/GMT-3" if name == "Europe/Paris" else name), raising=True
    )
    monkeypatch.setattr(zone_data, "version", lambda: "2999a")


TIMERS = """
timezone Europe/Paris course C contact office "The office"
rule elapsed after completion of Quiz1 wait 90 hours send "hours"
rule series after completion of Quiz1 wait 1 day at 09:00 send "series" repeat every 1 day up to 3 times
rule weekly every monday at 10:00 until completion of course send "weekly"
rule digest after completion of Quiz1 send "first" notify office daily at 08:00 "digest"
rule ended until 2026-09-10 after completion of Quiz1 wait 20 days send "never"
quiet from 20:00 to 08:00
"""
EVENTS = [
    {"id": "e0", "time": "2026-09-01T10:00:00+02:00", "kind": "enrolment", "course": "C", "learner": "alice"},
    {
        "id": "e1",
        "time": "2026-09-02T14:30:00+02:00",
        "kind": "completion",
        "course": "C",
        "learner": "alice",
        "activity": "Quiz1",
        "state": "complete",
    },
]


def compiled(text: str) -> Rules:
    rules = compile_rules(text)
    assert rules.ok, rules.texts()
    return rules


def test_every_kind_of_timer_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    store, channel = MemoryStore(), RecordingChannel()

    def engine(at: str) -> Engine:
        return Engine(compiled(TIMERS), store=store, clock=VirtualClock(at), channels={"email": channel})

    first = engine("2026-09-01T00:00:00Z")
    first.feed(*EVENTS)
    first.advance("2026-09-03T05:00:00Z")
    decided = len(list(store.decisions()))
    later_data(monkeypatch)
    second = engine("2026-09-03T05:00:00Z")
    made = second.advance("2026-09-15T00:00:00Z")
    local = [(one.rule, str(one.outcome), datetime_of(one.at + 3 * HOUR).strftime("%d %H:%M")) for one in made]
    assert local == [
        ("digest", "sent", "03 08:00"),
        ("series", "sent", "03 09:00"),
        ("series", "sent", "04 09:00"),
        ("series", "sent", "05 09:00"),
        ("series", "sent", "06 09:00"),
        ("elapsed", "sent", "06 09:30"),
        ("weekly", "sent", "07 10:00"),
        ("ended", "cancelled", "11 00:00"),
        ("weekly", "sent", "14 10:00"),
    ]
    assert len(list(store.decisions())) == decided + len(made)
    assert instant_of("2026-09-06T09:30:00+03:00") == made[5].at  # 90 hours, wherever clocks are
