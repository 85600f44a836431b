"""Words that are nearly a keyword or the beginning of one: misspelt, without its accent, not finished."""

from __future__ import annotations

import re

from planned.diagnostics import Diagnostic, Fix
from planned.syntax import clauses, said, words
from planned.syntax.broken import Broken
from planned.syntax.lexemes import Lexeme, terminals_of
from planned.syntax.likeness import Meant, longer, nearest
from planned.syntax.recover import STRONG

_FACTS = frozenset(
    {
        *("COMPLETION", "COMPLETION_OF_COURSE", "HAPPENING", "GRADE", "DEADLINE", "COURSE_DATE", "JOINING"),
        *("FIRST_ACCESS", "IN_GROUP", "ENROLLED_AS", "ACTIVE"),
    }
)


_REAL_WORDS = frozenset(
    {
        *(
            "with",
            "late",
            "later",
            "than",
            "that",
            "this",
            "what",
            "only",
            "more",
            "less",
            "mail",
            "soon",
            "next",
            "last",
        ),
        *(
            "pas",
            "sont",
            "avec",
            "dans",
            "sans",
            "reste",
            "tout",
            "mais",
            "plus",
            "tard",
            "encore",
            "weekday",
            "matins",
        ),
        *("incomplete", "urgence", "stop", "start", "some", "many", "most", "please", "same", "other", "any", "half"),
    }
)
"""Words that are none of the language, and no misspelt ones either."""


def accent(place: Broken) -> Diagnostic | None:
    """`échec a Quiz1`: a phrase without its accent on `à`."""
    for first in (place.at, place.at - 1, place.at - 2):
        for last in range(max(first, place.at - 1), min(first + 3, len(place.row))):
            if first < place.start or any(one.kind not in ("word", "keyword") for one in place.row[first : last + 1]):
                continue
            text = " ".join(one.text for one in place.row[first : last + 1])
            accented = re.sub(r"\ba\b", "à", text)
            if accented != text and terminals_of(accented):
                span = place.row[first], place.row[last]
                right = re.sub(r"\ba\b", "à", place.written(*span))
                fix = place.replaced(span[0].start, span[1].end, right, right, safe=True)
                return place.report(said.OTHER_WORDS, *span, fix, en=right, fr=right)
    return None


def word(place: Broken) -> Diagnostic | None:
    """A word that is nearly a keyword, or the beginning of one."""
    here = place.here
    assert here is not None
    if here.kind not in ("word", "keyword"):
        return None
    if (found := _begun(place, here)) is not None:
        return found
    if here.kind == "keyword" and clauses.help_of(here.terminals) is not None:
        return None
    in_text = place.follows({"SEND"}, 2) and not here.first
    if here.text in _REAL_WORDS:
        return _misspelt_fact(place)
    near = nearest(here.text, place.expected, 0.85 if in_text else 0.7 if here.kind == "word" else 0.8)
    if near is not None:
        return place.report(said.MISSPELT, here, fix=_as_meant(place, place.at, near), en=near.en, fr=near.fr)
    return _misspelt_fact(place)


def _as_meant(place: Broken, k: int, meant: Meant) -> Fix:
    """Writes what was meant from `row[k]` on, and in place of the words behind it that belong to the phrase."""
    first = last = place.row[k]
    for word in (meant.fr if place.language == "fr" else meant.en).split()[1:]:
        k += 1
        following = place.lexeme(k)
        if following is None or following.text != words.fold(word):
            break
        last = following
    return place.replaced(first.start, last.end, meant.en, meant.fr)


def _begun(place: Broken, here: Lexeme) -> Diagnostic | None:
    """A phrase of several words that is not finished: `sauf`, `étant donné`."""
    best: tuple[int, Lexeme, str, str] | None = None
    expected = place.expected if here.first or place.stop.fresh else place.expected - STRONG
    for phrase, meant in longer(here.text, expected):
        count, last = 0, here
        for lexeme, word in zip(place.row[place.at :], phrase.replace("'", "' ").split(), strict=False):
            if lexeme.text != word:
                break
            count, last = count + 1, lexeme
        if best is None or count > best[0]:
            best = count or 1, last, meant.en, meant.fr
    if best is None:
        return None
    _, last, en, fr = best
    safe = here.text in ("sauf", "unless")
    return place.report(
        said.INCOMPLETE, here, last, place.replaced(here.start, last.end, en, fr, safe=safe), en=en, fr=fr
    )


def _misspelt_fact(place: Broken) -> Diagnostic | None:
    """`complétion de Quiz1`, `completion Quiz1`: the fact was taken for a name."""
    before = place.before
    if (
        before is None
        or before.kind != "word"
        or not place.follows({"AFTER", "AND", "OR", "FOR", "FROM", "UNTIL", "ARTICLE", "BEFORE", "ON_DAY_OF"}, 2)
    ):
        return None
    meant = nearest(before.text, _FACTS, 0.75)
    if meant is None:
        return None
    fix = _as_meant(place, place.at - 1, meant)
    begun = before.text in (words.fold(one).split(" ")[0] for one in meant)
    return place.report(said.INCOMPLETE if begun else said.MISSPELT, before, fix=fix, en=meant.en, fr=meant.fr)
