"""`planned dry-run --against`: what another version of the rules does differently with the same events."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planned.cli.main import main
from tests.cli_report import course

HEAD = "language en\ntimezone Europe/Paris\ncourse NUM101\n"
REMINDER = 'rule reminder "Lesson 2"\n  after completion of Quiz1\n  wait 3 days at 09:00\n  unless Lesson2 complete\n'
OLD = HEAD + REMINDER + '  send "Come back."\n'


class Versions:
    """Two folders with rules over the events of `course`: alice and chloe get a message, ben does not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in course.EVENTS), encoding="utf-8")

    def write(self, place: str, text: str) -> str:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run(self, rules: str, against: str, *options: str) -> int:
        events = str(self.folder / "events.jsonl")
        return main(["dry-run", rules, "--events", events, "--against", against, *options])

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)

    def commit(self, tag: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", tag)
        self.git("tag", tag)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


@pytest.fixture
def compared(versions: Versions, capsys: pytest.CaptureFixture[str]) -> Any:
    """From an old and a new text to the differences as JSON."""

    def run(old: str, new: str, *options: str) -> list[dict[str, Any]]:
        old_path, new_path = versions.write("old/course.rules", old), versions.write("new/course.rules", new)
        assert versions.run(new_path, old_path, "--format", "jsonl", *options) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def in_short(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    def at(side: dict[str, Any] | None) -> str | None:
        return side and side["at"][5:16]

    return [(one["change"], one["learner"], one["rule"], at(one["before"]), at(one["after"])) for one in found]


def test_the_same_rules_do_the_same(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    old = versions.write("old/course.rules", OLD)
    other_layout = versions.write("new/course.rules", OLD.replace("\n  ", " ") + "# a comment\n")
    assert versions.run(other_layout, old) == 0
    assert capsys.readouterr().out == "Both versions do the same: 2 messages.\n"
    assert versions.run(other_layout, old, "--format", "jsonl") == 0
    assert capsys.readouterr().out == ""
    assert versions.run(other_layout, old, "--lang", "fr") == 0
    assert capsys.readouterr().out == "Les deux versions font la même chose\u00a0: 2 messages.\n"


def test_a_longer_wait_moves_messages(compared: Any) -> None:
    found = compared(OLD, OLD.replace("3 days", "5 days"))
    assert in_short(found) == [
        ("moved", "alice", "reminder", "09-06T09:00", "09-08T09:00"),
        ("moved", "chloe", "reminder", "10-06T09:00", "10-08T09:00"),
    ]


def test_a_guard_taken_away_lets_messages_through_and_back(compared: Any) -> None:
    open_for_all = OLD.replace("  unless Lesson2 complete\n", "")
    (new,) = compared(OLD, open_for_all)
    assert (new["change"], new["learner"], new["before"]["outcome"]) == ("new", "ben", "suppressed")
    (gone,) = compared(open_for_all, OLD)
    assert (gone["change"], gone["learner"], gone["after"]["outcome"]) == ("gone", "ben", "suppressed")


def test_another_text_or_sender_is_a_change(compared: Any) -> None:
    assert in_short(compared(OLD, OLD.replace("Come back.", "Do come back."))) == [
        ("changed", "alice", "reminder", "09-06T09:00", "09-06T09:00"),
        ("changed", "chloe", "reminder", "10-06T09:00", "10-06T09:00"),
    ]
    assert [one["change"] for one in compared(OLD, OLD.replace('."\n', '." from tutor\n'))] == ["changed"] * 2


def test_a_rule_that_comes_and_one_that_goes(compared: Any) -> None:
    more = OLD + 'rule welcome after completion of Quiz1 send "Bravo."\n'
    assert in_short(compared(OLD, more)) == [
        ("new", "alice", "welcome", None, "09-03T14:10"),
        ("new", "ben", "welcome", None, "09-03T17:10"),
        ("new", "chloe", "welcome", None, "10-03T15:10"),
    ]
    assert {one["change"] for one in compared(more, OLD)} == {"gone"}


def test_a_renamed_rule_is_the_same_rule(compared: Any) -> None:
    assert compared(OLD, OLD.replace("rule reminder", "rule nudge was reminder")) == []
    assert len(compared(OLD, OLD.replace("rule reminder", "rule nudge"))) == 4


def test_an_inserted_step_moves_what_follows_and_is_no_other_message(compared: Any) -> None:
    texts = 'template first "A" "One."\ntemplate second "B" "Two."\n'
    old = HEAD + texts + "rule r after completion of Quiz9 or completion of Quiz1 send second\n"
    new = (
        HEAD
        + texts
        + "rule r after completion of Quiz9 or completion of Quiz1 send first then wait 2 days send second\n"
    )
    found = [one for one in compared(old, new) if one["learner"] == "alice"]
    assert [(one["change"], one["step"]) for one in found] == [("new", 1), ("moved", 2)]


def test_notices_are_told_apart_from_their_messages(compared: Any) -> None:
    (found, _) = compared(OLD, OLD.rstrip() + '\n  notify tutor "Sent."\n')
    assert (found["change"], found["notice"], found["after"]["to"]) == ("new", True, ["tessa"])


def test_what_only_waits_counts_as_going(compared: Any) -> None:
    found = compared(OLD, OLD.replace("3 days", "5 days"), "--until", "2026-09-04")
    assert [(one["learner"], one["change"], one["after"]["outcome"]) for one in found] == [
        ("alice", "moved", "pending"),
        ("ben", "moved", "pending"),
    ]


def test_the_page_for_authors_begins_with_the_sum(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    old = versions.write("old/course.rules", OLD)
    new = versions.write(
        "new/course.rules", OLD.replace("3 days", "5 days").replace("unless Lesson2", "unless Lesson3")
    )
    assert versions.run(new, str(Path(old).parent)) == 0
    assert capsys.readouterr().out == (
        "3 messages differ, for 3 of 3 learners; 0 stay the same.\n"
        "\n"
        "            new  gone  moved  changed  same\n"
        "  reminder    1     0      2        0     0\n"
        "\n"
        "alice  Alice Martin\n"
        "  moved    2026-09-06 09:00 → 2026-09-08 09:00  reminder: Lesson 2\n"
        "\n"
        "ben  Ben Okafor\n"
        "  new      2026-09-08 07:00  reminder: Lesson 2 (before: Lesson2 has been complete since 5 September 2026.)\n"
        "\n"
        "chloe  Chloé Nguyễn\n"
        "  moved    2026-10-06 09:00 → 2026-10-08 09:00  reminder: Lesson 2\n"
    )


def test_one_learner_or_rule_of_either_version(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    old = versions.write("old/course.rules", OLD + 'rule welcome after completion of Quiz1 send "Bravo."\n')
    new = versions.write("new/course.rules", OLD)
    assert versions.run(new, old, "--rule", "welcome", "--learner", "ben", "--lang", "fr") == 0
    out = capsys.readouterr().out
    assert out.startswith("1 message diffère, pour 1 apprenant sur 1\u00a0; 0 reste identique.\n")
    assert "  retiré   2026-09-03 15:10  welcome" in out


def test_events_from_standard_input_are_read_once(
    versions: Versions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = (versions.folder / "events.jsonl").read_bytes() + b"no event\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(history)))
    new, old = versions.write("new.rules", OLD.replace("3 days", "5 days")), versions.write("old.rules", OLD)
    assert main(["dry-run", new, "--events", "-", "--against", old]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("2 messages differ")
    assert err.count("not counted") == 1


# --- revisions ---------------------------------------------------------------------------------------


def test_a_revision_of_the_same_folder(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    versions.git("init", "-q")
    template = 'template t "Lesson 2" "Come back."\n'
    versions.write("a b/rules/common.rules", HEAD + template)
    old = HEAD + 'import "common.rules"\n' + REMINDER + "  send t\n"
    rules = versions.write("a b/rules/course.rules", old)
    versions.commit("v1")
    versions.write("a b/rules/course.rules", old.replace("3 days", "5 days"))
    versions.write("a b/rules/more.rules", HEAD + 'rule welcome after completion of Quiz1 send "Bravo."\n')
    for path, changes in (
        (rules, ["moved", "moved"]),
        (str(Path(rules).parent), [*["new", "moved"], "new", *["new", "moved"]]),
    ):
        assert versions.run(path, "git:v1", "--format", "jsonl") == 0
        assert [json.loads(line)["change"] for line in capsys.readouterr().out.splitlines()] == changes
    assert versions.run(rules, "git:HEAD") == 0
    assert "2 messages differ" in capsys.readouterr().out


def test_a_repository_of_somebody_else(
    versions: Versions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = versions.write("rules/course.rules", OLD)
    versions.git("init", "-q")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert versions.run(rules, "git:HEAD") == 2
    assert "belongs to somebody else, so git does not read it." in capsys.readouterr().err


def test_a_revision_that_is_not_there(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    rules = versions.write("rules/course.rules", OLD)
    assert versions.run(rules, "git:v1") == 2
    assert "is not in a git repository, so there is no v1 of it." in capsys.readouterr().err
    versions.git("init", "-q")
    versions.commit("v1")
    for ref in ("git:v2", "git:--output=x", "git:", "git:v1:rules"):
        assert versions.run(rules, ref) == 2, ref
        assert "git knows no revision" in capsys.readouterr().err
    new = versions.write("new/course.rules", OLD)
    assert versions.run(new, "git:v1") == 2
    assert "In v1 there are no rules at" in capsys.readouterr().err
    assert versions.run(rules, str(versions.folder / "nowhere")) == 2
    assert "There is no file or folder" in capsys.readouterr().err


def test_without_git(
    versions: Versions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions.run(versions.write("course.rules", OLD), "git:HEAD") == 3
    assert "git is not installed here" in capsys.readouterr().err


def test_mistakes_of_a_revision_are_shown_as_its_own(versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    versions.git("init", "-q")
    rules = versions.write("rules/course.rules", OLD.replace("09:00", "25:00"))
    versions.commit("v1")
    versions.write("rules/course.rules", OLD)
    assert versions.run(rules, "git:v1") == 1
    err = capsys.readouterr().err
    assert "--> git:v1/rules/course.rules:6:" in err
    assert "25:00" in err


@pytest.mark.parametrize("form", ["html", "ics"])
def test_it_is_no_page_and_no_calendar(form: str, versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    rules = versions.write("course.rules", OLD)
    assert versions.run(rules, rules, "--format", form) == 2
    assert "--against is shown as a table or as JSON lines" in capsys.readouterr().err
