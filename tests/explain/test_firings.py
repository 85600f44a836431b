"""Example firings: the surprising ones are found, and every date said is the engine's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from planned.check.build import graph_of
from planned.check.graph import Graph, Quiet, WaitFor
from planned.check.subject import subject
from planned.diagnostics import Language
from planned.engine.calendar import aware, instant_of, wait_for
from planned.engine.decision import Decision, Outcome
from planned.engine.explain import clauses
from planned.engine.explain.examples import sentences
from planned.engine.explain.firings import MINUTE, About, Firing, firings, next_change
from planned.engine.explain.rule import voice_of
from planned.engine.phrases import long_date, short_time
from planned.engine.simulate import simulate
from planned.runtime.files import load_rules
from tests.explain.explaining import TODAY, examples, read

PARIS = "language en timezone Europe/Paris course C "
ROOT = Path(__file__).resolve().parents[2]


def times(firing: Firing) -> list[str]:
    return [aware(one.at, firing.zone).isoformat()[:16] for one in firing.decisions]


def told(text: str, language: Language = "en") -> list[str]:
    graph, rule, placed = read(text)[0]
    voice = voice_of(rule, placed, language)
    return [" ".join(sentences(voice, one)) for one in firings(graph, rule, TODAY)]


def about(found: Sequence[Firing], what: About) -> Firing:
    return next(one for one in found if one.about is what)


def test_three_plain_ones_at_different_hours() -> None:
    found = examples(PARIS + 'rule x after completion of Quiz1 wait 3 days at 09:00 send "x"')
    assert [one.about for one in found] == [About.PLAIN] * 3
    assert [times(one) for one in found] == [["2026-11-27T09:00"], ["2026-11-28T09:00"], ["2026-12-01T09:00"]]
    assert len({aware(one.anchor, one.zone).time() for one in found}) == 3


def test_a_skipped_hour() -> None:
    text = PARIS + 'rule x after completion of Quiz1 wait 3 days at 02:30 send "x"'
    found = about(examples(text), About.SKIPPED)
    assert times(found) == ["2027-03-28T03:30"]
    assert told(text)[-1].endswith(
        "On Sunday 28 March 2027 the clocks go forward and 02:30 does not exist; it leaves at 03:30."
    )
    french = told(text, "fr")[-1]
    assert french.endswith(
        "Le dimanche 28 mars 2027, on avance les horloges et 2h30 n'existe pas\u00a0; il part à 3h30."
    )


def test_a_doubled_hour() -> None:
    text = 'language en timezone America/New_York course C every day at 01:30 send "x"'
    graph, rule, _ = read(text)[0]
    found = about(firings(graph, rule, date(2026, 8, 1)), About.TWICE)
    assert times(found) == ["2026-11-01T01:30"]
    assert aware(found.decisions[0].at, found.zone).utcoffset() == timedelta(hours=-4)


def test_hours_over_a_change_of_the_clocks() -> None:
    text = PARIS + 'rule x after completion of Quiz1 wait 72 hours send "x"'
    found = about(examples(text), About.SHIFTED)
    start, leave = aware(found.anchor, found.zone), aware(found.decisions[0].at, found.zone)
    assert found.decisions[0].at - found.anchor == 72 * 3_600_000_000
    assert leave.replace(tzinfo=None) - start.replace(tzinfo=None) == timedelta(hours=73)
    assert "The clocks change in between: 3 days really pass" in told(text)[-1]


def test_the_end_of_a_month() -> None:
    text = PARIS + 'rule x after completion of Quiz1 wait 1 month send "x"'
    found = about(examples(text), About.MONTH_END)
    assert aware(found.anchor, found.zone).date() == date(2027, 1, 31)
    assert aware(found.decisions[0].at, found.zone).date() == date(2027, 2, 28)
    every = about(examples(PARIS + 'every month at 09:00 send "x"'), About.MONTH_END)
    assert times(every) == ["2027-02-28T09:00"]


def test_quiet_times_that_move_it() -> None:
    text = PARIS + 'quiet on sunday rule x after completion of Quiz1 wait 3 days at 09:00 send "x"'
    found = about(examples(text), About.QUIET)
    assert aware(found.decisions[0].at, found.zone).weekday() == 0
    assert found.unpostponed is not None
    assert aware(found.unpostponed, found.zone).weekday() == 6
    said = next(one for one in told(text) if "Quiet times moved it" in one)
    assert "without them the message would have left on Sunday 29 November 2026 at 09:00." in said


def test_a_draft_is_played_as_if_it_ran_and_a_day_is_only_one() -> None:
    assert len(examples(PARIS + 'rule x draft after completion of Quiz1 send "x"')) == 3
    once = examples(PARIS + 'rule x on 2027-01-05 at 09:00 send "x"')
    assert [times(one) for one in once] == [["2027-01-05T09:00"]]


def test_what_never_sends_has_no_example() -> None:
    assert examples(PARIS + 'rule x after completion of Quiz1 unless Quiz1 complete send "x"') == ()


def test_the_next_change_of_the_clocks() -> None:
    change = next_change(TODAY, "Europe/Paris")
    assert change is not None
    assert aware(change, "UTC").isoformat() == "2027-03-28T01:00:00+00:00"
    assert next_change(TODAY, "Africa/Abidjan") is None


LOADED = load_rules([ROOT / "rules"])
SURVEYED = subject(LOADED.files, LOADED.imports, LOADED.sources, LOADED.diagnostics, None).survey
RULES = graph_of(SURVEYED)


@pytest.mark.parametrize("name", [rule.name for rule in RULES.rules])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_date_said_is_the_engines(name: str, language: Language) -> None:
    rule = next(one for one in RULES.rules if one.name == name)
    placed = next(one for one in SURVEYED.rules if one.name == name)
    found = firings(RULES, rule, TODAY)
    assert found
    for firing in found:
        played = [one for one in decisions(RULES, firing) if one.rule == name and not one.notice]
        assert [one for one in played if one.anchor == firing.anchor] == list(firing.decisions)
        said = " ".join(sentences(voice_of(rule, placed, language), firing))
        for one in [one for one in firing.decisions if one.outcome is Outcome.SENT][:4]:
            day = long_date(aware(one.at, firing.zone).date(), language)
            assert day in said
            assert short_time(aware(one.at, firing.zone).time(), language) in said


def decisions(rules: Graph, firing: Firing) -> list[Decision]:
    """By all rules together, as in real life, but without the others of the same file taking places of a limit."""
    return list(simulate(rules, firing.events))


@pytest.mark.parametrize("wait", ["1 day", "3 days", "2 weeks"])
@pytest.mark.parametrize("at", ["00:00", "09:00", "23:30"])
def test_the_range_that_is_said_is_that_of_a_whole_day(wait: str, at: str) -> None:
    """Every minute of a day without a change of the clocks as start."""
    text = f'language en timezone Europe/Paris course C rule x after completion of Q wait {wait} at {at} send "x"'
    _, rule, placed = read(text)[0]
    step = rule.steps[0].wait
    assert isinstance(step, WaitFor)
    midnight = instant_of(datetime.combine(date(2026, 6, 1), time()), "Europe/Paris")
    starts = [midnight + minute * MINUTE for minute in range(24 * 60)]
    lengths = [(wait_for(start, step, "Europe/Paris", Quiet()).instant - start) // MINUTE for start in starts]
    said = next(one for one in clauses.wait(voice_of(rule, placed), 1) if "depending on the time of day" in one)
    named = re.search(r"That is (?:(.+) to|at most) (.+) later", said)
    assert named is not None
    assert minutes(named[2]) == max(lengths)
    assert (minutes(named[1]) if named[1] else 0) == min(lengths) - 1


def minutes(text: str) -> int:
    units = {"day": 24 * 60, "hour": 60, "minute": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (day|hour|minute)s?", text))
