"""The core and the oracle on one history, brought into the same form."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from planned.check.build import build
from planned.diagnostics import Severity
from planned.engine.decision import Decision
from planned.engine.decode import decode_object
from planned.engine.event import Event
from planned.engine.simulate import simulate
from planned.sources.order import events_in_order
from planned.syntax import ast
from planned.syntax.from_text import parse
from tests.oracle.histories import History, told
from tests.oracle.oracle import decide

SENSELESS = {"never-sends", "never-starts"}
"""Errors of rules that mean something, though it is nothing."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnfitError(Exception):
    """A history that the core has no business with: its rules or events have errors."""


@dataclass(frozen=True)
class Disagreement:
    history: History
    expected: list[str]
    got: list[str]

    def told(self) -> str:
        """The history, then each line that only one of the two has."""
        missing = [f"  oracle  {line}" for line in self.expected if line not in self.got]
        more = [f"  core    {line}" for line in self.got if line not in self.expected]
        lines = sorted(missing + more, key=lambda line: line[10:])[:30]
        return "\n".join([told(self.history), "--- differing lines", *(lines or ["  only in their order"])])


def compared(history: History) -> Disagreement | None:
    """None if both decide the same, in the same order."""
    files, _ = checked(history)
    graph, _ = build(files)
    until = datetime.fromisoformat(history.until) if history.until else None
    expected = [shown(one) for one in decide(files, history.events, until, history.default_zone)]
    end = None if until is None else (until - EPOCH) // timedelta(microseconds=1)
    with tempfile.TemporaryDirectory() as folder:
        received = Path(folder, "events.jsonl")
        received.write_text("".join(json.dumps(one) + "\n" for one in history.events), encoding="utf-8")
        with events_in_order([received]) as events:
            run = simulate(graph, events, until=end, default_zone=history.default_zone)
            got = [shown(plain(one)) for one in run]
    return None if expected == got else Disagreement(history, expected, got)


def checked(history: History) -> tuple[list[ast.File], list[Event]]:
    files, found = [], []
    for name, text in history.files.items():
        file, diagnostics = parse(text, name)
        files.append(file)
        found += diagnostics
    found += build(files)[1]
    wrong = [one.text("en") for one in found if one.severity is Severity.ERROR and one.name not in SENSELESS]
    events = [decode_object(one, str(one["id"])) for one in history.events]
    wrong += [str(one) for one in events if not isinstance(one, Event)]
    if wrong:
        raise UnfitError("\n".join(wrong))
    return files, [one for one in events if isinstance(one, Event)]


def plain(one: Decision) -> dict[str, Any]:
    """A decision of the core as the oracle writes one."""
    return {
        "at": EPOCH + timedelta(microseconds=one.at),
        "rule": one.rule,
        "course": one.course,
        "learner": one.learner,
        "occurrence": one.occurrence,
        "step": one.step,
        "repeat": one.repeat,
        "notice": one.notice,
        "outcome": one.outcome.value,
        "reason": one.reason.code.value if one.reason else None,
        "anchor": EPOCH + timedelta(microseconds=one.anchor),
        "due": EPOCH + timedelta(microseconds=one.due),
        "because": list(one.because),
        "to": list(one.to),
        "guards": [reading.value for reading in one.guards],
    }


def shown(one: dict[str, Any]) -> str:
    """One line, to the last field that both know."""
    place = f"{one['occurrence']}.{one['step']}.{one['repeat']}" + (f" notice {one['notice']}" if one["notice"] else "")
    outcome = one["outcome"] + (f" ({one['reason']})" if one["reason"] else "")
    guards = "".join("y" if value else "n" for value in one["guards"]) or "-"
    causes = ",".join(one["because"]) or "-"
    return (
        f"{_time(one['at'])} {one['rule']} {one['course']} {one['learner']} {place} {outcome} to {','.join(one['to'])}"
        f" anchor {_time(one['anchor'])} due {_time(one['due'])} because {causes} guards {guards}"
    )


def _time(instant: datetime) -> str:
    seconds = f":{instant:%S}" if instant.second or instant.microsecond else ""
    return f"{instant:%Y-%m-%dT%H:%M}{seconds}Z"
