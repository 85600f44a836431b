"""Rule files from the disk: found, read, and their imports with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planned.check.nearest import nearest
from planned.check.scope import imported_path
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast
from planned.syntax.from_text import read

SUFFIX = ".rules"

NO_SUCH_PATH = Message(
    "no-such-path",
    Severity.ERROR,
    "There is no file or folder {path}.",
    "Il n'y a ni fichier ni dossier {path}.",
)
NO_SUCH_PATH_NEAR = Message(
    NO_SUCH_PATH.name,
    Severity.ERROR,
    "There is no file or folder {path}. Did you mean {nearest}?",
    "Il n'y a ni fichier ni dossier {path}. Vouliez-vous dire {nearest} ?",
)
NO_RULES = Message(
    "no-rule-files",
    Severity.ERROR,
    "There are no files *.rules in the folder {path}.",
    "Le dossier {path} ne contient aucun fichier *.rules.",
)
UNREADABLE = Message(
    "unreadable",
    Severity.ERROR,
    "The file {path} cannot be read: {reason}.",
    "Le fichier {path} ne peut pas être lu : {reason}.",
)
IMPORT_OUTSIDE = Message(
    "import-outside",
    Severity.ERROR,
    "Only files *.rules of the rule folder can be imported.",
    "Seuls des fichiers *.rules du dossier des règles peuvent être importés.",
    'Write the path from this file on, for example: import "common.rules"',
    'Écrivez le chemin à partir de ce fichier, par exemple : importer "communs.rules"',
)
IMPORT_MISSING = Message(
    "import-missing",
    Severity.ERROR,
    "There is no file {path}.",
    "Il n'y a pas de fichier {path}.",
)
IMPORT_NEAR = Message(
    IMPORT_MISSING.name,
    Severity.ERROR,
    IMPORT_MISSING.en,
    IMPORT_MISSING.fr,
    "Did you mean {nearest}?",
    "Vouliez-vous dire {nearest} ?",
)

WRONG_PATHS = frozenset({NO_SUCH_PATH.name, NO_RULES.name})
"""The names of what is wrong with the paths themselves rather than with what is in the files."""


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """What was read. `imports` and `sources` are by path; a source has the lines and columns that spans count."""

    files: tuple[ast.File, ...]
    imports: Mapping[str, ast.File]
    sources: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def find_rules(paths: Iterable[str | Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The files that are meant, each once, of folders all `*.rules` below them in order of their names."""
    finding = _find(paths)
    return [path for path, _ in finding.paths], finding.found


Reading = Callable[[bytes, str], tuple[ast.File, list[Diagnostic]]]
"""From a file's bytes and path to what it says."""


def load_rules(
    paths: Iterable[str | Path], changed: Mapping[Path, bytes] | None = None, reading: Reading = read
) -> LoadedRules:
    """Reads the files, of folders all `*.rules` below them, in order of their names; and what they import.

    A folder that is given, or else a file's own, is the rule folder: imports do not leave it. Raises nothing; what
    cannot be read is in the diagnostics. An imported file's own mistakes are told as those of the others are.
    `changed` has the bytes, by resolved path, of files that are to be read as if they had been written already;
    `reading` may remember what it has read before.
    """
    finding = _find(paths)
    loading = _Loading(finding.found, changed or {}, reading)
    for path, root in finding.paths:
        loading.rules(path, root)
    return LoadedRules(tuple(loading.files), loading.imports, loading.sources, tuple(loading.found))


