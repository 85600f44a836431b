"""`planned lint` as its users meet it: the text with carets, JSON, exit codes, languages."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from planned.cli.main import COMMANDS, main
from planned.cli.terminal import Look, underline, width
from planned.diagnostics import Span

SOUND = 'language en\ntimezone UTC\ncourse A\nrule r after enrolment send "x"\n'
WARNED = SOUND.replace("timezone UTC\n", "")
WRONG = SOUND.replace('send "x"', "send nothing")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "a.rules"


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (SOUND, [], 0),
        (SOUND, ["--strict"], 0),
        (WARNED, [], 0),
        (WARNED, ["--strict"], 1),
        (WRONG, [], 1),
        (SOUND.replace("course A\n", ""), ["--strict"], 1),
        (SOUND.replace("course A\n", ""), ["--strict", "--course", "A"], 0),
    ],
)
def test_exit_codes(rules: Path, text: str, options: list[str], code: int) -> None:
    rules.write_text(text)
    assert main(["lint", str(rules), *options]) == code


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["lint"], ["lint", "nowhere.rules"], ["lint", "x", "--format", "xml"]]
)
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err
    assert "Traceback" not in shown.err


def test_full_shows_the_text_with_carets_and_what_to_write(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text('timezone UTC\ncourse A\ngroup early is "1"\nrule r after joining group erly send "x"\n')
    main(["lint", str(rules)])
    shown = capsys.readouterr().out
    assert shown == (
        f'error: No group "erly" is declared. [unknown-name]\n'
        f" --> {rules.as_posix()}:4:28\n"
        f"  |\n"
        f'4 | rule r after joining group erly send "x"\n'
        f"  |                            ^^^^\n"
        f"  = Did you mean early?\n"
        f"\n"
        f"1 error in 1 file.\n"
    )


def test_the_language_is_the_files_own_unless_another_is_asked_for(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'langue fr\nfuseau UTC\ncours A\ngroupe H est "1"\nrègle r après entrée dans le groupe G envoyer "x"\n'
    rules.write_text(text, "utf-8")
    main(["lint", str(rules)])
    french = capsys.readouterr().out
    assert "erreur\u00a0: Aucun groupe « G » n'est déclaré." in french
    assert "1 erreur dans 1 fichier." in french
    main(["lint", str(rules), "--lang", "en"])
    assert 'error: No group "G" is declared.' in capsys.readouterr().out


def test_json(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text("timezone UTC\ncourse A\nrule r after enrolment\n  send nothing\n")
    assert main(["lint", "--format", "json", str(rules)]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "name": "unknown-name",
            "severity": "error",
            "message": 'No template "nothing" is declared.',
            "help": 'Declare it above: template nothing "…" """…""" – a text needs quotes: send "nothing"',
            "file": rules.as_posix(),
            "line": 4,
            "column": 8,
            "end_line": 4,
            "end_column": 15,
        }
    ]


def test_json_of_sound_rules_is_an_empty_list(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text(SOUND)
    assert main(["lint", "--format", "json", str(rules)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_concise_is_one_line_each(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text(WRONG)
    main(["lint", "--format", "concise", str(rules)])
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{rules.as_posix()}:4:29: error: ")
    assert last == "1 error in 1 file."


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "carets"),
    [
        ("send x", 6, 7, "send x", "     ^"),
        ("\tsend x", 7, 8, "    send x", "         ^"),
        ("« é »  x", 8, 9, "« é »  x", "       ^"),
        ("e\u0301te\u0301 x", 7, 8, "e\u0301te\u0301 x", "    ^"),
        ("課程 x", 4, 5, "課程 x", "     ^"),
        ("x 課程", 3, 5, "x 課程", "  ^^^^"),
        ("👩 x", 3, 4, "👩 x", "   ^"),
        ("a\x1b[31mb", 2, 3, "a�[31mb", " ^"),
        ("a\u202eb", 3, 4, "a�b", "  ^"),
        ("end", 4, 4, "end", "   ^"),
    ],
)
def test_carets_stand_right_under_what_is_meant(line: str, column: int, end: int, shown: str, carets: str) -> None:
    assert underline(line, Span("f", 1, column, 1, end)) == (shown, carets)


@pytest.mark.parametrize(
    ("before", "columns"),
    [
        ("activity Q ", 11),
        ("activity É ", 11),
        ("activity E\u0301 ", 11),
        ("\tactivity Q ", 15),
        ("activity\u00a0Q\u202f", 11),
        ('course C "課程" activity Q ', 27),
        ('course C "👩 é" activity Q ', 27),
        ('course C "✅" activity Q ', 25),
    ],
    ids=["plain", "accent", "decomposed", "tab", "no-break", "wide", "emoji", "check-mark"],
)
def test_carets_of_a_whole_text_stand_under_the_word(
    rules: Path, capsys: pytest.CaptureFixture[str], before: str, columns: int
) -> None:
    """`columns`: how many a terminal takes for what stands before the mistake."""
    rules.write_text(f"{before}is title\n", encoding="utf-8")
    assert main(["lint", str(rules)]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("1 | "))
    assert lines[place].endswith("title")
    assert lines[place + 1] == "  | " + " " * (columns + len("is ")) + "^" * 5


def test_of_a_long_line_the_part_around_the_mistake_is_shown() -> None:
    line = "x" * 5000 + "WRONG" + "y" * 5000
    shown, carets = underline(line, Span("f", 1, 5001, 1, 5006))
    assert len(shown) < 200
    assert shown[carets.index("^") :].startswith("WRONG")
    assert width(carets.lstrip()) == 5


def test_a_span_over_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert underline("rule r  ", Span("f", 1, 6, 3, 2)) == ("rule r  ", "     ^")


def test_colors_only_where_they_are_wanted(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text(WRONG)
    main(["lint", str(rules)])
    assert "\x1b" not in capsys.readouterr().out
    assert "\x1b" in Look({}, color=True)._paint("x", "\x1b[1m")


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planned.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)


def test_a_pipe_gets_utf8_in_any_locale(rules: Path) -> None:
    rules.write_text("langue fr\nrègle é après inscription envoyer rien\n", encoding="utf-8")
    done = program("lint", str(rules), LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert "n'est déclaré" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_goes_away_is_no_traceback(rules: Path) -> None:
    lines = "\n".join(f"rule r{number} after enrolment send nothing" for number in range(2000))
    rules.write_text(lines)
    command = f"{sys.executable} -m planned.cli.main lint {rules} | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert f"example: planned {name}" in capsys.readouterr().out


def test_the_version_and_how_long_it_takes() -> None:
    program("--version")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert program("--version").stdout == "planned 0.1.0\n"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_the_version_loads_neither_the_parser_nor_the_engine() -> None:
    code = (
        "import sys; from planned.cli.main import main; main(['--version']); "
        "print([name for name in ('lark', 'jinja2', 'planned.engine', 'planned.check.build') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
