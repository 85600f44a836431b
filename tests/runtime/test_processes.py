"""`planned run` as a process: killed, stopped, started twice; messages go to a real SMTP server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from planned.runtime.clock import SystemClock
from planned.store.opening import open_store
from planned.store.sqlite import SqliteStore
from tests.postgres import Server

RECEIVER = Path(__file__).parents[1] / "contract" / "receiver.py"
RULES = """
language en
course C
rule hello "Hello"
  after completion of Quiz1
  wait 1 minute
  unless Lesson2 complete
  send "Hello {{ user.firstname }}"
rule second "Second"
  after completion of Quiz1
  wait 2 minutes
  if not Lesson2 complete
  send "Still there?"
"""
KILLS = int(os.environ.get("PLANNED_KILLS", "4"))
"""More of them with PLANNED_KILLS=100."""
LEARNERS = 100


def utc(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def write_history(path: Path, learners: int) -> set[tuple[str, str]]:
    """A history of which all is due an hour ago; who is to get which message."""
    start = datetime.fromtimestamp(SystemClock().now() / 1e6, UTC) - timedelta(hours=3)
    lines, expected = [], set()
    for number in range(learners):
        who, at = f"p{number}", start + timedelta(seconds=number)
        address = f"{who}@example.org"
        profile = {"firstname": f"N{number}", "email": address}
        lines.append({"id": f"a{number}", "time": utc(start), "kind": "profile", "learner": who, "user": profile})
        done = {"kind": "completion", "course": "C", "learner": who, "state": "complete"}
        lines.append({"id": f"b{number}", "time": utc(at), "activity": "Quiz1", **done})
        if number % 5 == 0:
            lines.append({"id": f"c{number}", "time": utc(at), "activity": "Lesson2", **done})
        else:
            expected |= {(address, "Hello"), (address, "Second")}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return expected


class Place:
    """A directory with rules, a store, a mail server."""

    def __init__(self, path: Path, port: int) -> None:
        self.path = path
        self.port = port
        self.store = f"sqlite:///{path / 's.db'}"
        (path / "a.rules").write_text(RULES)

    def start(self, *more: str) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "planned.cli.main", "run", "a.rules", "--store", self.store]
        program += ["--source", "jsonl:events.jsonl", "--channel", f"smtp://127.0.0.1:{self.port}"]
        program += ["--from", "noreply@univ.example", "--since", "2020-01-01T00:00:00Z", *more]
        return subprocess.Popen(program, cwd=self.path, stderr=subprocess.PIPE, text=True)

    def received(self) -> list[dict[str, object]]:
        path = self.path / "received.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    program = [sys.executable, str(RECEIVER), str(tmp_path / "received.jsonl")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield Place(tmp_path, int(server.stdout.readline()))
        server.kill()


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, place: Place) -> Place:
    """The place, on each of the stores."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        place.store = server.address(server.database())
    return place


