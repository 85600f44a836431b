"""Commands that go to the store beside an engine at work: which store, and what they say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from planned.cli.exits import Exit
from planned.cli.refusals import refusal
from planned.cli.terminal import plain, system_language
from planned.diagnostics import french
from planned.engine.event import Instant
from planned.runtime.clock import datetime_of
from planned.runtime.settings import Settings, SettingsError, read_settings
from planned.store.base import Store, StoreError
from planned.store.opening import open_store

DEFAULT_CONFIG = Path("planned.toml")


def add_store(parser: argparse.ArgumentParser) -> None:
    """The options that name the store."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings; planned.toml if it is there")
    parser.add_argument(
        "--store", metavar="ADDRESS", help="where the state is kept: sqlite:///FILE, postgresql://USER@HOST/DATABASE"
    )


def store_address(args: argparse.Namespace) -> str:
    """Of the store alone: to look into it no secret needs to be there. Raises SettingsError."""
    config = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    found = args.store or (read_settings(config) if config else {}).get("store", Settings().store)
    return str(found)


def with_store(
    command: str,
    args: argparse.Namespace,
    does: Callable[[Store], None],
    *,
    read_only: bool = False,
    beside: bool = False,
) -> Exit:
    """Open the store that is meant and do this with it, or say why that cannot be."""
    try:
        with closing(open_store(store_address(args), read_only=read_only, beside=beside)) as store:
            does(store)
    except SettingsError as error:
        return refuse(command, str(error), Exit.WRONG_USE)
    except StoreError as error:
        return refuse(command, str(error), Exit.CANNOT)
    return Exit.FINE


def utc(instant: Instant) -> str:
    """For people who watch over machines: RFC 3339, in UTC, to the second."""
    moment: datetime = datetime_of(instant)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def show(lines: Iterable[str]) -> None:
    """On standard output, in the language of the system."""
    for line in lines:
        print(plain(french(line) if system_language() == "fr" else line))


def refuse(command: str, text: str, code: Exit) -> Exit:
    """On standard error; the exit code."""
    shown = french(refusal(text)) if system_language() == "fr" else text
    print(f"planned {command}: {plain(shown)}", file=sys.stderr)
    return code
