"""Imagined learners: what each shows is what the engine makes of his history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planned.check.build import build
from planned.check.graph import Graph
from planned.engine.decision import Outcome
from planned.engine.imagined import Imagined, Shown, imagine
from planned.engine.simulate import simulate
from planned.runtime.files import load_rules
from tests.check.reading import file
from tests.oracle.agreement import UnfitError, checked
from tests.oracle.histories import history

MONDAY = date(2026, 9, 7)
SENT, SUPPRESSED, CANCELLED, POSTPONED = Shown

SHOWN = [
    ('after enrolment send "x"', [SENT]),
    ('after completion of Q wait 3 days unless L complete send "x"', [SENT, SUPPRESSED, CANCELLED]),
    ('after completion of Q wait 3 days if L complete send "x"', [SENT, SUPPRESSED, CANCELLED]),
    ('after completion of Q unless L complete send "x"', [SENT, SUPPRESSED]),
    (
        'after failing Q 2 times wait 1 day unless Q passed send "x" stop once course complete',
        [SENT, SUPPRESSED, CANCELLED],
    ),
    ('after grade of Q above 8 and grade of Q below 9 wait 1 day send "x"', [SENT, CANCELLED]),
    ('after 7 days without access wait 1 day if 8 days without access send "x"', [SENT, CANCELLED]),
    ('after completion of Q wait 8 days if active within 2 days send "x"', [SENT, SUPPRESSED, CANCELLED]),
    ('after enrolment wait 1 day if today is sunday send "x"', [SENT]),
    ('after enrolment wait 1 day if after 2027-01-15 send "x"', [SENT]),
    ('on 2027-01-15 at 09:00 unless profile city is "Dijon" send "x"', [SENT, SUPPRESSED]),
    ('40 days before end of enrolment at 09:00 send "x"', [SENT]),
    ('every 2 weeks at 09:00 from joining group G until leaving group G send "x", "y"', [SENT]),
    ('after leaving group G wait 1 day send "x"', [SENT]),
    ('after event "badge" 3 times wait 1 day if enrolled as "auditor" send "x"', [SENT, SUPPRESSED]),
    ('quiet on saturday, sunday rule r after completion of Q wait 1 day send "x"', [SENT, CANCELLED, POSTPONED]),
    ('after completion of Q unless Q complete send "x"', []),
]


@pytest.mark.parametrize(("rule", "shows"), SHOWN)
def test_what_can_be_shown_of_a_rule(rule: str, shows: list[Shown]) -> None:
    graph = file(f"course C {rule}").graph()
    assert [one.shows for one in imagine(graph, graph.rules[-1], MONDAY)] == shows


def test_a_chain_starts_with_what_starts_its_first_rule() -> None:
    graph = file('course C rule a after submission of Q send "x" rule b after sending of a wait 1 day send "y"').graph()
    (story,) = imagine(graph, graph.rules[1], MONDAY)
    assert [event.kind for event in story.events] == ["profile", "enrolment", "submission"]
    assert [one.rule for one in story.decisions] == ["b"]


def test_each_guard_has_its_learner() -> None:
    graph = file('course C rule r after enrolment wait 2 days if L viewed unless Q passed send "x"').graph()
    stories = imagine(graph, graph.rules[0], MONDAY)
    held = [one for one in stories if one.shows is SUPPRESSED]
    assert [one.clue.guards[-1].text for one in held] == ["if L viewed", "unless Q passed"]
    assert len({one.learner for one in stories}) == len(stories)


def test_the_example_rules_all_send_to_somebody() -> None:
    loaded = load_rules([Path(__file__).parents[2] / "rules"])
    graph, _ = build(loaded.files, loaded.imports)
    for rule in graph.rules:
        assert imagine(graph, rule, MONDAY)[0].shows is SENT, rule.name


@pytest.mark.parametrize("seed", range(60))
def test_histories_of_random_rules_show_what_they_say(seed: int) -> None:
    try:
        files, _ = checked(history(seed))
    except UnfitError:
        pytest.skip("rules with errors")
    graph, _ = build(files)
    for rule in graph.rules:
        for story in imagine(graph, rule, MONDAY):
            _holds(graph, rule.name, story)


def _holds(graph: Graph, rule: str, story: Imagined) -> None:
    assert {event.learner for event in story.events} == {story.learner}
    assert [event.time for event in story.events] == sorted(event.time for event in story.events)
    assert story.clue in story.decisions
    assert {one.rule for one in story.decisions} == {rule}
    assert story.clue.outcome is (Outcome.SENT if story.shows is POSTPONED else Outcome(story.shows.value))
    running = next(one for one in graph.rules if one.name == rule).mode == "running"
    alone = len(graph.rules) == 1
    if running and alone:
        assert list(simulate(graph, story.events)) == list(story.decisions)
