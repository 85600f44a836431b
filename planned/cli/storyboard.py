"""`planned dry-run` without events: for each rule what becomes of a few imagined learners."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import date

from planned.check.graph import Graph, Rule
from planned.check.scope import survey
from planned.cli.terminal import plain, wants_color, width
from planned.cli.timeline import BOLD, COLORS, RESET, page_width
from planned.diagnostics import Language
from planned.engine.decision import Outcome
from planned.engine.decision_json import decision_object, local
from planned.engine.explain.facts import Voice
from planned.engine.explain.rule import voice_of
from planned.engine.explain.story import Moment, Story, moments, speaking, stories
from planned.engine.phrases import column_time
from planned.runtime.clock import SystemClock, datetime_of
from planned.runtime.files import LoadedRules
from planned.sources.event_json import event_line
from planned.zones import zone_of

MARKS = {Outcome.SENT: "→", Outcome.PENDING: "…"}
"""Before what a rule does; `✗` before what does not leave, nothing before what a learner does."""


class Storyboard:
    """The stories of some rules. `rule` and `learner` choose; None: all."""

    def __init__(
        self,
        loaded: LoadedRules,
        all_rules: Graph,
        *,
        course: str | None,
        language: Language | None,
        zone: str,
        today: date | None,
        rule: str | None = None,
        learner: str | None = None,
    ) -> None:
        self.rules = speaking(all_rules, language) if language else all_rules
        self.placed = {(one.course, one.name): one for one in survey(loaded.files, loaded.imports, course).rules}
        self.zone = zone
        self.today = today or datetime_of(SystemClock().now()).astimezone(zone_of(zone)).date()
        self.rule, self.learner = rule, learner
        self.page = page_width(sys.stdout)
        self.color = wants_color(sys.stdout)

    def told(self) -> Iterator[tuple[Rule, Voice, list[Story]]]:
        for rule in self.rules.rules:
            if self.rule is None or rule.name == self.rule:
                voice = voice_of(rule, self.placed[rule.course, rule.name])
                found = stories(self.rules, voice, self.today, self.zone)
                yield rule, voice, [one for one in found if self.learner is None or one.learner == self.learner]

    def objects(self) -> Iterator[str]:
        """One JSON object for each imagined learner: the rule, what he shows, his events and the decisions."""
        for rule, _, found in self.told():
            for story in found:
                yield json.dumps(
                    {
                        "rule": rule.name,
                        "course": rule.course,
                        "learner": story.learner,
                        "shows": story.shows,
                        "title": story.title,
                        "events": [json.loads(event_line(event)) for event in story.events],
                        "decisions": [decision_object(one) for one in story.decisions],
                    },
                    ensure_ascii=False,
                )

    def lines(self) -> Iterator[str]:
        """Rule by rule, learner by learner, day by day."""
        for number, (rule, voice, found) in enumerate(self.told()):
            if number:
                yield ""
            yield self._paint(f"{plain(rule.name)} – {plain(rule.source)}", BOLD)
            if not found:
                yield f"  {voice.say('examples.none')}"
            for story in found:
                yield ""
                yield f"  {self._paint(plain(story.title), BOLD)}"
                yield from self._story(voice, rule, story)

    def _story(self, voice: Voice, rule: Rule, story: Story) -> Iterator[str]:
        zone = story.decisions[0].zone if story.decisions else rule.context.zone or self.zone
        told = list(moments(voice, story))
        days = [voice.full_day(local(one.at, zone).date()) for one in told]
        wide = max(width(day) for day in days)
        before = ""
        for day, one in zip(days, told, strict=True):
            shown = "" if day == before else day
            before = day
            time = column_time(local(one.at, zone).time(), voice.language)
            head = f"    {shown}{' ' * (wide - width(shown))}  {time}  "
            yield from self._moment(head, one)

    def _moment(self, head: str, one: Moment) -> Iterator[str]:
        mark = "  " if one.decision is None else f"{MARKS.get(one.decision.outcome, '✗')} "
        text = plain(mark + " ".join(one.text.split("\n")))
        room = 10_000 if self.page is None else max(20, self.page - width(head))
        for number, part in enumerate(textwrap.wrap(text, room, drop_whitespace=False, subsequent_indent="  ")):
            said = part.rstrip()
            said = self._paint(said, COLORS[one.decision.outcome]) if one.decision is not None else said
            yield f"{head if not number else ' ' * width(head)}{said}"

    def _paint(self, text: str, color: str) -> str:
        return f"{color}{text}{RESET}" if self.color else text
