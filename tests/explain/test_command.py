"""`planned explain RULE` as an author calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planned.cli.main import main

RULES = """language fr
fuseau Europe/Paris
cours NUM101 "Numérique : les bases"
silence le dimanche
activité Quiz1 "Quiz de positionnement"
règle relance "N'oubliez pas la leçon 2"
  après l'achèvement de Quiz1
  attendre 3 jours à 9h
  sauf si Lecon2 est achevée
  envoyer "Il vous reste la leçon 2." de la part du formateur
"""
TWIN = 'rule no-time-zone after enrolment send "x"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "relance.rules").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_the_whole_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "relance", "--today", "2026-09-01"]) == 0
    assert capsys.readouterr().out.replace("\u00a0", " ") == (
        """relance – relance.rules:6
Pour chaque apprenant inscrit au cours NUM101 « Numérique : les bases ».

   7  après l'achèvement de Quiz1
      La règle démarre quand l'apprenant termine « Quiz de positionnement ».
      Une seule fois par inscription : ce qui se produit à nouveau ne fait rien démarrer de plus.
      Si cela est défait pendant qu'un message attend (l'achèvement de « Quiz de positionnement » est effacé), """
        """le message est annulé.
      Terminé veut dire fait, quel que soit le résultat.

   8  attendre 3 jours à 9h
      Le message est prévu 3 jours après ce moment : le jour où ce délai s'achève, à 9h.
      Cela fait de 2 jours 9 heures à 3 jours 9 heures, selon l'heure à laquelle l'attente commence.

   9  sauf si Lecon2 est achevée
      Au moment prévu, et pas avant, on vérifie : le message ne part pas si l'apprenant a terminé « Lecon2 ».

  10  envoyer "Il vous reste la leçon 2." de la part du formateur
      L'apprenant reçoit un message dont l'objet est « N'oubliez pas la leçon 2 » par courriel.
      Il vient du formateur, à qui l'on peut répondre.

Et ensuite
      Qui n'est plus inscrit ne reçoit plus rien ; pour qui est suspendu, ce qui attendait est décidé au retour.
      Pour un apprenant, la règle est achevée quand son dernier message est parti.

Ce qui vaut aussi pour cette règle
   2  fuseau Europe/Paris
      Les heures sont celles du fuseau de l'apprenant s'il est connu, sinon celles d'Europe/Paris.
   4  silence le dimanche
      Aucun message ne part le dimanche : il attend la même heure du prochain jour libre.

Exemples
      Si elle démarre le jeudi 3 septembre 2026 à 14h10, le message part le lundi 7 septembre 2026 à 9h. """
        """Les silences l'ont reporté : sans eux, le message serait parti le dimanche 6 septembre 2026 à 9h.
      Si elle démarre le vendredi 4 septembre 2026 à 23h50, le message part le lundi 7 septembre 2026 à 9h.
      Si elle démarre le lundi 7 septembre 2026 à 8h10, le message part le jeudi 10 septembre 2026 à 9h.
"""
    )


def test_in_the_other_language_and_a_narrow_window(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert main(["explain", "relance", str(folder), "--lang", "en", "--today", "2026-09-01"]) == 0
    said = capsys.readouterr().out
    assert "It starts when the learner completes “Quiz de positionnement”." in said
    assert max(len(line) for line in said.splitlines() if not line.startswith("relance")) <= 70


def test_the_folder_rules_is_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules").mkdir()
    (folder / "relance.rules").rename(folder / "rules" / "relance.rules")
    assert main(["explain", "relance"]) == 0
    assert "relance.rules:6" in capsys.readouterr().out


def test_a_name_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "relence"]) == 2
    assert "il n'y a ni règle ni avertissement relence. Vouliez-vous dire relance" in capsys.readouterr().err
    assert main(["explain", "relence", "--lang", "en"]) == 2
    assert "there is neither a rule nor a lint relence. Did you mean relance?" in capsys.readouterr().err
    assert main(["explain", "relance", "nowhere.rules"]) == 2
    assert main(["explain", "relance", "--today", "yesterday"]) == 2


def test_a_rule_comes_before_a_lint(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "twin.rules").write_text(TWIN, encoding="utf-8")
    assert main(["explain", "no-time-zone", "twin.rules"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("no-time-zone – twin.rules:1\n")
    assert said.endswith("There is a lint of that name, too: planned explain no-time-zone --lint\n")
    assert main(["explain", "no-time-zone", "twin.rules", "--lint"]) == 0
    assert capsys.readouterr().out.startswith("no-time-zone (warning)")


def test_a_lint_is_explained_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "no-time-zone"]) == 0
    assert capsys.readouterr().out.startswith("no-time-zone (warning)")


def test_with_errors_elsewhere_the_rule_is_explained_without_examples(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "relance.rules").write_text(RULES + "règle x après y z\n", encoding="utf-8")
    assert main(["explain", "relance"]) == 0
    said = capsys.readouterr().out
    assert "La règle démarre quand" in said
    assert "Les exemples viendront quand les fichiers n'auront plus d'erreurs" in said
