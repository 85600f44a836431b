"""How each statement and clause is written: an example for its author where nothing better is known."""

from __future__ import annotations

from planned.syntax.broken import Broken

_FORMS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"LANGUAGE"}), "language en", "langue fr"),
    (frozenset({"IMPORT"}), 'import "common.rules"', 'importer "communs.rules"'),
    (frozenset({"TIMEZONE", "FOR_ALL"}), "timezone Europe/Paris", "fuseau Europe/Paris"),
    (frozenset({"COURSE"}), 'course NUM101 "Digital basics"', 'cours NUM101 "Les bases du numérique"'),
    (frozenset({"ACTIVITY"}), 'activity Quiz1 "Warm-up quiz"', 'activité Quiz1 "Quiz de départ"'),
    (frozenset({"GROUP"}), 'group Blue is "4711"', 'groupe Bleu est "4711"'),
    (
        frozenset({"DATE", "FOR_GROUP"}),
        'date visit "Museum visit" 2026-10-05 at 14:00',
        'date visite "Visite du musée" 5 octobre 2026 à 14h',
    ),
    (
        frozenset({"TEMPLATE"}),
        'template welcome "Welcome!" "Good to have you here."',
        'modèle accueil "Bienvenue !" "Heureux de vous accueillir."',
    ),
    (frozenset({"CONTACT"}), 'contact helpdesk "Help desk"', 'contact scolarite "La scolarité"'),
    (frozenset({"TOPIC"}), 'topic news "The newsletter"', 'sujet lettre "La lettre du cours"'),
    (
        frozenset({"QUIET", "HOLIDAYS"}),
        "quiet from 20:00 to 08:00` or `quiet on saturday, sunday",
        "silence de 20h à 8h` ou `silence le samedi, dimanche",
    ),
    (
        frozenset({"LIMIT", "LIMIT_PER"}),
        "limit 3 messages per week` or `limit 1 message per day",
        "limite 3 messages par semaine` ou `limite 1 message par jour",
    ),
    (frozenset({"LATENESS"}), "lateness 2 days", "retard toléré 2 jours"),
    (frozenset({"STOP_ALL"}), "stop all once course complete", "tout arrêter dès que le cours est achevé"),
    (
        frozenset({"WAIT", "AT_LEAST"}),
        "wait 3 days at 09:00` or `wait until monday at 09:00",
        "attendre 3 jours à 9h` ou `attendre jusqu'à lundi à 9h",
    ),
    (
        frozenset({"UP_TO"}),
        "wait up to 7 days for completion of Quiz1",
        "attendre au plus 7 jours pour l'achèvement de Quiz1",
    ),
    (
        frozenset({"IF", "UNLESS"}),
        "unless Lesson2 complete`, `if grade of Quiz1 below 10` or `if in group Blue",
        "sauf si Lecon2 est achevée`, `si la note de Quiz1 est inférieure à 10` ou `si dans le groupe Bleu",
    ),
    (
        frozenset({"SEND", "SUBJECT", "SENDER", "VIA"}),
        'send "Hello!" subject "News" to learner from tutor',
        'envoyer "Bonjour !" objet "Nouvelles" à l\'apprenant de la part du formateur',
    ),
    (frozenset({"NOTIFY", "DAILY_AT"}), 'notify tutor "Sent."', 'avertir le formateur "Envoyé."'),
    (frozenset({"REPEAT"}), "repeat every 7 days up to 3 times", "répéter tous les 7 jours au plus 3 fois"),
    (frozenset({"STOP"}), "stop once course complete", "arrêter dès que le cours est achevé"),
    (frozenset({"AGAIN_AFTER"}), "again after 30 days", "à nouveau après 30 jours"),
    (frozenset({"EXPIRES"}), "expires after 2 days", "périme après 2 jours"),
    (frozenset({"THEN"}), 'then wait 3 days send "Hello!"', 'puis attendre 3 jours envoyer "Bonjour !"'),
    (
        frozenset({"EVERY"}),
        "every monday at 09:00` or `every 2 weeks at 09:00",
        "chaque lundi à 9h` ou `toutes les 2 semaines à 9h",
    ),
    (frozenset({"ON_DAY_OF"}), "on the day of end of course at 08:00", "le jour de la fin du cours à 8h"),
    (frozenset({"BEFORE"}), "3 days before deadline of Quiz1 at 09:00", "3 jours avant l'échéance de Quiz1 à 9h"),
    (
        frozenset({"AFTER"}),
        "after completion of Quiz1`, `after enrolment` or `after 7 days without access",
        "après l'achèvement de Quiz1`, `après l'inscription` ou `après 7 jours sans accès",
    ),
    (frozenset({"PROFILE"}), 'profile department is "Sales"', "profil department est « Ventes »"),
    (
        frozenset({"GIVEN", "VERB", "VERB_NAME", "VERB_ENROLLED", "SCORES", "VISITS"}),
        "given Alice completes Quiz1 on 2026-09-03 at 14:10",
        "étant donné qu'Alice termine Quiz1 le 3 septembre 2026 à 14h10",
    ),
    (
        frozenset({"EXPECT", "EXPECT_NOTICE", "SUPPRESSED"}),
        "expect welcome to Alice on 2026-09-06 at 09:00",
        "on attend accueil pour Alice le 6 septembre 2026 à 9h",
    ),
    (frozenset({"EXPECT_NO"}), "expect no welcome to Alice", "on n'attend pas accueil pour Alice"),
    (frozenset({"EXPECT_NO_MESSAGE"}), "expect no message to Alice", "on n'attend aucun message pour Alice"),
    (
        frozenset({"SCENARIO"}),
        'scenario "the welcome leaves at once" given Alice enrolled on 2026-09-01',
        "scénario \"l'accueil part aussitôt\" étant donné qu'Alice est inscrite le 1er septembre 2026",
    ),
    (
        frozenset({"RULE"}),
        'rule welcome after enrolment send "Hello!"',
        'règle accueil après inscription envoyer "Bonjour !"',
    ),
)
_RULE = ('rule welcome after enrolment send "Hello!"', 'règle accueil après inscription envoyer "Bonjour !"')


def form_of(place: Broken) -> tuple[str, str]:
    """An example of the clause in which reading stopped, in both languages; of a rule if none had begun."""
    for k in range(min(place.at, len(place.row)) - 1, place.start - 1, -1):
        for terminals, en, fr in _FORMS:
            if place.row[k].terminals & terminals:
                return en, fr
    return _RULE
