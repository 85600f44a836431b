"""Everybody is due at the same minute: nobody is left out, no rule waits for another, and memory stays bounded."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from planned.store.opening import open_store
from tests.faults.course import Line, hours_ago, utc, write
from tests.faults.rig import LONG, Engine, Place

DUE = 100_000 if LONG else 3_000
RULES = ("first", "second", "third")
MEMORY = 400 if LONG else 250
"""MB."""
TENTH = DUE // 10


def rules() -> str:
    return "language en\ncourse C\n" + "".join(
        f'rule {name} after completion of Quiz{number} wait 1 minute send "Hello {{{{ user.firstname }}}}"\n'
        for number, name in enumerate(RULES)
    )


def burst() -> list[Line]:
    """Each learner has done one of three things in the same second; whose ids are alike need not be of one rule."""
    at, learners = utc(hours_ago(1)), [f"p{number:06}" for number in range(DUE)]
    lines: list[Line] = [
        {"id": f"a{who}", "time": at, "kind": "profile", "learner": who, "user": {"email": f"{who}@example.org"}}
        for who in learners
    ]
    quizzes = [number * len(RULES) // DUE for number in range(DUE)]
    Random(9).shuffle(quizzes)
    done = [
        {"id": f"b{who}", "time": at, "kind": "completion", "course": "C", "learner": who, "state": "complete"}
        | {"activity": f"Quiz{quiz}"}
        for who, quiz in zip(learners, quizzes, strict=True)
    ]
    return lines + done


def decided(engine: Engine) -> int:
    return sum(line["decisions"] for line in engine.lines("decided"))


def peak_memory(engine: Engine) -> float:
    """MB."""
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def test_all_due_at_once_are_decided_within_bounded_memory_and_no_rule_starves(
    place: Place, figures: Callable[..., None]
) -> None:
    (place.path / "a.rules").write_text(rules())
    lines = burst()
    write(place.events, lines)
    engine, begun = place.start().begun(), time.monotonic()
    place.wait_until(lambda: decided(engine) >= DUE, 1200)
    seconds = time.monotonic() - begun
    memory = peak_memory(engine)
    place.stop_all()
    store = open_store(place.store)
    order = [one.rule for one in store.decisions()]
    counts = store.counts()
    store.close()
    received = place.received()
    figures(
        f"decided {len(order)} of {DUE}",
        a_second=round(DUE / seconds),
        memory=f"{memory:.0f} MB",
        sent_meanwhile=len(received),
        seconds=round(seconds),
    )
    assert len(order) == DUE
    assert counts["decisions"] == DUE
    assert max(Counter(order).values()) - min(Counter(order).values()) <= 1
    shares = [Counter(order[at : at + TENTH]) for at in range(0, DUE, TENTH)]
    assert all(share[name] > TENTH // 5 for share in shares for name in RULES), shares
    assert memory < MEMORY
    assert len({one.id for one in received}) == len(received)
