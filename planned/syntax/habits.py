"""Finds at the place where reading stopped what people write out of habit (`grammar/habits.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import count
from typing import Any, NamedTuple

from planned.diagnostics import Diagnostic, Language
from planned.syntax import amounts, words
from planned.syntax.broken import Broken
from planned.syntax.needed import Needed, needed
from planned.syntax.said import NEEDLESS, NOT_SAYABLE, OTHER_WORDS, OTHER_WORDS_FOR_INSTANCE

_WINDOW = 120
"""Characters behind the place that are looked at."""
_WORDS_BEFORE = 8
_LONGEST = 10_000
"""Characters of a line that somebody may have written: what is longer is none of his habits."""
_WORD = re.compile(r"(?:(?<![\w'-])|(?<=(?<![\w'-])s')(?=ils? )|(?=[^\w'-]))(?=[^ \n])")
"""Where a habit can begin: a word, a sign."""
_ELIDED = re.compile(r"(?<![\w'-])(sauf )?s'$")
_GOES_ON = r"(?:send|wait|if|unless|and|or|envoyer|attendre|si|sauf|et|ou)(?!\w)"
"""What follows a condition."""
_IF = (("if", "si"), ("unless", "sauf si"))


class Habit(NamedTuple):
    """What is written, where (one of these must be expected, none of those), and what to write."""

    written: str
    """The pattern as the table has it."""
    needed: Needed
    """What it needs to match. It is made only where that is found: to make all of them takes half a second."""
    where: frozenset[str]
    nowhere: frozenset[str]
    en: str
    fr: str
    safe: bool
    example: bool
    """Whether what to write is only an example."""
    wish: bool
    """Whether it cannot be said: in the place of what to write stands what an author does instead."""

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.written)

    def possible(self, there: frozenset[str]) -> bool:
        """Whether what the pattern needs is among what a text has, as `_needed_in` says."""
        return not any(ones.isdisjoint(there) for ones in self.needed)


def all_named(place: Broken, anywhere: bool = True) -> Iterator[Diagnostic]:
    """What can be said about habits at the place where reading stopped, most likely first.

    Without `anywhere` those are left out that may stand anywhere: they are many, and slow to look for.
    """
    here = place.here or place.before
    if here is None or _line_length(place.src.folded, here.start) > _LONGEST:
        return
    begins = place.start
    goes_on = begins < len(place.row) and (
        not place.row[begins].first or (begins > 0 and place.row[begins - 1].text == ",")
    )
    first = place.row[max(0 if goes_on else place.start, place.at - _WORDS_BEFORE)].start
    last = place.before.end if place.before is not None else here.end
    folded, end = place.src.folded, here.start + _WINDOW
    starts = [
        match.start() for match in _WORD.finditer(folded, first, end) if match.start() <= here.start + len("sauf s'")
    ]
    there = _needed_in(folded[first:end])
    for habit in _habits_where(place.expected, anywhere):
        if not habit.possible(there):
            continue
        pattern = habit.pattern
        for match in filter(None, (pattern.match(folded, start, end) for start in starts)):
            if _start(place, match) <= here.start and match.end() >= last and not _names(place, habit, match):
                found = _said(place, habit, match)
                if found.args.get(place.language) != found.args["word"]:
                    yield found


def _line_length(text: str, at: int) -> int:
    end = text.find("\n", at)
    return (end if end >= 0 else len(text)) - text.rfind("\n", 0, at) - 1


def _names(place: Broken, habit: Habit, match: re.Match[str]) -> bool:
    """Whether what is too much begins with a capital within its line: it is a part of a name."""
    start = match.start("x" if "x" in match.re.groupindex else 0)
    text = place.src.text
    if habit.en or not text[start].isupper() or "/" in match.group():
        return False
    return bool(text[text.rfind("\n", 0, start) + 1 : start].strip())


def _start(place: Broken, match: re.Match[str]) -> int:
    """Where it begins; `s'il` is one word, and `sauf s'il` one clause."""
    elided = _ELIDED.search(place.src.folded, max(match.start() - 8, 0), match.start())
    return elided.start() if elided is not None else match.start()


def _said(place: Broken, habit: Habit, match: re.Match[str]) -> Diagnostic:
    start, end = match.span("x" if "x" in match.re.groupindex else 0)
    end = start + len(place.src.folded[start:end].rstrip())
    blanks = end - start - len(place.src.folded[start:end].lstrip())  # the fix takes them away, nobody sees them
    span = place.src.span(start + blanks, end)
    word = " ".join(place.src.text[start:end].split())
    en, fr = _filled(habit.en, place.src.text, match, "en"), _filled(habit.fr, place.src.text, match, "fr")
    if (elided := _ELIDED.search(place.src.folded, max(start - 8, 0), start)) is not None and place.src.folded[
        start:end
    ][:2] == "il":
        start = elided.start()
        span, word = place.src.span(start, end), " ".join(place.src.text[start:end].split())
        en, fr = (f"{one} {rest}".rstrip() for one, rest in zip(_IF[elided[1] is not None], (en, fr), strict=True))
    if habit.wish:
        return Diagnostic(NOT_SAYABLE, span, {"word": word, "en": en, "fr": fr})
    if not en:
        spaced = place.src.folded[start - 1 : start].isspace()
        until = re.compile(" *").match(place.src.folded, end) if spaced else None
        fix = place.replaced(start, until.end() if until else end, "", "", safe=habit.safe)
        return Diagnostic(NEEDLESS, span, {"word": word}, fix=fix)
    if habit.example:
        en, fr = (amounts.with_own(one, place.src.folded[start:end]) for one in (en, fr))
    message = OTHER_WORDS_FOR_INSTANCE if habit.example else OTHER_WORDS
    mended = None if habit.example else place.replaced(start, end, en, fr, safe=habit.safe)
    return Diagnostic(message, span, {"word": word, "en": en, "fr": fr}, fix=mended)


def _filled(template: str, text: str, match: re.Match[str], language: Language) -> str:
    """What to write, with the author's own words in it; numbers, units and weekdays as the language has them."""
    kinds = {number: name.rstrip("0123456789") for name, number in match.re.groupindex.items()}

    def own(number: re.Match[str]) -> str:
        k = int(number[1])
        written = " ".join(text[slice(*match.span(k))].split())
        normal = amounts.NORMAL.get(kinds.get(k, ""))
        return normal(words.fold(written), language) if normal else written

    return amounts.counted(re.sub(r"\\(\d)", own, template))


