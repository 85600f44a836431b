"""The lexer with which Pygments colours rules, in documentation and in terminals: `pygmentize -l planned`."""

from __future__ import annotations

import re

from pygments.lexer import RegexLexer, include
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, _TokenType

from planned.syntax.coloring import NUMBERS, VARIABLES, Color, keyword_patterns

_TOKENS: dict[Color, _TokenType] = {
    Color.DECLARATION: Keyword.Declaration,
    Color.CLAUSE: Keyword,
    Color.PERSON: Name.Builtin,
    Color.UNIT: Keyword.Type,
}


class PlannedLexer(RegexLexer):  # type: ignore[misc]  # the library has no types
    """Rules of both languages."""

    name = "planned"
    aliases = ("planned", "rules")
    filenames = ("*.rules",)
    flags = re.IGNORECASE
    tokens = {  # noqa: RUF012 – so the library has it
        "root": [
            (r"#[^\n]*", Comment.Single),
            (r'"""', String.Double, "long"),
            (r'"', String.Double, "short"),
            (r"«", String.Other, "french"),
            (r"“", String.Other, "curly"),
            (NUMBERS, Number),
            *((pattern, _TOKENS[color]) for color, pattern in keyword_patterns()),
            (r"[^\W\d][\w-]*", Name),
            (r"%", Operator),
            (r"[(),]", Punctuation),
            (r"\s+", Text),
            (r".", Text),
        ],
        "variables": [(VARIABLES, String.Interpol)],
        "long": [(r'"""', String.Double, "#pop"), include("variables"), (r'[^"{%\\]+|.|\n', String.Double)],
        "short": [(r'"|\n', String.Double, "#pop"), include("variables"), (r'\\.|[^"{%\\\n]+|.', String.Double)],
        "french": [(r"»|\n", String.Other, "#pop"), include("variables"), (r"[^»{%\n]+|.", String.Other)],
        "curly": [(r"”|\n", String.Other, "#pop"), include("variables"), (r"[^”{%\n]+|.", String.Other)],
    }
