"""Finds at the place where reading stopped what people write out of habit (`grammar/habits.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from planned.diagnostics import Diagnostic, Language
from planned.syntax import words
from planned.syntax.broken import Broken
from planned.syntax.said import NEEDLESS, OTHER_WORDS, OTHER_WORDS_FOR_INSTANCE

_WINDOW = 120
"""Characters behind the place that are looked at."""
_WORDS_BEFORE = 8
_ELIDED = re.compile(r"(?<![\w'-])(sauf )?s'$")
_IF = (("if", "si"), ("unless", "sauf si"))


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


def all_named(place: Broken, anywhere: bool = True) -> Iterator[Diagnostic]:
    """What can be said about habits at the place where reading stopped, most likely first.

    Without `anywhere` those are left out that may stand anywhere: they are many, and slow to look for.
    """
    here = place.here or place.before
    if here is None:
        return
    goes_on = not place.row[place.start].first if place.start < len(place.row) else False
    first = place.row[max(0 if goes_on else place.start, place.at - _WORDS_BEFORE)].start
    last = place.before.end if place.before is not None else here.end
    for habit in _habits_where(place.expected, anywhere):
        for match in habit.pattern.finditer(place.src.folded, first, here.start + _WINDOW):
            if _start(place, match) <= here.start and match.end() >= last:
                found = _said(place, habit, match)
                if found.args.get(place.language) != found.args["word"]:
                    yield found


def _start(place: Broken, match: re.Match[str]) -> int:
    """Where it begins; `s'il` is one word, and `sauf s'il` one clause."""
    elided = _ELIDED.search(place.src.folded, max(match.start() - 8, 0), match.start())
    return elided.start() if elided is not None else match.start()


def _said(place: Broken, habit: Habit, match: re.Match[str]) -> Diagnostic:
    start, end = match.span("x" if "x" in match.re.groupindex else 0)
    end = start + len(place.src.folded[start:end].rstrip())
    span = place.src.span(start, end)
    word = " ".join(place.src.text[start:end].split())
    en, fr = (_filled(template, place.src.text, match) for template in (habit.en, habit.fr))
    if (elided := _ELIDED.search(place.src.folded, max(start - 8, 0), start)) is not None and place.src.folded[
        start:end
    ][:2] == "il":
        start = elided.start()
        span, word = place.src.span(start, end), " ".join(place.src.text[start:end].split())
        en, fr = (f"{one} {rest}".rstrip() for one, rest in zip(_IF[elided[1] is not None], (en, fr), strict=True))
    if not en:
        spaced = place.src.folded[start - 1 : start].isspace()
        until = re.compile(" *").match(place.src.folded, end) if spaced else None
        fix = place.replaced(start, until.end() if until else end, "", "", safe=habit.safe)
        return Diagnostic(NEEDLESS, span, {"word": word}, fix=fix)
    message = OTHER_WORDS_FOR_INSTANCE if habit.example else OTHER_WORDS
    mended = None if habit.example else place.replaced(start, end, en, fr, safe=habit.safe)
    return Diagnostic(message, span, {"word": word, "en": en, "fr": fr}, fix=mended)


def _filled(template: str, text: str, match: re.Match[str]) -> str:
    """What to write, with the author's own words in it."""
    return re.sub(r"\\(\d)", lambda number: text[slice(*match.span(int(number[1])))], template)


@lru_cache(maxsize=256)
def _habits_where(expected: frozenset[str], anywhere: bool) -> tuple[Habit, ...]:
    return tuple(
        habit
        for habit in _habits()
        if (habit.where & expected if habit.where else anywhere) and not habit.nowhere & expected
    )


@cache
def _habits() -> tuple[Habit, ...]:
    table = tomllib.loads(resources.files("planned.grammar").joinpath("habits.toml").read_text("utf-8"))
    many, participles, verbs, comparisons = (
        table.pop(name) for name in ("words", "participles", "verbs", "comparisons")
    )
    entries = [
        *_of_verbs(verbs, participles),
        *(entry for group in table.values() for entry in group),
        *_of_participles(participles),
        *_of_comparisons(comparisons),
    ]
    entries += [
        (
            "IS",
            rf"(?P<x>(?:not|non|pas|jamais)(?: yet| encore)? (?:{written}))",
            f"is not {en}",
            f"n'est pas {fr}",
            "safe",
        )
        for written, en, fr, *_ in participles
    ]
    entries += [("IS", written, en, f"est {fr}") for written, en, fr, *_ in participles]
    entries += [("PARTICIPLE", written, en, fr) for written, en, fr, *_ in participles]
    entries.sort(key=lambda entry: entry[-1] == "example")
    return tuple(_habit(many, *entry) for entry in entries)


