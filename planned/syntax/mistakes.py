"""Names for what authors get wrong: from the place where reading stopped to a message with the words to type.

What is most certain is asked first; the last answer, to what nothing else knows, is what could stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from planned.diagnostics import Diagnostic, Span
from planned.syntax import amounts, clauses, habits, meaning, misspelt, moments, people, said, signs
from planned.syntax.broken import Broken
from planned.syntax.forms import form_of
from planned.syntax.lexemes import Lexeme
from planned.syntax.likeness import nearest
from planned.syntax.recover import is_rule
from planned.syntax.repair import Repairs
from planned.syntax.trial import Mended, Read, Trial
from planned.syntax.unquoted import (
    declared_name,
    number_in_name,
    open_quote,
    quoted_template,
    sentence,
    spoken_text,
    template_text,
    unquoted,
    wrong_quotes,
)
from planned.syntax.values import AMBIGUOUS_DATE, BAD_DATE, NO_YEAR

_LONGEST_PHRASE = 6
"""Words that are underlined at most where nothing better is known."""
_STEP = frozenset({"WAIT", "IF", "UNLESS", "SEND"})
_WHOM = frozenset({"TO", "A", "FOR_PERSON", "FROM", "SENDER", "VIA"})
"""With these it is said to whom, from whom and by which way a message goes."""


def diagnose(place: Broken, read: Read | None = None) -> Mended:
    """The one message for a statement that could not be read.

    With `read`, what the answers propose is tried: the first that makes the statement readable is given.
    """
    here = place.here
    if here is not None and place.stop.too_deep:
        return Mended(place.report(said.TOO_DEEP, here))
    if here is not None and here.kind == "quote":
        return Mended(open_quote(place, here))
    if zone_is_missing(place.row, place.start):
        return Mended(place.report(said.NO_ZONE, place.row[place.start]))
    if read is None or not place.row:
        return Mended(next(_answers(place)))
    return _tried(place, Trial(place, read))


def mended(place: Broken, read: Read) -> Mended | None:
    """What makes a statement readable, if something does."""
    found = _tried(place, Trial(place, read)) if place.row else None
    telling = found is not None and found.said.message in (said.OTHER_WORDS_FOR_INSTANCE, said.NOT_SAYABLE)
    return found if found is not None and (found.end >= 0 or telling) else None


def going_on(place: Broken, read: Read) -> Mended | None:
    """What is said of a line that begins with none of the language's words, if it can go on the rule above it.

    `place.start` is where that rule begins. Only what is known as a mistake is asked.
    """
    trial, told = Trial(place, read), None
    begin = place.span(place.row[place.at])
    for ask in (_once(meaning.wish), habits.all_named, meaning.phrases, _once(misspelt.word)):
        for found in ask(place):
            if concerns_before(found, begin):
                continue
            end = trial.of(found)
            if end is not None and end >= 0:
                return Mended(found, end)
            if found.message in (said.OTHER_WORDS_FOR_INSTANCE, said.NOT_SAYABLE):
                told = told or Mended(found)
    return told


def _tried(place: Broken, trial: Trial) -> Mended:
    further: Diagnostic | None = None
    uncertain: Diagnostic | None = None
    for found in _named(place, Repairs(trial)):
        if found.fix is None:
            if found.message in _CERTAIN and further is None:
                return Mended(found)
            uncertain = uncertain or found
            continue
        end = trial.of(found)
        if end is not None and end >= 0:
            return Mended(found, end)
        if found.message is said.COMMENT_SIGN:
            return Mended(found, place.src.position(found.span.end_line, found.span.end_column))
        if end is not None and _helps_alone(place, found) and not _is_telling(uncertain):
            further = further or found
    for found in _repaired(Repairs(trial), leave_out=further is None and not _is_telling(uncertain)):
        end = trial.of(found)
        if end is not None and end >= 0:
            return Mended(found, end)
    if further is not None and uncertain is not None and _is_telling(uncertain) and _covers(uncertain, further):
        return Mended(uncertain)
    return Mended(further or uncertain or _last_answer(place))


def _covers(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether it underlines more, and the same, too."""
    mine, its = one.span, other.span
    return mine.line == its.line and mine.column <= its.column and mine.end_column > its.end_column


