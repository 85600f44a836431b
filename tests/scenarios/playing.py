"""Scenarios given as text, played; and the words about them."""

from __future__ import annotations

from textwrap import dedent

from planned.check.build import graph_of
from planned.check.subject import subject
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local_time
from planned.engine.scenario.play import Played, Stage
from tests.check.reading import Files, file

ENGLISH = """
    language en
    timezone Europe/Paris
    course NUM101
    activity Quiz1 is "q-1"
    activity Lesson2
    rule reminder
      after completion of Quiz1
      wait 3 days at 09:00
      unless Lesson2 complete
      send "x"
      notify tutor "y"
    """
FRENCH = """
    langue fr
    fuseau Europe/Paris
    cours NUM101
    activité Quiz1 est "q-1"
    activité Lecon2 "Leçon 2"
    règle relance
      après l'achèvement de Quiz1
      attendre 3 jours à 9h
      sauf si Lecon2 est achevée
      envoyer "x"
      avertir le formateur "y"
    """
"""The rule that most of these tests play, in both languages."""


def play(*texts: str) -> list[Played]:
    """All scenarios of a file that is made of these texts; it has no mistakes."""
    return play_files(read(*texts))


def read(*texts: str) -> Files:
    files = file("\n".join(dedent(text) for text in texts))
    errors = [one.text("en") for one in files.lint() if one.severity == "error"]
    assert not errors
    return files


def play_files(files: Files) -> list[Played]:
    judged = subject(files.trees, files.imports, files.sources, files.found, None)
    stage = Stage(judged.survey, graph_of(judged.survey))
    return [stage.play(scenario) for scenario in judged.survey.scenarios]


def one(*texts: str) -> Played:
    (played,) = play(*texts)
    return played


def holds(*texts: str) -> bool:
    return one(*texts).holds


def said(played: Played, language: Language = "en") -> list[tuple[str, str]]:
    """What is said of each missed expectation: that it was missed, and what came instead."""
    return [(found.text(language), found.help(language)) for found in played.found]


def sent(played: Played) -> list[tuple[str, str, str]]:
    """(rule, learner, local time) of every message that was sent."""
    return [
        (one.rule, one.learner, local_time(one.at, one.zone)[:16])
        for one in played.decisions
        if one.outcome is Outcome.SENT and not one.notice
    ]


def outcomes(decisions: tuple[Decision, ...]) -> list[str]:
    return [one.outcome.value for one in decisions]
