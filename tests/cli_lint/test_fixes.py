"""`--fix`, `--unsafe-fixes`, `--diff`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from planned.check.fixing import apply
from planned.cli.main import main
from planned.diagnostics import Edit, Fix, Span

HEAD = "timezone UTC\ncourse A\n"
DOUBLE = HEAD + 'rule été after enrolment unless not Quiz1 passed send "é"\n'
MENDED = DOUBLE.replace("unless not", "if")
UNSAFE = HEAD + 'template hello "Hello" "x"\nrule r after enrolment send helo\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "a.rules"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_safe_fixes_change_what_they_mean_and_nothing_else(
    rules: Path, ending: str, mark: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_bytes(mark + DOUBLE.replace("\n", ending).encode())
    assert main(["lint", str(rules), "--fix"]) == 0
    assert rules.read_bytes() == mark + MENDED.replace("\n", ending).encode()
    assert "1 mistake mended." in capsys.readouterr().out
    assert main(["lint", str(rules), "--fix"]) == 0
    assert "mended" not in capsys.readouterr().out


def test_guesses_are_made_only_when_asked_for(rules: Path) -> None:
    rules.write_text(UNSAFE)
    assert main(["lint", str(rules), "--fix"]) == 1
    assert rules.read_text() == UNSAFE
    assert main(["lint", str(rules), "--fix", "--unsafe-fixes"]) == 0
    assert rules.read_text() == UNSAFE.replace("helo\n", "hello\n")


def test_diff_shows_the_change_and_makes_none(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text(DOUBLE)
    assert main(["lint", str(rules), "--diff"]) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines()[:2] == [f"--- {rules.as_posix()}", f"+++ {rules.as_posix()}"]
    assert '-rule été after enrolment unless not Quiz1 passed send "é"' in shown
    assert '+rule été after enrolment if Quiz1 passed send "é"' in shown
    assert rules.read_text() == DOUBLE
    rules.write_text(MENDED)
    assert main(["lint", str(rules), "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_fixes_go_on_until_nothing_is_left(rules: Path) -> None:
    rules.write_text(HEAD + 'rule r after enrolment unless not not not Quiz1 passed send "x"\n')
    main(["lint", str(rules), "--fix"])
    assert rules.read_text() == HEAD + 'rule r after enrolment if Quiz1 passed send "x"\n'


def test_a_fix_that_makes_it_worse_is_not_made(rules: Path) -> None:
    text = HEAD + 'template hello "Hello" "x"\nrule a after enrolment send "x"\nrule b after sending of c send "x"\n'
    rules.write_text(text)
    main(["lint", str(rules), "--fix", "--unsafe-fixes"])
    assert 'rule b after sending of c send "x"' in rules.read_text()


def test_a_file_keeps_its_mode_and_a_link_stays_one(rules: Path, tmp_path: Path) -> None:
    rules.write_text(DOUBLE)
    rules.chmod(0o640)
    link = tmp_path / "link.rules"
    link.symlink_to(rules)
    main(["lint", str(link), "--fix"])
    assert link.is_symlink()
    assert rules.read_text() == MENDED
    assert stat.S_IMODE(rules.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["a.rules", "link.rules"]


def test_what_is_not_utf8_is_left_alone(rules: Path) -> None:
    rules.write_bytes(DOUBLE.encode("latin-1"))
    main(["lint", str(rules), "--fix", "--unsafe-fixes"])
    assert rules.read_bytes() == DOUBLE.encode("latin-1")


def fix(start: int, end: int, text: str) -> Fix:
    return Fix((Edit(Span("f", 1, start, 1, end), text),))


def test_of_fixes_that_overlap_the_first_wins() -> None:
    assert apply("abcdef", "f", [fix(1, 4, "X"), fix(3, 6, "Y"), fix(5, 7, "Z")]) == ("XdZ", 2)
    assert apply("abcdef", "f", [fix(2, 2, "X"), fix(2, 2, "Y")]) == ("aXbcdef", 1)
    assert apply("abcdef", "g", [fix(1, 4, "X")]) == ("abcdef", 0)


def test_a_fix_beyond_the_text_is_left_out() -> None:
    assert apply("ab\n", "f", [Fix((Edit(Span("f", 9, 1, 9, 2), "X"),))]) == ("ab\n", 0)
