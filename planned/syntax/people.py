"""Addresses of contacts, and notices to people without a message."""

from __future__ import annotations

import re

from planned.diagnostics import Diagnostic
from planned.syntax import said
from planned.syntax.broken import Broken

_ADDRESS = re.compile(r"""(?P<open>["«“<(] ?)?(?P<address>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)(?(open) ?[»”>")])""")


def address(place: Broken) -> Diagnostic | None:
    """`contact helpdesk "Help desk" help@school.org`."""
    first, here = place.row[place.start], place.here
    name, title = place.lexeme(place.start + 1), place.lexeme(place.start + 2)
    if here is None or name is None or title is None or "CONTACT" not in first.terminals:
        return None
    for begin in (here.start, (place.before or here).start, (place.after or here).start):
        match = _ADDRESS.match(place.src.text, begin)
        if match is None:
            continue
        titled = title.kind == "text" and title.end <= begin
        start = title.end if titled else begin
        new = "" if titled else f'"{place.written(name)}"'
        fix = place.replaced(start, match.end(), new, new)
        args = {"word": match["address"], "name": place.written(name), "address": match["address"]}
        return Diagnostic(said.ADDRESS, place.src.span(*match.span()), args, fix=fix)
    return None


def unsaid(place: Broken) -> Diagnostic | None:
    """`notify tutor`, `avertir le formateur` and no more."""
    if "STRING" not in place.expected:
        return None
    for k in range(place.at - 1, max(place.at - 4, place.start), -1):
        if "NOTIFY" in place.row[k].terminals and k < place.at - 1:
            last = place.row[place.at - 1]
            return place.report(said.MISSING_MESSAGE, place.row[k + 1], last, word=place.written(place.row[k], last))
    return None


def recipient(place: Broken) -> Diagnostic | None:
    """`send "Hello" to help@school.org`."""
    here, before = place.here, place.before
    if here is None or before is None or not here.text.startswith("@"):
        return None
    match = _ADDRESS.match(place.src.text, before.start)
    if match is None or "CONTACT" in place.row[place.start].terminals:
        return None
    name = re.sub(r"\W+", "_", match["address"].split("@")[0])
    span = place.src.span(*match.span())
    return Diagnostic(said.RECIPIENT_ADDRESS, span, {"name": name, "address": match["address"]})
