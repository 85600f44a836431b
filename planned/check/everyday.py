"""What authors call the variables of a text in everyday words, and in the brackets of other programs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from planned.check.nearest import nearest

_OF_USER = {
    "firstname": "firstname first prenom givenname forename",
    "lastname": "lastname last surname familyname nom nomdefamille",
    "fullname": "fullname name nomcomplet prenomnom prenometnom nomprenom nometprenom",
    "email": "email mail courriel adresse adressemail emailaddress",
    "city": "city town ville",
    "institution": "institution school etablissement ecole",
    "department": "department departement service",
    "language": "language langue",
    "groups": "groups group groupe groupes",
    "id": "id identifiant number numero",
}
_OF_COURSE = {
    "fullname": "fullname name title nom titre intitule",
    "shortname": "shortname code nomcourt abrege",
    "url": "url link lien adresse",
    "id": "id identifiant",
}
_OF_RULE = {"name": "name nom", "title": "title titre"}
_OWNERS = {
    "user": "user learner student participant trainee apprenant apprenante eleve etudiant etudiante stagiaire "
    "participante utilisateur",
    "course": "course cours class training formation",
    "rule": "rule regle",
}
_ALONE = {
    "course.fullname": "cours formation",
    "course.url": "url link lien",
    "date": "jour today aujourdhui",
    "time": "heure hour",
    "why": "pourquoi raison reason",
    "rule.title": "title titre",
    "sender": "expediteur formateur formatrice tutor teacher enseignant enseignante",
    "user": "learner apprenant student",
}
_SIGNED = {
    "course.fullname": "course",
    "date": "date",
    "time": "time",
    "user.fullname": "learner apprenant student eleve etudiant stagiaire participant",
}
"""What stands alone in the brackets of other programs."""


def _table(groups: Mapping[str, str]) -> dict[str, str]:
    return {word: path for path, words in groups.items() for word in words.split()}


_FIELDS = {"user": _table(_OF_USER), "course": _table(_OF_COURSE), "rule": _table(_OF_RULE)}
_OWNER = _table(_OWNERS)
_ROOTS = {**{word: f"user.{field}" for word, field in _FIELDS["user"].items() if word != "id"}, **_table(_ALONE)}
_LITTLE = re.compile(r"\b(?:de la|de l'|de|du|d'|of the|of|the|le|la|l'|un|une|your|votre|son|sa)\b ?|'s\b")
_OTHER = re.compile(
    r"\{\{[^{}]*\}\}|\{%[^%]*%\}|\{#[^#]*#\}|(?<!\{)\{ *(?P<brace>[^{}\n%#]{2,40}?) *\}(?!\})"
    r"|\[ *(?P<square>[^\[\]\n]{2,40}?) *\](?![\[(:])|%(?P<percent>[^\W\d]\w{2,30})%"
    r"|<{1,2} *(?P<angle>[^<>\n]{2,40}?) *>{1,2}|«\s*(?P<merged>[^«»\n]{2,40}?)\s*»"
)
_SPACED = re.compile(r"\{\{ *(?P<words>[^\W\d][^{}\n|\"(.]{1,60}?) *\}\}")
_TAGS = frozenset({"course", "cours", "formation", "group", "groupe", "service", "title", "titre", "link", "lien"}) | {
    *(
        "url",
        "langue",
        "language",
        "school",
        "ecole",
        "id",
        "number",
        "code",
        "adresse",
        "ville",
        "city",
        "town",
        "last",
    )
}
"""Words that a text may well put in square brackets."""


def _plain(words: str) -> str:
    """Small letters without accents."""
    decomposed = unicodedata.normalize("NFD", words.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def meant_by(words: str) -> str | None:
    """The variable that everyday words stand for: `prénom`, `first name`, `nom du cours`; None if it is not known."""
    plain = _plain(words)
    parts = [part for part in re.split(r"[^a-z0-9]+", _LITTLE.sub("", plain)) if part]
    joined = "".join(parts)
    if joined in _SIGNED_ALONE:
        return _SIGNED_ALONE[joined]
    if joined in _ROOTS:
        return _ROOTS[joined]
    for owner, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])) if len(parts) > 1 else ():
        field = _FIELDS.get(_OWNER.get(owner, ""), {}).get("".join(rest))
        if field is not None:
            return f"{_OWNER[owner]}.{field}"
    return None


_SIGNED_ALONE = _table(_SIGNED)


def meant_field(owner: str, name: str) -> str | None:
    """The field of `user`, `course` or `rule` that an everyday word stands for."""
    return _FIELDS.get(owner, {}).get(re.sub(r"[^a-z0-9]", "", _plain(name)))


def meant_path(owner: str, name: str) -> str | None:
    """What `apprenant.prénom` stands for."""
    known = _OWNER.get(_plain(owner))
    field = meant_field(known, name) or (name if name in _FIELDS[known].values() else None) if known else None
    return f"{known}.{field}" if field else None


def meant_root(name: str, roots: Iterable[str], leaves: Iterable[str]) -> str | None:
    """What an unknown first word probably stands for: a frequent word, a known one, or a field without its owner."""
    found = _ROOTS.get(re.sub(r"[^a-z0-9]", "", _plain(name))) or nearest(name, roots)
    if found:
        return found
    by_last = {leaf.rpartition(".")[2]: leaf for leaf in leaves}
    last = nearest(name, by_last)
    return by_last[last] if last else None


def spaced_names(text: str) -> Iterator[tuple[int, str, str]]:
    """Start, words and variable of each `{{ first name }}`."""
    for found in _SPACED.finditer(text):
        meant = meant_by(found["words"]) if re.search(r"[ '’-]", found["words"]) else None
        if meant is not None:
            yield found.start("words"), found["words"], meant


def placeholders(text: str, paths: frozenset[str], percents: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Start, whole and variable of what other programs would fill in: `{prenom}`, `[name]`, `%prénom%`, `<<prénom>>`.

    `paths` are the variables, `percents` those that may stand between two `%`.
    """
    for found in _OTHER.finditer(text):
        words = next(filter(None, found.groups()), None)
        if not words or found["percent"] in percents or (found["square"] and _plain(words) in _TAGS):
            continue
        meant = words if words in paths else meant_by(words)
        if meant is not None:
            yield found.start(), found.group(), meant
