"""The table of habits: what it names exists, and what it proposes can be read."""

from __future__ import annotations

import re

import pytest

from planned.syntax import words
from planned.syntax.from_text import parse
from planned.syntax.habits import tables

TABLE = tables()
NO_ENTRIES = {"words", "participles", "verbs", "comparisons"}
ENTRIES = [entry for name, group in TABLE.items() if name not in NO_ENTRIES for entry in group]
WORDS_OF_THE_GRAMMAR = {"NAME", "STRING", "NUMBER", "CALENDAR_DAY", "TIME", "COMMA", "ZONE", "PERCENT"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[1][:30])
def test_a_place_is_a_word_of_the_grammar(entry: list[str]) -> None:
    places = {place.removeprefix("!") for place in entry[0].split()}
    assert places <= set(words.phrases_of_terminals()) | WORDS_OF_THE_GRAMMAR
    assert entry[4:] in ([], ["safe"], ["example"], ["wish"])
    assert bool(entry[2]) == bool(entry[3])


@pytest.mark.parametrize("entry", [one for one in ENTRIES if one[4:] != ["wish"]], ids=lambda entry: entry[1][:30])
def test_what_is_proposed_begins_with_a_word_of_its_language(entry: list[str]) -> None:
    known = {
        language: {
            variant.split()[0]
            for one in words.keywords()
            for p in one.phrases(language)
            for variant in words.variants(p)
        }
        for language in words.LANGUAGES
    }
    for language, text in zip(words.LANGUAGES, entry[2:4], strict=True):
        first = re.match(r"[^\W\d]+'?", words.fold(text))
        if first is not None:
            assert any(word.startswith(first.group()) for word in known[language]), text


@pytest.mark.parametrize("participle", TABLE["participles"], ids=lambda one: one[1])
def test_a_condition_as_a_trigger_is_answered_with_its_fact(participle: list[str]) -> None:
    _, en, fr, _, _ = participle
    for text in (f"rule r when Quiz1 is {en} send x", f"règle r quand Quiz1 est {fr} envoyer x"):
        _, (found,) = parse(text, "x")
        assert found.fix is not None
        (edit,) = found.fix.edits
        mended = text[: edit.span.column - 1] + edit.text + text[edit.span.end_column - 1 :]
        assert parse(mended, "x")[1] == []