@lru_cache(maxsize=256)
def _habits_where(expected: frozenset[str], anywhere: bool) -> tuple[Habit, ...]:
    return tuple(
        habit
        for habit in _habits()
        if (habit.where & expected if habit.where else anywhere) and not habit.nowhere & expected
    )


def prepare() -> None:
    """Makes all patterns before a mistake needs one, which takes half a second."""
    _all_needed()
    for habit in _habits():
        _pattern(habit.written)


@cache
def tables() -> Mapping[str, Any]:
    """The habits as they are written, by group."""
    folder = resources.files("planned.grammar")
    files = (folder.joinpath(name).read_text("utf-8") for name in ("habits.toml", "habits_beyond.toml"))
    return {name: group for text in files for name, group in tomllib.loads(text).items()}


@cache
def _habits() -> tuple[Habit, ...]:
    table = dict(tables())
    many, participles, verbs, comparisons = (
        table.pop(name) for name in ("words", "participles", "verbs", "comparisons")
    )
    opened = {word: needed(_opened(many, word), {}) for word in many}
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
    return tuple(_habit(opened, *entry) for entry in entries)


def _habit(opened: Mapping[str, Needed], where: str, written: str, en: str, fr: str, sure: str = "") -> Habit:
    anywhere = frozenset(one for one in where.split() if one[0] != "!")
    nowhere = frozenset(one[1:] for one in where.split() if one[0] == "!")
    return Habit(
        written, needed(written, opened), anywhere, nowhere, en, fr, sure == "safe", sure == "example", sure == "wish"
    )


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """The pattern that can match; the group of a number, a unit or a weekday is named after it."""
    many: Mapping[str, str] = tables()["words"]
    counted = count()

    def named(word: re.Match[str]) -> str:
        meant = _opened(many, word.group())
        is_counted = word.group() in amounts.NORMAL
        return meant.replace("(", f"(?P<{word.group()}{next(counted)}>", 1) if is_counted else meant

    body = re.sub("|".join(many), named, written)
    body = re.sub(r" ([?*]?)", lambda blank: r"[ \n]*" if blank[1] else r"[ \n]+", body)
    ends = r"(?![\w-])" if re.search(r"[\w)?]$", body) else ""
    return re.compile(f"(?:{body}){ends}")


def _opened(many: Mapping[str, str], word: str) -> str:
    """What a word of the table stands for."""
    return many[word].replace("NUMBERS", amounts.NUMBER)


@cache
def _all_needed() -> frozenset[str]:
    return frozenset(one for habit in _habits() for ones in habit.needed for one in ones)


def _needed_in(folded: str) -> frozenset[str]:
    """What habits need, as far as it is in a text."""
    return frozenset(one for one in _all_needed() if one in folded)


