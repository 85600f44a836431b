"""Where the next statement begins after one that could not be read.

A start word may also stand inside a statement (`after`, `every`, `on`, a number), so that it is looked at what
stands before and after it, and whether the statement that went wrong had already sent its message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from planned.syntax.lexemes import Lexeme
from planned.syntax.likeness import alike

NAMED = frozenset({"RULE", "COURSE", "ACTIVITY", "GROUP", "DATE", "TEMPLATE", "CONTACT", "TOPIC"})
STRONG = NAMED | {
    *("EVERY_COURSE", "QUIET", "LIMIT", "LATENESS", "STOP_ALL", "SCENARIO", "LANGUAGE", "IMPORT", "TIMEZONE"),
}
DECLARATIONS = STRONG - {"RULE", "SCENARIO"}
TRIGGERS = frozenset({"AFTER", "EVERY", "ON", "ON_DAY_OF", "BEFORE"})
_FOLLOWED_BY_TEXT = frozenset({"IMPORT", "SCENARIO"})
_FOLLOWED_BY_NUMBER = frozenset({"LIMIT", "LATENESS"})
_QUIET_GOES_ON = frozenset({"FROM", "ON", "HOLIDAYS"})
_TAKES_ANY_WORD = frozenset({"PROFILE", "HAS", "VIA", "RULE", "WAS", "ABOUT"})
_CLAUSES = frozenset({"SEND", "WAIT", "IF", "UNLESS", "NOTIFY", "REPEAT", "THEN"})
_JOINS = frozenset({"AND", "OR", "NOT", "IF", "UNLESS", "STOP", "STOP_ALL", "FOR", "IS", "IS_NOT", "AFTER", "BEFORE"})
_FARTHEST, _HEADER = 200, 12
"""Words back to where a rule may begin, and words of its first line at most."""
START_WORDS = (
    *("rule", "course", "activity", "group", "date", "template", "contact", "topic", "quiet", "limit", "lateness"),
    *("scenario", "language", "import", "timezone", "after", "every"),
    *("regle", "cours", "activite", "groupe", "modele", "sujet", "silence", "limite", "retard", "langue", "importer"),
    *("fuseau", "apres", "chaque", "toutes"),
)


def looks_like_start(lexeme: Lexeme) -> bool:
    """Whether a word that is no keyword was probably meant to begin a statement."""
    return lexeme.kind == "word" and 3 <= len(lexeme.text) <= 12 and _like_a_start_word(lexeme.text)


@lru_cache(maxsize=4096)
def _like_a_start_word(text: str) -> bool:
    return any(alike(text, word, 0.75) for word in START_WORDS)


def is_rule(row: Sequence[Lexeme], start: int) -> bool:
    """Whether the statement that starts here is a rule, with a name or without."""
    return "RULE" in row[start].terminals or starts_trigger(row, start)


def rule_above(row: Sequence[Lexeme], start: int) -> int | None:
    """Where the rule begins that ends before `row[start]`, which is no word with which anything begins."""
    if start >= len(row) or row[start].terminals & (STRONG | TRIGGERS):
        return None
    for k in range(start - 1, max(start - _FARTHEST, -1), -1):
        if row[k].first and (row[k].terminals & STRONG or starts_trigger(row, k)):
            named = next((j for j in range(k - 1, max(k - _HEADER, -1), -1) if "RULE" in row[j].terminals), k)
            return named if is_rule(row, named) else None
    return None


def starts_trigger(row: Sequence[Lexeme], k: int) -> bool:
    lexeme = row[k]
    after = row[k + 1] if k + 1 < len(row) else None
    if lexeme.kind == "number":
        return after is not None and "UNIT" in after.terminals and k + 2 < len(row) and "BEFORE" in row[k + 2].terminals
    if "AFTER" in lexeme.terminals:
        return after is None or after.kind != "number" or _is_duration(row, k + 1)
    if "ON" in lexeme.terminals:
        return after is not None and after.kind == "number"
    return bool(lexeme.terminals & {"EVERY", "ON_DAY_OF"})


def _is_duration(row: Sequence[Lexeme], k: int) -> bool:
    return k + 1 < len(row) and "UNIT" in row[k + 1].terminals


def next_start(row: Sequence[Lexeme], start: int, at: int, columns: Sequence[int]) -> int | None:
    """The lexeme with which the next statement begins: after `start`, not before `at`; None at the end of the text.

    `columns` are those of the lexemes. Lines help where there are lines, but are not needed.
    """
    rule = start < len(row) and is_rule(row, start)
    scenario = start < len(row) and "SCENARIO" in row[start].terminals
    orphan = not rule and start < len(row) and bool(row[start].terminals & _CLAUSES)
    complete = not (rule or scenario)
    has_trigger = rule and "RULE" not in row[start].terminals
    in_text = at < len(row) and row[at].kind == "quote" and row[at].text == '"""'
    begun = start < len(row) and bool(row[start].terminals & STRONG or starts_trigger(row, start))
    for k in range(start + 1, len(row)):
        lexeme = row[k]
        before = row[k - 1].terminals
        if lexeme.kind == "other" and "SEND" not in before:
            continue  # a sign begins nothing
        trigger = starts_trigger(row, k)
        aligned = lexeme.first and columns[k] <= columns[start]
        if "SEND" in before and lexeme.kind != "keyword":
            complete = True
        if k >= at and not before & _TAKES_ANY_WORD:
            # What follows three quotes that are never closed is text, up to a line that begins like a statement.
            unknown = lexeme.kind == "word" and not in_text and (complete or looks_like_start(lexeme))
            nothing_read = start == at and not begun and not lexeme.first
            if (_strong(row, k, aligned) and not nothing_read) or (aligned and unknown):
                return k
            weak = trigger and not before & _JOINS and row[k - 1].text not in ("(", ",", "repeat", "repeter")
            belongs = orphan and not has_trigger and not _sends(row, k)
            if (
                weak
                and not belongs
                and (has_trigger or not rule)
                and (aligned or (complete and (lexeme.first or (not scenario and _sends(row, k)))))
            ):
                return k
        has_trigger = has_trigger or trigger
    return None


def _sends(row: Sequence[Lexeme], start: int) -> bool:
    """Whether what begins here sends a message before the next statement begins."""
    for k in range(start, len(row)):
        if "SEND" in row[k].terminals:
            return True
        if k > start and (row[k].terminals & STRONG or starts_trigger(row, k)):
            return False
    return False


def _strong(row: Sequence[Lexeme], k: int, aligned: bool) -> bool:
    """Whether a declaration begins here: its word, and after it what must follow."""
    lexeme = row[k]
    found = lexeme.terminals & STRONG
    if not found:
        return False
    if aligned or "EVERY_COURSE" in found or "STOP_ALL" in found:
        return True
    after = row[k + 1] if k + 1 < len(row) else None
    if after is None:
        return False
    if found & _FOLLOWED_BY_TEXT:
        return after.kind == "text"
    if found & _FOLLOWED_BY_NUMBER:
        return after.kind == "number"
    if "QUIET" in found:
        return bool(after.terminals & _QUIET_GOES_ON)
    return after.kind in ("word", "text")
