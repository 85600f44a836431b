"""Texts between quotes: what they say, and how they are written."""

from __future__ import annotations

import re

from planned.syntax import ast

BLANKS = " \u00a0\u202f\u2009"
"""What may stand just inside « »."""


def unquote(word: str) -> str:
    """The text between quotes; of a \"\"\" one without its common indentation, of « » without the blanks inside."""
    if word.startswith('"""'):
        return _block(word[3:-3])
    inner = word[1:-1]
    if word[0] == "«":
        return inner.strip("\t" + BLANKS)
    if word[0] == '"' and "\\" in inner:
        return re.sub(r'\\(["\\])', r"\1", inner)
    return inner


def _block(inner: str) -> str:
    lines = inner.replace("\r\n", "\n").split("\n")
    first, rest = lines[0], lines[1:]
    depths = [len(line) - len(line.lstrip(" \t\u00a0\u202f")) for line in rest if line.strip()]
    depth = min(depths, default=0)
    rest = [line[depth:] if line.strip() else "" for line in rest]
    if rest and not rest[-1]:
        rest.pop()
    lines = [first, *rest] if first.strip() or not rest else rest
    return re.sub(r'\\(\\*""")', r"\1", "\n".join(lines))


def kept_quotes(word: str) -> str:
    """The quotes that stay its author's: three, “ or « with its blank; nothing for plain ones."""
    if word[0] == "«":
        return "«" + (word[1] if word[1] in BLANKS else " ")
    return "“" if word[0] == "“" else '"""' if word.startswith('"""') else ""


def quote(text: str) -> str:
    """A text of one line in quotes; a backslash is doubled only where it would be read as an escape."""
    if "\\" in text:
        text = re.sub(r'\\(?=["\\]|$)', r"\\\\", text)
    return '"' + text.replace('"', '\\"') + '"'


def block(text: str, indent: str) -> str:
    '''A text between """, indented.'''
    first, *rest = re.sub(r'(\\*""")', r"\\\1", text).split("\n")
    lines = [f"{indent}{line}" if line else "" for line in rest]
    if first != first.lstrip() and not any(lines):  # below the quotes its blanks would be taken for indentation
        return "\n".join((f'"""{first}', *lines, f'{indent}"""'))
    return "\n".join(('"""', f"{indent}{first}" if first else "", *lines, f'{indent}"""'))


def quoted(node: ast.Name | ast.Text) -> str:
    """A name or a text of one line in the quotes of its author, plain ones if it has none."""
    match node.form[:1]:
        case "«":
            return f"{node.form}{node.text}{node.form[1:]}»"
        case "“":
            return f"“{node.text}”"
        case _:
            return quote(node.text)
