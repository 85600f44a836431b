"""Nothing is said to authors in one language only, and French is set as French is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import planned
from planned.cli.main import main
from planned.cli.messages import messages_in
from planned.diagnostics import Message, french

LOOSE = re.compile("(?<=\\w) [:;?!](?=\\s|$)|« | »")
CODE = re.compile("`[^`]*`")


def every_message() -> Iterator[Message]:
    for info in walk_packages(planned.__path__, "planned."):
        if info.name not in ("planned.cli.main", "planned.testing"):
            yield from messages_in(import_module(info.name))


MESSAGES = list(dict.fromkeys(every_message()))


def test_they_are_found_everywhere() -> None:
    assert len(MESSAGES) > 150
    assert {"unknown-name", "bad-time", "template-unknown-name", "no-such-path", "wrong-word"} <= {
        m.name for m in MESSAGES
    }


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.name}-{m.en[:30]}")
def test_a_message_is_said_in_both_languages(message: Message) -> None:
    assert message.en.strip()
    assert message.fr.strip()
    assert message.en != message.fr or not re.search("[a-z]", re.sub(r"\{\w+\}", "", message.en))
    assert bool(message.help_en) == bool(message.help_fr)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.name}-{m.en[:30]}")
def test_french_has_its_no_break_spaces(message: Message) -> None:
    for text in (message.fr, message.help_fr):
        assert not LOOSE.search(CODE.sub("", text)), text


def test_french_is_set_outside_of_what_is_typed() -> None:
    assert french("« a » : b ? `envoyer « c » !` ; d !") == (
        "«\u00a0a\u00a0»\u00a0: b\u00a0? `envoyer « c » !`\u00a0; d\u00a0!"
    )
    assert french("à 09:00, http://x") == "à 09:00, http://x"


RULES = 'langue {}\nfuseau Europe/Paris\nchaque cours\nrègle r après inscription envoyer "b"\n'
EVENT = '{"id": "e1", "time": "2026-09-03T14:10:00+02:00", "kind": "enrolment", "course": "C", "learner": "alice"}\n'
WRONG = (
    (["--from", "hier"], "hier is not a day or a time: write 2026-09-03", "hier n'est ni un jour ni une heure"),
    (["--until", "2026-13-01"], "2026-13-01 is not a day or a time", "2026-13-01 n'est ni un jour ni une heure"),
    (["--zone", "Pari"], "there is no time zone Pari", "il n'y a pas de fuseau Pari"),
    (["--learner", "alcie"], "nobody called alcie occurs", "personne ne s'appelle alcie"),
    (["--learner", "alcie"], "did you mean alice?", "vouliez-vous dire alice\u00a0?"),
    (["--rule", "q"], "there is no rule q", "il n'y a pas de règle q"),
    (["--people", "nobody.csv"], "there is no file nobody.csv", "il n'y a pas de fichier nobody.csv"),
)


@pytest.mark.parametrize(("options", "en", "fr"), WRONG, ids=lambda one: str(one)[:40])
def test_wrong_options_are_answered_in_the_language_of_the_rules(
    options: list[str], en: str, fr: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e.jsonl").write_text(EVENT, encoding="utf-8")
    for language, said in (("en", en), ("fr", fr)):
        rules = tmp_path / "r.rules"
        rules.write_text(RULES.format(language), encoding="utf-8")
        assert main(["dry-run", str(rules), "--events", str(tmp_path / "e.jsonl"), *options]) == (
            3 if "--people" in options else 2
        )
        shown = capsys.readouterr().err
        assert shown.startswith("planned: ")
        assert said in shown
        assert not re.search("isoformat|must be in|Errno|Traceback", shown)


def test_a_path_that_is_not_there_is_said_in_the_language_of_the_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for locale, said in (("fr_FR.UTF-8", "Il n'y a ni fichier ni dossier"), ("C.UTF-8", "There is no file or folder")):
        monkeypatch.setenv("LC_ALL", locale)
        assert main(["lint", str(tmp_path / "nowhere.rules")]) == 2
        assert said in capsys.readouterr().err


def test_a_row_of_people_without_a_name_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e.jsonl").write_text(EVENT, encoding="utf-8")
    (tmp_path / "people.csv").write_text("nom;ville\nAlice;Dijon\n", encoding="utf-8")
    (tmp_path / "r.rules").write_text(RULES.format("fr"), encoding="utf-8")
    files = ["--events", str(tmp_path / "e.jsonl"), "--people", str(tmp_path / "people.csv")]
    assert main(["dry-run", str(tmp_path / "r.rules"), *files]) == 0
    shown = capsys.readouterr().err
    assert "people.csv:2: non compté\u00a0: Il n'est pas dit de qui il s'agit" in shown
    assert "une colonne «\u00a0learner\u00a0» (ou «\u00a0id\u00a0»)" in shown
