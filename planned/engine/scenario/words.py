"""How moments, people and rules are said where a scenario is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planned.diagnostics import Language
from planned.engine.calendar import wall_of
from planned.engine.event import Instant
from planned.engine.phrases import enumeration, long_date
from planned.syntax import ast
from planned.syntax.to_phrases import Phrases
from planned.syntax.to_text import print_node


@dataclass(frozen=True, slots=True)
class Words:
    """One language; moments are those of the scenario's zone."""

    language: Language
    zone: str

    def say(self, en: str, fr: str) -> str:
        return fr if self.language == "fr" else en

    def day(self, day: date) -> str:
        return long_date(day, self.language)

    def moment(self, at: Instant) -> str:
        """`7 September 2026 at 09:00`, `7 septembre 2026 à 9h`."""
        return f"{self.day(wall_of(at, self.zone).date())} {self.at(at, self.zone)}"

    def at(self, at: Instant, zone: str) -> str:
        wall = wall_of(at, zone)
        said = print_node(ast.TimeOfDay(hour=wall.hour, minute=wall.minute), self.language)
        return self.say(f"at {said}", f"à {said}")

    def wanted(self, expect: ast.Expect) -> str:
        """The day, and the time if there is one, of an expectation."""
        if expect.day is None:
            return ""
        said = self.day(expect.day.day)
        if expect.at is None:
            return said
        return f"{said} {self.say('at', 'à')} {print_node(expect.at, self.language)}"

    def who(self, who: ast.Name | ast.Who | None) -> str:
        if isinstance(who, ast.Who):
            article = "the " if self.language == "en" and who.kind in ("tutor", "tutors", "manager", "learner") else ""
            return article + Phrases(self.language).who_with_article(who)
        return who.text if who else ""

    def among(self, items: Sequence[str]) -> str:
        return enumeration(items, self.say("and", "et"))

    def colon(self, text: str) -> str:
        """What follows a colon, with it."""
        return self.say(f": {text}", f"\u00a0: {text}")
