"""`planned lint --fix` and `--diff`: the fixes that diagnostics carry, made until nothing is left to mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from planned.check.fixing import apply
from planned.diagnostics import Diagnostic, Language, Severity
from planned.runtime.files import LoadedRules
from planned.runtime.rewrite import write

MOST_ROUNDS = 20
BOM = b"\xef\xbb\xbf"

Texts = dict[Path, bytes]
"""The new bytes of files, by resolved path."""
Linted = tuple[LoadedRules, list[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Mended:
    """What would be written, what is left to say then, and how many fixes were made."""

    before: LoadedRules
    texts: Texts
    loaded: LoadedRules
    found: list[Diagnostic]
    made: int

    def write(self) -> None:
        """Each file wholly or not at all. Raises OSError."""
        for path, data in self.texts.items():
            write(path, data)

    def diff(self) -> str:
        """The changes as a unified diff."""
        lines: list[str] = []
        for file in self.before.files:
            old = self.before.sources[file.path].splitlines(keepends=True)
            new = self.loaded.sources[file.path].splitlines(keepends=True)
            for line in unified_diff(old, new, file.path, file.path):
                lines += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"]
        return "".join(lines)


def mend(
    loaded: LoadedRules, found: list[Diagnostic], lint_again: Callable[[Texts], Linted], *, unsafe: bool
) -> Mended:
    """Only files that were asked for are mended; a fix after which a file has more errors is not made."""
    texts: Texts = {}
    now, left, made = loaded, found, 0
    given_up: set[str] = set()
    for _ in range(MOST_ROUNDS):
        changes, number = _round(now, left, given_up, unsafe=unsafe)
        if not changes:
            break
        tried, found_then = lint_again({**texts, **changes})
        files = {file.path for file in now.files}
        if worse := {path for path in files if _errors(found_then, path) > _errors(left, path)}:
            touched = {path for path in files if Path(path).resolve() in changes}
            given_up |= worse & touched or touched
            continue
        texts, now, left, made = {**texts, **changes}, tried, found_then, made + number
    return Mended(loaded, texts, now, left, made)


def _round(now: LoadedRules, found: Sequence[Diagnostic], given_up: set[str], *, unsafe: bool) -> tuple[Texts, int]:
    changes: Texts = {}
    number = 0
    for file in now.files:
        source = now.sources[file.path]
        if file.path in given_up or "\ufffd" in source:  # not UTF-8: what cannot be read is not written
            continue
        fixes = [
            one.fix for one in found if one.span.file == file.path and one.fix is not None and (unsafe or one.fix.safe)
        ]
        text, made = apply(source, file.path, fixes)
        if text != source:
            real = Path(file.path).resolve()
            bom = BOM if real.read_bytes().startswith(BOM) else b""
            changes[real] = bom + text.encode()
            number += made
    return changes, number


def _errors(found: Sequence[Diagnostic], path: str) -> int:
    return sum(one.severity is Severity.ERROR and one.span.file == path for one in found)


def said(made: int, language: Language) -> str:
    if language == "fr":
        return f"{made} correction{'s' if made > 1 else ''} faite{'s' if made > 1 else ''}."
    return f"{made} mistake{'s' if made > 1 else ''} mended."
