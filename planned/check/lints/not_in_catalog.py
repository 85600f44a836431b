"""A name that the platform does not have, says its catalogue (`--catalog`, `planned catalog`).

Courses, activities and groups are compared by the ids that events have; a name of the platform is proposed where it
is alike. Roles and the kinds of `event "…"` are looked up, too, if the catalogue lists them. It is a warning: the
catalogue may be older than the course.

Wrong:

    course NUM101
    rule relance after completion of Quizz1 send "Well done!"
    rule early after joining group erly send "Hello!"

Right:

    course NUM101
    activity Quiz1 is "12"
    rule relance after completion of Quiz1 send "Well done!"
    rule early after joining group "7" send "Hello!"

---
Un nom que la plateforme ne connaît pas, d'après son catalogue (`--catalog`, `planned catalog`).

Cours, activités et groupes se comparent par les identifiants qu'ont les événements ; un nom de la plateforme est
proposé s'il est proche. Les rôles et les genres d'`événement « … »` sont vérifiés aussi, si le catalogue en a la
liste. C'est un avertissement : le catalogue peut être plus ancien que le cours.

Faux :

    cours NUM101
    règle relance après l'achèvement de Quizz1 envoyer "Bravo !"
    règle matin après l'entrée dans le groupe mattin envoyer "Bonjour !"

Juste :

    cours NUM101
    activité Quiz1 est "12"
    règle relance après l'achèvement de Quiz1 envoyer "Bravo !"
    règle matin après l'entrée dans le groupe "7" envoyer "Bonjour !"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planned.check.catalog import course_of
from planned.check.facts import activity_source, one_space
from planned.check.known import Catalog, CatalogCourse
from planned.check.lints.unknown_name import written
from planned.check.mentions import leaves
from planned.check.scope import Placed, SurveyedFile
from planned.check.subject import Subject
from planned.check.times import exprs
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "not-in-catalog"
NEEDS = ("catalog",)

_NEAR_EN, _NEAR_FR = "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?"


def _pair(en: str, fr: str) -> tuple[Message, Message]:
    """Without and with a name that is alike."""
    return (
        Message(
            NAME,
            Severity.WARNING,
            en,
            fr,
            "If the name is right, add it to the catalogue.",
            "Si ce nom est juste, ajoutez-le au catalogue.",
        ),
        Message(NAME, Severity.WARNING, en, fr, _NEAR_EN, _NEAR_FR),
    )


COURSE = _pair("The catalogue has no course {quoted}.", "Le catalogue ne contient pas de cours {cite}.")
ACTIVITY = _pair(
    "The catalogue has no activity {quoted} in this course.",
    "Le catalogue ne contient pas d'activité {cite} dans ce cours.",
)
GROUP = _pair(
    "The catalogue has no group {quoted} in this course.",
    "Le catalogue ne contient pas de groupe {cite} dans ce cours.",
)
ROLE = _pair("The catalogue has no role {quoted}.", "Le catalogue ne contient pas de rôle {cite}.")
EVENT = _pair("No source gives events {quoted}.", "Aucune source ne donne d'événements {cite}.")
CALLED = {
    "activity": Message(
        NAME,
        Severity.WARNING,
        "Events call this activity {id}.",
        "Dans les événements, cette activité s'appelle {id}.",
        'Declare it: activity {name} is "{id}"',
        'Déclarez-la : activité {name} est "{id}"',
    ),
    "group": Message(
        NAME,
        Severity.WARNING,
        "Events call this group {id}.",
        "Dans les événements, ce groupe s'appelle {id}.",
        'Declare it: group {name} is "{id}"',
        'Déclarez-le : groupe {name} est "{id}"',
    ),
}
"""Where the platform's name is used in place of its id."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    catalog = subject.known.catalog
    assert catalog is not None
    for surveyed in subject.survey.files:
        yield from _declarations(subject, surveyed, catalog)
    yield from _mentions(subject)
    for placed in subject.survey.rules:
        yield from _roles_and_events(subject, placed, catalog)