def until_fact(text: str, language: Language) -> str | None:
    """`until course complete` with what happens in place of the condition; None for what is none."""
    folded = words.fold(text)
    there = _needed_in(folded)
    for habit in _habits():
        if not habit.en.startswith("until ") or not habit.possible(there):
            continue
        if (match := habit.pattern.fullmatch(folded)) is not None:
            return _filled(habit.fr if language == "fr" else habit.en, text, match, language)
    return None


def is_participle(word: str) -> bool:
    """Whether a folded word says what an activity can be: `done`, `rendu`."""
    return any(pattern.fullmatch(word) for pattern in _participles())


@cache
def _participles() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(written) for written, *_ in tables()["participles"])


def _of_verbs(verbs: Iterable[Sequence[str]], participles: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`when the learner completes Quiz1`, `si l'apprenant n'a pas terminé Quiz1`: a learner does, an activity is."""
    has = r"(?:has |have |had |is |a |ont |ait |aient |aura |est )?(?:just |already |vient de |dej[aà] )?"
    hasnt = r"(?:(?:has not|hasn't|have not|haven't|did not|didn't|does not|doesn't|do not|never|has never)"
    hasnt += r"|n'(?:a|ont|ait|aient|aura|auront) (?:pas|toujours pas|jamais)|ne) (?:yet |encore |already )?(?:even )?"
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
        yield "STRING", rf"(?P<x>(?:has|have|had|a|ont)(?: just| dej[aà])? (?:{written})) NAME", *_DOES[word], "safe"
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
        yield (
            "",
            rf"(?P<x>NAME(?:'s)? (?:grade |score |mark |result )?(?:is |est )?(?:{written}) ?{number})",
            *right,
            "safe",
        )
        with_a = rf"NAME (?P<x>(?:with|avec) (?:{what} )?(?:of |de |d')?(?:{written}) ?{number})"
        yield "", with_a, rf"and grade of \1 {en} \3", rf"et la note de \1 {fr} \3", "safe"
        right = rf"grade of Quiz1 {en} \2", rf"la note de Quiz1 {fr} \2"
        yield "", rf"(?P<x>{what} (?:is |est )?(?:{written}) ?{number})", *right, "example"


def _of_participles(participles: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """`when Quiz1 is done`, `pas terminé`, `est terminé`."""
    verb = r"(?: (?:is|has been|was|have been|are|gets|est|a ete|sont|soit|ait ete|sera))?"
    for written, en, fr, en_fact, fr_fact in participles:
        after = (rf"after {en_fact} \1", rf"après {fr_fact} \1")
        isnt = (rf"\2 is not {en}", rf"\2 n'est pas {fr}")
        of_any = "|".join(one for one, *_ in participles)
        also = rf"NAME (?:is |est )?(?:{of_any}) (?:or|and|ou|et) (?P<x>(?:is |est )?(?:{written}))(?= {_GOES_ON})"
        yield "", also, rf"\1 {en}", rf"\1 est {fr}", "safe"
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
        yield "", rf"(?P<x>(?:not|pas|non|never|jamais) (?:yet )?(?:{written}) ?ARTICLE?NAME)", *isnt, "safe"
        yield "ON_DAY_OF CALENDAR_DAY !THEN", rf"WHEN ?ARTICLE?NAME{verb} (?:{written})", *after, "safe"
        fact = "|".join(words.fold(one).removeprefix("la ").removeprefix("l'") for one in (en_fact, fr_fact))
        stop = (
            rf"(?:stop|end|arreter|stopper) (?:after|on|at|upon|once|apres|à|a|des|lors de) ?ARTICLE?(?:{fact}) ?NAME"
        )
        yield "", stop, rf"stop once \1 {en}", rf"arrêter dès que \1 est {fr}", "safe"
        if en == "complete":
            class_ = r"(?:the |this |my |la |cette |ma |le |ce |mon )?(?:formation|training|class|stage|course|cours)"
            yield (
                "",
                rf"(?P<x>{class_} (?:is|est|has been|a ete|soit)(?: {_ADVERB})? (?:{written}))",
                *_course("is"),
                "safe",
            )
            yield "", rf"(?P<x>{class_} {_ARE_NOT}(?:{written}))", *_course("isnt"), "safe"
        yield from _of_two(written, en, fr, en_fact, fr_fact)
        yield from _of_ends(written, en, fr, en_fact, fr_fact, fact)
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


_ADVERBS = (
    "both already still yet just fully completely really now dej[aà] encore toujours vraiment entierement totalement"
    " bien tou(?:te)?s·les·deux"
)
_ADVERB = f"(?:{_ADVERBS.replace(' ', '|').replace('·', ' ')})"
_ARE = r"(?:(?:is|are|has been|have been|was|were|est|sont|soient|ont ete|a ete) )?"
_ARE_NOT = (
    r"(?:(?:is not|are not|isn't|aren't|have not been|haven't been|ne sont pas|n'est pas|sont pas|pas|not) )"
    r"(?:yet |encore )?"
)


def _of_two(written: str, en: str, fr: str, en_fact: str, fr_fact: str) -> Iterator[tuple[str, ...]]:
    """`after Quiz1 and Lesson2 are done`, `si ni Quiz1 ni Lecon2 ne sont finies`: each by itself."""
    for en_join, fr_join in (("and", "et"), ("or", "ou")):
        sign = r"|&|\+" if en_join == "and" else r"|/"
        two = rf"(?:both |either |à la fois )?ARTICLE?NAME (?:{en_join}|{fr_join}{sign}) ?ARTICLE?NAME"
        for when, where in (("(?:after|apres(?: que?'?)?)", ""), ("WHEN", "ON_DAY_OF CALENDAR_DAY !THEN")):
            en_right, fr_right = rf"{en_fact} \1 {en_join} {en_fact} \2", rf"{fr_fact} \1 {fr_join} {fr_fact} \2"
            yield where, rf"{when} ?{two} {_ARE}(?:{written})", f"after {en_right}", f"après {fr_right}", "safe"
        right = rf"\2 {en} {en_join} \3 {en}", rf"\2 est {fr} {fr_join} \3 est {fr}"
        yield "", rf"(?P<x>{two} {_ARE}(?:{_ADVERB} )?(?:{written}))", *right, "safe"
        right = rf"\2 is not {en} and \3 is not {en}", rf"\2 n'est pas {fr} et \3 n'est pas {fr}"
        if en_join == "and":
            yield "", rf"(?P<x>{two} {_ARE_NOT}(?:{written}))", *right, "safe"
    neither = rf"(?P<x>(?:neither|ni) ?ARTICLE?NAME (?:nor|or|ni|ou) ?ARTICLE?NAME (?:ne )?{_ARE}(?:{written}))"
    yield "", neither, *right, "safe"


def _of_ends(written: str, en: str, fr: str, en_fact: str, fr_fact: str, fact: str) -> Iterator[tuple[str, ...]]:
    """How long something goes on: `wait until Quiz1 is done`; and `no submission of Essay`, `already done`."""
    done = rf"ARTICLE?NAME (?:(?:is|has been|are|est|soit|a ete|ait ete) )?(?:{written})"
    until = r"(?:until|till|jusqu'(?:à|a)(?: ce)?(?: que?'?)?)"
    waited = rf"(?:wait|attendre) (?P<x>(?:{until}|for|que?'?) ?{done})"
    right = rf"up to 7 days for {en_fact} \2", rf"au plus 7 jours pour {fr_fact} \2"
    yield "", waited, *right, "example"
    yield (
        "",
        rf"UNIT (?P<x>(?:for|pour|{until})(?: que?'?)? ?{done})",
        rf"for {en_fact} \3",
        rf"pour {fr_fact} \3",
        "safe",
    )
    stop = rf"stop once \2 {en}", rf"arrêter dès que \2 est {fr}"
    counted = r"(?:up to|at most|au plus|max(?:imum)?) NUM (?:times|fois)"
    yield (
        "UP_TO",
        rf"(?P<x>{until} ?{done} {counted})",
        rf"up to \3 times {stop[0]}",
        rf"au plus \3 fois {stop[1]}",
        "safe",
    )
    yield "UP_TO", rf"(?P<x>{until} ?{done})", rf"up to 3 times {stop[0]}", rf"au plus 3 fois {stop[1]}", "example"
    yield "STOP", rf"(?P<x>{until} ?{done})", *stop, "safe"
    none = rf"(?P<x>(?:there is |il n'y a )?(?:no|without|aucune?|sans|pas d[e']) ?(?:{fact}) ?ARTICLE?NAME)"
    yield "", none, rf"\2 is not {en}", rf"\2 n'est pas {fr}", "safe"
    yield "PARTICIPLE", rf"(?:{_ADVERB}) (?:{written})", en, fr, "safe"
    yield "", rf"(?P<x>(?:{written}) ?\( ?NAME ?\))", rf"\2 {en}", rf"\2 est {fr}", "safe"
    yield "IS", rf"(?:{_ADVERB}) (?:{written})", en, f"est {fr}", "safe"
