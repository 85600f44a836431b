"""The names that a text of a message may use, section 2.4 of the language, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Shape:
    """What a name holds. `fields` None in a record: any name may be asked for; `any`: nothing is known of it."""

    kind: Literal["text", "number", "list", "record", "any"]
    fields: Mapping[str, Shape] | None = None
    item: Shape | None = None


TEXT: Final = Shape("text")
NUMBER: Final = Shape("number")
ANYTHING: Final = Shape("any")


def _record(**fields: Shape) -> Shape:
    return Shape("record", fields)


USER_FIELDS: Final = (
    "id",
    "firstname",
    "lastname",
    "fullname",
    "email",
    "city",
    "institution",
    "department",
    "language",
)
COURSE_FIELDS: Final = ("id", "shortname", "fullname", "url")

PROFILE: Final = Shape("record", None, TEXT)
USER: Final = _record(**dict.fromkeys(USER_FIELDS, TEXT), groups=Shape("list", item=TEXT), profile=PROFILE)
COURSE: Final = _record(**dict.fromkeys(COURSE_FIELDS, TEXT))
ACTIVITY: Final = _record(title=TEXT, url=TEXT, grade=NUMBER)
RULE: Final = _record(name=TEXT, title=TEXT)
LOOP: Final = _record(index=NUMBER, first=TEXT, last=TEXT, length=NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateNames:
    """What is known where a text stands: the declared activities (None: any), and `learners` in a daily digest."""

    activities: frozenset[str] | None = field(default_factory=frozenset)
    learners: bool = False

    def roots(self) -> dict[str, Shape]:
        """The first words."""
        activities = None if self.activities is None else dict.fromkeys(sorted(self.activities), ACTIVITY)
        known = {
            "user": USER,
            "course": COURSE,
            "activity": Shape("record", activities, ACTIVITY),
            "sender": TEXT,
            "rule": RULE,
            "date": TEXT,
            "time": TEXT,
            "why": TEXT,
        }
        return known | {"learners": Shape("list", item=USER)} if self.learners else known

    def leaves(self) -> Iterator[str]:
        """All that can be written between braces, in full: `user.firstname`. For completion in editors, too."""
        for name, shape in self.roots().items():
            yield from _leaves(name, shape)


def _leaves(name: str, shape: Shape) -> Iterator[str]:
    if shape.kind != "record":
        yield name
        return
    for key, inner in (shape.fields or {}).items():
        path = f"{name}.{key}" if key.isidentifier() else f'{name}["{key}"]'
        yield from _leaves(path, inner)
