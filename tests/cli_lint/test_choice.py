"""What `planned lint` says is chosen by options and by `planned.toml`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planned.cli.main import main

TEXT = 'rule r after enrolment wait 2 hours at 09:00 send "x" via sms\nrule s after sending of nobody send "x"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(TEXT, encoding="utf-8")
    return tmp_path


def names(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    main(["lint", "a.rules", "--format", "json", *arguments])
    return sorted(one["name"] for one in json.loads(capsys.readouterr().out))


ALL = ["no-course", "no-time-zone", "swallowed-delay", "unknown-name"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ALL),
        (["--select", "no-course"], ["no-course", "unknown-name"]),
        (["--select", "no-course,swallowed-delay"], ["no-course", "swallowed-delay", "unknown-name"]),
        (["--ignore", "no-course", "--ignore", "no-time-zone"], ["swallowed-delay", "unknown-name"]),
        (["--ignore", "unknown-name"], ALL),
        (["--select", "no-course", "--ignore", "no-course"], ["unknown-name"]),
    ],
)
def test_options_choose_among_warnings(
    capsys: pytest.CaptureFixture[str], options: list[str], found: list[str]
) -> None:
    assert names(capsys, *options) == found


def test_settings_choose_and_options_come_on_top(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "planned.toml").write_text('[lint]\nselect = ["no-course"]\n')
    assert names(capsys) == ["no-course", "unknown-name"]
    assert names(capsys, "--select", "no-time-zone") == ["no-time-zone", "unknown-name"]
    (folder / "planned.toml").write_text('[lint]\nignore = "no-course"\n[channels]\nemail = "console:"\n')
    assert names(capsys) == ["no-time-zone", "swallowed-delay", "unknown-channel", "unknown-name"]


def test_the_settings_of_the_engine_need_not_be_usable(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    secret = '[channels.email]\nto = "smtp://mail"\npassword = "env:NOBODY_HAS_SET_THIS"\n'
    (folder / "planned.toml").write_text(secret + "[lint]\nstrict = true\n")
    assert "unknown-channel" in names(capsys)


def test_strict_by_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.rules").write_text('rule r after enrolment send "x"\n')
    assert main(["lint", "a.rules"]) == 0
    (folder / "planned.toml").write_text("[lint]\nstrict = true\n")
    assert main(["lint", "a.rules"]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "settings", "said"),
    [
        (["--select", "no-curse"], "", "there is no lint called no-curse; did you mean no-course?"),
        (["--ignore", "zzz"], "", "there is no lint called zzz"),
        ([], '[lint]\nselekt = "a"\n', "there is no setting 'lint.selekt'; did you mean 'select'?"),
        ([], "[lint]\nstrict = 5\n", "lint.strict"),
        ([], "[lint\n", "are not TOML"),
        (["--config", "none.toml"], "", "cannot read the settings none.toml"),
        (["--catalog", "none.json"], "", "cannot read the catalogue none.json"),
        (["--catalog", "planned.toml"], "courses = 5\n", "courses is no list"),
        (["--catalog", "planned.toml"], "[[courses]]\nname = 'x'\n", "courses[0] has no id"),
        (["--catalog", "a.rules"], "", "is not JSON"),
    ],
)
def test_what_cannot_be_used_is_wrong_use(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], settings: str, said: str
) -> None:
    if settings:
        (folder / "planned.toml").write_text(settings)
    assert main(["lint", "a.rules", *options]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


TOML = """
roles = ["student"]
[[courses]]
id = "NUM101"
[[courses.activities]]
id = "12"
name = "Quiz 1"
tracked = false
graded = true
grade_max = 20
"""
RULES = (
    'timezone UTC\ncourse NUM101\nrule r after completion of "12" if grade of "12" above 20 send "x" to role "boss"\n'
)


def test_a_catalogue_of_toml_and_of_json(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a.rules").write_text(RULES)
    (folder / "c.toml").write_text(TOML)
    activity = {"id": "12", "name": "Quiz 1", "tracked": False, "graded": True, "grade_max": 20.0}
    (folder / "c.json").write_text(
        json.dumps({"roles": ["student"], "courses": [{"id": "NUM101", "activities": [activity], "groups": []}]})
    )
    wanted = ["not-in-catalog", "not-tracked", "suspicious-number"]
    assert names(capsys, "--catalog", "c.toml") == wanted
    assert names(capsys, "--catalog", "c.json") == wanted
    (folder / "planned.toml").write_text('[lint]\ncatalog = "c.toml"\n')
    assert names(capsys) == wanted