def _helps_alone(place: Broken, found: Diagnostic) -> bool:
    """Whether it is right although something else in the statement is wrong, too: `Quiz 1`, but not any two words."""
    numbered = place.here is not None and place.here.kind == "number" and found.message is said.NAME_NEEDS_QUOTES
    needless = found.message is said.NEEDLESS and found.fix is not None and found.fix.safe
    read = found.message is said.MISSPELT and place.here is not None and place.span(place.here) != found.span
    return numbered or needless or not (read or found.message in _ALL_OR_NOTHING)


def _is_telling(found: Diagnostic | None) -> bool:
    """Whether it tells more than that some words are not understood."""
    return found is not None and found.message in (said.OTHER_WORDS_FOR_INSTANCE, said.NOT_SAYABLE, said.NO_SEND)


def _named(place: Broken, repairs: Repairs) -> Iterator[Diagnostic]:
    """What is known as a mistake, most certain first."""
    if place.here is None:
        yield from _of_the_end(place)
        return
    for ask in (*_QUESTIONS, *_MEANT):
        yield from ask(place)
    yield from repairs.little()
    for ask in _LATER_QUESTIONS:
        yield from ask(place)
    yield from repairs.respelt()
    for ask in _LAST_QUESTIONS:
        yield from ask(place)


def _repaired(repairs: Repairs, leave_out: bool) -> Iterator[Diagnostic]:
    """Changes that are right only if they make the whole statement readable."""
    yield from repairs.moved()
    if repairs.place.here is not None:
        yield from repairs.inserted()
        if leave_out:
            yield from repairs.deleted()


def _answers(place: Broken) -> Iterator[Diagnostic]:
    """All that can be said without trying it, and at last what could stand there."""
    if place.here is None:
        yield from _of_the_end(place)
        return
    for ask in (*_QUESTIONS, _bound_habits, *_LATER_QUESTIONS, *_LAST_QUESTIONS):
        yield from ask(place)
    yield _last_answer(place)


def _bound_habits(place: Broken) -> Iterator[Diagnostic]:
    return habits.all_named(place, anywhere=False)


def _of_the_end(place: Broken) -> Iterator[Diagnostic]:
    if (found := _compound(place, place.start)) is not None:
        yield found
    yield from habits.all_named(place)
    yield _unfinished(place)


def _last_answer(place: Broken) -> Diagnostic:
    if place.here is None:
        return _unfinished(place)
    return signs.stray(place) or _general(place, place.here)


def concerns_before(found: Diagnostic, start: Span) -> bool:
    """Whether the statement before the one that starts there is a part of the mistake: it went on."""
    begins = (found.span.line, found.span.column) < (start.line, start.column)
    return begins or (
        found.message is said.COMPOUND and found.span.line == start.line and found.span.column == start.column
    )


def zone_is_missing(row: Sequence[Lexeme], start: int) -> bool:
    """After `timezone` the next statement begins at once; its first word was taken for the zone."""
    return "TIMEZONE" in row[start].terminals and start + 1 < len(row) and row[start + 1].kind == "keyword"


# --- numbers ---


def _number(place: Broken) -> Diagnostic | None:
    here, before = place.here, place.before
    assert here is not None
    counts = place.after is not None and bool(place.after.terminals & {"UNIT", "TIMES", "LIMIT_PER"})
    number = amounts.NUMBERS.get(here.text)
    counts = counts or here.text not in amounts.ARTICLES
    if number is not None and counts and place.expected & {"NUMBER", "TIMES"}:
        fix = place.replaced(here.start, here.end, str(number), str(number), safe=True)
        return place.report(said.NUMBER_IN_WORDS, here, fix=fix, number=number)
    if "UNIT" in place.expected and before is not None and before.kind == "number":
        if here.kind == "word":
            short = amounts.short_unit(here.text)
            smallest = ("minutes", "minutes") if here.text.startswith("sec") else None
            en, fr = short or smallest or nearest(here.text, frozenset({"UNIT"}), 0.5) or ("days", "jours")
            spelled = place.replaced(here.start, here.end, en, fr) if short else None
            return place.report(said.UNKNOWN_UNIT, here, fix=spelled, en=en, fr=fr)
        if here.kind != "other" and not here.terminals & {"TIMES"}:
            return place.report(said.MISSING_UNIT, before)
    return _compound(place, place.at if here.kind == "number" else place.start)


