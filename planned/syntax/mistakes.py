"""Names for what authors get wrong: from the place where reading stopped to a message with the words to type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from planned.diagnostics import Diagnostic, Edit, Fix, Message, Severity, Span
from planned.syntax import clauses, words
from planned.syntax.lexemes import Lexeme
from planned.syntax.recover import NAMED, STRONG, alike, is_rule
from planned.syntax.source import Source


@dataclass(frozen=True, slots=True)
class Stop:
    """Where reading stopped: the statement's start, the place, the end of the last word that was read."""

    start: int
    at: int
    last: int
    expected: frozenset[str]
    too_deep: bool = False
    fresh: bool = False
    """Whether nothing of the statement could be read."""


def _error(name: str, en: str, fr: str, help_en: str, help_fr: str) -> Message:
    return Message(name, Severity.ERROR, en, fr, help_en, help_fr)


SYNTAX = _error(
    "syntax",
    "“{word}” cannot stand here.",
    "« {word} » ne peut pas se trouver ici.",
    "Here belongs {en}.",
    "Il faut ici {fr}.",
)
MISSPELT = _error(
    "misspelt",
    "“{word}” is no word of the language.",
    "« {word} » n'est pas un mot du langage.",
    "Did you mean `{en}`?",
    "Vouliez-vous écrire `{fr}` ?",
)
INCOMPLETE = _error(
    "incomplete-keyword",
    "“{word}” alone is not enough here.",
    "« {word} » seul ne suffit pas ici.",
    "Write `{en}`.",
    "Écrivez `{fr}`.",
)
UNFINISHED = _error(
    "unfinished",
    "This is not finished: after “{word}” something is missing.",
    "Ceci n'est pas terminé : il manque quelque chose après « {word} ».",
    "Add {en}.",
    "Ajoutez {fr}.",
)
MISSING_SEND = _error(
    "missing-send",
    "`send` is missing before the message.",
    "`envoyer` manque devant le message.",
    "Write `send {word}`.",
    "Écrivez `envoyer {word}`.",
)
NO_SEND = _error(
    "missing-send",
    "This rule sends nothing: after “{word}”, `send` and a message are missing.",
    "Cette règle n'envoie rien : après « {word} », il manque `envoyer` et un message.",
    'Add for instance `send "Don\'t forget lesson 2!"`.',
    'Ajoutez par exemple `envoyer "N\'oubliez pas la leçon 2 !"`.',
)
MISSING_TIME = _error(
    "missing-time",
    "A time of day is missing after “{word}”.",
    "Il manque une heure après « {word} ».",
    "Write for instance `{word} at 09:00`.",
    "Écrivez par exemple `{word} à 9h`.",
)
MISSING_UNIT = _error(
    "quantity",
    "After “{word}” the unit is missing.",
    "Après « {word} », l'unité manque.",
    "Write for instance `{word} days`: minutes, hours, days, weeks, months or working days.",
    "Écrivez par exemple `{word} jours` : minutes, heures, jours, semaines, mois ou jours ouvrés.",
)
UNKNOWN_UNIT = _error(
    "quantity",
    "“{word}” is no unit of time.",
    "« {word} » n'est pas une unité de temps.",
    "Did you mean `{en}`? The units are minutes, hours, days, weeks, months and working days.",
    "Vouliez-vous écrire `{fr}` ? Les unités sont minutes, heures, jours, semaines, mois et jours ouvrés.",
)
NUMBER_IN_WORDS = _error(
    "quantity",
    "“{word}” must be written in digits.",
    "« {word} » doit s'écrire en chiffres.",
    "Write {number}.",
    "Écrivez {number}.",
)
COMPOUND = _error(
    "compound-duration",
    "A duration of several parts can stand only after `wait`.",
    "Une durée de plusieurs parties ne peut suivre que `attendre`.",
    "Use one unit here: instead of 1 day 4 hours write 28 hours.",
    "Employez ici une seule unité : au lieu de 1 jour 4 heures, écrivez 28 heures.",
)
MISSING_QUOTE = _error(
    "missing-quote",
    "This text begins with a quote that is never closed.",
    "Ce texte commence par un guillemet qui n'est jamais fermé.",
    'Add {close} at its end. A text of several lines stands between three quotes: """.',
    'Ajoutez {close} à la fin. Un texte de plusieurs lignes se met entre trois guillemets : """.',
)
NAME_NEEDS_QUOTES = _error(
    "missing-quote",
    "A name of several words needs quotes.",
    "Un nom de plusieurs mots a besoin de guillemets.",
    'Write "{word}".',
    'Écrivez "{word}".',
)
TEXT_NEEDS_QUOTES = _error(
    "missing-quote",
    "A text needs quotes.",
    "Un texte a besoin de guillemets.",
    'Write "{word}".',
    'Écrivez "{word}".',
)
NUMBER_NAME = _error(
    "missing-quote",
    "A name that starts with a digit needs quotes.",
    "Un nom qui commence par un chiffre a besoin de guillemets.",
    'Write "{word}".',
    'Écrivez "{word}".',
)
TOO_DEEP = _error(
    "nesting",
    "More than 50 parentheses or `not` stand within each other here.",
    "Plus de 50 parenthèses ou `non` sont ici imbriqués.",
    "Say it with fewer; a rule that needs so many is better split into several.",
    "Dites-le avec moins ; mieux vaut plusieurs règles qu'une règle aussi imbriquée.",
)
CLAUSE_ORDER = _error(
    "clause-order",
    "“{word}” stands in the wrong place.",
    "« {word} » n'est pas à sa place.",
    "{en}",
    "{fr}",
)
ORPHAN = _error(
    "clause-order",
    "“{word}” belongs to a rule, and no rule begins here.",
    "« {word} » fait partie d'une règle, et aucune règle ne commence ici.",
    "{en}",
    "{fr}",
)
AFTER_DAY = _error(
    "day-in-place-of-fact",
    "After `after` something happens; a day stands after `on`.",
    "Après `après`, quelque chose se produit ; un jour s'écrit après `le`.",
    "Write `on {word} at 09:00`.",
    "Écrivez `le {word} à 9h`.",
)
WAIT_DAY = _error(
    "day-in-place-of-duration",
    "`wait` takes a duration; a day stands after `wait until`.",
    "`attendre` est suivi d'une durée ; un jour s'écrit après `attendre jusqu'au`.",
    "Write `wait until {word} at 09:00`.",
    "Écrivez `attendre jusqu'au {word} à 9h`.",
)
NO_ZONE = _error(
    "missing-zone",
    "The time zone is missing after “{word}”.",
    "Le fuseau horaire manque après « {word} ».",
    "Write for instance `timezone Europe/Paris`.",
    "Écrivez par exemple `fuseau Europe/Paris`.",
)
STRAY = _error(
    "syntax",
    "“{word}” has no meaning here.",
    "« {word} » n'a pas de sens ici.",
    "Delete it.",
    "Supprimez ce signe.",
)

