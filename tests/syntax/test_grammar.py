"""The grammar and its keyword table: no conflict, no word that is two terminals in one place, all of it tested."""

from __future__ import annotations

from pathlib import Path

import pytest
from lark import Lark

from planned.syntax import from_text, words
from planned.syntax.from_text import OPTIONS, TABLES, _data, _grammar, _Reader, packed
from planned.syntax.words import fold


def test_no_word_is_two_terminals_in_one_state() -> None:
    # Lark raises on a conflict of the grammar when it builds the parser.
    lark = Lark(_grammar(), **OPTIONS)
    phrases = {
        terminal: {variant for phrase in found for variant in words.variants(phrase)}
        for terminal, found in words.phrases_of_terminals().items()
    }
    for actions in lark.parser.parser._parse_table.states.values():
        seen: dict[str, str] = {}
        for terminal in (t for t in actions if t in phrases):
            for phrase in phrases[terminal]:
                assert phrase not in seen, (phrase, terminal, seen[phrase])
                seen[phrase] = terminal


def test_a_longer_phrase_outranks_its_beginning() -> None:
    ranks = words.ranks()
    assert ranks["COMPLETE_WHEN"] > ranks["PARTICIPLE"]
    assert ranks["EVERY_COURSE"] > ranks["EVERY"]
    assert ranks["SENDER"] > ranks["FROM"]


def test_every_keyword_occurs_in_a_test() -> None:
    tests = fold((Path(__file__).parent / "test_accepted.py").read_text("utf-8")).replace("\\'", "'")
    missing = [
        (keyword.terminal, keyword.value, language)
        for keyword in words.keywords()
        for language in words.LANGUAGES
        if keyword.phrases(language)
        and not any(v in tests for phrase in keyword.phrases(language) for v in words.variants(phrase))
    ]
    assert missing == []


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    assert _data(TABLES) == packed(), "run `make tables`"


@pytest.mark.parametrize("stored", ["", '{"made_from": "another grammar"}'])
def test_without_the_stored_tables_the_parser_is_made_from_the_grammar(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = _Reader().lark
    monkeypatch.setattr(from_text, "_data", lambda name: stored if name == TABLES else _data(name))
    slow = _Reader().lark
    assert (fast.source_path, slow.source_path) == ("<deserialized>", "<string>")
    assert {str(rule) for rule in fast.rules} == {str(rule) for rule in slow.rules}
    by_name = {one.name: one.pattern.to_regexp() for one in slow.terminals}
    assert {one.name: one.pattern.to_regexp() for one in fast.terminals} == by_name
