"""Ce qu'une explication dit en français : les faits (qui se produisent, sont vrais, ne le sont pas) et chaque clause.

Same shape as `planned.engine.explain.words_en`. The learner is the subject wherever an activity's gender would matter.
"""

from __future__ import annotations

from planned.check.graph import Kind

FACTS: dict[Kind, tuple[str, str, str]] = {  # turns true, is true, is not
    Kind.COMPLETE: ("l'apprenant termine {x}", "l'apprenant a terminé {x}", "l'apprenant n'a pas terminé {x}"),
    Kind.RULE_COMPLETE: (
        "la règle {x} est achevée pour l'apprenant",
        "la règle {x} est achevée pour l'apprenant",
        "la règle {x} n'est pas achevée pour l'apprenant",
    ),
    Kind.COURSE_COMPLETE: (
        "l'apprenant termine le cours",
        "l'apprenant a terminé le cours",
        "l'apprenant n'a pas terminé le cours",
    ),
    Kind.GRADE: (
        "l'apprenant obtient une note {op} pour {x}",
        "l'apprenant a une note {op} pour {x}",
        "l'apprenant n'a pas de note {op} pour {x}",
    ),
    Kind.ENROLLED: (
        "l'apprenant est inscrit au cours",
        "l'apprenant est inscrit au cours",
        "l'apprenant n'est pas inscrit au cours",
    ),
    Kind.WITHOUT_ACCESS: (
        "l'apprenant n'a pas visité le cours depuis {span}",
        "l'apprenant n'a pas visité le cours depuis {span}",
        "l'apprenant a visité le cours il y a moins de {span}",
    ),
    Kind.IN_GROUP: (
        "l'apprenant entre dans le groupe {x}",
        "l'apprenant fait partie du groupe {x}",
        "l'apprenant ne fait pas partie du groupe {x}",
    ),
    Kind.DATE_OVER: ("{date} est atteinte", "{date} est passée", "{date} n'est pas passée"),
    Kind.PASSING: (
        "l'apprenant réussit {x}{nth}",
        "l'apprenant a réussi {x}{times}",
        "l'apprenant n'a pas réussi {x}{times}",
    ),
    Kind.FAILING: (
        "l'apprenant échoue à {x}{nth}",
        "l'apprenant a échoué à {x}{times}",
        "l'apprenant n'a pas échoué à {x}{times}",
    ),
    Kind.SUBMISSION: (
        "l'apprenant remet {x}{nth}",
        "l'apprenant a remis {x}{times}",
        "l'apprenant n'a pas remis {x}{times}",
    ),
    Kind.VIEWING: (
        "l'apprenant consulte {x}{nth}",
        "l'apprenant a consulté {x}{times}",
        "l'apprenant n'a pas consulté {x}{times}",
    ),
    Kind.FIRST_ACCESS: (
        "l'apprenant visite le cours pour la première fois",
        "l'apprenant a visité le cours",
        "l'apprenant n'a pas encore visité le cours",
    ),
    Kind.ACCESS: (
        "l'apprenant visite le cours{nth}",
        "l'apprenant a visité le cours{times}",
        "l'apprenant n'a pas visité le cours{times}",
    ),
    Kind.LEAVING_GROUP: (
        "l'apprenant quitte le groupe {x}{nth}",
        "l'apprenant a quitté le groupe {x}{times}",
        "l'apprenant n'a pas quitté le groupe {x}{times}",
    ),
    Kind.SENDING: (
        "un message de la règle {x} part pour l'apprenant{nth}",
        "un message de la règle {x} est parti pour l'apprenant{times}",
        "aucun message de la règle {x} n'est parti pour l'apprenant{times}",
    ),
    Kind.EVENT: (
        "la plateforme signale l'événement {x} pour l'apprenant{nth}",
        "la plateforme a signalé l'événement {x} pour l'apprenant{times}",
        "la plateforme n'a pas signalé l'événement {x} pour l'apprenant{times}",
    ),
    Kind.IS_PASSED: (
        "l'apprenant réussit {x}",
        "l'apprenant a réussi {x} à sa dernière tentative",
        "l'apprenant n'a pas réussi {x} à sa dernière tentative",
    ),
    Kind.IS_FAILED: (
        "l'apprenant échoue à {x}",
        "l'apprenant a échoué à {x} à sa dernière tentative",
        "l'apprenant n'a pas échoué à {x} à sa dernière tentative",
    ),
    Kind.IS_SUBMITTED: ("l'apprenant remet {x}", "l'apprenant a remis {x}", "l'apprenant n'a pas remis {x}"),
    Kind.IS_VIEWED: ("l'apprenant consulte {x}", "l'apprenant a consulté {x}", "l'apprenant n'a pas consulté {x}"),
    Kind.IS_SENT: (
        "un message de la règle {x} part pour l'apprenant",
        "un message de la règle {x} est parti pour l'apprenant",
        "aucun message de la règle {x} n'est parti pour l'apprenant",
    ),
    Kind.ENROLLED_AS: (
        "l'apprenant est inscrit avec le rôle {x}",
        "l'apprenant est inscrit avec le rôle {x}",
        "l'apprenant n'est pas inscrit avec le rôle {x}",
    ),
    Kind.ACTIVE_WITHIN: (
        "l'apprenant a visité le cours il y a moins de {span}",
        "l'apprenant a visité le cours il y a moins de {span}",
        "l'apprenant n'a pas visité le cours depuis {span}",
    ),
    Kind.PROFILE: (
        "le profil de l'apprenant {is}",
        "le profil de l'apprenant {is}",
        "le profil de l'apprenant {is_not}",
    ),
    Kind.TODAY_IS: ("on est {days}", "on est {days}", "on n'est pas {days}"),
    Kind.BEFORE_DAY: ("on est avant le {day}", "on est avant le {day}", "on n'est pas avant le {day}"),
    Kind.AFTER_DAY: ("on est après le {day}", "on est après le {day}", "on n'est pas après le {day}"),
}

