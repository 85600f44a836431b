"""Times and days as people write them, and how the language does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from planned.diagnostics import Diagnostic
from planned.syntax import amounts, words
from planned.syntax.broken import Broken
from planned.syntax.lexemes import Lexeme
from planned.syntax.said import AFTER_DAY, MISSING_WORD, OTHER_WORDS, RELATIVE_DAY, WAIT_DAY
from planned.syntax.values import AMBIGUOUS_DATE, BAD_DATE, NO_YEAR, long_date, numeric_days, read_day, written_days


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern over folded text, in which a blank stands for any run of blanks, `BLANK` for none, too."""
    return re.compile(text.replace(" ", r"[ \n]+").replace("BLANK", r"[ \n]*"))


_PART = r"du matin|du soir|de l'apres-midi|in the (?:morning|afternoon|evening)"
_TIME = _pattern(
    r"(?P<hour>\d{1,2})(?:(?:[.:,]|BLANKh)(?P<minute>\d\d)(?:BLANK(?:min|mn|m)(?!\w))?|BLANKh(?!\w))?(?P<half>BLANK(?:am|a\.m\.?|pm|p\.m\.?)(?!\w))?"
    r"(?:BLANK(?:o'clock|heures?|hours?|hrs?)(?!\w)(?:BLANK(?P<rest>\d\d)(?!\w))?)?"
    rf"(?P<part> (?:{_PART}))?(?!\w)"
)
_HOUR = rf"(?P<hour>\d{{1,2}}|{amounts.HOURS}|noon|midday|midi|midnight|minuit)"
_SPOKEN = (
    _pattern(rf"(?P<minutes>half|quarter|ten|twenty|five) (?P<way>past|to) {_HOUR}(?P<part> (?:{_PART}|am|pm))?(?!\w)"),
    _pattern(
        rf"{_HOUR}(?:(?: (?:o'clock|heures?)|BLANKh)(?!\w))?(?:(?: et)? (?P<more>demie?|quart)"
        rf"| (?P<less>moins le quart)"
        rf"|(?: |-)(?P<plain>thirty|fifteen|trente|quinze|dix|vingt|quarante-cinq|quarante|cinquante))?"
        rf"(?P<part>(?: (?:in the )?(?:{_PART}|am|pm)))?(?![\w:])"
    ),
)
_MINUTES = {"half": 30, "quarter": 15, "demi": 30, "demie": 30, "quart": 15, "fifteen": 15, "thirty": 30}
_NAMED = {"noon": 12, "midday": 12, "midi": 12, "midnight": 0, "minuit": 0}
_PM = re.compile("pm|p.m|soir|afternoon|evening|apres-midi")
_WEEKDAY = rf"(?:(?:le |the )?(?:{'|'.join(words.values('WEEKDAY'))}),? )?(?:the |le )?"
_DAY, _MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|e|eme)?", r"(?P<month>[a-z]{3,9})\.?"
_YEAR = r"(?:,? (?P<year>\d{4}))?(?![\w:])"
_DAYS = (
    _pattern(rf"{_WEEKDAY}{_DAY} (?:of |de )?{_MONTH}{_YEAR}"),
    _pattern(rf"{_WEEKDAY}{_MONTH} {_DAY}{_YEAR}"),
)
_EXAMPLE_YEAR = 2026
_HALF_OR_NAMED = re.compile(r"\d{1,2}(?:[:.]\d\d)?(?:am|pm)|noon|midi|minuit|midnight")


def named(place: Broken) -> Diagnostic | None:
    """What is said about a time or a day that is written in another way than the language does."""
    if place.here is None:
        return None
    return _time(place) or _day(place) or _relative_day(place) or _day_instead(place)


def _time(place: Broken) -> Diagnostic | None:
    here, before = place.here, place.before
    assert here is not None
    if "TIME" in place.expected:
        found = _time_at(place, here)
        if found is not None:
            return found
    elif before is not None and before.kind == "number" and place.follows({"AT", "A"}, 2):
        return _time_at(place, before)
    elif before is not None and before.text == "h" and place.follows({"AT", "A"}, 3):
        return _time_at(place, place.row[place.at - 2])
    elif place.expected & {"AT", "UNIT"} and _HALF_OR_NAMED.fullmatch(here.text) and not here.first:
        return _with_at(place, here)
    elif "UNIT" in place.expected and place.start and place.row[place.start - 1].end + 1 == here.start:
        return _with_at(place, here) if place.row[place.start - 1].kind == "number" else None
    elif "AT" in place.expected and re.fullmatch(r"\d{1,2}(?:h(?:\d\d)?|:\d\d)", here.text):
        fix = place.replaced(here.start, here.start, "at ", "à ", safe=True)
        return place.report(MISSING_WORD, here, fix=fix, en="at", fr="à")
    return None


