"""Files of events become one stream: in order of time, each id once, whatever the files look like."""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.engine.event import Event
from planned.sources import order
from planned.sources.base import UnknownSourceError
from planned.sources.order import events_in_order

START = datetime(2026, 9, 3, tzinfo=UTC)


def made(id_: str, minutes: int, **more: Any) -> dict[str, Any]:
    time = (START + timedelta(minutes=minutes)).isoformat()
    return {"id": id_, "time": time, "kind": "access", "course": "C", "learner": "alice"} | more


def write(path: Path, *events: dict[str, Any] | str) -> Path:
    lines = (one if isinstance(one, str) else json.dumps(one) for one in events)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def ids(*files: Path | str, people: tuple[Path, ...] = ()) -> list[str]:
    with events_in_order(files, people) as events:
        return [event.id for event in events]


def test_a_sorted_file_comes_as_it_is(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "a", made("b", 0), made("a", 0), made("c", 1))) == ["b", "a", "c"]


def test_an_unsorted_file_comes_by_time_then_by_line(tmp_path: Path) -> None:
    file = write(tmp_path / "a", made("late", 9), made("y", 1), made("x", 1), made("early", 0))
    assert ids(file) == ["early", "y", "x", "late"]


def test_times_are_compared_as_instants_not_as_text(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a",
        made("second", 0, time="2026-10-25T02:30:00+01:00"),
        made("first", 0, time="2026-10-25T02:30:00+02:00"),
        made("third", 0, time="2026-10-25T01:30:00.5Z"),
    )
    assert ids(file) == ["first", "second", "third"]


def test_several_files_are_merged_by_time_then_by_file(tmp_path: Path) -> None:
    one = write(tmp_path / "1", made("a", 0), made("b", 2))
    two = write(tmp_path / "2", made("d", 3), made("c", 0), made("e", 2))
    assert ids(one, two) == ["a", "c", "b", "e", "d"]
    assert ids(two, one) == ["c", "a", "e", "b", "d"]


def test_the_same_event_twice_counts_once_whatever_the_order_of_its_keys(tmp_path: Path) -> None:
    event = made("a", 5)
    one = write(tmp_path / "1", event, made("b", 6), dict(reversed(list(event.items()))))
    two = write(tmp_path / "2", event)
    with events_in_order([one, two]) as events:
        assert [found.id for found in events] == ["a", "b"]
        assert events.bad_count == 0


def test_the_same_id_with_another_body_is_reported_and_the_first_received_counts(tmp_path: Path) -> None:
    one = write(tmp_path / "1.jsonl", made("a", 5), made("b", 6))
    two = write(tmp_path / "2.jsonl", made("a", 1), made("c", 2))
    with events_in_order([one, two]) as events:
        found = list(events)
    assert [event.id for event in found] == ["c", "a", "b"]
    assert found[1].time == int((START + timedelta(minutes=5)).timestamp()) * 1_000_000
    assert [(bad.reason, bad.where) for bad in events.bad] == [("id-clash", "2.jsonl:1")]


def test_ids_that_differ_by_case_are_different(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "a", made("a", 0), made("A", 1))) == ["a", "A"]


def test_events_without_id_are_each_their_own(tmp_path: Path) -> None:
    event = {key: value for key, value in made("", 0).items() if key != "id"}
    assert len(set(ids(write(tmp_path / "a", event, event)))) == 2


def test_a_bad_event_does_not_stop_the_others(tmp_path: Path) -> None:
    lines: list[dict[str, Any] | str] = [
        made("a", 1),
        "{nonsense",
        made("x", 0, time="yesterday"),
        "",
        made("b", 0),
        made("c", 2, learner=3),
    ]
    with events_in_order([write(tmp_path / "f.jsonl", *lines)]) as events:
        assert [event.id for event in events] == ["b", "a"]
    assert events.bad_count == 3
    assert {(bad.where, bad.reason) for bad in events.bad} == {
        ("f.jsonl:2", "not-json"),
        ("f.jsonl:3", "bad-time"),
        ("f.jsonl:6", "wrong-type"),
    }


