"""What is shown where the pointer rests: the clause in plain words, and what a name stands for."""

from __future__ import annotations

from datetime import date

from planned.diagnostics import Language, Span
from planned.engine.explain.position import ClauseText, clause_text
from planned.engine.explain.rule import clause_at, explain
from planned.lsp.analysis import Analysis
from planned.lsp.names import Names
from planned.syntax import ast

_KINDS = {
    "activity": ("activity", "activité"),
    "group": ("group", "groupe"),
    "date": ("date", "date"),
    "template": ("template", "modèle"),
    "contact": ("contact", "contact"),
    "topic": ("topic", "sujet"),
    "rule": ("rule", "règle"),
}


def hover(analysis: Analysis, names: Names, path: str, line: int, column: int, today: date) -> tuple[str, Span] | None:
    """Markdown, and the stretch that it is about; lines and columns from 1."""
    clause = _clause(analysis, path, line, column, today)
    said = _name(analysis, names, path, line, column)
    parts = [said[0]] if said else []
    if clause is not None:
        parts.append("\n\n".join(_plain(one) for one in clause.sentences))
        if clause.example is not None:
            parts.append(f"*{_plain(clause.example)}*")
    if not parts:
        return None
    span = clause.span if clause is not None else said[1] if said else None
    return ("\n\n---\n\n".join(parts), span) if span is not None else None


def _clause(analysis: Analysis, path: str, line: int, column: int, today: date) -> ClauseText | None:
    placed = [one for one in analysis.subject.survey.rules if one.file.path == path]
    if analysis.can_play:
        return clause_text(analysis.graph, placed, path, line, column, today)
    for one in placed:
        rule = next((r for r in analysis.graph.rules if (r.course, r.name) == (one.course, one.name)), None)
        if rule is not None and one.node.span.line <= line <= one.node.span.end_line:
            said = clause_at(explain(analysis.graph, rule, one), line, column)
            if said is not None and said.span is not None:
                return ClauseText(said.span, (*said.sentences, *said.notes), None)
    return None


def _name(analysis: Analysis, names: Names, path: str, line: int, column: int) -> tuple[str, Span] | None:
    found = names.at(path, line, column)
    if found is None or (kind := found[0][0]) not in _KINDS:
        return None
    thing, place = found
    language: Language = next((one.language for one in analysis.loaded.files if one.path == path), "en")
    word = _KINDS[kind][language == "fr"]
    declared = names.titles.get(thing)
    if declared is None:
        return None
    name, title = declared
    return f"{word} **{_plain(name)}**" + (
        f" – {_plain(title.text)}" if isinstance(title, ast.Text) else ""
    ), place.span


def _plain(text: str) -> str:
    """Markdown that shows the text as it is."""
    for mark in "\\`*_[]<>#|":
        text = text.replace(mark, f"\\{mark}")
    return text
