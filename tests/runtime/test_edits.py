"""Rules edited between two runs, sections 4.8 and 4.10: nothing is sent twice, nobody is written to for the past."""

from __future__ import annotations

from typing import Any

import pytest

from planned.api import Engine, compile_rules
from planned.engine.decision import Decision
from planned.engine.decision_json import local_time
from planned.runtime.clock import VirtualClock
from planned.store.memory import MemoryStore

HEAD = "language en\ntimezone Europe/Paris\ncourse C\n"
RULE = 'rule r after completion of Quiz1 wait 3 days at 09:00 send "x"\n'
OTHER = 'rule o after completion of Z send "z"\n'
EACH = RULE.replace("\n", " again each time\n")
EVERY = 'rule w every monday at 09:00 send "w"\n'
TEMPLATES = "".join(f'template {name} "{name}" "text {name}"\n' for name in "abc")
STEPS = TEMPLATES + "rule r after completion of Quiz1 wait 1 day send a then wait 2 days send b\n"


class Story:
    """One learner, alice, and one store; each `under` is a run of its own, until a local time of September."""

    def __init__(self, rules: str) -> None:
        """The rules serve from 1 September; alice completes Quiz1 on the 2nd at 11:00; it is the 3rd."""
        self.store, self.now, self.count = MemoryStore(), "2026-09-01T08:00:00+02:00", 0
        self.events: list[dict[str, Any]] = []
        self.under(rules, "01 09:00")
        self.add("02 10:00", "enrolment")
        self.complete("02 11:00", "Quiz1")
        assert self.under(rules, "03 00:00") == []

    def add(self, when: str, kind: str, learner: str | None = "alice", **fields: Any) -> None:
        self.count += 1
        event = {"id": f"e{self.count}", "time": _time(when), "kind": kind, "course": "C", **fields}
        self.events.append(event | ({"learner": learner} if learner else {}))

    def complete(self, when: str, activity: str, state: str = "complete") -> None:
        self.add(when, "completion", activity=activity, state=state)

    def under(self, rules: str, until: str) -> list[str]:
        """What is decided under these rules until then."""
        compiled = compile_rules(HEAD + rules)
        assert compiled.ok, compiled.texts()
        decided: list[Decision] = []
        engine = Engine(compiled, store=self.store, clock=VirtualClock(self.now))
        engine.on_decision(decided.append)
        engine.feed(*self.events)
        engine.advance(_time(until))
        self.events, self.now = [], _time(until)
        return [_line(one) for one in decided]


def _time(when: str) -> str:
    """`5 09:00`: of September 2026; days beyond it go on into October and November."""
    day, clock = when.split()
    month, rest = 9, int(day)
    for length in (30, 31):
        if rest > length:
            month, rest = month + 1, rest - length
    offset = "+02:00" if (month, rest) < (10, 25) else "+01:00"
    return f"2026-{month:02}-{rest:02}T{clock}:00{offset}"


def _line(one: Decision) -> str:
    what = one.text if one.reason is None else f"{one.outcome} {one.reason.code.value}"
    return f"{one.rule} {what} {local_time(one.at, 'Europe/Paris')[5:16]}"


@pytest.mark.parametrize(
    ("edited", "decided"),
    [
        (RULE, ["r x 09-05T09:00"]),
        ("# a comment\n\n" + RULE.replace(" wait", "\n  wait"), ["r x 09-05T09:00"]),
        (RULE.replace('"x"', '"y"'), ["r y 09-05T09:00"]),
        (RULE.replace("send", "if Lesson2 complete send"), ["r suppressed if 09-05T09:00"]),
        (RULE.replace("3 days", "5 days"), ["r x 09-07T09:00"]),
        (RULE.replace("3 days at 09:00", "1 hour"), ["r x 09-03T00:00"]),
        (RULE.replace("completion of Quiz1", "completion of Lesson2"), ["r cancelled rule-changed 09-03T00:00"]),
        (RULE.replace("rule r", "rule n was r"), ["n x 09-05T09:00"]),
        (RULE + EVERY, ["r x 09-05T09:00", "w w 09-07T09:00", "w w 09-14T09:00"]),
        (RULE.replace('"x"', '"x" notify tutor "n"'), ["r x 09-05T09:00", "r n 09-05T09:00"]),
        (OTHER, []),
    ],
)
def test_an_edit_while_a_message_waits(edited: str, decided: list[str]) -> None:
    assert Story(RULE).under(edited, "20 00:00") == decided


@pytest.mark.parametrize(
    "edited",
    [
        RULE,
        RULE.replace('"x"', '"y"'),
        RULE.replace("3 days", "9 days"),
        RULE.replace("3 days", "1 day"),
        RULE.replace("completion of Quiz1", "enrolment"),
        RULE.replace("rule r", "rule n was r"),
        RULE.replace('"x"', '"x" then wait 20 days send "y"'),
    ],
)
def test_what_was_sent_is_not_sent_again(edited: str) -> None:
    story = Story(RULE)
    assert story.under(RULE, "06 00:00") == ["r x 09-05T09:00"]
    assert story.under(edited, "20 00:00") == []
    assert story.under(RULE, "40 00:00") == []


