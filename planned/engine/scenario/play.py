"""A scenario played by the very engine of the dry-run, on invented time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planned.check.graph import Graph, Kind, Rule
from planned.check.index import index
from planned.check.mentions import in_scenario
from planned.check.scope import PlacedScenario, Survey
from planned.diagnostics import Diagnostic
from planned.engine.decision import Decision, Outcome
from planned.engine.plan import all_atoms
from planned.engine.scenario.misses import explain
from planned.engine.scenario.story import Story, tell
from planned.engine.scenario.verdict import by_name, misses
from planned.engine.simulate import simulate

REFERRING = frozenset({Kind.RULE_COMPLETE, Kind.SENDING, Kind.IS_SENT})
"""Facts about another rule."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario. `found`: the expectations that were missed, or what is wrong with its lines.

    `decisions` are those of a dry-run of the story over `graph`, what is still pending at its end included.
    """

    scenario: PlacedScenario
    graph: Graph
    story: Story | None
    decisions: tuple[Decision, ...]
    found: tuple[Diagnostic, ...]

    @property
    def holds(self) -> bool:
        return not self.found


class Stage:
    """Where the scenarios of a set of files are played, one by one. `default_zone` is for files that declare none."""

    def __init__(self, survey: Survey, graph: Graph, default_zone: str = "UTC") -> None:
        self.survey = survey
        self.graph = graph
        self.default_zone = default_zone
        self._courses: dict[str | None, dict[str, Rule]] = {}
        self._graphs: dict[tuple[str | None, frozenset[str]], Graph] = {}

    def play(self, scenario: PlacedScenario) -> Played:
        """Play one scenario with the rules that concern it."""
        graph = self.rules_for(scenario)
        story, wrong = tell(self.survey, scenario, self.default_zone)
        if story is None:
            return Played(scenario, graph, None, (), tuple(wrong))
        decisions = tuple(simulate(graph, story.events, until=story.until, default_zone=self.default_zone))
        came = [one for one in decisions if one.outcome is not Outcome.PENDING]
        missed = misses(scenario.node.lines, came, by_name(graph), story.zone)
        found = explain(missed, self.survey, scenario, graph, story, self.default_zone) if missed else []
        return Played(scenario, graph, story, decisions, tuple(found))

    def rules_for(self, scenario: PlacedScenario) -> Graph:
        """The rules of the scenario's course in its own file, and in the files on whose rules it depends (reading 50).

        These are the files with a rule that it names or that one of its rules refers to. So what a scenario shows does
        not change with the other files that happen to be tested along with it.
        """
        rules = self._course(scenario.course)
        files: set[str] = set()
        ahead = [scenario.file.path, *(rules[name].context.file for name in _named(scenario) if name in rules)]
        while ahead:
            file = ahead.pop()
            if file not in files:
                files.add(file)
                mine = (rule for rule in rules.values() if rule.context.file == file)
                ahead += [rules[name].context.file for rule in mine for name in _referred(rule) if name in rules]
        return self._graph(scenario.course, frozenset(files))

    def _course(self, course: str | None) -> dict[str, Rule]:
        if course not in self._courses:
            self._courses[course] = {rule.name: rule for rule in self.graph.rules if rule.course in (None, course)}
        return self._courses[course]

    def _graph(self, course: str | None, files: frozenset[str]) -> Graph:
        if (course, files) not in self._graphs:
            own = tuple(r for r in self.graph.rules if r.course in (None, course) and r.context.file in files)
            self._graphs[course, files] = Graph(rules=own, index=index(own))
        return self._graphs[course, files]


def _named(scenario: PlacedScenario) -> Iterator[str]:
    for mention in in_scenario(scenario.node):
        if mention.kind == "rule":
            yield mention.name.text


def _referred(rule: Rule) -> Iterator[str]:
    for atom in all_atoms(rule):
        if atom.kind in REFERRING:
            yield atom.key
