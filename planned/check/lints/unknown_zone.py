"""A time zone that does not exist.

Zones have the names of the IANA database, a region and a city: `Europe/Paris`, `America/Montreal`, `Indian/Reunion`.

Wrong:

    timezone Europe/Pari

Right:

    timezone Europe/Paris

---
Un fuseau horaire qui n'existe pas.

Les fuseaux portent les noms de la base IANA, une région et une ville : `Europe/Paris`, `America/Montreal`,
`Indian/Reunion`.

Faux :

    fuseau Europe/Pari

Juste :

    fuseau Europe/Paris
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity
from planned.syntax import ast
from planned.zones import names

NAME = "unknown-zone"
MOST_SHOWN = 60
"""Characters: longer than any zone."""

UNKNOWN = Message(
    NAME,
    Severity.ERROR,
    "There is no time zone {zone}.",
    "Le fuseau horaire {zone} n'existe pas.",
    "Zones are named after a region and a city: Europe/Paris",
    "Les fuseaux portent le nom d'une région et d'une ville : Europe/Paris",
)
NEAR = Message(NAME, Severity.ERROR, UNKNOWN.en, UNKNOWN.fr, "Did you mean {nearest}?", "Vouliez-vous dire {nearest} ?")


def check(subject: Subject) -> Iterator[Diagnostic]:
    unknown = [
        statement
        for surveyed in subject.declaring
        for statement in surveyed.file.statements
        if isinstance(statement, ast.Timezone) and statement.zone not in names()
    ]
    zones = sorted(names()) if unknown else []
    for statement in unknown:
        yield _unknown(subject, statement, zones)


def _unknown(subject: Subject, statement: ast.Timezone, zones: list[str]) -> Diagnostic:
    by_city = {zone.rpartition("/")[2]: zone for zone in zones}
    found = subject.nearest(statement.zone, zones)
    if found is None and (city := subject.nearest(statement.zone, by_city)):
        found = by_city[city]
    span = subject.place_of(statement.zone, statement.span)
    shown = statement.zone if len(statement.zone) <= MOST_SHOWN else statement.zone[:MOST_SHOWN] + "…"
    fix = Fix((Edit(span, found),)) if found and span != statement.span else None
    return Diagnostic(NEAR if found else UNKNOWN, span, {"zone": shown, "nearest": found}, fix=fix)
