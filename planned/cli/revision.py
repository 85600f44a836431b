"""Rules of another version: those of a folder, or those that git keeps of an earlier revision."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.runtime.files import SUFFIX, LoadedRules, load_rules

GIT = "git:"

NO_GIT = Message(
    "no-git",
    Severity.ERROR,
    "git is not installed here, so the rules of {revision} cannot be read.",
    "git n'est pas installé ici : les règles de {revision} ne peuvent pas être lues.",
)
NO_REPOSITORY = Message(
    "no-repository",
    Severity.ERROR,
    "{path} is not in a git repository, so there is no {revision} of it. Give a folder instead: --against FOLDER",
    "{path} n'est pas dans un dépôt git : il n'y en a pas de {revision}. Donnez plutôt un dossier : --against DOSSIER",
)
NOT_TRUSTED = Message(
    "not-trusted",
    Severity.ERROR,
    "The repository of {path} belongs to somebody else, so git does not read it. `git -C {home} log` says how to allow "
    "it, or give a folder instead: --against FOLDER",
    "Le dépôt de {path} appartient à quelqu'un d'autre : git ne le lit pas. `git -C {home} log` dit comment "
    "l'autoriser ; ou bien donnez un dossier : --against DOSSIER",
)
NO_REVISION = Message(
    "no-revision",
    Severity.ERROR,
    "git knows no revision {revision} of {path}. `git log --oneline` lists those that it has.",
    "git ne connaît pas de révision {revision} de {path}. `git log --oneline` montre celles qu'il a.",
)
NOT_IN_REVISION = Message(
    "not-in-revision",
    Severity.ERROR,
    "In {revision} there are no rules at {path}.",
    "Dans {revision}, il n'y a pas de règles à l'emplacement {path}.",
)


@dataclass(frozen=True, slots=True)
class Version:
    """Rules, and how their files are called to an author."""

    loaded: LoadedRules
    name: Callable[[str], str]


def other_version(spec: str, paths: Sequence[str]) -> Version | Diagnostic:
    """The rules of `spec`: a path, or `git:REF`, which means the same `paths` at that revision.

    A Diagnostic if git cannot give them. Of the paths those are left out that the revision does not have, as long as it
    has one of them.
    """
    if not spec.startswith(GIT):
        return Version(load_rules([spec]), str)
    try:
        with TemporaryDirectory(prefix="planned-") as folder:
            return _at_revision(spec, paths, Path(folder))
    except FileNotFoundError as error:
        if error.filename != "git":
            raise
        return _problem(NO_GIT, spec, paths[0])


def _at_revision(spec: str, paths: Sequence[str], folder: Path) -> Version | Diagnostic:
    found = []
    for number, path in enumerate(paths):
        place = Path(path).absolute()
        home = next(one for one in place.parents if one.is_dir()) if not place.is_dir() else place
        top = _git(home, "rev-parse", "--show-toplevel")
        if top is None:
            message = NOT_TRUSTED if _belongs_to_others(home) else NO_REPOSITORY
            return _problem(message, spec, path, str(home))
        commit = _git(
            home, "rev-parse", "--verify", "--quiet", "--end-of-options", spec.removeprefix(GIT) + "^{commit}"
        )
        if commit is None:
            return _problem(NO_REVISION, spec, path)
        root = Path(top.decode().strip())
        inside = place.resolve().relative_to(root.resolve())
        into = folder / str(number)
        _extract(root, commit.decode().strip(), inside if place.is_dir() else inside.parent, into)
        if (into / inside).exists():
            found.append(into / inside)
    if not found:
        return _problem(NOT_IN_REVISION, spec, paths[0])
    return Version(load_rules(found), _Named(folder, spec))


def _git(home: Path, *arguments: str) -> bytes | None:
    """What git answers; None if it cannot. Raises FileNotFoundError, with `git` as its file, where there is no git."""
    done = subprocess.run(["git", "--literal-pathspecs", "-C", str(home), *arguments], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _belongs_to_others(home: Path) -> bool:
    """Whether git refuses a repository because of its owner."""
    command = ["git", "-C", str(home), "rev-parse"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return b"dubious ownership" in done.stderr


def _extract(root: Path, commit: str, inside: Path, into: Path) -> None:
    """The rule files below a folder of the repository; nothing if the revision does not have it."""
    archive = _git(root, "archive", "--format=tar", commit, "--", inside.as_posix())
    if archive is None:
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        rules = [one for one in tar if one.isfile() and one.name.endswith(SUFFIX)]
        tar.extractall(into, rules, filter="data")


@dataclass(frozen=True, slots=True)
class _Named:
    """What a file of the folder is called: `git:v1/rules/relance.rules`; it was there for a moment only."""

    folder: Path
    spec: str

    def __call__(self, path: str) -> str:
        here = Path(path)
        if not here.is_relative_to(self.folder):
            return path
        return Path(self.spec, *here.relative_to(self.folder).parts[1:]).as_posix()


def _problem(message: Message, spec: str, path: str, home: str = "") -> Diagnostic:
    return Diagnostic(message, Span(path, 1, 1, 1, 1), {"revision": spec.removeprefix(GIT), "path": path, "home": home})
