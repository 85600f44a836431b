"""What editors have of the keyword table: the TextMate grammar, which VS Code and others colour rules with."""

from __future__ import annotations

import json
from pathlib import Path

from planned.syntax.coloring import NUMBERS, VARIABLES, Color, keyword_patterns

GRAMMAR = Path(__file__).resolve().parents[1] / "grammar/editors/vscode/syntaxes/planned.tmLanguage.json"
SCOPES = {
    Color.DECLARATION: "keyword.declaration.planned",
    Color.CLAUSE: "keyword.control.planned",
    Color.PERSON: "support.variable.planned",
    Color.UNIT: "constant.language.planned",
}
QUOTES = (('"""', '"""'), ('"', '"|$'), ("«", "»|$"), ("“", "”|$"))


def textmate() -> str:
    """The grammar as a JSON text. A blank of a phrase is one within a line: such grammars read line by line."""
    inside = [
        {"match": VARIABLES, "name": "variable.other.planned"},
        {"match": "\\\\.", "name": "constant.character.escape.planned"},
    ]
    strings = [
        {"begin": begin, "end": end, "name": "string.quoted.planned", "patterns": inside} for begin, end in QUOTES
    ]
    keywords = [{"match": f"(?i){pattern}", "name": SCOPES[color]} for color, pattern in keyword_patterns()]
    grammar = {
        "name": "planned",
        "scopeName": "source.planned",
        "fileTypes": ["rules"],
        "patterns": [
            {"match": "#.*$", "name": "comment.line.number-sign.planned"},
            *strings,
            {"match": f"(?i)(?<![\\w-])(?:{NUMBERS})", "name": "constant.numeric.planned"},
            *keywords,
            {"match": "[^\\W\\d][\\w-]*", "name": "entity.name.planned"},
        ],
    }
    return json.dumps(grammar, ensure_ascii=False, indent=2) + "\n"
