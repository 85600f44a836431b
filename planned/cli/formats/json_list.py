"""`--format json`: a list of plain objects."""

from __future__ import annotations

import json
from collections.abc import Sequence

from planned.diagnostics import Diagnostic, Language


def written(spoken: Sequence[tuple[Diagnostic, Language]]) -> str:
    """Each diagnostic in its language."""
    return json.dumps([as_json(*each) for each in spoken], ensure_ascii=False, indent=2)


def as_json(one: Diagnostic, language: Language) -> dict[str, object]:
    """The object of `lint --format json`; lines and columns from 1, columns in characters."""
    return {
        "name": one.name,
        "severity": one.severity.value,
        "message": one.text(language),
        "help": one.help(language),
        "file": one.span.file,
        "line": one.span.line,
        "column": one.span.column,
        "end_line": one.span.end_line,
        "end_column": one.span.end_column,
    }
