"""What rules do together, seen by playing up to a year of them on imagined learners, one for each rule.

Two plays that differ in their days, hours and distances tell what always comes together from what does so by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, islice

from planned.check.graph import Graph, MessageText, Quiet, Rule
from planned.check.index import index
from planned.check.known import MANY_A_DAY, Crowd, Foreseen, Meeting, RuleKey
from planned.engine.calendar import HOUR, wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.demands import depends_on
from planned.engine.event import Event
from planned.engine.imagined import imagine_sent
from planned.engine.simulate import simulate

MOST_RULES = 100
"""In more rules than these nothing is looked for: it would take longer than all other lints together."""
MOST_DECISIONS = 4000
"""Of one play; then it ends, wherever in the year it is."""
LEARNER_DAYS = 4000
"""Of one play: a year for each learner, if they are eleven or fewer, and fewer days the more they are."""
NO_WORDS = MessageText(name=None, subject=None, text=".")
DAY = 24 * HOUR
MINUTE = HOUR // 60


def foresee(graph: Graph, start: date, default_zone: str = "UTC") -> Foreseen | None:
    """Meetings and crowds of a graph without errors; None of one with too many rules.

    The learners enrol on the first Monday from `start` on, or around the days that a rule names.
    """
    if len(graph.rules) > MOST_RULES:
        return None
    graph = _of_rules(graph, _without_words)
    start += timedelta(days=-start.weekday() % 7)
    stories = [(rule, imagine_sent(graph, rule, start, default_zone)) for rule in graph.rules if rule.mode == "running"]
    first = [_renamed(rule, story.events) for rule, story in stories if story is not None]
    second = [_shifted(events) for events in first]
    loud = _Play(graph, default_zone), _Play(_of_rules(graph, _without_quiet), default_zone)
    crowds = [dict(loud[0].crowds(events)) for events in (first, second)]
    meetings = [dict(loud[1].meetings(events)) for events in (first, second)]
    return Foreseen(
        meetings=tuple(found for key, found in meetings[0].items() if key in meetings[1]),
        crowds=tuple({found.last: found for key, found in crowds[0].items() if key in crowds[1]}.values()),
    )


def _renamed(rule: Rule, events: Sequence[Event]) -> list[Event]:
    """The learner of a rule's story by the rule's place, so that all can be played together."""
    learner = str(rule.order)
    return [replace(event, id=f"{learner}-{place}", learner=learner) for place, event in enumerate(events)]


def _shifted(events: Sequence[Event]) -> list[Event]:
    """The same in other circumstances: each event comes a day, some hours and some minutes later than in the first."""
    return [
        replace(event, time=event.time + (24 + 26 * place) * HOUR + (17 + 23 * place) * MINUTE)
        for place, event in enumerate(events)
    ]


def _of_rules(graph: Graph, change: Callable[[Rule], Rule]) -> Graph:
    rules = tuple(map(change, graph.rules))
    return Graph(rules=rules, index=index(rules))


def _without_quiet(rule: Rule) -> Rule:
    """Its messages leave when they are due: what quiet times gather has not come together by itself."""
    return replace(rule, context=replace(rule.context, quiet=Quiet(), limits=()))


def _without_words(rule: Rule) -> Rule:
    """Its messages say nothing, for nobody reads them: most of the play would be writing."""
    steps = tuple(
        replace(
            step,
            send=replace(step.send, subject=None, messages=(NO_WORDS,) * len(step.send.messages)),
            notices=tuple(replace(notice, subject=None, message=NO_WORDS) for notice in step.notices),
        )
        for step in rule.steps
    )
    return replace(rule, title=None, steps=steps)


class _Play:
    def __init__(self, graph: Graph, default_zone: str) -> None:
        self.graph = graph
        self.default_zone = default_zone
        self.rules = {(rule.course, rule.name): rule for rule in graph.rules}

    def sent(self, stories: Sequence[Sequence[Event]]) -> Iterator[Decision]:
        """The messages to the learners themselves, drafts apart."""
        events = sorted((event for story in stories for event in story), key=lambda event: event.time)
        if not events:
            return
        until = events[0].time + min(365, LEARNER_DAYS // len(stories)) * DAY
        decided = simulate(self.graph, events, until=until, default_zone=self.default_zone)
        for one in islice(decided, MOST_DECISIONS):
            if one.outcome is Outcome.SENT and not one.notice and not one.draft and one.learner in one.to:
                yield one

    def key(self, one: Decision) -> RuleKey:
        return (one.course, one.rule) if (one.course, one.rule) in self.rules else (None, one.rule)

    def meetings(self, stories: Sequence[Sequence[Event]]) -> Iterator[tuple[tuple[RuleKey, RuleKey], Meeting]]:
        """Pairs of rules that send at one instant over one channel, each once; not a rule and what starts it."""
        instants: dict[tuple[str, str, int], dict[RuleKey, Decision]] = defaultdict(dict)
        for one in self.sent(stories):
            instants[one.learner, one.channel, one.at].setdefault(self.key(one), one)
        seen: set[tuple[RuleKey, RuleKey]] = set()
        for together in instants.values():
            for first, second in combinations(sorted(together, key=lambda key: self.rules[key].order), 2):
                if (first, second) not in seen and not self._linked(first, second):
                    seen.add((first, second))
                    day = wall_of(together[first].at, together[first].zone).date()
                    yield (first, second), Meeting(first, second, day)

    def _linked(self, first: RuleKey, second: RuleKey) -> bool:
        one, other = self.rules[first], self.rules[second]
        return other in depends_on(self.graph, one) or one in depends_on(self.graph, other)

    def crowds(self, stories: Sequence[Sequence[Event]]) -> Iterator[tuple[str, Crowd]]:
        """By learner the first day on which more reaches him than is good."""
        days: dict[tuple[str, date], list[Decision]] = defaultdict(list)
        for one in self.sent(stories):
            days[one.learner, wall_of(one.at, one.zone).date()].append(one)
        seen: set[str] = set()
        for (learner, day), sent in days.items():
            if len(sent) > MANY_A_DAY and learner not in seen:
                seen.add(learner)
                last = self.key(sent[-1])
                others = tuple(dict.fromkeys(one.rule for one in sent if self.key(one) != last))
                yield learner, Crowd(last, len(sent), day, others)