def _compound(place: Broken, k: int) -> Diagnostic | None:
    """The second part of a duration, which is read as the start of a rule: `4 hours before …`."""
    row = place.row
    if k + 1 >= len(row) or not k or row[k].kind != "number" or row[k].first:
        return None
    if "UNIT" in row[k + 1].terminals and "UNIT" in row[k - 1].terminals:
        return place.report(said.COMPOUND, row[k], row[k + 1], word=place.written(row[k]))
    return None


# --- words that are missing, or in another order ---


def _missing_word(place: Broken) -> Diagnostic | None:
    here, expected, day = place.here, place.expected, place.lexeme(place.at + 2)
    assert here is not None
    counted = here.kind == "number" and place.after is not None and "UNIT" in place.after.terminals
    if counted and "WAIT" in expected and place.after is not None and not place.stop.fresh:
        fix = place.replaced(here.start, here.start, "wait ", "attendre ", safe=True)
        return place.report(said.MISSING_WORD, here, place.after, fix, en="wait", fr="attendre")
    if here.terminals & {"WAIT", "SEND", "IF", "UNLESS"} and "THEN" in expected and _sends(place, place.at):
        fix = place.replaced(here.start, here.start, "then ", "puis ")
        return place.report(said.MISSING_THEN, here, fix=fix)
    timed = expected == {"ON"} and here.terminals & {"AT", "A"} and place.before is not None
    timed = timed and not (place.after is not None and re.match(r"\d{4}-", place.after.text))
    if timed and place.before is not None and (day is None or not day.terminals & {"ON"}):
        return place.report(said.MISSING_DAY, place.before)
    after_days = place.before is not None and "UNIT" in place.before.terminals
    if (expected & {"AT", "A"} or after_days) and re.match(r"\d{1,2}(:\d|h|[ap]m(?!\w))", place.written(here)):
        fix = place.replaced(here.start, here.start, "at ", "à ", safe=True)
        return place.report(said.MISSING_WORD, here, fix=fix, en="at", fr="à")
    if here.kind == "text" and "SEND" in expected:
        fix = place.replaced(here.start, here.start, "send ", "envoyer ", safe=True)
        return place.report(said.MISSING_SEND, here, fix=fix)
    return None


def _missing_time(place: Broken) -> Diagnostic | None:
    """`every monday` without its time; or, on a line of its own below a message, `every 7 days` for `repeat …`."""
    if not place.expected or not place.expected <= {"AT", "A"} or place.before is None:
        return None
    first = place.row[place.start]
    counted = place.lexeme(place.start + 1)
    line = place.src.folded[place.src.folded.rfind("\n", 0, first.start) + 1 : first.start]
    if "EVERY" in first.terminals and counted and counted.kind == "number" and line and place.start:
        said_now = place.written(first, place.before).partition(" ")[2].removeprefix("les ")
        en, fr = f"repeat every {said_now} up to 3 times", f"répéter tous les {said_now} au plus 3 fois"
        return place.report(said.OTHER_WORDS_FOR_INSTANCE, first, place.before, en=en, fr=fr)
    heads = {"EVERY", "ON", "ON_DAY_OF", "UNTIL", "BEFORE"}
    begin = max(place.at - 6, place.start)
    head = next((k for k in range(place.at - 2, begin - 1, -1) if place.row[k].terminals & heads), None)
    if head is None:
        return place.report(said.MISSING_TIME, place.before)
    word = place.written(place.row[head], place.before)
    return place.report(said.MISSING_TIME, place.row[head + 1], place.before, word=word)


