"""Texts and names without quotes, and with quotes of the wrong kind."""

from __future__ import annotations

import re
from itertools import takewhile

from planned.diagnostics import Diagnostic, Edit, Fix, Message
from planned.syntax.broken import Broken, shortened
from planned.syntax.lexemes import Lexeme
from planned.syntax.recover import NAMED, STRONG, is_rule
from planned.syntax.said import (
    BELONGS_BEFORE,
    MISSING_QUOTE,
    MISSING_QUOTES,
    NAME_NEEDS_QUOTES,
    NEEDLESS,
    NEVER_OPENED,
    NUMBER_NAME,
    ONE_WORD,
    OTHER_CLOSE,
    OTHER_QUOTES,
    SEVERAL_LINES,
    TEXT_NEEDS_QUOTES,
)

_CLOSE = {'"': '"', '"""': '"""', "«": "»", "“": "”"}
_TITLED = frozenset({"COURSE", "ACTIVITY", "TOPIC"})
_CODE = re.compile(r"[A-Z\d_-]*\d[\w-]*|[A-Z]{2,}")
"""What is more likely a name by itself than a word of a title."""
_LONGEST_NAME = 8
"""Characters of the words behind a template's name that may be a part of it; more are its subject."""
_OTHER_OPEN = "”’‘„‚‹`´'″"
_ANY_QUOTE = "”’‘„‚‹›`´'″\"«»“"
_NAME_BEFORE = NAMED | {
    *("COMPLETION", "HAPPENING", "GRADE", "DEADLINE", "JOINING", "IN_GROUP", "WAS", "ABOUT", "FOR_GROUP"),
    *("IF", "UNLESS", "NOT", "AND", "OR", "ARTICLE", "STOP", "STOP_ALL", "FOR", "BEFORE", "AFTER"),
    *("VERB_NAME", "CONSULTED", "EXPECT", "EXPECT_NO", "EXPECT_NOTICE", "TO", "A", "SENDER", "GIVEN", "FOR_PERSON"),
}
"""Keywords after which a name may stand."""
_INSIDE_NAMES = frozenset({"A", "FROM", "ARTICLE", "TO", "FOR", "ON", "AND", "VIA", "IN_GROUP", "AT", "IS", "COURSE"})
"""Little words that often stand in the middle of a name: `Devoir à rendre`, `Quiz on verbs`."""


def wrong_quotes(place: Broken) -> Diagnostic | None:
    """A text in quotes that are none here: ‘x’, 'x', ”x”, „x“."""
    here = place.here
    if here is None or here.kind != "other" or here.text not in _OTHER_OPEN or "STRING" not in place.expected:
        return None
    line = place.src.text[here.start : _line_end(place, here.start)]
    inner = re.match(rf"[{_ANY_QUOTE}]+(.*?)[{_ANY_QUOTE}]+(?![\w{_ANY_QUOTE}])", line)
    whole = inner.group() if inner else line.rstrip()
    text = (inner[1] if inner else line.rstrip()[1:]).replace('"', "'")
    span = place.src.span(here.start, here.start + len(whole))
    right = f'"{text}"'
    return Diagnostic(
        OTHER_QUOTES, span, {"right": shortened(right)}, fix=Fix((Edit(span, right),), safe=inner is not None)
    )


def open_quote(place: Broken, here: Lexeme) -> Diagnostic:
    """A text that is not closed, or closed with a quote of another kind."""
    start, close = here.start, _CLOSE[here.text]
    end = start + len(place.src.text[start : _line_end(place, start)].rstrip())
    if (found := _never_opened(place, here, end)) is not None:
        return found
    if here.text == '"""':
        return Diagnostic(MISSING_QUOTES, place.src.span(start, end), {})
    line = place.src.text[start:end]
    for k in range(len(line) - 1, 0, -1):
        opened = {"»": "«", "”": "“"}.get(line[k], "")
        if line[k] in '"”“»„' and not line[k + 1 : k + 2].isalnum() and (not opened or opened not in line[1:k]):
            inner = start + (len(line[:k].rstrip()) if line[k] == "»" else k)
            fix = Fix((Edit(place.src.span(inner, start + k + 1), close),), safe=True)
            args = {"open": here.text, "wrong": line[k], "close": close}
            return Diagnostic(OTHER_CLOSE, place.src.span(start, start + k + 1), args, fix=fix)
    if _goes_on(place, end, close):
        return Diagnostic(SEVERAL_LINES, place.src.span(start, end), {})
    fix = Fix((Edit(place.src.span(end, end), f"\u00a0{close}" if close == "»" else close),))
    return Diagnostic(MISSING_QUOTE, place.src.span(start, end), {"close": close}, fix=fix)


