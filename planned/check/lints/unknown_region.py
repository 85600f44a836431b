"""A country or region whose holidays nobody knows.

A country has the code of two letters of ISO 3166, a region in it that of the country and its own: `FR`, `FR-57`,
`CA-QC`.

Wrong:

    quiet on holidays of FRA-75

Right:

    quiet on holidays of FR

---
Un pays ou une région dont personne ne connaît les jours fériés.

Un pays s'écrit avec son code ISO 3166 à deux lettres, une région avec celui du pays, puis le sien : `FR`, `FR-57`,
`CA-QC`.

Faux :

    silence les jours fériés de FRA-75

Juste :

    silence les jours fériés de FR
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity
from planned.syntax import ast

NAME = "unknown-region"

COUNTRY = Message(
    NAME,
    Severity.ERROR,
    "The holidays of {region} are not known.",
    "Les jours fériés de {region} ne sont pas connus.",
    "Write a country's code of two letters: FR, BE, CA-QC",
    "Écrivez le code du pays en deux lettres : FR, BE, CA-QC",
)
SUBDIVISION = Message(
    NAME,
    Severity.ERROR,
    "The holidays of {country} are known, but not those of {region}.",
    "Les jours fériés de {country} sont connus, mais pas ceux de {region}.",
    "Known are: {known}",
    "Sont connus : {known}",
)
WHOLE = Message(
    NAME,
    Severity.ERROR,
    SUBDIVISION.en,
    SUBDIVISION.fr,
    "Write {country} alone: it has no subdivisions.",
    "Écrivez {country} seul : ce pays n'a pas de subdivisions.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    declared = [
        statement
        for surveyed in subject.declaring
        for statement in surveyed.file.statements
        if isinstance(statement, ast.QuietHolidays)
    ]
    if not declared:
        return
    # Importing it takes longer than linting a file that names no holidays.
    from holidays.utils import list_supported_countries  # noqa: PLC0415 – slower than a lint

    countries = list_supported_countries(include_aliases=True)
    for statement in declared:
        country, _, subdivision = statement.region.partition("-")
        span = subject.place_of(statement.region, statement.span)
        args = {"region": statement.region, "country": country}
        if country not in countries:
            yield Diagnostic(COUNTRY, span, args)
        elif subdivision and subdivision not in countries[country]:
            known = ", ".join(f"{country}-{one}" for one in countries[country])
            yield Diagnostic(SUBDIVISION if known else WHOLE, span, args | {"known": known})
