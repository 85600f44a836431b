"""`planned catalog`: what there is on the platform, so that `planned lint --catalog` can check names offline."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planned.cli.exits import Exit
from planned.cli.terminal import plain
from planned.runtime.rewrite import write
from planned.sources.moodle_catalog import catalog, count

HELP = "list the platform's courses, activities, groups and roles, for planned lint --catalog"
EXAMPLE = "planned catalog moodle-export:export --output catalog.json"
KIND = "moodle-export:"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="moodle-export:FOLDER, with mdl_course_modules and others")
    parser.add_argument("--output", metavar="FILE", help="write it there instead of printing it")


def run(args: argparse.Namespace) -> int:
    if not args.source.startswith(KIND) or args.source == KIND:
        print(f"planned: {plain(args.source)} is no catalogue's source; write moodle-export:FOLDER", file=sys.stderr)
        return Exit.WRONG_USE
    found = catalog(args.source.removeprefix(KIND))
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if args.output is None:
        print(text, end="")
        return Exit.FINE
    write(Path(args.output), text.encode())
    courses, activities, groups = count(found)
    print(f"{plain(args.output)}: courses {courses}, activities {activities}, groups {groups}")
    return Exit.FINE
