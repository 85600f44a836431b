"""What one step of one person works with: the plan, the state, and the decisions made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from planned.check.graph import Rule
from planned.engine.decision import Decision
from planned.engine.evaluate import View, zone_for
from planned.engine.event import Instant
from planned.engine.plan import CoursePlan, Plan
from planned.engine.state import Participation, Person, Progress, State, Waiting


class History(Protocol):
    """What is known already of occurrences when a person is recomputed from his events."""

    def anchor(self, rule: Rule, course: str, anchor: Instant) -> Instant:
        """Under which anchor an occurrence stands that was decided already, if this start is its own."""

    def may_start(self, rule: Rule, course: str, anchor: Instant) -> bool | None:
        """Whether this start stands (True), may not be (False), or is for the rule to say (None)."""

    def number(self, rule: Rule, course: str, anchor: Instant, latest: int) -> int:
        """The number of the occurrence that starts at `anchor`, where `latest` is the last one used."""

    def passed(self, rule: Rule, waiting: Waiting) -> bool:
        """Whether the occurrence has passed the step for which it would wait: one inserted behind its back."""


@dataclass(slots=True)
class Scene:
    plan: Plan
    state: State
    person: Person
    out: list[Decision] = field(default_factory=list)
    history: History | None = None
    early: bool = False
    """An event is being brought in, before what time brings at the same instant (4.9)."""

    def course(self, part: Participation) -> CoursePlan:
        return self.plan.course(part.course)

    def view(self, part: Participation, rule: Rule) -> View:
        return View(self.state, self.person, part, rule, zone_for(self.state, self.person, rule), self.early)

    def progress(self, part: Participation, rule: Rule) -> Progress:
        if (found := part.rules.get(rule.name)) is None:
            found = part.rules[rule.name] = Progress()
        return found

    def part(self, course: str) -> Participation:
        if (found := self.person.courses.get(course)) is None:
            found = self.person.courses[course] = Participation(course)
            self.state.course(course).members[self.person.id] = True
            self.state.touched_courses.add(course)
        return found