def _sends(place: Broken, k: int) -> bool:
    """Whether the statement sends a message from here on."""
    for lexeme in place.row[k:]:
        if "SEND" in lexeme.terminals:
            return True
        if lexeme.first and clauses.begins_statement(lexeme.terminals):
            return False
    return False


def _order(place: Broken) -> Diagnostic | None:
    """`send to tutor "x"`; `3 days after completion of Quiz1`."""
    here, row, at = place.here, place.row, place.at
    assert here is not None
    k = at if place.follows({"SEND"}) else at - 1
    send, to = place.lexeme(k - 1), place.lexeme(k)
    if send is not None and to is not None and "SEND" in send.terminals and to.terminals & _WHOM:
        text = next((j for j in range(k + 1, min(k + 5, len(row))) if _is_message(place, row[j])), None)
        if text is not None:
            who, message = place.written(row[k], row[text - 1]), place.written(row[text])
            right = f"{place.written(send)} {message} {who}"
            fix = place.replaced(send.start, row[text].end, right, right, safe=True)
            return place.report(said.MESSAGE_FIRST, row[k], row[text - 1], fix, en=right, fr=right)
    number = place.lexeme(at - 2)
    if "AFTER" in here.terminals and number is not None and number.kind == "number" and "BEFORE" in place.expected:
        end = next((j for j in range(at + 1, len(row)) if row[j].terminals & _STEP or row[j].first), len(row))
        hour = next((j for j in range(at + 1, end - 1) if row[j].terminals & {"AT", "A"} and _is_hour(place, j)), end)
        after, delay = place.written(here, row[hour - 1]), place.written(number, row[at - 1])
        after = re.sub("^after the ", "after ", after)
        if hour < end:
            delay += " " + place.written(row[hour], row[end - 1])
        en, fr = f"{after} wait {delay}", f"{after} attendre {delay}"
        fix = place.replaced(number.start, row[end - 1].end, en, fr, safe=True)
        return place.report(said.DELAY_FIRST, number, row[at - 1], fix, en=en, fr=fr)
    return None


def _is_message(place: Broken, one: Lexeme) -> bool:
    return one.kind == "text" or "TEMPLATE" in place.declared.get(one.text, ())


def _is_hour(place: Broken, k: int) -> bool:
    return place.written(place.row[k + 1])[:1].isdigit()


def _headless(place: Broken) -> Diagnostic | None:
    """A clause where a rule should start."""
    here = place.here
    assert here is not None
    if here.kind != "keyword" or "ON_DAY_OF" not in place.expected or clauses.begins_statement(here.terminals):
        return None
    helps = clauses.help_of(here.terminals)
    if helps is None:
        return None
    if here.terminals & _STEP and "THEN" not in place.expected:
        return place.report(said.HEADLESS, here)
    return place.report(said.ORPHAN if place.stop.fresh else said.CLAUSE_ORDER, here, en=helps[0], fr=helps[1])


# --- clauses ---


def _clause(place: Broken) -> Diagnostic | None:
    """A clause of a rule where it cannot stand."""
    here, expected = place.here, place.expected
    assert here is not None
    if here.kind != "keyword" or not is_rule(place.row, place.start) or here.terminals & expected:
        return None
    if "SEND" in expected and here.terminals & clauses.AFTER_SEND and not _sends(place, place.at + 1):
        return _unsent(place)
    if here.first and clauses.begins_statement(here.terminals) and "SEND" in expected:
        return _unsent(place)
    helps = clauses.help_of(here.terminals)
    if helps is None or not expected & clauses.BETWEEN_CLAUSES:
        return None
    return place.report(said.CLAUSE_ORDER, here, en=helps[0], fr=helps[1])


def _unsent(place: Broken) -> Diagnostic:
    last = place.row[place.at - 1] if place.at else place.row[place.start]
    first = place.at - 1
    while first > place.start and not place.row[first].terminals & (_STEP | clauses.STARTS):
        first -= 1
    clause = place.written(place.row[first], last) if first < place.at else ""
    return place.report(said.NO_SEND, last, word=clause)


