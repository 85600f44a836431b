"""Example firings of a rule: when it starts and when its messages leave, all of it played by the engine.

Beside plain ones those that surprise: the next change of the clocks, the end of a month, quiet times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby

from planned.check.graph import Every, Graph, Quiet, Rule, WaitFor, WaitUntil
from planned.check.index import index
from planned.engine.calendar import at_least, instant_of, is_elapsed, wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.demands import depends_on
from planned.engine.event import Event, Instant
from planned.engine.imagined import Imagined, Shown, imagine
from planned.engine.simulate import simulate
from planned.syntax.ast import Duration, Unit
from planned.zones import zone_of

EXAMPLES = 3
MINUTE = 60_000_000
_AHEAD = 400
"""Days in which the next change of the clocks is looked for."""
_OTHER_HOURS = ((1, 9 * 60 + 40), (4, -6 * 60), (9, 3 * 60))
"""Further plain examples: so many days and minutes later."""


class About(StrEnum):
    """What an example shows."""

    PLAIN = "plain"
    SKIPPED = "skipped"
    """The time of day does not exist on that day: the clocks go forward over it."""
    TWICE = "twice"
    """The time of day comes twice on that day: the first counts."""
    SHIFTED = "shifted"
    """Hours were counted over a change of the clocks."""
    MONTH_END = "month-end"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Firing:
    """One start of the rule and what left or not, without notices. `events`: the history that was played."""

    about: About
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]
    moved: Decision | None = None
    """The first message that quiet times moved."""
    unpostponed: Instant | None = None
    """When it would have left without them."""
    asked: time | None = None
    """The time of day that does not exist or comes twice."""

    @property
    def anchor(self) -> Instant:
        return self.decisions[0].anchor

    @property
    def zone(self) -> str:
        return self.decisions[0].zone


def firings(all_rules: Graph, rule: Rule, today: date, default_zone: str = "UTC") -> tuple[Firing, ...]:
    """At most three examples from `today` on, in order of time; empty where none was found for which it sends.

    A draft or paused rule is played as if it ran.
    """
    stories = imagine(all_rules, rule, today, default_zone)
    if not stories:
        return ()
    stage = _Stage(all_rules, rule, default_zone, stories[0])
    plain = list(stage.plain(stories[0].events))
    special = [found for found in (stage.clocks(today), stage.month_end(today), stage.quiet(stories)) if found]
    if plain and plain[0].about is About.QUIET:
        special = [one for one in special if one.about is not About.QUIET]
    chosen = _apart([*plain[:1], *special[: EXAMPLES - 1]])
    for days, minutes in _OTHER_HOURS:
        chosen = _apart([*chosen, *plain[1:]]) if isinstance(rule.trigger, Every) else chosen
        if len(chosen) >= EXAMPLES:
            break
        chosen = _apart(
            [*chosen, *stage.plain(_moved(stage.events, timedelta(days=days, minutes=minutes), stage.zone))]
        )
    return tuple(sorted(chosen[:EXAMPLES], key=lambda one: one.anchor))


def _apart(found: Sequence[Firing]) -> list[Firing]:
    """Without those that start at the same moment as one before."""
    kept: dict[Instant, Firing] = {}
    for one in found:
        kept.setdefault(one.anchor, one)
    return list(kept.values())


class _Stage:
    """The rule with those that play a part in it, on which the same history is played at other times."""

    def __init__(self, all_rules: Graph, rule: Rule, default_zone: str, story: Imagined) -> None:
        self.rule = replace(rule, mode="running")
        others = [replace(one, mode="running") for one in depends_on(all_rules, rule) if one.order != rule.order]
        self.rules = tuple(sorted([*others, self.rule], key=lambda one: one.order))
        self.default_zone = default_zone
        self.zone = rule.context.zone or default_zone
        self.events = story.events
        self.first = next(one for one in story.decisions if not one.notice)

    def play(self, events: Sequence[Event], rules: tuple[Rule, ...] | None = None) -> Iterator[tuple[Decision, ...]]:
        """The rule's decisions, those of one start at a time, where some message is sent."""
        rules = rules or self.rules
        decided = simulate(Graph(rules=rules, index=index(rules)), events, default_zone=self.default_zone)
        mine = [one for one in decided if one.rule == self.rule.name and not one.notice]
        for _, some in groupby(sorted(mine, key=lambda one: one.occurrence), key=lambda one: one.occurrence):
            decisions = tuple(some)
            if any(one.outcome is Outcome.SENT for one in decisions):
                yield decisions

    def plain(self, events: Sequence[Event]) -> Iterator[Firing]:
        for decisions in self.play(events):
            yield self.seen(About.PLAIN, decisions, events)

    def seen(self, about: About, decisions: tuple[Decision, ...], events: Sequence[Event]) -> Firing:
        """With what quiet times did to its first message."""
        if self.rule.context.quiet != Quiet():
            loud = tuple(replace(rule, context=replace(rule.context, quiet=Quiet())) for rule in self.rules)
            others = next((one for one in self.play(events, loud) if one[0].anchor == decisions[0].anchor), ())
            for one, other in zip(decisions, others, strict=False):
                if other.at < one.at:
                    about = About.QUIET if about is About.PLAIN else about
                    return Firing(about, decisions, tuple(events), one, other.at)
        return Firing(about, decisions, tuple(events))

    # --- the change of the clocks -----------------------------------------------------------------------

    def clocks(self, today: date) -> Firing | None:
        change = next_change(today, self.zone)
        if change is None:
            return None
        wait = self.rule.steps[0].wait
        if isinstance(wait, WaitFor) and wait.at is None and is_elapsed(wait.duration):
            middle = change - at_least(wait.duration) // 2
            events = _moved(self.events, wall_of(middle, self.zone) - wall_of(self.first.anchor, self.zone), self.zone)
            for decisions in self.play(events):
                found = self.seen(About.SHIFTED, decisions, events)
                sent = decisions[0].outcome is Outcome.SENT and found.unpostponed is None
                if sent and decisions[0].anchor < change <= decisions[0].due:
                    return found
        day = wall_of(change, self.zone).date()
        odd = {at: about for at in _times_of(self.rule) if (about := _odd(datetime.combine(day, at), self.zone))}
        return self._on(day, odd) if odd else None

    def _on(self, day: date, odd: dict[time, About]) -> Firing | None:
        """A firing of which a message falls on that day at one of these times."""
        away = (day - wall_of(self.first.due, self.zone).date()).days
        for days in range(away + 1, away - 8, -1):
            events = _moved(self.events, timedelta(days=days), self.zone)
            for decisions in self.play(events):
                for one in decisions:
                    for at, about in odd.items():
                        if one.outcome is Outcome.SENT and one.due == instant_of(datetime.combine(day, at), self.zone):
                            return replace(self.seen(about, decisions, events), asked=at)
        return None

    # --- the end of a month, quiet times ------------------------------------------------------------------

    def month_end(self, today: date) -> Firing | None:
        """One that starts on a 31st from which months are counted to a shorter month."""
        trigger, wait = self.rule.trigger, self.rule.steps[0].wait
        if isinstance(trigger, Every):
            months = trigger.number if trigger.unit == "month" else 0
        else:
            months = _months(wait.duration) if isinstance(wait, WaitFor) else 0
        start = wall_of(self.events[-1].time if isinstance(trigger, Every) else self.first.anchor, self.zone)
        for day in _thirty_firsts(max(today, start.date())):
            if not months or _has_day(day, months):
                continue
            events = _moved(self.events, datetime.combine(day, start.time()) - start, self.zone)
            for decisions in self.play(events):
                return self.seen(About.MONTH_END, decisions, events)
        return None

    def quiet(self, stories: Sequence[Imagined]) -> Firing | None:
        story = next((one for one in stories if one.shows is Shown.POSTPONED), None)
        found = (
            (self.seen(About.PLAIN, decisions, story.events) for decisions in self.play(story.events)) if story else ()
        )
        return next((one for one in found if one.about is About.QUIET), None)


