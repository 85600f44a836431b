"""Which declarations hold where: section 1.1 of the language, and reading 27.

A file has a head (before any `course`) and sections, one from each `course` or `every course` to the next.
A declaration holds for what follows it in its section, one of the head for the rest of the file. `survey`
walks the statements once and places every rule and scenario; nothing here judges, that is the lints' part.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from planned.check.policy import Layer, Policy, with_declaration
from planned.syntax import ast

NameKind = Literal["activity", "group", "date", "template", "contact", "topic"]
Named = ast.Activity | ast.Group | ast.DateDecl | ast.Template | ast.Contact | ast.Topic


def kind_of(node: Named) -> NameKind:
    match node:
        case ast.Activity():
            return "activity"
        case ast.Group():
            return "group"
        case ast.DateDecl():
            return "date"
        case ast.Template():
            return "template"
        case ast.Contact():
            return "contact"
        case ast.Topic():
            return "topic"


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of a name; `place` is its number among the file's statements, imported ones counted."""

    node: Named
    place: int
    imported: bool
    zone: str | None


@dataclass(slots=True, eq=False)
class Section:
    """The head of a file, or what stands from one `course` to the next."""

    kind: Literal["head", "course", "every-course"]
    course: str | None = None
    title: str | None = None
    names: dict[NameKind, dict[str, list[Declared]]] = field(default_factory=dict)

    def add(self, declared: Declared) -> None:
        self.names.setdefault(kind_of(declared.node), {}).setdefault(declared.node.name.text, []).append(declared)

    def all(self, kind: NameKind, name: str, before: int) -> list[Declared]:
        return [one for one in self.names.get(kind, {}).get(name, ()) if one.place < before]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The names that hold at one place of a file."""

    head: Section
    section: Section
    place: int

    def find(self, kind: NameKind, name: str) -> Declared | None:
        """The nearest declaration above, the section's before the head's."""
        for section in self._sections():
            if found := section.all(kind, name, self.place):
                return found[-1]
        return None

    def dates(self, name: str) -> list[Declared]:
        """All declarations of a date that hold, in the order of the file: one for everybody and one for each group."""
        for section in self._sections():
            if found := section.all("date", name, self.place):
                own = [one for one in found if not one.imported]
                return own or found
        return []

    def known(self, kind: NameKind) -> Iterator[Declared]:
        """Every declaration of the kind that holds here, the nearest of each name, in the order of the file."""
        seen: set[str] = set()
        for section in self._sections():
            for name, declared in section.names.get(kind, {}).items():
                nearest = next((one for one in reversed(declared) if one.place < self.place), None)
                if nearest is not None and name not in seen:
                    seen.add(name)
                    yield nearest

    def declares(self, kind: NameKind) -> bool:
        return any(section.names.get(kind) for section in self._sections())

    def _sections(self) -> tuple[Section, ...]:
        return (self.head,) if self.section is self.head else (self.section, self.head)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A rule where it stands. `number` is its place in its file from 1, `order` over all files from 0."""

    node: ast.Rule
    name: str
    file: ast.File
    course: str | None
    scope: Scope
    policy: Policy
    number: int
    order: int


@dataclass(frozen=True, slots=True, eq=False)
class PlacedScenario:
    node: ast.Scenario
    file: ast.File
    course: str | None
    scope: Scope
    policy: Policy


@dataclass(frozen=True, slots=True, eq=False)
class SurveyedFile:
    file: ast.File
    head: Section
    sections: tuple[Section, ...]
    """Those below a `course`; the head apart."""
    unscoped: bool
    """It has rules above which stands neither `course` nor `every course`."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """All files of a deployment with their rules placed. `names`: which rules there are, by course, then by name."""

    files: tuple[SurveyedFile, ...]
    rules: tuple[Placed, ...]
    scenarios: tuple[PlacedScenario, ...]
    names: Mapping[str | None, Mapping[str, tuple[Placed, ...]]]
    anywhere: Mapping[str, tuple[Placed, ...]]

    def rules_named(self, course: str | None, name: str) -> tuple[Placed, ...]:
        """The rules of that name that a rule of `course` can mean: its course's and those of every course."""
        if course is None:
            return self.anywhere.get(name, ())
        return (*self.names.get(course, {}).get(name, ()), *self.names.get(None, {}).get(name, ()))


def survey(files: Sequence[ast.File], imports: Mapping[str, ast.File], course: str | None = None) -> Survey:
    """Places the rules of all files. `imports` is by normal path; `course` serves the rules that have none."""
    surveyed: list[SurveyedFile] = []
    rules: list[Placed] = []
    scenarios: list[PlacedScenario] = []
    for file in files:
        surveyed.append(_Walk(file, imports, course, rules, scenarios).run())
    names: dict[str | None, dict[str, list[Placed]]] = {}
    anywhere: dict[str, list[Placed]] = {}
    for rule in rules:
        names.setdefault(rule.course, {}).setdefault(rule.name, []).append(rule)
        anywhere.setdefault(rule.name, []).append(rule)
    return Survey(
        files=tuple(surveyed),
        rules=tuple(rules),
        scenarios=tuple(scenarios),
        names={key: {name: tuple(found) for name, found in named.items()} for key, named in names.items()},
        anywhere={name: tuple(found) for name, found in anywhere.items()},
    )


