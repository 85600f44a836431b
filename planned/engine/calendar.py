"""Civil and elapsed time: every due instant of section 2.3, and when no message may leave.

Civil arithmetic (days, weeks, months) moves a wall clock, elapsed arithmetic (hours, minutes) an instant; they
are different functions. A wall-clock time that a clock change skips is moved forward by the gap, of one that
comes twice the first counts: RFC 5545, section 3.3.5, which is Python's `fold=0`.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from planned.check.graph import Quiet, WaitFor, WaitUntil
from planned.engine.event import Instant
from planned.syntax.ast import Duration, Unit
from planned.zones import zone_of

MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000
DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_ELAPSED = {Unit.MINUTE: 60_000_000, Unit.HOUR: HOUR}
_FURTHEST = datetime(9000, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_NO_QUIET = Quiet()


@dataclass(frozen=True, slots=True)
class Moment:
    """A due time as stored: a wall clock plus an elapsed rest in microseconds; an instant where `wall` is None."""

    wall: datetime | None
    rest: int
    instant: Instant

    def same(self, other: Moment) -> bool:
        """Whether both are stored as the same time, whatever instant a zone makes of it."""
        if self.wall is None and other.wall is None:
            return self.instant == other.instant
        return (self.wall, self.rest) == (other.wall, other.rest)

    def in_zone(self, zone: str) -> Moment:
        """The same wall clock in another zone; an elapsed wait stays where it is."""
        if self.wall is None:
            return self
        return Moment(self.wall, self.rest, instant_of(self.wall, zone) + self.rest)


def at_instant(instant: Instant) -> Moment:
    return Moment(None, 0, instant)


def at_wall(wall: datetime, zone: str) -> Moment:
    return Moment(wall, 0, instant_of(wall, zone))


def instant_of(wall: datetime, zone: str) -> Instant:
    """When clocks in `zone` show `wall`; a skipped time moves forward, of a doubled one the first counts."""
    offset = zone_of(zone).utcoffset(wall)
    assert offset is not None
    return (wall - offset - _EPOCH) // MICROSECOND


def wall_of(instant: Instant, zone: str) -> datetime:
    """What clocks in `zone` show at `instant`, without a zone."""
    return aware(instant, zone).replace(tzinfo=None, fold=0)


def aware(instant: Instant, zone: str) -> datetime:
    where = zone_of(zone)
    return where.fromutc((_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=where))


def day_start(day: date, zone: str) -> Instant:
    return instant_of(datetime.combine(day, time()), zone)


# --- delays -----------------------------------------------------------------------------------------


def delay(base: Instant, duration: Duration, zone: str, quiet: Quiet = _NO_QUIET, sign: int = 1) -> Moment:
    """`base` plus a duration: the calendar part first on the wall clock, then the elapsed part.

    Months clamp to the last day; working days skip Saturdays, Sundays and the holidays of `quiet`. With `sign` -1 it
    counts backwards.
    """
    elapsed = sum(number * _ELAPSED[unit] for number, unit in duration.parts if unit in _ELAPSED) * sign
    civil = [(number, unit) for number, unit in duration.parts if unit not in _ELAPSED]
    if not civil:
        return at_instant(base + elapsed)
    wall = wall_of(base, zone)
    for number, unit in civil:
        wall = add_civil(wall, number * sign, unit, quiet)
    return Moment(wall, elapsed, instant_of(wall, zone) + elapsed)


_AT_LEAST = {Unit.DAY: 1, Unit.WORKING_DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28}


@lru_cache(maxsize=1000)
def at_least(duration: Duration) -> int:
    """Microseconds that a delay surely lasts, whatever the zone: a cheap look before the calendar is asked."""
    days = sum(number * _AT_LEAST.get(unit, 0) for number, unit in duration.parts)
    elapsed = sum(number * _ELAPSED.get(unit, 0) for number, unit in duration.parts)
    return elapsed + max(0, days - 1) * 24 * HOUR


def add_civil(wall: datetime, number: int, unit: Unit, quiet: Quiet = _NO_QUIET) -> datetime:
    match unit:
        case Unit.MONTH:
            year, month = divmod(wall.year * 12 + wall.month - 1 + number, 12)
            if not 1 <= year <= 9000:
                return _FURTHEST
            return wall.replace(year=year, month=month + 1, day=min(wall.day, months.monthrange(year, month + 1)[1]))
        case Unit.WORKING_DAY:
            step = DAY if number > 0 else -DAY
            left = abs(number)
            while left:
                wall += step
                if wall.weekday() < 5 and not is_holiday(wall.date(), quiet.holidays):
                    left -= 1
            return wall
        case _:
            try:
                return wall + timedelta(days=number * (7 if unit is Unit.WEEK else 1))
            except OverflowError:
                return _FURTHEST


def is_elapsed(duration: Duration) -> bool:
    return any(unit in _ELAPSED for _, unit in duration.parts)


def wait_for(base: Instant, wait: WaitFor, zone: str, quiet: Quiet) -> Moment:
    """Section 2.3. With `at`: whole days end on their day at that time, all else at the first such time after."""
    end = delay(base, wait.duration, zone, quiet)
    if wait.at is None:
        return end
    if is_elapsed(wait.duration) or wait.at_least:
        return first_at(end.instant, wait.at, zone)
    assert end.wall is not None
    return at_wall(datetime.combine(end.wall.date(), wait.at), zone)


def first_at(since: Instant, at: time, zone: str) -> Moment:
    """The first such time of day not before `since`."""
    day = wall_of(since, zone).date()
    while (found := at_wall(datetime.combine(day, at), zone)).instant < since:
        day += DAY
    return found


def wait_until(base: Instant, wait: WaitUntil, zone: str) -> Moment:
    """The first such weekday's time later than `base`; or that day's, be it past."""
    if wait.day is not None:
        return at_wall(datetime.combine(wait.day, wait.at), zone)
    assert wait.weekday is not None
    return next_weekday(base, frozenset({wait.weekday}), wait.at, zone)


def next_weekday(base: Instant, weekdays: frozenset[int], at: time, zone: str) -> Moment:
    """The first moment later than `base` on one of `weekdays` (0 is Monday) at that time of day."""
    day = wall_of(base, zone).date()
    while True:
        if day.weekday() in weekdays:
            found = at_wall(datetime.combine(day, at), zone)
            if found.instant > base:
                return found
        day += DAY


# --- quiet times and periods ------------------------------------------------------------------------


def free(instant: Instant, quiet: Quiet, zone: str) -> Moment | None:
    """The first moment from `instant` on that no quiet time forbids; None if it is free as it is.

    Hours first, then days, until both are free. Quiet without end (all seven weekdays) gives up after ten years.
    """
    if not (quiet.hours or quiet.weekdays or quiet.holidays or quiet.dates):
        return None
    wall = start = wall_of(instant, zone)
    for _ in range(4000):
        moved = _after_hours(wall, quiet.hours)
        if _is_quiet_day(moved.date(), quiet):
            moved += DAY
        if moved == wall:
            break
        wall = moved
    return None if wall == start else at_wall(wall, zone)


def _after_hours(wall: datetime, hours: tuple[tuple[time, time], ...]) -> datetime:
    for start, end in hours:
        now = wall.time()
        if start <= now < end:
            return datetime.combine(wall.date(), end)
        if end <= start and now >= start:
            return datetime.combine(wall.date() + DAY, end)
        if end <= start and now < end:
            return datetime.combine(wall.date(), end)
    return wall


def _is_quiet_day(day: date, quiet: Quiet) -> bool:
    return (
        day.weekday() in quiet.weekdays
        or any(first <= day <= last for first, last in quiet.dates)
        or is_holiday(day, quiet.holidays)
    )


def is_holiday(day: date, regions: tuple[str, ...]) -> bool:
    return any(day in _holidays(region, day.year) for region in regions)


@lru_cache(maxsize=1000)
def _holidays(region: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - takes some 50 ms that most rule files never need

    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def period(instant: Instant, per: str, zone: str) -> date:
    """The first day of the calendar day or of the week (from Monday) in which `instant` lies."""
    day = wall_of(instant, zone).date()
    return day if per == "day" else day - timedelta(days=day.weekday())


def next_period(instant: Instant, per: str, zone: str) -> Moment:
    """The same time of day on the first day of the next day or week."""
    wall = wall_of(instant, zone)
    first = period(instant, per, zone) + timedelta(days=1 if per == "day" else 7)
    return at_wall(datetime.combine(first, wall.time()), zone)
