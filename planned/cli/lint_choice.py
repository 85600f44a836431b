"""What `planned lint` looks at and says, from its options and from `planned.toml`; options come on top."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planned.check.known import Known
from planned.check.lints import LINTS, wanted
from planned.check.nearest import nearest
from planned.diagnostics import Diagnostic
from planned.runtime.clock import SystemClock, datetime_of

DEFAULT = Path("planned.toml")


class WrongChoiceError(Exception):
    """An option or a setting cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Choice:
    known: Known
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False

    def wants(self, one: Diagnostic) -> bool:
        return wanted(one, self.select, self.ignore)


def choice(args: argparse.Namespace) -> Choice:
    """Raises WrongChoiceError."""
    select, ignore = _names(args.select), _names(args.ignore)
    strict, catalog = args.strict, args.catalog
    values: dict[str, Any] = {}
    path = Path(args.config) if args.config else DEFAULT
    if args.config or path.is_file():
        # Settings are checked by a library that takes longer than linting a file.
        from planned.runtime.settings import SettingsError, lint_settings, read_settings  # noqa: PLC0415 – slower than a lint

        try:
            values = read_settings(path)
            if "lint" in values:
                settings = lint_settings(values, path)
                select = select or settings.select
                ignore = (*ignore, *settings.ignore)
                strict, catalog = strict or settings.strict, catalog or settings.catalog
        except SettingsError as error:
            raise WrongChoiceError(str(error)) from error
    _check((*select, *ignore))
    return Choice(_known(values, catalog), select, ignore, strict)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def _check(names: tuple[str, ...]) -> None:
    known = {one.name for one in LINTS}
    if set(names) <= known:
        return
    from planned.cli.messages import messages  # noqa: PLC0415 – loads all that can be said

    known |= {*messages(), *(name.partition("-")[0] for name in messages() if name.startswith("allowance-"))}
    for name in names:
        if name not in known:
            near = nearest(name, sorted(known))
            raise WrongChoiceError(f"there is no lint called {name}" + (f"; did you mean {near}?" if near else ""))


def _known(values: dict[str, Any], catalog: str | None) -> Known:
    channels, poll = values.get("channels"), values.get("poll_seconds")
    return Known(
        today=datetime_of(SystemClock().now()).date(),
        catalog=_catalog(catalog) if catalog else None,
        channels=frozenset(channels) if isinstance(channels, dict) else None,
        poll_seconds=float(poll) if isinstance(poll, int | float) else None,
    )


def _catalog(path: str) -> Any:
    from planned.runtime.catalog import CatalogError, load_catalog  # noqa: PLC0415 – most lints have none

    try:
        return load_catalog(Path(path))
    except CatalogError as error:
        raise WrongChoiceError(str(error)) from error
