"""Finds at the place where reading stopped what people write out of habit (`grammar/habits.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from planned.diagnostics import Diagnostic
from planned.syntax.broken import Broken
from planned.syntax.said import NEEDLESS, OTHER_WORDS, OTHER_WORDS_FOR_INSTANCE

_WINDOW = 120
"""Characters behind the place that are looked at."""
_WORDS_BEFORE = 6


class Habit(NamedTuple):
    """What is written, where (one of these must be expected, none of those), and what to write."""

    pattern: re.Pattern[str]
    where: frozenset[str]
    nowhere: frozenset[str]
    en: str
    fr: str
    safe: bool
    example: bool
    """Whether what to write is only an example."""


def named(place: Broken) -> Diagnostic | None:
    """What is said about a habit at the place where reading stopped."""
    here = place.here or place.before
    if here is None:
        return None
    first = place.row[max(place.start, place.at - _WORDS_BEFORE)].start
    last = place.before.end if place.before is not None else here.end
    for habit in _habits():
        if (habit.where and not habit.where & place.expected) or habit.nowhere & place.expected:
            continue
        for match in habit.pattern.finditer(place.src.folded, first, here.start + _WINDOW):
            if match.start() <= here.start and match.end() >= last:
                return _said(place, habit, match)
    return None


def _said(place: Broken, habit: Habit, match: re.Match[str]) -> Diagnostic:
    start, end = match.span("x" if "x" in match.re.groupindex else 0)
    end = start + len(place.src.folded[start:end].rstrip())
    span = place.src.span(start, end)
    word = " ".join(place.src.text[start:end].split())
    en, fr = (_filled(template, place, match) for template in (habit.en, habit.fr))
    if not en:
        until = re.compile(" *").match(place.src.folded, end)
        fix = place.replaced(start, until.end() if until else end, "", "", safe=habit.safe)
        return Diagnostic(NEEDLESS, span, {"word": word}, fix=fix)
    message = OTHER_WORDS_FOR_INSTANCE if habit.example else OTHER_WORDS
    mended = None if habit.example else place.replaced(start, end, en, fr, safe=habit.safe)
    return Diagnostic(message, span, {"word": word, "en": en, "fr": fr}, fix=mended)


def _filled(template: str, place: Broken, match: re.Match[str]) -> str:
    """What to write, with the author's own words in it."""
    return re.sub(r"\\(\d)", lambda number: place.src.text[slice(*match.span(int(number[1])))], template)


@cache
def _habits() -> tuple[Habit, ...]:
    table = tomllib.loads(resources.files("planned.grammar").joinpath("habits.toml").read_text("utf-8"))
    many, participles = table.pop("words"), table.pop("participles")
    entries = [*_of_participles(participles), *(entry for group in table.values() for entry in group)]
    entries += [("PARTICIPLE", written, en, fr) for written, en, fr, *_ in participles]
    entries.sort(key=lambda entry: entry[-1] == "example")
    return tuple(_habit(many, *entry) for entry in entries)


def _habit(many: Mapping[str, str], where: str, pattern: str, en: str, fr: str, sure: str = "") -> Habit:
    body = re.sub("|".join(many), lambda word: many[word.group()], pattern).replace(" ", r"(?:[ \n]+)")
    begins = r"(?<![\w'-])" if re.match(r"[\w(]", body) else ""
    ends = r"(?![\w-])" if re.search(r"[\w)?]$", body) else ""
    anywhere = frozenset(one for one in where.split() if one[0] != "!")
    nowhere = frozenset(one[1:] for one in where.split() if one[0] == "!")
    compiled = re.compile(f"{begins}(?:{body}){ends}")
    return Habit(compiled, anywhere, nowhere, en, fr, sure == "safe", sure == "example")


def _of_participles(participles: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`when Quiz1 is done`, `pas terminé`, `est terminé`."""
    verb = r"(?: (?:is|has been|was|have been|est|a ete|sont))?"
    for written, en, fr, en_fact, fr_fact in participles:
        after = (rf"after {en_fact} \1", rf"après {fr_fact} \1")
        isnt = (rf"\2 is not {en}", rf"\2 n'est pas {fr}")
        yield "ON_DAY_OF CALENDAR_DAY !THEN", rf"WHEN ?ARTICLE?NAME{verb} (?:{written})", *after, "safe"
        yield "AND", rf"(?P<x>(?:not|pas|non) NAME (?:is |est )?(?:{written}))", *isnt, "safe"
        yield (
            "IS_NOT",
            rf"(?P<x>isn't|isnt|not|(?:n'est )?pas|n'est plus|non) (?:{written})",
            "is not",
            "n'est pas",
            "safe",
        )
