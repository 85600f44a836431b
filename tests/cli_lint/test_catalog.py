"""`planned catalog` reads exported Moodle tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planned.cli.main import main
from planned.runtime.catalog import load_catalog

HERE = Path(__file__).resolve()
TABLES = HERE.parents[2] / "../shared/moodle/tables"


def write(folder: Path, **tables: list[dict[str, object]]) -> None:
    for name, rows in tables.items():
        (folder / f"mdl_{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write(
        tmp_path,
        course=[
            {"id": 1, "shortname": "site", "fullname": "Home", "format": "site"},
            {"id": 2, "shortname": "NUM101", "fullname": "Numérique", "format": "topics"},
        ],
        modules=[{"id": 17, "name": "quiz"}, {"id": 3, "name": "page"}],
        course_modules=[
            {"id": 12, "course": 2, "module": 17, "instance": 5, "completion": 2, "idnumber": ""},
            {"id": 14, "course": 2, "module": 3, "instance": 9, "completion": 0, "idnumber": "p1"},
            {"id": 15, "course": 2, "module": 3, "instance": 8, "completion": 0, "deletioninprogress": 1},
        ],
        quiz=[{"id": 5, "name": "Quiz de positionnement"}],
        grade_items=[
            {"id": 1, "itemtype": "course", "iteminstance": 2, "grademax": 100},
            {"id": 2, "itemtype": "mod", "itemmodule": "quiz", "iteminstance": 5, "itemname": "Q", "grademax": 7.5},
        ],
        groups=[{"id": 7, "courseid": 2, "name": "Matin"}],
        role=[{"id": 5, "shortname": "student"}],
    )
    return tmp_path


def test_what_the_tables_say(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", f"moodle-export:{export}"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "courses": [
            {
                "id": "NUM101",
                "name": "Numérique",
                "activities": [
                    {
                        "id": "12",
                        "name": "Quiz de positionnement",
                        "kind": "quiz",
                        "tracked": True,
                        "graded": True,
                        "grade_max": 7.5,
                    },
                    {"id": "14", "name": "p1", "kind": "page", "tracked": False, "graded": False},
                ],
                "groups": [{"id": "7", "name": "Matin"}],
            }
        ],
        "roles": ["student"],
    }


def test_it_is_what_lint_reads(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = export / "catalog.json"
    assert main(["catalog", f"moodle-export:{export}", "--output", str(target)]) == 0
    assert "courses 1, activities 2, groups 1" in capsys.readouterr().out
    read = load_catalog(target)
    assert read.courses["NUM101"].activities["12"].grade_max is not None
    rules = export / "a.rules"
    rules.write_text('timezone UTC\ncourse NUM101\nrule r after completion of "14" send "x"\n')
    main(["lint", str(rules), "--catalog", str(target), "--format", "concise"])
    assert "[not-tracked]" in capsys.readouterr().out


@pytest.mark.parametrize(("source", "code"), [("nonsense", 2), ("moodle-export:", 2), ("moodle-export:nowhere", 3)])
def test_what_is_no_source(source: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", source]) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(not TABLES.is_dir(), reason="the recorded tables are not here")
def test_a_recorded_course(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", f"moodle-export:{TABLES}"]) == 0
    (course,) = json.loads(capsys.readouterr().out)["courses"]
    found = {one["id"]: (one["name"], one["tracked"], one.get("grade_max")) for one in course["activities"]}
    assert course["id"] == "PLAN1"
    assert found["1"] == ("Quiz1", True, 10)
    assert len(found) == 10
