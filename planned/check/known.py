"""What is known beside the rule files: the day, the platform's catalogue, the settings. None: nobody has said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CatalogActivity:
    """`id` is the source's, as events have it. `tracked`: whether its completion is, `graded`: whether it has a grade.

    None where that is not known.
    """

    id: str
    name: str
    grade_max: Decimal | None = None
    tracked: bool | None = None
    graded: bool | None = None


@dataclass(frozen=True, slots=True)
class CatalogCourse:
    """Activities and groups (id to name) by the source's ids."""

    id: str
    activities: Mapping[str, CatalogActivity]
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What there is on the platform, so that names can be checked without asking it."""

    courses: Mapping[str, CatalogCourse]
    roles: frozenset[str] | None = None
    events: frozenset[str] | None = None
    """The kinds that `event "…"` can have."""


RuleKey = tuple[str | None, str]
"""A rule's course (None: each) and name."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two rules that reach a learner at the same instant; `day` is an example."""

    first: RuleKey
    second: RuleKey
    day: date


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many messages to one learner on one day; `last` is the rule of the last one."""

    last: RuleKey
    number: int
    day: date
    others: tuple[str, ...]


MANY_A_DAY = 3
"""More messages than these on one day are a crowd."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a simulation of the rules on imagined learners has shown."""

    meetings: tuple[Meeting, ...] = ()
    crowds: tuple[Crowd, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    today: date | None = None
    catalog: Catalog | None = None
    channels: frozenset[str] | None = None
    """The names that `via` can have."""
    poll_seconds: float | None = None
    """How often the sources are asked."""
    foreseen: Foreseen | None = None


NOTHING = Known()
