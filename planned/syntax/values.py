"""From words to values: names, texts, numbers, durations, times and days, and what can be wrong with each."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar, cast

from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity, Span
from planned.syntax import ast, words
from planned.syntax.quotes import kept_quotes, unquote
from planned.syntax.said import OTHER_WORDS
from planned.syntax.source import Source


class Token(Protocol):
    """What the lexer gives for a word; `value` is folded, the author's own text is in the source."""

    type: str
    value: str
    start_pos: int
    end_pos: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Part:
    """A value that is no node of its own, with its place."""

    span: Span
    value: object


Child = Token | ast.Node | Part | None
N = TypeVar("N", bound=ast.Node)

MAX_NAME = 200
MAX_TEXT = 64 * 1024
MAX_COUNT = 1000
LONGEST_DAYS = 3660
_MINUTES = {
    ast.Unit.MINUTE: 1,
    ast.Unit.HOUR: 60,
    ast.Unit.DAY: 1440,
    ast.Unit.WORKING_DAY: 1440,
    ast.Unit.WEEK: 10080,
    ast.Unit.MONTH: 43200,
}
_ORDER = {
    ast.Unit.MONTH: 0,
    ast.Unit.WEEK: 1,
    ast.Unit.WORKING_DAY: 2,
    ast.Unit.DAY: 2,
    ast.Unit.HOUR: 3,
    ast.Unit.MINUTE: 4,
}

