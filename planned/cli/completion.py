"""`planned completion`: a script with which a shell completes commands, options and files when Tab is pressed."""

from __future__ import annotations

import argparse
from importlib import import_module

import shtab

from planned.cli.exits import Exit
from planned.cli.main import COMMANDS, command_parser
from planned.cli.parser import in_language
from planned.cli.terminal import system_language

HELP = "write the script with which the shell completes commands when Tab is pressed"
EXAMPLE = "planned completion bash > ~/.local/share/bash-completion/completions/planned"
SHELLS = ("bash", "zsh", "fish")
COMPLETED = {"PATH": shtab.FILE, "FILE": shtab.FILE, "OTHER": shtab.FILE, "DIR": shtab.DIRECTORY}
"""What the shell offers, by what stands for the argument in the help."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")


def run(args: argparse.Namespace) -> int:
    print(shtab.complete(whole_parser(), args.shell))
    return Exit.FINE


def whole_parser() -> argparse.ArgumentParser:
    """One parser with all commands, for those who look at them all."""
    language = system_language()
    whole = argparse.ArgumentParser(prog="planned")
    commands = whole.add_subparsers()
    for name, home in COMMANDS.items():
        command = import_module(home)
        about = in_language(command.HELP, language)
        one = commands.add_parser(name, help=about, parents=[command_parser(name, command, language)], add_help=False)
        for action in one._actions:
            if isinstance(action.metavar, str) and action.metavar in COMPLETED:
                action.complete = COMPLETED[action.metavar]  # type: ignore[attr-defined]  # as shtab wants to be told
    return whole
