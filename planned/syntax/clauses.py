"""Where each clause of a rule belongs, in the author's words."""

from __future__ import annotations

from planned.syntax.recover import STRONG

OPTIONS = frozenset({"SUBJECT", "TO", "SENDER", "VIA", "FROM", "A"})
"""With these begins what is said of a message behind it, in more words than one."""
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
        frozenset({"AT"}),
        "An hour follows `wait`, `every`, `on` or a day: `wait 3 days at 09:00`.",
        "Une heure suit `attendre`, `chaque`, `le` ou un jour : `attendre 3 jours à 9h`.",
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
        OPTIONS | {"URGENT"},
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
HEADS = frozenset({"WAIT", "IF", "UNLESS", "SEND", "NOTIFY", "REPEAT", "THEN", "STOP", "COMPLETE_WHEN"}) | frozenset(
    {"AGAIN_EACH_TIME", "AGAIN_AFTER", "EXPIRES", "EVEN_UNENROLLED"}
)
"""Each begins a clause behind what starts the rule, and ends the one before it."""
AFTER_SEND = frozenset({"THEN", "STOP", "COMPLETE_WHEN", "AGAIN_EACH_TIME", "AGAIN_AFTER", "EXPIRES"}) | frozenset(
    {"EVEN_UNENROLLED", "NOTIFY", "REPEAT"}
)


def help_of(terminals: frozenset[str]) -> tuple[str, str] | None:
    """Where a clause belongs, in both languages; None for what is no clause of a rule."""
    for found, en, fr in _PLACES:
        if found & terminals:
            return en, fr
    return None


STARTS = STRONG | {"AFTER", "EVERY", "ON", "ON_DAY_OF"}


def begins_statement(terminals: frozenset[str]) -> bool:
    return bool(terminals & STARTS)