KEYWORD_AS_NAME = Message(
    "keyword-as-name",
    Severity.ERROR,
    "“{word}” is a word of the language; here a name belongs.",
    "« {word} » est un mot du langage ; il faut ici un nom.",
    'If it is meant as a name, put it in quotes: "{word}". Otherwise the name is missing.',
    'Si c\'est bien un nom, mettez-le entre guillemets : "{word}". Sinon, le nom manque.',
)
EMPTY_NAME = Message(
    "empty-name",
    Severity.ERROR,
    "This name is empty.",
    "Ce nom est vide.",
    "Write the name between the quotes.",
    "Écrivez le nom entre les guillemets.",
)
LONG_NAME = Message(
    "long-name",
    Severity.ERROR,
    "This name has {length} characters; at most {most} are possible.",
    "Ce nom a {length} caractères ; le maximum est de {most}.",
    "Shorten it, or check that a quote is not missing.",
    "Raccourcissez-le, ou vérifiez qu'il ne manque pas un guillemet.",
)
LOOKALIKE = Message(
    "look-alike",
    Severity.ERROR,
    "In “{name}” the letter “{letter}” is {script_en}; it only looks like one of the alphabet.",
    "Dans « {name} », la lettre « {letter} » est {script_fr} ; elle ressemble seulement à une lettre latine.",
    "Type it anew on your keyboard: {ascii}.",
    "Retapez-le au clavier : {ascii}.",
)
AMBIGUOUS_DATE = Message(
    "ambiguous-date",
    Severity.ERROR,
    "“{word}” reads differently in English and in French.",
    "« {word} » ne se lit pas de la même façon en français et en anglais.",
    "Write the month as a word: {long_en}.",
    "Écrivez le mois en lettres : {long_fr}.",
)
NUMERIC_DATE = Message(
    "ambiguous-date",
    Severity.ERROR,
    "A day is not written as “{word}” here.",
    "Un jour ne s'écrit pas ici « {word} ».",
    "Write {long_en} or {iso}.",
    "Écrivez {long_fr} ou {iso}.",
)
BAD_DATE = Message(
    "bad-date",
    Severity.ERROR,
    "“{word}” is no day of the calendar.",
    "« {word} » n'est pas un jour du calendrier.",
    "Write a day as 2026-10-05 or 5 october 2026, with its year.",
    "Écrivez un jour ainsi : 5 octobre 2026 ou 2026-10-05, avec l'année.",
)
NO_YEAR = Message(
    "bad-date",
    Severity.ERROR,
    "The year is missing after “{word}”.",
    "Il manque l'année après « {word} ».",
    "Write for instance `{en}`.",
    "Écrivez par exemple `{fr}`.",
)
SHORT_MONTH = Message(
    "bad-date",
    Severity.ERROR,
    "“{word}” is no day of the calendar: that month has {days} days.",
    "« {word} » n'est pas un jour du calendrier : ce mois-là a {days} jours.",
    "Its last day is {last}.",
    "Son dernier jour est le {last}.",
)
BAD_TIME = Message(
    "bad-time",
    Severity.ERROR,
    "“{word}” is no time of day: hours go from 0 to 23, minutes from 00 to 59.",
    "« {word} » n'est pas une heure : les heures vont de 0 à 23, les minutes de 00 à 59.",
    "Write it as 09:00. Midnight is 00:00, the start of the day.",
    "Écrivez-la ainsi : 9h, 9h30 ou 09:00. Minuit est 0h, le début du jour.",
)
QUANTITY = Message(
    "quantity",
    Severity.ERROR,
    "“{word}” is too little: this must be 1 or more.",
    "« {word} » est trop petit : il faut au moins 1.",
    "Write a whole number from 1 on; to send at once, leave the wait out.",
    "Écrivez un nombre entier à partir de 1 ; pour envoyer tout de suite, supprimez l'attente.",
)
WHOLE_NUMBER = Message(
    "quantity",
    Severity.ERROR,
    "“{word}” must be a whole number here.",
    "« {word} » doit être ici un nombre entier.",
    "Use a smaller unit: instead of 1.5 days write 36 hours.",
    "Prenez une unité plus petite : au lieu de 1,5 jour, écrivez 36 heures.",
)
TOO_MUCH = Message(
    "quantity",
    Severity.ERROR,
    "“{word}” is too much: at most {most} are possible.",
    "« {word} » est trop grand : le maximum est de {most_fr}.",
    "Check the number and its unit.",
    "Vérifiez le nombre et son unité.",
)
UNIT_ORDER = Message(
    "unit-order",
    Severity.ERROR,
    "The parts of a duration go from the largest unit to the smallest, each once.",
    "Les parties d'une durée vont de la plus grande unité à la plus petite, chacune une fois.",
    "Write for instance `1 day 4 hours`.",
    "Écrivez par exemple `1 jour 4 heures`.",
)
WORKING_DAYS_ALONE = Message(
    "unit-order",
    Severity.ERROR,
    "Working days stand alone: they cannot be added to other units.",
    "Les jours ouvrés s'emploient seuls : ils ne s'ajoutent pas à d'autres unités.",
    "Write for instance `5 working days`.",
    "Écrivez par exemple `5 jours ouvrés`.",
)

_SCRIPTS = {"CYRILLIC": ("Cyrillic", "cyrillique"), "GREEK": ("Greek", "grecque")}
_LATIN_TWINS = str.maketrans(
    "АВСЕНІЈКМОРЅТУХавсеіјкморѕтухѵԁԛԝһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧανοικρτυχ",
    "ABCEHIJKMOPSTYXabceijkmopstyxvdqwhlABEZHIKMNOPTYXavoikptux",
)


def long_date(day: date, language: str) -> str:
    if language == "fr":
        return f"{'1er' if day.day == 1 else day.day} {words.MONTHS_FR[day.month - 1]} {day.year}"
    return f"{day.day} {words.MONTHS_EN[day.month - 1]} {day.year}"


