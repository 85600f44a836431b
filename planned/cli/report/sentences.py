"""The sentences at the top of the page: what a teacher wants to know first."""

from __future__ import annotations

from collections.abc import Callable

from planned.cli.report.figures import Figures, counted
from planned.cli.report.words import said
from planned.cli.terminal import plain
from planned.cli.timeline import OUTCOMES, day_heading
from planned.cli.volume import HEADS
from planned.diagnostics import Language
from planned.engine.decision import Outcome
from planned.engine.phrases import long_date

NOTHING = ("No message would go.", "Aucun message ne partirait.")
GOES_ONCE = ("{messages} would go to {learners}, on {first}.", "{messages} {goes} vers {learners}, le {first}.")
GOES = (
    "{messages} would go to {learners}, between {first} and {last}.",
    "{messages} {goes} vers {learners}, entre le {first} et le {last}.",
)
NOT_SENT = ("Besides: {counts}.", "Par ailleurs : {counts}.")
BUSIEST = (
    "The busiest day is {day}, with {messages}.",
    "Le jour le plus chargé est le {day}, avec {messages}.",
)
FULLEST = (
    "No learner gets more than {messages} in a week ({learner}, week of {monday}).",
    "Aucun apprenant ne reçoit plus de {messages} en une semaine ({learner}, semaine du {monday}).",
)
BASIS = ("Made from {events}; time zone: {zone}.", "D'après {events} ; fuseau : {zone}.")
MESSAGE, LEARNER, EVENT = ("message", "message"), ("learner", "apprenant"), ("event", "événement")


def lead(figures: Figures, language: Language) -> str:
    """How much goes, to how many, when."""
    sent, days = figures.totals[Outcome.SENT], sorted(figures.volume.days)
    if not days:
        return said(NOTHING, language)
    return said(GOES_ONCE if days[0] == days[-1] else GOES, language).format(
        messages=some(sent, MESSAGE, language),
        goes="partiraient" if sent > 1 else "partirait",
        learners=some(len(figures.volume.learners), LEARNER, language),
        first=long_date(days[0], language),
        last=long_date(days[-1], language),
    )


def facts(figures: Figures, language: Language, zone: str, events: int, name_of: Callable[[str], str]) -> list[str]:
    """What does not go, where it comes thick, and what it was made from."""
    found = []
    totals = figures.totals
    others = [(one, totals[one]) for one in Outcome if one is not Outcome.SENT and totals[one]]
    if others:
        counts = [f"{counted(number, language)} {_mark(one, number, language)}" for one, number in others]
        found.append(said(NOT_SENT, language).format(counts=", ".join(counts)))
    if days := figures.volume.days:
        busiest, most = max(days.items(), key=lambda one: (one[1], -one[0].toordinal()))
        day = day_heading(busiest, language)
        day = day[0].lower() + day[1:] if language == "fr" else day
        found.append(said(BUSIEST, language).format(day=day, messages=some(most, MESSAGE, language)))
    if week := figures.fullest_week(language):
        learner, most, monday = week
        messages = some(most, MESSAGE, language)
        found.append(said(FULLEST, language).format(messages=messages, learner=name_of(learner), monday=monday))
    found.append(said(BASIS, language).format(events=some(events, EVENT, language), zone=plain(zone)))
    return found


def some(number: int, noun: tuple[str, str], language: Language) -> str:
    """A number with its noun; in English nought is plural, in French singular."""
    one = number == 1 or (language == "fr" and number == 0)
    return f"{counted(number, language)} {said(noun, language)}{'' if one else 's'}"


def _mark(outcome: Outcome, number: int, language: Language) -> str:
    return (HEADS if number > 1 else OUTCOMES)[language][outcome]
