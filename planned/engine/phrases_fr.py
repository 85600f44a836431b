"""Les faits en français : dits à la personne qu'ils concernent (`WHY`), et tels qu'on les consigne (`RECORD`).

Same shape as `planned.engine.phrases_en`. No participle agrees with the learner: « vous avez rejoint le cours »
suits everybody, « vous êtes inscrit » does not.
"""

from __future__ import annotations

from planned.check.graph import Kind

WHY: dict[Kind, tuple[str, str, str]] = {  # subject, true, false
    Kind.COMPLETE: ("", "{avez} terminé {x}{when}", "n'{avez} pas encore terminé {x}"),
    Kind.RULE_COMPLETE: ("la série {x}", "s'est terminée{when}", "n'est pas encore terminée"),
    Kind.COURSE_COMPLETE: ("", "{avez} terminé le cours{when}", "n'{avez} pas encore terminé le cours"),
    Kind.GRADE: ("{votre_note} pour {x}", "est {op}", "n'est pas {op}"),
    Kind.ENROLLED: ("", "{avez} rejoint le cours{when}", "n'{avez} pas rejoint le cours"),
    Kind.WITHOUT_ACCESS: (
        "",
        "n'{avez} pas visité le cours depuis {span}",
        "{avez} visité le cours il y a moins de {span}",
    ),
    Kind.IN_GROUP: ("", "{avez} rejoint le groupe {x}{when}", "ne {faites} pas partie du groupe {x}"),
    Kind.DATE_OVER: ("{x}", "est passée{since}", "n'est pas encore passée"),
    Kind.PASSING: ("", "{avez} réussi {x}{when}", "n'{avez} pas encore réussi {x}"),
    Kind.FAILING: ("", "{avez} échoué à {x}{when}", "n'{avez} pas échoué à {x}"),
    Kind.SUBMISSION: ("", "{avez} remis {x}{when}", "n'{avez} pas encore remis {x}"),
    Kind.VIEWING: ("", "{avez} consulté {x}{when}", "n'{avez} pas encore consulté {x}"),
    Kind.FIRST_ACCESS: (
        "",
        "{avez} visité le cours pour la première fois{when}",
        "n'{avez} pas encore visité le cours",
    ),
    Kind.ACCESS: ("", "{avez} visité le cours{when}", "n'{avez} pas encore visité le cours"),
    Kind.LEAVING_GROUP: ("", "{avez} quitté le groupe {x}{when}", "n'{avez} pas quitté le groupe {x}"),
    Kind.SENDING: ("", "{avez} reçu le message {x}{when}", "n'{avez} pas encore reçu le message {x}"),
    Kind.EVENT: ("l'événement {x}", "a eu lieu{when}", "n'a pas encore eu lieu"),
    Kind.IS_PASSED: ("", "{avez} réussi {x}{when}", "n'{avez} pas encore réussi {x}"),
    Kind.IS_FAILED: ("", "{avez} échoué à {x}{when}", "n'{avez} pas échoué à {x}"),
    Kind.IS_SUBMITTED: ("", "{avez} remis {x}{when}", "n'{avez} pas encore remis {x}"),
    Kind.IS_VIEWED: ("", "{avez} consulté {x}{when}", "n'{avez} pas encore consulté {x}"),
    Kind.IS_SENT: ("", "{avez} reçu le message {x}{when}", "n'{avez} pas encore reçu le message {x}"),
    Kind.ENROLLED_AS: ("", "{avez} le rôle {x}", "n'{avez} pas le rôle {x}"),
    Kind.ACTIVE_WITHIN: (
        "",
        "{avez} visité le cours il y a moins de {span}",
        "n'{avez} pas visité le cours depuis {span}",
    ),
    Kind.PROFILE: ("{votre_profil}", "{is}", "{is_not}"),
    Kind.TODAY_IS: ("nous", "sommes {days}", "ne sommes pas {days}"),
    Kind.BEFORE_DAY: ("nous", "sommes avant le {day}", "ne sommes pas avant le {day}"),
    Kind.AFTER_DAY: ("nous", "sommes après le {day}", "ne sommes pas après le {day}"),
}

