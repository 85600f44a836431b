"""A decision: what became of one message, when and why. The object of section 5 of the language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planned.engine.event import Instant


class Outcome(StrEnum):
    SENT = "sent"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    PENDING = "pending"
    """Only where a run stops before the message is decided; never stored."""


class ReasonCode(StrEnum):
    IF = "if"
    UNLESS = "unless"
    STOP_ONCE = "stop-once"
    UNDONE = "undone"
    UNENROLLED = "unenrolled"
    RULE_ENDED = "rule-ended"
    RULE_CHANGED = "rule-changed"
    LATE = "late"
    RENDER = "render"
    NO_ADDRESS = "no-address"
    OPTED_OUT = "opted-out"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    text: str
    """One sentence in the language of the rule's file."""


@dataclass(frozen=True, slots=True)
class GuardReading:
    text: str
    value: bool
    """The value of the condition itself: an `unless` with True suppresses."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Key: (rule, course, learner, occurrence, step_id, repeat, notice). `zone` is the learner's, for writing instants.

    `step` counts from 1, `repeat` from 0 (the first message), `notice` from 1 over the step's notices; it is 0 for the
    message itself. `text` is plain text, `markup` the Markdown it came from, which a mail shows as HTML; both None
    unless sent. `to` has ids of people, or words (`role:…`, `contact:…`) where only the settings or the source know who
    that is.
    """

    at: Instant
    rule: str
    course: str
    learner: str
    occurrence: int
    step: int
    repeat: int
    outcome: Outcome
    reason: Reason | None
    to: tuple[str, ...]
    sender: str
    channel: str
    subject: str | None
    text: str | None
    markup: str | None
    anchor: Instant
    due: Instant
    because: tuple[str, ...]
    guards: tuple[GuardReading, ...]
    source: str
    revision: str
    zone: str
    notice: int = 0
    draft: bool = False
    topic: str | None = None
    step_id: str = ""
    """By what the step is known when the rule is edited; of a digest with its reader."""
