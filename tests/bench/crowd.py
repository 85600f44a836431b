"""So many people for whom a message waits, put into a store at once: copies of one who came there by the engine."""

from __future__ import annotations

from collections.abc import Iterator

from planned import zones
from planned.api import compile_rules
from planned.check.graph import Graph
from planned.engine.event import Event, Instant
from planned.runtime.assemble import setup_of
from planned.runtime.clock import SECOND, SystemClock, VirtualClock
from planned.runtime.log import Log
from planned.runtime.settings import Settings
from planned.runtime.work import Setup, Work
from planned.store.base import Batch, Kept, Store
from planned.store.memory import MemoryStore
from planned.testing import RecordingChannel

RULES = """
language en timezone Europe/Paris course C "A course"
activity Quiz1 "First quiz" activity Lesson2 "Second lesson"
template reminder "Lesson 2, {{ user.firstname }}" \"\"\"
  Hello {{ user.firstname }},

  **{{ activity.Lesson2.title }}** is waiting for you. {{ why }}
  \"\"\"
rule reminder after completion of Quiz1 wait 3 days unless Lesson2 complete send reminder
"""
TOKEN = "u4711token"
DAY = 86_400 * SECOND
CHUNK = 10_000


def graph() -> Graph:
    compiled = compile_rules(RULES)
    assert compiled.ok, compiled.texts()
    return compiled.graph


def setup() -> Setup:
    """As with a channel of mail, so that messages are made and put into the outbox."""
    return setup_of(Settings(), {"email": RecordingChannel()})


def fill(store: Store, due: int, later: int) -> None:
    """So many people whose message was due an hour ago, and so many others for whom one waits for days."""
    now = SystemClock().now()
    Work(graph(), store, VirtualClock(now - 10 * DAY), setup(), Log()).deploy()
    store.keep_zones(zones.version())  # else the first engine would look through all of them once
    add(store, "d", due, now - DAY // 24)
    add(store, "l", later, now + 5 * DAY)


def add(store: Store, prefix: str, number: int, due: Instant) -> None:
    """So many more, whose ids begin so, for whom a message is due then."""
    for people in _copies(number, prefix, due):
        store.save(Batch(now=SystemClock().now(), people=people))


def _copies(number: int, prefix: str, due: Instant) -> Iterator[dict[str, Kept]]:
    one = _one(due)
    for start in range(0, number, CHUNK):
        ids = [f"{prefix}{place:08}" for place in range(start, min(number, start + CHUNK))]
        yield {id_: Kept(one.next_due, one.horizon, one.body.replace(TOKEN, id_)) for id_ in ids}


def _one(due: Instant) -> Kept:
    """Somebody who did the quiz three days before."""
    store, then = MemoryStore(), due - 3 * DAY
    work = Work(graph(), store, VirtualClock(then), setup(), Log())
    work.deploy()
    user = {"firstname": f"Alice {TOKEN}", "lastname": "Martin", "email": f"{TOKEN}@univ.example"}
    done = {"activity": "Quiz1", "state": "complete"}
    events = [
        Event(f"p-{TOKEN}", then, "profile", None, TOKEN, {"user": user}),
        Event(f"c-{TOKEN}", then, "completion", "C", TOKEN, done),
    ]
    work.take("bench", events, None)
    work.apply_some()
    assert store.next_due() == due
    return Kept(due, then, store.people([TOKEN])[TOKEN].body)
