"""The checks of `make fuzz` on a few random inputs, on what they once found, and on long inputs of one piece."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import events, parser, seeds, templates
from tests.strategies import examples

Check = Callable[[bytes], None]

RULES = list(seeds.rules())
LINES = list(seeds.events())
TEXTS = list(seeds.texts())
FAST = settings(max_examples=examples(1000), deadline=None, suppress_health_check=list(HealthCheck))


def changed(first: list[bytes], words: list[str]) -> st.SearchStrategy[bytes]:
    """One of these with some of it cut out, doubled, or written over by a word of its language or any bytes."""
    piece = st.one_of(st.sampled_from([word.encode() for word in words]), st.binary(max_size=6), st.just(b"\xcc\x81"))
    edit = st.tuples(
        st.integers(0, 1 << 14), st.sampled_from([0, 0, 1, 2, 8, 40]), piece, st.sampled_from([1, 1, 1, 2, 50])
    )
    return st.builds(_edited, st.sampled_from(first), st.lists(edit, min_size=1, max_size=6)) | st.binary(max_size=60)


def _edited(data: bytes, edits: list[tuple[int, int, bytes, int]]) -> bytes:
    for at, length, piece, times in edits:
        at %= len(data) + 1
        data = data[:at] + piece * times + data[at + length :]
    return data


@FAST
@given(changed(RULES, list(seeds.words_of_rules())))
def test_any_file_gets_a_value_and_diagnostics(data: bytes) -> None:
    parser.check_rules(data)


@FAST
@given(changed(LINES, list(seeds.words_of_events())))
def test_any_line_is_an_event_that_can_be_kept_or_a_reason(data: bytes) -> None:
    events.check(data)


@FAST
@given(changed(TEXTS, list(seeds.words_of_texts())))
def test_any_text_is_refused_or_written_in_bounds(data: bytes) -> None:
    templates.check(data)


CHECKS: dict[str, Check] = {"parser": parser.check_rules, "events": events.check, "templates": templates.check}


@pytest.mark.parametrize("name", CHECKS)
def test_first_examples_and_what_once_failed(name: str) -> None:
    first = {"parser": RULES, "events": LINES, "templates": TEXTS}[name]
    for data in (*first[:: 1 if name == "events" else 4], *seeds.found(name).values()):
        CHECKS[name](data)


HEAD = b'language en\ntimezone Europe/Paris\ncourse NUM101 "A course"\nactivity Quiz1 "Quiz"\n'
RULE = b"rule r after completion of Quiz1 "
LONG = {
    "letters with an accent apart": "e\u0301 ".encode(),
    "accents": "\u0301".encode(),
    "control characters": b"a\x01",
    "quotation marks": b'"',
    "guillemets": "«".encode(),
    "carriage returns": b"\r",
    "trigger words": b"after ",
    "unknown words": b"zorg ",
    "parentheses": RULE + b"if " + b"(" * 300,
    "nots": b"not ",
    "broken rules": b"rule a after b\n",
    "declarations": b"activity x\n",
    "digits": b"1",
    "times": b"09:00 ",
    "look-alike letters": "Qu\u0456z1 ".encode(),
    "unknown names": b'rule a after completion of Zo send "a"\n',
    "alternatives": b"or completion of Quiz1 ",
    "guards": b"unless Quiz1 complete ",
    "steps": b'then wait 1 day send "x" ',
    "scenarios": b'scenario "a"\n given a learner\n',
    "imports": b'import "a.rules"\n',
    "braces": b'template t "{{ {{ {{ {% if %}"\n',
    "percents": b'template t "%userfirstnam% %a%%"\n',
}


@pytest.mark.parametrize("case", LONG)
def test_ten_kilobytes_of_one_piece_take_less_than_a_second(case: str) -> None:
    piece = LONG[case]
    start = HEAD + RULE
    parser.check_rules(start + piece * ((parser.SMALL - len(start)) // len(piece)))


PIECES = [
    "{{ user.firstname }}",
    "{% if user %}",
    "{{",
    "{%",
    "%userid%",
    "{{ (",
    "{# ",
    "[",
    "[a](",
    "**",
    "> ",
    "- ",
    "<",
    "`",
    "&#0;",
    "![",
    "\\",
    "|e",
]


@pytest.mark.parametrize("piece", PIECES)
def test_ten_kilobytes_of_one_piece_of_a_text_take_less_than_a_second(piece: str) -> None:
    for start in ("", "{{ user.firstname", "{% for a in learners %}"):
        templates.check((start + piece * ((templates.SMALL - len(start)) // len(piece))).encode())