def test_bad_events_are_all_counted_but_not_all_kept(tmp_path: Path) -> None:
    with events_in_order([write(tmp_path / "f", *["{"] * 1500)]) as events:
        assert list(events) == []
    assert (events.bad_count, len(events.bad)) == (1500, 1000)


def test_the_last_line_needs_no_line_break_and_crlf_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(made("a", 0)).encode() + b"\r\n" + json.dumps(made("b", 1)).encode())
    assert ids(path) == ["a", "b"]


def test_a_line_without_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.write(json.dumps(made("a", 0)).encode() + b"\n")
        for _ in range(40):
            file.write(b"x" * (1 << 20))
        file.write(b"\n" + json.dumps(made("b", 0)).encode())
    with events_in_order([path]) as events:
        assert [event.id for event in events] == ["a", "b"]
    assert [bad.reason for bad in events.bad] == ["too-long"]


def test_people_come_first(tmp_path: Path) -> None:
    people = write(tmp_path / "p.jsonl", {"learner": "alice", "city": "Dijon"})
    assert ids(write(tmp_path / "a", made("a", 0)), people=(people,)) == ["people:alice", "a"]


def test_standard_input_is_a_file_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = "".join(json.dumps(one) + "\n" for one in (made("b", 1), made("a", 0), {}))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw.encode())))
    with events_in_order(["-"]) as events:
        assert [event.id for event in events] == ["a", "b"]
    assert events.bad[0].where == "-:3"


def test_what_cannot_be_read_is_said_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        events_in_order([tmp_path / "none.jsonl"])
    with pytest.raises(IsADirectoryError):
        events_in_order([tmp_path])
    with pytest.raises(FileNotFoundError):
        events_in_order([f"moodle-export:{tmp_path}"])
    with pytest.raises(FileNotFoundError):
        events_in_order([], [tmp_path / "people.csv"])
    assert not issubclass(UnknownSourceError, OSError)


def test_nothing_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(order, "CHUNK_LINES", 2)
    file = write(tmp_path / "a", *(made(f"e{n}", -n) for n in range(9)))
    assert len(ids(file)) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


EVENT = st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from(["alice", "Zoé"]))
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def simply(files: list[list[dict[str, Any]]]) -> list[str]:
    """The obvious way, with everything in memory."""
    received = [event for file in files for event in file]
    first: dict[str, dict[str, Any]] = {}
    for event in received:
        first.setdefault(event["id"], event)
    return [event["id"] for event in sorted(first.values(), key=lambda one: datetime.fromisoformat(one["time"]))]


@PATIENT
@given(st.lists(st.lists(EVENT, max_size=12), max_size=3), st.integers(1, 5))
def test_any_files_give_what_the_obvious_way_gives(
    tmp_path: Path, drawn: list[list[tuple[int, int, str]]], chunk: int
) -> None:
    files = [[made(f"é{n}", minutes, learner=who) for n, minutes, who in one] for one in drawn]
    paths = [write(tmp_path / str(number), *events) for number, events in enumerate(files)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "CHUNK_LINES", chunk)
        assert ids(*paths) == simply(files)


@PATIENT
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_shuffled_and_repeated_files_give_the_same_stream(tmp_path: Path, chance: random.Random, parts: int) -> None:
    events = [made(f"e{n:02}", n, learner=f"p{n % 3}") for n in range(20)]
    lines = events + chance.sample(events, 8)
    chance.shuffle(lines)
    paths = [write(tmp_path / str(part), *lines[part::parts]) for part in range(parts)]
    with events_in_order(paths) as ordered:
        found: list[Event] = list(ordered)
    assert [event.id for event in found] == [event["id"] for event in events]
    assert ordered.bad_count == 0
