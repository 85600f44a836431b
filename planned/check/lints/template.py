"""A mistake in the text of a message: in its `{{ … }}`, its `{% … %}` or its `%…%`.

Texts are checked before anything is sent, down to the attribute. Names that a text may use are `user`, `course`,
`activity`, `sender`, `rule`, `date`, `time` and `why`, in a daily digest `learners`, too. Each kind of mistake has a
name of its own: `template-syntax`, `template-unknown-name`, `template-unknown-attribute`, `template-unknown-filter`,
`template-banned` and others that begin so. `{firstname}`, `[first name]`, `<<firstname>>` and `%firstname%`, as other
programs have them, are a warning, `template-placeholder`: they would be sent as they stand.

Wrong:

    rule welcome after enrolment send "Hello {{ user.fristname }}!"

Right:

    rule welcome after enrolment send "Hello {{ user.firstname }}!"

---
Une faute dans le texte d'un message : dans ses `{{ … }}`, ses `{% … %}` ou ses `%…%`.

Les textes sont vérifiés avant tout envoi, dans le détail. Un texte peut nommer `user`, `course`, `activity`,
`sender`, `rule`, `date`, `time` et `why`, et dans un bilan quotidien aussi `learners`. Chaque sorte de faute a son
nom : `template-syntax`, `template-unknown-name`, `template-unknown-attribute`, `template-unknown-filter`,
`template-banned` et d'autres qui commencent ainsi. `{prenom}`, `[prénom]`, `<<prénom>>` et `%prénom%`, tels que
d'autres logiciels les écrivent, donnent un avertissement, `template-placeholder` : ils partiraient tels quels.

Faux :

    règle accueil après l'inscription envoyer "Bonjour {{ user.fristname }} !"

Juste :

    règle accueil après l'inscription envoyer "Bonjour {{ user.firstname }} !"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from planned.check.places import inside
from planned.check.scope import Placed, Section
from planned.check.subject import Subject
from planned.check.templates import TemplateNames, TemplateProblem, check_template
from planned.diagnostics import Diagnostic, Edit, Fix
from planned.syntax import ast

NAME = "template"


@dataclass(frozen=True, slots=True)
class Use:
    """A text and what it may name; `where`: the section and place that decide which activities are declared."""

    text: ast.Text
    learners: bool
    placed: Placed | None


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each text once; one that names activities or `learners` once for each place from which it is used."""
    told: set[tuple[int, int, int, str]] = set()
    seen: set[tuple[int, bool, int, int]] = set()
    plain: set[str] = set()
    for use in _uses(subject):
        source = use.text.text
        depends = "activity" in source or "learners" in source
        if _plainly_right(source):
            continue
        if not depends and source in plain:
            continue
        key = (id(use.text), use.learners, *_where(use.placed))
        if depends and key in seen:
            continue
        seen.add(key)
        problems = check_template(source, _names(use))
        if not problems:
            plain.add(source)
        for problem in problems:
            mark = (id(use.text), problem.line, problem.column, problem.message.name)
            if mark not in told:
                told.add(mark)
                yield _diagnostic(subject, use.text, problem)


SHORT = 2_000
WORD = re.compile(r"\{\{ *([a-z_.]+) *\}\}")
KNOWN = frozenset(TemplateNames(activities=frozenset()).leaves())
SPECIAL = frozenset("{}%[")


def _plainly_right(source: str) -> bool:
    """Most texts have nothing but `{{ user.firstname }}` and its like: seeing that is much faster than parsing them."""
    if len(source) > SHORT:
        return False
    rest = WORD.sub(lambda match: "" if match[1] in KNOWN else match[0], source)
    return SPECIAL.isdisjoint(rest)


def _uses(subject: Subject) -> Iterator[Use]:
    used: set[int] = set()
    for placed in subject.survey.rules:
        rule = placed.node
        if rule.title is not None:
            yield Use(rule.title, False, placed)
        for step in rule.steps:
            for message in step.send.messages:
                yield from _message(placed, message, used, learners=False)
            if step.send.subject is not None:
                yield Use(step.send.subject, False, placed)
            for notice in step.notices:
                learners = notice.daily_at is not None
                yield from _message(placed, notice.message, used, learners=learners)
                if notice.subject is not None:
                    yield Use(notice.subject, learners, placed)
    for surveyed in subject.declaring:
        for section in (surveyed.head, *surveyed.sections):
            yield from _unused(section, used)


def _message(placed: Placed, message: ast.MessageRef, used: set[int], *, learners: bool) -> Iterator[Use]:
    if isinstance(message, ast.Text):
        yield Use(message, learners, placed)
        return
    found = placed.scope.find("template", message.text)
    if found is not None and isinstance(found.node, ast.Template):
        used.add(id(found.node))
        yield from _of_template(found.node, learners, placed)


def _unused(section: Section, used: set[int]) -> Iterator[Use]:
    """Templates that no rule sends: nobody knows which activities they may name."""
    for declared in section.names.get("template", {}).values():
        for one in declared:
            if isinstance(one.node, ast.Template) and id(one.node) not in used:
                yield from _of_template(one.node, True, None)


def _of_template(node: ast.Template, learners: bool, placed: Placed | None) -> Iterator[Use]:
    yield Use(node.text, learners, placed)
    if node.subject is not None:
        yield Use(node.subject, learners, placed)


def _where(placed: Placed | None) -> tuple[int, int]:
    return (id(placed.scope.section), placed.scope.place) if placed is not None else (0, 0)


def _names(use: Use) -> TemplateNames:
    if use.placed is None or "activity" not in use.text.text:
        return TemplateNames(activities=None, learners=use.learners)
    declared = frozenset(one.node.name.text for one in use.placed.scope.known("activity"))
    return TemplateNames(activities=declared, learners=use.learners)


def _diagnostic(subject: Subject, text: ast.Text, problem: TemplateProblem) -> Diagnostic:
    span, exact = inside(text, subject.sources.get(text.span.file), problem.line, problem.column, problem.length)
    fix = Fix((Edit(span, problem.replacement),)) if exact and problem.replacement is not None else None
    return Diagnostic(problem.message, span, problem.args, fix=fix)