def _with_at(place: Broken, here: Lexeme) -> Diagnostic | None:
    """`every monday 9am`: neither `at` nor the time is as it is written."""
    found = _time_at(place, here)
    if found is None or found.fix is None:
        return None
    at = {"en": f"at {found.args['en']}", "fr": f"à {found.args['fr']}"}
    start, end = (
        place.src.position(found.span.line, found.span.column),
        place.src.position(found.span.end_line, found.span.end_column),
    )
    fix = place.replaced(start, end, at["en"], at["fr"], safe=True)
    return Diagnostic(OTHER_WORDS, found.span, {"word": found.args["word"], **at}, fix=fix)


def _time_at(place: Broken, first: Lexeme) -> Diagnostic | None:
    here = place.here
    if (spoken := _spoken(place.src.folded, first.start)) is not None and (here is None or spoken[2] > here.start):
        hour, minute, end = spoken
    elif re.fullmatch(r"\d{4}", first.text):
        hour, minute, end = int(first.text[:2]), int(first.text[2:]), first.end
    else:
        match = _TIME.match(place.src.folded, first.start)
        if match is None or (place.here is not None and match.end() <= place.here.start):
            return None
        hour, minute = int(match["hour"]), int(match["minute"] or match["rest"] or 0)
        part = (match["half"] or "") + (match["part"] or "")
        if part:
            hour = hour % 12 + 12 if _PM.search(part) else hour % 12
        end = match.end()
    if hour > 23 or minute > 59:
        return None
    en, fr = f"{hour:02}:{minute:02}", f"{hour}h{minute:02}" if minute else f"{hour}h"
    word = " ".join(place.src.text[first.start : end].split())
    fix = place.replaced(first.start, end, en, fr, safe=True)
    return Diagnostic(OTHER_WORDS, place.src.span(first.start, end), {"word": word, "en": en, "fr": fr}, fix=fix)


def _spoken(text: str, start: int) -> tuple[int, int, int] | None:
    """`half past nine`, `9 heures et demie`, `midi`: hour, minute and where it ends; None for digits alone."""
    for pattern in _SPOKEN:
        match = pattern.match(text, start)
        groups = match.groupdict() if match is not None else {}
        in_words = not groups.get("hour", "0").isdecimal()
        if match is None or not (in_words or any(groups.get(one) for one in ("way", "more", "less", "plain"))):
            continue
        named = _NAMED.get(match["hour"])
        hour = named if named is not None else amounts.number(match["hour"]) or 0
        minute = _minute(groups.get("minutes") or groups.get("more") or groups.get("plain"))
        if groups.get("way") == "to" or groups.get("less"):
            hour, minute = (hour - 1) % 24, 60 - (minute or 15)
        part = match["part"]
        if part and named is None:
            hour = hour % 12 + 12 if _PM.search(part) else hour % 12
        return hour, minute, match.end()
    return None


def _minute(word: str | None) -> int:
    return _MINUTES.get(word) or amounts.number(word) or 0 if word else 0


def _day(place: Broken) -> Diagnostic | None:
    """`october 5 2026`, `lundi 5 octobre 2026`, `5 oct. 2026`, `03/04`."""
    here = place.here
    assert here is not None
    if "CALENDAR_DAY" not in place.expected:
        return None
    for pattern in _DAYS:
        match = pattern.match(place.src.folded, here.start)
        if match is not None and (month := _month(match["month"])) is not None:
            return _day_said(place, match, month)
    if re.fullmatch(r"\d{1,2}-\d{1,2}-\d{2,4}", here.text) and (days := numeric_days(here.text.replace("-", "/"))):
        word = place.written(here)
        return Diagnostic(AMBIGUOUS_DATE, place.span(here), written_days(word, days))
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}", here.text):
        day, month = (int(part) for part in re.split("[/.-]", here.text))
        example = _date(_EXAMPLE_YEAR, month, day) or _date(_EXAMPLE_YEAR, day, month) or date(_EXAMPLE_YEAR, 10, 5)
        return place.report(NO_YEAR, here, en=long_date(example, "en"), fr=long_date(example, "fr"))
    return None


