"""`planned --help`: the commands by what they are for, in the language of the system."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from planned.check.nearest import nearest
from planned.cli.parser import WIDTH, in_language
from planned.diagnostics import Language, french

PURPOSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Write rules", "Écrire des règles", ("init", "lint", "fmt", "explain")),
    ("Try them", "Les essayer", ("test", "dry-run", "graph")),
    (
        "Let them run",
        "Les mettre en service",
        ("run", "deliveries", "resend", "unsubscribe", "suppressions", "bounces", "quarantine", "hold", "resume"),
    ),
)
OTHERS = ("For editors and platforms", "Pour les éditeurs et les plateformes")
"""What serves none of the purposes above."""

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "usage": "usage: planned COMMAND …",
        "about": "Planned messages on learning platforms: rules in plain words, checked, simulated and sent.",
        "begin": "To begin: planned init my-messages",
        "more": "More about a command, with an example: planned COMMAND --help",
    },
    "fr": {
        "usage": "usage : planned COMMANDE …",
        "about": "Messages programmés pour plateformes de formation : des règles écrites en français ou en anglais,"
        " vérifiées, simulées, envoyées.",
        "begin": "Pour commencer : planned init mes-messages",
        "more": "En savoir plus sur une commande, avec un exemple : planned COMMANDE --help",
    },
}


def help_of_all(abouts: Mapping[str, str], language: Language) -> Iterator[str]:
    """`abouts` has what each command does, by name."""
    text = {name: french(said) if language == "fr" else said for name, said in TEXTS[language].items()}
    yield text["usage"]
    yield ""
    yield from textwrap.wrap(text["about"], WIDTH)
    column = max(map(len, abouts)) + 2
    for title, names in _groups(abouts, language):
        yield ""
        yield title
        for name in names:
            start = f"  {name:<{column}}"
            said = textwrap.wrap(in_language(abouts[name], language), WIDTH - len(start))
            yield start + said[0]
            yield from (" " * len(start) + line for line in said[1:])
    yield ""
    yield text["begin"]
    yield text["more"]


def _groups(abouts: Mapping[str, str], language: Language) -> Iterator[tuple[str, list[str]]]:
    for en, fr, names in PURPOSES:
        yield (fr if language == "fr" else en), [name for name in names if name in abouts]
    named = {name for _, _, names in PURPOSES for name in names}
    if others := [name for name in abouts if name not in named]:
        yield OTHERS[language == "fr"], others


def no_such_command(name: str, known: Iterable[str], language: Language) -> str:
    """What is said of a command that is none, or of an option before the command."""
    near = nearest(name, known)
    if language == "fr":
        said = (
            f"l'option {name} vient après une commande" if name.startswith("-") else f"il n'y a pas de commande {name}"
        )
        return french(said + (f" ; vouliez-vous dire planned {near} ?" if near else ". Les commandes : planned --help"))
    said = f"the option {name} comes after a command" if name.startswith("-") else f"there is no command {name}"
    return said + (f"; did you mean planned {near}?" if near else ". The commands: planned --help")