def _never_opened(place: Broken, here: Lexeme, end: int) -> Diagnostic | None:
    """`send Hello there"`: a quote at the end of a line whose words are the text."""
    text = place.src.text
    if end > here.end or not text[here.start - 1 : here.start].strip() or place.at < 1:
        return None
    k = place.at - 1
    while k > 0 and not place.row[k].first and place.row[k].kind != "keyword":
        k -= 1
    if place.row[k].kind != "keyword" or k + 1 >= place.at:
        return None
    return _opened_before(place, place.row[k + 1], here)


def _opened_before(place: Broken, first: Lexeme, quote: Lexeme) -> Diagnostic:
    right = f'"{place.src.text[first.start : quote.start]}"'
    fix = place.replaced(first.start, quote.end, right, right)
    return Diagnostic(NEVER_OPENED, place.src.span(first.start, quote.end), {"right": right}, fix=fix)


def _goes_on(place: Broken, end: int, close: str) -> bool:
    """Whether the lines below are text up to a closing quote, none of which begins with a keyword."""
    for lexeme in place.row[place.at + 1 :]:
        if lexeme.start < end:
            continue
        if lexeme.first and lexeme.kind == "keyword":
            return False
        if place.src.text[lexeme.start] == close:
            return not lexeme.first or lexeme.kind == "quote"
    return False


def _line_end(place: Broken, start: int) -> int:
    end = place.src.text.find("\n", start)
    return len(place.src.text) if end < 0 else end


def number_in_name(place: Broken) -> Diagnostic | None:
    """`Quiz 1`, or `2` alone, where a name belongs."""
    here, before = place.here, place.before
    if before is not None and before.kind == "number" and place.at - 1 == place.start:
        return _number_after_name(place, before)
    if here is None or here.kind != "number" or here.first:
        return None
    if re.fullmatch(r"\d{1,2}(?:h\d*|:\d\d)", here.text):
        return None
    if "NAME" in place.expected and "NUMBER" not in place.expected:
        last = _last_word(place, place.at)
        return _quoted(place, NUMBER_NAME if last is here else NAME_NEEDS_QUOTES, here, last)
    counted = place.after is not None and place.after.terminals & {"UNIT", "TIMES"}
    named = before is not None and before.kind == "word" and place.follows(set(_NAME_BEFORE), 2)
    if named and before is not None and not counted and re.fullmatch(r"[\w.-]+", here.text):
        return _quoted(place, NAME_NEEDS_QUOTES, before, _last_word(place, place.at))
    return None


def _number_after_name(place: Broken, number: Lexeme) -> Diagnostic | None:
    """`activity Quiz 1 "x"`: the declaration ended with `Quiz`, and the number was taken for a new statement."""
    k = place.start
    if k < 2 or number.first or place.row[k - 1].kind != "word" or not place.row[k - 2].terminals & NAMED:
        return None
    if place.here is not None and "UNIT" in place.here.terminals:
        return None
    return _quoted(place, NAME_NEEDS_QUOTES, place.row[k - 1], number)