class Values:
    """The part of the tree builder that reads single words. One builder serves one text at a time."""

    source: Source
    found: list[Diagnostic]

    def fail(self, message: Message, span: Span, fix: Fix | None = None, /, **args: object) -> None:
        self.found.append(Diagnostic(message, span, args, fix=fix))

    # --- places ---

    def token_span(self, first: Token, last: Token) -> Span:
        source = self.source
        if source.offsets is None:
            return Span(source.path, first.line, first.column, last.end_line, last.end_column)
        return source.span(first.start_pos, last.end_pos)

    def place(self, child: Child) -> Span:
        if isinstance(child, (ast.Node, Part)):
            return child.span
        assert child is not None
        return self.token_span(child, child)

    def span(self, children: Sequence[Child]) -> Span:
        """From the first child that is there to the last."""
        first = last = None
        for first in children:
            if first is not None:
                break
        for last in reversed(children):
            if last is not None:
                break
        if first is last:
            return self.place(first)
        start, end = self.place(first), self.place(last)
        return Span(start.file, start.line, start.column, end.end_line, end.end_column)

    def written(self, token: Token) -> str:
        """The author's own text of a word."""
        return self.source.text[token.start_pos : token.end_pos]

    # --- names and texts ---

    def name(self, children: list[Token]) -> ast.Name:
        token = children[0]
        if token.type == "STRING":
            return self.quoted_name(token)
        return self.word(token)

    def word(self, token: Token) -> ast.Name:
        """A name of one word, which is no keyword."""
        span = self.token_span(token, token)
        text = self.written(token)
        if token.value in words.reserved():
            self.fail(KEYWORD_AS_NAME, span, Fix((Edit(span, f'"{text}"'),)), word=text)
        return self._checked(text, span, False)

    def quoted_name(self, token: Token) -> ast.Name:
        span = self.token_span(token, token)
        written = self.written(token)
        # Section 1.2: the two apostrophes are the same, and names compare with single blanks.
        text = " ".join(unquote(written).replace("’", "'").split())
        if not text:
            self.fail(EMPTY_NAME, span)
        return self._checked(text, span, True, kept_quotes(written))

    def _checked(self, text: str, span: Span, quoted: bool, form: str = "") -> ast.Name:
        if len(text) > MAX_NAME:
            self.fail(LONG_NAME, span, length=len(text), most=MAX_NAME)
        elif (args := foreign_letter(text)) is not None:
            self.fail(LOOKALIKE, span, None if quoted else Fix((Edit(span, str(args["ascii"])),), safe=True), **args)
        return ast.Name(span=span, form=form, text=text, quoted=quoted)

    def text(self, token: Token) -> ast.Text:
        written = self.written(token)
        return ast.Text(span=self.token_span(token, token), form=kept_quotes(written), text=unquote(written))

    def text_or_none(self, token: Token | None) -> ast.Text | None:
        return None if token is None else self.text(token)

    def code(self, token: Token) -> str:
        """A code that may be a keyword as well: a zone, a region, a channel, a profile field."""
        return self.written(token)

    # --- the French of the author ---

    def articled(self, phrase: Child, node: N) -> N:
        """The node with the article in the phrase before it, if it begins with a name: `remise du Devoir`."""
        article = "" if phrase is None else words.article(cast("Token", phrase).value)
        match node:
            case _ if not article:
                return node
            case ast.Name():
                return replace(node, article=article)
            case ast.Who(name=ast.Name() as name, kind="contact") | ast.DeclaredDate(name=name):
                return replace(node, name=replace(name, article=article))
            case ast.Who(kind="manager"):
                return replace(node, form=f"{'la' if article == 'la' else 'le'} responsable")
            case ast.DateReached(date=date):
                return replace(node, date=self.articled(phrase, date))
        return node

    def inflected(self, token: Token, terminal: str) -> str:
        """A word of French as its author inflected it, with its accents; nothing for one of another language."""
        return words.inflections(terminal).get(" ".join(token.value.split()), "")

    # --- numbers ---

    def count(self, token: Token, most: int = MAX_COUNT) -> int:
        """A whole number from 1 to `most`; the word may go on after the number (`3 times`)."""
        word = token.value.split()[0]
        return self._whole(word, self.token_span(token, token), self.written(token), most)

    def _whole(self, number: str, span: Span, word: str, most: int, least: int = 1) -> int:
        if "," in number or "." in number:
            self.fail(WHOLE_NUMBER, span, word=word)
            return 1
        if len(number.lstrip("-0")) > 9 or int(number) > most:
            if number.startswith("-"):
                self.fail(QUANTITY, span, word=word)
            else:
                self.fail(TOO_MUCH, span, word=_shortened(word), most=most, most_fr=most)
            return 1
        if int(number) < least:
            self.fail(QUANTITY, span, word=word)
            return 1
        return int(number)

    def decimal(self, token: Token) -> Decimal:
        number = token.value.replace(",", ".")
        if len(number) > 12:
            self.fail(TOO_MUCH, self.place(token), word=_shortened(number), most="999999", most_fr="999999")
            return Decimal(0)
        return Decimal(number)

    def unit(self, token: Token) -> ast.Unit:
        return ast.Unit(words.values("UNIT")[" ".join(token.value.split())])

    def duration(self, children: list[Token]) -> ast.Duration:
        return self._duration(children, least=1)

    def amounts(self, children: list[Token]) -> ast.Duration:
        return self._duration(children, least=1)

    def _duration(self, children: list[Token], least: int) -> ast.Duration:
        span = self.token_span(children[0], children[-1])
        parts = []
        for number, unit_token in zip(children[::2], children[1::2], strict=True):
            unit = self.unit(unit_token)
            most = LONGEST_DAYS * 1440 // _MINUTES[unit]
            where = self.token_span(number, unit_token)
            written = self.source.text[number.start_pos : unit_token.end_pos]
            parts.append((self._whole(number.value, where, " ".join(written.split()), most, least), unit))
        if len(parts) > 1:
            units = [unit for _, unit in parts]
            if ast.Unit.WORKING_DAY in units:
                self.fail(WORKING_DAYS_ALONE, span)
            elif any(_ORDER[a] >= _ORDER[b] for a, b in pairwise(units)):
                self.fail(UNIT_ORDER, span)
        return ast.Duration(span=span, parts=tuple(parts))

    # --- times and days ---

    def time(self, children: list[Token]) -> ast.TimeOfDay:
        return self.clock(children[0])

    def at(self, children: list[Token]) -> ast.TimeOfDay:
        return children[1] if isinstance(children[1], ast.TimeOfDay) else self.clock(children[1])

    def clock(self, token: Token) -> ast.TimeOfDay:
        span = self.token_span(token, token)
        hour, _, minute = token.value.replace("h", ":").replace(" ", "").replace("\n", "").partition(":")
        if len(hour) > 2 or len(minute) not in (0, 2) or int(hour) > 23 or int(minute or 0) > 59:
            self.fail(BAD_TIME, span, word=_shortened(" ".join(self.written(token).split())))
            return ast.TimeOfDay(span=span, hour=0)
        return ast.TimeOfDay(span=span, hour=int(hour), minute=int(minute or 0))

    def day(self, children: list[Token]) -> ast.Day:
        token = children[0]
        span = self.token_span(token, token)
        value = " ".join(token.value.split())
        if (found := read_day(value)) is not None:
            return ast.Day(span=span, day=found)
        self._bad_day(value, " ".join(self.written(token).split()), span)
        return ast.Day(span=span, day=date(2000, 1, 1))

    def _bad_day(self, value: str, word: str, span: Span) -> None:
        if days := numeric_days(value):
            fix = Fix((Edit(span, days[0].isoformat()),), safe=True) if len(days) == 1 else None
            self.fail(AMBIGUOUS_DATE if len(days) > 1 else NUMERIC_DATE, span, fix, **written_days(word, days))
        elif (length := _month_length(value)) is not None:
            last = re.sub(r"\d+$" if value[4:5] == "-" else r"^\d+", str(length), word)
            self.fail(SHORT_MONTH, span, word=word, days=length, last=last)
        elif (plain := read_day(re.sub(r"^(\d+)(?:st|nd|rd|th|er)", r"\1", value))) is not None:
            en, fr = (long_date(plain, language) for language in words.LANGUAGES)
            right = fr if value.split()[1] in map(words.fold, words.MONTHS_FR) else en
            self.fail(OTHER_WORDS, span, Fix((Edit(span, right),), safe=True), word=word, en=right, fr=right)
        elif re.search(r"[a-z]$", value):
            self.fail(NO_YEAR, span, word=word, en=f"{word} 2026", fr=f"{word} 2026")
        else:
            self.fail(BAD_DATE, span, word=word)