@dataclass(slots=True)
class _Finding:
    paths: list[tuple[Path, Path]] = field(default_factory=list)
    """Each file with its rule folder."""
    found: list[Diagnostic] = field(default_factory=list)
    listed: set[Path] = field(default_factory=set)

    def path(self, path: Path) -> None:
        try:
            if path.is_dir():
                self.folder(path)
            elif path.exists():
                self.rules(path, path.parent)
            else:
                self.found.append(_no_such_path(path))
        except OSError as error:
            self.found.append(_said(UNREADABLE, path, reason=error.strerror or str(error)))
        except ValueError:  # a null character in the path
            self.found.append(_said(NO_SUCH_PATH, path))

    def folder(self, folder: Path) -> None:
        inside = [path for path in sorted(folder.rglob(f"*{SUFFIX}")) if path.is_file() and not _hidden(path, folder)]
        for path in inside:
            self.rules(path, folder)
        if not inside:
            self.found.append(_said(NO_RULES, folder))

    def rules(self, path: Path, root: Path) -> None:
        if path.resolve() not in self.listed:
            self.listed.add(path.resolve())
            self.paths.append((path, root))


def _find(paths: Iterable[str | Path]) -> _Finding:
    finding = _Finding()
    for path in paths:
        finding.path(Path(path))
    return finding


@dataclass(slots=True)
class _Loading:
    found: list[Diagnostic]
    changed: Mapping[Path, bytes]
    reading: Reading
    files: list[ast.File] = field(default_factory=list)
    imports: dict[str, ast.File] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    by_real_path: dict[Path, ast.File] = field(default_factory=dict)

    def rules(self, path: Path, root: Path) -> None:
        """One of the files that were asked for."""
        file = self.read(path)
        if file is not None:
            self.files.append(file)
            self.bring(file, root)

    def read(self, path: Path) -> ast.File | None:
        real = path.resolve()
        if real not in self.by_real_path:
            try:
                data = self.changed[real] if real in self.changed else path.read_bytes()
            except OSError as error:
                self.found.append(_said(UNREADABLE, path, reason=error.strerror or str(error)))
                return None
            file, found = self.reading(data, path.as_posix())
            self.by_real_path[real] = file
            self.found += found
            self.sources[file.path] = data.decode("utf-8", "replace").removeprefix("\ufeff")
        return self.by_real_path[real]

    def bring(self, importing: ast.File, root: Path) -> None:
        """What a file imports, and what that imports."""
        for statement in importing.statements:
            if not isinstance(statement, ast.Import):
                continue
            key = imported_path(importing.path, statement.path.text)
            if key in self.imports:
                continue
            file = self.imported(statement, key, root)
            if file is not None:
                self.imports[key] = file
                self.bring(file, root)

    def imported(self, statement: ast.Import, key: str, root: Path) -> ast.File | None:
        path = Path(key)
        span = statement.path.span
        try:
            real = path.resolve()
            if not key.endswith(SUFFIX) or not real.is_relative_to(root.resolve()) or "\\" in statement.path.text:
                self.found.append(Diagnostic(IMPORT_OUTSIDE, span))
                return None
            if path.is_file():
                return self.read(path)
        except (OSError, ValueError):
            pass  # a name that no file can have
        others: Sequence[str] = sorted(other.relative_to(root).as_posix() for other in root.rglob(f"*{SUFFIX}"))
        found = nearest(statement.path.text, others)
        args = {"path": statement.path.text, "nearest": found}
        self.found.append(Diagnostic(IMPORT_NEAR if found else IMPORT_MISSING, span, args))
        return None


def _said(message: Message, path: Path, **args: str) -> Diagnostic:
    where = Span(path.as_posix(), 1, 1, 1, 1)
    return Diagnostic(message, where, {"path": path.as_posix(), **args})


def _no_such_path(path: Path) -> Diagnostic:
    """With what lies beside it and is called alike, if it has rules."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    names = sorted(one.name for one in beside if one.suffix == SUFFIX or (one.is_dir() and any(one.glob(f"*{SUFFIX}"))))
    if (near := nearest(path.name, names)) is None:
        return _said(NO_SUCH_PATH, path)
    return _said(NO_SUCH_PATH_NEAR, path, nearest=(path.parent / near).as_posix())


def _hidden(path: Path, folder: Path) -> bool:
    """Below a folder such as `.git`."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