def unquoted(place: Broken) -> Diagnostic | None:
    """Words that go on where a name or a text should have ended."""
    here, before = place.here, place.before
    if here is None or before is None or here.kind not in ("word", "keyword") or here.first:
        return None
    if place.row[place.start].terminals & {"LANGUAGE", "TIMEZONE"}:
        return None
    if place.follows({"TEMPLATE"}, 2) and before.kind == "word":
        return _template_name(place, before, here)
    if place.follows(set(NAMED - {"RULE"}), 2) and (
        _in_a_name(place, here) or _text_follows(place) or _only_words_follow(place)
    ):
        if _only_words_follow(place) and _CODE.fullmatch(place.written(before)) and not _CODE.fullmatch(here.text):
            return _quoted(place, TEXT_NEEDS_QUOTES, here, _last_word(place, place.at))
        return _quoted(place, NAME_NEEDS_QUOTES, before, _last_word(place, place.at))
    if "STRING" in place.expected and "NAME" not in place.expected and _text_belongs(place, here, before):
        return _text(place, here)
    if before.kind != "word":
        return None
    if (first := _sent(place)) is not None and (here.kind == "word" or place.src.text[first.start].isupper()):
        return _text(place, first)
    if here.kind == "keyword" and not _in_a_name(place, here):
        return None
    if here.kind == "word" and place.stop.fresh:
        return None
    return _quoted(place, NAME_NEEDS_QUOTES, before, _last_word(place, place.at))


def _sent(place: Broken) -> Lexeme | None:
    """The first of the words behind `send`, if there is nothing else up to here: `send Well done, you may go on`."""
    k = place.at - 1
    while k > place.start and (place.row[k].kind == "word" or place.row[k].text == ","):
        k -= 1
    sends = place.row[k].terminals & {"SEND", "NOTIFY"} and k < place.at - 1
    return place.row[k + 1] if sends else None


def _begun_before(place: Broken) -> Lexeme | None:
    """The first word of `send Lesson 2 comes next`: a message was read there, and a number begins something new."""
    k = place.start
    if k < 2 or k >= len(place.row) or place.row[k].first or place.row[k].kind != "number":
        return None
    word = place.row[k - 1]
    sent = "SEND" in place.row[k - 2].terminals and word.kind == "word" and word.text not in place.declared
    return word if sent else None


def spoken_text(place: Broken) -> Diagnostic | None:
    """`send Hello {{ user.firstname }}!`: a sign after a first word tells that it is a text."""
    here, before = place.here, place.before
    if here is not None and place.follows({"SEND"}) and here.kind == "word" and here.text[-1:] in "'’":
        return _text(place, here)
    if (first := _begun_before(place)) is not None:
        return _text(place, first)
    if here is None or before is None or here.kind != "other" or here.text not in "{!?%'’":
        return None
    sent = place.follows({"SEND", "NOTIFY"}, 2) and before.kind == "word"
    return _text(place, before) if sent else None


def declared_name(place: Broken) -> Diagnostic | None:
    """`course Digital skills: the basics`, `course NUM101: The basics`, `course "The basics" NUM101`."""
    first, name, here = place.row[place.start], place.lexeme(place.start + 1), place.here
    if here is None or name is None or here.first or not first.terminals & _TITLED:
        return None
    line = [name, *takewhile(lambda one: not one.first, place.row[place.start + 2 :])]
    last = line[-1]
    if name.kind == "text" and here.kind == "word" and last is here and place.at == place.start + 2:
        right = f"{place.written(here)} {place.written(name)}"
        fix = place.replaced(name.start, here.end, right, right, safe=True)
        return place.report(BELONGS_BEFORE, here, None, fix, right=right, beside=place.written(name))
    if here.text not in (":", "–", "-") or name.kind != "word" or any(one.kind in ("text", "quote") for one in line):
        return None
    written = place.src.text[name.start : last.end]
    title = place.src.text[here.end : last.end].strip()
    if place.at == place.start + 2 and title and _is_named(place, name) and _CODE.fullmatch(place.written(name)):
        fix = place.replaced(name.end, last.end, f' "{title}"', f' "{title}"')
        return place.report(TEXT_NEEDS_QUOTES, here, last, fix, word=title)
    return place.report(NAME_NEEDS_QUOTES, name, last, place.replaced(name.start, last.end, *(f'"{written}"',) * 2))


def sentence(place: Broken) -> Diagnostic | None:
    """`send Time to start lesson 2!`: what begins with a capital and nothing declares is a text, whatever is in it."""
    here, row = place.here, place.row
    k = place.at - 1
    while k > place.start and not row[k].first and "SEND" not in row[k].terminals:
        k -= 1
    if here is None or here.first or "SEND" not in row[k].terminals or k + 1 >= place.at:
        return None
    first, between = row[k + 1], row[k + 1 : place.at]
    spoken = place.src.text[first.start].isupper() and first.text not in place.declared
    return _text(place, first) if spoken and all(one.kind != "text" for one in between) else None


