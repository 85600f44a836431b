"""What is wrong with a text, where, and what to do about it.

The lowest module: it knows nothing of rules. A mistake of an author is a value of this module,
never an exception; the terminal, JSON and an editor render the same objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["en", "fr"]

_CODE = re.compile("(`[^`]*`)")
_LOOSE = re.compile(" (?=[:;?!»](?:\\W|$))|(?<=«) ")


def french(text: str) -> str:
    """French as it is set: no-break spaces before `: ; ? !` and inside « », but not in what is to be typed (`…`)."""
    parts = _CODE.split(text)
    parts[::2] = (_LOOSE.sub("\u00a0", part) for part in parts[::2])
    return "".join(parts)


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an author's file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The stretch from the start of this one to the end of `other`."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that can be said to an author, in every language; `{names}` are filled from a diagnostic's arguments.

    `name` is the lint's or error's public name (`unknown-name`), the same in code, documentation and settings.
    The French is given with plain blanks and kept as it is set (`french`).
    """

    name: str
    severity: Severity
    en: str
    fr: str
    help_en: str = ""
    help_fr: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fr", french(self.fr))
        object.__setattr__(self, "help_fr", french(self.help_fr))


@dataclass(frozen=True, slots=True)
class Edit:
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a mistake; `safe` when it cannot change what the author meant."""

    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    message: Message
    span: Span
    args: Mapping[str, object] = field(default_factory=dict)
    related: tuple[tuple[Span, Message], ...] = ()
    fix: Fix | None = None

    @property
    def name(self) -> str:
        return self.message.name

    @property
    def severity(self) -> Severity:
        return self.message.severity

    def text(self, language: Language) -> str:
        return _fill(self.message.fr if language == "fr" else self.message.en, self.args)

    def help(self, language: Language) -> str:
        return _fill(self.message.help_fr if language == "fr" else self.message.help_en, self.args)


def _fill(template: str, args: Mapping[str, object]) -> str:
    return template.format_map(args) if args else template
