"""The command `planned`. A command is a module with HELP, EXAMPLE, `configure` and `run`, loaded when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

from planned.cli.exits import Exit
from planned.cli.terminal import system_language, trouble

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
    called = argv[0] if argv and argv[0] in COMMANDS else None
    parser = _parser([called] if called else [] if argv[:1] in (["--version"], ["-V"]) else list(COMMANDS))
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    return int(args.run(args))


def _parser(names: list[str]) -> argparse.ArgumentParser:
    """The parser with these commands only, so that the modules of the others are not loaded."""
    parser = argparse.ArgumentParser(
        prog="planned",
        description="Planned messages on learning platforms: rules in plain words, checked, simulated and sent.",
        epilog="example: planned lint rules/",
    )
    parser.add_argument("-V", "--version", action=_Version, help="print the version")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in names:
        module = cast(Command, import_module(COMMANDS[name]))
        command = commands.add_parser(
            name, help=module.HELP, description=module.HELP.capitalize() + ".", epilog=f"example: {module.EXAMPLE}"
        )
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when asked: reading the package's metadata takes a while."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help=str(kwargs.get("help", "")))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"planned {version('planned')}")
        parser.exit()


def _speak_utf8() -> None:
    """Pipes and files get UTF-8 whatever the locale; a terminal that lacks a letter shows another."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
