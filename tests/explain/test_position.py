"""What an editor shows at a place."""

from __future__ import annotations

import pytest

from planned.check.build import graph_of
from planned.check.subject import subject
from planned.engine.explain.position import clause_text
from planned.syntax.from_text import parse
from tests.explain.explaining import TODAY

TEXT = """langue fr
fuseau Europe/Paris
cours C
règle autre le 5 octobre 2027 à 9h envoyer "x"
règle relance
  après l'achèvement de « Évaluation 😀 » attendre 1 mois
  sauf si Lecon2 est achevée envoyer "x"
  périme après 2 jours   même après désinscription
"""
PLACES = [
    ("règle relance", "Pour chaque apprenant inscrit au cours C."),
    ("après l'achè", "La règle démarre quand l'apprenant termine « Évaluation 😀 »."),
    ("attendre 1 mois", "Le message est prévu 1 mois après ce moment, à la même heure"),
    ("mois", "Le message est prévu 1 mois après ce moment"),
    ("est achevée", "Au moment prévu, et pas avant, on vérifie"),
    ('envoyer "x"\n  périme', "L'apprenant reçoit le message « x » par courriel."),
    ("périme", "Ce qui ne peut pas partir dans un délai de 2 jours"),
    ("désinscription", "Elle continue pour ceux qui ne sont plus inscrits."),
]


def at(place: int):  # type: ignore[no-untyped-def]  # as clause_text
    file, _ = parse(TEXT, "x.rules")
    surveyed = subject([file], {}, {}, (), None).survey
    line = TEXT.count("\n", 0, place) + 1
    column = place - (TEXT.rfind("\n", 0, place) + 1) + 1
    return clause_text(graph_of(surveyed), surveyed.rules, "x.rules", line, column, TODAY)


@pytest.mark.parametrize(("words", "meaning"), PLACES)
def test_the_clause_under_the_pointer(words: str, meaning: str) -> None:
    found = at(TEXT.index(words))
    assert found is not None
    assert found.sentences[0].replace("\u00a0", " ").startswith(meaning)
    assert found.example == (
        "Si elle démarre le mardi 24 novembre 2026 à 14h10, le message part le jeudi 24 décembre 2026 à 14h10."
    )


def test_between_clauses_and_outside_rules_there_is_nothing() -> None:
    assert at(TEXT.index("   même") + 1) is None
    assert at(TEXT.index("fuseau")) is None
