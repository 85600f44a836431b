"""A year of half past two in the morning: 365 decisions in each zone, whatever its clocks do."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planned.api import Engine, compile_rules
from planned.runtime.clock import VirtualClock, datetime_of
from planned.store.memory import MemoryStore

ZONES = (
    "Europe/Paris",
    "America/Montreal",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Cairo",
    "Indian/Reunion",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Santiago",
    "Antarctica/Troll",  # two hours at once
)
RULES = compile_rules('course C rule daily every day at 02:30 until completion of course send "x"')
START = datetime(2026, 12, 30, 12, tzinfo=UTC)
DAYS = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]


def test_2027_has_365_decisions_in_each_of_12_zones() -> None:
    assert RULES.ok, RULES.texts()
    store = MemoryStore()
    end = START
    for month in range(1, 13):  # a new engine each month: its state is what is stored
        with Engine(RULES, store=store, clock=VirtualClock(end)) as engine:
            if month == 1:
                for zone in ZONES:
                    who = {"time": START.isoformat(), "learner": zone}
                    engine.feed(
                        {"id": f"p{zone}", "kind": "profile", "user": {"timezone": zone}, **who},
                        {"id": f"e{zone}", "kind": "enrolment", "course": "C", **who},
                    )
            end = datetime(2027, month, 28, 13, 7, tzinfo=UTC)
            engine.advance(end if month < 12 else datetime(2028, 1, 3, tzinfo=UTC))
    found: dict[str, list[datetime]] = defaultdict(list)
    for one in store.decisions():
        assert str(one.outcome) == "sent"
        found[one.learner].append(datetime_of(one.at))
    assert set(found) == set(ZONES)
    for zone in ZONES:
        there = ZoneInfo(zone)
        # RFC 5545: of a doubled time the first, a skipped one moves forward by the gap; Python's fold=0.
        expected = [datetime.combine(day, time(2, 30), there).astimezone(UTC) for day in DAYS]
        of_2027 = [at for at in found[zone] if at.astimezone(there).year == 2027]
        assert of_2027 == expected, zone
        assert len(of_2027) == 365


def test_the_year_has_skipped_and_doubled_half_past_twos() -> None:
    """Else the test above would prove little."""
    skipped = doubled = 0
    for zone in map(ZoneInfo, ZONES):
        for day in DAYS:
            local = datetime.combine(day, time(2, 30), zone)
            skipped += local.astimezone(UTC).astimezone(zone).time() != time(2, 30)
            doubled += local.utcoffset() > local.replace(fold=1).utcoffset()
    assert skipped >= 3
    assert doubled >= 1
