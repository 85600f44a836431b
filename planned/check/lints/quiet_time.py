"""A message that is due when it is quiet.

It is not lost, but waits: for the end of the quiet hours, or for the next day that is not quiet. A rule that always
falls there says one thing and does another; and messages of several quiet days leave all at once.

Wrong:

    quiet from 20:00 to 08:00
    quiet on saturday, sunday
    rule weekend every saturday at 09:00 until completion of course send "Have a good weekend!"
    rule evening after completion of Quiz1 wait 1 day at 21:00 send "Well done!"
    rule open-day on 2027-11-20 at 09:00 send "Today is the open day."

Right:

    quiet from 20:00 to 08:00
    quiet on saturday, sunday
    rule weekend every friday at 16:00 until completion of course send "Have a good weekend!"
    rule evening after completion of Quiz1 wait 1 day at 19:00 send "Well done!"
    rule open-day on 2027-11-20 at 09:00 send "Today is the open day." urgent

---
Un message dont l'heure tombe pendant un silence.

Il n'est pas perdu, mais il attend : la fin des heures de silence, ou le prochain jour sans silence. Une règle qui
tombe toujours là dit une chose et en fait une autre ; et les messages de plusieurs jours de silence partent tous à la
fois.

Faux :

    silence de 20h à 8h
    silence le samedi, dimanche
    règle week-end chaque samedi à 9h jusqu'à l'achèvement du cours envoyer "Bon week-end !"
    règle soir après l'achèvement de Quiz1 attendre 1 jour à 21h envoyer "Bravo !"
    règle portes-ouvertes le 20 novembre 2027 à 9h envoyer "C'est aujourd'hui."

Juste :

    silence de 20h à 8h
    silence le samedi, dimanche
    règle week-end chaque vendredi à 16h jusqu'à l'achèvement du cours envoyer "Bon week-end !"
    règle soir après l'achèvement de Quiz1 attendre 1 jour à 19h envoyer "Bravo !"
    règle portes-ouvertes le 20 novembre 2027 à 9h envoyer "C'est aujourd'hui." urgent
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from planned.check import times
from planned.check.days_off import is_holiday
from planned.check.graph import Quiet
from planned.check.policy import WEEKDAYS, clock
from planned.check.subject import LINE_END, Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast
from planned.syntax.words import fold, keywords, variants

NAME = "quiet-time"

HOURS = Message(
    NAME,
    Severity.WARNING,
    "At {at} it is quiet, from {start} to {end}: this leaves at {end}.",
    "À {at_fr}, c'est le silence, de {start_fr} à {end_fr} : le message part à {end_fr}.",
    "Choose a time that is not quiet, or write `urgent` after the message.",
    "Choisissez une heure sans silence, ou écrivez `urgent` après le message.",
)
WEEKDAY = Message(
    NAME,
    Severity.WARNING,
    "It is quiet on {weekday}: this leaves on {other}.",
    "Le {weekday_fr}, c'est le silence : le message part le {other_fr}.",
    "Choose a day that is not quiet, or write `urgent` after the message.",
    "Choisissez un jour sans silence, ou écrivez `urgent` après le message.",
)
EVERY_DAY = Message(
    NAME,
    Severity.WARNING,
    "Some of these days are quiet: what is due then leaves on {other}, together with that day's own.",
    "Certains de ces jours sont en silence : ce qui y échoit part le {other_fr}, avec le message de ce jour-là.",
    "Name the days: every {rest}",
    "Nommez les jours : chaque {rest_fr}",
)
DAY = Message(
    NAME,
    Severity.WARNING,
    "{day} is a quiet day ({weekday}): this leaves on {other_day}.",
    "Le {weekday_fr} {day_fr}, c'est le silence : le message part le {other_day_fr}.",
    "Choose another day, or write `urgent` after the message.",
    "Choisissez un autre jour, ou écrivez `urgent` après le message.",
)
WEEKEND = Message(
    NAME,
    Severity.INFO,
    "{day} is a {weekday}.",
    "Le {day_fr} est un {weekday_fr}.",
    "Is that meant?",
    "Est-ce voulu ?",
)
DAYS = tuple(ast.Weekday)
MOST_QUIET_DAYS = 366


def check(subject: Subject) -> Iterator[Diagnostic]:
    for placed in subject.survey.rules:
        quiet = placed.policy.quiet
        for due in times.dues(placed):
            if due.step.send.urgent:
                continue
            yield from _hours(due, quiet)
            yield from _weekdays(subject, due, quiet)
            if due.day is None or subject.known.today is None or due.day >= subject.known.today:  # else past-date
                yield from _day(due, quiet)


def _hours(due: times.Due, quiet: Quiet) -> Iterator[Diagnostic]:
    if due.at is None or not quiet.hours:
        return
    at = clock(due.at)
    for start, end in quiet.hours:
        if (start <= at < end) if start < end else (at >= start or at < end):
            args = {"at": times.written(due.at), "at_fr": times.written_fr(due.at)}
            yield Diagnostic(HOURS, due.at.span, args | _said("start", start) | _said("end", end))
            return


def _said(name: str, at: time) -> dict[str, str]:
    node = ast.TimeOfDay(hour=at.hour, minute=at.minute)
    return {name: times.written(node), f"{name}_fr": times.written_fr(node)}


def _weekdays(subject: Subject, due: times.Due, quiet: Quiet) -> Iterator[Diagnostic]:
    if due.days is None or due.where is None or not quiet.weekdays or len(quiet.weekdays) == len(DAYS):
        return
    off = [day for day in DAYS if day in due.days and WEEKDAYS[day] in quiet.weekdays]
    if off and len(due.days) == len(DAYS):
        rest = [day for day in DAYS if WEEKDAYS[day] not in quiet.weekdays]
        listed = {"rest": ", ".join(rest), "rest_fr": ", ".join(map(_french, rest))}
        words = ("day", "jour", "jours")
        yield Diagnostic(EVERY_DAY, _span_of(subject, due.where, words), _names(off[0], quiet) | listed)
        return
    for day in off:
        yield Diagnostic(WEEKDAY, _span_of(subject, due.where, (day, _french(day))), _names(day, quiet))


def _names(day: ast.Weekday, quiet: Quiet) -> dict[str, str]:
    other = DAYS[next((WEEKDAYS[day] + n) % 7 for n in range(1, 8) if (WEEKDAYS[day] + n) % 7 not in quiet.weekdays)]
    return {
        "weekday": day.capitalize(),
        "weekday_fr": _french(day),
        "other": other.capitalize(),
        "other_fr": _french(other),
    }


def _french(day: ast.Weekday) -> str:
    return next(one.fr[0] for one in keywords() if one.terminal == "WEEKDAY" and one.value == day)


def _span_of(subject: Subject, where: ast.Node, words: tuple[str, ...]) -> Span:
    """Where one of the words stands within a node of one line; failing that the node."""
    span = where.span
    lines = LINE_END.split(subject.sources.get(span.file, ""))
    if span.line == span.end_line <= len(lines):
        text = fold(lines[span.line - 1])[: span.end_column - 1]
        forms = "|".join(re.escape(form) for word in words for form in variants(word))
        if (found := re.search(rf"\b(?:{forms})\b", text[span.column - 1 :])) is not None:
            first = span.column + found.start()
            return Span(span.file, span.line, first, span.line, first + len(found.group()))
    return span


def _day(due: times.Due, quiet: Quiet) -> Iterator[Diagnostic]:
    if due.day is None or due.where is None:
        return
    weekday = DAYS[due.day.weekday()]
    args = {"weekday": weekday.capitalize(), "weekday_fr": _french(weekday)} | times.day_said("day", due.day)
    if _off(due.day, quiet):
        other = next((day for day in _after(due.day) if not _off(day, quiet)), None)
        later = times.day_said("other_day", other) if other else {"other_day": "…", "other_day_fr": "…"}
        yield Diagnostic(DAY, due.where.span, args | later)
    elif not quiet.weekdays and due.day.weekday() >= 5 and isinstance(due.where, ast.Day):
        yield Diagnostic(WEEKEND, due.where.span, args)


def _after(day: date) -> Iterator[date]:
    yield from (day + timedelta(days=number) for number in range(1, MOST_QUIET_DAYS))


def _off(day: date, quiet: Quiet) -> bool:
    return (
        day.weekday() in quiet.weekdays
        or any(first <= day <= last for first, last in quiet.dates)
        or any(is_holiday(region, day) for region in quiet.holidays)
    )
