"""What else was probably meant by a name that nothing declares: a word of the language, or an activity's completion."""

from __future__ import annotations

from planned.check.scope import NameKind, Scope
from planned.syntax.likeness import Meant, nearest
from planned.syntax.words import fold

_FACTS = frozenset({"ENROLMENT", "ACCESS"})
_PEOPLE = {
    ("teacher", "trainer", "instructor", "enseignant", "enseignante", "prof", "professeur", "tuteur"): Meant(
        "tutor", "formateur"
    ),
    ("teachers", "trainers", "enseignants", "professeurs", "tuteurs"): Meant("tutors", "formateurs"),
    (
        *("student", "user", "participant", "trainee", "pupil", "person", "etudiant", "etudiante", "eleve"),
        *("stagiaire", "utilisateur", "utilisatrice", "participante", "inscrit", "inscrite", "personne"),
    ): Meant("learner", "apprenant"),
    (
        "learners",
        "students",
        "users",
        "participants",
        "utilisateurs",
        "stagiaires",
        "everybody",
        "everyone",
        "all",
        "apprenants",
        "etudiants",
        "eleves",
        "tous",
    ): Meant("learner", "apprenant"),
    ("boss", "supervisor", "manageur", "chef"): Meant("manager", "responsable"),
}
_WORDS = {word: meant for group, meant in _PEOPLE.items() for word in group}

_HAPPENINGS = {
    **dict.fromkeys(("login", "connection", "visit", "connexion", "visite"), Meant("access", "accès")),
    **dict.fromkeys(("registration", "signup", "enrolling", "adhesion"), Meant("enrolment", "inscription")),
}


def meant(kind: NameKind, name: str, scope: Scope) -> Meant | None:
    """What to write instead, in both languages; `kind` is what the name was taken for."""
    folded = fold(name)
    if kind == "contact":
        return _WORDS.get(folded) or nearest(folded, frozenset({"WHO"}), 0.8)
    if kind != "date":
        return None
    if scope.find("activity", name) is not None:
        shown = name if name.replace("-", "_").isidentifier() else f'"{name}"'
        return Meant(f"completion of {shown}", f"achèvement de {shown}")
    return _HAPPENINGS.get(folded) or nearest(folded, _FACTS, 0.8)
