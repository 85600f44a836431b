"""Time zones, from the `tzdata` package alone; the sole reader of zone data.

`zoneinfo` by itself prefers the zones of the system, which are of another version on each machine and change under a
running program. Here all machines with the same packages agree, the version can be recorded, and how a program that
embeds `planned` finds its own zones is not touched.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name, capitals included. Raises ZoneInfoNotFoundError, a KeyError."""
    if name not in names():
        raise ZoneInfoNotFoundError(f"there is no time zone {name!r}")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def names() -> frozenset[str]:
    """The names of all zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - {"Factory"}


@cache
def version() -> str:
    """The version of the zone data as IANA writes it, such as `2026b`; later ones sort behind."""
    found: str = import_module("tzdata").IANA_VERSION
    return found
