"""What a dry-run sums up: how much each rule sends, how much goes out a day, and the fullest week of a learner."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from planned.cli.terminal import COLONS, plain, width
from planned.cli.timeline import day_heading
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local
from planned.engine.phrases import long_date

HEADS: dict[Language, dict[Outcome, str]] = {
    "en": {one: one.value for one in Outcome},
    "fr": {
        Outcome.SENT: "envoyés",
        Outcome.SUPPRESSED: "supprimés",
        Outcome.CANCELLED: "annulés",
        Outcome.EXPIRED: "périmés",
        Outcome.FAILED: "échoués",
        Outcome.PENDING: "en attente",
    },
}
DAYS_SHOWN = 14
LEARNERS_SHOWN = 5
BAR = 30


@dataclass(slots=True)
class Weeks:
    """One learner's messages: in the week at hand, and in the fullest one."""

    week: int = -1
    count: int = 0
    best_week: int = -1
    best: int = 0

    def add(self, week: int) -> None:
        self.count = self.count + 1 if week == self.week else 1
        self.week = week
        if self.count > self.best:
            self.best, self.best_week = self.count, week


class Volume:
    """Counts decisions in the order of their time. Memory grows with rules, days and learners, not with messages."""

    def __init__(self, zone: str, rules: list[str]) -> None:
        self._zone = zone
        self.rules: dict[str, Counter[Outcome]] = {rule: Counter() for rule in rules}
        self.notices = 0
        self.days: Counter[date] = Counter()
        self.learners: dict[str, Weeks] = defaultdict(Weeks)

    def add(self, one: Decision) -> None:
        """Counts one decision. Notices are counted apart; only messages that were sent make volume."""
        if one.notice:
            self.notices += one.outcome is Outcome.SENT
        else:
            self.rules.setdefault(one.rule, Counter())[one.outcome] += 1
        if one.notice or one.outcome is not Outcome.SENT:
            return
        self.days[local(one.at, self._zone).date()] += 1
        self.learners[one.learner].add(local(one.at, one.zone).date().toordinal() - 1 - _weekday(one))

    def lines(self, language: Language) -> list[str]:
        """The summary, for 80 columns; long names make it wider."""
        return [*self._table(language), *self._per_day(language), *self._per_learner(language)]

    def _table(self, language: Language) -> list[str]:
        total: Counter[Outcome] = sum(self.rules.values(), Counter())
        shown = [one for one in Outcome if one is Outcome.SENT or total[one]]
        heads = [HEADS[language][one] for one in shown]
        wide = max(map(width, [*self.rules, "total"]))
        rows = [("", heads), *((rule, [str(counts[one]) for one in shown]) for rule, counts in self.rules.items())]
        if len(self.rules) > 1:
            rows.append(("total", [str(total[one]) for one in shown]))
        lines = []
        for rule, cells in rows:
            padded = " " * (wide - width(rule))
            numbers = "".join(cell.rjust(len(head) + 2) for cell, head in zip(cells, heads, strict=True))
            lines.append(f"  {plain(rule)}{padded}{numbers}")
        if self.notices:
            lines.append(f"  {_say(language, 'notices sent', 'avis envoyés')}{COLONS[language]} {self.notices}")
        return lines

    def _per_day(self, language: Language) -> list[str]:
        if not self.days:
            return ["", "  " + _say(language, "No message is sent.", "Aucun message n'est envoyé.")]
        busiest, most = max(self.days.items(), key=lambda one: (one[1], -one[0].toordinal()))
        said = _say(language, "Busiest day", "Jour le plus chargé")
        day = day_heading(busiest, language)
        day = day[0].lower() + day[1:] if language == "fr" else day
        lines = ["", f"  {said}{COLONS[language]} {day}, {_messages(most, language)}"]
        days = sorted(self.days)
        if len(days) > DAYS_SHOWN:
            days = sorted(nlargest(DAYS_SHOWN, days, key=lambda day: (self.days[day], -day.toordinal())))
            title = _say(
                language,
                f"Messages a day, on the {DAYS_SHOWN} busiest of {len(self.days)} days",
                f"Messages par jour, les {DAYS_SHOWN} jours les plus chargés sur {len(self.days)}",
            )
        else:
            title = _say(language, "Messages a day", "Messages par jour")
        lines += ["", f"  {title}"]
        for one in days:
            count = self.days[one]
            lines.append(f"  {one.isoformat()}  {count:>6}  {'█' * max(1, round(BAR * count / most))}")
        return lines

    def _per_learner(self, language: Language) -> list[str]:
        if not self.learners:
            return []
        fullest = nlargest(LEARNERS_SHOWN, self.learners.items(), key=lambda one: one[1].best)
        lines = ["", "  " + _say(language, "Fullest week of a learner", "Semaine la plus chargée d'un apprenant")]
        wide = max(width(plain(learner)) for learner, _ in fullest)
        for learner, weeks in fullest:
            name = plain(learner) + " " * (wide - width(plain(learner)))
            week = long_date(date.fromordinal(weeks.best_week + 1), language)
            of = _say(language, "week of", "semaine du")
            lines.append(f"  {name}  {_messages(weeks.best, language)}, {of} {week}")
        if len(self.learners) > LEARNERS_SHOWN:
            others = len(self.learners) - LEARNERS_SHOWN
            lines.append(
                "  "
                + _say(
                    language,
                    f"and {others} more learner{'s' if others > 1 else ''}",
                    f"et {others} autre{'s' if others > 1 else ''} apprenant{'s' if others > 1 else ''}",
                )
            )
        return lines


def _weekday(one: Decision) -> int:
    return local(one.at, one.zone).weekday()


def _say(language: Language, en: str, fr: str) -> str:
    return fr if language == "fr" else en


def _messages(count: int, language: Language) -> str:
    return f"{count} message{'s' if count > 1 else ''}"
