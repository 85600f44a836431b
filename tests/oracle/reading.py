"""The rules as the oracle reads them: each with the declarations that hold for it, straight from the syntax tree."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache, cached_property
from pathlib import PurePosixPath

from planned.syntax import ast
from tests.oracle.calendar_oracle import Parts, Quiet

TWO_DAYS: Parts = ((2, ast.Unit.DAY),)


@cache
def norm(name: str) -> str:
    """A name as it is compared (1.2)."""
    return " ".join(unicodedata.normalize("NFC", name).replace("’", "'").split())


@dataclass(frozen=True, eq=False)
class Rule:
    """`above`: the declarations above it that hold, as (of its own course, statement); `known`: all of its scope."""

    name: str
    course: str | None
    order: int
    file: str
    node: ast.Rule
    above: tuple[tuple[bool, ast.Statement], ...]
    known: tuple[tuple[bool, ast.Statement], ...]
    default_zone: str

    @cached_property
    def timezone(self) -> ast.Timezone | None:
        found = [one for _, one in self.above if isinstance(one, ast.Timezone)]
        return found[-1] if found else None

    @cached_property
    def lateness(self) -> Parts:
        found = [one for _, one in self.above if isinstance(one, ast.Lateness)]
        return found[-1].duration.parts if found else TWO_DAYS

    @cached_property
    def limits(self) -> list[ast.Limit]:
        found = [one for _, one in self.above if isinstance(one, ast.Limit)]
        return list({one.per: one for one in found}.values())

    @cached_property
    def stops(self) -> list[ast.Expr]:
        own = [self.node.stop_once] if self.node.stop_once is not None else []
        return own + [one.condition for _, one in self.above if isinstance(one, ast.StopAll)]

    def _declared(self, kind: type[ast.Statement]) -> list[ast.Statement]:
        """Those of the course replace the file's of that kind (reading 27)."""
        found = [(own, one) for own, one in self.above if isinstance(one, kind)]
        of_course = [one for own, one in found if own]
        return of_course or [one for _, one in found]

    @cached_property
    def quiet(self) -> Quiet:
        hours, weekdays, regions, dates = [], set(), [], []
        for one in self._declared(ast.QuietHours):
            assert isinstance(one, ast.QuietHours)
            hours.append((time(one.start.hour, one.start.minute), time(one.end.hour, one.end.minute)))
        for one in self._declared(ast.QuietWeekdays):
            assert isinstance(one, ast.QuietWeekdays)
            weekdays |= {list(ast.Weekday).index(day) for day in one.days}
        for one in self._declared(ast.QuietHolidays):
            assert isinstance(one, ast.QuietHolidays)
            regions.append(one.region)
        for one in self._declared(ast.QuietDates):
            assert isinstance(one, ast.QuietDates)
            dates.append((one.first.day, one.last.day))
        return Quiet(tuple(hours), frozenset(weekdays), tuple(regions), tuple(dates))

    def _named(self, kind: type[ast.Statement], name: str) -> list[ast.Statement]:
        found = [(own, one) for own, one in self.known if isinstance(one, kind) and norm(one.name.text) == norm(name)]  # type: ignore[union-attr]  # all of `kind` have names
        return [one for own, one in found if own] or [one for _, one in found]

    @cached_property
    def _ids(self) -> dict[str, str]:
        """What events call activities and groups, as far as that was asked for."""
        return {}

    def activity(self, name: ast.Name) -> str:
        """What an event calls it: the source's id where one is bound."""
        return self._id(ast.Activity, name.text)

    def group(self, name: ast.Name) -> str:
        return self._id(ast.Group, name.text)

    def _id(self, kind: type[ast.Activity | ast.Group], name: str) -> str:
        asked = f"{kind.__name__} {name}"
        if asked not in self._ids:
            self._ids[asked] = norm(name)
            for one in self._named(kind, name)[:1]:
                assert isinstance(one, ast.Activity | ast.Group)
                self._ids[asked] = norm(one.source_id.text) if one.source_id else norm(one.name.text)
        return self._ids[asked]

    def dates(self, name: ast.Name) -> list[ast.DateDecl]:
        return [one for one in self._named(ast.DateDecl, name.text) if isinstance(one, ast.DateDecl)]

    def zone_of_declaration(self, declaration: ast.DateDecl) -> str:
        """The file's zone where the date is declared."""
        zone = self.default_zone
        for _, one in self.known:
            if one is declaration:
                return zone
            if isinstance(one, ast.Timezone):
                zone = one.zone
        return zone


def read(files: Sequence[ast.File], default_zone: str) -> list[Rule]:
    """All rules, in the order of the files."""
    rules: list[Rule] = []
    by_path = {PurePosixPath(file.path).name: file for file in files}
    for file in files:
        sections = _sections(list(_spliced(file, by_path)))
        common = [(False, one) for one in sections[0][1]]
        number = 0
        for course, statements in sections:
            own = [] if course == "" else [(True, one) for one in statements]
            known = tuple(common + own)
            for place, (_, one) in enumerate(known):
                if not isinstance(one, ast.Rule) or (course != "" and place < len(common)):
                    continue
                number += 1
                stem = PurePosixPath(file.path).name.removesuffix(".rules")
                name = norm(one.name.text) if one.name else f"{stem}-{number}"
                scope = None if course in ("", None) else course
                rules.append(Rule(name, scope, len(rules), file.path, one, known[:place], known, default_zone))
    return rules


def _spliced(file: ast.File, by_path: Mapping[str, ast.File]) -> Iterator[ast.Statement]:
    for one in file.statements:
        if isinstance(one, ast.Import):
            imported = by_path[PurePosixPath(one.path.text).name]
            yield from (
                inner for inner in _spliced(imported, by_path) if not isinstance(inner, ast.Rule | ast.Scenario)
            )
        else:
            yield one


def _sections(statements: list[ast.Statement]) -> list[tuple[str | None, list[ast.Statement]]]:
    """What stands before any `course` (""), then each course's part (None: each course by itself)."""
    sections: list[tuple[str | None, list[ast.Statement]]] = [("", [])]
    for one in statements:
        if isinstance(one, ast.Course):
            sections.append((norm(one.id.text), []))
        elif isinstance(one, ast.EveryCourse):
            sections.append((None, []))
        else:
            sections[-1][1].append(one)
    return sections