def test_a_renamed_rule_has_had_its_occurrence() -> None:
    story = Story(RULE)
    assert story.under(RULE, "06 00:00") == ["r x 09-05T09:00"]
    renamed = RULE.replace("rule r", "rule n was r")
    assert story.under(renamed, "07 00:00") == []
    story.complete("08 10:00", "Quiz1", "incomplete")
    story.complete("09 10:00", "Quiz1")
    assert story.under(renamed, "10 00:00") == []
    assert story.under(renamed.replace(" was r", ""), "20 00:00") == []


def test_new_rules_write_to_nobody_for_the_past() -> None:
    story = Story(OTHER)
    story.complete("03 11:00", "Lesson2")
    assert story.under(OTHER, "15 00:00") == []
    new = (
        'rule n after completion of Lesson2 send "n"\n'
        'rule m after enrolment send "m"\n'
        'rule a after 7 days without access send "a"\n'
    )
    assert story.under(OTHER + new + EVERY, "22 00:00") == ["w w 09-21T09:00"]


def test_a_new_rule_sees_who_has_been_away_for_some_days_already() -> None:
    story = Story(OTHER)
    assert story.under(OTHER, "05 00:00") == []
    assert story.under(OTHER + 'rule a after 7 days without access send "a"\n', "30 00:00") == ["a a 09-09T11:00"]


@pytest.mark.parametrize(
    ("back", "decided"),
    [
        ("04 00:00", ["r x 09-05T09:00"]),
        ("06 00:00", ["r x 09-06T00:00"]),
        ("20 00:00", ["r expired late 09-20T00:00"]),
    ],
)
def test_a_deleted_rule_that_comes_back_goes_on(back: str, decided: list[str]) -> None:
    story = Story(RULE)
    assert story.under(OTHER, back) == []
    assert story.under(RULE, "30 00:00") == decided


def test_a_deleted_rule_is_cancelled_after_thirty_days() -> None:
    story = Story(RULE)
    assert story.under(OTHER, "45 00:00") == ["r cancelled rule-changed 10-03T00:00"]
    assert story.under(RULE, "60 00:00") == []


def test_a_paused_rule_holds_what_waits_and_lets_it_go_when_it_runs_again() -> None:
    story, paused = Story(RULE), RULE.replace("rule r", "rule r paused")
    assert story.under(paused, "06 00:00") == []
    assert story.under(RULE, "20 00:00") == ["r x 09-06T00:00"]


def test_the_waits_of_one_who_is_held_change_too() -> None:
    story = Story(RULE)
    story.add("03 10:00", "suspension")
    assert story.under(RULE, "06 00:00") == []
    assert story.under(RULE.replace("3 days", "9 days"), "07 00:00") == []
    story.add("07 10:00", "resumption")
    assert story.under(RULE.replace("3 days", "9 days"), "20 00:00") == ["r x 09-11T09:00"]


def test_a_trigger_that_was_edited_after_its_message_went_starts_anew() -> None:
    story = Story(EACH)
    assert story.under(EACH, "06 00:00") == ["r x 09-05T09:00"]
    edited = EACH.replace("Quiz1", "Lesson2")
    assert story.under(edited, "07 00:00") == []
    story.complete("08 10:00", "Lesson2")
    assert story.under(edited, "20 00:00") == ["r x 09-11T09:00"]


def test_without_again_a_message_goes_once_in_an_enrolment_whatever_becomes_of_the_trigger() -> None:
    story = Story(RULE)
    assert story.under(RULE, "06 00:00") == ["r x 09-05T09:00"]
    edited = RULE.replace("Quiz1", "Lesson2")
    assert story.under(edited, "07 00:00") == []
    story.complete("08 10:00", "Lesson2")
    assert story.under(edited, "20 00:00") == []
    story.add("21 10:00", "unenrolment")
    story.add("22 10:00", "enrolment")
    story.complete("23 10:00", "Lesson2", "incomplete")
    story.complete("23 11:00", "Lesson2")
    assert story.under(edited, "30 00:00") == ["r x 09-26T09:00"]


@pytest.mark.parametrize(
    ("edited", "decided"),
    [
        (STEPS.replace("then", "then wait 1 day send c then"), ["r text c 09-04T11:00", "r text b 09-06T11:00"]),
        (STEPS.replace("wait 1 day send a", "send c then wait 1 day send a"), ["r text b 09-05T11:00"]),
        (STEPS.replace(" then wait 2 days send b", ""), ["r cancelled rule-changed 09-04T00:00"]),
    ],
)
def test_a_step_inserted_concerns_who_has_not_passed_its_place(edited: str, decided: list[str]) -> None:
    story = Story(STEPS)
    assert story.under(STEPS, "04 00:00") == ["r text a 09-03T11:00"]
    assert story.under(edited, "20 00:00") == decided


def test_an_engine_killed_after_it_has_stored_events_takes_up_edited_rules_with_them() -> None:
    story = Story(STEPS)
    engine = Engine(compile_rules(HEAD + STEPS), store=story.store, clock=VirtualClock("2026-09-03T11:30:00+02:00"))
    engine.advance("2026-09-03T11:30:00+02:00")
    story.complete("03 11:20", "Z")
    engine._work.take("api", [engine._item(one) for one in story.events], None)  # and no more: it is killed
    story.events, story.now = [], _time("03 12:00")
    one_step = TEMPLATES + "rule r after completion of Quiz1 wait 1 day send a\n" + OTHER
    story.under(one_step, "20 00:00")
    assert list(story.store.quarantine()) == []
    assert story.store.counts()["events"] == story.count
