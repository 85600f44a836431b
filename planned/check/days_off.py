"""Holidays of a country or region, from the package `holidays`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


def is_holiday(region: str, day: date) -> bool:
    """Of an unknown region no day is one; `unknown-region` says so."""
    return day in _holidays(region, day.year)


@lru_cache(maxsize=256)
def _holidays(region: str, year: int) -> frozenset[date]:
    # Importing it takes longer than linting a file that names no holidays.
    from holidays import country_holidays  # noqa: PLC0415 – slower than a lint

    country, _, subdivision = region.partition("-")
    try:
        return frozenset(country_holidays(country, subdiv=subdivision or None, years=year))
    except (NotImplementedError, KeyError, ValueError):
        return frozenset()
