"""`planned dry-run` as an author calls it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planned.cli.main import main

RULES = """language {language}
timezone Europe/Paris
course NUM101
rule reminder "Lesson 2, {{{{ user.firstname }}}}"
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "Don't forget lesson 2!" from tutor
  notify tutor "Sent."
"""


def completed(id_: str, learner: str, activity: str, time: str) -> dict[str, Any]:
    event = {"id": id_, "time": time, "kind": "completion", "course": "NUM101", "learner": learner}
    return event | {"activity": activity, "state": "complete"}


EVENTS: list[Any] = [
    completed("e1", "alice", "Quiz1", "2026-09-03T14:10:00+02:00"),
    completed("e2", "ben", "Quiz1", "2026-09-03T15:10:00+02:00"),
    completed("e3", "ben", "Lesson2", "2026-09-05T12:00:00+02:00"),
    completed("e4", "chloe", "Quiz1", "2026-10-03T15:10:00+02:00"),
]
PEOPLE = """learner,firstname,timezone,tutor
alice,Alice,Europe/Paris,tessa
ben,Ben,Indian/Reunion,tessa
chloe,Chloé,Europe/Paris,tessa
"""


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = self.write("course.rules", RULES.format(language="en"))
        self.events = self.write("events.jsonl", "".join(json.dumps(one) + "\n" for one in EVENTS))
        self.people = self.write("people.csv", PEOPLE)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run(self, *options: str) -> int:
        return main(["dry-run", self.rules, "--events", self.events, "--people", self.people, *options])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.delenv("COLUMNS", raising=False)
    return Files(tmp_path)


def decided(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def in_short(decisions: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(one["at"], one["learner"], one["outcome"], one.get("notice", False)) for one in decisions]


ALICE = ("2026-09-06T09:00:00+02:00", "alice", "sent")
BEN = ("2026-09-06T09:00:00+04:00", "ben", "suppressed", False)
CHLOE = ("2026-10-06T09:00:00+02:00", "chloe", "sent")


def test_json_lines_are_the_decisions_in_order(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("--format", "jsonl") == 0
    found = decided(capsys)
    assert in_short(found) == [BEN, (*ALICE, False), (*ALICE, True), (*CHLOE, False), (*CHLOE, True)]
    assert list(found[1])[:5] == ["at", "rule", "course", "learner", "occurrence"]
    assert (found[1]["subject"], found[1]["from"], found[1]["to"]) == ("Lesson 2, Alice", "tutor", ["alice"])
    assert (found[1]["because"], found[1]["source"]) == (["e1"], "course.rules:4")
    assert found[2]["to"] == ["tessa"]
    assert found[0]["reason"]["code"] == "unless"


def test_the_timeline_says_who_what_when_and_why(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run() == 0
    out, err = capsys.readouterr()
    assert err == ""
    timeline, _, summary = out.partition("Summary\n")
    assert timeline == (
        "Sunday 6 September 2026\n"
        "  07:00  ben       reminder  suppressed  Lesson2 has been complete since 5 September 2026."
        " (09:00 Indian/Reunion)\n"
        "  09:00  alice     reminder  sent        Lesson 2, Alice\n"
        "  09:00  alice     reminder  sent        notice → tessa: Lesson 2, Alice\n"
        "\n"
        "Tuesday 6 October 2026\n"
        "  09:00  chloe     reminder  sent        Lesson 2, Chloé\n"
        "  09:00  chloe     reminder  sent        notice → tessa: Lesson 2, Chloé\n"
        "\n"
    )
    assert summary.splitlines()[:3] == [
        "            sent  suppressed",
        "  reminder     2           1",
        "  notices sent: 2",
    ]
    assert "Busiest day: Sunday 6 September 2026, 1 message" in summary
    assert "alice  1 message, week of 31 August 2026" in summary
    assert "7 events counted" in summary


def test_it_speaks_the_language_of_the_file_or_the_one_asked_for(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run("--lang", "fr") == 0
    asked = capsys.readouterr().out
    assert "Dimanche 6 septembre 2026\n" in asked
    assert "  envoyés  supprimés" in asked
    files.write("course.rules", RULES.format(language="fr"))
    assert files.run() == 0
    own = capsys.readouterr().out
    assert "Jour le plus chargé\u00a0: dimanche 6 septembre 2026, 1 message" in own
    assert "L'apprenant a terminé Lesson2 le 5 septembre 2026." in own


def test_eighty_columns_are_enough(
    files: Files, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for language in ("en", "fr"):
        assert files.run("--lang", language) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        assert "Indian/Reunion)" in out


def test_from_hides_and_until_leaves_pending(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("--format", "jsonl", "--from", "2026-09-07") == 0
    assert [one["learner"] for one in decided(capsys)] == ["chloe", "chloe"]
    assert files.run("--format", "jsonl", "--from", "2026-09-06T09:00", "--until", "2026-09-06") == 0
    assert in_short(decided(capsys)) == [(*ALICE, False), (*ALICE, True)]
    assert files.run("--format", "jsonl", "--until", "2026-09-05") == 0
    pending = decided(capsys)
    assert {(one["learner"], one["outcome"], one["at"] == one["due"]) for one in pending} == {
        ("alice", "pending", True),
        ("ben", "pending", True),
    }
    assert files.run("--format", "jsonl", "--until", "2026-09-06T07:30:00Z") == 0
    assert len(decided(capsys)) == 3


def test_one_learner_or_one_rule(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("--format", "jsonl", "--learner", "ben") == 0
    assert in_short(decided(capsys)) == [BEN]
    assert files.run("--format", "jsonl", "--rule", "reminder") == 0
    assert len(decided(capsys)) == 5
    assert files.run("--rule", "remindre") == 2
    assert "remindre" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [("--until", "tomorrow"), ("--from", "2026-09-06T09"), ("--zone", "europe/paris"), ("--until", "06/09/2026")],
)
def test_wrong_times_are_wrong_use(files: Files, capsys: pytest.CaptureFixture[str], options: tuple[str, str]) -> None:
    assert files.run(*options) == 2
    assert "planned: " in capsys.readouterr().err


def test_bad_events_are_told_and_do_not_stop_the_run(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    with open(files.events, "a", encoding="utf-8") as file:
        file.write('{"id": "e9", "time": "2026-09-03T14:10:00"}\n{oops\n')
    assert files.run("--format", "jsonl") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5
    assert err.splitlines()[0].startswith("events.jsonl:5: not counted: ")
    assert err.splitlines()[1].startswith("events.jsonl:6: not counted: The line is not a JSON object")
    assert files.run("--strict", "--lang", "fr") == 1
    out, err = capsys.readouterr()
    assert "7 événements comptés, 2 non comptés" in out
    assert "events.jsonl:6: non compté" in err


def test_errors_in_rules_are_told_as_lint_tells_them(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.write("course.rules", RULES.format(language="en").replace("3 days", "3 dyas"))
    assert files.run("--format", "jsonl") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "course.rules:6:" in err
    assert "^^^^" in err


def test_files_that_are_not_there(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", str(files.folder / "none.rules"), "--events", files.events]) == 2
    assert main(["dry-run", files.rules, "--events", str(files.folder / "none.jsonl")]) == 3
    assert "none.jsonl" in capsys.readouterr().err
    assert main(["dry-run", files.rules, "--format", "html"]) == 2
    assert "--events" in capsys.readouterr().err


def test_events_from_standard_input(
    files: Files, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Path(files.events).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    assert main(["dry-run", files.rules, "--events", "-", "--format", "jsonl"]) == 0
    assert len(decided(capsys)) == 5


def test_shuffled_and_repeated_files_decide_the_same(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("--format", "jsonl") == 0
    expected = capsys.readouterr().out
    backwards = files.write("back.jsonl", "".join(json.dumps(one) + "\n" for one in EVENTS[::-1]))
    assert files.run("--events", backwards, "--format", "jsonl") == 0
    assert capsys.readouterr().out == expected


# --- a real site ------------------------------------------------------------------------------------

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "moodle" / "tables"
MOODLE_RULES = """language fr
fuseau Europe/Paris
cours PLAN1
activité Quiz1 est "1"
activité Page3 est "3"
groupe A est "1"
règle bienvenue "Bienvenue"
  après inscription
  attendre 10 minutes
  envoyer "Bonjour {{ user.firstname }}"
