"""Whose fault it is when the core breaks: that of one odd event, or ours, so that hardly any event would count."""

from __future__ import annotations

from planned.engine.event import Event

ENOUGH = 20
"""So many different learners in a row whose events break the core are no accident."""


class FaultyError(Exception):
    """The engine breaks on every event: it takes in no more and must end. The text says what to do."""


class Streak:
    """Those whose events broke the core, with no event in between that counted."""

    def __init__(self) -> None:
        self._whose: set[str] = set()

    def broken(self, event: Event) -> None:
        """Raises FaultyError once there are enough."""
        self._whose.add(event.learner or event.course or "")
        if len(self._whose) >= ENOUGH:
            raise FaultyError(
                f"events of {ENOUGH} learners one after the other broke the engine: this is a mistake in planned or in"
                " what is installed with it, not in the events. Nothing more is taken in and no event is lost: those"
                " not yet counted are stored. The log has the place (event failed). Install another version and start"
                " again; then bring back what was set aside: planned quarantine --replay --reason engine-error"
            )

    def counted(self) -> None:
        """An event counted: the others were odd."""
        self._whose.clear()