def numeric_days(value: str) -> list[date]:
    """The days that `03/04/2026` can be: as read in French first, then in English; 3.4.26 and 2026/4/3, too."""
    parts = re.fullmatch(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})", value)
    if parts is None:
        return []
    first, second, third = (int(part) for part in parts.groups())
    if len(parts[1]) == 4:
        orders = [(first, second, third)]
    else:
        year = third + (2000 if third < 100 else 0)
        orders = [(year, second, first), (year, first, second)]
    found = [day for day in (_date(*order) for order in orders) if day is not None]
    return found[:1] if len(set(found)) == 1 else found


def written_days(word: str, days: Sequence[date]) -> dict[str, object]:
    """What is to be filled in where a day was written in digits."""
    either = [long_date(day, "en") for day in days]
    return {
        "word": word,
        "iso": days[0].isoformat(),
        "long_en": " or ".join(either),
        "long_fr": long_date(days[0], "fr"),
    }


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_length(value: str) -> int | None:
    """How many days the month has in which a day up to the 31st is named that it does not have."""
    match = re.fullmatch(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2}) (?P<m2>[a-z]+) (?P<y2>\d{4})", value)
    if match is None:
        return None
    year, day = int(match["y"] or match["y2"]), int(match["d"] or match["d2"])
    month = int(match["m"]) if match["m"] else words.MONTHS[match["m2"]]
    return monthrange(year, month)[1] if year and 1 <= month <= 12 and 28 < day <= 31 else None