UNDONE: dict[Kind, str] = {
    Kind.COMPLETE: "l'achèvement de {x} est effacé",
    Kind.COURSE_COMPLETE: "l'achèvement du cours est effacé",
    Kind.GRADE: "la note pour {x} est modifiée",
    Kind.WITHOUT_ACCESS: "l'apprenant revient",
    Kind.IN_GROUP: "l'apprenant quitte le groupe",
    Kind.DATE_OVER: "la date est déplacée ou supprimée",
    Kind.IS_PASSED: "une tentative suivante échoue",
    Kind.IS_FAILED: "une tentative suivante réussit",
    Kind.ENROLLED_AS: "le rôle prend fin",
    Kind.PROFILE: "le profil change",
}

RECIPIENTS = {
    "learner": "L'apprenant reçoit",
    "tutor": "Le formateur de l'apprenant reçoit",
    "tutors": "Tous les formateurs de l'apprenant reçoivent",
    "manager": "Le responsable de l'apprenant reçoit",
    "role": "Toute personne qui a le rôle {x} dans le cours reçoit",
    "contact": "{x} reçoit",
    "noreply": "L'adresse des notifications reçoit",
}

SENDERS = {
    "noreply": "C'est une notification : on ne peut pas y répondre.",
    "tutor": "Il vient du formateur, à qui l'on peut répondre.",
    "contact": "Il vient de {x}, à qui l'on peut répondre.",
    "other": "Il vient de «\u00a0{word}\u00a0».",
}

