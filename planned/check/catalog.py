"""What the catalogue says about the names in rules."""

from __future__ import annotations

from planned.check.facts import activity_source
from planned.check.known import CatalogActivity, CatalogCourse
from planned.check.scope import Placed, Scope
from planned.check.subject import Subject
from planned.syntax import ast


def course_of(subject: Subject, course: str | None) -> CatalogCourse | None:
    """None without a catalogue, for rules of every course, and for a course that it does not have."""
    catalog = subject.known.catalog
    return catalog.courses.get(course) if catalog is not None and course is not None else None


def source_of(scope: Scope, name: ast.Name) -> str:
    """What events call an activity: the id that it is declared with, else its name."""
    declared = scope.find("activity", name.text)
    return activity_source(declared.node) if declared and isinstance(declared.node, ast.Activity) else name.text


def activity_of(subject: Subject, placed: Placed, name: ast.Name) -> CatalogActivity | None:
    course = course_of(subject, placed.course)
    return course.activities.get(source_of(placed.scope, name)) if course is not None else None
