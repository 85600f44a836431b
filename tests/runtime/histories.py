"""Rules and histories for the tests of the live engine."""

from __future__ import annotations

from random import Random
from typing import Any

from planned.engine.event import Event
from planned.runtime.clock import SECOND, instant_of

RULES = """
language en
timezone Europe/Paris
course C "A course"
quiet from 20:00 to 08:00
limit 2 messages per day
contact office "The office"
group A is "A"

rule first
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "Don't forget lesson 2, {{ user.firstname }}."
  notify tutor "A reminder went to {{ user.fullname }}."
  then wait 2 days
  unless Lesson2 complete
  send "Still waiting."
  stop once course complete

rule joined
  after joining group A
  wait 90 minutes
  send "Welcome to the group."
  again each time

rule retry
  after failing Quiz1
  wait 1 day
  unless Quiz1 passed
  send "Try again." repeat every 2 days up to 2 times
  again after 5 days

rule weekly
  every monday at 10:00 until completion of course
  if enrolled as "student"
  send "A new week."

rule due
  2 days before deadline of Essay at 18:00
  unless Essay submitted
  send "Two days left."

rule chained
  after sending of first
  wait 1 day
  send "How is it going?"

rule away
  after 4 days without access
  wait 1 hour
  send "We miss you."
"""
START = instant_of("2026-09-01T08:00:00+02:00")
DAY = 86_400 * SECOND
LEARNERS = ("alice", "bob", "chloé")


def _fields(random: Random, kind: str) -> dict[str, Any]:
    match kind:
        case "completion":
            states = ("complete", "passed", "failed", "incomplete")
            return {"activity": random.choice(("Quiz1", "Lesson2")), "state": random.choice(states)}
        case "submission":
            return {"activity": "Essay"}
        case "group":
            return {"group": "A", "member": random.random() < 0.7}
        case "date":
            return {"what": "deadline", "activity": "Essay", "at": START + random.randrange(3, 25) * DAY}
        case "profile":
            return {
                "user": {"firstname": random.choice("XYZ"), "timezone": random.choice(("Europe/Paris", "Asia/Tokyo"))}
            }
        case "enrolment":
            return {"role": "student"}
        case _:
            return {}


KINDS = (
    ("completion",) * 6
    + ("access", "access", "group", "group", "submission", "date", "profile", "enrolment")
    + (
        "unenrolment",
        "suspension",
        "resumption",
    )
)


def history(seed: int, number: int, days: float, *, enrolled: bool = True) -> list[Event]:
    """Events of a few learners over some days, in order of time; the same for the same seed."""
    random = Random(seed)
    events: list[Event] = []
    if enrolled:
        for place, name in enumerate(LEARNERS):
            events.append(Event(f"enrol-{name}", START + place, "enrolment", "C", name, {"role": "student"}))
    for serial in range(number):
        kind = random.choice(KINDS)
        time = START + SECOND + int(random.random() * days * DAY) // SECOND * SECOND
        learner: str | None = random.choice(LEARNERS)
        if kind == "date" and random.random() < 0.6:
            learner = None
        course = None if kind == "profile" else "C"
        events.append(Event(f"e{serial}", time, kind, course, learner, _fields(random, kind)))
    events.sort(key=lambda event: event.time)
    return events