def _line_ended(place: Broken) -> Diagnostic | None:
    here = place.here
    if here is not None and here.first and place.before is not None and not place.stop.fresh:
        return _unfinished(place)
    return None


def _unfinished(place: Broken) -> Diagnostic:
    last = place.row[place.at - 1] if place.at else None
    if last is None:
        span = place.src.span(0, 0)
        return Diagnostic(said.UNFINISHED, span, {"word": "", "en": "a statement", "fr": "une instruction"})
    if "SEND" in place.expected:
        return _unsent(place)
    if (found := _missing_time(place)) is not None:
        return found
    if place.expected and place.expected <= {"ON"}:
        return place.report(said.MISSING_DAY, last)
    if last.kind == "text" and place.follows({"NOTIFY"}, 2):
        return place.report(said.NO_RECIPIENT, last)
    if (found := people.unsaid(place)) is not None:
        return found
    if (found := _no_trigger(place)) is not None:
        return found
    en, fr = form_of(place)
    return place.report(said.UNFINISHED, last, en=en, fr=fr)


def _no_trigger(place: Broken) -> Diagnostic | None:
    """Words below a rule's name that are none of the four ways to start it."""
    here, row = place.here, place.row
    if here is None or not here.first or "ON_DAY_OF" not in place.expected or not place.follows({"RULE"}, 2):
        return None
    if here.kind not in ("word", "keyword") or clauses.help_of(here.terminals) or here.terminals & clauses.STARTS:
        return None
    last = place.at
    while last + 1 < len(row) and not row[last + 1].first:
        last += 1
    return place.report(said.NO_TRIGGER, here, row[last])


def _general(place: Broken, here: Lexeme) -> Diagnostic:
    en, fr = form_of(place)
    last = here
    for lexeme in place.row[place.at + 1 : place.at + _LONGEST_PHRASE]:
        if lexeme.first or lexeme.kind != "word" or here.kind != "word":
            break
        last = lexeme
    return place.report(said.SYNTAX, here, last, en=en, fr=fr)


def _once(ask: Callable[[Broken], Diagnostic | None]) -> Callable[[Broken], Iterator[Diagnostic]]:
    def asked(place: Broken) -> Iterator[Diagnostic]:
        if (found := ask(place)) is not None:
            yield found

    return asked


_QUESTIONS: tuple[Callable[[Broken], Iterator[Diagnostic]], ...] = (
    *(
        _once(signs.letters),
        _once(wrong_quotes),
        _once(signs.twice),
        _once(signs.bullets),
        _once(signs.comment),
        _once(signs.commas),
        _once(moments.named),
        _once(_missing_word),
        _once(_order),
    ),
    *(
        _once(people.recipient),
        _once(people.address),
        _once(quoted_template),
        _once(declared_name),
        _once(template_text),
    ),
    _once(spoken_text),
)
_MEANT = (_once(meaning.wish), habits.all_named, meaning.phrases, _once(sentence))
"""What is asked only if the answers can be tried: they may be wrong."""
_LATER_QUESTIONS = tuple(
    _once(ask) for ask in (_missing_time, signs.stray, number_in_name, _number, misspelt.accent, misspelt.word)
)
_LAST_QUESTIONS = tuple(_once(ask) for ask in (unquoted, _headless, _clause, _line_ended))
_CERTAIN = (
    *(said.AFTER_DAY, said.WAIT_DAY, said.COMPOUND, said.MISSING_UNIT, said.UNKNOWN_UNIT, said.NO_RECIPIENT),
    *(said.MISSING_MESSAGE, said.RELATIVE_DAY, said.RECIPIENT_ADDRESS, said.NOT_SAYABLE),
    *(said.MISSING_DAY, AMBIGUOUS_DATE, BAD_DATE, NO_YEAR),
)
"""What is right although nothing can be typed that mends it at once."""
_ALL_OR_NOTHING = (said.NAME_NEEDS_QUOTES, said.NEEDLESS, said.STRAY)
"""What is right only if it makes the whole statement readable."""
