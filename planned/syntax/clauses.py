"""Where each clause of a rule belongs, in the author's words; and what may be expected, as a list to read."""

from __future__ import annotations

from collections.abc import Iterable

from planned.syntax import words
from planned.syntax.recover import STRONG

_PLACES: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"WAS", "ABOUT", "MODE"}),
        'It stands on the rule\'s first line: `rule NAME was OLD "title" about TOPIC draft from … until …`.',
        'Cela va sur la première ligne : `règle NOM était ANCIEN "titre" au sujet de SUJET brouillon du … au …`.',
    ),
    (
        frozenset({"AFTER", "EVERY", "ON_DAY_OF", "BEFORE"}),
        "What starts the rule comes first, right below its name and only once.",
        "Ce qui déclenche la règle vient en premier, juste après son nom et une seule fois.",
    ),
    (
        frozenset({"WAIT"}),
        "`wait` comes right after what starts the rule (or after `then`), before `if`, `unless` and `send`.",
        "`attendre` suit ce qui déclenche la règle (ou `puis`), avant `si`, `sauf si` et `envoyer`.",
    ),
    (
        frozenset({"IF", "UNLESS"}),
        "`if` and `unless` come after `wait` and before `send`.",
        "`si` et `sauf si` viennent après `attendre` et avant `envoyer`.",
    ),
    (
        frozenset({"SEND"}),
        "`send` comes after `wait`, `if` and `unless`; a second message of the rule needs `then` before it.",
        "`envoyer` vient après `attendre`, `si` et `sauf si` ; un second message demande `puis` devant lui.",
    ),
    (
        frozenset({"SUBJECT", "TO", "SENDER", "VIA", "URGENT", "FROM", "A"}),
        "It follows the message, in this order: `send MESSAGE subject … to … from … via … urgent`.",
        "Cela suit le message, dans cet ordre : `envoyer MESSAGE objet … à … de la part de … par … urgent`.",
    ),
    (
        frozenset({"NOTIFY", "DAILY_AT"}),
        "`notify` comes after `send` and before `repeat every`; after it come recipient, message, subject, channel.",
        "`avertir` vient après `envoyer` et avant `répéter` ; puis destinataire, message, objet, canal.",
    ),
    (
        frozenset({"REPEAT", "UP_TO"}),
        "`repeat every` comes after `send` and `notify`, its number last: `repeat every 7 days up to 3 times`.",
        "`répéter` vient après `envoyer` et `avertir`, le nombre à la fin : `répéter tous les 7 jours au plus 3 fois`.",
    ),
    (
        frozenset({"THEN"}),
        "`then` begins a further step, after the message of the one before.",
        "`puis` commence une nouvelle étape, après le message de la précédente.",
    ),
    (
        frozenset({"STOP", "COMPLETE_WHEN", "AGAIN_EACH_TIME", "AGAIN_AFTER", "EXPIRES", "EVEN_UNENROLLED"}),
        "It comes after the last message, in this order: `stop once`, `complete when`, `again`, `expires after`, "
        "`even when unenrolled`.",
        "Cela vient après le dernier message, dans cet ordre : `arrêter dès que`, `achevée à l'envoi`, "
        "`à chaque fois`, `périme après`, `même après désinscription`.",
    ),
)
BETWEEN_CLAUSES = frozenset({"SEND", "THEN", "STOP", "EVEN_UNENROLLED", "IF", "WAIT", "AFTER", "NOTIFY", "LANGUAGE"})
"""Terminals of which one at least can come where a clause has just ended."""
AFTER_SEND = frozenset({"THEN", "STOP", "COMPLETE_WHEN", "AGAIN_EACH_TIME", "AGAIN_AFTER", "EXPIRES"}) | frozenset(
    {"EVEN_UNENROLLED", "NOTIFY", "REPEAT"}
)

_WORDS: dict[str, tuple[str, str]] = {
    "NAME": ("a name", "un nom"),
    "STRING": ("a text in quotes", "un texte entre guillemets"),
    "NUMBER": ("a number", "un nombre"),
    "TIMES": ("a number of times (`3 times`)", "un nombre de fois (`3 fois`)"),
    "CALENDAR_DAY": ("a day (`2026-10-05`)", "un jour (`5 octobre 2026`)"),
    "TIME": ("a time (`09:00`)", "une heure (`9h`)"),
    "ZONE": ("a time zone (`Europe/Paris`)", "un fuseau (`Europe/Paris`)"),
    "UNIT": ("a unit (`days`)", "une unité (`jours`)"),
    "WEEKDAY": ("a day of the week", "un jour de la semaine"),
    "WHO": ("a recipient (`tutor`)", "un destinataire (`formateur`)"),
    "PARTICIPLE": ("`complete`, `passed` …", "`achevée`, `réussie` …"),
    "GRADE_OP": ("`below`, `above`, `at least` or `at most`", "`inférieure à`, `supérieure à`, `d'au moins` …"),
    "HAPPENING": ("what happens (`completion of Quiz1`)", "ce qui se produit (`achèvement de Quiz1`)"),
    "RPAR": ("`)`", "`)`"),
    "COMMA": ("a comma", "une virgule"),
}
_FACTS = frozenset(
    {
        *("COMPLETION", "COMPLETION_OF_COURSE", "ENROLMENT", "FIRST_ACCESS", "ACCESS", "JOINING", "EVENT", "GRADE"),
        *("DEADLINE", "COURSE_DATE", "ARTICLE", "LPAR", "NOT", "ENROLLED_AS", "ACTIVE", "IN_GROUP", "PROFILE", "TODAY"),
        *("NUMBER", "NAME", "STRING", "AFTER", "BEFORE", "COURSE"),
    }
)
MOST_LISTED = 5


def help_of(terminals: frozenset[str]) -> tuple[str, str] | None:
    """Where a clause belongs, in both languages; None for what is no clause of a rule."""
    for found, en, fr in _PLACES:
        if found & terminals:
            return en, fr
    return None


STARTS = STRONG | {"AFTER", "EVERY", "ON", "ON_DAY_OF"}


def begins_statement(terminals: frozenset[str]) -> bool:
    return bool(terminals & STARTS)


def listed(expected: Iterable[str]) -> tuple[str, str]:
    """What may stand somewhere, as a list in both languages; a condition is one item, a statement another."""
    wanted = set(expected) - {"$END", "A", "ARTICLE", "CONSULTED"}
    if wanted >= STRONG:
        wanted -= STRONG | {"AFTER", "EVERY", "ON", "ON_DAY_OF", "NUMBER"}
        statement = [("a rule or a declaration", "une règle ou une déclaration")]
    else:
        statement = []
    if "HAPPENING" in wanted:
        wanted -= _FACTS
    named = (_item(terminal) for terminal in sorted(wanted, key=_rank))
    items = [item for item in named if item is not None] + statement
    if len(items) > MOST_LISTED:
        items = [*items[: MOST_LISTED - 1], items[-1]]
    return _joined([en for en, _ in items], "or"), _joined([fr for _, fr in items], "ou")


def _rank(terminal: str) -> tuple[bool, str]:
    return terminal not in _WORDS, terminal


def _item(terminal: str) -> tuple[str, str] | None:
    if terminal in _WORDS:
        return _WORDS[terminal]
    for keyword in words.keywords():
        if terminal in (keyword.terminal, *keyword.terminals.values()) and keyword.en and keyword.fr:
            return f"`{words.canonical(keyword.en[0])}`", f"`{words.canonical(keyword.fr[0])}`"
    return None


def _joined(items: list[str], last: str) -> str:
    if not items:
        return "…"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