_NUMBERS = {
    **dict.fromkeys(("one", "un", "une", "a", "an"), 1),
    **dict.fromkeys(("two", "deux"), 2),
    **dict.fromkeys(("three", "trois"), 3),
    **dict.fromkeys(("four", "quatre"), 4),
    **dict.fromkeys(("five", "cinq"), 5),
    **dict.fromkeys(("six",), 6),
    **dict.fromkeys(("seven", "sept"), 7),
    **dict.fromkeys(("eight", "huit"), 8),
    **dict.fromkeys(("nine", "neuf"), 9),
    **dict.fromkeys(("ten", "dix"), 10),
    **dict.fromkeys(("twelve", "douze"), 12),
    **dict.fromkeys(("fourteen", "quatorze"), 14),
    **dict.fromkeys(("fifteen", "quinze"), 15),
    **dict.fromkeys(("twenty", "vingt"), 20),
    **dict.fromkeys(("thirty", "trente"), 30),
}
_FACTS = frozenset(
    {
        *("COMPLETION", "COMPLETION_OF_COURSE", "HAPPENING", "GRADE", "DEADLINE", "COURSE_DATE", "JOINING"),
        *("FIRST_ACCESS", "IN_GROUP", "ENROLLED_AS", "ACTIVE"),
    }
)
_SECOND_WORDS = frozenset({"of", "group", "access", "as", "within", "de", "du", "d'", "a", "à", "au", "dans", "comme"})
LONGEST_WORD = 40
_CLOSE = {'"': '"', '"""': '"""', "«": "»", "“": "”"}


