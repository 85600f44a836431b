"""The formats that programs read: SARIF by its published schema, GitHub's workflow commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from planned.cli.main import main

# https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text("utf-8"))
TEXT = """langue fr
cours A
règle été après l'entrée dans le groupe « É » sauf si non Quiz1 est réussie envoyer "é👩 {{ user.fristname }}, 9 %"
règle été après l'inscription envoyer rien
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "à, b:c.rules").write_text(TEXT, encoding="utf-8")
    return "à, b:c.rules"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["lint", *arguments])
    return capsys.readouterr().out


def test_sarif_is_valid_by_its_schema(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(said(capsys, rules, "--format", "sarif"))
    Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) >= 4
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [names[one["ruleIndex"]] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert any("relatedLocations" in one for one in run["results"])
    assert any("fixes" in one for one in run["results"])


def test_sarif_of_sound_rules_is_valid(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(rules).write_text('timezone UTC course A rule r after enrolment send "x"\n', encoding="utf-8")
    log = json.loads(said(capsys, rules, "--format", "sarif"))
    Draft4Validator(SCHEMA).validate(log)
    assert log["runs"][0]["results"] == []


def test_sarif_columns_count_characters(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(said(capsys, rules, "--format", "sarif"))
    found: dict[str, dict[str, Any]] = {one["ruleId"]: one for one in log["runs"][0]["results"]}
    region = found["template-unknown-attribute"]["locations"][0]["physicalLocation"]["region"]
    line = TEXT.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "fristname"
    assert found["template-unknown-attribute"]["level"] == "error"
    assert found["double-negation"]["level"] == "warning"


def test_sarif_addresses_are_written_as_addresses(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(said(capsys, rules, "--format", "sarif"))
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "%C3%A0%2C%20b%3Ac.rules"


def test_github_commands_are_one_line_each_and_escaped(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, rules, "--format", "github").splitlines()
    assert all(
        re.match(r"::(error|warning|notice) file=à%2C b%3Ac\.rules,line=\d+,endLine=\d+,col=\d+", one) for one in lines
    )
    (unknown,) = [one for one in lines if "title=template-unknown-attribute" in one]
    start = TEXT.splitlines()[2].index("fristname") + 1
    assert f"line=3,endLine=3,col={start},endColumn={start + 8},title=template-unknown-attribute::" in unknown
    assert "%0A" in unknown
    (template,) = [one for one in lines if "title=unknown-name" in one]
    assert "\n" not in template


def test_github_escapes_percent(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(rules).write_text('course A rule r after grade of Q below 150% send "x"\n', encoding="utf-8")
    assert "Every grade is below 150%25." in said(capsys, rules, "--format", "github")


def test_github_of_sound_rules_is_empty(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(rules).write_text('timezone UTC course A rule r after enrolment send "x"\n', encoding="utf-8")
    assert said(capsys, rules, "--format", "github") == ""
