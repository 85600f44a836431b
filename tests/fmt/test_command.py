"""`planned fmt` as its users meet it: files, standard input, what it prints, and what it never does."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from planned.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
LAID = 'language en\n\ncourse A\n\nrule r  # why\n  after enrolment\n  send "x"\n'
LOOSE = '\ufefflanguage en\r\ncourse  A rule r # why\r\n after enrolment send "x"'
FRENCH = LAID.replace("language en", "langue fr").replace("course", "cours").replace("rule", "règle")
FRENCH = FRENCH.replace("after enrolment", "après l'inscription").replace("send", "envoyer")
WRONG = "language fr\nrègle r après l'inscription envoyé x\n"

Shown = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("laid", LAID), ("loose", LOOSE), ("wrong", WRONG)):
        (tmp_path / f"{name}.rules").write_bytes(text.encode())
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir())}


def test_files_are_laid_out_and_wrong_ones_left_with_their_mistakes_shown(folder: Path, capsys: Shown) -> None:
    before = (folder / "laid.rules").stat().st_mtime_ns
    assert main(["fmt", str(folder)]) == 1
    assert texts(folder) == {"laid.rules": LAID, "loose.rules": LAID, "wrong.rules": WRONG}
    assert (folder / "laid.rules").stat().st_mtime_ns == before
    shown = capsys.readouterr()
    assert shown.out == f"{folder}/loose.rules\n1 of 3 files laid out, 1 file to be mended first.\n"
    assert shown.err.startswith("erreur")
    assert "wrong.rules:2:29" in shown.err
    assert main(["fmt", str(folder / "laid.rules"), str(folder / "loose.rules")]) == 0
    assert capsys.readouterr().out == "Nothing to change.\n"


def test_check_lists_what_would_change_and_writes_nothing(folder: Path, capsys: Shown) -> None:
    before = texts(folder)
    assert main(["fmt", "--check", str(folder / "loose.rules"), str(folder / "laid.rules")]) == 1
    assert capsys.readouterr().out == f"{folder}/loose.rules\n1 of 2 files would be laid out.\n"
    assert main(["fmt", "--check", str(folder / "laid.rules")]) == 0
    assert texts(folder) == before


def test_diff_is_one_that_patch_understands(folder: Path, capsys: Shown) -> None:
    (folder / "loose.rules").write_bytes(LOOSE.removeprefix("\ufeff").replace("\r", "").encode())
    before = texts(folder)
    assert main(["fmt", "--diff", str(folder / "loose.rules"), str(folder / "laid.rules")]) == 0
    assert texts(folder) == before
    diff = capsys.readouterr().out
    assert "laid.rules" not in diff.replace("loose.rules", "")
    done = subprocess.run(
        ["git", "apply", "-p0", "-"],
        input=diff.replace(f"{folder}/", "").encode(),
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0
    assert (folder / "loose.rules").read_text() == LAID
    (folder / "loose.rules").write_text(LOOSE)
    assert main(["fmt", "--diff", "--check", str(folder / "loose.rules")]) == 1


def test_the_other_language_and_back(folder: Path, capsys: Shown) -> None:
    path = folder / "laid.rules"
    assert main(["fmt", "--to", "fr", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == FRENCH
    assert capsys.readouterr().out == f"{path}\n1 fichier sur 1 mis en forme.\n"
    assert main(["fmt", "--to", "fr", "--check", str(path)]) == 0
    assert main(["fmt", "--to", "en", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == LAID


@pytest.mark.parametrize(
    ("options", "text", "code", "out"),
    [
        ([], LOOSE, 0, LAID),
        (["--to", "fr"], LOOSE, 0, FRENCH),
        ([], WRONG, 1, ""),
        (["--check"], LOOSE, 1, ""),
        (["--check"], LAID, 0, ""),
        (["--diff"], LAID, 0, ""),
        ([], unicodedata.normalize("NFD", FRENCH), 0, FRENCH),
    ],
)
def test_standard_input(
    options: list[str], text: str, code: int, out: str, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["fmt", "-", *options]) == code
    shown = capsys.readouterr()
    assert shown.out == out
    assert bool(shown.err) == (text == WRONG)


def test_standard_input_through_a_pipe() -> None:
    command = [sys.executable, "-m", "planned.cli.main", "fmt", "-"]
    done = subprocess.run(command, input=LOOSE.encode(), capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, LAID, b"")


def test_mode_and_links_stay(folder: Path) -> None:
    path, link = folder / "loose.rules", folder / "link.rules"
    path.chmod(0o640)
    link.symlink_to(path)
    assert main(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == LAID


def test_what_cannot_be_written_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Shown) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = texts(folder)
    monkeypatch.setattr(os, "fsync", full)
    assert main(["fmt", str(folder / "loose.rules")]) == 3
    assert texts(folder) == before
    assert "No space left" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nowhere.rules"], ["-", "x.rules"], ["x.rules", "--to", "de"]])
def test_wrong_use(arguments: list[str], capsys: Shown) -> None:
    assert main(["fmt", *arguments]) == 2
    assert capsys.readouterr().err


def test_bytes_that_are_no_text_are_left(folder: Path, capsys: Shown) -> None:
    path = folder / "latin.rules"
    path.write_bytes("langue fr # é".encode("latin-1"))
    assert main(["fmt", str(path)]) == 1
    assert path.read_bytes() == "langue fr # é".encode("latin-1")
    assert "[encoding]" in capsys.readouterr().err
