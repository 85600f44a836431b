"""`planned dry-run --format ics`: a calendar that calendars read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from icalendar.parser import Contentline

from planned.cli.main import main
from planned.cli.report.ics import escaped, folded
from tests.cli_report import course


def calendar_of(arguments: list[str], capsys: pytest.CaptureFixture[str], *options: str) -> tuple[str, list[Any]]:
    assert main([*arguments, "--format", "ics", *options]) == 0
    text = capsys.readouterr().out
    read = Calendar.from_ical(text)
    assert isinstance(read, Calendar)
    assert read.errors == []
    events = list(read.walk("VEVENT"))
    assert all(isinstance(one, Event) and one.errors == [] for one in events)
    return text, events


def test_an_event_for_each_message_that_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, events = calendar_of(course.write(tmp_path), capsys)
    assert [(str(one["summary"]), one.decoded("dtstart")) for one in events] == [
        ("Alice Martin: Lesson 2, Alice", datetime(2026, 9, 6, 7, tzinfo=UTC)),
        ("Alice Martin → tessa: Lesson 2, Alice (notice)", datetime(2026, 9, 6, 7, tzinfo=UTC)),
        ("Chloé Nguyễn: Lesson 2, Chloé", datetime(2026, 10, 6, 7, tzinfo=UTC)),
        ("Chloé Nguyễn → tessa: Lesson 2, Chloé (notice)", datetime(2026, 10, 6, 7, tzinfo=UTC)),
    ]
    assert str(events[0]["description"]) == "Don't forget lesson 2; it is short, Alice."
    assert "DTSTART:20260906T070000Z\r\n" in text
    assert {str(one["status"]) for one in events} == {"CONFIRMED"}


def test_what_still_waits_is_tentative(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, events = calendar_of(course.write(tmp_path), capsys, "--until", "2026-10-04")
    assert (str(events[-1]["summary"]), str(events[-1]["status"])) == ("Chloé Nguyễn: reminder (pending)", "TENTATIVE")


def test_the_same_message_has_the_same_uid_and_no_other_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, events = calendar_of(course.write(tmp_path), capsys)
    again, _ = calendar_of(course.write(tmp_path), capsys)
    assert text == again
    uids = [str(one["uid"]) for one in events]
    assert len(set(uids)) == len(uids)
    _, waiting = calendar_of(course.write(tmp_path), capsys, "--until", "2026-10-04")
    assert str(waiting[-1]["uid"]) == uids[2]  # what waits today and goes tomorrow is one event


def test_lines_end_as_the_format_wants_and_are_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = course.profile("p1", "alice", firstname="É" * 90, lastname="Martin", timezone="Europe/Paris")
    text, events = calendar_of(course.write(tmp_path, events=[long, *course.EVENTS[3:]]), capsys)
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert not [line for line in lines if "\n" in line or len(line.encode()) > 75]
    assert str(events[0]["summary"]) == f"{'É' * 90} Martin: Lesson 2, {'É' * 90}"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")) | st.sampled_from('\n;,\\:"é漢🎓')))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    lines = list(folded(f"DESCRIPTION:{escaped(text)}"))
    assert all(len(line.encode()) <= 75 for line in lines)
    event = Calendar.from_ical(
        "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])
    )
    assert str(event.walk("VEVENT")[0]["description"]) == text
    assert Contentline.from_ical("\r\n".join(lines)).parts()[0] == "DESCRIPTION"


def test_what_steers_a_calendar_cannot_come_from_a_text() -> None:
    assert "\r" not in escaped("a\r\nEND:VEVENT\rb\x00")
    assert escaped("a\r\nb") == "a\\nb"
