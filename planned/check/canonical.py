"""Canonical text, until the printer is there."""

from __future__ import annotations

from planned.diagnostics import Language
from planned.syntax import ast

try:
    from planned.syntax.to_text import print_node
except ImportError:

    def print_node(node: ast.Node, language: Language) -> str:
        return f"{language} {node!r}"


try:
    from planned.check.templates import from_percent
except ImportError:

    def from_percent(text: str) -> str:
        return text


__all__ = ["from_percent", "print_node"]
