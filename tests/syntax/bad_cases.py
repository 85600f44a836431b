"""The corpus of frequent mistakes, `tests/golden/bad/`: beside each rules file what its author is told, and the fix.

`python -m tests.syntax.bad_cases NAME …` writes what is said now, to be read before it is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from planned.check.lint import lint
from planned.check.subject import LINE_END
from planned.cli.terminal import Look
from planned.diagnostics import Diagnostic, Edit, Severity
from planned.syntax.from_text import parse

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "bad"
CASES = sorted(FOLDER.glob("*/*.rules"))
TOLD = {"mixed-languages", "template-unknown-percent", "template-placeholder", "contact-address"}
"""Warnings that are a mistake of the corpus; others have their own tests."""


def told(text: str, path: str = "case.rules") -> list[Diagnostic]:
    """What `planned lint` says of it: the errors, and the warnings in question."""
    file, found = parse(text, path)
    every = lint([file], sources={path: text}, given=found, course="C")
    return [one for one in every if one.severity is Severity.ERROR or one.name in TOLD]


def mended(text: str, edits: tuple[Edit, ...]) -> str:
    """The text with the edits made; those of one fix do not overlap."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=lambda one: (one.span.line, one.span.column), reverse=True):
        first = starts[edit.span.line - 1] + edit.span.column - 1
        last = starts[edit.span.end_line - 1] + edit.span.end_column - 1
        text = text[:first] + edit.text + text[last:]
    return text


def rendered(path: Path) -> str:
    """What is told, as a terminal shows it, and the lines that the fix changes."""
    text = path.read_text(encoding="utf-8")
    language = parse(text, path.name)[0].language
    look = Look({path.name: LINE_END.split(text)})
    shown = []
    for one in told(text, path.name):
        lines = [look.full(one, language)]
        if one.fix is not None:
            before, after = text.split("\n"), mended(text, one.fix.edits).split("\n")
            lines.append("safe fix:" if one.fix.safe else "fix:")
            lines += [f"  {line.strip()}" for line in after if line not in before]
        shown.append("\n".join(lines) + "\n")
    return "\n".join(shown)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for path in FOLDER.glob(f"*/{name}.rules"):
            path.with_suffix(".txt").write_text(rendered(path), encoding="utf-8")
