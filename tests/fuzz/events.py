"""What holds of the decoder for any line at all: an event that every store keeps, or why it is none."""

from __future__ import annotations

import json
import time
from contextlib import suppress

from planned.api import compile_rules
from planned.engine.bad_event import EXCERPT, BadEvent
from planned.engine.decode import body_hash, decode, decode_object, keepable
from planned.engine.event import Event
from planned.engine.plan import prepare
from planned.engine.state import State
from planned.engine.step import step
from planned.sources.event_json import event_line
from planned.store import codec

SECONDS = 1.0
WHERE = "any.jsonl:1"
LATEST = 4_133_980_800_000_000
"""2101 in microseconds."""

_RULES = compile_rules("""
timezone Europe/Paris
every course
activity Quiz1
activity Lesson2
rule a after completion of Quiz1 wait 3 days at 09:00 unless Lesson2 complete send "{{ user.firstname }}"
rule b after grade of Quiz1 below 50% or failing Quiz1 if in group A send "b" again each time
rule c 3 days before deadline of Quiz1 at 09:00 if profile department is "x" send "c {{ activity.Quiz1.grade }}"
rule d after event "badge" or joining group A send "d" stop once course complete
rule e every monday at 09:00 until completion of course send "e"
rule f after 7 days without access if not active within 3 days send "f"
""")
PLAN = prepare(_RULES.graph)


def check(data: bytes, seconds: float = SECONDS) -> None:
    """Fails where a promise of the decoder does not hold for this line."""
    start = time.process_time()
    found = decode(data, WHERE)
    if isinstance(found, BadEvent):
        is_said(found)
    else:
        is_sound(found)
    spent = time.process_time() - start
    assert spent < seconds, f"{spent:.1f} s for {len(data)} bytes"
    # The quick way for plain lines and the thorough one say the same.
    with suppress(UnicodeDecodeError):
        assert _same(found, decode(data.decode(), WHERE))
    if isinstance(found, Event):
        with suppress(ValueError):
            assert _same(found, decode_object(json.loads(data.strip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf")), WHERE))


def _same(one: Event | BadEvent, other: Event | BadEvent) -> bool:
    if isinstance(one, BadEvent) or isinstance(other, BadEvent):
        return isinstance(one, BadEvent) and isinstance(other, BadEvent) and one.reason == other.reason
    return one == other


def is_said(bad: BadEvent) -> None:
    """In both languages, in one line that a terminal can print."""
    assert len(bad.raw) <= EXCERPT
    for text in (bad.raw, bad.text("en"), bad.text("fr"), bad.help("en"), bad.help("fr")):
        assert text.replace("\u00a0", " ").isprintable(), text


def is_sound(event: Event) -> None:
    """Every store keeps it and gives it back; written out, it reads back; the core does not break on it."""
    assert keepable(event)
    assert 0 <= event.time < LATEST
    body = codec.event_body(event)
    for text in (event.id, event.kind, event.course or "", event.learner or "", body):
        assert "\0" not in text
        text.encode()
    kept = codec.load_event(event.id, event.time, event.course, event.learner, body)
    assert kept == event
    assert codec.digest(kept, codec.event_body(kept)) == codec.digest(event, body)
    again = decode(event_line(event), WHERE)
    assert again == event, (again, event)
    assert body_hash(event) == body_hash(kept)
    for decision in step(PLAN, State(), event, event.time):
        codec.dump_decision(decision).encode()
