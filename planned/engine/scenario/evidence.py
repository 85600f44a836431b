"""What is at hand to explain a missed expectation: the decisions, and the facts as they were at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planned.check.graph import Graph, Rule
from planned.check.scope import Placed, PlacedScenario, Survey
from planned.engine.content import read
from planned.engine.decision import Decision
from planned.engine.evaluate import View
from planned.engine.event import Instant
from planned.engine.plan import prepare
from planned.engine.scenario.story import Story
from planned.engine.scene import Scene
from planned.engine.simulate import simulate
from planned.engine.state import Progress, State, Waiting
from planned.engine.why import because

LATER = 60 * 86_400_000_000
"""How far beyond the end is looked."""


@dataclass(slots=True)
class Evidence:
    """A scenario that was played. Facts of a moment come from playing it again up to then."""

    survey: Survey
    scenario: PlacedScenario
    graph: Graph
    rules: Mapping[str, Rule]
    story: Story
    default_zone: str
    _decisions: list[Decision] | None = None
    _states: dict[Instant, State] = field(default_factory=dict)

    @property
    def decisions(self) -> Sequence[Decision]:
        """What came of the story, also in the weeks after its end: a message that is late by a day is a near miss."""
        if self._decisions is None:
            until = self.story.until + LATER
            self._decisions = list(simulate(self.graph, self.story.events, until=until, default_zone=self.default_zone))
        return self._decisions

    def after_end(self, one: Decision) -> bool:
        return one.at > self.story.until

    def placed(self, rule: str) -> Placed | None:
        """The rule as its author wrote it; also one of a course that is not this scenario's."""
        own = self.survey.rules_named(self.scenario.course, rule)
        return next(iter(own or self.survey.anywhere.get(rule, ())), None)

    def view(self, rule: Rule, person: str, at: Instant) -> View | None:
        """The facts of a person as they are at a moment; None of one who is not in the course then."""
        state = self._state(at)
        if person not in state.people or self.story.course not in state.people[person].courses:
            return None
        scene = Scene(prepare(self.graph, thrifty=True), state, state.people[person])
        return scene.view(scene.part(self.story.course), rule)

    def progress(self, view: View) -> Progress:
        return view.part.rules.get(view.rule.name) or Progress()

    def because(self, one: Decision, language: str) -> str:
        """Why a message came: `because Alice completed Quiz1 on 3 September`."""
        rule = self.rules[one.rule]
        view = self.view(rule, one.learner, one.at)
        assert view is not None, "who gets a message is in the course"
        found, guards = read(view, one.step - 1, one.at)
        return because(rule, found, guards, one.anchor, language=language, zone=self.story.zone, learner=view.person.id)

    def postponed(self, one: Decision) -> Waiting | None:
        """The message as it waited just before it came, if quiet times or a limit had moved it."""
        view = self.view(self.rules[one.rule], one.learner, one.at - 1)
        for waiting in self.progress(view).waiting if view else ():
            if (waiting.number, waiting.step, waiting.repeat) == (one.occurrence, one.step - 1, one.repeat):
                return waiting if waiting.postponed else None
        return None

    def _state(self, at: Instant) -> State:
        if at not in self._states:
            state = self._states[at] = State(default_zone=self.default_zone)
            for _ in simulate(self.graph, self.story.events, until=at, default_zone=self.default_zone, state=state):
                pass
        return self._states[at]
