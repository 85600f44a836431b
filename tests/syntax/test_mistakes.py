"""Frequent mistakes: the name of the error and exactly the words that it underlines."""

from __future__ import annotations

import time

import pytest

from planned.syntax.from_text import parse, read

CASES = (
    ('after completion of Quiz1 wait three days send "x"', "quantity", "three"),
    ('après achèvement de Quiz1 attendre trois jours envoyer "x"', "quantity", "trois"),
    ('after completion of Quiz1 wait 3 dyas send "x"', "quantity", "dyas"),
    ('après achèvement de Q attendre 3 jours sauf L est achevée envoyer "x"', "incomplete-keyword", "sauf"),
    ('after completion of Quiz1 wait 3 days "x"', "missing-send", '"x"'),
    ("after completion of Quiz1 wait 3 days", "missing-send", "days"),
    ('after completion of Q send "x" unless L complete', "clause-order", "unless L complete"),
    ('after completion of Q unless L complete wait 3 days send "x"', "clause-order", "wait 3 days"),
    ('after completion of Q send "x" from tutor to learner', "clause-order", "to learner"),
    ('wait 3 days send "x"', "clause-order", "wait"),
    ('after completion of Q send "x', "missing-quote", '"x'),
    ('after completion of Devoir final send "x"', "missing-quote", "Devoir final"),
    ("course X Les bases", "missing-quote", "Les bases"),
    ('course My course "x"', "missing-quote", "My course"),
    ('activity 2e "x"', "missing-quote", "2e"),
    ('after completion of Q send "x" expires after 1 day 4 hours', "compound-duration", "4 hours"),
    ('after completion # why\n of Q send "x"', "comment-in-phrase", "# why"),
    ('après première # pourquoi\n connexion envoyer "x"', "comment-in-phrase", "# pourquoi"),
    ('after enrolment send "x" expires # why\n after 1 day', "comment-in-phrase", "# why"),
    ('after complation of Quiz1 send "x"', "misspelt", "complation"),
    ('after completion of Quiz1 sned "x"', "misspelt", "sned"),
    ('rule draft after completion of Q send "x"', "keyword-as-name", "draft"),
    ('règle brouillon après achèvement de Q envoyer "x"', "keyword-as-name", "brouillon"),
    ('on 03/04/2026 at 09:00 send "x"', "ambiguous-date", "03/04/2026"),
    ('on 2026-02-30 at 09:00 send "x"', "bad-date", "2026-02-30"),
    ('on 2026-10-05 send "x"', "missing-time", "2026-10-05"),
    ('every monday send "x"', "missing-time", "monday"),
    ('after 2026-10-05 at 09:00 send "x"', "day-in-place-of-fact", "2026-10-05"),
    ('after enrolment wait 5 october 2026 send "x"', "day-in-place-of-duration", "5 october 2026"),
    (
        'after completion of A and B passed or C passed send "x"',
        "mixed-and-or",
        "completion of A and B passed or C passed",
    ),
    ('after not completion of A send "x"', "not-before-fact", "completion of A"),
    ('after enrolment and today is monday send "x"', "calendar-in-trigger", "today is monday"),
    ('after enrolment and active within 3 days send "x"', "calendar-in-trigger", "active within 3 days"),
    ('after enrolment and D is over send "x"', "calendar-in-trigger", "D is over"),
    ('after A complete send "x"', "no-fact", "A complete"),
    ('after enrolment unless completion of B send "x"', "fact-as-condition", "completion of B"),
    ('after enrolment wait 0 days send "x"', "quantity", "0 days"),
    ('after enrolment wait -1 day send "x"', "quantity", "-1 day"),
    ('after enrolment wait 10000000000 days send "x"', "quantity", "10000000000 days"),
    ('after enrolment wait 1.5 days send "x"', "quantity", "1.5 days"),
    ('after enrolment wait 3 send "x"', "quantity", "3"),
    ('after enrolment wait 3 days at 24:00 send "x"', "bad-time", "24:00"),
    ('after enrolment wait 3 days at 25:61 send "x"', "bad-time", "25:61"),
    ('après inscription attendre 3 jours à 9h75 envoyer "x"', "bad-time", "9h75"),
    ('after enrolment wait 4 hours 1 day send "x"', "unit-order", "4 hours 1 day"),
    ("lateness 1 day 4 hours", "compound-duration", "4 hours"),
    ("after enrolment send x, y, z", "message-list", "y, z"),
    ("after enrolment send x repeat every 7 days", "endless-repeat", "repeat every 7 days"),
    ("every monday at 09:00 send x again each time", "again-with-every", "again each time"),
    ("every 3 days at 09:00 send x", "every-unit", "3 days"),
    ('activity Qu\u0456z1 "x"', "look-alike", "Qu\u0456z1"),
    ('activity "\u0441\u0430\u0440" "x"', "look-alike", '"\u0441\u0430\u0440"'),
    ('activity "" "x"', "empty-name", '""'),
    ("timezone", "missing-zone", "timezone"),
    ("language de", "unknown-language", "de"),
    ('topic t "a\u202eb"', "control-character", "\u202e"),
    ('topic t\u200b "ab"', "control-character", "\u200b"),
)


