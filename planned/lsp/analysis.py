"""All that is known of a folder of rules at one moment: what `planned lint` would say, and what hovering asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from planned.check.build import graph_of
from planned.check.graph import Graph
from planned.check.lint import judge
from planned.check.subject import Subject, subject
from planned.diagnostics import Diagnostic, Severity
from planned.engine.foreseen import MOST_RULES, foresee
from planned.lsp.choice import EVERYTHING, Choice
from planned.runtime.files import LoadedRules, load_rules
from planned.syntax import ast
from planned.syntax.from_text import read

_last: dict[str, tuple[bytes, tuple[ast.File, list[Diagnostic]]]] = {}


def remembered(between: Callable[[], None], data: bytes, path: str) -> tuple[ast.File, list[Diagnostic]]:
    """As `read`; of a folder only the files that have changed are read again."""
    if path not in _last or _last[path][0] != data:
        _last[path] = data, read(data, path, between)
    return _last[path][1]


@dataclass(frozen=True)
class Analysis:
    """`texts`: the documents that it was made from, by path, with their versions."""

    loaded: LoadedRules
    subject: Subject
    texts: Mapping[str, int] = field(default_factory=dict)
    choice: Choice = EVERYTHING
    between: Callable[[], None] = lambda: None
    """Called between statements and between lints; it may raise, if nobody waits for them any more."""

    @cached_property
    def found(self) -> list[Diagnostic]:
        """As `planned lint` has it, but for what the settings ignore."""
        found = judge(self.subject, self.loaded.diagnostics, self.between)
        rules, today = len(self.subject.survey.rules), self.subject.known.today
        if 0 < rules <= MOST_RULES and today is not None and not _errors(found):
            foreseen = foresee(self.graph, today)
            known = replace(self.subject.known, foreseen=foreseen)
            return judge(replace(self.subject, known=known), self.loaded.diagnostics, self.between)
        return found

    @cached_property
    def graph(self) -> Graph:
        return graph_of(self.subject.survey)

    @cached_property
    def can_play(self) -> bool:
        return not _errors(self.found)


def _errors(found: list[Diagnostic]) -> bool:
    return any(one.severity is Severity.ERROR for one in found)


def analyse(
    root: Path, texts: Mapping[Path, tuple[int, str]], choice: Choice, between: Callable[[], None] = lambda: None
) -> Analysis:
    """The rules below a folder; `texts` has, by resolved path, the version and text of documents that are open."""
    changed = {path: text.encode("utf-8", "surrogatepass") for path, (_, text) in texts.items()}
    loaded = load_rules([root], changed, partial(remembered, between)) if root.is_dir() else LoadedRules((), {}, {}, ())
    for path, data in changed.items():
        if path.as_posix() not in loaded.sources and path.is_relative_to(root):
            loaded = _with(loaded, path.as_posix(), data, between)
    between()
    made = subject(loaded.files, loaded.imports, loaded.sources, loaded.diagnostics, None, choice.known)
    versions = {path.as_posix(): version for path, (version, _) in texts.items()}
    return Analysis(loaded, made, versions, choice, between)


def _with(loaded: LoadedRules, path: str, data: bytes, between: Callable[[], None]) -> LoadedRules:
    """With a document that is not on the disk yet."""
    file, found = remembered(between, data, path)
    return LoadedRules(
        (*loaded.files, file),
        loaded.imports,
        {**loaded.sources, path: data.decode("utf-8", "replace").removeprefix("\ufeff")},
        (*(one for one in loaded.diagnostics if one.name != "no-rule-files"), *found),
    )


def root_of(path: Path, inside: Path | None) -> Path:
    """The rule folder of a file: the topmost one that has rule files, going up from it, but not out of `inside`."""
    root = path.parent
    while inside is not None and root != inside and root.is_relative_to(inside) and any(root.parent.glob("*.rules")):
        root = root.parent
    return root
