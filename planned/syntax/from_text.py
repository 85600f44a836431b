"""From text to the abstract syntax, statement by statement. The only importer of lark."""

from __future__ import annotations

import gc
from functools import cache
from importlib import resources

from lark import Lark, UnexpectedInput

from planned.diagnostics import Diagnostic, Language, Message, Severity
from planned.syntax import ast, words
from planned.syntax.build import Builder
from planned.syntax.source import decode, source

SYNTAX = Message(
    "syntax",
    Severity.ERROR,
    "“{word}” cannot stand here.",
    "« {word} » ne peut pas se trouver ici.",
)


def read(data: bytes, path: str) -> tuple[ast.File, list[Diagnostic]]:
    """What a file of rules says, from its bytes. Never raises; what cannot be read is in the diagnostics."""
    text, found = decode(data, path)
    if found:
        return ast.File(path=path, language="en", statements=()), found
    return parse(text, path)


def parse(text: str, path: str) -> tuple[ast.File, list[Diagnostic]]:
    """What a text says. Never raises; every statement that is wrong gives a diagnostic, the others are all there."""
    src, found = source(text, path)
    lark, builder = _parser()
    builder.begin(src)
    collecting = gc.isenabled()
    gc.disable()
    try:
        lark.parse(src.folded)
    except UnexpectedInput as error:
        pos = error.pos_in_stream or 0
        builder.fail(SYNTAX, src.span(pos, pos), word=src.text[pos : pos + 20])
    finally:
        if collecting:
            gc.enable()
    language: Language = "en"
    for statement in builder.statements:
        if isinstance(statement, ast.LanguageDecl):
            language = statement.language
            break
    file = ast.File(path=path, language=language, statements=tuple(builder.statements))
    return file, found + builder.found


@cache
def _parser() -> tuple[Lark, Builder]:
    grammar = resources.files("planned.grammar").joinpath("planned.lark").read_text("utf-8") + words.terminals()
    builder = Builder()
    lark = Lark(
        grammar, parser="lalr", lexer="contextual", transformer=builder, keep_all_tokens=True, maybe_placeholders=True
    )
    return lark, builder
