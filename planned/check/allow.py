"""`# planned: allow NAME until 2026-12-31 – reason`: a warning that its author has seen and wants to keep.

The comment counts for the statement in which it stands, or else for the one below it. Errors cannot be allowed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

ALLOWANCE = re.compile(r"#\s*planned:\s*allow\s+(?P<name>[\w-]+)(?:\s+until\s+(?P<until>\d{4}-\d{2}-\d{2}))?")

UNKNOWN_LINT = Message(
    "unknown-lint",
    Severity.WARNING,
    "There is no lint called {name}.",
    "Il n'y a pas de contrôle appelé {name}.",
    "The name stands in brackets after each warning.",
    "Le nom figure entre crochets après chaque avertissement.",
)
EXPIRED = Message(
    "expired-allowance",
    Severity.WARNING,
    "{name} was allowed until {until} only.",
    "{name} n'était admis que jusqu'au {until}.",
    "Mend what it hides, or give it a later day.",
    "Corrigez ce qu'il masque, ou donnez-lui un jour plus tardif.",
)


@dataclass(frozen=True, slots=True)
class Allowance:
    name: str
    until: date | None
    span: Span
    first_line: int
    last_line: int

    def covers(self, one: Diagnostic) -> bool:
        return one.name == self.name and self.first_line <= one.span.line <= self.last_line


def allowances(file: ast.File) -> Iterator[Allowance]:
    """The allowances among a file's comments; one with a day that does not exist is none."""
    ends = [statement.span.end_line for statement in file.statements]
    for comment in file.comments:
        match = ALLOWANCE.match(comment.text)
        if match is None:
            continue
        try:
            until = date.fromisoformat(match["until"]) if match["until"] else None
        except ValueError:
            continue
        line = comment.span.line
        place = bisect_left(ends, line)
        last = ends[place] if place < len(ends) else line
        yield Allowance(match["name"], until, comment.span, line, last)


def without_allowed(
    found: Iterable[Diagnostic], files: Iterable[ast.File], names: frozenset[str], today: date | None
) -> list[Diagnostic]:
    """What is not allowed, and what is wrong with allowances themselves; without `today` none expires."""
    by_file: Mapping[str, list[Allowance]] = {file.path: list(allowances(file)) for file in files if file.comments}
    kept = [*found]
    for allowed in (one for each in by_file.values() for one in each):
        args = {"name": allowed.name, "until": allowed.until}
        if allowed.name not in names:
            kept.append(Diagnostic(UNKNOWN_LINT, allowed.span, args))
        elif allowed.until is not None and today is not None and today > allowed.until:
            kept.append(Diagnostic(EXPIRED, allowed.span, args))
    return [one for one in kept if one.severity is Severity.ERROR or not _allowed(one, by_file, today)]


def _allowed(one: Diagnostic, by_file: Mapping[str, list[Allowance]], today: date | None) -> bool:
    return any(
        allowed.covers(one) and (today is None or allowed.until is None or today <= allowed.until)
        for allowed in by_file.get(one.span.file, ())
    )
