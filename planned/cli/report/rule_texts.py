"""Rules as their authors wrote them."""

from __future__ import annotations

from collections.abc import Callable

from planned.check.graph import Rule
from planned.check.subject import LINE_END
from planned.runtime.files import LoadedRules
from planned.syntax import ast


def rule_texts(loaded: LoadedRules) -> Callable[[Rule], str]:
    """From a rule to the lines of its file that it takes."""
    found: dict[tuple[str, str], str] = {}
    for file in loaded.files:
        lines = LINE_END.split(loaded.sources[file.path])
        for one in file.statements:
            if isinstance(one, ast.Rule):
                found[file.path, str(one.span.line)] = "\n".join(lines[one.span.line - 1 : one.span.end_line])
    return lambda rule: found.get((rule.context.file, rule.source.rpartition(":")[2]), "")
