"""`planned dry-run` without events: the stories of imagined learners, and that they are what the engine decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planned.check.build import graph_of
from planned.check.subject import subject
from planned.cli.main import main
from planned.engine.decision import Outcome
from planned.engine.explain.rule import voice_of
from planned.engine.explain.story import Story, moments, speaking, stories
from planned.engine.simulate import simulate
from planned.runtime.files import load_rules
from tests.explain.explaining import TODAY, read

ROOT = Path(__file__).resolve().parents[2]
RELANCE = """language en
timezone Europe/Paris
course C
rule relance "Lesson 2"
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "x"
"""


def told(text: str) -> dict[str, Story]:
    graph, rule, placed = read(text)[0]
    return {one.shows: one for one in stories(graph, voice_of(rule, placed), TODAY)}


def lines(text: str, shows: str) -> list[str]:
    graph, rule, placed = read(text)[0]
    voice = voice_of(rule, placed)
    return [one.text for one in moments(voice, next(s for s in stories(graph, voice, TODAY) if s.shows == shows))]


def test_who_does_it_who_does_not_who_is_late_and_who_is_held_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "relance.rules").write_text(RELANCE, encoding="utf-8")
    assert main(["dry-run", str(tmp_path / "relance.rules"), "--today", "2026-11-22"]) == 0
    assert capsys.readouterr().out == (
        """relance – relance.rules:4

  Alice: the message goes
    Sunday 22 November 2026   08:30    Alice joins the course
    Tuesday 24 November 2026  14:10    Alice completes “Quiz1”
    Friday 27 November 2026   09:00  → the message “Lesson 2” goes

  Emma: the same, but ten days later
    Sunday 22 November 2026  08:30    Emma joins the course
    Friday 4 December 2026   14:10    Emma completes “Quiz1”
    Monday 7 December 2026   09:00  → the message “Lesson 2” goes

  Félix: does nothing of it
    Sunday 22 November 2026  08:30    Félix joins the course
                             08:30    nothing goes: nothing has started the rule

  Ben: held back by “unless Lesson2 complete”
    Sunday 22 November 2026     08:30    Ben joins the course
    Tuesday 24 November 2026    14:10    Ben completes “Quiz1”
    Wednesday 25 November 2026  12:00    Ben completes “Lesson2”
    Friday 27 November 2026     09:00  ✗ no message. Lesson2 has been complete since 25 November 2026.

  Chloé: what waits is cancelled
    Sunday 22 November 2026     08:30    Chloé joins the course
    Tuesday 24 November 2026    14:10    Chloé completes “Quiz1”
    Wednesday 25 November 2026  12:00    “Quiz1” is reset for Chloé
                                12:00  ✗ cancelled. What had started it is no longer true.
"""
    )


def test_quiet_times_are_said_where_they_hold_back() -> None:
    found = lines(RELANCE.replace("course C", "course C quiet on sunday"), "postponed")
    assert found[-2:] == [
        "quiet times hold the message back until Monday 30 November 2026 at 09:00",
        "the message “Lesson 2” goes",
    ]


def test_a_deadline_needs_nobody_to_do_anything() -> None:
    shown = told('language en course C rule x after deadline of Essay wait 1 day at 09:00 send "x"')
    assert "idle" not in shown
    assert "late" not in shown


def test_json_lines_have_the_events_and_the_decisions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "relance.rules"
    path.write_text(RELANCE + 'rule other after enrolment send "y"\n', encoding="utf-8")
    assert main(["dry-run", str(path), "--today", "2026-11-22", "--format", "jsonl", "--rule", "relance"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["shows"] for one in found] == ["sent", "late", "idle", "suppressed", "cancelled"]
    assert {one["rule"] for one in found} == {"relance"}
    assert [one["outcome"] for one in found[0]["decisions"]] == ["sent"]
    assert [event["kind"] for event in found[0]["events"]] == ["profile", "enrolment", "completion"]


def test_one_learner_in_the_other_language(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "relance.rules"
    path.write_text(RELANCE, encoding="utf-8")
    assert main(["dry-run", str(path), "--today", "2026-11-22", "--lang", "fr", "--learner", "Ben"]) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "Ben : le message est retenu par « unless Lesson2 complete »" in said
    assert "vendredi 27 novembre 2026   9h    ✗ pas de message. L'apprenant a terminé Lesson2 le 25 novembre" in said
    assert "Alice" not in said


@pytest.mark.parametrize("options", [["--format", "html"], ["--people", "p.csv"], ["--today", "soon"]])
def test_what_needs_events_says_so(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "relance.rules"
    path.write_text(RELANCE, encoding="utf-8")
    assert main(["dry-run", str(path), *options]) == 2
    assert capsys.readouterr().err.startswith("planned: ")


LOADED = load_rules([ROOT / "rules"])
SURVEYED = subject(LOADED.files, LOADED.imports, LOADED.sources, LOADED.diagnostics, None).survey
RULES = graph_of(SURVEYED)


@pytest.mark.parametrize("name", [rule.name for rule in RULES.rules])
def test_what_is_told_is_what_the_engine_decides_with_all_rules(name: str) -> None:
    """The rules of the same file may take places of a limit: then a message comes later, but comes."""
    rules = speaking(RULES, "fr")
    rule = next(one for one in rules.rules if one.name == name)
    voice = voice_of(rule, next(one for one in SURVEYED.rules if one.name == name))
    found = stories(rules, voice, TODAY)
    assert found[0].shows == "sent"
    for story in found:
        played = [one for one in simulate(rules, story.events) if one.rule == name]
        assert [(one.outcome, one.step) for one in played] == [(one.outcome, one.step) for one in story.decisions]
        if not rule.context.limits:
            assert played == list(story.decisions)
        said = [one for one in moments(voice, story) if one.decision is not None]
        assert all(one.decision.at == one.at for one in said if one.decision)
        refused = [one for one in story.decisions if one.outcome is Outcome.SUPPRESSED and one.reason]
        assert all(any(one.reason.text in line.text for line in said) for one in refused if one.reason)
