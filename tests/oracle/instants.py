"""The instants at which something may change: the next event, due time, firing or turning."""

from __future__ import annotations

from datetime import datetime, timedelta

from planned.syntax import ast
from tests.oracle.calendar_oracle import instant, midnight, set_time, wall
from tests.oracle.expressions import (
    all_leaves,
)
from tests.oracle.facts import View, Who
from tests.oracle.reading import Rule
from tests.oracle.run import Occurrence
from tests.oracle.starting import Starting


class Instants(Starting):
    def _next_instant(self) -> datetime | None:
        view = self.view(timers=True)
        found = [self.coming[0].time] if self.coming else []
        found += self.noticing.moments()
        for one in self._open():
            found += self._instants_of(view, one)
        for who, rule in self._pairs():
            zone = view.zone(rule, who[1])
            trigger = rule.node.trigger
            match trigger:
                case ast.After():
                    for leaf in all_leaves(trigger.what):
                        found += self._turnings(view, who, rule, leaf)
                case ast.OnDay():
                    found.append(instant(set_time(midnight(trigger.day.day), trigger.at), zone))
                case ast.EveryWeekday() | ast.EveryPeriod():
                    if trigger.since is not None:
                        found += self._turnings(view, who, rule, trigger.since)
                    found += [at for _, _, at in self._firings(view, who, rule) if not self._past_sixty_days(at)]
                case ast.BeforeDate():
                    pass  # it waits as soon as it is known
        return min((one for one in found if one > self.now), default=None)

    def _instants_of(self, view: View, one: Occurrence) -> list[datetime]:
        zone = self._zone(one)
        found = [one.wake.instant(zone), one.start]
        for condition in one.rule.stops:
            for leaf in all_leaves(condition):
                found += self._turnings(view, one.who, one.rule, leaf)
        if isinstance(one.rule.node.trigger, ast.After):
            for leaf in all_leaves(one.rule.node.trigger.what):
                found += self._turnings(view, one.who, one.rule, leaf)
        if one.up_to and isinstance(one.at_step.wait, ast.WaitUpTo):
            found += self._turnings(view, one.who, one.rule, one.at_step.wait.fact)
        if one.rule.node.last_day is not None:
            found.append(instant(midnight(one.rule.node.last_day.day + timedelta(days=1)), zone))
        return found

    def _turnings(self, view: View, who: Who, rule: Rule, leaf: ast.Expr) -> list[datetime]:
        """When time alone may turn a fact or a condition."""
        zone = view.zone(rule, who[1])
        match leaf:
            case ast.WithoutAccess() | ast.ActiveWithin():
                inactive = view.inactive_from(who, rule, leaf.duration)
                end = view.date_over(who, rule, ast.CourseDate(what="end"))
                return [one[0] for one in (inactive, end) if one is not None]
            case ast.DateReached() | ast.DateIsOver():
                over = view.date_over(who, rule, leaf.date)
                return [over[0]] if over is not None else []
            case ast.TodayIs():
                if self.until is None and self.now > self.last_event + timedelta(days=400):
                    return []
                return [instant(midnight(wall(self.now, zone).date() + timedelta(days=1)), zone)]
            case ast.BeforeDay():
                return [instant(midnight(leaf.day.day), zone)]
            case ast.AfterDay():
                return [instant(midnight(leaf.day.day + timedelta(days=1)), zone)]
            case _:
                return []
