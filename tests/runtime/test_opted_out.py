"""Who has unsubscribed: seen when a decision is made, and failing that at the delivery."""

from __future__ import annotations

from planned import Engine, Retry, compile_rules
from planned.channels.base import Answer, Message
from planned.engine.decision import Decision
from planned.store.delivery import Suppression, SuppressionReason
from planned.testing import RecordingChannel, VirtualClock

RULES = """
timezone Europe/Paris
course C
topic news "News of the course"
rule news "News" about news
  after completion of Quiz1 send "one" repeat every 1 day up to 2 times then wait 1 day send "last"
rule after_news after sending of news send "chained"
rule exams "Exams" after completion of Quiz1 send "exam"
"""


class Course:
    """An engine with one learner, who has done the quiz."""

    def __init__(self) -> None:
        self.channel = RecordingChannel(by_id=False)
        self.engine = Engine(
            compile_rules(RULES), clock=VirtualClock("2026-09-01T00:00:00Z"), channels={"email": self.channel}
        )
        user = {"email": "Alice@example.org"}
        at = {"course": "C", "learner": "alice"}
        self.engine.feed(
            {"id": "p", "time": "2026-09-01T08:00:00Z", "kind": "profile", "learner": "alice", "user": user},
            {"id": "e", "time": "2026-09-01T08:00:00Z", "kind": "enrolment", **at},
            {"id": "q", "time": "2026-09-02T08:00:00Z", "kind": "completion", "activity": "Quiz1", **at}
            | {"state": "complete"},
        )

    def suppress(self, reason: SuppressionReason, topic: str) -> None:
        self.engine.store.suppress([Suppression("alice@example.org", topic, reason, 1)])

    def until(self, day: str) -> list[Decision]:
        return self.engine.advance(f"{day}T00:00:00Z")


def lines(decisions: list[Decision]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.outcome.value, one.reason.code.value if one.reason else "") for one in decisions]


def test_who_has_left_the_topic_gets_no_decision_to_send_and_the_series_ends() -> None:
    course = Course()
    course.suppress("unsubscribed", "news")
    decided = course.until("2026-09-20")
    assert lines(decided) == [
        ("news", "suppressed", "opted-out"),
        ("exams", "sent", ""),
        ("news", "suppressed", "opted-out"),
    ]
    assert "news" in (decided[0].reason.text if decided[0].reason else "")
    assert [one.text.strip() for one in course.channel.messages] == ["exam"]


def test_who_has_left_all_topics_still_gets_what_has_none() -> None:
    course = Course()
    course.suppress("unsubscribed", "")
    assert {(rule, outcome) for rule, outcome, _ in lines(course.until("2026-09-20"))} == {
        ("news", "suppressed"),
        ("exams", "sent"),
    }


def test_a_bounce_is_no_wish_the_decision_stays_and_the_delivery_fails() -> None:
    course = Course()
    course.suppress("bounced", "")
    assert ("exams", "sent", "") in lines(course.until("2026-09-03"))
    assert course.channel.messages == []
    assert {one.why for one in course.engine.store.deliveries()} == {"bounced"}


def test_who_leaves_amid_a_series_gets_no_more_of_it_and_who_comes_back_does() -> None:
    course = Course()
    course.until("2026-09-02")
    assert [one for one in lines(course.until("2026-09-03")) if one[0] == "news"] == [("news", "sent", "")]
    course.suppress("unsubscribed", "news")
    assert lines(course.until("2026-09-04")) == [("news", "suppressed", "opted-out")]
    course.engine.store.unsuppress("alice@example.org")
    assert ("news", "sent", "") in lines(course.until("2026-09-20"))


def test_who_leaves_after_the_decision_is_kept_from_its_delivery() -> None:
    course = Course()
    away: list[Answer] = [Retry("away", "message")]
    real = course.channel._answer
    course.channel._answer = lambda message: away.pop() if away and "one" in message.text else real(message)
    course.until("2026-09-02")
    course.until("2026-09-03")
    course.suppress("unsubscribed", "news")
    course.engine.advance("2026-09-03T06:00:00Z")
    (one,) = [one for one in course.engine.store.deliveries() if one.topic == "news"]
    assert (one.state, one.why) == ("failed", "opted-out")
    assert all(isinstance(one, Message) and "one" not in one.text for one in course.channel.messages)