def diagnose(src: Source, row: Sequence[Lexeme], start: int, at: int, stop: Stop) -> Diagnostic:
    """The one message for a statement that could not be read: `row[start]` begins it, `row[at]` stopped the reader."""
    return _Mistake(src, row, start, at, stop).diagnostic()


class _Mistake:
    def __init__(self, src: Source, row: Sequence[Lexeme], start: int, at: int, stop: Stop) -> None:
        self.src, self.row, self.start, self.at, self.stop = src, row, start, at, stop
        self.expected = stop.expected
        self.here = row[at] if at < len(row) else None
        self.before = row[at - 1] if at > start else None
        self.after = row[at + 1] if at + 1 < len(row) else None

    def written(self, lexeme: Lexeme) -> str:
        text = " ".join(self.src.text[lexeme.start : lexeme.end].split())
        return text if len(text) <= 60 else text[:50] + "…"

    def span(self, first: Lexeme, last: Lexeme | None = None) -> Span:
        return self.src.span(first.start, (last or first).end)

    def report(
        self, message: Message, first: Lexeme, last: Lexeme | None = None, fix: Fix | None = None, **args: object
    ) -> Diagnostic:
        args.setdefault("word", self.written(first))
        return Diagnostic(message, self.span(first, last), args, fix=fix)

    def diagnostic(self) -> Diagnostic:
        here = self.here
        if here is None:
            return self._compound() or self._unfinished()
        if self.stop.too_deep:
            return self.report(TOO_DEEP, here)
        if here.kind == "quote":
            return self._open_quote(here)
        if "TIMEZONE" in self.row[self.start].terminals:
            return self._zone(here)
        if here.kind == "other" and here.text in ".;:!":
            return self.report(STRAY, here)
        found = self._day(here) or self._number(here) or self._start(here) or self._word(here) or self._clause(here)
        return found or self._missing(here) or self._general(here)

    # --- kinds of mistakes ---

    def _open_quote(self, here: Lexeme) -> Diagnostic:
        line_end = self.src.text.find("\n", here.start)
        end = len(self.src.text) if line_end < 0 else line_end
        end = here.start + len(self.src.text[here.start : end].rstrip())
        close = _CLOSE[here.text]
        edits = Fix((Edit(self.src.span(end, end), close),))
        return Diagnostic(MISSING_QUOTE, self.src.span(here.start, end), {"close": close}, fix=edits)

    def _zone(self, here: Lexeme) -> Diagnostic:
        if zone_is_missing(self.row, self.start):
            return self.report(NO_ZONE, self.row[self.start])
        return self._general(here)

    def _day(self, here: Lexeme) -> Diagnostic | None:
        """A day after `after` or `wait`."""
        k = self.at if here.kind == "number" else self.at - 1
        month = here.kind == "word" and here.text in words.MONTHS
        dated = here.kind == "number" and here.text.count("-") + here.text.count("/") == 2
        if k <= 0 or not (month or dated):
            return None
        last = self.row[self.at + 1] if month and self.after is not None and self.after.kind == "number" else here
        word = " ".join(self.src.text[self.row[k].start : last.end].split())
        for terminal, message in (("AFTER", AFTER_DAY), ("WAIT", WAIT_DAY)):
            if terminal in self.row[k - 1].terminals:
                return self.report(message, self.row[k], last, word=word)
        return None

    def _number(self, here: Lexeme) -> Diagnostic | None:
        counts = self.after is not None and bool(self.after.terminals & {"UNIT", "TIMES", "LIMIT_PER"})
        if counts and here.text in _NUMBERS and self.expected & {"NUMBER", "TIMES"}:
            return self.report(NUMBER_IN_WORDS, here, number=_NUMBERS[here.text])
        if "UNIT" in self.expected and self.before is not None and self.before.kind == "number":
            if here.kind == "word":
                en, fr = _nearest(here.text, frozenset({"UNIT"}), 0.5) or ("days", "jours")
                return self.report(UNKNOWN_UNIT, here, en=en, fr=fr)
            if here.kind != "other":
                return self.report(MISSING_UNIT, self.before)
        return self._compound(self.at if here.kind == "number" else self.start)

    def _compound(self, k: int | None = None) -> Diagnostic | None:
        """The second part of a duration, which is read as the start of a rule: `4 hours before …`."""
        k = self.start if k is None else k
        first = self.row[k] if k < len(self.row) else None
        if first is None:
            return None
        counted = first.kind == "number" and k + 1 < len(self.row) and "UNIT" in self.row[k + 1].terminals
        if counted and k and "UNIT" in self.row[k - 1].terminals and not first.first:
            return self.report(COMPOUND, first, self.row[k + 1])
        return None

    def _start(self, here: Lexeme) -> Diagnostic | None:
        """A clause where a statement should begin."""
        if not self.stop.fresh or here.kind != "keyword":
            return None
        helps = clauses.help_of(here.terminals)
        return None if helps is None else self.report(ORPHAN, here, en=helps[0], fr=helps[1])

    def _word(self, here: Lexeme) -> Diagnostic | None:
        """A word that is nearly a keyword, or the beginning of one, or a part of a name without quotes."""
        if here.kind == "number" and self.expected & {"NAME"} and "NUMBER" not in self.expected:
            return self.report(NUMBER_NAME, here)
        if here.kind not in ("word", "keyword"):
            return None
        if (whole := _beginning(here.text, self.expected)) is not None:
            return self.report(INCOMPLETE, here, en=whole[0], fr=whole[1])
        text_only = "STRING" in self.expected and "NAME" not in self.expected and self.before is not None
        if here.kind == "keyword":
            if text_only and not here.first and self._declares() and "ARTICLE" in here.terminals:
                return self._quotes(TEXT_NEEDS_QUOTES, here, self._last_word(self.at))
            return self._keyword_in_name(here)
        near = _nearest(here.text, self.expected)
        if near is not None:
            return self.report(MISSPELT, here, en=near[0], fr=near[1])
        if text_only and self.before is not None and (self.before.kind == "keyword" or self._declares()):
            return self._quotes(TEXT_NEEDS_QUOTES, here, self._last_word(self.at))
        named = self.before is not None and self.before.kind == "word" and not here.first and not self.stop.fresh
        if named and self.before is not None and not self.row[self.start].terminals & {"LANGUAGE", "IMPORT"}:
            meant = _nearest(self.before.text, _FACTS, 0.75)
            if meant is not None and here.text in _SECOND_WORDS:
                return self.report(MISSPELT, self.before, en=meant[0], fr=meant[1])
            return self._quotes(NAME_NEEDS_QUOTES, self.before, self._last_word(self.at))
        return None

    def _keyword_in_name(self, here: Lexeme) -> Diagnostic | None:
        """`rule my rule`: a name of two words whose second begins a statement."""
        if self.at < self.start + 2 or here.first or self.before is None or self.before.kind != "word":
            return None
        if self.row[self.at - 2].terminals & NAMED and here.terminals & STRONG:
            return self._quotes(NAME_NEEDS_QUOTES, self.before, here)
        return None

    def _declares(self) -> bool:
        return not is_rule(self.row, self.start)

    def _last_word(self, k: int) -> Lexeme:
        while k + 1 < len(self.row) and self.row[k + 1].kind == "word" and not self.row[k + 1].first:
            k += 1
        return self.row[k]

    def _quotes(self, message: Message, first: Lexeme, last: Lexeme) -> Diagnostic:
        text = self.src.text[first.start : last.end]
        fix = Fix((Edit(self.span(first, last), f'"{text}"'),))
        return self.report(message, first, last, fix, word=" ".join(text.split()))

    def _clause(self, here: Lexeme) -> Diagnostic | None:
        """A clause of a rule where it cannot stand."""
        if here.kind != "keyword" or not is_rule(self.row, self.start) or here.terminals & self.expected:
            return None
        if "SEND" in self.expected and here.terminals & clauses.AFTER_SEND and not self._sends_later():
            return self._unsent()
        if here.first and clauses.begins_statement(here.terminals) and "SEND" in self.expected:
            return self._unsent()
        helps = clauses.help_of(here.terminals)
        if helps is None or not self.expected & clauses.BETWEEN_CLAUSES:
            return None
        return self.report(CLAUSE_ORDER, here, en=helps[0], fr=helps[1])

    def _sends_later(self) -> bool:
        for lexeme in self.row[self.at + 1 :]:
            if "SEND" in lexeme.terminals:
                return True
            if lexeme.first and clauses.begins_statement(lexeme.terminals):
                return False
        return False

    def _unsent(self) -> Diagnostic:
        last = self.before or self.row[self.start]
        return self.report(NO_SEND, last)

    def _missing(self, here: Lexeme) -> Diagnostic | None:
        if "SEND" in self.expected and here.kind == "text":
            fix = Fix((Edit(self.src.span(here.start, here.start), "send "),))
            return self.report(MISSING_SEND, here, fix=fix)
        if self.expected and self.expected <= {"AT", "A"} and self.before is not None:
            return self.report(MISSING_TIME, self.before)
        if here.first and self.before is not None and not self.stop.fresh:
            return self._unfinished()
        return None

    def _unfinished(self) -> Diagnostic:
        last = self.row[self.at - 1] if self.at else None
        if last is None:
            return Diagnostic(
                UNFINISHED, self.src.span(0, 0), {"word": "", "en": "a statement", "fr": "une instruction"}
            )
        if "SEND" in self.expected:
            return self.report(NO_SEND, last)
        if self.expected and self.expected <= {"AT", "A"}:
            return self.report(MISSING_TIME, last)
        en, fr = clauses.listed(self.expected)
        return self.report(UNFINISHED, last, en=en, fr=fr)

    def _general(self, here: Lexeme) -> Diagnostic:
        en, fr = clauses.listed(self.expected)
        return self.report(SYNTAX, here, en=en, fr=fr)


