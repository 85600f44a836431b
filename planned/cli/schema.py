"""`planned schema`: the JSON Schema of events, people, decisions or settings."""

from __future__ import annotations

import argparse
import json

from planned.cli.exits import Exit
from planned.cli.schemas import SCHEMAS

HELP = "print the JSON Schema of events, people, decisions or settings, for editors and programs"
EXAMPLE = "planned schema events > events.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=tuple(SCHEMAS), metavar="WHAT", help="events, people, decisions or settings")


def run(args: argparse.Namespace) -> int:
    print(json.dumps(SCHEMAS[args.what](), ensure_ascii=False, indent=2))
    return Exit.FINE