def _habit(many: Mapping[str, str], where: str, pattern: str, en: str, fr: str, sure: str = "") -> Habit:
    body = re.sub("|".join(many), lambda word: many[word.group()], pattern).replace(" ", r"(?:[ \n]+)")
    begins = r"(?:(?<![\w'-])|(?<=(?<![\w'-])s')(?=ils? ))" if re.match(r"[\w(]", body) else ""
    ends = r"(?![\w-])" if re.search(r"[\w)?]$", body) else ""
    anywhere = frozenset(one for one in where.split() if one[0] != "!")
    nowhere = frozenset(one[1:] for one in where.split() if one[0] == "!")
    compiled = re.compile(f"{begins}(?:{body}){ends}")
    return Habit(compiled, anywhere, nowhere, en, fr, sure == "safe", sure == "example")


def until_fact(text: str, language: Language) -> str | None:
    """`until course complete` with what happens in place of the condition; None for what is none."""
    folded = words.fold(text)
    for habit in _habits():
        match = habit.pattern.fullmatch(folded) if habit.en.startswith("until ") else None
        if match is not None:
            return _filled(habit.fr if language == "fr" else habit.en, text, match)
    return None


def is_participle(word: str) -> bool:
    """Whether a folded word says what an activity can be: `done`, `rendu`."""
    return any(pattern.fullmatch(word) for pattern in _participles())


@cache
def _participles() -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(resources.files("planned.grammar").joinpath("habits.toml").read_text("utf-8"))
    return tuple(re.compile(written) for written, *_ in table["participles"])


