"""Files given as text, for the tests of checking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from planned.check.build import build
from planned.check.graph import Graph, Rule
from planned.check.known import NOTHING, Known
from planned.check.lint import lint
from planned.check.lints import covers
from planned.diagnostics import Diagnostic
from planned.syntax import ast
from planned.syntax.from_text import parse


@dataclass(frozen=True, slots=True)
class Files:
    """Read files; of each the text, the tree and what reading had to say."""

    sources: Mapping[str, str]
    trees: tuple[ast.File, ...]
    imports: Mapping[str, ast.File]
    found: tuple[Diagnostic, ...]

    def lint(self, course: str | None = None, known: Known = NOTHING) -> list[Diagnostic]:
        return lint(self.trees, self.imports, sources=self.sources, given=self.found, course=course, known=known)

    def places(self, name: str, known: Known = NOTHING) -> list[str]:
        """The texts that the lint, or a lint of that family, underlines."""
        return [self.underlined(one) for one in self.lint(known=known) if covers(name, one.name)]

    def graph(self, course: str | None = None) -> Graph:
        graph, _ = build(self.trees, self.imports, course, sources=self.sources, given=self.found)
        return graph

    def rule(self, name: str, course: str | None = None) -> Rule:
        return next(rule for rule in self.graph(course).rules if rule.name == name)

    def said(self) -> list[tuple[str, str]]:
        """(name, underlined text) of every diagnostic but the advice that most short texts deserve."""
        return [(one.name, self.underlined(one)) for one in self.lint() if one.name not in ADVICE]

    def underlined(self, one: Diagnostic) -> str:
        lines = self.sources[one.span.file].splitlines()
        last = len(lines[one.span.line - 1]) if one.span.end_line > one.span.line else one.span.end_column - 1
        return lines[one.span.line - 1][one.span.column - 1 : last]


ADVICE = {
    *("no-time-zone", "no-course", "unnamed-rule", "unused-declaration", "rule-without-scenario", "past-date"),
    "clock-change",
}


def files(imported: Mapping[str, str] | None = None, **texts: str) -> Files:
    """Files by name without ending: `files(relance="…")` is `relance.rules`; those `imported` are not linted."""
    texts = {f"{name}.rules": dedent(text) for name, text in texts.items()}
    brought = {f"{name}.rules": dedent(text) for name, text in (imported or {}).items()}
    read = {path: parse(text, path) for path, text in {**texts, **brought}.items()}
    return Files(
        sources={**texts, **brought},
        trees=tuple(read[path][0] for path in texts),
        imports={path: read[path][0] for path in read},
        found=tuple(one for _, found in read.values() for one in found),
    )


def file(text: str) -> Files:
    return files(test=text)
