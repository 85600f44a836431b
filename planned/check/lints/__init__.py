"""The lints, each in its own file: its page is the docstring, its words stand beside it, `check` finds the mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from planned.check.lints import (
    cycle,
    duplicate_name,
    impossible_time,
    mixed_languages,
    no_course,
    no_time_zone,
    renamed_rule,
    template,
    unknown_activity,
    unknown_name,
    unknown_region,
    unknown_zone,
    unnamed_rule,
)
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Lint:
    """One lint by its public name."""

    name: str
    check: Callable[[Subject], Iterator[Diagnostic]]
    page: str


def _lint(module: ModuleType) -> Lint:
    return Lint(module.NAME, module.check, module.__doc__ or "")


LINTS: tuple[Lint, ...] = tuple(
    _lint(module)
    for module in (
        unknown_name,
        unknown_activity,
        duplicate_name,
        renamed_rule,
        template,
        cycle,
        impossible_time,
        unknown_zone,
        unknown_region,
        no_course,
        no_time_zone,
        mixed_languages,
        unnamed_rule,
    )
)
