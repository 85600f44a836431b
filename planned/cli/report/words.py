"""What the page says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from planned.diagnostics import Language, french
from planned.engine.decision import Outcome, ReasonCode

Words = Mapping[str, str]

_PAGE: dict[str, tuple[str, str]] = {
    "dry_run": ("Dry run: nothing has been sent", "Simulation : rien n'a été envoyé"),
    "parts": ("On this page", "Sur cette page"),
    "by_day": ("Day by day", "Jour par jour"),
    "by_rule": ("Rule by rule", "Règle par règle"),
    "by_learner": ("Learner by learner", "Apprenant par apprenant"),
    "as_table": ("As a table", "En tableau"),
    "day": ("Day", "Jour"),
    "messages": ("Messages", "Messages"),
    "why_not": ("Why not sent", "Motifs de non-envoi"),
    "nothing_held": ("Every message goes.", "Tous les messages partent."),
    "no_decision": ("This rule does nothing with these events.", "Cette règle ne fait rien avec ces événements."),
    "rule_text": ("The rule as it is written", "La règle telle qu'elle est écrite"),
    "notices": ("notices sent to others", "avis envoyés à d'autres"),
    "legend": ("What the marks mean", "Ce que disent les marques"),
    "not_counted": ("Events that did not count", "Événements qui n'ont pas compté"),
    "no_script": (
        "The list of learners needs a browser with JavaScript. The summary above is complete.",
        "La liste des apprenants demande un navigateur avec JavaScript. Le résumé ci-dessus est complet.",
    ),
    "no_message": ("No message is sent.", "Aucun message n'est envoyé."),
    "show_learners": ("Show its learners", "Voir ses apprenants"),
    # --- said by the script -------------------------------------------------------------------------
    "find": ("Find a learner", "Chercher un apprenant"),
    "rule": ("Rule", "Règle"),
    "outcome": ("Outcome", "Suite donnée"),
    "order": ("Order", "Ordre"),
    "all": ("all", "toutes"),
    "by_name": ("by name", "par nom"),
    "by_messages": ("most messages first", "le plus de messages d'abord"),
    "by_week": ("fullest week first", "la semaine la plus chargée d'abord"),
    "reset": ("Show all", "Tout afficher"),
    "more": ("Show {count} more", "En afficher {count} de plus"),
    "one_learner": ("{count} learner", "{count} apprenant"),
    "learners": ("{count} learners", "{count} apprenants"),
    "nobody": (
        "No learner matches. Try fewer letters, or show all.",
        "Aucun apprenant ne correspond. Essayez avec moins de lettres, ou affichez tout.",
    ),
    "began": ("counted from {when}", "compté à partir du {when}"),
    "due": ("due {when}", "échéance le {when}"),
    "time": ("{day}, {time}", "{day} à {time}"),
    "notice": ("notice", "avis"),
    "draft": ("draft", "brouillon"),
    "to": ("to {whom}", "à {whom}"),
    "repeat": ("message {count} of the series", "message {count} de la série"),
    "step": ("step {count}", "étape {count}"),
    "text": ("Text of the message", "Texte du message"),
    "guard_true": ("true then", "vrai à ce moment"),
    "guard_false": ("not true then", "faux à ce moment"),
    "too_many": (
        "To print the learners, narrow the list to {count} or fewer.",
        "Pour imprimer les apprenants, réduisez la liste à {count} au plus.",
    ),
    "cannot": (
        "This browser is too old to show the learners. The summary above is complete.",
        "Ce navigateur est trop ancien pour montrer les apprenants. Le résumé ci-dessus est complet.",
    ),
}

_MEANINGS: dict[Outcome, tuple[str, str]] = {
    Outcome.SENT: ("the message goes", "le message part"),
    Outcome.SUPPRESSED: (
        "a condition of the rule says no when the message is due",
        "une condition de la règle dit non au moment de l'envoi",
    ),
    Outcome.CANCELLED: (
        "what the message was about is over before it is due",
        "la raison du message disparaît avant son échéance",
    ),
    Outcome.EXPIRED: ("it is too late for the message", "il est trop tard pour le message"),
    Outcome.FAILED: ("the message cannot be written", "le message ne peut pas être rédigé"),
    Outcome.PENDING: ("still waits where the dry run stops", "attend encore quand la simulation s'arrête"),
}

_REASONS: dict[ReasonCode, tuple[str, str]] = {
    ReasonCode.IF: ("an “if” is not true", "un « si » n'est pas vrai"),
    ReasonCode.UNLESS: ("an “unless” is true", "un « sauf si » est vrai"),
    ReasonCode.STOP_ONCE: ("what stops the rule is true", "ce qui arrête la règle est vrai"),
    ReasonCode.UNDONE: ("what had started it was undone", "ce qui l'avait déclenché a été défait"),
    ReasonCode.UNENROLLED: ("no longer enrolled", "n'est plus inscrit"),
    ReasonCode.RULE_ENDED: ("the rule was over", "la règle était terminée"),
    ReasonCode.RULE_CHANGED: ("the rule was changed", "la règle a été modifiée"),
    ReasonCode.LATE: ("too late", "trop tard"),
    ReasonCode.RENDER: ("the text could not be filled in", "le texte n'a pas pu être complété"),
    ReasonCode.NO_ADDRESS: ("no address", "pas d'adresse"),
    ReasonCode.OPTED_OUT: ("unsubscribed", "désabonné"),
    ReasonCode.ERASED: ("the learner's data were erased", "les données de l'apprenant ont été effacées"),
}


def page_words(language: Language) -> Words:
    """The page's sentences, French with its no-break spaces."""
    return {name: said(pair, language) for name, pair in _PAGE.items()}


def meaning(outcome: Outcome, language: Language) -> str:
    return said(_MEANINGS[outcome], language)


def reason(code: ReasonCode, language: Language) -> str:
    return said(_REASONS[code], language)


def said(pair: tuple[str, str], language: Language) -> str:
    return french(pair[1]) if language == "fr" else pair[0]