@pytest.mark.parametrize(("text", "name", "underlined"), CASES)
def test_the_mistake_is_named_and_underlined(text: str, name: str, underlined: str) -> None:
    file, found = parse(f"{text}\ncourse OK\n", "x")
    assert [d.name for d in found] == [name]
    span = found[0].span
    assert (span.line, text[span.column - 1 : span.end_column - 1]) == (1, underlined)
    assert all(found[0].text(language) and found[0].help(language) for language in ("en", "fr"))
    assert len(file.statements) == (2 if name == "control-character" else 1)


def test_both_readings_of_and_beside_or_are_shown() -> None:
    _, found = parse("after completion of A and B passed or C passed send x", "x")
    assert "(completion of A and B passed) or C passed" in found[0].help("en")
    assert "completion of A and (B passed or C passed)" in found[0].help("en")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"course \xe9t\xe9", "encoding"),
        ("course A".encode("utf-16"), "encoding"),
        (b"course A\0B", "not-text"),
        (b"# " + b"x" * 300_000, "file-size"),
        (b"activity " + b"a" * 10_000_000, "file-size"),
        (b"after enrolment send x\n" * 2001, "too-many-rules"),
    ],
)
def test_what_is_no_file_of_rules_is_refused(data: bytes, name: str) -> None:
    assert [d.name for d in read(data, "x")[1]] == [name]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# only\r\n# comments", b"\xef\xbb\xbfcourse A\r\n"])
def test_nothing_and_layout_are_no_mistakes(data: bytes) -> None:
    assert read(data, "x")[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "after enrolment if " + "(" * 100_000 + "A complete" + ")" * 100_000 + " send x",
        "after enrolment if " + "not " * 60_000 + "A complete send x",
        "after enrolment if " + "(" * 51 + "A complete" + ")" * 51 + " send x",
    ],
)
def test_deep_nesting_is_one_error_and_soon(text: str) -> None:
    parse("course A", "x")
    start = time.process_time()
    _, found = parse(text, "x")
    assert [d.name for d in found] == ["nesting"]
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('course C\ntemplate t """' + "he said: hello, this is text\n" * 6_800, ["missing-quote"]),
        ("curse C  # a comment\n" * 10_000, ["misspelt"] * 1000 + ["too-many-mistakes"]),
        ('template t "abc\n' * 12_000, ["missing-quote"] * 1000 + ["too-many-mistakes"]),
    ],
    ids=["unclosed-three-quotes", "misspelt-lines", "unclosed-lines"],
)
def test_a_long_file_of_mistakes_is_soon_read(text: str, names: list[str]) -> None:
    parse("course A", "x")
    start = time.process_time()
    _, found = parse(text, "x")
    assert [d.name for d in found] == names
    assert time.process_time() - start < 2


def test_fifty_levels_are_read() -> None:
    text = "after enrolment if " + "(A complete or " * 50 + "B complete" + ")" * 50 + " send x"
    assert parse(text, "x")[1] == []
