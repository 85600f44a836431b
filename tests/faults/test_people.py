"""Who leaves the course before his message is due, and who is to get several after an outage of days."""

from __future__ import annotations

import time
from collections.abc import Callable

from planned.store.opening import open_store
from tests.faults.course import Line, hours_ago, utc, write
from tests.faults.rig import Place

HOUR, DAY = 3600, 86_400
THREE = """
language en
course C
limit 1 message per day
rule one after completion of Quiz1 wait 1 day send "One"
rule two after completion of Quiz1 wait 2 days send "Two"
rule three after completion of Quiz1 wait 3 days send "Three"
"""


def happened(kind: str, *learners: str, **more: str) -> list[Line]:
    """The same to each of them, now."""
    at = utc(hours_ago(0))
    return [
        {"id": f"{kind} {who} {at}", "time": at, "kind": kind, "course": "C", "learner": who, **more}
        for who in learners
    ]


def enrolled(*learners: str) -> list[Line]:
    profiles = happened("profile", *learners)
    for one in profiles:
        del one["course"]
        one["user"] = {"firstname": one["learner"], "email": address(one["learner"])}
    return profiles + happened("enrolment", *learners)


def address(who: str) -> str:
    return f"{who}@example.org"


def outcomes(place: Place) -> dict[str, set[tuple[str, str | None]]]:
    """By learner, how it ended and why: of what was not sent the receiver knows nothing."""
    store = open_store(place.store)
    found: dict[str, set[tuple[str, str | None]]] = {}
    for one in store.decisions():
        found.setdefault(one.learner, set()).add((one.outcome.value, one.reason and one.reason.code.value))
    store.close()
    return found


def test_who_leaves_or_is_suspended_before_it_is_due_gets_nothing(place: Place, figures: Callable[..., None]) -> None:
    begun, everybody = time.monotonic(), ("stays", "left", "held", "held-and-back")
    write(place.events, enrolled(*everybody))
    write(place.events, happened("completion", *everybody, activity="Quiz1", state="complete"))
    place.run_once()
    write(place.events, happened("unenrolment", "left") + happened("suspension", "held", "held-and-back"))
    place.run_once()
    place.run_once(later=HOUR)
    expected = {(address("stays"), subject) for subject in ("Hello", "Second")}
    verdict = place.verdict(expected)
    assert verdict.whole(), verdict
    write(place.events, happened("resumption", "held-and-back"))
    place.run_once(later=2 * HOUR)
    place.run_once(later=3 * DAY)
    expected |= {(address("held-and-back"), subject) for subject in ("Hello", "Second")}
    verdict = place.verdict(expected)
    figures(verdict, seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
    ended = outcomes(place)
    assert ended["left"] == {("cancelled", "unenrolled")}
    assert "held" not in ended
    assert {ended[who].pop()[0] for who in ("stays", "held-and-back")} == {"sent"}


def test_after_three_days_of_outage_messages_are_not_stacked(place: Place, figures: Callable[..., None]) -> None:
    """What is too late expires, and of the rest no more comes in a day than the rules allow."""
    begun, learners = time.monotonic(), ("alice", "ben", "chloe")
    (place.path / "a.rules").write_text(THREE)
    write(place.events, enrolled(*learners))
    write(place.events, happened("completion", *learners, activity="Quiz1", state="complete"))
    place.run_once()
    assert not place.received()
    for day in (3, 4, 5):
        before = len(place.received())
        place.run_once(later=day * DAY + HOUR)
        assert len(place.received()) - before == (len(learners) if day < 5 else 0)
    verdict = place.verdict((address(who), subject) for who in learners for subject in ("Two", "Three"))
    figures(verdict, seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
    assert outcomes(place) == {who: {("sent", None), ("expired", "late")} for who in learners}
