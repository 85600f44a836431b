"""Local time for the oracle: plain `datetime` and `zoneinfo`, one small function for each sentence of the contract.

An instant is an aware datetime in UTC, a wall clock a naive one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, reset_tzpath

import holidays

from planned.syntax import ast

reset_tzpath(())  # zone data are those of the `tzdata` package, as in the engine, whatever the system has
ZoneInfo.clear_cache()

ELAPSED = {ast.Unit.MINUTE: timedelta(minutes=1), ast.Unit.HOUR: timedelta(hours=1)}
Parts = tuple[tuple[int, ast.Unit], ...]


def wall(instant: datetime, zone: str) -> datetime:
    """What the clock on the wall shows at `instant`."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def instant(clock: datetime, zone: str) -> datetime:
    """When the wall shows `clock`: of two moments the first; what is skipped moves forward by the gap (4.4)."""
    offsets = []
    for day in (-1, 1):
        near = (clock + timedelta(days=day)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        assert near is not None
        offsets.append(near)
    matches = [(clock - offset).replace(tzinfo=UTC) for offset in offsets]
    real = [match for match in matches if wall(match, zone) == clock]
    # In a gap the offset from before it is used: 02:30 by the old offset is 03:30 by the new one.
    return min(real) if real else matches[0]


def add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_holiday(day: date, regions: Sequence[str]) -> bool:
    for region in regions:
        country, _, subdivision = region.partition("-")
        if day in holidays.country_holidays(country, subdiv=subdivision or None, years=day.year):
            return True
    return False


def add_working_days(day: date, count: int, regions: Sequence[str]) -> date:
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day, regions):
            count -= 1
    return day


@dataclass(frozen=True)
class Due:
    """A due time as it is kept: an instant, or a wall clock and an elapsed rest (reading 19)."""

    fixed: datetime | None = None
    clock: datetime | None = None
    rest: timedelta = timedelta()

    def instant(self, zone: str) -> datetime:
        if self.fixed is not None:
            return self.fixed
        assert self.clock is not None
        return instant(self.clock, zone) + self.rest


def after(
    start: datetime,
    parts: Parts,
    zone: str,
    *,
    at: ast.TimeOfDay | None = None,
    at_least: bool = False,
    regions: Sequence[str] = (),
    sign: int = 1,
) -> Due:
    """The row of 2.3 for `wait PARTS [at AT]` counted from `start`; with `sign` -1 that long before it."""
    clock = wall(start, zone)
    rest = timedelta()
    civil = False
    for number, unit in parts:
        number *= sign
        if unit in ELAPSED:
            rest += number * ELAPSED[unit]
            continue
        civil = True
        if unit is ast.Unit.MONTH:
            day = add_months(clock.date(), number)
        elif unit is ast.Unit.WORKING_DAY:
            day = add_working_days(clock.date(), number, regions)
        else:
            day = clock.date() + timedelta(days=number * (7 if unit is ast.Unit.WEEK else 1))
        clock = datetime.combine(day, clock.time())
    if at is None:
        return Due(clock=clock, rest=rest) if civil else Due(fixed=start + rest)
    if not rest and not at_least:
        return Due(clock=set_time(clock, at))
    ended = (instant(clock, zone) if civil else start) + rest
    return Due(clock=first_not_before(ended, at, zone))


def set_time(clock: datetime, at: ast.TimeOfDay) -> datetime:
    return datetime.combine(clock.date(), time(at.hour, at.minute))


def first_not_before(ended: datetime, at: ast.TimeOfDay, zone: str) -> datetime:
    clock = set_time(wall(ended, zone) - timedelta(days=1), at)
    while instant(clock, zone) < ended:
        clock += timedelta(days=1)
    return clock


def next_weekday(start: datetime, weekday: int, at: ast.TimeOfDay, zone: str) -> datetime:
    """The first such wall clock later than `start`."""
    clock = set_time(wall(start, zone) - timedelta(days=1), at)
    while clock.weekday() != weekday or instant(clock, zone) <= start:
        clock += timedelta(days=1)
    return clock


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


@dataclass(frozen=True)
class Quiet:
    """The quiet times that hold for a rule."""

    hours: tuple[tuple[time, time], ...]
    weekdays: frozenset[int]
    regions: tuple[str, ...]
    dates: tuple[tuple[date, date], ...]

    def free(self, clock: datetime) -> datetime:
        """The first wall clock from `clock` on at which a message may leave: hours, then days, until both are free."""
        for _ in range(3000):
            moved = self._out_of_days(self._out_of_hours(clock))
            if moved == clock:
                return clock
            clock = moved
        raise AssertionError("quiet for ever")

    def _out_of_hours(self, clock: datetime) -> datetime:
        for start, end in self.hours:
            now = clock.time()
            if start < end and start <= now < end:
                return datetime.combine(clock.date(), end)
            if start >= end and now < end:
                return datetime.combine(clock.date(), end)
            if start >= end and now >= start:
                return datetime.combine(clock.date() + timedelta(days=1), end)
        return clock

    def _out_of_days(self, clock: datetime) -> datetime:
        for _ in range(3000):
            if not self._quiet_day(clock.date()):
                return clock
            clock += timedelta(days=1)
        raise AssertionError("quiet for ever")

    def _quiet_day(self, day: date) -> bool:
        if day.weekday() in self.weekdays or any(first <= day <= last for first, last in self.dates):
            return True
        return bool(self.regions) and is_holiday(day, self.regions)
