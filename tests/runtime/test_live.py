"""The live engine decides what the dry-run shows, whatever the store, the order of arrival and the restarts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planned.api import Engine, compile_rules
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event, Instant
from planned.engine.simulate import simulate
from planned.runtime.clock import VirtualClock
from planned.runtime.settings import Settings
from planned.store.base import Store
from planned.store.memory import MemoryStore
from planned.testing import RecordingChannel
from tests.postgres import Server
from tests.runtime.histories import DAY, LEARNERS, RULES, START, history

compiled = compile_rules(RULES)
# One person in memory: all others are read again each time they are wanted.
LIVE = Settings(since="1970-01-01T00:00:00Z", timezone="Europe/Paris", people_in_memory=1)
UNTIL = START + 60 * DAY


def test_the_rules_of_these_tests_compile() -> None:
    assert compiled.ok, compiled.texts()


def dry(events: Sequence[Event]) -> list[Decision]:
    decided = simulate(compiled.graph, events, until=UNTIL, default_zone="Europe/Paris")
    return [one for one in decided if one.outcome is not Outcome.PENDING]


def live(events: Sequence[Event], store: Store | None = None) -> list[Decision]:
    engine = Engine(compiled, store=store or MemoryStore(), clock=VirtualClock(START - 1), settings=LIVE)
    engine.feed(*events)
    return engine.advance(UNTIL)


def by_key(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted(
        decisions,
        key=lambda one: (one.at, one.learner, one.rule, one.course, one.occurrence, one.step, one.repeat, one.notice),
    )


@pytest.mark.parametrize("seed", range(12))
def test_live_is_the_dry_run_decision_for_decision(seed: int) -> None:
    events = history(seed, 40, 30)
    assert by_key(live(events)) == by_key(dry(events))


@pytest.mark.parametrize(
    ("kind", "seed"), [("sqlite", 0), ("sqlite", 1), ("sqlite", 2), ("postgres", 3), ("postgres", 4)]
)
def test_live_on_a_store_with_a_restart_at_every_event_is_the_dry_run(
    kind: str, seed: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = f"sqlite:///{tmp_path / 's.db'}"
    if kind == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.database())
    events = history(100 + seed, 25, 30)
    decided: list[Decision] = []
    now: Instant = START - 1
    for event in [*events, None]:
        with Engine(compiled, store=address, clock=VirtualClock(now), settings=LIVE) as engine:
            now = event.time if event is not None else UNTIL
            if event is not None:
                engine.feed(event)
            decided += engine.advance(now - 1 if event is not None else now)
            if event is not None:
                decided += engine.advance(now)
    assert by_key(decided) == by_key(dry(events))


def test_a_backlog_taken_in_at_once_is_decided_as_if_it_had_come_in_time() -> None:
    events = history(300, 30, 2.5)  # before anything is due at nine on the fourth day
    rules = compile_rules(
        'course C rule r after completion of Quiz1 wait 3 days at 09:00 unless Lesson2 complete send "x"'
    )
    in_time = Engine(rules, clock=VirtualClock(START - 1), settings=LIVE)
    in_time.feed(*events)
    at_once = Engine(rules, clock=VirtualClock(START + 3 * DAY - DAY // 4), settings=LIVE)
    at_once.feed(*events)
    decided = by_key(in_time.advance(UNTIL))
    assert decided
    assert decided == by_key(at_once.advance(UNTIL))


@pytest.mark.parametrize("seed", range(3))
def test_all_events_again_change_nothing(seed: int) -> None:
    events = history(200 + seed, 40, 20)
    store = MemoryStore()
    engine = Engine(compiled, store=store, clock=VirtualClock(START - 1), settings=LIVE)
    engine.feed(*events)
    first = engine.advance(START + 25 * DAY)
    before = store.counts()
    for _ in range(3):
        engine.feed(*events)
    assert engine.advance(START + 25 * DAY) == []
    assert store.counts() == before
    assert by_key(first + engine.advance(UNTIL)) == by_key(dry(events))


def test_a_daily_digest_survives_restarts() -> None:
    rules = compile_rules(
        'course C contact office "The office" rule r after completion of Quiz1 wait 1 hour send "x"'
        ' notify office daily at 18:00 "{% for one in learners %}{{ one.id }} {% endfor %}"'
    )
    assert rules.ok, rules.texts()
    store = MemoryStore()
    for place, learner in enumerate(LEARNERS):
        engine = Engine(rules, store=store, clock=VirtualClock(START + place), settings=LIVE)
        fields = {"activity": "Quiz1", "state": "complete"}
        engine.feed(Event(f"d{place}", START + place, "completion", "C", learner, fields))
        engine.advance(START + DAY // 12)
    engine = Engine(rules, store=store, clock=VirtualClock(START + DAY // 12), settings=LIVE)
    (digest,) = engine.advance(START + DAY)
    assert digest.to == ("contact:office",)
    assert digest.text is not None
    assert digest.text.split() == list(LEARNERS)


def test_each_of_several_tutors_gets_the_digest_of_the_same_learner() -> None:
    rules = compile_rules('course C rule r after completion of Quiz1 send "x" notify tutors daily at 18:00 "digest"')
    channel = RecordingChannel()
    engine = Engine(rules, clock=VirtualClock(START), settings=LIVE, channels={"email": channel})
    for tutor in ("tom", "tina"):
        engine.feed(Event(tutor, START, "enrolment", "C", tutor, {"role": "teacher"}))
    engine.feed(Event("q", START, "completion", "C", "alice", {"activity": "Quiz1", "state": "complete"}))
    engine.advance(START + 2 * DAY)
    assert sorted(message.to for message in channel.messages) == ["alice", "tina", "tom"]


def undoes(event: Event) -> bool:
    """Whether the event may cancel at once what waits: a cancellation that is committed stays, whatever comes in."""
    return (
        event.kind == "unenrolment" or event.fields.get("state") == "incomplete" or event.fields.get("member") is False
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_any_order_of_arrival_before_the_due_time_decides_the_same(seed: int, shuffle: int) -> None:
    within_an_hour = history(seed, 24, 0.04, enrolled=False)  # nothing is due before the last has come
    events = [event for event in within_an_hour if not undoes(event)]
    outcomes = []
    for order in (events, Random(shuffle).sample(events, len(events))):
        engine = Engine(compiled, clock=VirtualClock(START + DAY // 20), settings=LIVE)
        random = Random(shuffle)
        rest = list(order)
        while rest:
            size = random.randrange(1, 6)
            engine.feed(*rest[:size])
            rest = rest[size:]
        engine.advance(UNTIL)
        outcomes.append(sorted(map(essence, engine.decisions())))
    assert outcomes[0] == outcomes[1]


def essence(one: Decision) -> tuple[object, ...]:
    return (one.learner, one.rule, one.anchor, one.step, one.repeat, one.notice, one.due, str(one.outcome), one.at)
