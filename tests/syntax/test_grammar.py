"""The grammar and its keyword table: no conflict, no word that is two terminals in one place, all of it tested."""

from __future__ import annotations

from pathlib import Path

from planned.syntax import words
from planned.syntax.from_text import _Reader
from planned.syntax.words import fold


def test_no_word_is_two_terminals_in_one_state() -> None:
    # Lark raises on a conflict of the grammar when it builds the parser.
    lark = _Reader().lark
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
