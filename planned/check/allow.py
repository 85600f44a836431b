"""An allowance that has run out, serves for nothing, or does not say what it must.

A warning that you have seen and want to keep is allowed by a comment, with a last day and a reason. It counts for the
statement in which it stands, or else for the one below it. Errors cannot be allowed.

Wrong:

    # planned: allow unnamed-rule
    after enrolment send "Welcome!"

    # planned: allow unnamed-rule until 2025-12-31 – only for this autumn
    after first access send "Here we go!"

    # planned: allow unnamed-rule until 2099-12-31 – it has a name
    rule well-done after completion of course send "Well done!"

Right:

    # planned: allow unnamed-rule until 2099-12-31 – one line is the point
    after enrolment send "Welcome!"

---
Une dérogation qui est périmée, qui ne sert à rien, ou qui ne dit pas tout ce qu'il faut.

Un avertissement que vous avez vu et voulez garder s'autorise par un commentaire, avec un dernier jour et une raison. Il
vaut pour la phrase où il se trouve, sinon pour celle qui suit. Une erreur ne s'autorise pas.

Faux :

    # planned: allow unnamed-rule
    après l'inscription envoyer "Bienvenue !"

    # planned: allow unnamed-rule until 2025-12-31 – seulement cet automne
    après le premier accès envoyer "C'est parti !"

    # planned: allow unnamed-rule until 2099-12-31 – elle a un nom
    règle bravo après l'achèvement du cours envoyer "Bravo !"

Juste :

    # planned: allow unnamed-rule until 2099-12-31 – tout tient en une ligne
    après l'inscription envoyer "Bienvenue !"
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planned.check.edits import deletion
from planned.check.lints import LINTS, Lint, covers
from planned.check.nearest import nearest
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity, Span
from planned.syntax import ast

NAME = "allowance"

MEANT = re.compile(r"#\s*planned\s*:")
ALLOWANCE = re.compile(
    r"#\s*planned\s*:\s*allow\s+(?P<name>[\w-]+)"
    r"(?:\s+until\s+(?P<until>\d{4}-\d{2}-\d{2})(?!\d)(?:\s*[–—:-]+\s*(?P<reason>\w.*))?)?"
)

_HOW_EN = "Write: # planned: allow {name} until {example} – the reason"
_HOW_FR = "Écrivez : # planned: allow {name} until {example} – la raison"
UNREAD = Message(
    f"{NAME}-incomplete",
    Severity.WARNING,
    "After `# planned:` stands what is allowed.",
    "Après `# planned:` vient ce qui est autorisé.",
    _HOW_EN,
    _HOW_FR,
)
INCOMPLETE = Message(
    f"{NAME}-incomplete",
    Severity.WARNING,
    "This does not say until when {name} is allowed, and why.",
    "On ne sait pas jusqu'à quand {name} est autorisé, ni pourquoi.",
    _HOW_EN,
    _HOW_FR,
)
NO_REASON = Message(
    f"{NAME}-incomplete",
    Severity.WARNING,
    "This does not say why {name} is allowed.",
    "On ne sait pas pourquoi {name} est autorisé.",
    _HOW_EN,
    _HOW_FR,
)
UNKNOWN = Message(
    f"{NAME}-unknown",
    Severity.WARNING,
    "There is no lint called {name}.",
    "Il n'y a pas de contrôle appelé {name}.",
    "The name stands in brackets after each warning.",
    "Le nom figure entre crochets après chaque avertissement.",
)
NEAR = Message(
    UNKNOWN.name, Severity.WARNING, UNKNOWN.en, UNKNOWN.fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?"
)
EXPIRED = Message(
    f"{NAME}-expired",
    Severity.WARNING,
    "{name} was allowed until {until} only.",
    "{name} n'était autorisé que jusqu'au {until}.",
    "Mend what it hides, or give it a later day.",
    "Corrigez ce qu'il masque, ou donnez-lui un jour plus tardif.",
)
UNUSED = Message(
    f"{NAME}-unused",
    Severity.WARNING,
    "Nothing here needs this any more: there is no {name}.",
    "Plus rien ici n'en a besoin : il n'y a pas de {name}.",
    "Delete this comment.",
    "Supprimez ce commentaire.",
)
LATER = "2026-12-31"


@dataclass(frozen=True, slots=True)
class Allowance:
    """`name` is empty and `until` None where the comment does not say them."""

    name: str
    until: date | None
    reason: str
    span: Span
    name_span: Span
    first_line: int
    last_line: int

    def covers(self, one: Diagnostic) -> bool:
        return self.first_line <= one.span.line <= self.last_line and covers(self.name, one.name)

    def expired(self, today: date | None) -> bool:
        return self.until is not None and today is not None and today > self.until


def allowances(file: ast.File) -> Iterator[Allowance]:
    """The allowances among a file's comments, also those that lack something."""
    ends = [statement.span.end_line for statement in file.statements]
    for comment in file.comments:
        if MEANT.match(comment.text) is None:
            continue
        match = ALLOWANCE.match(comment.text)
        said = match.groupdict("") if match else {}
        line, column = comment.span.line, comment.span.column
        start, end = match.span("name") if match else (0, len(comment.text))
        place = bisect_left(ends, line)
        yield Allowance(
            name=said.get("name", ""),
            until=_day(said.get("until", "")),
            reason=said.get("reason", "").strip(),
            span=comment.span,
            name_span=Span(file.path, line, column + start, line, column + end),
            first_line=line,
            last_line=ends[place] if place < len(ends) else line,
        )


def without_allowed(found: Sequence[Diagnostic], subject: Subject, ran: Sequence[Lint]) -> list[Diagnostic]:
    """What is not allowed, and what is wrong with allowances themselves; one of a lint that has not run may serve."""
    kept = list(found)
    for surveyed in subject.survey.files:
        if not surveyed.file.comments:
            continue
        for allowed in allowances(surveyed.file):
            covered = [one for one in found if one.span.file == surveyed.file.path and allowed.covers(one)]
            wrong = _wrong(allowed, covered, subject, ran)
            if wrong is not None:
                kept.append(wrong)
            if wrong is None or wrong.message not in (EXPIRED, UNUSED):
                silenced = {id(one) for one in covered if one.severity is not Severity.ERROR}
                kept = [one for one in kept if id(one) not in silenced]
    return kept


def _wrong(
    allowed: Allowance, covered: Sequence[Diagnostic], subject: Subject, ran: Sequence[Lint]
) -> Diagnostic | None:
    args: dict[str, object] = {
        "name": allowed.name or "NAME",
        "until": allowed.until,
        "example": allowed.until or LATER,
    }
    if not allowed.name:
        return Diagnostic(UNREAD, allowed.span, args)
    if not any(covers(each.name, allowed.name) for each in LINTS):
        near = nearest(allowed.name, [each.name for each in LINTS])
        fix = Fix((Edit(allowed.name_span, near),)) if near else None
        return Diagnostic(NEAR if near else UNKNOWN, allowed.name_span, args | {"nearest": near}, fix=fix)
    if not covered and any(covers(each.name, allowed.name) for each in ran):
        return Diagnostic(UNUSED, allowed.span, args, fix=deletion(subject, allowed.span, safe=True))
    if allowed.until is None:
        return Diagnostic(INCOMPLETE, allowed.span, args)
    if allowed.expired(subject.known.today):
        return Diagnostic(EXPIRED, allowed.span, args)
    return None if allowed.reason else Diagnostic(NO_REASON, allowed.span, args)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
