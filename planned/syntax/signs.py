"""Letters and signs that do not belong where they stand: look-alikes, bullets, commas, comments of other languages."""

from __future__ import annotations

import re

from planned.diagnostics import Diagnostic, Edit, Fix
from planned.syntax import clauses, said
from planned.syntax.broken import Broken
from planned.syntax.lexemes import Lexeme, terminals_of
from planned.syntax.values import LOOKALIKE, foreign_letter

_CLAUSES = frozenset(
    {
        *("WAIT", "IF", "UNLESS", "SEND", "AFTER", "EVERY", "NOTIFY", "REPEAT", "THEN", "STOP", "AGAIN_EACH_TIME"),
        *("AGAIN_AFTER", "EXPIRES", "SUBJECT", "UNTIL", "SENDER", "VIA", "TO", "A", "FROM", "URGENT"),
    }
)
_FAR = 80
"""Words."""
_LONGEST = 3000
"""Characters of a list."""


def letters(place: Broken) -> Diagnostic | None:
    """A letter of another alphabet, in a word around the place."""
    for lexeme in (place.here, place.before, place.lexeme(place.at - 2)):
        if lexeme is not None and lexeme.kind == "word":
            args = foreign_letter(place.written(lexeme))
            if args is not None:
                span = place.span(lexeme)
                return Diagnostic(LOOKALIKE, span, args, fix=Fix((Edit(span, str(args["ascii"])),), safe=True))
    return None


_TWICE = re.compile(r"(?<![\w'-])(?P<word>[^\W\d][\w'-]*)[ \n]+(?P=word)(?![\w-])")


def twice(place: Broken) -> Diagnostic | None:
    """A word that stands there twice."""
    here = place.here
    assert here is not None
    begin = place.row[max(place.at - 3, 0)].start
    for match in _TWICE.finditer(place.src.folded, begin, here.end + 40):
        start, end = match.end("word"), match.end()
        first, second = (place.src.text[slice(*span)] for span in (match.span("word"), (end - len(match["word"]), end)))
        if match.start() <= here.end + 1 and (first == second or terminals_of(match["word"])):
            word = place.src.text[slice(*match.span("word"))]
            fix = place.replaced(start, end, "", "")
            return Diagnostic(said.NEEDLESS, place.src.span(end - len(word), end), {"word": word}, fix=fix)
    return None


def stray(place: Broken) -> Diagnostic | None:
    here = place.here
    if here is None or here.kind != "other" or here.text not in ".;:!?,–—-*•)]}{[":
        return None
    start = place.before.end if place.before is not None else here.start
    return place.report(said.STRAY, here, fix=place.replaced(start, here.end, "", "", safe=True))


def commas(place: Broken) -> Diagnostic | None:
    """Commas and semicolons between clauses, all of them at once."""
    here, row = place.here, place.row
    if here is None or not _is_pause(here):
        return None
    found: list[Edit] = []
    for k in range(place.at, min(place.at + _FAR, len(row))):
        after = row[k + 1] if k + 1 < len(row) else None
        if row[k].first and clauses.begins_statement(row[k].terminals) and k > place.at + 1 and not found:
            break
        if _is_pause(row[k]) and (after is None or after.first or after.terminals & _CLAUSES):
            found.append(Edit(place.src.span(row[k - 1].end, row[k].end), ""))
            if after is not None and "\n\n" in place.src.folded[row[k].end : after.start]:
                break
    return place.report(said.STRAY, here, fix=Fix(tuple(found), safe=True)) if found else None


def _is_pause(lexeme: Lexeme) -> bool:
    return lexeme.kind == "other" and lexeme.text in (",", ";")


_BULLET = re.compile(
    r"^[ ]*(?P<x>(?:[-–—*•▪◦·‣►>→✓➢]|\(?\d{1,2}[.)°]|\(?[a-z]\)|step \d+ ?:|etape \d+ ?:)[ ]*)(?=[^\W\d_])",
    re.MULTILINE,
)


def bullets(place: Broken) -> Diagnostic | None:
    """Bullets and numbers before the clauses of a statement, all of them at once."""
    here = place.here
    if here is None:
        return None
    text = place.src.folded
    begin = text.rfind("\n", 0, here.start) + 1
    first = _BULLET.match(text, begin)
    if first is None or not first.start("x") <= here.start <= first.end("x"):
        return None
    gap = text.find("\n\n", begin, begin + _LONGEST)
    found = _BULLET.finditer(text, begin, gap if gap >= 0 else begin + _LONGEST)
    edits = tuple(Edit(place.src.span(*match.span("x")), "") for match in found)
    start, end = first.start("x"), first.start("x") + len(first["x"].rstrip())
    word = place.src.text[start:end]
    return Diagnostic(said.STRAY, place.src.span(start, end), {"word": word}, fix=Fix(edits, safe=True))


_COMMENT = re.compile(
    r"(?P<open>//+|/\*+|<!--+|--+|rem(?= )|\(\*)[ ]*(?P<text>[^\n]*?)(?: *(?:\*/|-->|\*\)))?[ ]*$", re.MULTILINE
)


def comment(place: Broken) -> Diagnostic | None:
    """`// for the others`, `/* … */`, `-- …`: comments as other languages have them."""
    here = place.here
    if here is None:
        return None
    begin = here.start
    match = _COMMENT.match(place.src.folded, begin)
    if match is None or not match["text"] or '"' in match["text"]:
        return None
    text = place.src.text[slice(*match.span("text"))]
    line_begins = place.src.folded.rfind("\n", 0, begin) + 1
    known = terminals_of(match["text"].split(" ")[0]) & _CLAUSES
    if known and place.src.folded[line_begins:begin].strip():
        return None
    span = place.src.span(*match.span())
    sign, right = place.src.text[slice(*match.span("open"))], f"# {text}"
    return Diagnostic(said.COMMENT_SIGN, span, {"word": sign, "right": right}, fix=Fix((Edit(span, right),), safe=True))
