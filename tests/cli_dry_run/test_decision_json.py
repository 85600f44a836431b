"""A decision and its JSON object."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from planned.engine.decision import Decision, GuardReading, Outcome, Reason, ReasonCode
from planned.engine.decision_json import decision_object, decision_of, instant_of, local_time, stored_object

SENT = Decision(
    at=1_788_678_000_000_000,
    rule="relance",
    course="NUM101",
    learner="alice",
    occurrence=1,
    step=1,
    repeat=0,
    outcome=Outcome.SENT,
    reason=None,
    to=("alice",),
    sender="tutor",
    channel="email",
    subject="N'oubliez pas la leçon 2, Alice",
    text="Bonjour",
    markup="*Bonjour*",
    anchor=1_788_437_400_000_000,
    due=1_788_678_000_000_000,
    because=("e1",),
    guards=(GuardReading("unless Lesson2 complete", False),),
    source="relance.rules:13",
    revision="0123456789ab",
    zone="Europe/Paris",
)

THE_LANGUAGES_OWN = """
{"at": "2026-09-06T09:00:00+02:00", "rule": "relance", "course": "NUM101", "learner": "alice", "occurrence": 1,
 "step": 1, "repeat": 0, "outcome": "sent", "reason": null, "to": ["alice"], "from": "tutor", "channel": "email",
 "subject": "N'oubliez pas la leçon 2, Alice", "text": "Bonjour",
 "anchor": "2026-09-03T14:10:00+02:00", "due": "2026-09-06T09:00:00+02:00", "because": ["e1"],
 "guards": [{"text": "unless Lesson2 complete", "value": false}], "source": "relance.rules:13",
 "revision": "0123456789ab"}
"""


def test_the_object_of_the_language_key_by_key() -> None:
    expected = json.loads(THE_LANGUAGES_OWN)
    assert decision_object(SENT) == expected
    assert list(decision_object(SENT)) == list(expected)


def test_a_notice_says_so() -> None:
    assert decision_object(replace(SENT, notice=2))["notice"] is True
    assert "notice" not in decision_object(SENT)


def test_times_are_the_learners() -> None:
    obj = decision_object(replace(SENT, zone="Indian/Reunion", at=SENT.at + 1))
    assert (obj["at"], obj["due"]) == ("2026-09-06T11:00:00.000001+04:00", "2026-09-06T11:00:00+04:00")


@given(
    st.builds(
        replace,
        st.just(SENT),
        at=st.integers(315_532_800_000_000, 4_000_000_000_000_000),
        outcome=st.sampled_from(Outcome),
        reason=st.none() | st.builds(Reason, st.sampled_from(ReasonCode), st.text()),
        to=st.lists(st.text(), max_size=3).map(tuple),
        subject=st.none() | st.text(),
        zone=st.sampled_from(["UTC", "Europe/Paris", "Australia/Lord_Howe", "America/St_Johns"]),
        notice=st.integers(0, 3),
        draft=st.booleans(),
        topic=st.none() | st.text(),
        step_id=st.text(),
        guards=st.lists(st.builds(GuardReading, st.text(), st.booleans()), max_size=2).map(tuple),
    )
)
def test_what_is_stored_comes_back(decision: Decision) -> None:
    assert decision_of(json.loads(json.dumps(stored_object(decision)))) == decision


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first, second = instant_of("2026-10-25T02:30:00+02:00"), instant_of("2026-10-25T02:30:00+01:00")
    assert second - first == 3_600_000_000
    assert local_time(first, "Europe/Paris").endswith("+02:00")
    assert local_time(second, "Europe/Paris").endswith("+01:00")
