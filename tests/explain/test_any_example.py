"""Examples and stories of rules that nobody would write: never a crash, and what is said is what is decided."""

from __future__ import annotations

import random
from datetime import date

import pytest

from planned.engine.decision import Outcome
from planned.engine.explain.examples import sentences
from planned.engine.explain.firings import firings
from planned.engine.explain.rule import voice_of
from planned.engine.explain.story import moments, speaking, stories
from tests.explain.explaining import TODAY, read
from tests.oracle.random_rules import Words, rule_files


@pytest.mark.parametrize("seed", range(12))
def test_random_rules_have_examples_and_stories(seed: int) -> None:
    words = Words(random.Random(seed), date(2026, 9, 1))
    for text in rule_files(words).values():
        for graph, rule, placed in read(text):
            for language in ("en", "fr"):
                spoken = speaking(graph, language)
                own = spoken.rules[rule.order]
                voice = voice_of(own, placed)
                for firing in firings(spoken, own, TODAY):
                    assert any(one.outcome is Outcome.SENT for one in firing.decisions)
                    assert all("{" not in one.replace("{{", "") for one in sentences(voice, firing))
                for story in stories(spoken, voice, TODAY):
                    told = list(moments(voice, story))
                    assert [one.at for one in told] == sorted(one.at for one in told)
                    assert all(one.text for one in told)
