"""Facts, dates and conditions in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from types import ModuleType
from typing import Literal

from planned.check import graph
from planned.check.graph import All, Any, Atom, Kind, Not, atoms_of
from planned.diagnostics import Language, french
from planned.engine.calendar import wall_of
from planned.engine.event import Instant
from planned.engine.explain import words_en, words_fr
from planned.engine.phrases import duration, enumeration, full_date, long_date, number, short_time, weekdays
from planned.engine.why import atom_values, date_name
from planned.syntax.ast import Duration

TURNS, IS, IS_NOT = 0, 1, 2
"""The forms of a fact: as it turns true or happens, as it is true, as it is not."""

Joint = Literal["if", "that"]
_COMPLETIONS = (Kind.COMPLETE, Kind.COURSE_COMPLETE)
_VISITS = (Kind.WITHOUT_ACCESS, Kind.ACTIVE_WITHIN)


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things in one language about one rule."""

    language: Language
    rule: graph.Rule
    groups: Mapping[str, str]
    """What the author calls a group, by its id."""

    @property
    def words(self) -> ModuleType:
        return words_fr if self.language == "fr" else words_en

    def say(self, name: str, /, **values: object) -> str:
        """A sentence of the tables, set as French is."""
        return self.set(self.words.SENTENCES[name]).format_map(values)

    def set(self, template: str) -> str:
        return french(template) if self.language == "fr" else template

    def quoted(self, text: str) -> str:
        return f"«\u00a0{text}\u00a0»" if self.language == "fr" else f"“{text}”"

    def list(self, items: list[str], last: str = "and") -> str:
        return enumeration(items, self.say(last))

    # --- times ---

    def span(self, length: Duration) -> str:
        return duration(length, self.language)

    def day(self, day: date) -> str:
        return long_date(day, self.language)

    def full_day(self, day: date) -> str:
        return full_date(day, self.language)

    def time(self, at: time) -> str:
        return short_time(at, self.language)

    def moment(self, instant: Instant, zone: str) -> str:
        """`Thursday 3 September 2026 at 14:10`."""
        wall = wall_of(instant, zone)
        return self.say("at", day=self.full_day(wall.date()), time=self.time(wall.time()))

    def days(self, days: frozenset[int], last: str = "and") -> str:
        return weekdays(days, self.language, self.say(last))

    def number(self, value: float) -> str:
        return number(value, self.language)

    # --- facts ---

    def fact(self, atom: Atom, form: int) -> str:
        template: str = self.words.FACTS[atom.kind][form]
        return self.set(template).format_map(self.values(atom))

    def values(self, atom: Atom) -> dict[str, str]:
        said = atom_values(atom, self.language)
        key = atom.key if atom.kind in (Kind.RULE_COMPLETE, Kind.SENDING, Kind.IS_SENT) else atom.title or atom.key
        said["x"] = self.quoted(key)
        if self.language == "en" and said.get("op", "").startswith("at "):
            said["op"] = f"of {said['op']}"
        said["nth"] = said["times"] = ""
        if atom.times > 1:
            said["nth"] = (
                f" pour la {atom.times}e fois" if self.language == "fr" else f" for the {_nth(atom.times)} time"
            )
            said["times"] = f" {atom.times} fois" if self.language == "fr" else f" {atom.times} times"
        said["day"] = self.day(atom.day) if atom.day else ""
        said["date"] = self.date(atom.date, atom.title) if atom.date else ""
        return said

    def date(self, day: graph.CourseDate, title: str = "") -> str:
        """What a date is called in a sentence: `the deadline of “Essay 1”`."""
        own = day.what in ("deadline", "start", "end", "end-of-enrolment")
        if day.what == "deadline":
            titles = dict(self.rule.context.activities.values())
            title = title or titles.get(day.activity or "") or day.activity or ""
        named = self.quoted(title or day.what)
        said = date_name(day, named, self.language, {})
        return said if own or self.language == "fr" else f"the date {said}"

    # --- expressions ---

    def expr(self, expr: graph.Expr, joint: Joint, *, value: bool = True) -> str:
        """A condition as it is true, or with `value` False as it is not; French repeats its `si` or `que`."""
        match expr:
            case Atom():
                return self.fact(expr, IS if value else IS_NOT)
            case Not(item):
                return self.expr(item, joint, value=not value)
            case All(items) | Any(items):
                both = isinstance(expr, All) is value
                parts = [self._part(item, joint, value) for item in items]
                return f" {self.say('and' if both else 'or')} ".join(
                    [parts[0], *(self._joined(joint, p) for p in parts[1:])]
                )

    def _part(self, expr: graph.Expr, joint: Joint, value: bool) -> str:
        while isinstance(expr, Not):
            expr, value = expr.item, not value
        said = self.expr(expr, joint, value=value)
        return said if isinstance(expr, Atom) else f"({said})"

    def _joined(self, joint: Joint, said: str) -> str:
        word = self.say(f"joint.{joint}")
        if not word:
            return said
        if word == "que" and said.lstrip("(")[:1] in "aeiouéh":
            return f"qu'{said}"
        return f"{word} {said}"

    # --- notes ---

    def notes(self, expr: graph.Expr) -> Iterator[str]:
        """What else one has to know of the facts of an expression, each once."""
        atoms = atoms_of(expr)
        if any(atom.kind in _COMPLETIONS for atom in atoms):
            yield self.say("complete.any")
        if any(atom.kind is Kind.GRADE for atom in atoms):
            yield self.say("grade.latest")
        if any(atom.kind in _VISITS for atom in atoms):
            yield self.say("visits")
        if any(atom.kind is Kind.WITHOUT_ACCESS for atom in atoms):
            yield self.say("visits.over")
        for day in dict.fromkeys(atom.date for atom in atoms if atom.date is not None):
            yield from self.date_notes(day)
            if any(one.at is None for one in day.declared):
                yield self.say("date.ends")

    def date_notes(self, day: graph.CourseDate) -> Iterator[str]:
        """When a declared date is; of all others that the platform says it."""
        if not day.declared:
            yield self.say("date.unknown")
            return
        yield self.say("date.is", when=self.list([self._declared(one) for one in day.declared]))

    def _declared(self, one: graph.Declared) -> str:
        when = self.say("on_day", day=self.full_day(one.day))
        if one.at is not None:
            when = self.say("at", day=when, time=self.time(one.at))
        return (
            when
            if one.group is None
            else self.say("date.group", when=when, x=self.quoted(self.groups.get(one.group, one.group)))
        )


def _nth(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