def template_text(place: Broken) -> Diagnostic | None:
    """`template reminder "Lesson 2"` and, on the line below, the text without quotes."""
    here, before = place.here, place.before
    if here is None or before is None or not here.first or before.kind != "text" or here.kind == "text":
        return None
    text = place.src.text
    margin, column = (one.start - text.rfind("\n", 0, one.start) for one in (place.row[place.start], here))
    belongs = "TEMPLATE" in place.row[place.start].terminals and column > margin
    return _quoted(place, TEXT_NEEDS_QUOTES, here, _end_of_line(place)) if belongs else None


def _end_of_line(place: Broken) -> Lexeme:
    return [place.row[place.at], *takewhile(lambda one: not one.first, place.row[place.at + 1 :])][-1]


def quoted_template(place: Broken) -> Diagnostic | None:
    """`template "my mail" "Hello"`: a template's name in quotes."""
    here, after = place.here, place.after
    if here is None or after is None or not place.follows({"TEMPLATE"}) or here.kind != "text" or after.kind != "text":
        return None
    joined = "_".join(re.findall(r"[\w-]+", place.written(here))) or "_"
    fix = Fix((Edit(place.span(here), joined),))
    return place.report(ONE_WORD, here, None, fix, joined=joined)


def _text_follows(place: Broken) -> bool:
    for lexeme in place.row[place.at + 1 :]:
        if lexeme.first or lexeme.kind in ("text", "quote"):
            return not lexeme.first
    return False


def _only_words_follow(place: Broken) -> bool:
    """`activity Final Exam` and no more on the line."""
    line = takewhile(lambda one: not one.first, place.row[place.at :])
    return all(one.kind in ("word", "number") for one in line)


def _text_belongs(place: Broken, here: Lexeme, before: Lexeme) -> bool:
    if here.kind == "keyword" and not here.terminals & _INSIDE_NAMES:
        return False
    return before.kind in ("keyword", "text", "word") and (
        not is_rule(place.row, place.start) or before.kind == "keyword"
    )


def _in_a_name(place: Broken, here: Lexeme) -> bool:
    """Whether a keyword is a part of a name: `rule my rule`, `Devoir à rendre`, `Quiz de fin`."""
    if not place.follows(set(_NAME_BEFORE), 2):
        return False
    if here.terminals & STRONG:
        return place.follows(set(NAMED), 2)
    after = place.after
    if "ARTICLE" in here.terminals and place.follows(set(NAMED), 2):
        return False
    return bool(here.terminals & _INSIDE_NAMES) and after is not None and after.kind == "word" and not after.first


def _template_name(place: Broken, first: Lexeme, here: Lexeme) -> Diagnostic | None:
    last = here
    for lexeme in place.row[place.at :]:
        if lexeme.kind not in ("word", "keyword", "number") or lexeme.first:
            break
        last = lexeme
    after = next((one for one in place.row[place.at :] if one.start >= last.end), None)
    if after is None or after.kind not in ("text", "quote"):
        return _text(place, here)
    if last.start - here.start > _LONGEST_NAME:
        return _quoted(place, TEXT_NEEDS_QUOTES, here, last)
    joined = "_".join(re.findall(r"[\w-]+", place.src.text[first.start : last.end]))
    fix = Fix((Edit(place.span(first, last), joined),))
    return place.report(ONE_WORD, first, last, fix, joined=joined)


def _last_word(place: Broken, k: int) -> Lexeme:
    """The end of a name without quotes of which `row[k]` is a part; little words between two others belong to it."""
    last = place.row[k]
    for j in range(k + 1, len(place.row)):
        one = place.row[j]
        if one.first or one.kind not in ("word", "number", "keyword"):
            break
        if one.kind == "keyword":
            after = place.lexeme(j + 1)
            inside = one.terminals & _INSIDE_NAMES and not one.terminals & {"AND", "IS"}
            if not inside or after is None or after.kind != "word" or after.first:
                break
        else:
            last = one
    return last