def _shortened(word: str) -> str:
    return word if len(word) <= 40 else word[:30] + "…"


def read_day(value: str) -> date | None:
    """`2026-09-06`, `6 september 2026`, `1er octobre 2026`, folded and with single blanks."""
    try:
        if (match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)) is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        match = re.fullmatch(r"(\d{1,2})(er)?\s+([a-z]+)\s+(\d{4})", value)
        if match is None or (match[2] and int(match[1]) != 1):
            return None
        return date(int(match[4]), words.MONTHS[match[3]], int(match[1]))
    except ValueError:
        return None


def foreign_letter(word: str) -> dict[str, object] | None:
    """What is said of the letter of a word that only looks like a Latin one; None if there is none."""
    if word.isascii() or (letter := lookalike(word)) is None:
        return None
    en, fr = _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], ("a special form", "une forme spéciale"))
    twin = unicodedata.normalize("NFKC", word.translate(_LATIN_TWINS))
    return {"name": word, "letter": letter, "script_en": en, "script_fr": fr, "ascii": twin}


def lookalike(name: str) -> str | None:
    """The first letter of a name that passes for a Latin one, or None."""
    latin = False
    foreign = None
    for letter in name:
        if not letter.isalnum() or letter.isascii():
            latin = latin or (letter.isascii() and letter.isalpha())
            continue
        if unicodedata.normalize("NFKC", letter) != letter:
            return letter
        script = unicodedata.name(letter, "").split(" ")[0]
        if script == "LATIN":
            latin = True
        elif script in _SCRIPTS:
            foreign = foreign or letter
    if foreign is None:
        return None
    if latin or all(not c.isalpha() or c.translate(_LATIN_TWINS).isascii() for c in name):
        return foreign
    return None
