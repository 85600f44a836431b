"""A file that grows, is cut, or is replaced while it is followed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from planned.engine.bad_event import BadEvent
from planned.engine.event import Event
from planned.sources.base import Batch, open_source, read_all
from planned.sources.jsonl import JsonlFile
from planned.sources.table import SOURCES


def line(id_: str) -> bytes:
    event = {"id": id_, "time": "2026-09-03T12:00:00Z", "kind": "access", "course": "C", "learner": "alice"}
    return json.dumps(event).encode() + b"\n"


def ids(batch: Batch) -> list[str]:
    return [item.id if isinstance(item, Event) else item.reason for item in batch.items]


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_it_goes_on_where_the_cursor_stands(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1") + b"\n" + line("2") + line("3"))
    source = JsonlFile(path)
    first = source.read(None, 2)
    assert (ids(first), first.more, first.ended) == (["1", "2"], True, False)
    second = JsonlFile(path).read(first.cursor, 2)
    assert (ids(second), second.more) == (["3"], False)
    add(path, b"broken\n" + line("4"))
    third = source.read(second.cursor, 9)
    assert ids(third) == ["not-json", "4"]
    bad = third.items[0]
    assert isinstance(bad, BadEvent)
    assert bad.where == "e.jsonl:5"
    assert ids(source.read(third.cursor, 9)) == []


def test_half_a_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    whole = line("2")
    add(path, line("1") + whole[:30])
    source = JsonlFile(path)
    first = source.read(None, 9)
    assert ids(first) == ["1"]
    assert ids(source.read(first.cursor, 9)) == []
    add(path, whole[30:])
    assert ids(source.read(first.cursor, 9)) == ["2"]


def test_a_truncated_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1") + line("2"))
    source = JsonlFile(path)
    cursor = source.read(None, 9).cursor
    path.write_bytes(line("3"))
    after = source.read(cursor, 9)
    assert ids(after) == ["3"]
    assert ids(source.read(after.cursor, 9)) == []


def test_a_file_truncated_and_grown_beyond_the_cursor_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1"))
    source = JsonlFile(path)
    cursor = source.read(None, 9).cursor
    path.write_bytes(line("3") + line("4"))
    assert ids(source.read(cursor, 9)) == ["3", "4"]


def test_a_rotated_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, b"".join(line(str(n)) for n in range(5)))
    source = JsonlFile(path)
    cursor = source.read(None, 9).cursor
    os.rename(path, tmp_path / "e.jsonl.1")
    missing = source.read(cursor, 9)
    assert (ids(missing), missing.cursor) == ([], cursor)
    add(path, b"".join(line(f"new{n}") for n in range(9)))
    assert ids(source.read(cursor, 99)) == [f"new{n}" for n in range(9)]


def test_a_copy_put_back_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, b"".join(line(str(n)) for n in range(5)))
    cursor = JsonlFile(path).read(None, 9).cursor
    data = path.read_bytes()
    path.unlink()
    (tmp_path / "blocks-the-inode").write_bytes(b"")
    path.write_bytes(data + line("6"))
    assert ids(JsonlFile(path).read(cursor, 9)) == ["6"]


def test_a_line_without_end_waits_and_is_then_refused_once(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1") + b"x" * 5_000_000)
    source = JsonlFile(path)
    first = source.read(None, 9)
    assert ids(first) == ["1"]
    add(path, b"\n" + line("2"))
    second = source.read(first.cursor, 9)
    assert ids(second) == ["too-long", "2"]
    assert ids(source.read(second.cursor, 9)) == []


def test_a_file_that_is_not_there_yet_has_no_events(tmp_path: Path) -> None:
    source = open_source(f"jsonl:{tmp_path / 'later.jsonl'}", SOURCES)
    assert ids(source.read(None, 9)) == []
    add(tmp_path / "later.jsonl", line("1"))
    assert [item.id for item in read_all(source) if isinstance(item, Event)] == ["1"]


def test_a_cursor_of_something_else_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1"))
    for cursor in ("", "17", "{}", "nonsense", '{"at": "x", "line": 1}'):
        assert ids(JsonlFile(path).read(cursor, 9)) == ["1"]


def test_every_limit_gives_every_line_once(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    expected = [str(n) for n in range(20)]
    add(path, b"".join(map(line, expected)))
    for limit in range(1, 22):
        found = [item.id for item in read_all(JsonlFile(path), limit) if isinstance(item, Event)]
        assert found == expected


def followed(source: JsonlFile, cursor: str | None) -> tuple[list[str], str | None]:
    """All that there is now, and the cursor behind it."""
    found: list[str] = []
    while True:
        batch = source.read(cursor, 3)
        found += ids(batch)
        cursor = batch.cursor
        if not batch.more:
            return found, cursor


@pytest.mark.parametrize("name", ["e.jsonl.1", "e.jsonl-20260903", "e.jsonl.2026-09-03T12:00:00"])
@pytest.mark.parametrize("lines", [0, 1, 5])
@pytest.mark.parametrize("restarted", [False, True])
def test_what_was_written_before_a_rotation_and_not_yet_read_is_not_lost(
    tmp_path: Path, name: str, lines: int, restarted: bool
) -> None:
    path, source = tmp_path / "e.jsonl", JsonlFile(tmp_path / "e.jsonl")
    add(path, b"".join(line(f"a{n}") for n in range(lines)))
    found, cursor = followed(source, None)
    assert found == [f"a{n}" for n in range(lines)]
    add(path, b"".join(line(f"b{n}") for n in range(7)) + line("half")[:-1])
    os.rename(path, tmp_path / name)
    add(path, b"")
    if restarted:
        source.close()
        source = JsonlFile(path)
    found, cursor = followed(source, cursor)
    assert found == [f"b{n}" for n in range(7)]
    # Whoever writes may go on in the old file for a while.
    add(tmp_path / name, b"\n" + line("late") + b'{"id": "to')
    found, cursor = followed(source, cursor)
    assert found == ["half", "late"]
    add(path, line("c"))
    found, cursor = followed(source, cursor)
    assert found == ["not-json", "c"]
    assert followed(source, cursor)[0] == []
    source.close()


def test_a_file_that_was_deleted_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1"))
    source = JsonlFile(path)
    _, cursor = followed(source, None)
    add(path, line("2"))
    path.unlink()
    add(path, line("3"))
    assert followed(source, cursor)[0] == ["2", "3"]
    source.close()


def test_a_file_that_was_copied_and_emptied_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1"))
    _, cursor = followed(JsonlFile(path), None)
    add(path, line("2"))
    shutil.copy(path, tmp_path / "e.jsonl.1")
    os.truncate(path, 0)
    source = JsonlFile(path)
    found, cursor = followed(source, cursor)
    assert found == ["2"]
    add(path, line("3"))
    assert followed(source, cursor)[0] == ["3"]
    source.close()


def test_of_several_rotations_each_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    add(path, line("1"))
    _, cursor = followed(JsonlFile(path), None)
    for number, day in ((3, 1), (2, 2), (1, 3)):
        add(path, line(f"day{day}"))
        path.rename(tmp_path / f"e.jsonl.{number}")
        os.utime(tmp_path / f"e.jsonl.{number}", (day * 86_400, day * 86_400))
    (tmp_path / "e.jsonl.swp").write_bytes(b"of an editor\n")
    (tmp_path / "e.jsonl.1.gz").write_bytes(b"\x1f\x8b\n")
    found, cursor = followed(JsonlFile(path), cursor)
    assert found == ["day1", "day2", "day3"]
    add(path, line("now"))
    assert followed(JsonlFile(path), cursor)[0] == ["now"]


def test_long_lines_come_few_at_a_time_and_all_of_them(tmp_path: Path) -> None:
    """What is read at once must fit into memory."""
    (tmp_path / "f.jsonl").write_bytes(b"".join(line("x" * 900_000) for _ in range(40)))
    source, cursor, sizes = JsonlFile(tmp_path / "f.jsonl"), None, []
    while (batch := source.read(cursor, 5000)).items:
        cursor = batch.cursor
        sizes.append(len(batch.items))
    assert sum(sizes) == 40
    assert max(sizes) < 20
    source.close()
