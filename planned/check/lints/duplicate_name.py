"""A name that is given twice.

A rule's name is unique in its course over all files, because waiting messages belong to the name; a rule of `every
course` is in each course. Activities, groups, templates, contacts and topics are unique where they are declared,
before any `course` or in one; a date may be declared once for everybody and once for each group.

Wrong:

    course NUM101
    rule welcome after enrolment send "Welcome!"
    rule welcome after first access send "Good to see you!"

Right:

    course NUM101
    rule welcome after enrolment send "Welcome!"
    rule first-visit after first access send "Good to see you!"

---
Un nom donné deux fois.

Le nom d'une règle est unique dans son cours, tous fichiers confondus, car les messages en attente y sont rattachés ;
une règle de `chaque cours` est dans tous les cours. Activités, groupes, modèles, contacts et sujets sont uniques là
où ils sont déclarés, avant tout `cours` ou dans l'un d'eux ; une date peut être déclarée une fois pour tous et une
fois par groupe.

Faux :

    cours NUM101
    règle accueil après l'inscription envoyer "Bienvenue !"
    règle accueil après le premier accès envoyer "Heureux de vous voir !"

Juste :

    cours NUM101
    règle accueil après l'inscription envoyer "Bienvenue !"
    règle premiere-visite après le premier accès envoyer "Heureux de vous voir !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.scope import Declared, NameKind, Placed
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax import ast

NAME = "duplicate-name"


def _error(
    en: str,
    fr: str,
    help_en: str = "Change one of the two names, or take one of the declarations out.",
    help_fr: str = "Changez l'un des deux noms, ou supprimez l'une des deux déclarations.",
) -> Message:
    return Message(NAME, Severity.ERROR, en, fr, help_en, help_fr)


RULE = _error(
    "There is another rule called {quoted} in this course.",
    "Une autre règle de ce cours s'appelle déjà {cite}.",
    "Give one of them another name: waiting messages belong to the name.",
    "Donnez un autre nom à l'une des deux : les messages en attente sont rattachés au nom.",
)
UNNAMED = _error(
    "This rule has no name, and the one that it would get, {quoted}, is taken.",
    "Cette règle n'a pas de nom, et celui qu'elle recevrait, {cite}, est déjà pris.",
    "Give it a name: rule NAME",
    "Donnez-lui un nom : règle NOM",
)
KINDS: dict[NameKind, Message] = {
    "activity": _error("The activity {quoted} is declared twice.", "L'activité {cite} est déclarée deux fois."),
    "group": _error("The group {quoted} is declared twice.", "Le groupe {cite} est déclaré deux fois."),
    "date": _error(
        "The date {quoted} is declared twice for the same people.",
        "La date {cite} est déclarée deux fois pour les mêmes personnes.",
    ),
    "template": _error("The template {quoted} is declared twice.", "Le modèle {cite} est déclaré deux fois."),
    "contact": _error("The contact {quoted} is declared twice.", "Le contact {cite} est déclaré deux fois."),
    "topic": _error("The topic {quoted} is declared twice.", "Le sujet {cite} est déclaré deux fois."),
}
FIRST = Message(NAME, Severity.INFO, "The first one is here.", "La première occurrence est ici.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from _rules(subject)
    for surveyed in subject.declaring:
        for section in (surveyed.head, *surveyed.sections):
            for kind, names in section.names.items():
                for name, declared in names.items():
                    if len(declared) > 1:
                        yield from _twice(kind, name, [one for one in declared if not one.imported])


def _rules(subject: Subject) -> Iterator[Diagnostic]:
    for name, rules in subject.survey.anywhere.items():
        firsts: dict[str | None, Placed] = {}
        for placed in rules:
            first = firsts.get(placed.course) or firsts.get(None) or (rules[0] if placed.course is None else placed)
            if first is placed:
                firsts[placed.course] = placed
            else:
                named = placed.node.name is not None
                yield _duplicate(RULE if named else UNNAMED, name, head_of(placed), head_of(first))


def head_of(placed: Placed) -> Span:
    """Where a rule is named, else where its trigger stands."""
    return placed.node.name.span if placed.node.name else placed.node.trigger.span


def _twice(kind: NameKind, name: str, declared: list[Declared]) -> Iterator[Diagnostic]:
    firsts: dict[str | None, Declared] = {}
    for one in declared:
        group = one.node.group.text if isinstance(one.node, ast.DateDecl) and one.node.group else None
        first = firsts.setdefault(group, one)
        if first is not one:
            yield _duplicate(KINDS[kind], name, one.node.name.span, first.node.name.span)


def _duplicate(message: Message, name: str, span: Span, first: Span) -> Diagnostic:
    args = {"quoted": f'"{name}"', "cite": f"« {name} »"}
    return Diagnostic(message, span, args, related=((first, FIRST),))
