"""`planned test` as an author calls it: what it prints, what it writes, and its exit code."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from time import sleep
from xml.etree import ElementTree as Xml

import pytest

from planned.cli.main import main
from tests.scenarios.playing import ENGLISH, FRENCH

GOOD = """
scenario "on the third day"
  given Alice completes Quiz1 on 2026-09-03 at 14:10
  expect reminder to Alice on 2026-09-06 at 09:00
"""
BAD = """
scenario "on the fourth day"
  given Alice completes Quiz1 on 2026-09-03 at 14:10
  expect reminder to Alice on 2026-09-07 at 09:00
"""
MISSED = "reminder did not come to Alice on 7 September 2026 at 09:00."


class Folder:
    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.capsys = capsys

    def write(self, name: str, *texts: str) -> str:
        (self.path / name).write_text("\n".join(dedent(text) for text in texts), encoding="utf-8")
        return name

    def test(self, *arguments: str) -> int:
        self.capsys.readouterr()
        code = main(["test", *arguments])
        self.out, self.err = self.capsys.readouterr()
        return code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path, capsys)


# --- text and exit codes ---------------------------------------------------------------------------


def test_green_is_a_line_for_each_file(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD, GOOD.replace("third day", "third day again"))
    folder.write("longer.rules", FRENCH, 'scénario "s" étant donné qu\'Alice visite le cours le 1er octobre 2026')
    assert folder.test(".") == 0
    assert folder.out == "a.rules       2 scenarios\nlonger.rules  1 scénario\n\n3 scenarios hold.\n"
    assert not folder.err


def test_a_failure_is_told_in_full(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD, BAD)
    assert folder.test("a.rules") == 1
    assert folder.out.startswith(f"a.rules  1 of 2 scenarios fails\n\nScenario “on the fourth day”:\nerror: {MISSED}")
    assert "  expect reminder to Alice on 2026-09-07 at 09:00\n" in folder.out
    assert "because Alice completed Quiz1 on 3 September" in folder.out
    assert folder.out.endswith("1 scenario holds, 1 fails.\n")


def test_a_french_file_is_answered_in_french(folder: Folder) -> None:
    story = """
        scénario "le quatrième jour"
          étant donné qu'Alice termine Quiz1 le 3 septembre 2026 à 14h10
          on attend relance pour Alice le 7 septembre 2026
        """
    folder.write("a.rules", FRENCH, story)
    assert folder.test("a.rules") == 1
    assert folder.out.startswith(
        "a.rules  1 sur 1 scénario en échec\n\nScénario «\u00a0le quatrième jour\u00a0»\u00a0:\n"
    )
    assert "erreur\u00a0: La règle relance n'a rien envoyé pour Alice le 7 septembre 2026." in folder.out
    assert folder.out.endswith("0 scénario tient, 1 échoue.\n")
    assert folder.test("a.rules", "--lang", "en") == 1
    assert "error: relance did not come to Alice on 7 September 2026." in folder.out


def test_a_file_with_errors_is_not_played(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, BAD, "rule other after leaving group send")
    folder.write("b.rules", ENGLISH.replace("NUM101", "NUM102"), GOOD)
    assert folder.test(".") == 1
    assert "[keyword-as-name]" in folder.out
    assert MISSED not in folder.out
    assert "a.rules  errors: nothing was played\nb.rules  1 scenario\n" in folder.out
    assert folder.out.endswith("1 scenario holds, 1 not run.\n")


def test_nor_is_one_that_imports_errors(folder: Folder) -> None:
    folder.write("a.rules", 'import "common.rules"', ENGLISH, GOOD)
    folder.write("common.rules", "language en\ntemplate t")
    assert folder.test("a.rules") == 1
    assert "1 scenario" not in folder.out.splitlines()[-1].replace("0 scenarios hold, 1 not run.", "")
    assert folder.out.endswith("0 scenarios hold, 1 not run.\n")


@pytest.mark.parametrize(
    ("line", "underlined", "hint"),
    [
        ("expect remindr to Alice on 2026-09-06", "remindr", "reminder"),
        ("given Alice completes Quizz1 on 2026-09-03", "Quizz1", "Quiz1"),
        ("expect no reminder to Alcie", "Alcie", "Alice"),
    ],
)
def test_unknown_names_have_the_nearest_one(folder: Folder, line: str, underlined: str, hint: str) -> None:
    folder.write("a.rules", ENGLISH, GOOD, f"  {line}")
    folder.test("a.rules")
    assert f"Did you mean {hint}?" in folder.out
    text, carets = next(
        (above, below)
        for above, below in zip(folder.out.splitlines(), folder.out.splitlines()[1:], strict=False)
        if "^" in below
    )
    assert text[below_first(carets) : below_first(carets) + carets.count("^")] == underlined


def below_first(carets: str) -> int:
    return carets.index("^")


def test_a_group_that_no_rule_mentions(folder: Folder) -> None:
    rule = 'rule welcome after joining group Morning send "x"'
    folder.write(
        "a.rules",
        "language en\ntimezone Europe/Paris\ncourse C1",
        rule,
        'scenario "s" given A joins group Mornin on 2026-09-01',
    )
    assert folder.test("a.rules") == 0
    assert 'No rule of this course mentions a group "Mornin".' in folder.out
    assert "Did you mean Morning?" in folder.out


def test_wrong_use(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    assert folder.test("nowhere.rules") == 2
    assert folder.err == "planned: There is no file or folder nowhere.rules. Did you mean a.rules?\n"
    assert folder.test("a.rules", "--rule", "remindr") == 2
    assert folder.err == "planned: there is no rule remindr; did you mean reminder?\n"
    assert folder.test("a.rules", "--scenario", "fifth") == 2
    assert folder.err == "planned: no scenario is like that\n"
    assert folder.test("a.rules", "--zone", "Mars") == 2
    assert folder.test("a.rules", "--min-coverage", "101") == 2
    assert "--min-coverage: 101 is not a number from 0 to 100" in folder.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    (folder.path / "a.rules").chmod(0)
    assert folder.test("a.rules") == 3


def test_what_cannot_be_written(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    assert folder.test("a.rules", "--junit", "nowhere/results.xml") == 3


def test_a_few_can_be_chosen(folder: Folder) -> None:
    other = 'rule other after enrolment send "x"'
    folder.write(
        "a.rules", ENGLISH, other, GOOD, BAD, 'scenario "Été" given A enrolled on 2026-09-01 expect no message to B'
    )
    text = (folder.path / "a.rules").read_text(encoding="utf-8").replace("message to B", "reminder to A")
    (folder.path / "a.rules").write_text(
        text + '\nscenario "o" given A enrolled on 2026-09-01 expect other to A on 2026-09-01'
    )
    assert folder.test("a.rules", "--scenario", "THIRD") == 0
    assert "1 scenario holds." in folder.out
    assert folder.test("a.rules", "--scenario", "ete") == 0
    assert folder.test("a.rules", "--rule", "other") == 0
    assert "1 scenario holds." in folder.out
    assert folder.test("a.rules", "--rule", "reminder") == 1
    assert "2 scenarios hold, 1 fails." in folder.out


# --- no scenarios yet -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("rules", "language"), [(ENGLISH, "en"), (FRENCH, "fr")])
def test_without_scenarios_there_is_one_to_paste(folder: Folder, rules: str, language: str) -> None:
    folder.write("a.rules", rules)
    assert folder.test("a.rules") == 0
    head, *scenarios = folder.out.split("\n\n")
    assert (
        head
        == {
            "en": "There are no scenarios yet. To begin with, paste this at the end of a.rules:",
            "fr": "Il n'y a pas encore de scénario. En voici pour commencer, à coller à la fin de a.rules\u00a0:",
        }[language]
    )
    assert len(scenarios) == 2
    folder.write("a.rules", rules, *scenarios)
    assert folder.test("a.rules", "--min-coverage", "100") == 0


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "rules").glob("*.rules")), ids=lambda path: path.stem
)
def test_what_there_is_to_paste_holds(folder: Folder, path: Path) -> None:
    before = re.split(r"(?m)^sc[eé]nario ", path.read_text(encoding="utf-8"))[0]
    folder.write(path.name, before)
    assert folder.test(path.name) == 0
    _, *scenarios = folder.out.split("\n\n")
    assert scenarios
    folder.write(path.name, before, *scenarios)
    assert folder.test(path.name) == 0
    assert "Scenario" not in folder.out


def test_without_rules_there_is_none(folder: Folder) -> None:
    folder.write("a.rules", "language en")
    assert folder.test("a.rules") == 0
    assert folder.out == "There are no scenarios yet.\n"


# --- coverage ---------------------------------------------------------------------------------------


def test_coverage_lists_what_is_not_tried(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    assert folder.test("a.rules", "--coverage") == 0
    *_, gap, last = folder.out.splitlines()
    assert gap == (
        "a.rules:10:3: note: In no scenario does this hold the message back: unless Lesson2 complete [not-tried]"
    )
    assert last == "The scenarios try 75% of the rules, messages and conditions (3 of 4)."


def test_too_little_coverage_is_a_finding(folder: Folder) -> None:
    folder.write("a.rules", FRENCH, 'scénario "s" étant donné qu\'Alice termine Quiz1 le 1er octobre 2026')
    assert folder.test("a.rules", "--min-coverage", "75") == 0
    assert folder.test("a.rules", "--min-coverage", "76") == 1
    assert folder.out.endswith(
        "Les scénarios essaient 75\u00a0% des règles, des messages et des conditions (3 sur 4). "
        "C'est moins que les 76\u00a0% demandés.\n"
    )


# --- for programs -------------------------------------------------------------------------------------


def test_json(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD, BAD)
    assert folder.test("a.rules", "--format", "json") == 1
    result = json.loads(folder.out)
    assert [(one["title"], one["outcome"], one["course"]) for one in result["scenarios"]] == [
        ("on the third day", "passed", "NUM101"),
        ("on the fourth day", "failed", "NUM101"),
    ]
    (miss,) = result["scenarios"][1]["misses"]
    assert (miss["name"], miss["message"], miss["file"], miss["column"]) == ("expectation", MISSED, "a.rules", 3)
    assert result["coverage"]["percent"] == 75
    assert [gap["name"] for gap in result["coverage"]["gaps"]] == ["not-tried"]


def test_junit(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD, BAD.replace("fourth", "4<th> & “last”"))
    folder.write(
        "b.rules", "course C1 rule r after enrolment send nothing", 'scenario "x" given A visits on 2026-09-01'
    )
    assert folder.test(".", "--junit", "results.xml") == 1
    assert "1 scenario holds, 1 fails" in folder.out
    root = Xml.parse(folder.path / "results.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "4", "1")
    first, second = root.findall("testsuite")
    assert [first.get(key) for key in ("name", "tests", "failures", "errors", "skipped")] == [
        "a.rules",
        "2",
        "1",
        "0",
        "0",
    ]
    good, bad = first.findall("testcase")
    assert (good.get("name"), good.get("classname"), list(good)) == ("on the third day", "a.rules", [])
    assert bad.get("name") == "on the 4<th> & “last” day"
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("message") == MISSED
    assert "expect reminder to Alice on 2026-09-07 at 09:00" in (failure.text or "")
    assert [one.get("type") for one in second.findall("testcase/error")] == ["unknown-name"]
    assert [case.get("name") for case in second if case.find("skipped") is not None] == ["x"]
    assert float(root.get("time", "-1")) >= 0


def test_junit_on_standard_output(folder: Folder) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    assert folder.test("a.rules", "--format", "junit") == 0
    assert Xml.fromstring(folder.out.encode()).get("tests") == "1"


# --- watching ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_plays_again_and_ends_when_it_is_told_to(folder: Folder, number: signal.Signals) -> None:
    folder.write("a.rules", ENGLISH, GOOD)
    command = [sys.executable, "-u", "-m", "planned.cli.main", "test", "--watch", "."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as run:
        assert run.stdout is not None
        try:
            lines = iter(run.stdout)
            assert next(line for line in lines if "hold" in line) == "1 scenario holds.\n"
            folder.write("b.rules", ENGLISH.replace("NUM101", "NUM102"), BAD)
            assert next(line for line in lines if "hold" in line) == "1 scenario holds, 1 fails.\n"
            sleep(0.2)
            run.send_signal(number)
            _, errors = run.communicate(timeout=30)
        finally:
            run.kill()
    assert (run.returncode, errors) == (0, "")


def test_watching_a_wrong_path_ends_at_once(folder: Folder) -> None:
    assert folder.test("nowhere.rules", "--watch") == 2