def _declarations(subject: Subject, surveyed: SurveyedFile, catalog: Catalog) -> Iterator[Diagnostic]:
    """The courses, and what is declared in them."""
    course: CatalogCourse | None = None
    for statement in surveyed.file.statements:
        match statement:
            case ast.Course(id=name):
                course = catalog.courses.get(name.text)
                if course is None:
                    yield _unknown(subject, COURSE, name.span, name.text, {id: id for id in catalog.courses})
            case ast.EveryCourse():
                course = None
            case ast.Activity() if course is not None:
                where = statement.source_id or statement.name
                yield from _activity(subject, course, where.span, activity_source(statement), statement.name)
            case ast.Group(source_id=text) if course is not None:
                yield from _group(subject, course, text.span, one_space(text.text), statement.name)
            case _:
                pass


def _mentions(subject: Subject) -> Iterator[Diagnostic]:
    """The names that nothing declares."""
    for mention in subject.mentions:
        course, name = course_of(subject, mention.course), mention.name
        if course is None or mention.scope.declares("group" if mention.kind == "group" else "activity"):
            continue  # where some are declared, the others are unknown-name's and unknown-activity's
        if mention.kind == "group":
            yield from _group(subject, course, name.span, name.text, name)
        elif mention.kind == "activity" or (
            mention.kind == "target" and not subject.survey.rules_named(mention.course, name.text)
        ):
            yield from _activity(subject, course, name.span, name.text, name)


def _activity(subject: Subject, course: CatalogCourse, span: Span, source: str, name: ast.Name) -> Iterator[Diagnostic]:
    if source not in course.activities:
        names = {one.id: one.name for one in course.activities.values()}
        yield _by_name(subject, "activity", ACTIVITY, span, source, name, names)


def _group(subject: Subject, course: CatalogCourse, span: Span, source: str, name: ast.Name) -> Iterator[Diagnostic]:
    if source not in course.groups:
        yield _by_name(subject, "group", GROUP, span, source, name, course.groups)


def _by_name(
    subject: Subject,
    kind: str,
    pair: tuple[Message, Message],
    span: Span,
    source: str,
    name: ast.Name,
    names: Mapping[str, str],
) -> Diagnostic:
    """`names`: what the platform calls them, by id."""
    for id, title in names.items():
        if title == source:
            return Diagnostic(CALLED[kind], span, {"id": id, "name": written(name.text)})
    return _unknown(
        subject, pair, span, source, {**{title: title for title in names.values()}, **{id: id for id in names}}
    )


def _roles_and_events(subject: Subject, placed: Placed, catalog: Catalog) -> Iterator[Diagnostic]:
    if catalog.roles is not None:
        for span, role in _roles(placed):
            if role not in catalog.roles:
                yield _unknown(subject, ROLE, span, role, {one: one for one in sorted(catalog.roles)})
    if catalog.events is not None:
        for expr in exprs(placed):
            for leaf in leaves(expr):
                if isinstance(leaf, ast.CustomEvent) and leaf.kind.text not in catalog.events:
                    known = {one: one for one in sorted(catalog.events)}
                    yield _unknown(subject, EVENT, leaf.kind.span, leaf.kind.text, known)


def _roles(placed: Placed) -> Iterator[tuple[Span, str]]:
    for expr in exprs(placed):
        for leaf in leaves(expr):
            if isinstance(leaf, ast.EnrolledAs):
                yield leaf.role.span, leaf.role.text
    for step in placed.node.steps:
        for who in (step.send.to, step.send.sender, *(notice.who for notice in step.notices)):
            if who is not None and who.kind == "role" and who.name is not None:
                yield who.name.span, who.name.text


def _unknown(
    subject: Subject, pair: tuple[Message, Message], span: Span, name: str, known: Mapping[str, str]
) -> Diagnostic:
    found = subject.nearest(name, known)
    args = {"quoted": f'"{name}"', "cite": f"« {name} »", "nearest": written(found or "")}
    return Diagnostic(pair[found is not None], span, args)
