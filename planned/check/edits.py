"""Changes that lints offer, as edits of the author's text."""

from __future__ import annotations

import re

from planned.check.subject import LINE_END, Subject
from planned.diagnostics import Edit, Fix, Span
from planned.syntax import ast


def deletion(subject: Subject, span: Span, *, safe: bool) -> Fix | None:
    """Without what stands there; without its lines, too, if nothing else stands on them. None without the text."""
    if span.file not in subject.sources:
        return None
    lines = LINE_END.split(subject.sources[span.file])
    before = lines[span.line - 1][: span.column - 1].rstrip()
    after = lines[span.end_line - 1][span.end_column - 1 :].strip()
    if before or after or span.end_line == len(lines):
        start = Span(span.file, span.line, len(before) + 1, span.line, len(before) + 1)
        return Fix((Edit(start.to(span), ""),), safe)
    return Fix((Edit(Span(span.file, span.line, 1, span.end_line + 1, 1), ""),), safe)


def rewriting(file: ast.File, span: Span, text: str, *, safe: bool) -> Fix | None:
    """`text` instead of what stands there; None if a comment would be lost."""
    first, last = (span.line, span.column), (span.end_line, span.end_column)
    if any(first <= (one.span.line, one.span.column) < last for one in file.comments):
        return None
    return Fix((Edit(span, text),), safe)


STRINGS = re.compile(r'"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|«[^»]*»|“[^”]*”')


def closed(subject: Subject, span: Span) -> Span:
    """The span with the parentheses that are opened in it: those of an expression stand outside its own span."""
    lines = LINE_END.split(subject.sources.get(span.file, ""))
    if span.end_line > len(lines):
        return span
    inside = lines[span.line - 1 : span.end_line]
    inside[-1] = inside[-1][: span.end_column - 1]
    inside[0] = inside[0][span.column - 1 :]
    plain = STRINGS.sub("", "\n".join(inside))
    missing, column = plain.count("(") - plain.count(")"), span.end_column
    after = lines[span.end_line - 1][column - 1 :]
    for number, letter in enumerate(after, start=1):
        if missing <= 0 or letter not in ") \t":
            break
        if letter == ")":
            missing, column = missing - 1, span.end_column + number
    return Span(span.file, span.line, span.column, span.end_line, column)
