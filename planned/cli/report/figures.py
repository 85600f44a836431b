"""What stands on the page without a script: sums, the days as bars, and for each rule what was not sent and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal

from planned.check.graph import Rule
from planned.cli.report.words import reason
from planned.cli.terminal import plain
from planned.cli.timeline import day_heading
from planned.cli.volume import Volume
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome, ReasonCode
from planned.engine.decision_json import local
from planned.engine.phrases import locale_of, long_date

TICKS = 8
"""Dates below the bars, at most."""
BY_GUARD = (ReasonCode.IF, ReasonCode.UNLESS)


@dataclass(frozen=True, slots=True)
class Why:
    """How often a rule did not send for one reason. `clause`: the author's own words, where a guard said no."""

    outcome: Outcome
    said: str
    clause: str
    count: int


@dataclass(frozen=True, slots=True)
class RuleFigures:
    name: str
    title: str
    source: str
    counts: Mapping[Outcome, int]
    whys: Sequence[Why]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: `x`, `width` and `height` in percent of the drawing."""

    day: date
    said: str
    count: int
    x: float
    width: float
    height: float


class Figures:
    """Sums decisions up as they come. Memory grows with rules, days and learners."""

    def __init__(self, zone: str, rules: Sequence[Rule]) -> None:
        self.volume = Volume(zone, [rule.name for rule in rules])
        self.count = 0
        self._zone = zone
        self._rules = rules
        self._whys: dict[str, Counter[tuple[Outcome, ReasonCode, str]]] = {}
        self._first: date | None = None
        self._last: date | None = None

    def add(self, one: Decision) -> None:
        self.count += 1
        self.volume.add(one)
        day = local(one.at, self._zone).date()
        self._first, self._last = min(self._first or day, day), max(self._last or day, day)
        if one.reason is not None and not one.notice:
            clause = plain(one.guards[-1].text) if one.reason.code in BY_GUARD and one.guards else ""
            self._whys.setdefault(one.rule, Counter())[(one.outcome, one.reason.code, clause)] += 1

    @property
    def totals(self) -> Counter[Outcome]:
        return sum(self.volume.rules.values(), Counter())

    @property
    def span(self) -> tuple[date, date] | None:
        return None if self._first is None or self._last is None else (self._first, self._last)

    def by_rule(self, language: Language) -> Iterator[RuleFigures]:
        """In the rules' order; rules of one name in several courses are one."""
        seen: set[str] = set()
        for rule in self._rules:
            if rule.name not in seen:
                seen.add(rule.name)
                whys = [
                    Why(outcome, reason(code, language), clause, count)
                    for (outcome, code, clause), count in self._whys.get(rule.name, Counter()).most_common()
                ]
                name, title, counts = plain(rule.name), plain(rule.title or ""), self.volume.rules[rule.name]
                yield RuleFigures(name, title, rule.source, counts, whys)

    def bars(self, language: Language) -> list[Bar]:
        """One for each day on which something is sent, in its place between the first and the last."""
        days = self.volume.days
        if not days:
            return []
        first, all_days, most = min(days), (max(days) - min(days)).days + 1, max(days.values())
        step = 100 / all_days
        return [
            Bar(
                day,
                day_heading(day, language),
                days[day],
                (day - first).days * step + step * 0.08,
                step * 0.84,
                100 * days[day] / most,
            )
            for day in sorted(days)
        ]

    def ticks(self, language: Language) -> list[tuple[float, str]]:
        """Dates to write below the bars, and where: Mondays, or, where these are many, first days of months."""
        days = self.volume.days
        if not days:
            return []
        first, last = min(days), max(days)
        all_days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        for chosen in (all_days, [day for day in all_days if not day.weekday()]):
            if len(chosen) <= TICKS:
                break
        else:
            months = [day for day in all_days if day.day == 1]
            chosen = months[:: -(-len(months) // TICKS)] if months else all_days[:: -(-len(all_days) // TICKS)]
        return [
            (100 * ((day - first).days + 0.5) / len(all_days), format_date(day, "d MMM", locale_of(language)))
            for day in chosen
        ]

    def fullest_week(self, language: Language) -> tuple[str, int, str] | None:
        """The learner with the most messages in one week of his own calendar, how many, and its Monday."""
        if not self.volume.learners:
            return None
        learner, weeks = max(self.volume.learners.items(), key=lambda one: one[1].best)
        return learner, weeks.best, long_date(date.fromordinal(weeks.best_week + 1), language)


def counted(number: int, language: Language) -> str:
    """A number as the language writes it: `5,000`, `5 000`."""
    return str(format_decimal(number, locale=locale_of(language)))
