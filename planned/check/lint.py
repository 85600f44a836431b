"""All that is wrong with a set of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from planned.check.allow import without_allowed
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
    today: date | None = None,
) -> list[Diagnostic]:
    """Every mistake once, by file, line and column; total.

    `given` has the diagnostics of reading (syntax, imports), which are among the result; `sources` the texts by path,
    for exact places within messages; `imports` the imported files by path; `course` serves the rules that have none;
    `today` decides which allowances (`planned.check.allow`) have expired, none without it.
    """
    given = list(given)
    return judge(subject(files, imports or {}, sources or {}, given, course), given, today)


def judge(subject: Subject, given: Iterable[Diagnostic] = (), today: date | None = None) -> list[Diagnostic]:
    """The diagnostics of surveyed files, those given included, in order."""
    found = [*given, *(one for each in LINTS for one in each.check(subject))]
    files = [one.file for one in subject.survey.files]
    return in_order(without_allowed(found, files, NAMES, today))


NAMES = frozenset(each.name for each in LINTS)
"""The lints that can be allowed, if they warn."""


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line and column; each once."""
    unique = {(one.span, one.name, one.text("en")): one for one in diagnostics}
    return sorted(unique.values(), key=lambda one: (one.span.file, one.span.line, one.span.column))
