"""Events that arrive late: section 4.9, and what is decided stays decided."""

import random

import pytest

from planned.check.build import build
from planned.check.graph import Graph
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event
from tests.engine.acting import Play, at, event, graph_of
from tests.oracle.agreement import checked
from tests.oracle.histories import history


def rule(clauses: str = "", tail: str = "") -> str:
    head = "timezone Europe/Paris course C rule r after completion of Quiz1 wait 3 days at 09:00"
    return f'{head} {clauses} send "x" {tail}'


def completion(id: str, when: str, state: str = "complete", activity: str = "Quiz1") -> Event:
    return event(id, when, "completion", activity=activity, state=state)


def test_an_earlier_completion_moves_the_anchor_of_what_waits() -> None:
    play = Play(graph_of(rule()))
    play.arrive([completion("e2", "2026-09-04 10:00"), completion("e1", "2026-09-03 10:00")], at("2026-09-04 12:00"))
    play.run(at("2026-10-01 00:00"))
    assert play.lines() == ["09-06 09:00 r 1.1.0 sent"]
    assert play.decided[0].because == ("e1",)


def test_what_was_sent_is_not_sent_again_for_an_earlier_completion() -> None:
    play = Play(graph_of(rule()))
    play.arrive([completion("e2", "2026-09-04 10:00")], at("2026-09-04 12:00"))
    play.run(at("2026-09-08 00:00"))
    play.arrive([completion("e1", "2026-09-03 10:00")], at("2026-09-08 00:00"))
    play.wake(at("2026-09-08 00:00"))
    assert play.lines() == ["09-07 09:00 r 1.1.0 sent"]


def test_a_second_step_survives_an_earlier_completion() -> None:
    play = Play(graph_of(rule(tail='then wait 7 days send "y"')))
    play.arrive([completion("e2", "2026-09-04 10:00")], at("2026-09-04 12:00"))
    play.run(at("2026-09-08 00:00"))
    play.arrive([completion("e1", "2026-09-03 10:00")], at("2026-09-08 00:00"))
    play.stored()
    play.run(at("2026-12-01 00:00"))
    assert play.lines() == ["09-07 09:00 r 1.1.0 sent", "09-14 09:00 r 1.2.0 sent"]


def test_an_undoing_that_comes_late_cancels_what_waits_at_its_own_time() -> None:
    play = Play(graph_of(rule()))
    play.arrive([completion("e1", "2026-09-03 10:00")], at("2026-09-03 12:00"))
    play.arrive([event("v", "2026-09-04 10:00", "viewing", activity="Page")], at("2026-09-04 10:00"))
    play.arrive([completion("e2", "2026-09-03 18:00", "incomplete")], at("2026-09-04 12:00"))
    play.run(at("2026-10-01 00:00"))
    assert play.lines() == ["09-03 18:00 r 1.1.0 cancelled undone"]


def test_older_news_does_not_overwrite_newer_facts() -> None:
    play = Play(graph_of(rule("unless Lesson2 complete")))
    play.arrive([completion("e1", "2026-09-03 10:00")], at("2026-09-03 12:00"))
    play.arrive([completion("e3", "2026-09-05 10:00", "incomplete", "Lesson2")], at("2026-09-05 10:00"))
    play.arrive([completion("e2", "2026-09-04 10:00", "complete", "Lesson2")], at("2026-09-05 12:00"))
    play.run(at("2026-10-01 00:00"))
    assert play.lines() == ["09-06 09:00 r 1.1.0 sent"]


def test_a_completion_that_comes_after_its_due_time_is_late() -> None:
    for when, outcome in (("2026-09-08 08:59", "sent"), ("2026-09-08 09:01", "expired late")):
        play = Play(graph_of(rule()))
        play.arrive([event("v", "2026-09-07 10:00", "access")], at("2026-09-07 10:00"))
        play.arrive([completion("e1", "2026-09-03 10:00")], at(when))
        play.wake(at(when))
        assert play.lines() == [f"{when[5:]} r 1.1.0 {outcome}"]


