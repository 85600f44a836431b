"""A text as it is to be laid out: for `planned fmt`, and for an editor that formats while its author writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planned.diagnostics import Diagnostic, Language
from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.to_text import print_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    text: str | None
    """None if something in the text is wrong: it stays as its author left it."""
    language: Language
    """Of the text as it was."""
    diagnostics: Sequence[Diagnostic] = ()


def format_text(text: str, path: str, to: Language | None = None) -> Formatted:
    """The canonical layout of a text, with all its comments; in the keywords of the language `to`, its own by default.

    Pure, and idempotent: what it gives, it gives again. `path` only names the text in diagnostics.
    """
    file, found = parse(text, path)
    if found:
        return Formatted(text=None, language=file.language, diagnostics=found)
    return Formatted(text=print_file(_spoken(file, to), to), language=file.language)


def _spoken(file: ast.File, language: Language | None) -> ast.File:
    """The file with declarations of this language in the place of its own."""
    if language is None:
        return file
    return replace(
        file,
        statements=tuple(
            replace(statement, language=language) if isinstance(statement, ast.LanguageDecl) else statement
            for statement in file.statements
        ),
    )
