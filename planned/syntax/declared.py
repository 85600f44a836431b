"""The names that a file declares: with them it is seen what an author means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from planned.syntax import ast, words
from planned.syntax.lexemes import Lexeme
from planned.syntax.recover import NAMED

Names = Mapping[str, frozenset[str]]
"""Folded name → the keywords that declare it."""
_KEYWORDS: Mapping[type[ast.Node], str] = {
    ast.Activity: "ACTIVITY",
    ast.Group: "GROUP",
    ast.DateDecl: "DATE",
    ast.Template: "TEMPLATE",
    ast.Contact: "CONTACT",
    ast.Topic: "TOPIC",
    ast.Rule: "RULE",
}


def in_words(row: Sequence[Lexeme]) -> dict[str, frozenset[str]]:
    """Those of a text that could not all be read: of declarations that begin a line."""
    return {name.text: word.terminals & NAMED for word, name in pairwise(row) if word.first and word.terminals & NAMED}


def in_statements(statements: Iterable[ast.Statement]) -> dict[str, frozenset[str]]:
    """Those of what could be read."""
    found = {}
    for one in statements:
        keyword, name = _KEYWORDS.get(type(one)), getattr(one, "name", None)
        if keyword is not None and name is not None:
            found[words.fold(name.text)] = frozenset({keyword})
    return found
