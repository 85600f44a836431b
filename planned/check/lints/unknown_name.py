"""A name that nothing above declares.

Groups, dates, templates, contacts, topics and rules must be declared above the place where they are used. A rule is
looked for in the same course and among the rules of `every course`, in all files. What stands below counts for
nothing: a declaration holds for what follows it. A course that declares no group at all takes a group's name as it
stands, as events give it. An activity that is not declared is another lint, `unknown-activity`.

Wrong:

    group early is "17"
    rule welcome after joining group erly send "Welcome!"

Right:

    group early is "17"
    rule welcome after joining group early send "Welcome!"

---
Un nom que rien ne déclare plus haut.

Groupes, dates, modèles, contacts, sujets et règles se déclarent avant d'être utilisés. Une règle est cherchée dans le
même cours et parmi les règles de `chaque cours`, dans tous les fichiers. Ce qui vient plus bas ne compte pas : une
déclaration vaut pour ce qui la suit. Un cours qui ne déclare aucun groupe prend les noms de groupes tels quels, comme
les événements les donnent. Une activité non déclarée relève d'un autre contrôle, `unknown-activity`.

Faux :

    groupe matin est "17"
    règle accueil après l'entrée dans le groupe mattin envoyer "Bienvenue !"

Juste :

    groupe matin est "17"
    règle accueil après l'entrée dans le groupe matin envoyer "Bienvenue !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check import mentions
from planned.check.meant import meant
from planned.check.mentions import Mentioned
from planned.check.scope import NameKind, Scope
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity, Span
from planned.syntax import ast

NAME = "unknown-name"

WORDS: dict[mentions.MentionKind, tuple[str, str, str, str]] = {
    "group": ("group", "Aucun groupe", "déclaré", 'group {name} is "…"\tgroupe {name} est « … »'),
    "date": ("date", "Aucune date", "déclarée", "date {name} 2026-10-05\tdate {name} 5 octobre 2026"),
    "template": ("template", "Aucun modèle", "déclaré", 'template {name} "…" """…"""\tmodèle {name} « … » """…"""'),
    "contact": ("contact", "Aucun contact", "déclaré", 'contact {name} "…"\tcontact {name} « … »'),
    "topic": ("topic", "Aucun sujet", "déclaré", 'topic {name} "…"\tsujet {name} « … »'),
}
"""By kind: the English noun, the French one, its participle, how it is declared in both languages."""


_TEXT = {"template": (' – a text needs quotes: send "{name}"', ' – un texte a besoin de guillemets : envoyer "{name}"')}


def _messages(kind: mentions.MentionKind) -> tuple[Message, Message, Message]:
    noun, aucun, participle, examples = WORDS[kind]
    example_en, example_fr = examples.split("\t")
    en, fr = f"No {noun} {{quoted}} is declared.", f"{aucun} {{cite}} n'est {participle}."
    return (
        Message(
            NAME,
            Severity.ERROR,
            en,
            fr,
            f"Declare it above: {example_en}{_TEXT.get(kind, ('', ''))[0]}",
            f"À déclarer plus haut : {example_fr}{_TEXT.get(kind, ('', ''))[1]}",
        ),
        Message(NAME, Severity.ERROR, en, fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?"),
        Message(
            NAME,
            Severity.ERROR,
            f"The {noun} {{quoted}} is declared only below.",
            f"{{cite}} n'est {participle} que plus bas.",
            "A declaration holds for what follows it: move it above this rule.",
            "Une déclaration vaut pour ce qui la suit : placez-la avant cette règle.",
        ),
    )


MESSAGES = {kind: _messages(kind) for kind in WORDS}
NO_RULE = Message(
    NAME,
    Severity.ERROR,
    "No rule of this course is called {quoted}.",
    "Aucune règle de ce cours ne s'appelle {cite}.",
    "Write the name of one of its rules, as it stands after the word “rule”.",
    "Écrivez le nom d'une de ses règles, comme il figure après le mot « règle ».",
)
NO_RULE_NEAR = Message(
    NAME, Severity.ERROR, NO_RULE.en, NO_RULE.fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?"
)


HERE = Message(NAME, Severity.INFO, "It is declared here.", "La déclaration est ici.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    unknown_template: Span | None = None
    for mention in subject.mentions:
        place = mention.name.span
        if mention.kind == "contact" and unknown_template and _one_line(unknown_template, place):
            continue  # `send Hello to all`: a text without quotes, of which the template was said already
        match mention.kind:
            case "activity" | "target":
                pass
            case "rule":
                yield from _rule(subject, mention)
            case kind:
                found = list(_declared(subject, mention, kind))
                unknown_template = place if found and kind == "template" else unknown_template
                yield from found


def _one_line(one: Span, other: Span) -> bool:
    return (one.file, one.line) == (other.file, other.line)


def _rule(subject: Subject, mention: Mentioned) -> Iterator[Diagnostic]:
    name, course = mention.name, mention.course
    if subject.survey.rules_named(course, name.text) or subject.may_be_unread(name.text):
        return
    names = subject.survey.names
    known = subject.survey.anywhere if course is None else {**names.get(course, {}), **names.get(None, {})}
    yield unknown(name, NO_RULE, NO_RULE_NEAR, subject.nearest(name.text, known))


def _declared(subject: Subject, mention: Mentioned, kind: NameKind) -> Iterator[Diagnostic]:
    name, scope = mention.name, mention.scope
    if kind == "group" and not scope.declares("group"):
        return
    if scope.find(kind, name.text) is not None or subject.may_be_unread(name.text, mention.file):
        return
    plain, near, below = MESSAGES[kind]
    if (place := declared_below(scope, kind, name.text)) is not None:
        yield unknown(name, below, below, None, related=((place, HERE),))
    elif (word := meant(kind, name.text, scope)) is not None:
        args = {"quoted": f'"{name.text}"', "cite": f"« {name.text} »", "en": word.en, "fr": word.fr}
        yield Diagnostic(_other(plain), name.span, args)
    else:
        known = (one.node.name.text for one in scope.known(kind))
        yield unknown(name, plain, near, subject.nearest(name.text, known))


def _other(plain: Message) -> Message:
    return Message(NAME, Severity.ERROR, plain.en, plain.fr, "Did you mean `{en}`?", "Vouliez-vous écrire `{fr}` ?")


def declared_below(scope: Scope, kind: NameKind, name: str) -> Span | None:
    """Where the name is declared, if that is further down in its section or the head."""
    for section in (scope.section, scope.head):
        for declared in section.names.get(kind, {}).get(name, ()):
            return declared.node.name.span
    return None


def unknown(
    name: ast.Name, plain: Message, near: Message, found: str | None, related: tuple[tuple[Span, Message], ...] = ()
) -> Diagnostic:
    """`near` if there is a name that was probably meant, else `plain`."""
    args = {
        "quoted": f'"{name.text}"',
        "cite": f"« {name.text} »",
        "name": written(name.text),
        "nearest": written(found or ""),
    }
    fix = Fix((Edit(name.span, written(found)),)) if found else None
    return Diagnostic(near if found else plain, name.span, args, related, fix)


def written(name: str) -> str:
    """A name as it is written in a rule: of several words in quotes."""
    return name if name.replace("-", "_").isidentifier() else f'"{name}"'
