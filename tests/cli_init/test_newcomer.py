"""From `planned init --lang fr` to an own scenario that holds, doing nothing but what the commands print."""

import re
from pathlib import Path

from planned.cli.main import COMMANDS
from tests.cli_init.project import commands_in, typed

OWN_RULE = """
règle devoir "Bravo !"
  aprés l'achèvement de Devoir 1
  attendre deux jours à 9h
  envoyer "Bravo {{ prenom }} !"
"""
OWN_SCENARIO = """
scénario "bravo deux jours après"
  étant donné qu'Amina termine "Devoir 1" le 4 septembre
  on attend devoir pour Amina le 06/09/2026 à 9h
"""
PLACE = re.compile(r"(?ms)^\s*--> (?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+)\n.*?^\s*\| +(?P<carets>\^+)$")
INSTEAD = re.compile(
    r"(?m)= (?:Écrivez (?:le mois en lettres : )?|Vouliez-vous dire )(?:par exemple )?(?P<text>.+?)[.?]?$"
)
DECLARE = re.compile(r"(?i)à déclarer plus haut : (?P<text>activité .+)$", re.M)
FRENCH = "fr_FR.UTF-8"


class Author:
    """Believes what is printed, and does it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: list[str] = []

    def types(self, command: str) -> int:
        done = typed(command, self.folder, FRENCH)
        self.read.append(done.said.replace("\u00a0", " "))
        return done.code

    def obeys(self, catalogue: Path) -> None:
        """Does the one thing that the first finding asks for."""
        first = next(one for one in self.read[-1].split("\n\n") if re.match("(erreur|avertissement) :", one))
        if "[not-in-catalog]" in first:
            assert "ajoutez-le au catalogue" in first
            with catalogue.open("a", encoding="utf-8") as file:
                file.write('\n[[courses.activities]]\nid = "Devoir 1"\nname = "Devoir 1"\ntracked = true\n')
        elif declare := DECLARE.search(first):
            self.changes(r"(?m)^(activité Quiz1 .*)$", rf"\1\n{declare['text']}")
        else:
            place, instead = PLACE.search(first), INSTEAD.search(first)
            assert place, first
            assert instead, first
            self.replaces(place, instead["text"].strip(" `"))

    def replaces(self, place: re.Match[str], text: str) -> None:
        path = self.folder / place["path"]
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        number, start = int(place["line"]) - 1, int(place["column"]) - 1
        line = lines[number]
        lines[number] = line[:start] + text + line[start + len(place["carets"]) :]
        path.write_text("".join(lines), encoding="utf-8")

    def changes(self, pattern: str, by: str) -> None:
        path = self.folder / "rules" / "relance.rules"
        before = path.read_text(encoding="utf-8")
        after = re.sub(pattern, by, before)
        assert after != before
        path.write_text(after, encoding="utf-8")

    def appends(self, text: str) -> None:
        with (self.folder / "rules" / "relance.rules").open("a", encoding="utf-8") as file:
            file.write(text)


def test_who_does_what_is_printed_arrives(tmp_path: Path) -> None:
    begun = typed("planned init", tmp_path, FRENCH)
    author = Author(tmp_path)
    lint, test, dry_run = commands_in(begun.out)
    assert [author.types(command) for command in (lint, test, dry_run)] == [0, 0, 0]

    author.appends(OWN_RULE)
    for _ in range(7):
        if author.types(lint) == 0:
            break
        author.obeys(tmp_path / "catalogue.toml")
    assert "on attend devoir pour" in author.read[-1], "a rule without a scenario is told what to write"

    author.appends(OWN_SCENARIO)
    assert author.types(test) == 1
    author.obeys(tmp_path / "catalogue.toml")
    assert author.types(test) == 1
    author.obeys(tmp_path / "catalogue.toml")
    assert author.types(test) == 1
    came = re.search(
        r"a envoyé son message pour Amina le (?P<day>.+?) à 9h \(.*reporté par un silence", author.read[-1]
    )
    assert came, author.read[-1]
    author.changes(r"(on attend devoir pour Amina le) .+ à 9h", rf"\1 {came['day']} à 9h")
    assert author.types(test) == 0
    assert "5 scénarios tiennent" in author.read[-1]
    assert author.types(lint) == 0
    assert author.types(f"{test} --coverage --min-coverage 100") == 0
    assert author.types("planned explain devoir") == 0
    assert author.types(f"{dry_run} --rule devoir") == 0


SLIPS = (
    ("planned tset rules/", "tset"),
    ("planned test rule", "rule"),
    ("planned lint rules/relanc.rules", "rules/relanc.rules"),
    ("planned dry-run rules/ --evnts historique.jsonl", "--evnts"),
    ("planned dry-run rules/ --events historique.json", "historique.json"),
    ("planned dry-run rules/ --events historique.jsonl --learner amnia", "amnia"),
    ("planned dry-run rules/ --rule relanc", "relanc"),
    ("planned explain relanc", "relanc"),
)


def test_a_slip_of_the_hand_is_answered_with_what_works(tmp_path: Path) -> None:
    typed("planned init", tmp_path, FRENCH)
    for slip, wrong in SLIPS:
        done = typed(slip, tmp_path, FRENCH)
        meant = re.search(r"[Vv]ouliez-vous dire (?:planned )?(?P<text>.+?)\s\?", done.err)
        assert done.code in (2, 3), slip
        assert meant, done.said
        assert typed(slip.replace(wrong, meant["text"]), tmp_path, FRENCH).code == 0, slip


def test_commands_that_are_printed_exist(tmp_path: Path) -> None:
    """Whatever is missing: what is printed to be typed is a command."""
    for command in ("planned", "planned --help", "planned test", "planned xyzzy", "planned init a b", "planned --lint"):
        printed = re.findall(r"planned ([a-z][a-z-]*)", typed(command, tmp_path, FRENCH).said)
        assert printed or command == "planned xyzzy"
        assert set(printed) <= set(COMMANDS), command
