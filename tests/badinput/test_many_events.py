"""A million events of one learner: each costs as much as the first, be it late; memory is bounded."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

import pytest

from planned.api import compile_rules
from planned.engine.decision import Outcome
from planned.engine.event import Event, Instant
from planned.runtime.clock import SECOND, SystemClock, VirtualClock, datetime_of
from planned.runtime.log import Log
from planned.runtime.work import Setup, Work
from planned.store.opening import open_store
from tests.badinput.running import MEGABYTES, run_apart
from tests.faults.rig import LONG
from tests.runtime.histories import RULES, START

MANY = 1_000_000 if LONG else 30_000
A_TIME = 1_000


def flood(late_every: int = 0) -> Iterator[Event]:
    """What one learner did, a second apart; of so many visits one is ten thousand seconds late."""
    random = Random(1)
    yield Event("first", START, "enrolment", "C", "big", {"role": "student"})
    for number in range(1, MANY):
        at, which, id_ = START + number * SECOND, random.random(), f"e{number}"
        if late_every and number % late_every == 0 and number > 10_000:
            yield Event(id_, at - 10_000 * SECOND, "viewing", "C", "big", {"activity": "Page1"})
        elif which < 0.4:
            yield Event(id_, at, "access", "C", "big", {})
        elif which < 0.8:
            yield Event(id_, at, "viewing", "C", "big", {"activity": f"Page{random.randrange(50)}"})
        elif which < 0.9:
            yield Event(id_, at, "grade", "C", "big", {"activity": f"Quiz{random.randrange(9)}", "grade": 8.0})
        else:
            state = random.choice(["complete", "incomplete", "passed"])
            yield Event(id_, at, "completion", "C", "big", {"activity": f"Quiz{random.randrange(9)}", "state": state})


@pytest.mark.parametrize("late_every", [0, 300])
def test_each_of_very_many_events_costs_as_much_as_the_first(
    late_every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    store, clock = open_store(f"sqlite:///{tmp_path / 's.db'}"), VirtualClock(START)
    work = Work(compile_rules(RULES).graph, store, clock, Setup(since=START), Log())
    work.deploy()
    monkeypatch.setattr(store, "history", lambda *args: pytest.fail("all that he ever did was read"))
    costs, sizes = list[float](), list[int]()
    events = flood(late_every)
    while some := list(islice(events, A_TIME)):
        clock.move(max(clock.now(), some[-1].time + SECOND))
        begun = time.process_time()
        work.take("a", some, some[-1].id)
        while work.apply_some() is not None:
            pass
        costs.append(time.process_time() - begun)
        sizes.append(len(store.people(["big"])["big"].body))
    store.close()
    third = len(costs) // 3
    first, last = median(costs[:third]), median(costs[-third:])
    record_property("figures", f"ms a thousand: {first * 1000:.0f} at first, {last * 1000:.0f} at last, of {MANY}")
    assert last < 2 * first + 0.02
    assert sizes[-1] < 1.5 * sizes[third]


def test_beside_very_many_events_of_one_learner_another_gets_his_message_and_memory_is_bounded(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    ago = SystemClock().now() - (MANY + 2 * 3600) * SECOND - START
    with (tmp_path / "events.jsonl").open("w") as out:
        for number, one in enumerate(flood()):
            out.write(line(one, ago))
            if number == MANY - A_TIME:  # not too late yet, when all have been read
                user = {"user": {"firstname": "Alice", "email": "alice@x.example"}}
                out.write(line(Event("who", one.time, "profile", None, "alice", user), ago))
                out.write(line(Event("other", one.time, "group", "C", "alice", {"group": "A", "member": True}), ago))
    (tmp_path / "a.rules").write_text(RULES.replace("quiet from 20:00 to 08:00", ""))
    ran = run_apart(
        "run",
        tmp_path / "a.rules",
        "--once",
        "--store",
        f"sqlite:///{tmp_path / 's.db'}",
        "--source",
        f"jsonl:{tmp_path / 'events.jsonl'}",
        "--since",
        "2020-01-01T00:00:00Z",
        "--channel",
        f"maildir:{tmp_path / 'out'}",
        "--from",
        "n@x.example",
    )
    record_property("figures", f"{MANY} events: {ran.cpu:.0f} s of CPU, {ran.peak:.0f} MB")
    assert ran.code == 0, ran.err
    assert ran.peak < MEGABYTES
    store = open_store(f"sqlite:///{tmp_path / 's.db'}", read_only=True)
    outcomes = [one.outcome for one in store.decisions("alice") if one.rule == "joined"]
    store.close()
    assert outcomes == [Outcome.SENT]


def line(event: Event, later: Instant) -> str:
    """As a source has it, so much later."""
    when = datetime_of(event.time + later).isoformat()
    about = {"id": event.id, "time": when, "kind": event.kind, "learner": event.learner}
    course = {"course": event.course} if event.course else {}
    return json.dumps({**about, **course, **event.fields}) + "\n"
