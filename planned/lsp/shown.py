"""Diagnostics, symbols and changes as the protocol has them."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from planned.check.scope import stem
from planned.diagnostics import Diagnostic, Language, Severity
from planned.lsp.text import Text
from planned.syntax import ast

SEVERITY = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNUSED = ("unused-declaration",)


def diagnostic(one: Diagnostic, text: Text, language: Language, uri_of: Callable[[str], str]) -> types.Diagnostic:
    """With its help below it. What else it speaks of is linked where it stands in the same file."""
    hint = one.help(language)
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri_of(span.file), text.range(span)), message.fr if language == "fr" else message.en
        )
        for span, message in one.related
        if span.file == one.span.file
    ]
    return types.Diagnostic(
        range=text.range(one.span),
        message=one.text(language) + (f"\n{hint}" if hint else ""),
        severity=SEVERITY[one.severity],
        source="planned",
        code=one.name,
        related_information=related or None,
        tags=[types.DiagnosticTag.Unnecessary] if one.name in _UNUSED else None,
    )


# --- symbols ----------------------------------------------------------------------------------------------


def symbols(file: ast.File, text: Text) -> list[types.DocumentSymbol]:
    """The file's statements that have a name; those below a course inside it."""
    found: list[types.DocumentSymbol] = []
    inside = found
    number = 0
    for statement in file.statements:
        number += isinstance(statement, ast.Rule)
        symbol = _symbol(statement, text, f"{stem(file.path)}-{number}", file.language)
        if symbol is None:
            continue
        if isinstance(statement, ast.Course | ast.EveryCourse):
            found.append(symbol)
            symbol.children = inside = []
        else:
            inside.append(symbol)
    for symbol in found:
        if children := symbol.children:
            symbol.range = types.Range(symbol.range.start, children[-1].range.end)
    return found


def _symbol(node: ast.Statement, text: Text, rule: str, language: Language) -> types.DocumentSymbol | None:
    name, kind = "", types.SymbolKind.Constant
    title: ast.Text | None = None
    match node:
        case ast.Course(id=id_, title=title):
            name, kind = id_.text, types.SymbolKind.Module
        case ast.EveryCourse():
            name, kind = "chaque cours" if language == "fr" else "every course", types.SymbolKind.Module
        case ast.Rule(name=own, title=title):
            name, kind = own.text if own else rule, types.SymbolKind.Function
        case ast.Scenario(title=said):
            name, kind = said.text, types.SymbolKind.Event
        case ast.Template(name=own, subject=title):
            name, kind = own.text, types.SymbolKind.String
        case (
            ast.Activity(name=own, title=title) | ast.DateDecl(name=own, title=title) | ast.Topic(name=own, title=title)
        ):
            name = own.text
        case ast.Group(name=own, source_id=title) | ast.Contact(name=own, display=title):
            name = own.text
        case _:
            return None
    own_range = getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "title", None) or node
    return types.DocumentSymbol(
        name=name or "–",
        kind=kind,
        range=text.range(node.span),
        selection_range=text.range(own_range.span),
        detail=title.text if title is not None else None,
    )
