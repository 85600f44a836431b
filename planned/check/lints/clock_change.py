"""A time that a clock change skips or brings twice, in the next two years.

When clocks go forward, the hour between does not exist that day: what is due in it leaves an hour later. When they go
back, the hour comes twice, and the first one counts. Choose another time, or leave it: it concerns two nights a year.

Wrong:

    timezone Europe/Paris
    rule night every sunday at 02:30 until completion of course send "Good night!"
    rule once on 2027-03-28 at 02:30 send "Good night!"

Right:

    timezone Europe/Paris
    rule evening every sunday at 22:30 until completion of course send "Good night!"
    rule monday-night every monday at 02:30 until completion of course send "Good night!"

---
Une heure qu'un changement d'heure supprime ou répète, dans les deux ans qui viennent.

Quand on avance les montres, l'heure sautée n'existe pas ce jour-là : ce qui devait partir part une heure plus tard.
Quand on les recule, l'heure vient deux fois, et la première compte. Choisissez une autre heure, ou laissez : il
s'agit de deux nuits par an.

Faux :

    fuseau Europe/Paris
    règle nuit chaque dimanche à 2h30 jusqu'à l'achèvement du cours envoyer "Bonne nuit !"
    règle une-fois le 28 mars 2027 à 2h30 envoyer "Bonne nuit !"

Juste :

    fuseau Europe/Paris
    règle soir chaque dimanche à 22h30 jusqu'à l'achèvement du cours envoyer "Bonne nuit !"
    règle nuit-de-lundi chaque lundi à 2h30 jusqu'à l'achèvement du cours envoyer "Bonne nuit !"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from planned.check import times
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast
from planned.zones import zone_of

NAME = "clock-change"
NEEDS = ("today",)

SKIPPED = Message(
    NAME,
    Severity.INFO,
    "On {day} there is no {at} in {zone}: what is due then leaves at {instead}.",
    "Le {day_fr}, il n'est jamais {at_fr} ({zone}) : ce qui devait partir part à {instead_fr}.",
)
TWICE = Message(
    NAME,
    Severity.INFO,
    "On {day} it is {at} twice in {zone}: the first one counts.",
    "Le {day_fr}, il est deux fois {at_fr} ({zone}) : la première compte.",
)
YEARS = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Change:
    """On `day` the local times from `start` on, for `length`, do not exist or (`twice`) come twice."""

    day: date
    start: datetime
    length: timedelta
    twice: bool

    def takes(self, at: ast.TimeOfDay) -> bool:
        time = datetime(self.day.year, self.day.month, self.day.day, at.hour, at.minute, tzinfo=UTC)
        return self.start <= time < self.start + self.length


def check(subject: Subject) -> Iterator[Diagnostic]:
    today = subject.known.today
    assert today is not None
    for placed in subject.survey.rules:
        zone = placed.policy.zone[0]
        if zone is None:
            continue
        told: set[int] = set()
        for due in times.dues(placed):
            if due.at is None or id(due.at) in told:
                continue
            for change in changes(zone, today):
                if change.takes(due.at) and _concerns(change, due):
                    told.add(id(due.at))
                    yield _diagnostic(change, due.at, zone)
                    break


def _concerns(change: Change, due: times.Due) -> bool:
    if due.day is not None:
        return due.day == change.day
    return due.days is None or list(ast.Weekday)[change.day.weekday()] in due.days


def _diagnostic(change: Change, at: ast.TimeOfDay, zone: str) -> Diagnostic:
    moved = datetime(2000, 1, 1, at.hour, at.minute, tzinfo=UTC) + change.length
    instead = ast.TimeOfDay(hour=moved.hour, minute=moved.minute)
    args = {
        **times.day_said("day", change.day),
        "zone": zone,
        "at": times.written(at),
        "at_fr": times.written_fr(at),
        "instead": times.written(instead),
        "instead_fr": times.written_fr(instead),
    }
    return Diagnostic(TWICE if change.twice else SKIPPED, at.span, args)


@lru_cache(maxsize=64)
def changes(zone: str, today: date) -> tuple[Change, ...]:
    """The clock changes of a zone in the two years from `today` on; none of a zone that does not exist."""
    try:
        place = zone_of(zone)
    except KeyError:  # unknown-zone says so
        return ()
    start = datetime(today.year, today.month, today.day, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range(YEARS.days + 1)]
    offsets = [_offset(day, place) for day in days]
    return tuple(
        _change(day, place) for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after
    )


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(day: datetime, zone: tzinfo) -> Change:
    """The one in the 24 hours from `day` on, to the minute."""
    before, low, high = _offset(day, zone), 0, 1440
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(day + timedelta(minutes=middle), zone) == before else (low, middle)
    moment = day + timedelta(minutes=high)
    length = _offset(moment, zone) - before
    twice = length < timedelta()
    local = moment + before + (length if twice else timedelta())
    return Change(local.date(), local, abs(length), twice)
