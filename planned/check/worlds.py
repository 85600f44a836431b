"""Which facts can be true together at one moment, as section 2.1 of the language has it.

Facts fall into groups that know nothing of each other: an activity's results, its grade, a group, the calendar, a
profile field, presence. Of each group the possible combinations are listed; where that would be too many, or nothing
is known about how facts hang together, all are taken to be possible. So "impossible" is always proven.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

from planned.check.graph import Atom, Kind
from planned.syntax.ast import Duration, GradeOp, ProfileOp, Unit

MOST = 4096
"""Combinations that are looked at, some twelve independent facts; beyond that nothing is said."""

Values = tuple[bool, ...]


def worlds(atoms: Iterable[Atom]) -> Iterator[Mapping[Atom, bool]] | None:
    """Every combination of values that the atoms can have; None if those are too many to look at."""
    groups: dict[Hashable, list[Atom]] = {}
    for atom in dict.fromkeys(atoms):
        groups.setdefault(_group(atom), []).append(atom)
    listed: list[list[Values]] = []
    number = 1
    for group in groups.values():
        possible = _possible(group)
        number *= len(possible) if possible is not None else MOST + 1
        if possible is None or number > MOST:
            return None
        listed.append(possible)
    return _all(list(groups.values()), listed)


def _all(groups: Sequence[Sequence[Atom]], listed: Sequence[Sequence[Values]]) -> Iterator[Mapping[Atom, bool]]:
    for choice in product(*listed):
        yield {
            atom: value
            for group, values in zip(groups, choice, strict=True)
            for atom, value in zip(group, values, strict=True)
        }


_ALIKE = {
    Kind.COMPLETE: "result",
    Kind.IS_PASSED: "result",
    Kind.IS_FAILED: "result",
    Kind.PASSING: "result",
    Kind.FAILING: "result",
    Kind.GRADE: "grade",
    Kind.SUBMISSION: "submission",
    Kind.IS_SUBMITTED: "submission",
    Kind.VIEWING: "viewing",
    Kind.IS_VIEWED: "viewing",
    Kind.SENDING: "sending",
    Kind.IS_SENT: "sending",
    Kind.PROFILE: "profile",
    Kind.TODAY_IS: "calendar",
    Kind.BEFORE_DAY: "calendar",
    Kind.AFTER_DAY: "calendar",
    Kind.WITHOUT_ACCESS: "presence",
    Kind.ACTIVE_WITHIN: "presence",
    Kind.COURSE_COMPLETE: "presence",
}


def _group(atom: Atom) -> Hashable:
    kind = "presence" if is_end_of_course(atom) else _ALIKE.get(atom.kind)
    return (kind, "" if kind == "presence" else atom.key) if kind is not None else atom


def is_end_of_course(atom: Atom) -> bool:
    """Whether it is the date after which nobody counts as absent any more."""
    return atom.date is not None and atom.date.what == "end" and not atom.date.declared


def _possible(group: Sequence[Atom]) -> list[Values] | None:
    kind = _ALIKE.get(group[0].kind, "presence" if is_end_of_course(group[0]) else None)
    match kind:
        case "grade":
            return _grades(group)
        case "calendar":
            return _days(group)
        case "presence":
            return _presence(group)
        case "result":
            return _filtered(group, _results)
        case "profile":
            return _filtered(group, _profiles)
        case _:
            return _filtered(group, _happened)


def _filtered(group: Sequence[Atom], allowed: Callable[[Mapping[Atom, bool]], bool]) -> list[Values] | None:
    if 2 ** len(group) > MOST:
        return None
    every = product((False, True), repeat=len(group))
    return [values for values in every if allowed(dict(zip(group, values, strict=True)))]


# --- activities and rules -------------------------------------------------------------------------------


def _results(values: Mapping[Atom, bool]) -> bool:
    """The latest result is one: passed or failed. Who has had one, has one for ever; complete can be undone."""
    result = [values.get(atom) for atom in _both(values)]
    if all(result):
        return False
    had = any(value and atom.kind in (Kind.PASSING, Kind.FAILING) for atom, value in values.items())
    return not had or result != [False, False]


def _both(values: Mapping[Atom, bool]) -> list[Atom]:
    key = next(iter(values)).key
    return [Atom(kind=kind, key=key) for kind in (Kind.IS_PASSED, Kind.IS_FAILED)]


def _happened(values: Mapping[Atom, bool]) -> bool:
    """What has happened at all has happened for ever: submitted, viewed, sent."""
    happenings = [value for atom, value in values.items() if atom.kind in (Kind.SUBMISSION, Kind.VIEWING, Kind.SENDING)]
    ever = [value for atom, value in values.items() if atom.kind in (Kind.IS_SUBMITTED, Kind.IS_VIEWED, Kind.IS_SENT)]
    return not any(happenings) or all(ever)


def _grades(group: Sequence[Atom]) -> list[Values]:
    """No grade at all; or any grade, with a percentage that may be any, or is none for want of a maximum."""
    plain = _on_both_sides(atom.number for atom in group if not atom.percent)
    percent: list[Decimal | None] = [None, *_on_both_sides(atom.number for atom in group if atom.percent)]
    found = {tuple(False for _ in group)}
    for grade, percentage in product(plain, percent):
        found.add(tuple(_grade_is(atom, percentage if atom.percent else grade) for atom in group))
    return sorted(found)


def _on_both_sides(bounds: Iterable[Decimal | None]) -> list[Decimal]:
    exact = sorted({bound for bound in bounds if bound is not None})
    between = [(low + high) / 2 for low, high in pairwise(exact)]
    return [*exact, *between, exact[0] - 1, exact[-1] + 1] if exact else [Decimal(0)]


def _grade_is(atom: Atom, grade: Decimal | None) -> bool:
    if grade is None or atom.number is None:
        return False
    match atom.op:
        case GradeOp.BELOW:
            return grade < atom.number
        case GradeOp.ABOVE:
            return grade > atom.number
        case GradeOp.AT_LEAST:
            return grade >= atom.number
        case _:
            return grade <= atom.number


# --- the calendar ---------------------------------------------------------------------------------------


def _days(group: Sequence[Atom]) -> list[Values]:
    """One week before, between and after the days that are named: every weekday on either side of each."""
    named = {atom.day for atom in group if atom.day is not None} or {date(2026, 1, 1)}
    far = [timedelta(days=away) for away in range(-7, 8)]
    days = {day + away for day in named for away in far if date.min + far[-1] < day < date.max - far[-1]}
    return sorted({tuple(_day_is(atom, day) for atom in group) for day in days | named})


def _day_is(atom: Atom, day: date) -> bool:
    if atom.kind is Kind.TODAY_IS:
        return day.weekday() in atom.weekdays
    assert atom.day is not None
    return day < atom.day if atom.kind is Kind.BEFORE_DAY else day > atom.day


# --- presence -------------------------------------------------------------------------------------------


def _presence(group: Sequence[Atom]) -> list[Values]:
    """Both delays count from the last visit; nobody is without access once the course is complete or over."""
    scales: dict[Hashable, list[Decimal]] = {}
    for atom in group:
        if atom.duration is not None:
            scale, length = _length(atom.duration)
            scales.setdefault(scale, []).append(length)
    gone = [[(scale, length) for length in (*lengths, min(lengths) - 1)] for scale, lengths in scales.items()]
    endings = [atom for atom in group if atom.duration is None]
    found = {tuple(atom.duration is None and value for atom in group) for value in (False, True)}
    for ended in product((False, True), repeat=len(endings)):
        values = dict(zip(endings, ended, strict=True))
        for over, elapsed in product((True,) if any(ended) else (False, True), product(*gone)):
            found.add(tuple(_present(atom, values, dict(elapsed), over) for atom in group))
    return sorted(found)


def _present(atom: Atom, endings: Mapping[Atom, bool], elapsed: Mapping[Hashable, Decimal], over: bool) -> bool:
    if atom.duration is None:
        return endings[atom]
    scale, length = _length(atom.duration)
    passed = elapsed[scale] >= length
    return passed and not over if atom.kind is Kind.WITHOUT_ACCESS else not passed


_DAYS = {Unit.DAY: ("day", 1), Unit.WEEK: ("day", 7), Unit.MINUTE: ("minute", 1), Unit.HOUR: ("minute", 60)}


def _length(duration: Duration) -> tuple[Hashable, Decimal]:
    """A scale on which durations compare surely, and the place on it: hours and days, or days and months, do not."""
    if len(duration.parts) != 1:
        return duration.parts, Decimal(1)
    ((number, unit),) = duration.parts
    scale, times = _DAYS.get(unit, (unit.value, 1))
    return scale, Decimal(number * times)


# --- the profile ----------------------------------------------------------------------------------------

_APART = "\0"
"""A character that no text of an author has."""


def _profiles(values: Mapping[Atom, bool]) -> bool:
    """Whether some text is all that is asked: the shortest one that has what it should have is tried."""
    true = [atom for atom, value in values.items() if value]
    exact = next((atom.value for atom in true if atom.op is ProfileOp.IS), None)
    if exact is not None:
        text = exact
    elif any(atom.op is ProfileOp.IS_EMPTY for atom in true) or all(_empty_fits(*one) for one in values.items()):
        text = ""
    else:
        begins = max((atom.value for atom in true if atom.op is ProfileOp.STARTS_WITH), key=len, default="")
        has = [atom.value for atom in true if atom.op is ProfileOp.CONTAINS]
        text = _APART.join([begins, *has, ""])
    return all(_text_is(atom, text) is value for atom, value in values.items())


def _empty_fits(atom: Atom, value: bool) -> bool:
    return _text_is(atom, "") is value


def _text_is(atom: Atom, text: str) -> bool:
    match atom.op:
        case ProfileOp.IS_EMPTY:
            return not text
        case ProfileOp.CONTAINS:
            return bool(text) and atom.value in text
        case ProfileOp.STARTS_WITH:
            return bool(text) and text.startswith(atom.value)
        case _:
            return bool(text) and text == atom.value
