"""A sign of life for long work on a terminal, and not a byte elsewhere."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from planned.cli import progress
from planned.cli.progress import Progress
from planned.testing import VirtualClock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, seconds: float, language: str = "en", shown: bool = True
) -> str:
    """What is written while 50,000 things come, in so many seconds."""
    clock = VirtualClock("2026-09-01T08:00:00Z")
    monkeypatch.setattr(sys, "stderr", stream)

    def things() -> Iterator[int]:
        for number in range(50_000):
            clock.move(clock.now() + round(seconds * 1_000_000 / 50_000))
            yield number

    with Progress("fr" if language == "fr" else "en", shown=shown, clock=clock) as one:
        assert list(one.of(things(), "events read", "événements lus")) == list(range(50_000))
    return stream.getvalue()


def test_long_work_counts_aloud_on_one_line_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    written = run(monkeypatch, Terminal(), seconds=10)
    assert "\n" not in written
    lines = written.split(progress.CLEAR)
    assert 30 <= len(lines) <= 50  # five a second at most, after the first
    assert lines[1].endswith(" events read …")
    assert 5_000 <= int(lines[1].split()[0].replace(",", "")) <= 6_000
    assert lines[-1] == ""


def test_it_counts_in_french_too(monkeypatch: pytest.MonkeyPatch) -> None:
    written = run(monkeypatch, Terminal(), seconds=10, language="fr")
    assert "\u202f" in written.split(progress.CLEAR)[1]
    assert "événements lus …" in written


def test_short_work_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, Terminal(), seconds=0.9) == ""


def test_pipes_and_files_get_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, io.StringIO(), seconds=10) == ""
    assert run(monkeypatch, Terminal(), seconds=10, shown=False) == ""
