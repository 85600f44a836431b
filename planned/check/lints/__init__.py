"""The lints: every module of this package is one. Its docstring is its page, its words stand beside it, `check` finds
the mistakes, in a `Subject`. Nothing lists them: what lies here counts.

    NAME = "lint-name"                 its public name, the module's with hyphens
    NEEDS = ("today", "catalog")       what of `Known` it cannot do without, if anything
    def check(subject: Subject) -> Iterator[Diagnostic]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from planned.check.known import Known
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Lint:
    """One lint by its public name; `page` is in both languages (`planned.check.pages`)."""

    name: str
    check: Callable[[Subject], Iterator[Diagnostic]]
    page: str
    needs: tuple[str, ...] = ()

    def can_run(self, known: Known) -> bool:
        return all(getattr(known, need) is not None for need in self.needs)


def _lint(module: ModuleType) -> Lint:
    return Lint(module.NAME, module.check, module.__doc__ or "", getattr(module, "NEEDS", ()))


LINTS: tuple[Lint, ...] = tuple(
    _lint(import_module(f"{__name__}.{found.name}"))
    for found in sorted(iter_modules(__path__), key=lambda one: one.name)
)
"""In the order of their names."""


def covers(name: str, said: str) -> bool:
    """Whether a lint's name means what was said: its own, or one of a family (`template`, `template-syntax`)."""
    return said == name or said.startswith(f"{name}-")


def wanted(one: Diagnostic, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether it is to be said: errors always, for what is wrong stays wrong; no `select` means all."""
    if one.severity is Severity.ERROR:
        return True
    if any(covers(name, one.name) for name in ignore):
        return False
    return not select or any(covers(name, one.name) for name in select)
