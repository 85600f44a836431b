"""Imagined learners: for a rule, small histories after which it sends, is held back by a guard, is cancelled or waits.

Each history is first put together from what the rule asks for and then played by the engine itself; only what came as
it was meant is kept. So an example can be missing, but never wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, product

from planned.check.graph import Graph, Quiet, Rule
from planned.check.index import index
from planned.engine.calendar import HOUR, instant_of, wall_of
from planned.engine.decision import Decision, Outcome, ReasonCode
from planned.engine.demands import (
    FEW,
    Want,
    Wants,
    When,
    days_named,
    demands,
    depends_on,
    names_weekdays,
    told,
    undoing,
    ways,
)
from planned.engine.event import Event, Instant
from planned.engine.simulate import simulate

MANY = 64
"""Histories tried for one example."""


class Shown(StrEnum):
    """What an imagined learner shows about a rule."""

    SENT = "sent"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    """Sent later than asked for: quiet times moved it."""


NAMES = {
    Shown.SENT: ("Alice",),
    Shown.SUPPRESSED: ("Ben", "Basile", "Billie"),
    Shown.CANCELLED: ("Chloé", "Carl"),
    Shown.POSTPONED: ("Damien",),
}


@dataclass(frozen=True, slots=True)
class Imagined:
    """A learner with a history, in order of time, and what the rule decides about it, notices included.

    `clue`: the first decision that shows it.
    """

    learner: str
    shows: Shown
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    clue: Decision


def imagine(graph: Graph, rule: Rule, start: date, default_zone: str = "UTC") -> tuple[Imagined, ...]:
    """Examples for one rule of the graph, what is sent first; at most one for each guard and each kind of end.

    `start` is the day on which the learners enrol, moved where the rule names days. Rules that do not start this one
    play no part, and a draft or paused rule is played as if it ran. Empty where no history was found after which
    anything is sent.
    """
    stage = _Stage(graph, rule, default_zone)
    base = stage.sending(start)
    if base is None:
        return ()
    others = (*stage.suppressed(base), *stage.cancelled(base), *stage.postponed(base))
    return tuple(one.story for one in (base, *others))


def imagine_sent(graph: Graph, rule: Rule, start: date, default_zone: str = "UTC") -> Imagined | None:
    """The first of these examples alone."""
    base = _Stage(graph, rule, default_zone).sending(start)
    return None if base is None else base.story


@dataclass(frozen=True, slots=True)
class _Played:
    """A story and how it was put together."""

    story: Imagined
    day: date
    wants: Wants


class _Stage:
    """The rule with those that start it, on which histories are played."""

    def __init__(self, graph: Graph, rule: Rule, default_zone: str) -> None:
        self.whole = graph
        self.rule = replace(rule, mode="running")
        others = [replace(one, mode="running") for one in depends_on(graph, rule) if one.order != rule.order]
        self.rules = tuple(sorted([*others, self.rule], key=lambda one: one.order))
        self.zone = rule.context.zone or default_zone
        self.default_zone = default_zone
        self.course = rule.course if rule.course is not None else "course"
        self.taken: Counter[Shown] = Counter()

    # --- playing ------------------------------------------------------------------------------------

    def play(self, events: Sequence[Event], rules: tuple[Rule, ...] | None = None) -> tuple[Decision, ...]:
        """What the rule decides about it."""
        rules = rules or self.rules
        decided = simulate(Graph(rules=rules, index=index(rules)), events, default_zone=self.default_zone)
        return tuple(one for one in decided if one.rule == self.rule.name)

    def events(self, day: date, wants: Sequence[Want], shows: Shown) -> tuple[Event, ...] | None:
        return told(wants, day, self.zone, self.course, self.name(shows))

    def name(self, shows: Shown) -> str:
        names, number = NAMES[shows], self.taken[shows]
        again, place = divmod(number, len(names))
        return f"{names[place]} {again + 1}" if again else names[place]

    def shown(self, day: date, wants: Wants, shows: Shown, code: ReasonCode | None = None) -> _Played | None:
        """The history, if one of the rule's messages comes to such an end."""
        events = self.events(day, wants, shows)
        if events is None:
            return None
        decisions = self.play(events)
        for one in decisions:
            known = code is None or (one.reason is not None and one.reason.code is code)
            if not one.notice and one.outcome == shows.value and known:
                return _Played(Imagined(events[0].learner or "", shows, events, decisions, one), day, wants)
        return None

    # --- what is sent -------------------------------------------------------------------------------

    def sending(self, start: date) -> _Played | None:
        """The first history after which all its messages are sent, failing that some of them."""
        best: _Played | None = None
        days = self.days(start)
        for wants in islice(demands(self.whole, self.rule), MANY // len(days) + 1):
            for day in days:
                for placed in self.near(day, wants):
                    found = self.shown(day, placed, Shown.SENT)
                    if found is not None and all(one.outcome is Outcome.SENT for one in found.story.decisions):
                        return found
                    best = best or found
        return best

    def days(self, start: date) -> list[date]:
        """On which days to begin: as asked, else around the days that the rules name, and on other weekdays."""
        named = sorted({day for rule in self.rules for day in days_named(rule)})
        around = [day + timedelta(days=away) for day in named for away in (-10, -40, -3, 0, 1)]
        if names_weekdays(self.rule):
            around += [start + timedelta(days=number) for number in range(1, 7)]
        return list(dict.fromkeys([start, *around]))[:MANY]

    def near(self, day: date, wants: Wants) -> Iterator[Wants]:
        """The wants as they are; then with those that have to be near the due time shortly before it."""
        yield wants
        if all(want.when is not When.NEAR for want in wants):
            return
        events = self.events(day, [want for want in wants if want.when is not When.NEAR], Shown.SENT)
        decisions = self.play(events) if events is not None else ()
        if decisions:
            at = _before(decisions[0])
            yield tuple(replace(want, at=at) if want.when is When.NEAR else want for want in wants)

    # --- what is not ----------------------------------------------------------------------------------

    def suppressed(self, base: _Played) -> Iterator[_Played]:
        """For each guard one learner whom it holds back."""
        guards = {guard.text: (place, guard) for place, step in enumerate(self.rule.steps, 1) for guard in step.guards}
        for text, (place, guard) in guards.items():
            for wants in islice(ways(guard.condition, guard.kind == "unless"), FEW):
                found = self.changed(base, wants, place, Shown.SUPPRESSED, ReasonCode(guard.kind))
                if found is not None and found.story.clue.guards[-1].text == text:
                    self.taken[Shown.SUPPRESSED] += 1
                    yield found
                    break

    def cancelled(self, base: _Played) -> Iterator[_Played]:
        """One learner for whom the rule stops, and one whose trigger is undone."""
        stops = [wants for condition in self.rule.stop for wants in islice(ways(condition, True), FEW)]
        for code, changes in ((ReasonCode.STOP_ONCE, stops), (ReasonCode.UNDONE, list(undoing(self.rule)))):
            tried = (self.changed(base, wants, 1, Shown.CANCELLED, code) for wants in changes)
            found = next((one for one in tried if one is not None), None)
            if found is not None:
                self.taken[Shown.CANCELLED] += 1
                yield found

    def changed(self, base: _Played, wants: Wants, step: int, shows: Shown, code: ReasonCode) -> _Played | None:
        """The base history with something else in the middle of a step's wait, shortly before its end, or at first."""
        atoms = {want.atom for want in wants}
        kept = [want for want in base.wants if want.atom not in atoms or want.when is When.TRIGGER]
        decisions = base.story.decisions
        due = next((one for one in decisions if one.step == step and not one.repeat), decisions[0])
        for at in (_middle(due), _before(due), None):
            added = (replace(want, at=at) for want in wants)
            found = self.shown(base.day, (*kept, *added), shows, code)
            if found is not None:
                return found
        return None

    def postponed(self, base: _Played) -> Iterator[_Played]:
        """One learner whose first message quiet times move to later."""
        if self.rule.context.quiet == Quiet():
            return
        without = tuple(replace(rule, context=replace(rule.context, quiet=Quiet())) for rule in self.rules)
        for days, hours in product(range(7), (0, 7)):
            events = self.events(base.day + timedelta(days=days), base.wants, Shown.POSTPONED) or ()
            events = tuple(replace(event, time=event.time + hours * HOUR) for event in events)
            decisions, sooner = self.play(events), self.play(events, without)
            if decisions and sooner and decisions[0].outcome is Outcome.SENT and sooner[0].at < decisions[0].at:
                story = Imagined(self.name(Shown.POSTPONED), Shown.POSTPONED, events, decisions, decisions[0])
                yield _Played(story, base.day, base.wants)
                return


def _middle(decision: Decision) -> Instant:
    """Noon of the day in the middle of the wait, or plainly its middle; before its start where it is short."""
    if decision.due - decision.anchor < 2 * HOUR:
        return decision.anchor - HOUR
    middle = (decision.anchor + decision.due) // 2
    noon = instant_of(wall_of(middle, decision.zone).replace(hour=12, minute=0, second=0), decision.zone)
    return noon if decision.anchor < noon < decision.due else middle - middle % HOUR


def _before(decision: Decision) -> Instant:
    """An hour before the message is due, or before all where it does not wait so long."""
    return (decision.due if decision.due - decision.anchor >= 2 * HOUR else decision.anchor) - HOUR
