"""What a project's `planned.toml` says of lints, and its catalogue, as `planned lint` in that folder has them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from planned.check.known import NOTHING, Catalog, Known
from planned.check.lints import wanted
from planned.diagnostics import Diagnostic
from planned.runtime.catalog import CatalogError, load_catalog
from planned.runtime.settings import LintSettings, SettingsError, lint_settings, read_settings

SETTINGS = "planned.toml"
Stamps = Mapping[Path, tuple[int, int] | None]
"""When files were written, in nanoseconds, and their sizes; None of those that are not there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`read`: the files that it was made from, as they were then."""

    known: Known = NOTHING
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    read: Stamps = field(default_factory=dict)

    def wants(self, one: Diagnostic) -> bool:
        return wanted(one, self.select, self.ignore)

    def is_current(self, root: Path, today: date) -> bool:
        return self.known.today == today and _nearest(root) in (None, *self.read) and _stamps(*self.read) == self.read


EVERYTHING = Choice()


def choice(root: Path, today: date) -> Choice:
    """By the nearest `planned.toml` above the rules. What cannot be used of it goes to the log and does not count."""
    path = _nearest(root)
    if path is None:
        return Choice(Known(today), read=_stamps(root / SETTINGS))
    read = _stamps(path)
    values: dict[str, Any] = {}
    settings = LintSettings()
    try:
        values = read_settings(path)
        settings = lint_settings(values, path)
    except SettingsError as error:
        logging.getLogger(__name__).error("%s", error)
    catalog: Catalog | None = None
    if settings.catalog:
        place = path.parent / settings.catalog
        read = _stamps(path, place)
        try:
            catalog = load_catalog(place)
        except CatalogError as error:
            logging.getLogger(__name__).error("%s", error)
    channels, poll = values.get("channels"), values.get("poll_seconds")
    known = Known(
        today=today,
        catalog=catalog,
        channels=frozenset(channels) if isinstance(channels, dict) else None,
        poll_seconds=float(poll) if isinstance(poll, int | float) else None,
    )
    return Choice(known, settings.select, settings.ignore, read)


def _nearest(root: Path) -> Path | None:
    return next((path for folder in (root, *root.parents) if (path := folder / SETTINGS).is_file()), None)


def _stamps(*paths: Path) -> Stamps:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
