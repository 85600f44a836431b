"""Why a command cannot go on is said in French where the system is French; no message lacks it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from planned.cli.main import main
from planned.cli.refusals import in_french, refusal
from planned.runtime import settings
from planned.store.base import CONFLICT, UNKEEPABLE

ROOT = Path(__file__).parents[2] / "planned"
RAISED = {
    "SettingsError",
    "StoreError",
    "ChannelError",
    "CatalogError",
    "_WrongError",
    "WrongChoiceError",
    "KeyUnfitError",
}
PLACES = ("runtime", "store", "channels", "cli")
INSIDE = {"another event of this kind", "an event id twice"}
"""Of errors that only a program that uses a store can make."""


def texts(node: ast.expr) -> list[str]:
    """All that an expression can read, with what differs as X."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            found = [""]
            for part in parts:
                found = [before + text for before in found for text in texts(part)]
            return found
        case ast.BinOp(left=left, right=right):
            return [first + second for first in texts(left) for second in texts(right)]
        case ast.IfExp(body=body, orelse=other):
            return [*texts(body), *texts(other)]
        case ast.FormattedValue():
            return ["X"]
        case _:
            return []


def said() -> Iterator[str]:
    paths = [path for place in PLACES for path in sorted((ROOT / place).glob("*.py"))]
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = RAISED | ({"ValueError"} if path.name in ("settings.py", "rates.py") else set())
        for node in ast.walk(tree):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[first, *_])) if name in names:
                    yield from texts(first)
                case ast.Call(func=ast.Name(id="_say"), args=[first, *_]) if path.name == "run.py":
                    yield from texts(first)
    yield from (*settings._WORDS.values(), CONFLICT, UNKEEPABLE)  # type: ignore[attr-defined,unused-ignore]  # nothing but this test asks for all of them


def test_no_refusal_lacks_its_french() -> None:
    found = {*said()} - INSIDE
    assert len(found) > 40
    assert {text for text in found if in_french(text) is None} == set()


@pytest.mark.parametrize(
    ("toml", "french"),
    [
        ("poll_second = 3\n", "il n'y a pas de réglage 'poll_second'\u00a0; vouliez-vous dire 'poll_seconds'\u00a0?"),
        ("poll_seconds = 0\n", "poll_seconds\u00a0: il faut plus de 0"),
        ('timezone = "Europe/Pari"\n', "vouliez-vous dire Europe/Paris\u00a0?"),
        ('store = "redis://x"\n', "n'est pas une base\u00a0: écrivez sqlite:///FICHIER"),
        ("rules =\n", "ne sont pas du TOML"),
        ("", "ce canal n'est pas réglé\u00a0: écrivez --channel email=smtp://SERVEUR:PORT"),
    ],
)
def test_run_says_in_french_what_is_wrong(
    toml: str, french: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.chdir(tmp_path)
    Path("r.rules").write_text('fuseau UTC cours C règle r après l\'inscription envoyer "x"\n', encoding="utf-8")
    Path("planned.toml").write_text(toml + ('[channels]\nemail = "console"\n' if toml[:5] == "store" else ""), "utf-8")
    assert main(["run", "r.rules", "--once"]) in (2, 3)
    assert french in capsys.readouterr().err


def test_what_is_not_known_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert refusal("something else: entirely") == "something else: entirely"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert refusal("no such file: x") == "no such file: x"
