"""A sign of life on a terminal while a command works; pipes and files get none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from planned.diagnostics import Language
from planned.runtime.clock import Clock, SystemClock

T = TypeVar("T")
SILENT = 1.0
"""Seconds for which nothing is said: short work needs no progress."""
PAUSE = 0.2
LOOK = 256
"""Things between two looks at the clock."""
CLEAR = "\r\x1b[K"
CLOCK = SystemClock()


class Progress:
    """One line on standard error, written anew, gone at the end.

    With `shown` False there is none, as where the output itself runs by on the same terminal.
    """

    def __init__(self, language: Language, *, shown: bool = True, clock: Clock = CLOCK) -> None:
        self._language = language
        self._shown = shown and sys.stderr.isatty()
        self._clock = clock
        self._next = clock.monotonic() + SILENT
        self._written = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._written:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()

    def of(self, things: Iterable[T], en: str, fr: str) -> Iterator[T]:
        """The things as they come, counted aloud: `120,000 events read …`."""
        if not self._shown:
            yield from things
            return
        for number, thing in enumerate(things, 1):
            yield thing
            if number % LOOK == 0 and (now := self._clock.monotonic()) >= self._next:
                self._next = now + PAUSE
                self._written = True
                said = f"{number:,}".replace(",", "\u202f") + f" {fr}" if self._language == "fr" else f"{number:,} {en}"
                sys.stderr.write(f"{CLEAR}{said} …")
                sys.stderr.flush()