# --- the calendar -----------------------------------------------------------------------------------------


def next_change(today: date, zone: str) -> Instant | None:
    """The next instant at which clocks in `zone` are changed; None if they are not within a year and a month."""
    where = zone_of(zone)
    noon = datetime.combine(today, time(12))
    for _ in range(_AHEAD):
        later = noon + timedelta(days=1)
        if where.utcoffset(noon) != where.utcoffset(later):
            return _between(instant_of(noon, zone), instant_of(later, zone), zone)
        noon = later
    return None


def _between(low: Instant, high: Instant, zone: str) -> Instant:
    """The first instant after `low` with the offset of `high`."""

    def offset(at: Instant) -> timedelta:
        return wall_of(at, zone) - wall_of(0, "UTC") - timedelta(microseconds=at)

    new = offset(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if offset(middle) == new else (middle, high)
    return high


def _odd(wall: datetime, zone: str) -> About | None:
    """Whether a wall clock time does not exist or comes twice."""
    where = zone_of(zone)
    if wall_of(instant_of(wall, zone), zone) != wall:
        return About.SKIPPED
    return About.TWICE if where.utcoffset(wall) != where.utcoffset(wall.replace(fold=1)) else None


def _times_of(rule: Rule) -> Iterator[time]:
    """The times of day that stand in a rule."""
    at = getattr(rule.trigger, "at", None)
    if at is not None:
        yield at
    for step in rule.steps:
        if isinstance(step.wait, WaitFor | WaitUntil) and step.wait.at is not None:
            yield step.wait.at
        if step.repeat is not None and step.repeat.at is not None:
            yield step.repeat.at


def _months(length: Duration) -> int:
    return sum(number for number, unit in length.parts if unit is Unit.MONTH)


def _thirty_firsts(since: date) -> Iterator[date]:
    days = (since + timedelta(days=number) for number in range(_AHEAD))
    return (day for day in days if day.day == 31)


def _has_day(day: date, months: int) -> bool:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        day.replace(year=year, month=month + 1)
    except ValueError:
        return False
    return True


def _moved(events: Sequence[Event], by: timedelta, zone: str) -> tuple[Event, ...]:
    """The same history at other local times, dates that it tells of included."""

    def later(at: Instant) -> Instant:
        return instant_of(wall_of(at, zone) + by, zone)

    moved = []
    for event in events:
        dates = {name: later(at) for name in ("at", "until") if isinstance(at := event.fields.get(name), int)}
        moved.append(replace(event, time=later(event.time), fields={**event.fields, **dates}))
    return tuple(moved)
