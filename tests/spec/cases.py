"""Reads the cases from the Markdown files of this folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.spec import notation

FOLDER = Path(__file__).parent

_FENCE = re.compile(r"^```(.*)$")
_PROBLEM = re.compile(r'(?:([^\s:]+):)?(\d+):(\d+) ([\w-]+) "(.*)"$')


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic that a case expects."""

    file: str
    line: int
    column: int
    name: str
    underlined: str


@dataclass(slots=True)
class Case:
    """One case: `rules` by file name, `spellings` of its first file that mean the same."""

    where: str
    title: str
    prose: str = ""
    rules: dict[str, str] = field(default_factory=dict)
    spellings: list[str] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    zone: str = "Europe/Paris"
    until: str | None = None
    write: list[str] = field(default_factory=list)
    expect: list[notation.Expected] | None = None
    partial: bool = False
    errors: list[Problem] | None = None
    warnings: list[Problem] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.where} {self.title}"


def all_cases() -> list[Case]:
    """Every case of the folder, in the order of the files' names."""
    return [case for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md" for case in cases_of(path)]


def cases_of(path: Path) -> Iterator[Case]:
    case: Case | None = None
    lines = iter(enumerate(path.read_text(encoding="utf-8").split("\n"), 1))
    blocks: list[tuple[str, int, list[str]]] = []
    for number, line in lines:
        if line.startswith("## "):
            if case is not None:
                yield _filled(case, blocks)
            case, blocks = Case(f"{path.name}:{number}", line[3:].strip()), []
        elif case is not None and (fence := _FENCE.match(line)):
            block: list[str] = []
            for _, inner in lines:
                if inner == "```":
                    break
                block.append(inner)
            blocks.append((fence[1].strip(), number, block))
        elif case is not None:
            case.prose += line + "\n"
    if case is not None:
        yield _filled(case, blocks)


def _filled(case: Case, blocks: list[tuple[str, int, list[str]]]) -> Case:
    for head, number, block in sorted(blocks, key=lambda one: one[0] != "options"):
        try:
            _fill(case, head.split(), block)
        except (ValueError, IndexError, KeyError) as error:
            raise ValueError(f"{case.where}, block on line {number}: {error}") from error
    if case.expect is None and case.errors is None and not case.warnings:
        raise ValueError(f"{case.where}: nothing is expected")
    return case


def _fill(case: Case, head: list[str], block: list[str]) -> None:
    lines = [line.strip() for line in block if line.strip()]
    match head:
        case ["rules"]:
            case.rules["case.rules"] = _written(case, block)
        case ["rules", "same"]:
            case.spellings.append(_written(case, block))
        case ["rules", name]:
            case.rules[name] = _written(case, block)
        case ["events"]:
            case.events = [notation.event(line, place, case.zone) for place, line in enumerate(lines, 1)]
        case ["people"]:
            case.people = [notation.person(line) for line in lines]
        case ["options"]:
            for line in lines:
                _option(case, line.split())
        case ["expect", *partial]:
            case.expect = [notation.expected(line) for line in lines]
            case.partial = partial == ["partial"]
        case ["error"]:
            case.errors = [_problem(line) for line in lines]
        case ["warning"]:
            case.warnings = [_problem(line) for line in lines]
        case _:
            raise ValueError(f"unknown block {' '.join(head)!r}")


def _option(case: Case, words: list[str]) -> None:
    match words:
        case ["zone", zone]:
            case.zone = zone
        case ["until", day]:
            case.until = f"{day}T00:00"
        case ["until", day, time]:
            case.until = f"{day}T{time}"
        case ["write", *how]:
            case.write += how
        case _:
            raise ValueError(f"unknown option {' '.join(words)!r}")


def _written(case: Case, block: list[str]) -> str:
    text = "\n".join(block) + "\n"
    if "escapes" in case.write:
        text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    if "nfd" in case.write:
        text = unicodedata.normalize("NFD", text)
    if "crlf" in case.write:
        text = text.replace("\n", "\r\n")
    if "bom" in case.write:
        text = "\ufeff" + text
    return text


def _problem(line: str) -> Problem:
    found = _PROBLEM.match(line)
    if found is None:
        raise ValueError(f"not a diagnostic: {line}")
    return Problem(found[1] or "case.rules", int(found[2]), int(found[3]), found[4], found[5])
