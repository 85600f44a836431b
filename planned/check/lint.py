"""All that is wrong with a set of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planned.check.lints import LINTS
from planned.check.subject import Subject, subject
from planned.diagnostics import Diagnostic
from planned.syntax import ast


def lint(
    files: Sequence[ast.File],
    imports: Mapping[str, ast.File] | None = None,
    *,
    sources: Mapping[str, str] | None = None,
    given: Iterable[Diagnostic] = (),
    course: str | None = None,
) -> list[Diagnostic]:
    """Every mistake once, by file, line and column; total.

    `given` has the diagnostics of reading (syntax, imports), which are among the result; `sources` the texts by path,
    for exact places within messages; `imports` the imported files by path; `course` serves the rules that have none.
    """
    given = list(given)
    return judge(subject(files, imports or {}, sources or {}, given, course), given)


def judge(subject: Subject, given: Iterable[Diagnostic] = ()) -> list[Diagnostic]:
    """The diagnostics of surveyed files, those given included, in order."""
    found = [*given, *(one for each in LINTS for one in each.check(subject))]
    return in_order(found)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line and column; each once."""
    unique = {(one.span, one.name, one.text("en")): one for one in diagnostics}
    return sorted(unique.values(), key=lambda one: (one.span.file, one.span.line, one.span.column))
