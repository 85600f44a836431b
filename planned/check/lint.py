"""All that is wrong with a set of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from planned.check.allow import without_allowed
from planned.check.known import NOTHING, Known
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
    known: Known = NOTHING,
) -> list[Diagnostic]:
    """Every mistake once, by file, line and column; total.

    `given` has the diagnostics of reading (syntax, imports), which are among the result; `sources` the texts by path,
    for exact places within messages; `imports` the imported files by path; `course` serves the rules that have none;
    `known` is what is known beside the files: lints that need more of it than there is say nothing.
    """
    given = list(given)
    return judge(subject(files, imports or {}, sources or {}, given, course, known), given)


def judge(
    subject: Subject, given: Iterable[Diagnostic] = (), between: Callable[[], None] = lambda: None
) -> list[Diagnostic]:
    """The diagnostics of surveyed files, those given included, in order. `between` is called before each lint."""
    running = [each for each in LINTS if each.can_run(subject.known)]
    found = [*given]
    for each in running:
        between()
        found += each.check(subject)
    return in_order(without_allowed(found, subject, running))


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line and column; each once."""
    unique = {(one.span, one.name, one.text("en")): one for one in diagnostics}
    return sorted(unique.values(), key=lambda one: (one.span.file, one.span.line, one.span.column))
