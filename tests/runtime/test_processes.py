"""`planned run` as a process: told to stop, given what it can and cannot use; mails go to a real SMTP server."""

from __future__ import annotations

import json
import signal
import socket
import time

import pytest

from planned.store.sqlite import SqliteStore
from tests.faults.course import RULES, hours_ago, utc, write_history
from tests.faults.rig import Place, wait_for


@pytest.fixture
def place(sqlite_place: Place) -> Place:
    """What an engine does with signals, files and settings does not hang on its store."""
    return sqlite_place


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_within_seconds_and_cleanly(place: Place, number: signal.Signals) -> None:
    write_history(place.path / "events.jsonl", 20)
    engine = place.start()
    wait_for(lambda: bool(place.received()), what=engine.log)
    begun = time.monotonic()
    log = engine.end(number)
    assert engine.code == 0, log
    assert time.monotonic() - begun < 5
    assert engine.lines()[-1]["what"] == "ended"


@pytest.mark.parametrize("more", [(), ("--once",)])
def test_told_to_stop_it_does_not_wait_for_a_server_that_hangs(place: Place, more: tuple[str, ...]) -> None:
    write_history(place.path / "events.jsonl", 20)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place.port = silent.getsockname()[1]
        engine = place.start(*more)
        silent.settimeout(30)
        connection, _ = silent.accept()
        begun = time.monotonic()
        log = engine.end()
        connection.close()
    assert engine.code == 0, log
    assert time.monotonic() - begun < 20
    store = SqliteStore(place.path / "s.db")
    counts = store.counts()
    store.close()
    assert counts.get("sent", 0) == 0
    assert counts["sending"] + counts.get("ready", 0) == 32


def test_it_follows_a_file_that_grows(place: Place) -> None:
    place.events.touch()
    place.start().begun()
    expected = write_history(place.events, 5)
    place.wait_until_all_came(expected)
    assert place.verdict(expected).whole()
    place.stop_all()


def test_logs_have_no_names_addresses_or_texts(place: Place) -> None:
    write_history(place.path / "events.jsonl", 3)
    with (place.path / "events.jsonl").open("a") as out:
        out.write('{"id": "x", "kind": "access", "learner": "secretperson"}\n')
    log = place.run_once()
    assert all(json.loads(line)["time"] for line in log.splitlines())
    for private in ("p1", "N1", "example.org", "Hello", "secretperson"):
        assert private not in log


def test_rules_for_no_course_are_refused_unless_one_is_given(place: Place) -> None:
    write_history(place.path / "events.jsonl", 3)
    (place.path / "a.rules").write_text(RULES.replace("course C", ""))
    refused = place.start("--once")
    assert "for which course?" in refused.finish()
    assert refused.code == 2
    place.run_once("--course", "C")
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
    engine = place.start("--once", *more)
    log = engine.finish()
    assert (engine.code, said in log) == (code, True), log


def test_people_come_from_a_table_and_a_file_that_is_not_there_is_named(place: Place) -> None:
    start = utc(hours_ago(3))
    done = {"time": start, "kind": "completion", "course": "C", "activity": "Quiz1", "state": "complete"}
    events = [{"id": f"b{who}", "learner": who, **done} for who in ("zoe", "ali")]
    (place.path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    (place.path / "people.csv").write_text("learner,firstname,email\nzoe,Zoé,zoe@example.org\n", encoding="utf-8")
    log = place.run_once("--people", str(place.path / "people.csv"))
    assert place.verdict({("zoe@example.org", "Hello"), ("zoe@example.org", "Second")}).whole()
    decided = [one for one in map(json.loads, log.splitlines()) if one["what"] == "decided"]
    assert sum(one.get("sent", 0) for one in decided) == 2
    assert sum(one.get("reasons", {}).get("no-address", 0) for one in decided) == 2
    engine = place.start("--once", "--people", str(place.path / "nobody.csv"))
    log = engine.finish()
    assert (engine.code, "no such file" in log, "nobody.csv" in log) == (3, True, True)
