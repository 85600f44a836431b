"""What is known of a folder of rules, asked from another process: each answer is for the texts that came with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lsprotocol import types

from planned.diagnostics import Diagnostic, Edit, Span
from planned.lsp import shown
from planned.lsp.analysis import Analysis, analyse
from planned.lsp.apart import asked_after, between
from planned.lsp.choice import EVERYTHING, Choice
from planned.lsp.hover import hover
from planned.lsp.names import Names, Place
from planned.lsp.text import Text
from planned.syntax import ast

Sources = Mapping[str, str]
"""Texts by path, of files that may not be open."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it was after so many `edits`, with the `texts` that are open: by resolved path, version and text.

    `read` is another number whenever the files that are not open may be others.
    """

    root: Path
    texts: Mapping[Path, tuple[int, str]] = field(default_factory=dict)
    choice: Choice = EVERYTHING
    edits: int = 0
    read: int = 0


_known: dict[Path, tuple[int, Analysis]] = {}
_names: dict[Path, tuple[Analysis, Names]] = {}


def _analysis(folder: Folder) -> Analysis:
    asked_after(folder.edits)
    read, known = _known.get(folder.root, (0, None))
    versions = {path.as_posix(): version for path, (version, _) in folder.texts.items()}
    if known is None or (read, known.texts, known.choice) != (folder.read, versions, folder.choice):
        known = analyse(folder.root, folder.texts, folder.choice, between)
        _known[folder.root] = folder.read, known
    return known


def _names_of(folder: Folder) -> Names:
    analysis = _analysis(folder)
    if folder.root not in _names or _names[folder.root][0] is not analysis:
        _names[folder.root] = analysis, Names(analysis.subject)
    return _names[folder.root][1]


def judged(folder: Folder) -> tuple[list[Diagnostic], Mapping[str, ast.File]]:
    """What is wrong in the texts that are open, by the lints of all rules; and what they import."""
    analysis = _analysis(folder)
    opened = {path.as_posix() for path in folder.texts}
    return [one for one in analysis.found if one.span.file in opened], analysis.loaded.imports


def hovered(folder: Folder, path: str, line: int, column: int, today: date) -> tuple[str, Span] | None:
    """Markdown about a place, and the stretch that it is about."""
    return hover(_analysis(folder), _names_of(folder), path, line, column, today)


def places(folder: Folder, path: str, line: int, column: int) -> tuple[list[Place], Sources]:
    """All that speak of what stands at a place."""
    names = _names_of(folder)
    found = names.at(path, line, column)
    there = names.places[found[0]] if found else []
    return there, _sources(folder, (one.span.file for one in there))


def name_at(folder: Folder, path: str, line: int, column: int) -> Span | None:
    """The name that stands at a place."""
    found = _names_of(folder).at(path, line, column)
    return found[1].span if found else None


def renamed(folder: Folder, path: str, line: int, column: int, new: str) -> tuple[list[Edit], Sources] | None:
    """What stands at a place with another name, wherever it is mentioned."""
    names = _names_of(folder)
    found = names.at(path, line, column)
    if found is None:
        return None
    edits = names.renamed(found[0], new)
    return edits, _sources(folder, (one.span.file for one in edits))


def symbols(folder: Folder, path: str, text: Text) -> list[types.DocumentSymbol]:
    """The outline of a file."""
    loaded = _analysis(folder).loaded
    file: ast.File | None = next((one for one in (*loaded.files, *loaded.imports.values()) if one.path == path), None)
    return shown.symbols(file, text) if file is not None else []


def sources(folder: Folder, paths: list[str]) -> Sources:
    """The texts of these files."""
    return _sources(folder, paths)


def _sources(folder: Folder, paths: Iterable[str]) -> Sources:
    texts = _analysis(folder).loaded.sources
    opened = {path.as_posix() for path in folder.texts}
    return {path: texts[path] for path in set(paths) - opened if path in texts}
