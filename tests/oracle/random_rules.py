"""Random rule files, written in the canonical English shape; every clause of the language has its turn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMES = ("09:00", "09:00", "09:00", "08:00", "18:00", "20:00", "14:10", "02:30", "00:00", "21:30")


@dataclass
class Words:
    """The few names that the rules and the events of one history share."""

    r: random.Random
    start: date
    courses: list[str] = field(default_factory=list)
    activities: list[str] = field(default_factory=list)
    activity_ids: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.courses = ["C1", "C2"] if self.r.random() < 0.25 else ["C1"]
        self.activities = ["Quiz1", "Lesson2", "Essay"][: self.r.choice((1, 2, 2, 3))]
        self.activity_ids = [{"Essay": "mod 42"}.get(one, one) for one in self.activities]
        self.groups = ["A", "Team"]
        self.group_ids = ["A", "g-1"]
        self.dates = ["session"] if self.r.random() < 0.6 else []

    def day(self, low: int = 0, high: int = 60) -> str:
        return (self.start + timedelta(days=self.r.randint(low, high))).isoformat()

    def at(self) -> str:
        return self.r.choice(TIMES)

    def maybe(self, chance: float, text: str) -> str:
        return f" {text}" if self.r.random() < chance else ""


def rule_files(words: Words, number: int | None = None) -> dict[str, str]:
    """One file or two, with at most five rules in all; or with about so many rules in the first."""
    count = words.r.choice((1, 1, 2, 2, 3, 4)) if number is None else number
    files = {"a.rules": _File(words, "a", count).text()}
    if words.r.random() < 0.15:
        files["b.rules"] = _File(words, "b", 1).text()
    return files


class _File:
    def __init__(self, words: Words, stem: str, count: int) -> None:
        self.w = words
        self.r = words.r
        self.stem = stem
        self.count = count
        self.earlier: list[str] = []

    def text(self) -> str:
        lines = ["language en"]
        if self.r.random() < 0.7:
            lines.append("timezone Europe/Paris" + self.w.maybe(0.15, "for all"))
        lines += self._policy()
        for place, scope in enumerate(self._scopes()):
            lines += ["", scope]
            self.earlier = []
            lines += self._names()
            if self.r.random() < 0.2:
                lines += self._policy()
            for number in range(self.count if place == 0 else 1):
                if number and self.r.random() < 0.1:
                    lines += self._policy()
                lines.append(self._rule(f"{self.stem}{place}{number}"))
        return "\n".join(lines) + "\n"

    def _scopes(self) -> list[str]:
        if self.r.random() < 0.15:
            return ["every course"]
        return [f"course {one}" for one in self.w.courses]

    def _policy(self) -> list[str]:
        made = []
        if self.r.random() < 0.35:
            made.append(
                self.r.choice(("quiet from 20:00 to 08:00", "quiet from 12:00 to 14:30", "quiet from 18:00 to 09:00"))
            )
        if self.r.random() < 0.15:
            made.append(self.r.choice(("quiet on saturday, sunday", "quiet on monday")))
        if self.r.random() < 0.1:
            made.append("quiet on holidays of FR")
        if self.r.random() < 0.12:
            first = self.w.start + timedelta(days=self.r.randint(0, 50))
            made.append(f"quiet from {first} to {first + timedelta(days=self.r.randint(0, 5))}")
        if self.r.random() < 0.35:
            made.append(f"limit {self.r.choice((1, 1, 2))} messages per {self.r.choice(('day', 'week'))}")
        if self.r.random() < 0.2:
            made.append(f"lateness {self.r.choice(('3 hours', '1 day', '5 days'))}")
        if self.r.random() < 0.06:
            made.append(f"stop all once {self.condition()}")
        return made

    def _names(self) -> list[str]:
        made = ['activity Essay "Essai" is "mod 42"', 'group A is "A"', 'group Team is "g-1"']
        if self.w.dates:
            at = self.w.maybe(0.5, f"at {self.w.at()}")
            made.append(f'date session "Sur site" {self.w.day()}{at}')
            if self.r.random() < 0.3:
                made.append(f"date session {self.w.day()}{at} for group {self.r.choice(self.w.groups)}")
        return made

    # --- rules ------------------------------------------------------------------------------------------

    def _rule(self, name: str) -> str:
        every = False
        chance = self.r.random()
        if chance < 0.66:
            trigger = f"after {self.trigger()}"
        elif chance < 0.8:
            every, trigger = True, self._every()
        elif chance < 0.85:
            trigger = f"on {self.w.day()} at {self.w.at()}"
        else:
            trigger = self._before()
        head = f"rule {name}" + self._mode()
        listed = every and self.r.random() < 0.35
        count = 1 if listed else self.r.choices((1, 2, 3), (6, 3, 1))[0]
        steps = [self._step(first=not number, listed=listed, every=every) for number in range(count)]
        tail = self._tail(every)
        self.earlier.append(name)
        return "\n".join([head, f"  {trigger}", "  " + "\n  then ".join(steps), *(f"  {one}" for one in tail)])

    def _mode(self) -> str:
        made = self.w.maybe(0.05, "draft")
        made = made or self.w.maybe(0.02, "paused")
        made += self.w.maybe(0.08, f"from {self.w.day(0, 25)}")
        made += self.w.maybe(0.1, f"until {self.w.day(25, 60)}")
        return made

    def _tail(self, every: bool) -> list[str]:
        made = []
        if self.r.random() < 0.2:
            made.append(f"stop once {self.condition()}")
        if self.r.random() < 0.2:
            made.append(self.r.choice(("complete when elapsed", "complete when elapsed", "complete when sent")))
        if not every and self.r.random() < 0.4:
            made.append(
                self.r.choice(("again each time", "again each time", "again after 3 days", "again after 30 hours"))
            )
        if self.r.random() < 0.15:
            made.append(f"expires after {self.r.choice(('2 hours', '10 hours', '1 day', '3 days'))}")
        if self.r.random() < 0.12:
            made.append("even when unenrolled")
        return made

    def _every(self) -> str:
        days = ", ".join(sorted(self.r.sample(WEEKDAYS, self.r.choice((1, 1, 2))), key=WEEKDAYS.index))
        made = self.r.choice((days, days, "day", f"{self.r.choice((1, 2))} weeks", "month"))
        made = f"every {made} at {self.w.at()}".replace("1 weeks", "week")
        if self.r.random() < 0.35:
            made += f" from {self.fact()}"
        if self.r.random() < 0.35:
            made += f" until {self.fact()}"
        return made

    def _before(self) -> str:
        if self.r.random() < 0.25:
            return f"on the day of {self._date()} at {self.w.at()}"
        lead = self.r.choice(("3 days", "1 day", "1 week", "2 days", "1 month"))
        if self.r.random() < 0.2:
            return f"{self.r.choice(('4 hours', '90 minutes'))} before {self._date()}"
        return f"{lead} before {self._date()}" + self.w.maybe(0.6, f"at {self.w.at()}")

    # --- steps ------------------------------------------------------------------------------------------

    def _step(self, *, first: bool, listed: bool, every: bool) -> str:
        parts = []
        if self.r.random() < (0.75 if first else 0.9):
            parts.append(self._wait())
        for _ in range(self.r.choices((0, 1, 2), (5, 4, 1))[0]):
            parts.append(f"{self.r.choice(('if', 'unless', 'unless'))} {self.condition()}")
        series = not listed and self.r.random() < (0.05 if every else 0.2)
        many = listed or (series and self.r.random() < 0.4)
        texts = ", ".join(f'"text {n}"' for n in range(self.r.choice((2, 3)) if many else 1))
        send = f"send {texts}"
        send += self.w.maybe(
            0.12, f"to {self.r.choice(('tutor', 'manager', 'tutors', 'role &dean&'.replace('&', chr(34))))}"
        )
        send += self.w.maybe(0.12, "urgent")
        parts.append(send)
        if self.r.random() < 0.15:
            parts.append(f'notify {self.r.choice(("tutor", "manager", "learner"))} "a notice"')
        if series:
            parts.append(self._repeat(many))
        return "\n  ".join(parts)

    def _repeat(self, many: bool) -> str:
        every = self.r.choice(("1 day", "2 days", "1 week", "6 hours", "1 month"))
        at = self.w.maybe(0.3, f"at {self.w.at()}") if "hour" not in every else ""
        up_to = "" if many and self.r.random() < 0.7 else f" up to {self.r.choice((1, 2, 3))} times"
        return f"repeat every {every}{at}{up_to}"

    def _wait(self) -> str:
        at = f"at {self.w.at()}"
        days = self.r.choice(("1 day", "1 day", "2 days", "3 days", "1 week", "1 month"))
        return self.r.choice(
            (
                f"wait {days} {at}",
                f"wait {days} {at}",
                f"wait {days} {at}",
                f"wait {days}",
                f"wait {self.r.choice(('90 minutes', '2 hours', '72 hours', '24 hours'))}",
                f"wait 2 hours {at}",
                f"wait at least {days} {at}",
                f"wait 1 day 4 hours{self.w.maybe(0.3, at)}",
                f"wait {self.r.choice((1, 2, 5))} working days{self.w.maybe(0.6, at)}".replace(
                    " 1 working days", " 1 working day"
                ),
                f"wait until {self.r.choice(WEEKDAYS)} {at}",
                f"wait until {self.w.day(0, 60)} {at}",
                f"wait up to {self.r.choice(('3 days', '7 days', '36 hours'))} for {self.fact()}",
            )
        )

    # --- facts and conditions -----------------------------------------------------------------------------

    def trigger(self) -> str:
        chance = self.r.random()
        if chance < 0.65:
            return self.fact()
        if chance < 0.8:
            return f"{self.fact()} and {self._beside()}"
        if chance < 0.92:
            return f"{self.fact()} {self.r.choice(('and', 'or', 'or'))} {self.fact()}"
        return f"({self.fact()} or {self.fact()}) and {self.r.choice((self.fact(), self._beside()))}"

    def _beside(self) -> str:
        """A condition that may stand in a trigger: the calendar alone may not."""
        negated = self.w.maybe(0.3, "not ").strip(" ")
        negated = negated + " " if negated else ""
        return negated + self.r.choice(
            (
                f"in group {self.r.choice(self.w.groups)}",
                f"{self._activity()} complete",
                f"{self._activity()} passed",
                f"{self._activity()} failed",
                f"{self._activity()} submitted",
                f"{self._activity()} viewed",
                'profile department is "Arts"',
                'enrolled as "student"',
            )
        )

    def fact(self) -> str:
        """One entry of the column "After"."""
        n = self.w.maybe(0.3, f"{self.r.choice((2, 2, 3))} times")
        activity = self._activity()
        choices = [
            (f"completion of {activity}", 12),
            ("completion of course", 2),
            (f"passing {activity}{n}", 4),
            (f"failing {activity}{n}", 4),
            (f"grade of {activity} {self._limit()}", 4),
            (f"submission of {activity}{n}", 3),
            (f"viewing of {activity}{n}", 3),
            ("enrolment", 5),
            ("first access", 2),
            (f"access{n}", 3),
            (f"{self._inactive()} without access", 5),
            (f"joining group {self.r.choice(self.w.groups)}", 4),
            (f"leaving group {self.r.choice(self.w.groups)}{n}", 3),
            (self._date(), 4),
            (f'event "badge"{n}', 3),
        ]
        if self.earlier:
            rule = self.r.choice(self.earlier)
            choices += [(f"completion of {rule}", 10), (f"sending of {rule}{n}", 8)]
        return self.r.choices([one for one, _ in choices], [weight for _, weight in choices])[0]

    def condition(self) -> str:
        chance = self.r.random()
        if chance < 0.75:
            return self._condition()
        if chance < 0.9:
            return f"{self._condition()} {self.r.choice(('and', 'or'))} {self._condition()}"
        return f"({self._condition()} or {self._condition()}) and not ({self._condition()} or {self._condition()})"

    def _condition(self) -> str:
        activity = self._activity()
        choices = [
            (f"{activity} complete", 8),
            ("course complete", 1),
            (f"{activity} passed", 3),
            (f"{activity} failed", 3),
            (f"grade of {activity} {self._limit()}", 3),
            (f"{activity} submitted", 2),
            (f"{activity} viewed", 2),
            (f'enrolled as "{self.r.choice(("student", "teacher"))}"', 1),
            (f"active within {self._inactive()}", 3),
            (f"{self._inactive()} without access", 3),
            (f"in group {self.r.choice(self.w.groups)}", 3),
            (f"{self._date()} is over", 3),
            (f"profile department {self.r.choice(('is', 'contains', 'starts with'))} &Arts&".replace("&", '"'), 2),
            ("profile department is empty", 1),
            (f"today is {self.r.choice(WEEKDAYS)}", 1),
            (f"before {self.w.day()}", 1),
            (f"after {self.w.day()}", 2),
        ]
        if self.earlier:
            rule = self.r.choice(self.earlier)
            choices += [(f"{rule} sent", 4), (f"{rule} complete", 3)]
        found = self.r.choices([one for one, _ in choices], [weight for _, weight in choices])[0]
        return f"not {found}" if self.r.random() < 0.15 else found

    def _activity(self) -> str:
        return self.r.choice(self.w.activities)

    def _limit(self) -> str:
        return self.r.choice(("below 10", "above 8", "at least 50%", "at most 10", "below 50%"))

    def _inactive(self) -> str:
        return self.r.choice(("2 days", "3 days", "7 days", "36 hours"))

    def _date(self) -> str:
        choices = [f"deadline of {self._activity()}"] * 3 + ["start of course", "end of course", "end of enrolment"]
        return self.r.choice([*choices, *self.w.dates, *self.w.dates])
