"""Events that cannot count: each row an entry of the catalogue. It is said why, and those around it count."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.badinput.running import Ran, in_bounds, rule, run, run_apart, started, written

GOOD: dict[str, Any] = {
    "id": "good",
    "time": "2026-09-03T14:10:00+02:00",
    "kind": "completion",
    "course": "C",
    "learner": "alice",
    "activity": "Quiz1",
    "state": "complete",
}
ODD = {"id": "x", "time": GOOD["time"], "kind": "odd", "course": "C", "learner": "bob"}
GRADE = GOOD | {"id": "x", "learner": "bob", "kind": "grade"}
MEGABYTE = 1_000_000


def event(**changes: Any) -> bytes:
    return json.dumps(GOOD | {"id": "x", "learner": "bob"} | changes).encode()


def odd(data: str) -> bytes:
    return json.dumps(ODD)[:-1].encode() + b', "data": ' + data.encode() + b"}"


BAD: dict[str, tuple[bytes, str]] = {
    "depth 1,000": (odd('{"a":' * 1_000 + "1" + "}" * 1_000), "too-deep"),
    "lists 1,000 deep": (odd("[" * 1_000 + "]" * 1_000), "too-deep"),
    "NaN": (json.dumps(GRADE | {"grade": float("nan")}).encode(), "bad-number"),
    "1e999": (json.dumps(GRADE)[:-1].encode() + b', "grade": 1e999}', "bad-number"),
    "2^63": (json.dumps(GRADE | {"grade": 2**63}).encode(), "bad-number"),
    "duplicate keys": (event()[:-1] + b', "learner": "carol"}', "duplicate-key"),
    "lone surrogate": (event(learner="\ud800"), "bad-character"),
    "U+0000": (event(learner="a\0b"), "bad-character"),
    "time as a number": (event(time=1e12), "bad-time"),
    "time as a negative text": (event(time="-1"), "bad-time"),
    "no offset": (event(time="2026-09-03T14:10:00"), "no-offset"),
    "leap second": (event(time="2026-06-30T23:59:60Z"), "leap-second"),
    "before 1970": (event(time="1969-12-31T23:59:59Z"), "time-out-of-range"),
    "after 2100": (event(time="2101-06-30T12:00:00Z"), "time-out-of-range"),
    "truncated UTF-8": (b'{"id": "x", "learner": "\xc3"}', "not-utf8"),
    "half a line": (event()[:40], "not-json"),
    "no object": (b"[1, 2]", "not-json"),
    "id of another learner": (event(id="good"), "id-clash"),
    "empty name": (event(learner=""), "empty-name"),
    "name of 10 kB": (event(learner="n" * 10_000), "long-name"),
}

HEAVY: dict[str, tuple[bytes, str]] = {
    "million keys": (odd("{" + ",".join(f'"{i}":1' for i in range(MEGABYTE)) + "}"), "too-long"),
    "as many keys as a line may have": (
        odd("{" + ",".join(f'"{i}":1' for i in range(80_000)) + "}"),
        "too-many-values",
    ),
    "depth 100,000": (odd('{"a":' * 100_000 + "1" + "}" * 100_000), "too-deep"),
    "digits without end": (json.dumps(GRADE)[:-1].encode() + b', "grade": ' + b"9" * MEGABYTE + b"}", "bad-number"),
    "gzip bomb": (gzip.compress(b"0" * 100 * MEGABYTE), "not-utf8"),
    "100 MB line": (b'{"id": "' + b"x" * 100 * MEGABYTE + b'"}', "too-long"),
}


def dry_run(folder: Path, *lines: bytes, apart: bool = False) -> Ran:
    rules = written(folder, rule(text='"Hello {{ user.firstname }}."'))
    events = folder / "events.jsonl"
    events.write_bytes(b"\n".join(lines) + b"\n")
    return (run_apart if apart else run)("dry-run", rules, "--events", events, "--format", "jsonl")


def learners(ran: Ran) -> list[str]:
    return [json.loads(line)["learner"] for line in ran.out.splitlines()]


@pytest.mark.parametrize("case", BAD)
def test_one_bad_event_is_said_and_does_not_block(case: str, tmp_path: Path) -> None:
    line, reason = BAD[case]
    ran = dry_run(tmp_path, json.dumps(GOOD).encode(), line, event(id="y", learner="carol"))
    assert f"[{reason}]" in ran.err
    assert ran.err.startswith("events.jsonl:2: ")
    assert len(ran.err.splitlines()) == 1
    assert learners(ran) == ["alice", "carol"]
    assert in_bounds(ran)


@pytest.mark.parametrize("case", HEAVY)
def test_one_heavy_event_stays_in_bounds(case: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    line, reason = HEAVY[case]
    ran = dry_run(tmp_path, line, json.dumps(GOOD).encode(), apart=True)
    assert in_bounds(ran, started(tmp_path_factory.getbasetemp())), f"{ran.cpu:.2f} s, {ran.peak:.0f} MB"
    assert f"[{reason}]" in ran.err
    assert len(ran.err) < 5_000, "a message does not repeat what is long"
    assert learners(ran) == ["alice"]


def test_ids_that_differ_by_case_are_two(tmp_path: Path) -> None:
    ran = dry_run(tmp_path, json.dumps(GOOD).encode(), event(id="GOOD"))
    assert learners(ran) == ["alice", "bob"]
    assert not ran.err


def test_the_same_event_again_is_one(tmp_path: Path) -> None:
    again = json.dumps(dict(reversed(GOOD.items()))).encode()
    ran = dry_run(tmp_path, json.dumps(GOOD).encode(), again)
    assert learners(ran) == ["alice"]
    assert not ran.err


def test_many_events_of_one_learner_cost_what_they_are(tmp_path: Path) -> None:
    """Fifty thousand: time must not grow with their square, and memory hardly at all."""

    def visits(number: int) -> list[bytes]:
        day = [
            GOOD | {"id": f"v{i}", "kind": "viewing", "time": f"2026-09-03T{10 + i // 9000:02}:00:00Z"}
            for i in range(number)
        ]
        return [json.dumps(one).encode() for one in day]

    few = dry_run(tmp_path, *visits(10_000), apart=True)
    many = dry_run(tmp_path, json.dumps(GOOD).encode(), *visits(50_000), apart=True)
    assert many.cpu < 8 * few.cpu
    assert many.peak < 200
    assert learners(many) == ["alice"]


def test_events_ahead_of_the_clock_and_bad_ones_are_kept_for_a_look(tmp_path: Path) -> None:
    """The engine puts them aside, goes on, and says how many."""
    rules = written(tmp_path, rule())
    events = tmp_path / "events.jsonl"
    lines = [BAD["NaN"][0], event(id="ahead", time="2099-01-01T00:00:00Z"), json.dumps(GOOD).encode(), BAD["U+0000"][0]]
    events.write_bytes(b"\n".join(lines) + b"\n")
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    ran = run_apart("run", rules, "--once", "--store", store, "--source", f"jsonl:{events}", "--channel", "console")
    assert ran.code == 0
    ended = json.loads(ran.err.splitlines()[-1])
    assert (ended["events"], ended["quarantined"]) == (1, 3)
    assert "alice" not in ran.err
