"""`planned init`: a project to begin with, which passes its own checks: rules with scenarios, a history, settings."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from planned.cli.exits import Exit
from planned.cli.terminal import plain, system_language
from planned.diagnostics import Language, french

HELP = "begin a project: first rules with their scenarios, a small history, settings"
EXAMPLE = "planned init my-messages"

NEXT: dict[Language, tuple[str, ...]] = {
    "en": (
        "planned lint rules/",
        "planned test rules/",
        "planned dry-run rules/ --events history.jsonl --people people.csv",
    ),
    "fr": (
        "planned lint rules/",
        "planned test rules/",
        "planned dry-run rules/ --events historique.jsonl --people personnes.csv",
    ),
}
"""What to type first in the new project."""
MOST_NAMED = 3
"""Of the files that are there already."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where; this folder if not given")
    parser.add_argument("--lang", choices=("en", "fr"), help="of the project; the system's if not given")


def run(args: argparse.Namespace) -> int:
    language: Language = args.lang or system_language()
    folder = Path(args.folder)
    project = dict(starter(language))
    if there := [folder / name for name in project if (folder / name).exists()]:
        print(f"planned: {_refusal(there, language)}", file=sys.stderr)
        return Exit.CANNOT
    for name, content in project.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    print("\n".join(_said(folder, list(project), language)))
    return Exit.FINE


def starter(language: Language) -> Iterator[tuple[str, bytes]]:
    """The files of a new project: the path of each within it, and its content."""
    for path, file in _below(files("planned.cli") / "starter" / language, PurePosixPath()):
        # Under its own name it would be taken for the settings of git where the starters are kept.
        yield path.as_posix().replace("gitignore", ".gitignore"), file.read_bytes()


def _below(folder: Traversable, inside: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _below(one, inside / one.name)
        else:
            yield inside / one.name, one


def _refusal(there: list[Path], language: Language) -> str:
    names = ", ".join(plain(path.as_posix()) for path in there[:MOST_NAMED]) + (", …" if there[MOST_NAMED:] else "")
    if language == "fr":
        exist = "existe déjà" if len(there) == 1 else "existent déjà"
        return french(f"{names} {exist} ; rien n'a été écrit. Donnez un dossier neuf : planned init mes-messages")
    is_there = "is there already" if len(there) == 1 else "are there already"
    return f"{names} {is_there}; nothing was written. Give a new folder: planned init my-messages"


def _said(folder: Path, names: list[str], language: Language) -> Iterator[str]:
    place = folder.as_posix()
    rules = next(name for name in names if name.endswith(".rules"))
    if language == "fr":
        inside = "ce dossier" if place == "." else plain(place)
        yield french(f"{len(names)} fichiers écrits dans {inside}. Tapez maintenant :")
    else:
        yield f"{len(names)} files written to {'this folder' if place == '.' else plain(place)}. Now type:"
    yield ""
    if place != ".":
        yield f"  cd {plain(shlex.quote(place))}"
    yield from (f"  {command}" for command in NEXT[language])
    yield ""
    if language == "fr":
        yield french(f"Ouvrez ensuite {rules} dans votre éditeur ; README.md dit la suite.")
    else:
        yield f"Then open {rules} in your editor; README.md goes on from there."
