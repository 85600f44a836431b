"""What is said of a statement that could not be read, in both languages."""

from __future__ import annotations

from planned.diagnostics import Message, Severity


def _error(name: str, en: str, fr: str, help_en: str, help_fr: str) -> Message:
    return Message(name, Severity.ERROR, en, fr, help_en, help_fr)


SYNTAX = _error(
    "syntax",
    "“{word}” is not understood here.",
    "« {word} » n'est pas compris ici.",
    "It is written like this: `{en}`.",
    "Cela s'écrit ainsi : `{fr}`.",
)
MISSPELT = _error(
    "misspelt",
    "The word “{word}” is not known.",
    "Le mot « {word} » n'est pas connu.",
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
    "Something is missing after “{word}”.",
    "Il manque quelque chose après « {word} ».",
    "It is written like this: `{en}`.",
    "Cela s'écrit ainsi : `{fr}`.",
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
    "This rule sends nothing: “{word}” is not followed by `send` and a message.",
    "Cette règle n'envoie rien : « {word} » n'est pas suivi de `envoyer` et d'un message.",
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
    "Add {close} at its end.",
    "Ajoutez {close} à la fin.",
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
BELONGS_BEFORE = _error(
    "clause-order",
    "“{word}” stands in the wrong place.",
    "« {word} » n'est pas à sa place.",
    "It belongs before “{beside}”. Write `{right}`.",
    "Cela va avant « {beside} ». Écrivez `{right}`.",
)
BELONGS_AFTER = _error(
    "clause-order",
    "“{word}” stands in the wrong place.",
    "« {word} » n'est pas à sa place.",
    "It belongs after “{beside}”. Write `{right}`.",
    "Cela va après « {beside} ». Écrivez `{right}`.",
)
NOT_UNDERSTOOD = _error(
    "needless-word",
    "“{word}” is not understood here.",
    "« {word} » n'est pas compris ici.",
    "Leave it out.",
    "Supprimez-le.",
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
    "Write `on {en} at 09:00`.",
    "Écrivez `le {fr} à 9h`.",
)
WAIT_DAY = _error(
    "day-in-place-of-duration",
    "`wait` takes a duration; a day stands after `wait until`.",
    "`attendre` est suivi d'une durée ; un jour s'écrit après `attendre jusqu'au`.",
    "Write `wait until {en} at 09:00`.",
    "Écrivez `attendre jusqu'au {fr} à 9h`.",
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

OTHER_WORDS = _error(
    "wrong-word",
    "“{word}” is not understood here.",
    "« {word} » n'est pas compris ici.",
    "Write `{en}`.",
    "Écrivez `{fr}`.",
)
OTHER_WORDS_FOR_INSTANCE = _error(
    "wrong-word",
    "“{word}” is not understood here.",
    "« {word} » n'est pas compris ici.",
    "Write for instance `{en}`.",
    "Écrivez par exemple `{fr}`.",
)
NOT_SAYABLE = _error(
    "not-sayable",
    "“{word}” cannot be said here.",
    "« {word} » ne peut pas se dire ici.",
    "{en}",
    "{fr}",
)
NEEDLESS = _error(
    "needless-word",
    "“{word}” is not needed here.",
    "« {word} » est de trop ici.",
    "Leave it out.",
    "Supprimez-le.",
)
MISSING_WORD = _error(
    "missing-word",
    "`{en}` is missing before “{word}”.",
    "`{fr}` manque devant « {word} ».",
    "Write `{en} {word}`.",
    "Écrivez `{fr} {word}`.",
)
MISSING_THEN = _error(
    "missing-word",
    "`then` is missing before the next message of this rule.",
    "`puis` manque devant le message suivant de cette règle.",
    "Write `then {word} …`.",
    "Écrivez `puis {word} …`.",
)
MESSAGE_FIRST = _error(
    "clause-order",
    "The message comes first, then to whom and from whom.",
    "Le message vient d'abord, puis à qui et de la part de qui.",
    "Write `{en}`.",
    "Écrivez `{fr}`.",
)
MISSING_MESSAGE = _error(
    "missing-message",
    "After “{word}” its message in quotes is missing.",
    "Après « {word} », il manque son message entre guillemets.",
    'Write for instance `{word} "Sent."`.',
    'Écrivez par exemple `{word} "Envoyé."`.',
)
ADDRESS = _error(
    "contact-address",
    "“{word}” is an address: addresses do not stand in a rule file.",
    "« {word} » est une adresse : les adresses ne figurent pas dans un fichier de règles.",
    'Leave it out here, and write in the settings, below `[contacts]`: {name} = "{address}"',
    'Supprimez-la ici, et écrivez dans les réglages, sous `[contacts]` : {name} = "{address}"',
)
RELATIVE_DAY = _error(
    "missing-day",
    "Each line of a scenario says its day; “{word}” does not.",
    "Chaque ligne d'un scénario dit son jour ; « {word} » ne le dit pas.",
    "Write `{en}`.",
    "Écrivez `{fr}`.",
)
NO_RECIPIENT = _error(
    "unfinished",
    "After `notify` it must be said who is told.",
    "Après `avertir`, il faut dire qui est averti.",
    "Write for instance `notify tutor {word}`.",
    "Écrivez par exemple `avertir formateur {word}`.",
)
MISSING_DAY = _error(
    "missing-day",
    "The day is missing after “{word}”.",
    "Il manque le jour après « {word} ».",
    "Add for instance `on 2026-09-03 at 14:10`.",
    "Ajoutez par exemple `le 3 septembre 2026 à 14h10`.",
)
MISSING_QUOTES = _error(
    "missing-quote",
    "This text begins with three quotes that are never closed.",
    "Ce texte commence par trois guillemets qui ne sont jamais fermés.",
    'Write """ below its last line.',
    'Écrivez """ sous sa dernière ligne.',
)
SEVERAL_LINES = _error(
    "missing-quote",
    "A text in such quotes ends on its line.",
    "Un texte entre de tels guillemets finit sur sa ligne.",
    'A text of several lines stands between three quotes: write """ at its start and at its end.',
    'Un texte de plusieurs lignes se met entre trois guillemets : écrivez """ au début et à la fin.',
)
OTHER_CLOSE = _error(
    "missing-quote",
    "This text begins with {open} and ends with {wrong}.",
    "Ce texte commence par {open} et finit par {wrong}.",
    "End it with {close}.",
    "Finissez-le par {close}.",
)
OTHER_QUOTES = _error(
    "missing-quote",
    "Quotes of this kind are not understood.",
    "Les guillemets de cette sorte ne sont pas compris.",
    "Write {right}.",
    "Écrivez {right}.",
)
ONE_WORD = _error(
    "one-word",
    "The name of a template is one word without blanks.",
    "Le nom d'un modèle est un seul mot, sans espace.",
    "Write for instance `{joined}`.",
    "Écrivez par exemple `{joined}`.",
)
HEADLESS = _error(
    "clause-order",
    "“{word}” stands before what starts the rule.",
    "« {word} » se trouve avant ce qui déclenche la règle.",
    "Begin the rule with `after …`, `every …`, `on …` or `3 days before …`; the rest comes after it.",
    "Commencez la règle par `après …`, `chaque …`, `le …` ou `3 jours avant …` ; le reste vient ensuite.",
)
DELAY_FIRST = _error(
    "clause-order",
    "First comes what happens, then how long to wait.",
    "Ce qui se produit vient d'abord, l'attente ensuite.",
    "Write `{en}`.",
    "Écrivez `{fr}`.",
)
NO_TRIGGER = _error(
    "no-trigger",
    "“{word}” does not say when the rule starts.",
    "« {word} » ne dit pas quand la règle commence.",
    "Write for instance `after completion of Quiz1`, `every monday at 09:00`, `on 2026-10-05 at 09:00` or "
    "`3 days before deadline of Quiz1`.",
    "Écrivez par exemple `après l'achèvement de Quiz1`, `chaque lundi à 9h`, `le 5 octobre 2026 à 9h` ou "
    "`3 jours avant l'échéance de Quiz1`.",
)
COMMENT_SIGN = _error(
    "comment-sign",
    "“{word}” does not begin a comment here.",
    "« {word} » ne commence pas un commentaire ici.",
    "A comment begins with `#`: write `{right}`.",
    "Un commentaire commence par `#` : écrivez `{right}`.",
)
NEVER_OPENED = _error(
    "missing-quote",
    "This text ends with a quote that was never opened.",
    "Ce texte finit par un guillemet qui n'a jamais été ouvert.",
    "Write `{right}`.",
    "Écrivez `{right}`.",
)
RECIPIENT_ADDRESS = _error(
    "contact-address",
    "“{address}” is an address: addresses do not stand in a rule file.",
    "« {address} » est une adresse : les adresses ne figurent pas dans un fichier de règles.",
    'Declare `contact {name} "…"` above and write `{name}` here; in the settings, below `[contacts]`: '
    '{name} = "{address}"',
    'Déclarez plus haut `contact {name} "…"` et écrivez ici `{name}` ; dans les réglages, sous `[contacts]` : '
    '{name} = "{address}"',
)
MISSING_PARENTHESIS = _error(
    "missing-parenthesis",
    "A parenthesis is opened before “{word}” and not closed.",
    "Une parenthèse ouverte avant « {word} » n'est pas fermée.",
    "Write `{word})`.",
    "Écrivez `{word})`.",
)
