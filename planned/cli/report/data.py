"""All decisions of a dry-run in little room: columns of numbers, each text once, compressed.

The script of the page reads them (`page.js`, `unpack`). Times of the clock are seconds as if the learner's zone were
UTC, so that a browser shows what the simulation decided whatever it knows of zones.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from planned.cli.terminal import plain
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local
from planned.engine.event import Instant

OUTCOMES = tuple(Outcome)
_SECOND = 1_000_000


class Packed:
    """Decisions, column by column."""

    def __init__(self) -> None:
        self._columns: dict[str, list[int]] = {}
        self._texts = _Table()
        self._rules = _Table()
        self._learners = _Table()
        self._guards = _Table()
        self._zones = _Table()

    def add(self, one: Decision) -> None:
        at, anchor, due = (_wall(instant, one.zone) for instant in (one.at, one.anchor, one.due))
        self._row(
            learner=self._learners.place(one.learner),
            rule=self._rules.place((one.rule, one.course)),
            outcome=OUTCOMES.index(one.outcome),
            utc=one.at // _SECOND,
            at=at - one.at // _SECOND,
            anchor=at - anchor,
            due=at - due,
            zone=self._zones.place(one.zone),
            step=one.step,
            repeat=one.repeat,
            notice=int(one.notice > 0),
            draft=int(one.draft),
            subject=self._text(one.subject),
            text=self._text(one.text),
            reason=self._text(one.reason.text if one.reason else None),
            to=self._text(", ".join(one.to) if one.to not in ((), (one.learner,)) else None),
            guards=self._guards.place(tuple((plain(guard.text), int(guard.value)) for guard in one.guards)),
        )

    def _row(self, **cells: int) -> None:
        for name, cell in cells.items():
            self._columns.setdefault(name, []).append(cell)

    def _text(self, text: str | None) -> int:
        """The place of a text; the empty one, at 0, is none."""
        self._texts.place("")
        return self._texts.place(shown(text or ""))

    def object(self, name_of: Callable[[str], str]) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "columns": self._columns,
            "texts": self._texts.all,
            "rules": [[plain(rule), plain(course)] for rule, course in self._rules.all],
            "learners": [[plain(id), name_of(id)] for id in self._learners.all],
            "guards": self._guards.all,
            "zones": self._zones.all,
        }


def compressed(data: object) -> str:
    """JSON, gzip, base 64: nothing in it can end the element that it stands in. The same data give the same text."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()


def shown(text: str) -> str:
    """A text of others, safe to show: its tabs are blanks, and nothing in it turns the line around."""
    return "\n".join(map(plain, text.replace("\t", "    ").split("\n")))  # line by line: most need no second look


def _wall(instant: Instant, zone: str) -> int:
    offset = local(instant, zone).utcoffset()
    assert offset is not None, "a local time of a zone has an offset"
    return (instant + int(offset.total_seconds()) * _SECOND) // _SECOND


class _Table:
    """Things by the place at which they were first seen."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}

    def place(self, thing: Hashable) -> int:
        return self._places.setdefault(thing, len(self._places))

    @property
    def all(self) -> Sequence[Any]:
        return list(self._places)