def messages(received: Sequence[dict[str, object]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in received:
        assert isinstance(one["to"], list)
        found[one["to"][0], str(one["subject"])] += 1
    return found


def test_killed_at_any_moment_it_loses_nothing_and_decides_nothing_twice(either: Place) -> None:
    place = either
    expected = write_history(place.path / "events.jsonl", LEARNERS)
    random = Random(7)
    for number in range(KILLS):
        before = len(place.received())
        process = place.start("--once")
        assert process.stderr is not None
        process.stderr.readline()  # it has begun
        while number % 2 and process.poll() is None and len(place.received()) == before:
            time.sleep(0.01)  # every other time it is killed while it delivers, however slow the machine
        time.sleep(random.uniform(0, 0.2 if number % 2 else 0.5))
        process.kill()
        process.communicate()
    killed_at = len(place.received())
    process = place.start("--once")
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    received = place.received()
    assert set(messages(received)) == expected
    assert killed_at, "it was never killed at work"
    assert len(received) - len(expected) <= KILLS
    bytes_by_id: dict[object, set[object]] = {}
    for one in received:
        bytes_by_id.setdefault(one["id"], set()).add(one["hash"])
    assert len(bytes_by_id) == len(expected)
    assert all(len(hashes) == 1 for hashes in bytes_by_id.values())
    store = open_store(place.store)
    counts = store.counts()
    store.close()
    assert (counts["decisions"], counts["sent"]) == (len(expected) + 2 * (LEARNERS // 5), len(expected))
    assert set(counts) == {"events", "quarantined", "people", "waiting", "decisions", "sent"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_within_seconds_and_cleanly(place: Place, number: signal.Signals) -> None:
    write_history(place.path / "events.jsonl", 20)
    process = place.start()
    until = time.monotonic() + 30
    while not place.received() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    begun = time.monotonic()
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert time.monotonic() - begun < 5
    assert json.loads(log.splitlines()[-1])["what"] == "ended"


@pytest.mark.parametrize("more", [(), ("--once",)])
def test_told_to_stop_it_does_not_wait_for_a_server_that_hangs(place: Place, more: tuple[str, ...]) -> None:
    write_history(place.path / "events.jsonl", 20)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place.port = silent.getsockname()[1]
        process = place.start(*more)
        silent.settimeout(30)
        connection, _ = silent.accept()
        begun = time.monotonic()
        process.terminate()
        _, log = process.communicate(timeout=40)
        connection.close()
    assert process.returncode == 0, log
    assert time.monotonic() - begun < 20
    store = SqliteStore(place.path / "s.db")
    counts = store.counts()
    store.close()
    assert counts.get("sent", 0) == 0
    assert counts["sending"] + counts.get("ready", 0) == 32


def test_it_follows_a_file_that_grows(place: Place) -> None:
    events = place.path / "events.jsonl"
    events.write_text("")
    process = place.start()
    try:
        time.sleep(1)
        expected = write_history(place.path / "new.jsonl", 5)
        with events.open("a") as out:
            out.write((place.path / "new.jsonl").read_text())
        until = time.monotonic() + 30
        while len(place.received()) < len(expected) and time.monotonic() < until:
            time.sleep(0.1)
        assert set(messages(place.received())) == expected
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_second_engine_on_the_same_store_is_refused(either: Place) -> None:
    (either.path / "events.jsonl").write_text("")
    first = either.start()
    assert first.stderr is not None
    assert json.loads(first.stderr.readline())["what"] == "started"
    second = either.start("--once")
    _, said = second.communicate(timeout=30)
    first.terminate()
    first.communicate(timeout=30)
    assert second.returncode == 3
    assert "in use by another process" in said


def test_logs_have_no_names_addresses_or_texts(place: Place) -> None:
    write_history(place.path / "events.jsonl", 3)
    with (place.path / "events.jsonl").open("a") as out:
        out.write('{"id": "x", "kind": "access", "learner": "secretperson"}\n')
    _, log = place.start("--once").communicate(timeout=30)
    assert all(json.loads(line)["time"] for line in log.splitlines())
    for private in ("p1", "N1", "example.org", "Hello", "secretperson"):
        assert private not in log


def test_rules_for_no_course_are_refused_unless_one_is_given(place: Place) -> None:
    write_history(place.path / "events.jsonl", 3)
    (place.path / "a.rules").write_text(RULES.replace("course C", ""))
    refused = place.start("--once")
    _, said = refused.communicate(timeout=30)
    assert refused.returncode == 2
    assert "for which course?" in said
    allowed = place.start("--once", "--course", "C")
    _, said = allowed.communicate(timeout=30)
    assert allowed.returncode == 0, said
    assert place.received()


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--channel", "sms=carrier-pigeon:x"), 2, "is no channel"),
        (("--source", "nonsense"), 2, "is no source"),
        (("--store", "mysql://x"), 3, "is no store"),
        (("--since", "yesterday"), 2, "since"),
        (("--config", "absent.toml"), 2, "cannot read the settings"),
    ],
)
def test_what_cannot_be_used_is_said(place: Place, more: tuple[str, ...], code: int, said: str) -> None:
    process = place.start("--once", *more)
    _, log = process.communicate(timeout=30)
    assert (process.returncode, said in log) == (code, True), log


def test_people_come_from_a_table_and_a_file_that_is_not_there_is_named(place: Place) -> None:
    start = utc(datetime.fromtimestamp(SystemClock().now() / 1e6, UTC) - timedelta(hours=3))
    done = {"time": start, "kind": "completion", "course": "C", "activity": "Quiz1", "state": "complete"}
    events = [{"id": f"b{who}", "learner": who, **done} for who in ("zoe", "ali")]
    (place.path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    (place.path / "people.csv").write_text("learner,firstname,email\nzoe,Zoé,zoe@example.org\n", encoding="utf-8")
    process = place.start("--once", "--people", str(place.path / "people.csv"))
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert set(messages(place.received())) == {("zoe@example.org", "Hello"), ("zoe@example.org", "Second")}
    decided = [one for one in map(json.loads, log.splitlines()) if one["what"] == "decided"]
    assert sum(one.get("sent", 0) for one in decided) == 2
    assert sum(one.get("reasons", {}).get("no-address", 0) for one in decided) == 2
    process = place.start("--once", "--people", str(place.path / "nobody.csv"))
    _, log = process.communicate(timeout=60)
    assert (process.returncode, "no such file" in log, "nobody.csv" in log) == (3, True, True)
