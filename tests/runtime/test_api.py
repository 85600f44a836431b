"""Embedding: a few lines of one's own around rules, events and time."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import planned
from planned.api import Engine, compile_rules
from planned.channels.base import Answer, Delivered, Message, Retry
from planned.channels.maildir import MaildirChannel
from planned.engine.decision import Decision, Outcome
from planned.engine.event import Event
from planned.runtime.clock import SystemClock, instant_of
from planned.runtime.settings import Settings
from planned.sources.base import Batch
from planned.sources.jsonl import JsonlFile
from planned.store.base import Store
from planned.store.memory import MemoryStore
from planned.testing import ListSource, RecordingChannel, VirtualClock, check_channel, check_source

RULES = """
language en
every course
contact office "The office"
rule hello "Hello"
  after enrolment wait 3 days at 09:00 send "Welcome, {{ user.firstname }}!" from office notify office "Sent."
"""
ENROLMENT = {
    "id": "e1",
    "time": "2026-09-03T14:10:00+02:00",
    "kind": "enrolment",
    "course": "C",
    "learner": "alice",
}
PROFILE = {
    "id": "p1",
    "time": "2026-09-01T00:00:00Z",
    "kind": "profile",
    "learner": "alice",
    "user": {"firstname": "Alice", "email": "alice@example.org"},
}
SETTINGS = Settings(contacts={"office": "office@univ.example"}, test_address="test@univ.example")


def engine(rules: str = RULES, store: Store | None = None, at: str = "2026-09-01T08:00:00Z", **more: object) -> Engine:
    return Engine(
        compile_rules(rules),
        store=store or MemoryStore(),
        clock=VirtualClock(at),
        settings=SETTINGS,
        **more,  # type: ignore[arg-type]  # channels and sources
    )


def test_the_example_of_the_documentation_runs() -> None:
    import_api = Path(planned.__file__).with_name("api.py").read_text(encoding="utf-8")
    example = re.search(r"^from planned import.*?(?=^\"\"\")", import_api, re.DOTALL | re.MULTILINE)
    assert example is not None
    run = subprocess.run([sys.executable, "-c", example[0]], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("alice sent Welcome!\n", "")


def test_what_is_offered_is_there_and_loaded_only_when_asked_for() -> None:
    for name in planned.__all__:
        assert getattr(planned, name) is not None
    code = "import sys, planned; print([n for n in sys.modules if n.startswith('planned.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    with pytest.raises(AttributeError):
        _ = planned.nonsense


def test_rules_with_mistakes_are_told_and_do_not_run(tmp_path: Path) -> None:
    wrong = compile_rules("every course rule r after completon of Quiz1 send")
    assert not wrong.ok
    assert wrong.texts()
    with pytest.raises(ValueError, match="rules:1:"):
        Engine(wrong)
    (tmp_path / "a.rules").write_text(RULES)
    assert compile_rules(tmp_path).ok
    assert compile_rules([tmp_path / "a.rules"]).graph.rules[0].name == "hello"
    assert not compile_rules(tmp_path / "absent.rules").ok


def test_messages_go_out_through_a_channel_of_ones_own() -> None:
    channel = RecordingChannel()
    one = engine(channels={"email": channel})
    heard: list[Decision] = []
    one.on_decision(heard.append)
    assert one.feed(PROFILE, ENROLMENT) == []
    assert one.advance("2026-09-06T08:59:59Z") == []
    decided = one.advance("2026-09-06T09:00:00Z")
    assert decided == heard
    assert [(it.outcome, it.notice) for it in decided] == [(Outcome.SENT, 0), (Outcome.SENT, 1)]
    message, notice = channel.messages
    assert (message.to, message.to_name, message.text.strip()) == ("alice@example.org", "Alice", "Welcome, Alice!")
    assert (message.sender, message.sender_name, message.reply_to) == (
        "office@univ.example",
        "The office",
        "office@univ.example",
    )
    assert "<p>Welcome, Alice!</p>" in message.html
    assert message.at == instant_of("2026-09-06T09:00:00Z")
    assert notice.to == "office@univ.example"
    assert message.id != notice.id


def test_who_has_no_address_is_a_decision_and_holds_up_nobody() -> None:
    channel = RecordingChannel(by_id=False)
    one = engine(channels={"email": channel})
    one.feed(PROFILE, ENROLMENT, ENROLMENT | {"id": "e2", "learner": "bob"})
    made = one.advance("2026-09-07T00:00:00Z")
    told = [(it.learner, it.notice, it.outcome, it.reason and (it.reason.code, it.reason.text)) for it in made]
    assert told == [
        ("alice", 0, "sent", None),
        ("alice", 1, "sent", None),
        ("bob", 0, "failed", ("no-address", "No address is known for bob.")),
    ]
    assert [message.to for message in channel.messages] == ["alice@example.org", "office@univ.example"]


def test_of_several_recipients_one_without_an_address_fails_alone() -> None:
    channel = RecordingChannel(by_id=False)
    one = engine(RULES.replace("from office", "to tutors from office"), channels={"email": channel})
    teacher = ENROLMENT | {"time": "2026-09-02T00:00:00Z", "role": "teacher"}
    one.feed(teacher | {"id": "t1", "learner": "tina"}, teacher | {"id": "t2", "learner": "tom"})
    one.feed(PROFILE | {"learner": "tom", "user": {"email": "tom@example.org"}}, ENROLMENT)
    one.advance("2026-09-07T00:00:00Z")
    assert [message.to for message in channel.messages] == ["tom@example.org", "office@univ.example"]
    assert [(it.recipient, it.why) for it in one.store.deliveries(["failed"])] == [("tina", "no-address")]


def test_a_channel_by_id_needs_no_address() -> None:
    channel = RecordingChannel()
    one = engine(channels={"email": channel})
    one.feed(ENROLMENT)
    one.advance("2026-09-07T00:00:00Z")
    assert [message.to for message in channel.messages] == ["alice", "office@univ.example"]


def test_a_draft_goes_to_the_test_address_only() -> None:
    channel = RecordingChannel()
    one = engine(RULES.replace('rule hello "Hello"', 'rule hello "Hello" draft'), channels={"email": channel})
    one.feed(PROFILE, ENROLMENT)
    one.advance("2026-09-07T00:00:00Z")
    assert {message.to for message in channel.messages} == {"test@univ.example"}


def test_without_channels_decisions_are_made_and_nothing_is_to_be_delivered() -> None:
    one = engine()
    one.feed(PROFILE, ENROLMENT)
    assert len(one.advance("2026-09-07T00:00:00Z")) == 2
    assert list(one.store.deliveries()) == []


def test_what_cannot_count_is_told_and_kept() -> None:
    one = engine()
    bad = one.feed({**ENROLMENT, "time": "yesterday"}, '{"id": 1', ENROLMENT, {**ENROLMENT, "learner": "bob"})
    assert [it.reason for it in bad] == ["bad-time", "not-json"]
    one.advance("2026-09-07T00:00:00Z")
    assert [it.reason for it in one.store.quarantine()] == ["bad-time", "not-json", "id-clash"]
    assert {it.learner for it in one.decisions()} == {"alice"}


def test_with_the_machines_clock_the_future_is_quarantined() -> None:
    one = Engine(compile_rules(RULES))
    ahead = SystemClock().now() + 11 * 60_000_000
    one.feed(
        Event("soon", ahead - 2 * 60_000_000, "access", "C", "bob", {}), Event("x", ahead, "access", "C", "bob", {})
    )
    assert [it.reason for it in one.store.quarantine()] == ["ahead-of-time"]
    assert one.store.counts()["events"] == 1
    with pytest.raises(TypeError, match="virtual clock"):
        one.advance("2099-01-01T00:00:00Z")


def test_an_engine_follows_its_sources_until_it_is_stopped() -> None:
    now = SystemClock().now()
    rules = compile_rules('every course rule r after completion of Quiz1 wait 1 minute send "x"')
    done = {"activity": "Quiz1", "state": "complete"}
    source = ListSource([Event("e1", now - 3_600_000_000, "completion", "C", "alice", done)])
    one = Engine(rules, sources=[source], settings=Settings(since="2020-01-01T00:00:00Z", poll_seconds=0.1))
    thread = threading.Thread(target=one.run)
    thread.start()
    try:
        source.items.append(Event("e2", now - 3_600_000_000, "completion", "C", "bob", done))
        one.feed(Event("e3", now - 3_600_000_000, "completion", "C", "eve", done))
        until = time.monotonic() + 20
        while one.store.counts()["decisions"] < 3 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        one.stop()
        thread.join(20)
    assert not thread.is_alive()
    assert {it.learner for it in one.decisions()} == {"alice", "bob", "eve"}
    assert source.committed_to == "2"


def test_a_message_that_fails_is_tried_again_with_the_same_id() -> None:
    answers: list[Answer] = [Retry("away"), Delivered(), Delivered()]
    seen: list[str] = []

    def answer(message: Message) -> Answer:
        seen.append(message.id)
        return answers.pop(0)

    one = engine(RULES.replace('notify office "Sent."', ""), channels={"email": RecordingChannel(answer)})
    one.feed(PROFILE, ENROLMENT)
    one.advance("2026-09-06T09:00:00Z")
    one.advance("2026-09-06T12:00:00Z")
    assert len(seen) == 2
    assert seen[0] == seen[1]


# --- rules that change --------------------------------------------------------------------------------


def test_a_new_text_holds_for_what_waits_and_nothing_sent_is_sent_again() -> None:
    store = MemoryStore()
    engine(store=store).feed({**ENROLMENT, "time": "2026-09-01T08:00:00Z"})
    changed = engine(RULES.replace("Welcome", "Bonjour"), store, at="2026-09-02T00:00:00Z")
    assert [it.text for it in changed.advance("2026-09-05T00:00:00Z") if not it.notice] == ["Bonjour, !"]
    again = engine(RULES.replace("Welcome", "Salut"), store, at="2026-09-05T00:00:00Z")
    assert again.advance("2026-09-30T00:00:00Z") == []


def test_a_new_wait_counts_from_the_stored_anchor() -> None:
    store = MemoryStore()
    engine(store=store).feed({**ENROLMENT, "time": "2026-09-01T08:00:00Z"})
    changed = engine(RULES.replace("3 days", "5 days"), store, at="2026-09-02T00:00:00Z")
    assert [it.due for it in changed.advance("2026-09-30T00:00:00Z")] == [instant_of("2026-09-06T09:00:00Z")] * 2


def test_a_rule_serves_events_from_its_first_deployment_on() -> None:
    store = MemoryStore()
    old = {**ENROLMENT, "id": "old", "time": "2026-08-30T08:00:00Z", "learner": "bob"}
    one = engine(store=store)
    one.feed(old, {**ENROLMENT, "time": "2026-09-01T08:00:00Z"})
    assert {it.learner for it in one.advance("2026-09-10T00:00:00Z")} == {"alice"}
    second = RULES + '\nrule more after enrolment wait 30 days send "More"'
    later = engine(second, store, at="2026-09-10T00:00:00Z")
    assert later.advance("2026-12-01T00:00:00Z") == []


def test_a_new_weekly_rule_reaches_those_who_are_enrolled_already() -> None:
    store = MemoryStore()
    engine('every course rule r after access wait 1 hour send "x"', store).feed(
        {**ENROLMENT, "time": "2026-09-01T08:00:00Z"}
    )
    weekly = 'every course rule r after access wait 1 hour send "x" rule w every monday at 10:00 send "Monday"'
    later = engine(weekly, store, at="2026-09-10T00:00:00Z")
    assert [it.due for it in later.advance("2026-09-15T00:00:00Z")] == [instant_of("2026-09-14T10:00:00Z")]


def test_what_waited_for_a_deleted_rule_is_parked_then_cancelled() -> None:
    store = MemoryStore()
    engine(store=store).feed({**ENROLMENT, "time": "2026-09-01T08:00:00Z"})
    gone = engine('every course rule other after access wait 1 hour send "x"', store, at="2026-09-02T00:00:00Z")
    decided = gone.advance("2026-12-01T00:00:00Z")
    assert [(it.outcome, it.reason and str(it.reason.code)) for it in decided] == [("cancelled", "rule-changed")]
    assert decided[0].at == instant_of("2026-10-02T00:00:00Z")


# --- what breaks ----------------------------------------------------------------------------------------


def test_an_event_on_which_the_core_breaks_blocks_no_other() -> None:
    one = engine()
    broken = Event("broken", instant_of("2026-08-31T00:00:00Z"), "completion", "C", "bob", {})
    one.feed(broken, {**ENROLMENT, "time": "2026-09-01T08:00:00Z"})
    assert [it.reason for it in one.store.quarantine()] == ["engine-error"]
    assert {it.learner for it in one.advance("2026-09-10T00:00:00Z")} == {"alice"}


# --- the checks for third parties -----------------------------------------------------------------------


def test_shipped_channels_and_sources_pass_the_checks_for_third_parties(tmp_path: Path) -> None:
    check_channel(MaildirChannel(tmp_path / "mail"))
    check_channel(RecordingChannel())
    items = [Event(f"e{n}", n, "access", "C", "alice", {}) for n in range(5)]
    check_source(ListSource(items))
    line = '{"id": "%s", "time": "2026-09-01T08:00:00Z", "kind": "access", "course": "C", "learner": "a"}\n'
    (tmp_path / "e.jsonl").write_text("".join(line % n for n in range(5)))
    check_source(JsonlFile(tmp_path / "e.jsonl"))


def test_the_checks_find_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="not delivered"):
        check_channel(RecordingChannel(lambda message: Retry("never")))
    with pytest.raises(AssertionError, match="three items"):
        check_source(ListSource([]))

    class Forgetful(ListSource):
        def read(self, cursor: str | None, limit: int) -> Batch:
            found = super().read(cursor, limit)
            return Batch(found.items[:3], found.cursor, found.more)

    with pytest.raises(AssertionError, match="other items"):
        check_source(Forgetful([Event(f"e{n}", n, "access", "C", "alice", {}) for n in range(5)]))