RECORD: dict[Kind, tuple[str, str, str]] = {  # true with its moment, true without one, false
    Kind.COMPLETE: (
        "L'apprenant a terminé {x}{when}",
        "L'apprenant a terminé {x}{when}",
        "L'apprenant n'a pas terminé {x}",
    ),
    Kind.RULE_COMPLETE: (
        "La règle {x} est achevée depuis le {since}",
        "La règle {x} est achevée",
        "La règle {x} n'est pas achevée",
    ),
    Kind.COURSE_COMPLETE: (
        "L'apprenant a terminé le cours{when}",
        "L'apprenant a terminé le cours{when}",
        "L'apprenant n'a pas terminé le cours",
    ),
    Kind.GRADE: (
        "La note {de_x} est {op} depuis le {since}",
        "La note {de_x} est {op}",
        "La note {de_x} n'est pas {op}",
    ),
    Kind.ENROLLED: (
        "L'inscription au cours vaut depuis le {since}",
        "L'inscription au cours est en vigueur",
        "Il n'y a pas d'inscription au cours",
    ),
    Kind.WITHOUT_ACCESS: (
        "Le cours n'a pas été visité depuis {span}",
        "Le cours n'a pas été visité depuis {span}",
        "La dernière visite du cours date de moins de {span}",
    ),
    Kind.IN_GROUP: (
        "L'apprenant fait partie du groupe {x} depuis le {since}",
        "L'apprenant fait partie du groupe {x}",
        "L'apprenant ne fait pas partie du groupe {x}",
    ),
    Kind.DATE_OVER: ("{X} est passée depuis le {since}", "{X} est passée", "{X} n'est pas encore passée"),
    Kind.PASSING: (
        "L'apprenant a réussi {x}{when}",
        "L'apprenant a réussi {x}{when}",
        "L'apprenant n'a pas réussi {x}",
    ),
    Kind.FAILING: (
        "L'apprenant a échoué à {x}{when}",
        "L'apprenant a échoué à {x}{when}",
        "L'apprenant n'a pas échoué à {x}",
    ),
    Kind.SUBMISSION: (
        "L'apprenant a remis {x}{when}",
        "L'apprenant a remis {x}{when}",
        "L'apprenant n'a pas remis {x}",
    ),
    Kind.VIEWING: (
        "L'apprenant a consulté {x}{when}",
        "L'apprenant a consulté {x}{when}",
        "L'apprenant n'a pas consulté {x}",
    ),
    Kind.FIRST_ACCESS: (
        "La première visite du cours a eu lieu{when}",
        "Le cours a été visité",
        "Le cours n'a jamais été visité",
    ),
    Kind.ACCESS: ("Le cours a été visité{when}", "Le cours a été visité{when}", "Le cours n'a pas été visité"),
    Kind.LEAVING_GROUP: (
        "L'apprenant a quitté le groupe {x}{when}",
        "L'apprenant a quitté le groupe {x}{when}",
        "L'apprenant n'a pas quitté le groupe {x}",
    ),
    Kind.SENDING: (
        "Le message {x} est parti{when}",
        "Le message {x} est parti{when}",
        "Le message {x} n'est pas parti",
    ),
    Kind.EVENT: (
        "L'événement {x} a eu lieu{when}",
        "L'événement {x} a eu lieu{when}",
        "L'événement {x} n'a pas eu lieu",
    ),
    Kind.IS_PASSED: (
        "L'apprenant a réussi {x}{when}",
        "L'apprenant a réussi {x}{when}",
        "L'apprenant n'a pas réussi {x}",
    ),
    Kind.IS_FAILED: (
        "L'apprenant a échoué à {x}{when}",
        "L'apprenant a échoué à {x}{when}",
        "L'apprenant n'a pas échoué à {x}",
    ),
    Kind.IS_SUBMITTED: (
        "L'apprenant a remis {x}{when}",
        "L'apprenant a remis {x}{when}",
        "L'apprenant n'a pas remis {x}",
    ),
    Kind.IS_VIEWED: (
        "L'apprenant a consulté {x}{when}",
        "L'apprenant a consulté {x}{when}",
        "L'apprenant n'a pas consulté {x}",
    ),
    Kind.IS_SENT: (
        "Le message {x} est parti{when}",
        "Le message {x} est parti{when}",
        "Le message {x} n'est pas parti",
    ),
    Kind.ENROLLED_AS: (
        "L'apprenant a le rôle {x} depuis le {since}",
        "L'apprenant a le rôle {x}",
        "L'apprenant n'a pas le rôle {x}",
    ),
    Kind.ACTIVE_WITHIN: (
        "La dernière visite du cours date de moins de {span}",
        "La dernière visite du cours date de moins de {span}",
        "Le cours n'a pas été visité depuis {span}",
    ),
    Kind.PROFILE: ("Le profil {is}", "Le profil {is}", "Le profil {is_not}"),
    Kind.TODAY_IS: ("C'était {days}", "C'était {days}", "Ce n'était pas {days}"),
    Kind.BEFORE_DAY: ("C'était avant le {day}", "C'était avant le {day}", "Ce n'était pas avant le {day}"),
    Kind.AFTER_DAY: ("C'était après le {day}", "C'était après le {day}", "Ce n'était pas après le {day}"),
}

GRADE = {
    "below": "inférieure à {n}",
    "above": "supérieure à {n}",
    "at-least": "d'au moins {n}",
    "at-most": "d'au plus {n}",
}

PROFILE = {  # operator: true, false; the blanks inside « » do not break
    "is": ("indique «\u00a0{v}\u00a0» dans le champ {x}", "n'indique pas «\u00a0{v}\u00a0» dans le champ {x}"),
    "contains": ("contient «\u00a0{v}\u00a0» dans le champ {x}", "ne contient pas «\u00a0{v}\u00a0» dans le champ {x}"),
    "starts-with": (
        "a un champ {x} qui commence par «\u00a0{v}\u00a0»",
        "n'a pas de champ {x} qui commence par «\u00a0{v}\u00a0»",
    ),
    "is-empty": ("n'indique rien dans le champ {x}", "indique quelque chose dans le champ {x}"),
}

DATES = {
    "deadline": "l'échéance {de_x}",
    "start": "la date de début du cours",
    "end": "la date de fin du cours",
    "end-of-enrolment": "la date de fin de l'inscription",
}

FIELDS = {
    "firstname": "prénom",
    "lastname": "nom",
    "fullname": "nom complet",
    "email": "adresse de courriel",
    "city": "ville",
    "institution": "établissement",
    "department": "département",
    "language": "langue",
}