def imported_path(importing: str, written: str) -> str:
    """Where `import "common.rules"` in a file points to, as the key of `imports`; nothing is read."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(importing.replace("\\", "/")), written))


def stem(path: str) -> str:
    """`relance` of `rules/relance.rules`."""
    return base_name(path).removesuffix(".rules")


def base_name(path: str) -> str:
    """`relance.rules` of `rules/relance.rules`."""
    return posixpath.basename(path.replace("\\", "/"))


def imported_declarations(
    file: ast.File, imports: Mapping[str, ast.File], seen: set[str]
) -> Iterator[tuple[str | None, bool, ast.Statement]]:
    """What an import brings: (course, below a `course` at all, declaration), with the imports of imports.

    `seen` has the files that were brought already and grows: each is brought once, circles do no harm.
    """
    course: str | None = None
    below = False
    for statement in file.statements:
        match statement:
            case ast.Import():
                path = imported_path(file.path, statement.path.text)
                if path in imports and path not in seen:
                    seen.add(path)
                    yield from imported_declarations(imports[path], imports, seen)
            case ast.Course():
                course, below = statement.id.text, True
            case ast.EveryCourse():
                course, below = None, True
            case ast.Rule() | ast.Scenario() | ast.LanguageDecl():
                pass
            case _:
                yield course, below, statement


class _Walk:
    """One pass over the statements of a file."""

    def __init__(
        self,
        file: ast.File,
        imports: Mapping[str, ast.File],
        course: str | None,
        rules: list[Placed],
        scenarios: list[PlacedScenario],
    ) -> None:
        self.file = file
        self.imports = imports
        self.course = course
        self.rules = rules
        self.scenarios = scenarios
        self.place = 0
        self.number = 0
        self.head = Section("head", course)
        self.section = self.head
        self.sections: list[Section] = []
        self.policy = Policy()
        self.brought: dict[str | None, list[ast.Statement]] = {}
        self.unscoped = False

    def run(self) -> SurveyedFile:
        for statement in self.file.statements:
            self.statement(statement)
        return SurveyedFile(self.file, self.head, tuple(self.sections), self.unscoped)

    def statement(self, statement: ast.Statement) -> None:
        match statement:
            case ast.Import():
                self.bring(statement)
            case ast.Course():
                title = statement.title.text if statement.title else None
                self.enter(Section("course", statement.id.text, title))
            case ast.EveryCourse():
                self.enter(Section("every-course"))
            case ast.Rule():
                self.rule(statement)
            case ast.Scenario():
                scope = Scope(self.head, self.section, self.place)
                self.scenarios.append(PlacedScenario(statement, self.file, self.section.course, scope, self.policy))
            case ast.LanguageDecl():
                pass
            case _:
                self.declare(statement, imported=False)

    def enter(self, section: Section) -> None:
        self.section = section
        self.sections.append(section)
        self.policy = replace(self.policy, course=Layer())
        for statement in self.brought.get(section.course, ()):
            self.declare(statement, imported=True)

    def rule(self, node: ast.Rule) -> None:
        self.number += 1
        self.unscoped = self.unscoped or (self.section is self.head and self.course is None)
        self.rules.append(
            Placed(
                node=node,
                name=node.name.text if node.name else f"{stem(self.file.path)}-{self.number}",
                file=self.file,
                course=self.section.course,
                scope=Scope(self.head, self.section, self.place),
                policy=self.policy,
                number=self.number,
                order=len(self.rules),
            )
        )

    def declare(self, statement: ast.Statement, *, imported: bool) -> None:
        self.place += 1
        match statement:
            case ast.Activity() | ast.Group() | ast.DateDecl() | ast.Template() | ast.Contact() | ast.Topic():
                self.section.add(Declared(statement, self.place - 1, imported, self.policy.zone[0]))
            case _:
                self.policy = with_declaration(self.policy, statement, in_course=self.section is not self.head)

    def bring(self, node: ast.Import) -> None:
        """Declarations of the imported head stand where the import stands, those of a course open its sections."""
        path = imported_path(self.file.path, node.path.text)
        if path not in self.imports:
            return
        for course, below, statement in imported_declarations(self.imports[path], self.imports, {path}):
            if below:
                self.brought.setdefault(course, []).append(statement)
            if not below or (self.section is not self.head and self.section.course == course):
                self.declare(statement, imported=True)
