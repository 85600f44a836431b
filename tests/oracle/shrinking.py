"""Makes a history on which core and oracle disagree as small as it gets: fewer events, fewer lines of rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.oracle.agreement import Disagreement, UnfitError, compared
from tests.oracle.histories import History


def shrunk(found: Disagreement, tries: int = 1000) -> Disagreement:
    """The smallest of its kind that leaving out one thing after the other finds, with so many comparisons at most."""
    goes_on = True
    while goes_on:
        goes_on = False
        for smaller in _smaller(found.history):
            tries -= 1
            if tries < 0:
                return found
            try:
                still = compared(smaller)
            except UnfitError:
                continue
            if still is not None:
                found, goes_on = still, True
                break
    return found


def _smaller(history: History) -> Iterator[History]:
    for name in history.files:
        if len(history.files) > 1:
            yield replace(history, files={other: text for other, text in history.files.items() if other != name})
    for name, text in history.files.items():
        lines = text.splitlines()
        for size in (12, 6, 3, 2, 1):
            for start in range(0, len(lines) - size + 1):
                kept = lines[:start] + lines[start + size :]
                yield replace(history, files={**history.files, name: "\n".join(kept) + "\n"})
        for start, line in enumerate(lines):
            for word in (" urgent", " draft", " at least", " and ", " or "):
                if word in line:
                    head, _, tail = line.partition(word)
                    for other in (head, head + tail):
                        changed = [*lines[:start], other, *lines[start + 1 :]]
                        yield replace(history, files={**history.files, name: "\n".join(changed) + "\n"})
    events = history.events
    for size in (16, 8, 4, 2, 1):
        for start in range(0, len(events) - size + 1):
            yield replace(history, events=events[:start] + events[start + size :])
    if history.default_zone != "UTC":
        yield replace(history, default_zone="UTC")
