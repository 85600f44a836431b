"""`planned explain`: what stands in brackets after a warning, explained with examples."""

from __future__ import annotations

import argparse
import sys

from planned.cli.exits import Exit
from planned.cli.lint_page import lint_page

HELP = "explain the name that stands in brackets after a warning or an error"
EXAMPLE = "planned explain no-time-zone"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what stands in brackets, such as no-time-zone")
    parser.add_argument("--lang", choices=("en", "fr"), help="English unless said otherwise")


def run(args: argparse.Namespace) -> int:
    found = lint_page(args.name, args.lang or "en")
    if found is None:
        print(f"planned: there is no lint called {args.name}", file=sys.stderr)
        return Exit.WRONG_USE
    print(found, end="")
    return Exit.FINE