def test_a_chain_after_an_outage_counts_from_when_all_its_facts_had_come_together() -> None:
    play = Play(
        graph_of(
            """timezone Europe/Paris course C lateness 30 days
            rule first after completion of Quiz1 wait 1 day at 09:00 if Lesson2 complete send "x" complete when elapsed
            rule second after completion of first and in group G wait 2 hours at 09:00 send "y"
            rule third after completion of first wait 1 day at 09:00 send "z" """
        )
    )
    joined = event("g", "2026-09-05 10:30", "group", group="G", member=True)
    play.arrive([completion("e1", "2026-09-03 14:00"), joined], at("2026-09-08 12:00"))
    play.wake(at("2026-09-08 12:00"))
    due = {one.rule: one.due for one in play.decided}
    assert due == {"first": at("2026-09-04 09:00"), "second": at("2026-09-06 09:00"), "third": at("2026-09-05 09:00")}


def test_a_visit_that_comes_late_brings_no_second_message_for_being_away() -> None:
    play = Play(graph_of('timezone Europe/Paris course C rule r after 4 days without access send "x"'))
    play.arrive([event("e1", "2026-09-01 10:00", "access")], at("2026-09-01 10:00"))
    play.run(at("2026-09-05 12:00"))
    play.arrive([event("e2", "2026-09-02 10:00", "access")], at("2026-09-05 12:00"))
    play.stored()
    play.run(at("2026-10-01 00:00"))
    assert play.lines() == ["09-05 10:00 r 1.1.0 sent"]


def key(one: Decision) -> tuple[object, ...]:
    return (one.rule, one.course, one.learner, one.anchor, one.step, one.repeat, one.notice, one.outcome, one.at)


UNDOING = {"unenrolment", "suspension", "resumption", "group", "date"}


@pytest.mark.parametrize("first", range(0, 200, 5))
def test_any_order_of_arrival_before_the_due_time_gives_the_same_messages(first: int) -> None:
    """Random rules and histories, all events known before anything is decided; no events that undo or hold.

    A cancellation is decided when its event comes, be it early; so histories with undoing are not for this property.
    """
    fitting = [one for seed in range(first, first + 5) if (one := _fitting(seed)) is not None]
    assert fitting, "no history of the five has anything to order"
    for seed, graph, zone, in_order in fitting:
        shuffled = list(in_order)
        random.Random(seed).shuffle(shuffled)
        now = in_order[-1].time
        results = []
        for arrival in (in_order, shuffled):
            play = Play(graph)
            play.state.default_zone = zone
            play.arrive(arrival, now)
            play.stored()
            play.run(now + 40 * 86_400_000_000)
            results.append(sorted(key(one) for one in play.decided if one.outcome is not Outcome.CANCELLED))
        assert results[0] == results[1], f"seed {seed}"


def _fitting(seed: int) -> tuple[int, Graph, str, list[Event]] | None:
    told = history(seed)
    files, events = checked(told)
    graph, _ = build(files)
    if any(rule.stop for rule in graph.rules):
        return None
    kept: dict[int, Event] = {}
    for one in sorted(events, key=lambda one: one.time):
        if one.kind not in UNDOING and one.fields.get("state") != "incomplete":
            kept.setdefault(one.time, one)
    return (seed, graph, told.default_zone, list(kept.values())) if kept else None


@pytest.mark.parametrize("seed", range(20))
def test_late_visits_that_no_rule_looks_at_leave_the_facts_as_if_they_had_come_in_time(seed: int) -> None:
    rules = rule("if Page1 viewed") + ' rule away after 4 days without access send "y" rule seen after viewing of Page2'
    rules += ' 2 times send "z"'
    chance = random.Random(seed)
    visits = [
        event(f"v{number}", f"2026-09-{3 + number // 9:02} {8 + number % 9:02}:00", kind, **about)
        for number in range(60)
        for kind, about in [chance.choice(VISITS)]
    ]
    late = set(chance.sample(range(1, 55), 12))
    now = at("2026-09-12 00:00")
    in_time, behind = Play(graph_of(rules)), Play(graph_of(rules))
    in_time.arrive(visits, now)
    behind.arrive([one for number, one in enumerate(visits) if number not in late], now)
    behind.arrive([visits[number] for number in chance.sample(sorted(late), len(late))], now)
    assert facts(behind) == facts(in_time)


VISITS: list[tuple[str, dict[str, str]]] = [
    ("access", {}),
    ("viewing", {"activity": "Page1"}),
    ("viewing", {"activity": "Page2"}),
    ("submission", {"activity": "Essay"}),
]


def facts(play: Play) -> object:
    part = play.state.people["alice"].courses["C"]
    # Which event made it so is another where two are of one instant; here none are.
    return part.happened, part.visit, part.started, part.complete, part.enrolled
