"""Which places of a folder of rules speak of the same thing: where it is declared, and every mention of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from planned.check.mentions import Mentioned
from planned.check.scope import Declared, NameKind, Placed, Scope, Section
from planned.check.subject import LINE_END, Subject
from planned.diagnostics import Edit, Span
from planned.syntax import ast
from planned.syntax.to_phrases import bare

Thing = tuple[str, object]
"""Its kind, and what tells it from the others of the kind."""
_ACTIVITY = re.compile(r"""\bactivity(?:\.(?P<point>[^\W\d]\w*)|\[\s*["'](?P<quoted>[^"'\n]*)["']\s*\])""")


@dataclass(frozen=True, slots=True)
class Place:
    """`declares`: it is the declaration. `form`: a name of the language, or one in a text, after a point or quoted."""

    span: Span
    declares: bool = False
    form: Literal["name", "point", "quoted"] = "name"


class Names:
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.places: dict[Thing, list[Place]] = defaultdict(list)
        self.rules: dict[Thing, Placed] = {}
        self.titles: dict[Thing, tuple[str, ast.Text | None]] = {}
        """Of what is declared: its name and what it is called for readers."""
        seen: set[Span] = set()
        for thing, place in self._all():
            if place.span not in seen and place.span.line > 0:
                seen.add(place.span)
                self.places[thing].append(place)

    def at(self, path: str, line: int, column: int) -> tuple[Thing, Place] | None:
        """What stands at a place: lines and columns from 1."""
        for thing, places in self.places.items():
            for place in places:
                span = place.span
                if span.file == path and (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
                    return thing, place
        return None

    def renamed(self, thing: Thing, new: str) -> list[Edit]:
        """Every place with another name. A rule says what it was: what waits belongs to its name."""
        edits = [_edit(place, new) for place in self.places[thing]]
        rule = self.rules.get(thing)
        if rule is not None and rule.node.name is not None and rule.node.was is None:
            end = rule.node.name.span
            after = Span(end.file, end.end_line, end.end_column, end.end_line, end.end_column)
            word = "était" if rule.file.language == "fr" else "was"
            edits.append(Edit(after, f" {word} {written(rule.node.name.text)}"))
        return edits

    # --- every place -------------------------------------------------------------------------------------

    def _all(self) -> Iterator[tuple[Thing, Place]]:
        survey = self.subject.survey
        for surveyed in self.subject.declaring:
            for section in (surveyed.head, *surveyed.sections):
                yield from self._declarations(section)
        for placed in survey.rules:
            thing = _rule(placed)
            self.rules.setdefault(thing, placed)
            self.titles.setdefault(thing, (placed.name, placed.node.title))
            if placed.node.name is not None:
                yield thing, Place(placed.node.name.span, declares=True)
            yield from self._in_texts(placed.node, placed.scope)
        for mentioned in self.subject.mentions:
            yield self._meant(mentioned), Place(mentioned.name.span)
        for scenario in survey.scenarios:
            for name in _people(scenario.node):
                yield ("person", (id(scenario.node), name.text)), Place(name.span)

    def _declarations(self, section: Section) -> Iterator[tuple[Thing, Place]]:
        for kind, names in section.names.items():
            for declared in (one for same in names.values() for one in same):
                name, thing = declared.node.name, _declared(kind, section, declared)
                self.titles.setdefault(thing, (name.text, said_of(declared.node)))
                yield thing, Place(name.span, declares=True)

    def _meant(self, one: Mentioned) -> Thing:
        name = one.name.text
        kind: NameKind | None = "activity" if one.kind == "target" else None if one.kind == "rule" else one.kind
        if kind is not None and (found := _found(one.scope, kind, name)) is not None:
            return found
        if one.kind in ("rule", "target") and (rules := self.subject.survey.rules_named(one.course, name)):
            return _rule(rules[0])
        return kind or "rule", (one.course, name)

    def _in_texts(self, rule: ast.Rule, scope: Scope) -> Iterator[tuple[Thing, Place]]:
        """Activities that texts of a rule speak of, also in its templates: `{{ activity.Quiz1.title }}`."""
        texts = [span for step in rule.steps for span in _texts(step, scope)]
        for span in [*texts, *([rule.title.span] if rule.title else [])]:
            for place, name in self._activities(span):
                thing = _found(scope, "activity", name)
                if thing is not None:
                    yield thing, place

    def _activities(self, span: Span) -> Iterator[tuple[Place, str]]:
        lines = LINE_END.split(self.subject.sources.get(span.file, ""))
        for number in range(span.line, min(span.end_line, len(lines)) + 1):
            for match in _ACTIVITY.finditer(lines[number - 1]):
                start, end = match.span("point") if match["point"] else match.span("quoted")
                if (span.line, span.column) <= (number, start) and (number, end) < (span.end_line, span.end_column):
                    place = Span(span.file, number, start + 1, number, end + 1)
                    name = match["point"] or match["quoted"]
                    yield Place(place, form="point" if match["point"] else "quoted"), name


def said_of(node: ast.Statement) -> ast.Text | None:
    """What a declaration says of its name: a title, a subject, a display name, the source's id."""
    match node:
        case ast.Activity(title=text) | ast.DateDecl(title=text) | ast.Topic(title=text):
            return text
        case ast.Template(subject=text) | ast.Contact(display=text) | ast.Group(source_id=text):
            return text
        case _:
            return None


def _texts(step: ast.Step, scope: Scope) -> Iterator[Span]:
    sent: tuple[ast.Send | ast.Notify, ...] = (step.send, *step.notices)
    for one in sent:
        messages = one.messages if isinstance(one, ast.Send) else (one.message,)
        if one.subject is not None:
            yield one.subject.span
        for message in messages:
            if isinstance(message, ast.Text):
                yield message.span
            elif (declared := scope.find("template", message.text)) is not None:
                template = declared.node
                if isinstance(template, ast.Template):
                    yield template.text.span
                    if template.subject is not None:
                        yield template.subject.span


def _people(scenario: ast.Scenario) -> Iterator[ast.Name]:
    for line in scenario.lines:
        name = line.person if isinstance(line, ast.Given) else line.who
        if isinstance(name, ast.Name):
            yield name


def _rule(placed: Placed) -> Thing:
    return "rule", (placed.course, placed.name, placed.node.name is None and placed.order)


def _declared(kind: NameKind, section: Section, declared: Declared) -> Thing:
    first = next(one for one in section.names[kind][declared.node.name.text] if one.imported == declared.imported)
    return kind, id((first if kind == "date" else declared).node)


def _found(scope: Scope, kind: NameKind, name: str) -> Thing | None:
    declared = scope.dates(name)[:1] if kind == "date" else [one for one in [scope.find(kind, name)] if one]
    return (kind, id(declared[0].node)) if declared else None


def _edit(place: Place, new: str) -> Edit:
    if place.form == "name":
        return Edit(place.span, written(new))
    if place.form == "quoted" or new.isidentifier():
        return Edit(place.span, new)
    point = Span(place.span.file, place.span.line, place.span.column - 1, place.span.line, place.span.end_column)
    return Edit(point, f"['{new}']")


def written(name: str) -> str:
    """A name as rules have it, in quotes where it needs them."""
    return name if bare(name) else '"' + name.replace('"', '\\"') + '"'
