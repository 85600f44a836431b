"""The command line of one command: its help and what it says of a wrong one, in the language of the system."""

from __future__ import annotations

import argparse
import re
import textwrap
import tomllib
from collections.abc import Iterable
from functools import cache, partial
from importlib.resources import files
from typing import NoReturn

from planned.check.nearest import nearest
from planned.cli.exits import Exit
from planned.cli.terminal import plain
from planned.diagnostics import Language, french

WIDTH = 100
"""Of what is said, in columns."""

HEADINGS = {
    "usage": ("usage: ", "usage\u00a0: "),
    "positionals": ("arguments", "arguments\u00a0"),
    "options": ("options", "options\u00a0"),
    "example": ("example:", "exemple\u00a0:"),
    "more": ("all of it: {prog} --help", "tout savoir\u00a0: {prog} --help"),
}

WRONG = (
    (
        r"the following arguments are required: (?P<what>[^,]+).*",
        "{what} is missing: {help}",
        "il manque {what} : {help}",
    ),
    (
        r"argument (?P<what>\S+): expected (?:one|at least one) argument",
        "{what} needs a value",
        "{what} veut une valeur",
    ),
    (
        r"argument (?P<what>\S+): invalid choice: (?P<value>.+) \(choose from (?P<choices>.*)\)",
        "{what} cannot be {value}, but one of these: {choices}",
        "{what} ne peut pas être {value}, mais l'un de ces mots : {choices}",
    ),
    (r"argument (?P<what>\S+): ignored explicit argument .*", "{what} has no value", "{what} n'a pas de valeur"),
    (
        r"argument (?P<what>\S+): not allowed with argument (?P<other>\S+)",
        "{what} or {other}, not both",
        "{what} ou {other}, pas les deux",
    ),
    (
        r"argument (?P<what>\S+): not a number from 0 to 100: (?P<value>.*)",
        "{what}: {value} is not a number from 0 to 100",
        "{what} : {value} n'est pas un nombre de 0 à 100",
    ),
    (
        r"ambiguous option: (?P<what>\S+) could match (?P<choices>.*)",
        "{what} can be {choices}",
        "{what} peut être {choices}",
    ),
)
"""What argparse says, and how it is said here."""


class Parser(argparse.ArgumentParser):
    """Of one command; wrong use ends with the exit code 2, one sentence, and an example to go by."""

    def __init__(self, prog: str, about: str, example: str, language: Language) -> None:
        self.example, self.language = example, language
        super().__init__(
            prog=prog,
            description=textwrap.fill(said_first(in_language(about, language)) + ".", WIDTH),
            epilog=f"{self.word('example')} {example}",
            add_help=False,
            formatter_class=partial(_Help, heading=self.word("usage")),
        )
        self._positionals.title, self._optionals.title = self.word("positionals"), self.word("options")
        self.add_argument("-h", "--help", action="help", help="show this help")

    def word(self, name: str) -> str:
        return HEADINGS[name][self.language == "fr"]

    def translate(self) -> None:
        """The help of the arguments so far, in the language of the system."""
        for action in self._actions:
            action.help = action.help and in_language(action.help, self.language)

    def parse_all(self, arguments: list[str]) -> argparse.Namespace:
        """As `parse_args`; for an unknown option the nearest is named."""
        args, unknown = self.parse_known_args(arguments)
        if unknown:
            options = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
            self.refuse(*unknown_said(unknown[0], options))
        return args

    def error(self, message: str) -> NoReturn:
        for pattern, en, fr in WRONG:
            if found := re.fullmatch(pattern, message):
                values = {name: value.replace("'", "") for name, value in found.groupdict().items()}
                values["help"] = next((one.help or "" for one in self._actions if one.metavar == values["what"]), "")
                self.refuse(en.format(**values), fr.format(**values))
        self.refuse(message, message)

    def refuse(self, en: str, fr: str) -> NoReturn:
        why = french(fr) if self.language == "fr" else en
        more = self.word("more").format(prog=self.prog)
        self.exit(Exit.WRONG_USE, f"planned: {plain(why)}\n  {self.word('example')} {self.example}\n  {more}\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Examples are not broken into lines; the heading is in the language of the system."""

    def __init__(self, prog: str, heading: str) -> None:
        super().__init__(prog)
        self.heading = heading

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or self.heading)


def unknown_said(given: str, known: list[str]) -> tuple[str, str]:
    """What is said of an argument that nobody asked for."""
    if not given.startswith("-"):
        return f"{given} is one too many", f"{given} est de trop"
    near = nearest(given.partition("=")[0], known)
    en, fr = f"there is no option {given}", f"il n'y a pas d'option {given}"
    return (f"{en}; did you mean {near}?", f"{fr} ; vouliez-vous dire {near} ?") if near else (en, fr)


def in_language(help_text: str, language: Language) -> str:
    """A help text; in French from the table of translations."""
    if language == "en":
        return help_text
    percent = help_text.replace("%%", "%")
    return french(translations().get(percent, percent)).replace("%", "%%")


@cache
def translations() -> dict[str, str]:
    return tomllib.loads((files("planned.cli") / "french.toml").read_text(encoding="utf-8"))


def said_first(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]