def _day_said(place: Broken, match: re.Match[str], month: int) -> Diagnostic | None:
    span = place.src.span(*match.span())
    word = " ".join(place.src.text[slice(*match.span())].split())
    found = _date(int(match["year"] or _EXAMPLE_YEAR), month, int(match["day"]))
    if found is None:
        return Diagnostic(BAD_DATE, span, {"word": word})
    en, fr = long_date(found, "en"), long_date(found, "fr")
    if match["year"] is None:
        return Diagnostic(NO_YEAR, span, {"word": word, "en": en, "fr": fr})
    fix = place.replaced(*match.span(), en, fr, safe=True)
    return Diagnostic(OTHER_WORDS, span, {"word": word, "en": en, "fr": fr}, fix=fix)


_RELATIVE = _pattern(
    r"(?:on |le |the )?(?:the |le )?(?:(?P<same>same day|meme jour|that day|ce jour(?:-la)?|jour meme)"
    rf"|(?:next |following )?(?P<weekday>{'|'.join(words.values('WEEKDAY'))})(?: prochain| suivant)?"
    r"|(?P<next>next day|following day|day after|lendemain|jour suivant|jour d'apres|tomorrow|demain)"
    r"|(?P<count>\d+) (?P<unit>days?|jours?|weeks?|semaines?) (?:later|after(?:wards)?|apres|plus tard))(?!\w)"
)
_WRITTEN_DAY = _pattern(rf"\d{{4}}-\d\d-\d\d|{_DAY} (?P<month>{'|'.join(words.MONTHS)}) \d{{4}}")


def _relative_day(place: Broken) -> Diagnostic | None:
    """`the same day`, `le lendemain` in a scenario: counted from the day of the line before."""
    here, begin = place.here, place.row[place.start]
    if "SCENARIO" not in begin.terminals or here is None:
        return None
    first = here if "ON" in place.expected else place.before
    match = _RELATIVE.match(place.src.folded, first.start) if first is not None else None
    if match is None:
        return None
    written = list(_WRITTEN_DAY.finditer(place.src.folded, begin.start, match.start()))
    before = read_day(" ".join(written[-1].group().split())) if written else None
    word = " ".join(place.src.text[slice(*match.span())].split())
    span = place.src.span(*match.span())
    if before is None:
        return Diagnostic(RELATIVE_DAY, span, {"word": word, "en": "on 2026-09-03", "fr": "le 3 septembre 2026"})
    weeks = 7 if match["unit"] and match["unit"][0] in "ws" else 1
    days = 0 if match["same"] else int(match["count"] or 1) * weeks
    if match["weekday"]:
        named = list(dict.fromkeys(words.values("WEEKDAY").values())).index(words.values("WEEKDAY")[match["weekday"]])
        days = (named - before.weekday() - 1) % 7 + 1
    day = before + timedelta(days=days)
    en, fr = f"on {day.isoformat()}", f"le {long_date(day, 'fr')}"
    fix = place.replaced(*match.span(), en, fr)
    return Diagnostic(RELATIVE_DAY, span, {"word": word, "en": en, "fr": fr}, fix=fix)


def _month(word: str) -> int | None:
    found = {number for name, number in words.MONTHS.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_instead(place: Broken) -> Diagnostic | None:
    """A day after `after` or `wait`, where something else belongs."""
    for k in (place.at, place.at - 1):
        keyword, first = place.lexeme(k - 1), place.lexeme(k)
        if keyword is None or first is None or not keyword.terminals & {"AFTER", "WAIT"}:
            continue
        for days, end in _days_at(place, first):
            message = AFTER_DAY if "AFTER" in keyword.terminals else WAIT_DAY
            word = " ".join(place.src.text[first.start : end].split())
            span = place.src.span(first.start, end)
            if len(days) > 1 and place.language == "en":
                return Diagnostic(AMBIGUOUS_DATE, span, written_days(word, days))
            return Diagnostic(
                message, span, {"word": word, "en": _said(days[0], word, "en"), "fr": _said(days[0], word, "fr")}
            )
    return None


def _said(day: date, word: str, language: str) -> str:
    return re.sub("^(?:le|the|on) ", "", word) if re.search(r"[a-z]|^\d{4}-", word) else long_date(day, language)


def _days_at(place: Broken, first: Lexeme) -> Iterator[tuple[list[date], int]]:
    """The days that a date which begins here can be, and where it ends."""
    if days := numeric_days(first.text):
        yield days, first.end
    match = _DAYS[0].match(place.src.folded, first.start)
    if match is not None and match["year"] and (month := _month(match["month"])) is not None:
        found = _date(int(match["year"]), month, int(match["day"]))
        if found is not None:
            yield [found], match.end()
