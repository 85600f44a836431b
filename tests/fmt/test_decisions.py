"""Layout and the language of keywords decide nothing: the examples on their histories, before and after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planned.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
HISTORIES = sorted((ROOT / "rules" / "history").glob("*.jsonl"))
EXAMPLES = sorted((ROOT / "rules").glob("*.rules"))


def decided(folder: Path, history: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """The decisions over a history, without the places in the files and the words of their language."""
    command = ["dry-run", str(folder), "--events", str(history), "--format", "jsonl"]
    assert main([*command, "--people", str(ROOT / "rules" / "history" / "people.csv")]) == 0
    decisions = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for one in decisions:
        one["guards"] = [guard["value"] for guard in one["guards"]]
        one["reason"] = one["reason"] and one["reason"]["code"]
        del one["source"], one["revision"]
    return decisions


def squeezed(text: str) -> str:
    """Everything on as few lines as there can be: only comments and the texts of several lines need theirs."""
    out, inside = "", False
    for line in text.splitlines():
        inside ^= line.count('"""') % 2 == 1
        out += line + ("\n" if inside or line.lstrip().startswith("#") or line.endswith('"""') else "   ")
    return out


@pytest.mark.parametrize("history", HISTORIES, ids=lambda path: path.stem)
def test_decisions_stay_the_same(history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = decided(ROOT / "rules", history, capsys)
    assert before
    for path in EXAMPLES:
        (tmp_path / path.name).write_text(squeezed(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert main(["fmt", str(tmp_path), "--check"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == len(EXAMPLES) + 1
    for options in ([], ["--to", "fr"], ["--to", "en"]):
        assert main(["fmt", str(tmp_path), *options]) == 0
        capsys.readouterr()
        assert decided(tmp_path, history, capsys) == before
