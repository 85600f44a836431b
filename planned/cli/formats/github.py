"""`--format github`: workflow commands, which GitHub shows as annotations beside the lines of a change."""

from __future__ import annotations

from collections.abc import Sequence

from planned.diagnostics import Diagnostic, Language, Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def written(spoken: Sequence[tuple[Diagnostic, Language]]) -> str:
    """One line each."""
    return "\n".join(_command(*each) for each in spoken)


def _command(one: Diagnostic, language: Language) -> str:
    span = one.span
    # An end column is heeded on one line only; theirs is the last character's, ours the one after it.
    end = {"endColumn": max(span.end_column - 1, span.column)} if span.end_line == span.line else {}
    places = {"file": span.file, "line": span.line, "endLine": span.end_line, "col": span.column, **end}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {**places, "title": one.name}.items())
    help = one.help(language)
    said = one.text(language) + (f"\n{help}" if help else "")
    return f"::{COMMANDS[one.severity]} {properties}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