def _text(place: Broken, first: Lexeme) -> Diagnostic | None:
    """To the end of the line, or to what begins behind it: a quote, a comment, a clause of a message."""
    if "TEMPLATE" in place.declared.get(first.text, ()) and "TEMPLATE" not in place.row[place.start].terminals:
        return None
    last = first
    for lexeme in place.row[place.at :]:
        clause = lexeme.terminals & {"SENDER", "SUBJECT", "VIA", "NOTIFY", "REPEAT", "THEN", "STOP", "SEND"}
        dated = lexeme.terminals & {"ON"} and "SCENARIO" in place.row[place.start].terminals
        if lexeme.first or lexeme.kind in ("text", "quote") or ((clause or dated) and lexeme is not first):
            break
        last = lexeme
    if lexeme.kind == "text" and not lexeme.first and "PROFILE_OP" not in place.expected:
        return None
    if lexeme.kind == "quote" and not lexeme.first and first is not lexeme:
        return _opened_before(place, first, lexeme)
    return _quoted(place, TEXT_NEEDS_QUOTES, first, last)


_SENTENCE = re.compile(
    r"(?<![\w-])(?:is|are|was|has|have|hasn't|haven't|isn't|does|did|been|having|neither|nor|avoir|soit|sont|ont|ait"
    r"|ete|ni|jamais|apres|after|when|quand|twice|il|elle|ils|elles|they|he|she|student|learner|apprenant|etudiant"
    r"|completing|finishing|until|while)(?![\w-])"
)
"""Words of a sentence about an activity; a name has none of them."""


_KIND = re.compile(
    r"the|an?|my|our|le|la|les|l'|un|une|mon|ma|ce|cette|quiz|test|exam|examen|lesson|lecon|essay|devoir|assignment"
    r"|homework|exercise|exercice|module|unit|task|tache|chapter|chapitre|questionnaire|survey|epreuve|evaluation"
    r"|assessment|session|activity|activite|template|modele|message|mail|e-?mail|courriel|text|texte|group|groupe"
)
"""What is said of what a name is."""
_MOST_WORDS = 12


def _part_of_name(place: Broken, first: Lexeme, last: Lexeme, message: Message) -> Diagnostic | None:
    """`the essay Essay`, `the message welcome`: what it is and its name."""
    near = place.row[max(place.at - _MOST_WORDS, 0) : place.at + _MOST_WORDS]
    words = [one for one in near if first.start <= one.start <= last.start]
    for one in (last, first) if message is TEXT_NEEDS_QUOTES else (last,):
        kinds = [word for word in words if word is not one]
        if not kinds or one.kind != "word" or any(is_kind(place, word) is None for word in kinds):
            continue
        if _is_named(place, one) or (message is TEXT_NEEDS_QUOTES and not is_kind(place, one)):
            start, stop = (first.start, last.start) if one is last else (first.end, last.end)
            fix = place.replaced(start, stop, "", "")
            return place.report(NEEDLESS, kinds[0], kinds[-1], fix)
    return None


def is_kind(place: Broken, word: Lexeme) -> re.Match[str] | None:
    """Whether a word only says what something is, not how it is called."""
    return None if place.src.text[word.start].isupper() else _KIND.fullmatch(word.text)


def _is_named(place: Broken, word: Lexeme) -> bool:
    """Whether it looks like a name by itself."""
    return place.src.text[word.start].isupper() or any(letter.isdigit() for letter in word.text)


def _quoted(place: Broken, message: Message, first: Lexeme, last: Lexeme) -> Diagnostic | None:
    text = place.src.text[first.start : last.end]
    if not place.row[place.start].terminals & (NAMED - {"RULE"}):
        if message is NAME_NEEDS_QUOTES and _SENTENCE.search(place.src.folded, first.start, last.end):
            return None
        if (found := _part_of_name(place, first, last, message)) is not None:
            return found
        named = first is not last and _is_named(place, last) and not _is_named(place, first)
        if message is NAME_NEEDS_QUOTES and named and last.kind == "word" and first.kind == "word":
            return None
    fix = Fix((Edit(place.span(first, last), f'"{text}"'),))
    return place.report(message, first, last, fix)