règle vue "Vue"
  après achèvement de Page3
  attendre 1 jour
  envoyer "Bravo"
règle échec "Encore"
  après échec à Quiz1
  attendre 4 jours à 9h
  sauf si Quiz1 réussie
  envoyer "Encore un essai"
"""


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded site is not at hand")
def test_a_recorded_course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "plan.rules"
    rules.write_text(MOODLE_RULES, encoding="utf-8")
    assert main(["dry-run", str(rules), "--events", f"moodle-export:{RECORDED}", "--format", "jsonl"]) == 0
    found = decided(capsys)
    welcomed = [one["learner"] for one in found if (one["rule"], one["outcome"]) == ("bienvenue", "sent")]
    # neither the teachers nor those of a disabled method; the late, the one suspended later and the unenrolled are
    students = [*range(3, 43), *range(48, 53)]
    assert sorted(map(int, welcomed)) == students
    assert {one["learner"] for one in found} <= set(map(str, students))
    assert {one["learner"]: one["outcome"] for one in found if one["rule"] == "échec"} == {
        "8": "suppressed",
        "9": "sent",
        "10": "sent",
        "25": "sent",
        "26": "sent",
    }
    noumea = next(one for one in found if one["rule"] == "bienvenue" and one["learner"] == "6")
    assert noumea["at"] == "2026-10-13T18:15:01+11:00"
