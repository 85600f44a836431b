"""Decisions as a timeline for authors: day by day what went to whom, and what did not and why."""

from __future__ import annotations

import os
import shutil
import textwrap
from datetime import date
from typing import TextIO

from babel.dates import get_day_names

from planned.cli.terminal import COLONS, plain, wants_color, width
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local
from planned.engine.phrases import column_time, locale_of, long_date, short_time

OUTCOMES: dict[Language, dict[Outcome, str]] = {
    "en": {one: one.value for one in Outcome},
    "fr": {
        Outcome.SENT: "envoyé",
        Outcome.SUPPRESSED: "supprimé",
        Outcome.CANCELLED: "annulé",
        Outcome.EXPIRED: "périmé",
        Outcome.FAILED: "échoué",
        Outcome.PENDING: "en attente",
    },
}
"""The marks; of one message."""
NOTICE: dict[Language, str] = {"en": "notice", "fr": "avis"}
DRAFT: dict[Language, str] = {"en": "draft", "fr": "brouillon"}
COLORS = {
    Outcome.SENT: "\x1b[32m",
    Outcome.SUPPRESSED: "\x1b[2m",
    Outcome.CANCELLED: "\x1b[33m",
    Outcome.EXPIRED: "\x1b[31m",
    Outcome.FAILED: "\x1b[1;31m",
    Outcome.PENDING: "\x1b[36m",
}
BOLD, RESET = "\x1b[1m", "\x1b[0m"
NARROW, WIDE = 60, 24
"""The narrowest page that is laid out, and the widest a column of names grows."""


def page_width(stream: TextIO) -> int | None:
    """The columns to lay out for; None, for a pipe, means lines as long as they are."""
    if not stream.isatty() and not os.environ.get("COLUMNS"):
        return None
    return max(NARROW, shutil.get_terminal_size().columns)


class Timeline:
    """Writes decisions as they come. Days and times are those of `zone`; a reader's other time is said beside it."""

    def __init__(self, stream: TextIO, language: Language, zone: str, names: list[str]) -> None:
        self._stream = stream
        self._language = language
        self._zone = zone
        self._page = page_width(stream)
        self._color = wants_color(stream)
        self._day: date | None = None
        self._rule_width = min(WIDE, max((width(name) for name in names), default=0))
        self._learner_width = 8
        self._mark_width = max(len(mark) for mark in OUTCOMES[language].values())

    def add(self, one: Decision) -> None:
        """One decision, under the heading of its day."""
        at = local(one.at, self._zone)
        if at.date() != self._day:
            if self._day is not None:
                self._stream.write("\n")
            self._day = at.date()
            self._stream.write(self._paint(day_heading(at.date(), self._language), BOLD) + "\n")
        learner = plain(one.learner)
        self._learner_width = min(WIDE, max(self._learner_width, width(learner)))
        mark = OUTCOMES[self._language][one.outcome]
        time = column_time(at.time(), self._language)
        head = f"  {time}  {_padded(learner, self._learner_width)}  {_padded(plain(one.rule), self._rule_width)}  "
        self._write(head, _padded(mark, self._mark_width), COLORS[one.outcome], self._said(one))

    def _write(self, head: str, mark: str, color: str, said: str) -> None:
        shown = f"{head}{self._paint(mark, color)}  "
        if self._page is None:
            self._stream.write(f"{shown}{said}".rstrip() + "\n")
            return
        indent = width(head) + width(mark) + 2
        room = self._page - indent - 1
        if room >= 20:
            first, *rest = textwrap.wrap(said, room) or [""]
            self._stream.write(f"{shown}{first}".rstrip() + "\n")
        else:  # long names: what is said goes below them
            indent, rest = 9, textwrap.wrap(said, self._page - 10)
            self._stream.write(shown.rstrip() + "\n")
        self._stream.writelines(" " * indent + line + "\n" for line in rest)

    def _said(self, one: Decision) -> str:
        text = one.reason.text if one.reason is not None else one.subject or ""
        before = [NOTICE[self._language]] if one.notice else []
        before += [DRAFT[self._language]] if one.draft else []
        if one.to and one.to != (one.learner,):
            before.append("→ " + ", ".join(one.to))
        if one.repeat:
            before.append(f"×{one.repeat + 1}")
        said = " ".join(text.split("\n"))
        if before:
            said = " ".join(before) + (f"{COLONS[self._language]} {said}" if said else "")
        return plain(" ".join(part for part in (said, self._elsewhere(one)) if part))

    def _elsewhere(self, one: Decision) -> str:
        """The learner's own time, where it is another."""
        if one.zone == self._zone:
            return ""
        here, there = local(one.at, self._zone), local(one.at, one.zone)
        if here.utcoffset() == there.utcoffset():
            return ""
        day = f"{there:%Y-%m-%d} " if there.date() != here.date() else ""
        return f"({day}{short_time(there.time(), self._language)} {one.zone})"

    def _paint(self, text: str, color: str) -> str:
        return f"{color}{text}{RESET}" if self._color else text


def day_heading(day: date, language: Language) -> str:
    """`Sunday 6 September 2026`, `Dimanche 6 septembre 2026`."""
    weekday: str = get_day_names("wide", locale=locale_of(language))[day.weekday()]
    return f"{weekday[:1].upper()}{weekday[1:]} {long_date(day, language)}"


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
