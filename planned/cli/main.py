"""The command `planned`. A command is a module with HELP, EXAMPLE, `configure` and `run`, loaded when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

from planned.cli.exits import Exit
from planned.cli.overview import help_of_all, no_such_command
from planned.cli.parser import Parser
from planned.cli.terminal import plain, system_language, trouble
from planned.diagnostics import Language

COMMANDS = {
    "init": "planned.cli.init",
    "lint": "planned.cli.lint",
    "fmt": "planned.cli.fmt",
    "explain": "planned.cli.explain",
    "catalog": "planned.cli.catalog",
    "dry-run": "planned.cli.dry_run",
    "test": "planned.cli.test",
    "graph": "planned.cli.graph",
    "run": "planned.cli.run",
    "deliveries": "planned.cli.deliveries",
    "resend": "planned.cli.resend",
    "unsubscribe": "planned.cli.unsubscribe",
    "suppressions": "planned.cli.suppressions",
    "quarantine": "planned.cli.quarantine",
    "hold": "planned.cli.hold",
    "resume": "planned.cli.resume",
    "bounces": "planned.cli.bounces",
    "schema": "planned.cli.schema",
    "completion": "planned.cli.completion",
    "lsp": "planned.cli.lsp",
}
"""Every command and where it lives."""


class Command(Protocol):
    """What the module of a command offers."""

    HELP: str
    EXAMPLE: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; without arguments `sys.argv`'s."""
    argv = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    try:
        code = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CANNOT
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OSError as error:
        print(f"planned: {trouble(error, system_language())}", file=sys.stderr)
        return Exit.CANNOT
    return code


def _run(argv: list[str]) -> int:
    language = system_language()
    match argv:
        case [name, *arguments] if name in COMMANDS:
            command = cast(Command, import_module(COMMANDS[name]))
            try:
                return int(command.run(command_parser(name, command, language).parse_all(arguments)))
            except SystemExit as stop:  # argparse has said why
                return int(stop.code or 0)
        case ["-V" | "--version", *_]:
            print(f"planned {version('planned')}")
            return Exit.FINE
        case ["-h" | "--help" | "help", *_]:
            print("\n".join(overview(language)))
            return Exit.FINE
        case [unknown, *_]:
            print(f"planned: {plain(no_such_command(unknown, COMMANDS, language))}", file=sys.stderr)
            return Exit.WRONG_USE
        case _:
            print("\n".join(overview(language)), file=sys.stderr)
            return Exit.WRONG_USE


def command_parser(name: str, command: Command, language: Language) -> Parser:
    """The parser of one command, so that the modules of the others are not loaded."""
    parser = Parser(f"planned {name}", command.HELP, command.EXAMPLE, language)
    command.configure(parser)
    parser.translate()
    return parser


def overview(language: Language) -> Iterator[str]:
    """The commands by what they are for."""
    abouts = {name: cast(Command, import_module(home)).HELP for name, home in COMMANDS.items()}
    return help_of_all(abouts, language)


def _speak_utf8() -> None:
    """Pipes and files get UTF-8 whatever the locale; a terminal that lacks a letter shows another."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