def zone_is_missing(row: Sequence[Lexeme], start: int) -> bool:
    """After `timezone` the next statement begins at once; its first word was taken for the zone."""
    return "TIMEZONE" in row[start].terminals and start + 1 < len(row) and row[start + 1].kind == "keyword"


@lru_cache(maxsize=1024)
def nearest_terminals(word: str, terminals: frozenset[str]) -> frozenset[str]:
    """The terminals whose phrase is most like a misspelt word; none if nothing is alike."""
    best, found = 0.7, frozenset[str]()
    for phrase, (owners, _, _) in _vocabulary().items():
        if owners & terminals and " " not in phrase and len(word) <= LONGEST_WORD:
            likeness = alike(word, phrase, best)
            if likeness > best:
                best, found = likeness, owners & terminals
    return found


@cache
def _vocabulary() -> Mapping[str, tuple[frozenset[str], str, str]]:
    """Folded first forms and single words → terminals and how they are written in English and in French."""
    found: dict[str, tuple[frozenset[str], str, str]] = {}
    for keyword in words.keywords():
        en = words.canonical(keyword.en[0]) if keyword.en else ""
        fr = words.canonical(keyword.fr[0]) if keyword.fr else ""
        for language in words.LANGUAGES:
            for phrase in keyword.phrases(language):
                written = words.canonical(phrase)
                pair = (written, fr or written) if language == "en" else (en or written, written)
                owners = found.get(words.fold(written), (frozenset(), "", ""))[0]
                found[words.fold(written)] = (owners | {keyword.terminals[language]}, *pair)
    return found


@lru_cache(maxsize=1024)
def _nearest(word: str, expected: frozenset[str], least: float = 0.7) -> tuple[str, str] | None:
    """The keyword that was probably meant, in both languages."""
    best, found = least, None
    for phrase, (owners, en, fr) in _vocabulary().items():
        if owners & expected and len(word) <= LONGEST_WORD:
            likeness = alike(word, phrase.removeprefix("l'").split(" ")[0], best) - 0.001 * phrase.count(" ")
            if likeness > best:
                best, found = likeness, (en, fr)
    return found


def _beginning(word: str, expected: Iterable[str]) -> tuple[str, str] | None:
    """The expected phrase of several words of which only the first stands here."""
    wanted = set(expected)
    for phrase, (owners, en, fr) in _vocabulary().items():
        if owners & wanted and phrase.startswith(word + " "):
            return en, fr
    return None