def _of_verbs(verbs: Iterable[Sequence[str]], participles: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`when the learner completes Quiz1`, `si l'apprenant n'a pas terminé Quiz1`: a learner does, an activity is."""
    has = r"(?:has |have |had |is |a |ait |aura |est )?(?:just |already |vient de |deja )?"
    hasnt = r"(?:(?:has not|hasn't|have not|haven't|did not|didn't|does not|doesn't|do not|never|has never)"
    hasnt += r"|n'(?:a|ait|aura) (?:pas|toujours pas|jamais)|ne) (?:yet |encore |already )?(?:even )?"
    for written, word in verbs:
        en, fr, en_fact, fr_fact = next(row[1:5] for row in participles if row[1] == word)
        name = rf"(?:{written})(?!\w)(?: pas)?(?: encore)? ?ARTICLE?"
        yield "", rf"(?P<x>PERSON {hasnt}{name}(?:course|cours)(?! \w+ (?:course|cours)))", *_course("isnt"), "safe"
        yield "", rf"(?P<x>PERSON {hasnt}{name}NAME)", rf"\2 is not {en}", rf"\2 n'est pas {fr}", "safe"
        for when, where in (("(?:after|apres(?: que?'?)?)", ""), ("WHEN", "ON_DAY_OF CALENDAR_DAY WEEKDAY !THEN")):
            trigger = rf"{when} ?(?:que )?PERSON {has}{name}"
            if word == "complete":
                yield where, rf"{trigger}(?:course|cours)", *_course("after"), "safe"
            yield where, rf"{trigger}NAME", rf"after {en_fact} \1", rf"après {fr_fact} \1", "safe"
        yield "VERB_NAME", rf"(?:has |have |had |a |ait |did |will )?(?:{written})", *_DOES[word], "safe"
        if word == "complete":
            yield "", rf"(?P<x>PERSON {has}{name}(?:course|cours))", *_course("is"), "safe"
        yield "", rf"(?P<x>PERSON {has}{name}NAME)", rf"\2 {en}", rf"\2 est {fr}", "safe"


_DOES = {
    "complete": ("completes", "termine"),
    "passed": ("passes", "réussit"),
    "failed": ("fails", "échoue à"),
    "submitted": ("submits", "remet"),
    "viewed": ("views", "consulte"),
}
"""What a person of a scenario does."""


def _course(said: str) -> tuple[str, str]:
    match said:
        case "after":
            return "after completion of course", "après l'achèvement du cours"
        case "is":
            return "course complete", "le cours est achevé"
        case _:
            return "course is not complete", "le cours n'est pas achevé"


def _of_comparisons(comparisons: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`scoring less than 10 on Quiz1`, `si Quiz1 < 10`: it is always a grade of something."""
    got = r"(?:scor(?:es?|ed|ing)|g[eo]t(?:s|ting)?|obtain(?:s|ed|ing)?|has|have|had|having|receiv(?:es?|ed|ing)"
    got += r"|obtient|obtenir|obtenu|avoir(?: (?:eu|obtenu))?|a(?: (?:eu|obtenu))?|eu)"
    what = r"(?:an? |the |une? |la |le )?(?:grade|score|mark|result|note|resultat)"
    number = r"(\d+(?:[.,]\d+)?(?: ?%)?)(?:(?: points?)?(?:/\d+)?)"
    at = r"(?:in|on|at|for|of|to|à|a|au|sur|dans|pour|en|de|du|d')"
    for written, en, fr in comparisons:
        right = rf"grade of \3 {en} \2", rf"la note de \3 {fr} \2"
        yield (
            "",
            rf"(?P<x>(?:PERSON )?(?:{got} )?(?:{what} )?(?:of |de |d')?(?:{written}) ?{number} {at} ?ARTICLE?NAME)",
            *right,
            "safe",
        )
        right = rf"grade of \2 {en} \3", rf"la note de \2 {fr} \3"
        yield "", rf"(?P<x>{what} {at} ?ARTICLE?NAME (?:is |est )?(?:{written}) ?{number})", *right, "safe"
        yield "", rf"(?P<x>NAME (?:grade |score )?(?:is |est )?(?:{written}) ?{number})", *right, "safe"
        right = rf"grade of Quiz1 {en} \2", rf"la note de Quiz1 {fr} \2"
        yield "", rf"(?P<x>{what} (?:is |est )?(?:{written}) ?{number})", *right, "example"


def _of_participles(participles: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`when Quiz1 is done`, `pas terminé`, `est terminé`."""
    verb = r"(?: (?:is|has been|was|have been|are|gets|est|a ete|sont|soit|ait ete|sera))?"
    for written, en, fr, en_fact, fr_fact in participles:
        after = (rf"after {en_fact} \1", rf"après {fr_fact} \1")
        isnt = (rf"\2 is not {en}", rf"\2 n'est pas {fr}")
        past = rf"(?:after|apres(?: que?'?)?) ?ARTICLE?NAME{verb} (?:{written})"
        yield "", rf"{past}(?! (?:and|or|et|ou) )", *after, "safe"
        until = r"(?P<x>(?:until|jusqu'(?:à|a)(?: ce)?(?: que| qu')?)"
        if en == "complete":
            ends = rf"{until} ?ARTICLE?(?:course|cours){verb} (?:{written}))"
            yield "", ends, "until completion of course", "jusqu'à l'achèvement du cours", "safe"
        yield (
            "",
            rf"{until} ?ARTICLE?NAME{verb} (?:{written}))",
            rf"until {en_fact} \2",
            rf"jusqu'à {fr_fact} \2",
            "safe",
        )
        since = r"(?P<x>(?:from|since|starting|depuis|(?:à|a) partir d[eu']|des)"
        yield (
            "",
            rf"{since} ?ARTICLE?NAME{verb} (?:{written}))",
            rf"from {en_fact} \2",
            rf"à partir de {fr_fact} \2",
            "safe",
        )
        yield "", rf"(?P<x>(?:not|pas|non) (?:yet )?(?:{written}) NAME)", *isnt, "safe"
        yield "ON_DAY_OF CALENDAR_DAY !THEN", rf"WHEN ?ARTICLE?NAME{verb} (?:{written})", *after, "safe"
        fact = "|".join(words.fold(one).removeprefix("la ").removeprefix("l'") for one in (en_fact, fr_fact))
        stop = rf"(?:stop|end|arreter|stopper) (?:after|on|at|upon|apres|à|a) ARTICLE?(?:{fact}) NAME"
        yield "", stop, rf"stop once \1 {en}", rf"arrêter dès que \1 est {fr}", "safe"
        been = r"(?:has been|was|had been|gets|a ete|aura ete|sera|soit)"
        yield "", rf"(?P<x>NAME {been} (?:{written}))", rf"\2 {en}", rf"\2 est {fr}", "safe"
        been = (
            r"(?:has not been|hasn't been|was not|wasn't|n'a (?:pas|jamais)(?: encore)? ete|n'a pas|n'est toujours pas)"
        )
        yield "", rf"(?P<x>NAME {been} (?:{written}))", rf"\2 is not {en}", rf"\2 n'est pas {fr}", "safe"
        yield "", rf"(?:if|unless|si|sauf si) (?P<x>(?:{written}) NAME)", rf"\2 {en}", rf"\2 est {fr}", "safe"
        yield "AND", rf"(?P<x>(?:not|pas|non) NAME (?:is |est )?(?:{written}))", *isnt, "safe"
        yield (
            "IS_NOT",
            rf"(?P<x>isn't|isnt|not|(?:n'est )?pas|n'est plus|non) (?:{written})",
            "is not",
            "n'est pas",
            "safe",
        )
