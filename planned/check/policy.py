"""The declarations without a name: time zone, quiet times, limits, lateness, `stop all` (section 1.1, reading 27).

Two layers hold for a rule, the file's head and its course. Quiet times of a kind add up within a layer, and a
course's own replace the head's of that kind; of time zones, limits of a period and latenesses the nearest holds;
every `stop all` adds up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from planned.check.graph import Quiet
from planned.syntax import ast

ALWAYS_FREE = Quiet()
Declaration = (
    ast.Timezone
    | ast.QuietHours
    | ast.QuietWeekdays
    | ast.QuietHolidays
    | ast.QuietDates
    | ast.Limit
    | ast.Lateness
    | ast.StopAll
)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one scope declares; None or empty where it says nothing."""

    zone: str | None = None
    zone_for_all: bool = False
    quiet: Quiet = ALWAYS_FREE
    per_day: int | None = None
    per_week: int | None = None
    lateness: ast.Duration | None = None
    stops: tuple[ast.Expr, ...] = ()
    said: tuple[Declaration, ...] = ()
    """The declarations themselves, in order."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The declarations in force at one place of a file."""

    head: Layer = Layer()
    course: Layer = Layer()

    @property
    def zone(self) -> tuple[str | None, bool]:
        layer = self.course if self.course.zone is not None else self.head
        return layer.zone, layer.zone_for_all

    @property
    def quiet(self) -> Quiet:
        own, file = self.course.quiet, self.head.quiet
        return Quiet(
            hours=own.hours or file.hours,
            weekdays=own.weekdays or file.weekdays,
            holidays=own.holidays or file.holidays,
            dates=own.dates or file.dates,
        )

    @property
    def limits(self) -> tuple[tuple[int, Literal["day", "week"]], ...]:
        day = self.course.per_day if self.course.per_day is not None else self.head.per_day
        week = self.course.per_week if self.course.per_week is not None else self.head.per_week
        found: list[tuple[int, Literal["day", "week"]]] = []
        if day is not None:
            found.append((day, "day"))
        if week is not None:
            found.append((week, "week"))
        return tuple(found)

    @property
    def lateness(self) -> ast.Duration | None:
        return self.course.lateness if self.course.lateness is not None else self.head.lateness

    @property
    def stops(self) -> tuple[ast.Expr, ...]:
        return (*self.head.stops, *self.course.stops)

    @property
    def in_force(self) -> tuple[Declaration, ...]:
        """The declarations that hold, in the order in which they stand; those that others replace are left out."""
        own, file = self.course.said, self.head.said
        replaced = {_sort(one) for one in own if not isinstance(one, ast.StopAll)}
        held = [*(one for one in file if _sort(one) not in replaced), *own]
        alone = {_sort(one): one for one in held if isinstance(one, _NEAREST)}
        return tuple(one for one in held if not isinstance(one, _NEAREST) or alone[_sort(one)] is one)


_NEAREST = (ast.Timezone, ast.Limit, ast.Lateness)
"""Of these, one of a sort holds; all others add up."""


def _sort(one: Declaration) -> tuple[type, str]:
    return type(one), one.per if isinstance(one, ast.Limit) else ""


def with_declaration(policy: Policy, statement: ast.Statement, *, in_course: bool) -> Policy:
    """The policy below the statement."""
    layer = _declare(policy.course if in_course else policy.head, statement)
    if isinstance(statement, Declaration):
        layer = replace(layer, said=(*layer.said, statement))
    return replace(policy, course=layer) if in_course else replace(policy, head=layer)


def _declare(layer: Layer, statement: ast.Statement) -> Layer:
    match statement:
        case ast.Timezone(zone=zone, for_all=for_all):
            return replace(layer, zone=zone, zone_for_all=for_all)
        case ast.QuietHours() | ast.QuietWeekdays() | ast.QuietHolidays() | ast.QuietDates():
            return replace(layer, quiet=_quieter(layer.quiet, statement))
        case ast.Limit(number=number, per=per):
            return replace(layer, per_day=number) if per == "day" else replace(layer, per_week=number)
        case ast.Lateness(duration=duration):
            return replace(layer, lateness=duration)
        case ast.StopAll(condition=condition):
            return replace(layer, stops=(*layer.stops, condition))
        case _:
            return layer


def _quieter(quiet: Quiet, statement: ast.QuietHours | ast.QuietWeekdays | ast.QuietHolidays | ast.QuietDates) -> Quiet:
    match statement:
        case ast.QuietHours(start=start, end=end):
            return replace(quiet, hours=(*quiet.hours, (clock(start), clock(end))))
        case ast.QuietWeekdays(days=days):
            return replace(quiet, weekdays=quiet.weekdays | weekdays(days))
        case ast.QuietHolidays(region=region):
            return replace(quiet, holidays=(*quiet.holidays, region))
        case ast.QuietDates(first=first, last=last):
            return replace(quiet, dates=(*quiet.dates, (first.day, last.day)))


WEEKDAYS = {day: number for number, day in enumerate(ast.Weekday)}


def weekdays(days: tuple[ast.Weekday, ...]) -> frozenset[int]:
    """As numbers, 0 is Monday."""
    return frozenset(WEEKDAYS[day] for day in days)


def clock(at: ast.TimeOfDay) -> time:
    """A time of day; one that no clock shows (25:00, which a lint reports) becomes the last minute of the day."""
    return time(at.hour, at.minute) if 0 <= at.hour < 24 and 0 <= at.minute < 60 else time(23, 59)