SENTENCES = {
    # --- whom it concerns
    "for.course": "Pour chaque apprenant inscrit au cours {x}.",
    "for.every": "Pour chaque apprenant inscrit à un cours, dans chaque cours séparément.",
    "for.nobody": "Aucun cours n'est déclaré au-dessus de cette règle : elle concernerait tous les apprenants de tous "
    "les cours.",
    "draft": "C'est un brouillon : ce que la règle envoie ne va qu'à l'adresse d'essai des réglages.",
    "paused": "Elle est en pause : elle ne démarre pas, et ce qui attend est retenu.",
    "first_day": "Elle ne démarre pas avant le {day}.",
    "last_day": "Elle ne démarre plus après le {day} ; ce qui attend encore à la fin de ce jour est annulé.",
    "topic": "Ses messages relèvent du sujet {x} ; qui s'en est désabonné n'en reçoit aucun.",
    "was": "Elle s'appelait {x} et reprend ce qui attend sous ce nom.",
    # --- what starts it
    "after": "La règle démarre quand {what}.",
    "after.all": "La règle démarre dès que {what}. Ce qui vient en dernier la fait démarrer.",
    "after.once": "Une seule fois par inscription : ce qui se produit à nouveau ne fait rien démarrer de plus.",
    "after.undone": "Si cela est défait pendant qu'un message attend ({how}), le message est annulé.",
    "every": "La règle démarre {rhythm} à {time}, pour chaque apprenant inscrit à ce moment-là.",
    "every.weekdays": "La première fois, au premier de ces moments après {base}.",
    "every.periods": "La première fois au terme d'un délai de {span} compté à partir de {base}, le jour où ce délai "
    "s'achève.",
    "every.month": "Dans un mois où ce jour n'existe pas, c'est le dernier jour du mois.",
    "every.since": "Elle commence dès que {what}, et s'interrompt tant que ce n'est plus le cas.",
    "every.since.happening": "Elle commence dès que {what}.",
    "every.until": "Elle ne revient plus dès que {what}.",
    "base.enrolment": "l'inscription",
    "base.fact": "ce début",
    "rhythm.day": "chaque jour",
    "rhythm.weekdays": "chaque {days}",
    "rhythm.periods": "tous les {span}",
    "rhythm.weeks": "toutes les {span}",
    "rhythm.one": "chaque {span}",
    "on": "La règle démarre une fois, le {day} à {time}, pour chaque apprenant inscrit à ce moment-là. "
    "Qui arrive plus tard ne reçoit rien.",
    "before": "La règle démarre {span} avant {date}, pour chaque apprenant inscrit d'ici là.",
    "before.at": "La règle démarre le jour qui précède {date} de {span}, à {time}, pour chaque apprenant inscrit "
    "d'ici là.",
    "before.day": "La règle démarre le jour même de {date}, à {time}, pour chaque apprenant inscrit d'ici là.",
    "before.moves": "Si la date est déplacée, ce qui attend l'est aussi ; si elle est supprimée, ce qui attend est "
    "annulé.",
    "date.unknown": "C'est la plateforme qui donne cette date ; tant qu'elle ne l'a pas donnée, rien ne se passe.",
    "date.is": "C'est {when}.",
    "date.group": "{when} pour le groupe {x}",
    "date.ends": "Une date sans heure est passée quand son jour est fini.",
    "complete.any": "Terminé veut dire fait, quel que soit le résultat.",
    "visits": "Ouvrir le cours, consulter, remettre ou terminer quelque chose sont des visites. "
    "Sans aucune visite, on compte à partir de l'inscription.",
    "visits.over": "Qui a terminé le cours n'est plus considéré comme absent, ni personne quand le cours a pris fin.",
    "grade.latest": "C'est la dernière note qui compte ; sans note, la condition n'est pas remplie.",
    # --- waits
    "wait.none": "Il n'y a pas d'attente : le message est prévu aussitôt.",
    "wait.none.then": "Il n'y a pas d'attente : le message est prévu en même temps que le précédent.",
    "from.start": "après ce moment",
    "from.step": "après le moment prévu pour le message précédent",
    "wait.calendar": "Le message est prévu {span} {after}, à la même heure, même si l'on change d'heure entre-temps.",
    "wait.day_at": "Le message est prévu {span} {after} : le jour où ce délai s'achève, à {time}.",
    "wait.range": "Cela fait de {low} à {high}, selon l'heure à laquelle l'attente commence.",
    "wait.range.most": "Cela fait au plus {high}, selon l'heure à laquelle l'attente commence.",
    "wait.elapsed": "Le message est prévu {span} {after}, à la minute près ; si l'on change d'heure entre-temps, "
    "l'heure affichée se décale d'autant.",
    "wait.elapsed_at": "Le message est prévu à {time}, à la première occasion au moins {span} {after} : il peut partir "
    "jusqu'à un jour plus tard.",
    "wait.least_at": "Le message est prévu à {time}, à la première occasion au moins {span} {after} : il peut partir "
    "jusqu'à un jour plus tard.",
    "wait.mixed": "Le message est prévu {civil} {after}, à la même heure, plus {elapsed} à la minute près.",
    "wait.months": "Dans un mois où ce jour n'existe pas, c'est le dernier jour du mois.",
    "wait.working": "Les jours ouvrés vont du lundi au vendredi et se comptent à partir du lendemain ; les jours "
    "fériés en font partie, car aucun « silence les jours fériés de … » ne vaut ici.",
    "wait.working.holidays": "Les jours ouvrés vont du lundi au vendredi, sans les jours fériés de {x} ; ils se "
    "comptent à partir du lendemain.",
    "wait.weekday": "Le message est prévu le premier {days} à {time} {after} ; un {days}, le jour même s'il n'est pas "
    "encore {time}.",
    "wait.date": "Le message est prévu le {day} à {time}.",
    "wait.date.late": "Qui n'en est là que plus tard le reçoit aussitôt, mais pas au-delà de {span} de retard.",
    "wait.up_to": "On attend que ceci soit vrai : {what} ; mais au plus {span} {after}. Ce temps écoulé, on continue "
    "de toute façon.",
    "wait.up_to.state": "Si c'est déjà le cas, on n'attend pas.",
    "wait.up_to.happening": "Ce qui s'est produit avant le démarrage de la règle ne compte pas.",
    # --- guards
    "if": "Au moment prévu, et pas avant, on vérifie : le message ne part que si {what}.",
    "unless": "Au moment prévu, et pas avant, on vérifie : le message ne part pas si {what}.",
    "guard.then": "S'il ne part pas, l'étape suivante a quand même lieu.",
    # --- messages
    "send": "{who} {message}{channel}.",
    "message.text": "le message «\u00a0{text}\u00a0»",
    "message.subject": "un message dont l'objet est «\u00a0{text}\u00a0»",
    "message.template": "le message {name}",
    "message.template.subject": "le message {name} (objet : «\u00a0{text}\u00a0»)",
    "messages.every": "Un autre à chaque fois, dans cet ordre : {messages}. Après le dernier, c'est fini.",
    "messages.repeat": "Un autre à chaque fois, dans cet ordre : {messages}.",
    "messages.one": "un message",
    "channel.email": " par courriel",
    "channel.other": " par le canal «\u00a0{x}\u00a0»",
    "urgent": "Il est urgent : ni les silences ni les limites ne le retiennent, et il ne compte pas dans les limites.",
    "notify": "Si ce message part, et alors seulement : {who} {message}{channel}.",
    "notify.daily": "Si ce message part, {who} {message}{channel} : un seul par jour, à {time}, pour tous les "
    "apprenants du jour.",
    "repeat": "Ensuite, il est répété {times} : {spans} après le moment prévu pour le premier.",
    "repeat.at": "Ensuite, il est répété {times} : {spans} après le moment prévu pour le premier, à {time} ce jour-là.",
    "repeat.first_at": "Ensuite, il est répété {times} : {spans} après le moment prévu pour le premier, dès qu'il est "
    "{time}.",
    "repeat.once": "une fois",
    "repeat.times": "jusqu'à {n} fois",
    "repeat.more": "et ainsi de suite",
    "repeat.guards": "Avant chaque envoi, on vérifie à nouveau ce qui est demandé plus haut ; au premier non, la série "
    "s'arrête.",
    # --- the last clauses
    "stop": "Dès que {what}, tout ce qui attend encore est annulé. Si c'est déjà le cas quand la règle démarre, rien "
    "n'est envoyé.",
    "complete.sent": "Pour un apprenant, la règle est achevée quand son dernier message est parti.",
    "complete.elapsed": "Pour un apprenant, la règle est achevée quand sa dernière attente est finie, que le message "
    "soit parti ou non ; un message annulé n'achève rien.",
    "complete.never": "La règle n'est jamais achevée : elle revient toujours.",
    "again.each": "Chaque nouvelle fois la fait démarrer à nouveau, indépendamment des fois précédentes.",
    "again.after": "Elle peut démarrer à nouveau pour le même apprenant, au plus tôt {span} après son dernier "
    "démarrage.",
    "expires": "Ce qui ne peut pas partir dans un délai de {span} après le moment prévu n'est plus envoyé.",
    "even": "Elle continue pour ceux qui ne sont plus inscrits.",
    "unenrolled": "Qui n'est plus inscrit ne reçoit plus rien ; "
    "pour qui est suspendu, ce qui attendait est décidé "
    "au retour.",
    "starts": "Alors démarre la règle {rules}.",
    "starts.several": "Alors démarrent les règles {rules}.",
    "sends": "Chacun de ses messages fait démarrer la règle {rules}.",
    "sends.several": "Chacun de ses messages fait démarrer les règles {rules}.",
    # --- declarations
    "zone": "Les heures sont celles du fuseau de l'apprenant s'il est connu, sinon celles {de_zone}.",
    "zone.all": "Toutes les heures sont celles {de_zone}, pour tout le monde.",
    "zone.none": "Aucun fuseau n'est déclaré : les heures sont celles du fuseau de l'apprenant, sinon celles des "
    "réglages (UTC s'ils n'en disent rien).",
    "quiet.hours": "De {start} à {end}, aucun message ne part : il attend {end}.",
    "quiet.days": "Aucun message ne part {le_days} : il attend la même heure du prochain jour libre.",
    "quiet.holidays": "Les jours fériés de {x}, aucun message ne part : il attend la même heure du prochain jour "
    "libre.",
    "quiet.dates": "Du {first} au {last} inclus, aucun message ne part : il attend la même heure du prochain jour "
    "libre.",
    "limit.day": "Un apprenant reçoit au plus {n} par jour de toutes les règles de ce fichier : un message de trop "
    "attend la même heure du lendemain.",
    "limit.week": "Un apprenant reçoit au plus {n} par semaine (du lundi au dimanche) de toutes les règles de ce "
    "fichier : un message de trop attend la même heure du lundi suivant.",
    "limit.message": "{n} message",
    "limit.messages": "{n} messages",
    "lateness": "Ce qui est constaté avec un retard d'au plus {span}, après une panne par exemple, part encore ; "
    "au-delà, non.",
    "urgent.all": "Tous les messages de cette règle sont urgents : silences et limites ne les concernent pas.",
    # --- examples
    "firing": "Si elle démarre le {start}, le message part le {leaves}.",
    "firing.several": "Si elle démarre le {start}, les messages partent le {leaves}.",
    "firing.at_once": "Si elle démarre le {start}, le message part aussitôt.",
    "firing.more": "et ainsi de suite",
    "firing.quiet": "Les silences l'ont reporté : sans eux, le message serait parti le {moment}.",
    "firing.skipped": "Le {day}, on avance les horloges et {asked} n'existe pas ; il part à {time}.",
    "firing.twice": "Le {day}, on retarde les horloges et {asked} revient deux fois ; c'est la première qui compte.",
    "firing.shifted": "On change d'heure entre-temps : {span} passent vraiment, et l'horloge indique {time} au lieu "
    "de {asked}.",
    "firing.month-end": "Ce mois n'a pas de 31 : c'est son dernier jour.",
    # --- storyboards
    "story.sent": "{name} : le message part",
    "story.late": "{name} : la même chose, dix jours plus tard",
    "story.idle": "{name} : ne fait rien de tout cela",
    "story.suppressed": "{name} : le message est retenu par {guard}",
    "story.cancelled": "{name} : ce qui attend est annulé",
    "story.postponed": "{name} : les silences retiennent le message quelque temps",
    "story.held": "les silences retiennent le message jusqu'au {moment}",
    "story.more": "… et ainsi de suite",
    "story.nothing": "rien ne part : rien n'a fait démarrer la règle",
    "story.goes": "le message « {text} » part",
    "story.notice": "un avis l'accompagne : « {text} »",
    "story.not.suppressed": "pas de message. {reason}",
    "story.not.cancelled": "annulé. {reason}",
    "story.not.expired": "trop tard. {reason}",
    "story.not.failed": "le message ne peut pas être écrit. {reason}",
    "story.not.pending": "le message attend encore",
    "event.enrolment": "{name} rejoint le cours",
    "event.access": "{name} visite le cours",
    "event.submission": "{name} remet {x}",
    "event.viewing": "{name} consulte {x}",
    "event.complete": "{name} termine {x}",
    "event.passed": "{name} réussit {x}",
    "event.failed": "{name} échoue à {x}",
    "event.incomplete": "l'achèvement de {x} est effacé pour {name}",
    "event.course.complete": "{name} termine le cours",
    "event.course.passed": "{name} réussit le cours",
    "event.course.failed": "{name} échoue au cours",
    "event.course.incomplete": "l'achèvement du cours est effacé pour {name}",
    "event.grade": "{name} obtient {grade} pour {x}",
    "event.joins": "{name} entre dans le groupe {group}",
    "event.leaves": "{name} quitte le groupe {group}",
    "event.date": "on apprend que {date} est le {moment}",
    "event.date.removed": "{date} est supprimée",
    "event.other": "la plateforme signale l'événement {kind} pour {name}",
    # --- titles
    "title.end": "Et ensuite",
    "title.declarations": "Ce qui vaut aussi pour cette règle",
    "title.examples": "Exemples",
    "examples.none": "Aucun exemple n'a été trouvé où cette règle envoie quelque chose.",
    "examples.errors": "Les exemples viendront quand les fichiers n'auront plus d'erreurs : planned lint les montre.",
    # --- joints
    "and": "et",
    "or": "ou",
    "joint.on": "le ",
    "joint.if": "si",
    "joint.that": "que",
    "on_day": "le {day}",
    "at": "{day} à {time}",
}
