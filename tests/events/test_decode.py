"""What counts as an event, and what is said of what does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.diagnostics import Message
from planned.engine import bad_event
from planned.engine.bad_event import BadEvent
from planned.engine.decode import body_hash, decode, decode_object
from planned.engine.event import Event

PLAIN = {
    "id": "e1",
    "time": "2026-09-03T14:10:00+02:00",
    "kind": "completion",
    "course": "NUM101",
    "learner": "alice",
    "activity": "Quiz1",
    "state": "complete",
}
NOON = datetime(2026, 9, 3, 12, 10, tzinfo=UTC)
MICROSECONDS = int(NOON.timestamp()) * 1_000_000


def line(**changes: Any) -> bytes:
    """The plain event with some fields changed; `...` removes one."""
    return json.dumps({key: value for key, value in (PLAIN | changes).items() if value is not ...}).encode()


def event(raw: bytes | str) -> Event:
    found = decode(raw, "f.jsonl:1")
    assert isinstance(found, Event), found
    return found


def bad(raw: bytes | str) -> BadEvent:
    found = decode(raw, "f.jsonl:1")
    assert isinstance(found, BadEvent), found
    return found


def test_the_event_of_the_language() -> None:
    assert event(line()) == Event(
        "e1", MICROSECONDS, "completion", "NUM101", "alice", {"activity": "Quiz1", "state": "complete"}
    )


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("enrolment", {}, {}),
        ("enrolment", {"role": "student", "until": "1970-01-01T00:00:01Z"}, {"role": "student", "until": 1_000_000}),
        ("enrolment", {"role": None, "until": None}, {}),
        ("unenrolment", {}, {}),
        ("suspension", {}, {}),
        ("resumption", {}, {}),
        ("access", {}, {}),
        ("completion", {"activity": "Q", "state": "passed"}, {"activity": "Q", "state": "passed"}),
        ("completion", {"state": "incomplete"}, {"state": "incomplete"}),
        ("grade", {"activity": "Q", "grade": 8}, {"activity": "Q", "grade": 8.0}),
        ("grade", {"activity": "Q", "grade": 8.5, "max": 20}, {"activity": "Q", "grade": 8.5, "max": 20.0}),
        ("submission", {"activity": "Q"}, {"activity": "Q"}),
        ("viewing", {"activity": "Q"}, {"activity": "Q"}),
        ("group", {"group": "A", "member": False}, {"group": "A", "member": False}),
        (
            "date",
            {"what": "deadline", "activity": "Q", "at": "1970-01-01T01:00:00+01:00"},
            {"what": "deadline", "activity": "Q", "at": 0},
        ),
        ("date", {"what": "oral", "at": None}, {"what": "oral", "at": None}),
        ("badge", {"data": {"name": "gold", "deep": [1, {"a": 2}]}}, {"data": {"name": "gold", "deep": [1, {"a": 2}]}}),
        ("badge", {}, {"data": {}}),
    ],
)
def test_each_kind_has_its_fields(kind: str, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    found = event(line(kind=kind, activity=..., state=..., **{}) if not fields else line(**_only(kind, fields)))
    assert (found.kind, found.fields) == (kind, expected)


def _only(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "activity": ..., "state": ...} | fields


def test_a_date_for_all_has_no_learner() -> None:
    found = event(line(**_only("date", {"what": "start", "at": None, "learner": ...})))
    assert found.learner is None


def test_a_profile_needs_no_course_and_keeps_what_messages_use() -> None:
    user = {
        "firstname": "Zoe\u0308",
        "city": None,
        "timezone": "Europe/Paris",
        "tutor": " bob  b ",
        "shoe": 38,
        "profile": {"promo": 2026, "boursier": True, "note": None},
    }
    found = event(line(**_only("profile", {"course": ..., "user": user})))
    assert found.course is None
    assert found.fields["user"] == {
        "firstname": "Zoë",
        "city": "",
        "timezone": "Europe/Paris",
        "tutor": "bob b",
        "profile": {"promo": "2026", "boursier": "true", "note": ""},
    }


def test_names_are_composed_and_have_single_blanks() -> None:
    found = event(line(activity="  Lec\u0327on \u00a0 2 ", learner="Zoe\u0308", kind="completion"))
    assert (found.fields["activity"], found.learner) == ("Leçon 2", "Zoë")


def test_ids_are_left_as_they_are() -> None:
    assert event(line(id="A b  é")).id == "A b  é"


@pytest.mark.parametrize(
    "time",
    [
        "2026-09-03T12:10:00Z",
        "2026-09-03t12:10:00z",
        "2026-09-03 14:10:00+02:00",
        "2026-09-03T12:10:00.000Z",
        "2026-09-03T12:10:00.0000009999-00:00",
        "2026-09-04T00:55:00+12:45",
    ],
)
def test_the_same_instant_may_be_written_in_many_ways(time: str) -> None:
    assert event(line(time=time)).time == MICROSECONDS


def test_microseconds_count() -> None:
    assert event(line(time="2026-09-03T12:10:00.000001Z")).time == MICROSECONDS + 1


# --- CloudEvents ------------------------------------------------------------------------------------


def test_a_cloud_event_has_the_fields_in_data() -> None:
    envelope = {"specversion": "1.0", "id": "other", "source": "//lms", "type": "org.lms.thing", "data": PLAIN}
    assert event(json.dumps(envelope)) == event(line())


def test_the_envelope_serves_where_data_lacks_a_field() -> None:
    envelope = {
        "specversion": "1.0",
        "id": "e1",
        "source": "NUM101",
        "subject": "alice",
        "type": "org.lms.completion",
        "time": "2026-09-03T12:10:00Z",
        "data": {"activity": "Quiz1", "state": "complete"},
    }
    assert event(json.dumps(envelope)) == event(line(id="NUM101 e1"))


def test_an_envelope_is_known_by_its_source_and_its_id() -> None:
    envelope = {"specversion": "1.0", "id": "1", "type": "access", "time": PLAIN["time"], "subject": "alice"}
    sources = ["//a", "//b", "a b", "a", "x" * 255]
    ids = {event(json.dumps(envelope | {"source": one, "data": {"course": "C"}})).id for one in sources}
    ids.add(event(json.dumps(envelope | {"source": "a", "id": "b 1", "data": {"course": "C"}})).id)
    assert len(ids) == len(sources) + 1
    assert all(len(one) <= 255 for one in ids)
    assert event(json.dumps(envelope | {"data": {"course": "C"}})).id == "1"
    assert event(json.dumps(envelope | {"source": "//a", "data": {"course": "C", "id": "own"}})).id == "own"
    assert bad(json.dumps(envelope | {"source": "//a", "id": 7, "data": {"course": "C"}})).reason == "wrong-type"
    assert bad(json.dumps(envelope | {"type": {"kind": "access"}})).reason == "wrong-type"
    assert bad(json.dumps(envelope | {"data": {"kind": ["access"]}})).reason == "wrong-type"
    assert bad(json.dumps(envelope | {"source": "//a", "id": " ", "data": {"course": "C"}})).reason == "empty-name"


def test_a_cloud_event_of_another_type_carries_its_data() -> None:
    envelope = {
        "specversion": "1.0",
        "id": "e1",
        "source": "x",
        "type": "org.lms.badge",
        "time": PLAIN["time"],
        "data": {"course": "C", "learner": "alice", "name": "gold"},
    }
    found = event(json.dumps(envelope))
    assert (found.kind, found.course, found.fields) == ("org.lms.badge", "C", {"data": {"name": "gold"}})


# --- what cannot count ------------------------------------------------------------------------------

NESTED = b'{"a":' * 1000 + b"1" + b"}" * 1000
BAD_LINES: list[tuple[bytes | str, str]] = [
    (b"", "not-json"),
    (b"hello", "not-json"),
    (b"[]", "not-json"),
    (b"12", "not-json"),
    (b"null", "not-json"),
    (line()[:-1], "not-json"),
    (line() + b"{}", "not-json"),
    (b'{"a": 1,}', "not-json"),
    (b'{"a": "\x01"}', "not-json"),
    (NESTED, "too-deep"),
    (line(kind="x", data=...)[:-1] + b', "data": ' + NESTED[: 5 * 40] + b"1" + b"}" * 40 + b"}", "too-deep"),
    (b"[" * 100_000, "too-deep"),
    (line(**_only("grade", {"activity": "Q"}))[:-1] + b', "grade": NaN}', "bad-number"),
    (line(**_only("grade", {"activity": "Q"}))[:-1] + b', "grade": -Infinity}', "bad-number"),
    (line(**_only("grade", {"activity": "Q"}))[:-1] + b', "grade": 1e999}', "bad-number"),
    (line(**_only("grade", {"activity": "Q", "grade": 2**63})), "bad-number"),
    (line(**_only("x", {"data": {"n": -(2**63) - 1}})), "bad-number"),
    (line()[:-1] + b', "n": ' + b"9" * 5000 + b"}", "bad-number"),
    (line()[:-1] + b', "id": "e2"}', "duplicate-key"),
    (line()[:-1] + b', "id" : 7}', "duplicate-key"),
    (line()[:-1] + b', "\\u0069d": "e2"}', "duplicate-key"),
    (line(**_only("x", {}))[:-1] + b', "data": {"a": 1, "a": 2}}', "duplicate-key"),
    (line(learner="a\ud800b"), "bad-character"),
    (line(id="\udfff"), "bad-character"),
    (line(note="\ud83d"), "bad-character"),
    ('{"id": "\ud800"}', "bad-character"),
    (line(learner="a\x00b"), "bad-character"),
    (line(**_only("x", {"data": {"a\x00": 1}})), "bad-character"),
    (line(learner="a\x07b"), "bad-character"),
    (line(id="a\nb"), "bad-character"),
    (line()[:-1] + b', "x": "\xc3"}', "not-utf8"),
    (json.dumps(PLAIN | {"learner": "zoé"}, ensure_ascii=False).encode("latin-1"), "not-utf8"),
    (json.dumps(PLAIN).encode("utf-16"), "not-utf8"),
    (b" " * (1 << 20) + line(), "too-long"),
    (b"{" + b",".join(b'"k%d":1' % i for i in range(90_000)) + b"}", "too-many-values"),
    (line(**_only("x", {"data": {"list": [1] * 20_000}})), "too-many-values"),
    (line(time=1_756_900_000), "bad-time"),
    (line(time="1e12"), "bad-time"),
    (line(time="-1"), "bad-time"),
    (line(time="2026-09-03"), "bad-time"),
    (line(time="2026-W36-4T14:10:00+02:00"), "bad-time"),
    (line(time="20260903T141000+0200"), "bad-time"),
    (line(time="2026-02-30T14:10:00+02:00"), "bad-time"),
    (line(time="2026-09-03T24:00:00+02:00"), "bad-time"),
    (line(time="2026-09-03T14:10:00+2:00"), "bad-time"),
    (line(time="2026-09-03T14:10:00+25:00"), "bad-time"),
    (line(time="２026-09-03T14:10:00+02:00"), "bad-time"),
    (line(time="2026-09-03T14:10:00"), "no-offset"),
    (line(time="2016-12-31T23:59:60Z"), "leap-second"),
    (line(time="1969-12-31T23:59:59Z"), "time-out-of-range"),
    (line(time="1970-01-01T00:00:00+01:00"), "time-out-of-range"),
    (line(time="2101-01-01T00:00:00Z"), "time-out-of-range"),
    (line(time="0001-01-01T00:00:00+23:00"), "time-out-of-range"),
    (line(time="9999-12-31T23:59:59-23:00"), "time-out-of-range"),
    (line(time=...), "missing-field"),
    (line(kind=...), "missing-field"),
    (line(course=...), "missing-field"),
    (line(learner=...), "missing-field"),
    (line(course=None), "missing-field"),
    (line(**_only("profile", {})), "missing-field"),
    (line(**_only("date", {"what": "start"})), "missing-field"),
    (line(**_only("date", {"what": "deadline", "at": None})), "missing-field"),
    (line(**_only("group", {"group": "A"})), "missing-field"),
    (line(**_only("grade", {"activity": "A"})), "missing-field"),
    (line(**_only("submission", {})), "missing-field"),
    (line(state=...), "missing-field"),
    (line(learner=""), "empty-name"),
    (line(learner=" \u00a0 "), "empty-name"),
    (line(id=" "), "empty-name"),
    (line(id=""), "empty-name"),
    (line(activity=""), "empty-name"),
    (line(kind=""), "empty-name"),
    (line(learner="x" * 10_000), "long-name"),
    (line(id="x" * 300), "long-name"),
    (line(id=1), "wrong-type"),
    (line(kind=["access"]), "wrong-type"),
    (line(learner=42), "wrong-type"),
    (line(course={}), "wrong-type"),
    (line(state=2), "wrong-type"),
    (line(activity=True), "wrong-type"),
    (line(**_only("grade", {"activity": "A", "grade": "12"})), "wrong-type"),
    (line(**_only("grade", {"activity": "A", "grade": True})), "wrong-type"),
    (line(**_only("grade", {"activity": "A", "grade": 1, "max": 0})), "wrong-type"),
    (line(**_only("group", {"group": "A", "member": 1})), "wrong-type"),
    (line(**_only("profile", {"user": "alice"})), "wrong-type"),
    (line(**_only("profile", {"user": {"city": ["Dijon"]}})), "wrong-type"),
    (line(**_only("profile", {"user": {"profile": {"a": {}}}})), "wrong-type"),
    (line(**_only("badge", {"data": [1]})), "wrong-type"),
    (line(specversion="1.0", data="text"), "wrong-type"),
    (line(state="done"), "unknown-state"),
    *(
        (line(**_only("profile", {"user": {"timezone": zone}})), "unknown-zone")
        for zone in ("europe/paris", "Europe/Pariss", "../../etc/passwd", "A" * 5000, "Europe", "localtime", "+02:00")
    ),
]


@pytest.mark.parametrize(("raw", "reason"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_what_cannot_count_says_why_in_both_languages(raw: bytes | str, reason: str) -> None:
    found = bad(raw)
    assert found.reason == reason, found.text()
    assert found.where == "f.jsonl:1"
    assert len(found.raw) <= 200
    assert found.raw.isprintable()
    for language in ("en", "fr"):
        assert found.text(language)
        assert found.help(language)  # and fills all its blanks: format_map would raise


def test_an_empty_zone_is_none_at_all() -> None:
    assert event(line(**_only("profile", {"user": {"timezone": ""}}))).fields["user"] == {"timezone": ""}


def test_the_wrong_field_is_named() -> None:
    assert "course" in bad(line(course="")).text()
    assert "learner" in bad(line(learner="\u0007")).text()
    assert "«\u00a0until\u00a0»" in bad(line(**_only("enrolment", {"until": "tomorrow"}))).text("fr")


def test_bom_crlf_and_blanks_around_are_no_matter() -> None:
    assert event(b"\xef\xbb\xbf  " + line() + b"\r\n") == event(line())


def test_a_hundred_megabytes_are_refused_without_being_parsed() -> None:
    assert bad(b'{"id": "' + b"x" * 100_000_000 + b'"}').reason == "too-long"


def test_without_an_id_the_place_and_the_content_make_one() -> None:
    first = event(line(id=...))
    assert first.id == event(line(id=...)).id
    again = decode(line(id=...), "f.jsonl:2")
    assert isinstance(again, Event)
    assert again.id != first.id
    assert event(line(id=..., learner="bob")).id != first.id


def test_the_order_of_keys_changes_neither_id_nor_hash() -> None:
    backwards = json.dumps(dict(reversed(list((PLAIN | {"id": None}).items()))))
    forwards = event(line(id=None))
    assert event(backwards).id == forwards.id
    assert body_hash(event(backwards)) == body_hash(forwards)


@pytest.mark.parametrize(
    "changes", [{"time": "2026-09-03T14:10:01+02:00"}, {"learner": "bob"}, {"state": "failed"}, {"course": "X"}]
)
def test_another_body_has_another_hash(changes: dict[str, str]) -> None:
    assert body_hash(event(line(**changes))) != body_hash(event(line()))
    assert body_hash(event(line(id="other"))) == body_hash(event(line()))


def test_a_parsed_object_is_judged_like_a_line() -> None:
    assert decode_object(dict(PLAIN), "api") == event(line())
    found = decode_object(PLAIN | {"grade": float("inf")}, "api")
    assert isinstance(found, BadEvent)
    assert found.reason == "bad-number"
    assert isinstance(decode_object([PLAIN], "api"), BadEvent)


# The first draw is slow on a busy machine, which says nothing about the decoder.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@PATIENT
@given(st.dictionaries(st.sampled_from([*PLAIN, "user", "at", "what", "data", "specversion"]), JSON))
def test_no_object_raises(changes: dict[str, Any]) -> None:
    for raw in (json.dumps(PLAIN | changes), json.dumps(changes).encode("utf-8", "surrogatepass")):
        assert isinstance(decode(raw, "x"), Event | BadEvent)


@PATIENT
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_line_raises(raw: bytes | str) -> None:
    found = decode(raw, "x")
    assert isinstance(found, BadEvent)
    assert found.text("en")
    assert found.text("fr")


PIECES = r'{"a": "b" "\u0041" ,"a": } [ ] { 1 -0 1e999 999999999999999999999 NaN null é'


@PATIENT
@given(
    st.lists(st.sampled_from([*PIECES.split(), " ", "\x00"]), max_size=12).map("".join)
    | st.dictionaries(st.sampled_from([*PLAIN, "data"]), JSON).map(json.dumps)
)
def test_bytes_and_text_are_read_alike(text: str) -> None:
    for whole in (text, json.dumps(PLAIN)[:-1] + ', "more": ' + text + "}", json.dumps(PLAIN | {"x": text})):
        assert decode(whole.encode(), "f:1") == decode(whole, "f:1")


@PATIENT
@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)), st.integers(-1439, 1439), st.sampled_from(" Tt"))  # noqa: DTZ001 – the offset is put on later
def test_every_way_of_writing_a_time(wall: datetime, offset: int, between: str) -> None:
    text = wall.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat(between)
    expected = (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert event(line(time=text)).time == expected


@pytest.mark.parametrize(
    ("text", "instant"),
    [("1970-01-01T00:20:00+00:20", 0), ("1970-01-01T00:19:59+00:20", None), ("2101-01-01T00:19:59+00:20", 4133980799),
     ("2101-01-01T00:20:00+00:20", None), ("2026-W36-4T14:10:00Z", None), ("2026-09-03T24:00:00Z", None)],
)  # fmt: skip
def test_the_first_and_the_last_instant(text: str, instant: int | None) -> None:
    found = decode(line(time=text), "f:1")
    assert (found.time if isinstance(found, Event) else None) == (None if instant is None else instant * 1_000_000)


def test_every_reason_is_said_in_both_languages() -> None:
    messages = [value for value in vars(bad_event).values() if isinstance(value, Message)]
    # The missing name of a person is said in a people file's own words.
    assert len({(message.name, message.en) for message in messages}) == len(messages) > 20
    assert all(text for one in messages for text in (one.en, one.fr, one.help_en, one.help_fr))
