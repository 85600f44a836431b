"""Something that is declared and that no rule uses.

A template that nobody sends is often a message that somebody forgot to send. A file without rules is never flagged:
its declarations are for those that import it.

Wrong:

    template welcome "Welcome" "Hello {{ user.firstname }}!"
    template goodbye "Goodbye" "Goodbye {{ user.firstname }}!"
    rule welcome after enrolment send welcome

Right:

    template welcome "Welcome" "Hello {{ user.firstname }}!"
    template goodbye "Goodbye" "Goodbye {{ user.firstname }}!"
    rule welcome after enrolment send welcome
    rule goodbye after completion of course send goodbye

---
Quelque chose de déclaré qu'aucune règle n'utilise.

Un modèle que personne n'envoie est souvent un message qu'on a oublié d'envoyer. Un fichier sans règles n'est jamais
signalé : ses déclarations servent à ceux qui l'importent.

Faux :

    modèle bienvenue "Bienvenue" "Bonjour {{ user.firstname }} !"
    modèle fin "Au revoir" "Au revoir, {{ user.firstname }} !"
    règle bienvenue après l'inscription envoyer bienvenue

Juste :

    modèle bienvenue "Bienvenue" "Bonjour {{ user.firstname }} !"
    modèle fin "Au revoir" "Au revoir, {{ user.firstname }} !"
    règle bienvenue après l'inscription envoyer bienvenue
    règle fin après l'achèvement du cours envoyer fin
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planned.check.edits import deletion
from planned.check.facts import activity_source
from planned.check.mentions import Mentioned
from planned.check.scope import Declared, NameKind
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "unused-declaration"


def _unused(en: str, fr: str, severity: Severity = Severity.WARNING) -> Message:
    return Message(NAME, severity, f"No rule uses the {en} {{quoted}}.", f"Aucune règle n'utilise {fr} {{cite}}.")


KINDS: Mapping[NameKind, Message] = {
    "template": Message(
        NAME,
        Severity.WARNING,
        "No rule sends the template {quoted}.",
        "Aucune règle n'envoie le modèle {cite}.",
        "Send it, or delete it.",
        "Envoyez-le, ou supprimez-le.",
    ),
    "contact": _unused("contact", "le contact"),
    "topic": _unused("topic", "le sujet"),
    "group": _unused("group", "le groupe"),
    "date": _unused("date", "la date"),
    "activity": _unused("activity", "l'activité", Severity.INFO),
}
"""A course may well declare all its activities: that one is a note. Those that texts name are not looked up."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    used, missing = _used(subject)
    for surveyed in subject.survey.files:
        if surveyed.file.path in subject.unread or not any(
            isinstance(one, ast.Rule) for one in surveyed.file.statements
        ):
            continue
        speaks = any("activity" in text for statement in surveyed.file.statements for text in _texts(statement))
        for section in (surveyed.head, *surveyed.sections):
            for kind, names in section.names.items():
                if (surveyed.file.path, kind) in missing or (speaks and kind == "activity"):
                    continue  # a slip in a name, which says so itself, leaves another one unused
                for declared in names.values():
                    for one in declared:
                        if not one.imported and id(one.node) not in used:
                            yield _diagnostic(subject, kind, one)


def _used(subject: Subject) -> tuple[set[int], set[tuple[str, NameKind]]]:
    """The declarations that something refers to; and the files with names of a kind that nothing declares."""
    used: set[int] = set()
    missing: set[tuple[str, NameKind]] = set()
    for mention in subject.mentions:
        if mention.kind == "rule":
            continue
        kind: NameKind = "activity" if mention.kind == "target" else mention.kind
        found = _meant(mention, kind)
        used |= {id(one.node) for one in found}
        if not found and not (
            mention.kind == "target" and subject.survey.rules_named(mention.course, mention.name.text)
        ):
            missing.add((mention.file.path, kind))
    return used, missing


def _meant(mention: Mentioned, kind: NameKind) -> list[Declared]:
    """What a name refers to: a date for each group, an activity also by the source's id."""
    name = mention.name.text
    if kind == "date":
        return mention.scope.dates(name)
    if (found := mention.scope.find(kind, name)) is not None:
        return [found]
    if kind != "activity":
        return []
    known = mention.scope.known("activity")
    return [one for one in known if isinstance(one.node, ast.Activity) and activity_source(one.node) == name]


def _texts(statement: ast.Statement) -> Iterator[str]:
    match statement:
        case ast.Template(text=text, subject=subject):
            yield text.text
            if subject is not None:
                yield subject.text
        case ast.Rule(title=title, steps=steps):
            if title is not None:
                yield title.text
            for step in steps:
                notices = ((one.message, one.subject) for one in step.notices)
                for message, subject in (*((one, step.send.subject) for one in step.send.messages), *notices):
                    yield from (one.text for one in (message, subject) if isinstance(one, ast.Text))
        case _:
            pass


def _diagnostic(subject: Subject, kind: NameKind, declared: Declared) -> Diagnostic:
    name = declared.node.name
    args = {"quoted": f'"{name.text}"', "cite": f"« {name.text} »"}
    return Diagnostic(KINDS[kind], name.span, args, fix=deletion(subject, declared.node.span, safe=False))
