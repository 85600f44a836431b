"""Habits of the house that no linter knows."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 500
CODE = (".py", ".lark")
LONGER = {"planned/syntax/ast.py": 720}  # a list of words, one small class each: nothing in it to follow
BINARY = (".sqlite", ".png", ".ico", ".gz")
# Written in pieces, so that this file does not name what it forbids.
MACHINE = re.compile("/(" + "|".join(("work", "farm", "root", "tmp/bash_" + "jobs", "home/[a-z]+")) + ")/")
HOST = re.compile(r"(?im)^\s*(--(extra-)?index-url|--find-links|-i\s)|pypi\.org/simple|files\.pythonhosted\.org")
REASON = re.compile(r"(–|—|#|:\s*\S+\s+-)\s*\w+")
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)\b[^#\n]*(.*)")


def tracked() -> list[Path]:
    """The files of the project: those git follows, or, in an archive without git, all but what is made."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("no git work tree")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def numbered(path: Path) -> Iterator[tuple[str, int, str]]:
    """Each line with the one before it and its number."""
    lines = lines_of(path)
    yield from zip(["", *lines], range(1, len(lines) + 1), lines, strict=False)


def test_no_code_file_is_over_500_lines() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(lines_of(path)) for path in tracked() if path.suffix in CODE}
    assert not {name: n for name, n in lengths.items() if n > LONGER.get(name, LIMIT)}, "split these files"


def test_no_path_of_a_machine_stands_in_a_file() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert not found


def test_lock_files_name_no_host_and_hash_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-fuzz.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not HOST.search(text), name
        blocks = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
        assert blocks
        assert all("--hash=sha256:" in block for block in blocks), name


def test_every_exception_to_a_lint_says_why() -> None:
    """`# noqa: X – reason`, `# type: ignore[code]  # reason`; or a comment on the line above."""
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        if path.suffix == ".py" and path != Path(__file__)
        for before, number, line in numbered(path)
        if (match := EXCEPTION.search(line)) and not REASON.search(match.group(0)[1:])
        if not before.lstrip().startswith("#")
    ]
    assert not bare


def test_names_that_say_nothing_are_not_used() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "manager.py"}
    assert not [path for path in tracked() if path.name in vague]


def test_no_import_hides_in_a_function_without_a_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "planned")
        for before, number, line in numbered(path)
        if re.match(r"\s+(import \w|from [\w.]+ import )", line)
        and "#" not in line
        and "#" not in before
        and "TYPE_CHECKING" not in before
        and not before.strip().startswith(("import", "from", "try:"))
    ]
    assert not found
