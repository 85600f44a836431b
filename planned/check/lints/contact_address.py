"""A contact's address in a rule file.

Addresses stand in the settings, below `[contacts]`, by the contact's name: a rule file may be passed on. In the rule
file a contact has its name and what readers see as sender.

Wrong:

    contact helpdesk "helpdesk@example.org"
    rule welcome after enrolment send "Hello!" from helpdesk

Right:

    contact helpdesk "Help desk"
    rule welcome after enrolment send "Hello!" from helpdesk

---
L'adresse d'un contact dans un fichier de règles.

Les adresses figurent dans les réglages, sous `[contacts]`, au nom du contact : un fichier de règles peut circuler. On y
donne au contact son nom et ce que les lecteurs voient comme expéditeur.

Faux :

    contact scolarite "scolarite@example.org"
    règle accueil après l'inscription envoyer "Bonjour !" de la part de scolarite

Juste :

    contact scolarite "La scolarité"
    règle accueil après l'inscription envoyer "Bonjour !" de la part de scolarite
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity
from planned.syntax import ast
from planned.syntax.said import ADDRESS

NAME = ADDRESS.name
SHOWN = Message(NAME, Severity.WARNING, ADDRESS.en, ADDRESS.fr, ADDRESS.help_en, ADDRESS.help_fr)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for surveyed in subject.survey.files:
        for one in surveyed.file.statements:
            if isinstance(one, ast.Contact) and re.fullmatch(r"\s*<?[\w.+-]+@[\w-]+(\.[\w-]+)+>?\s*", one.display.text):
                address = one.display.text.strip(" <>")
                fix = Fix((Edit(one.display.span, f'"{one.name.text}"'),))
                args = {"word": address, "name": one.name.text, "address": address}
                yield Diagnostic(SHOWN, one.display.span, args, fix=fix)
