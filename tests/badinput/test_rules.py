"""Rule files that cannot be meant: each row is an entry of the catalogue, with the name of the one error it gives."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.badinput.running import HEAD, Ran, in_bounds, lint, rule, run, run_apart, started, written

PARIS = "timezone Europe/Paris"
Content = str | bytes


def many_rules(number: int) -> str:
    return HEAD + "".join(f'rule r{i} after completion of Quiz1 wait 1 day send "a"\n' for i in range(number))


FINE: dict[str, Content] = {
    "empty": "",
    "only comments": "# nothing yet\n\n# to be written\n",
    "byte order mark": b"\xef\xbb\xbf" + rule().encode(),
    "CRLF": rule().replace("\n", "\r\n"),
    "2,000 rules": many_rules(2000),
    "256 KiB": rule() + "# " + "x" * (256 * 1024 - len(rule()) - 2),
    "unknown activity": rule(guard="unless Leson2 complete"),  # a warning: an activity need not be declared
}

BAD: dict[str, tuple[Content, str]] = {
    "NUL": (rule() + "\0", "not-text"),
    "Latin-1": (rule(text='"Déjà"').encode("latin-1"), "encoding"),
    "UTF-16": (rule().encode("utf-16"), "encoding"),
    "UTF-16 without mark": (rule().encode("utf-16-le"), "encoding"),
    "truncated UTF-8": (rule(text='"Déjà').encode()[:-2], "encoding"),
    "10,000 rules": (many_rules(10_000), "file-size"),
    "2,001 rules": (many_rules(2001), "too-many-rules"),
    "look-alike letters": (HEAD.replace("Quiz1", "Qu\u0456z1"), "look-alike"),
    "bidirectional control in a text": (rule(text='"Pay \u202eabc"'), "control-character"),
    "bidirectional control in a name": (HEAD + 'activity "a\u202eb"', "control-character"),
    "zero-width space in a name": (HEAD + 'activity "Quiz\u200b1"', "control-character"),
    "twins in NFC and NFD": (HEAD + 'activity "\u00e9"\nactivity "e\u0301"', "duplicate-name"),
    "duplicate activity": (HEAD + 'activity Quiz1 "Another"', "duplicate-name"),
    "duplicate rule": (rule() + rule().removeprefix(HEAD), "duplicate-name"),
    "duplicate template": (HEAD + 'template t "a"\ntemplate t "b"', "duplicate-name"),
    "twins by their apostrophe": (HEAD + 'activity "l\'oral"\nactivity "l’oral"', "duplicate-name"),
    "twins by their blanks": (HEAD + 'activity "a  b"\nactivity "a\u00a0b"', "duplicate-name"),
    "duplicate group": (HEAD + 'group A is "a"\ngroup A is "b"', "duplicate-name"),
    "duplicate date": (HEAD + "date oral 2026-10-05\ndate oral 2026-10-06", "duplicate-name"),
    "duplicate contact": (HEAD + 'contact o "O"\ncontact o "P"', "duplicate-name"),
    "duplicate topic": (HEAD + 'topic o "O"\ntopic o "P"', "duplicate-name"),
    "wait 0": (rule("wait 0"), "quantity"),
    "wait 0 days": (rule("wait 0 days"), "quantity"),
    "wait -1 day": (rule("wait -1 day"), "quantity"),
    "wait 10000000000 days": (rule("wait 10000000000 days"), "quantity"),
    "wait 3 dyas": (rule("wait 3 dyas"), "quantity"),
    "repeat without end": (rule(text='"Hello." repeat every 7 days up to 99999999 times'), "quantity"),
    "at 24:00": (rule("wait 3 days at 24:00"), "bad-time"),
    "at 25:61": (rule("wait 3 days at 25:61"), "bad-time"),
    "zone europe/paris": (rule().replace("Europe/Paris", "europe/paris"), "unknown-zone"),
    "zone Europe/Pariss": (rule().replace("Europe/Paris", "Europe/Pariss"), "unknown-zone"),
    "zone ../../etc/passwd": (rule().replace("Europe/Paris", "../../etc/passwd"), "unknown-zone"),
    "zone of 5,000 characters": (rule().replace("Europe/Paris", "E" * 5000), "unknown-zone"),
    "zone empty": (rule().replace(PARIS, "timezone"), "missing-zone"),
    "zone in quotation marks": (rule().replace("Europe/Paris", '"Europe/Paris"'), "wrong-word"),
    "zone of no characters": (rule().replace("Europe/Paris", '""'), "syntax"),
    "wait 1.5 days": (rule("wait 1.5 days"), "quantity"),
    "wait NaN days": (rule("wait NaN days"), "syntax"),
    "grade below 1e999": (rule(guard="if grade of Quiz1 below 1e999"), "syntax"),
    "at 9:60": (rule("wait 3 days at 9:60"), "bad-time"),
    "30 February": (rule("wait until 2026-02-30 at 09:00"), "bad-date"),
    "03/04/2026": (rule("wait until 03/04/2026 at 09:00"), "ambiguous-date"),
    "a byte over 256 KiB": (rule() + "# " + "x" * (256 * 1024 - len(rule()) - 1), "file-size"),
    "import from outside": ('import "../../etc/passwd"\n' + rule(), "import-outside"),
    "unknown rule": (rule(guard="if another sent"), "unknown-name"),
    "unknown template": (rule(text="another"), "unknown-name"),
    "unknown contact": (rule(text='"Hello." to office'), "unknown-name"),
    "unknown topic": (rule().replace('"Title"', '"Title" about news'), "unknown-name"),
    "unknown date": (rule(guard="unless oral is over"), "unknown-name"),
    "unknown region": (HEAD + "quiet on holidays of XX\n" + rule().removeprefix(HEAD), "unknown-region"),
    "unknown group": (HEAD + 'group A is "a"\n' + rule(guard="if in group B").removeprefix(HEAD), "unknown-name"),
}

HEAVY: dict[str, tuple[Content, str]] = {
    "100,000 parentheses": (rule(guard=f"unless {'(' * 100_000}Lesson2 complete{')' * 100_000}"), "nesting"),
    "100,000 open parentheses": (rule(guard=f"unless {'(' * 100_000}Lesson2 complete"), "nesting"),
    "60,000 nots": (rule(guard=f"unless {'not ' * 60_000}Lesson2 complete"), "nesting"),
    "100,000 nots": (rule(guard=f"unless {'not ' * 100_000}Lesson2 complete"), "file-size"),
    "3 MB": (rule() + "# " + "x" * 3_000_000, "file-size"),
    "10 MB name": (f'{HEAD}activity "{"n" * 10_000_000}"', "file-size"),
    "250 kB name": (f'{HEAD}activity "{"n" * 250_000}"', "long-name"),
    "100,000 quotation marks": (HEAD + '"' * 100_000, "syntax"),
}


@pytest.mark.parametrize("case", FINE)
def test_this_only_looks_bad(case: str, tmp_path: Path) -> None:
    ran = lint(tmp_path, FINE[case])
    assert ran.errors == []
    assert ran.code == 0


@pytest.mark.parametrize("case", BAD)
def test_one_clear_error(case: str, tmp_path: Path) -> None:
    content, name = BAD[case]
    places = []
    for language in ("en", "fr"):
        ran = lint(tmp_path, content, language)
        assert in_bounds(ran)
        _is_clear(ran, name)
        places.append([(one["line"], one["column"]) for one in ran.findings])
    assert places[0] == places[1]


UNDERLINED = {
    "look-alike letters": "4:10 Qu\u0456z1",
    "bidirectional control in a text": "10:13 \u202e",
    "twins in NFC and NFD": '7:10 "e\u0301"',
    "wait 0": "8:8 0",
    "wait -1 day": "8:8 -1 day",
    "wait 10000000000 days": "8:8 10000000000 days",
    "wait 3 dyas": "8:10 dyas",
    "at 24:00": "8:18 24:00",
    "at 25:61": "8:18 25:61",
    "30 February": "8:14 2026-02-30",
    "zone Europe/Pariss": "2:10 Europe/Pariss",
    "zone ../../etc/passwd": "2:10 ../../etc/passwd",
    "zone empty": "2:1 timezone",
    "import from outside": '1:8 "../../etc/passwd"',
    "unknown rule": "9:6 another",
    "unknown template": "10:8 another",
    "unknown group": "10:15 B",
}


@pytest.mark.parametrize("case", UNDERLINED)
def test_what_the_author_must_change_is_underlined(case: str, tmp_path: Path) -> None:
    content = BAD[case][0]
    assert isinstance(content, str)
    (one,) = (each for each in lint(tmp_path, content).findings if each["severity"] == "error")
    line = content.split("\n")[one["line"] - 1]
    assert one["line"] == one["end_line"]
    assert f"{one['line']}:{one['column']} {line[one['column'] - 1 : one['end_column'] - 1]}" == UNDERLINED[case]


def test_control_characters_are_reported_up_to_a_hundred(tmp_path: Path) -> None:
    ran = run_apart("lint", written(tmp_path, HEAD + "a\x01" * 120_000), "--format", "json")
    assert ran.errors == ["control-character"] * 100
    assert ran.cpu < 5


def test_a_rule_has_one_name_in_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(rule(), encoding="utf-8")
    (tmp_path / "b.rules").write_text(rule(), encoding="utf-8")
    ran = run("lint", tmp_path, "--format", "json")
    assert ran.errors == ["duplicate-name"]
    assert Path(ran.findings[0]["file"]).name == "b.rules"


@pytest.mark.parametrize("case", HEAVY)
def test_one_clear_error_in_bounds(case: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    content, name = HEAVY[case]
    base = started(tmp_path_factory.getbasetemp())
    ran = run_apart("lint", written(tmp_path, content), "--format", "json")
    assert in_bounds(ran, base), f"{ran.cpu - base:.2f} s, {ran.peak:.0f} MB"
    _is_clear(ran, name)
    assert len(ran.out) < 5_000, "a message does not repeat what is long"


def _is_clear(ran: Ran, name: str) -> None:
    assert ran.errors == [name]
    assert ran.code == 1
    assert not ran.err
    for one in ran.findings:
        if one["severity"] != "error":
            continue
        assert one["file"].endswith("case.rules")
        assert 1 <= one["line"] <= one["end_line"]
        assert (one["line"], one["column"]) <= (one["end_line"], one["end_column"])
        assert one["message"]
        assert one["help"], "it is said what to do"
        assert len(one["message"] + one["help"]) < 400, "a message does not repeat what is long"


def test_bad_rules_are_not_run_either(tmp_path: Path) -> None:
    path = written(tmp_path, rule("wait 3 dyas"))
    events = tmp_path / "events.jsonl"
    events.write_text("", encoding="utf-8")
    ran = run_apart("dry-run", path, "--events", events)
    assert (ran.code, ran.out) == (1, "")
    assert "dyas" in ran.err
    ran = run_apart("run", path, "--once", "--store", f"sqlite:///{tmp_path / 'store.sqlite'}", "--channel", "console")
    assert ran.code == 1
    assert "dyas" in ran.out + ran.err
    assert not (tmp_path / "store.sqlite").exists()


SALAD = """
language en fr timezone course every activity group date template contact topic quiet from to on limit per week
rule was about draft until after completion of passing grade below and or not wait at least up for if
unless send subject via urgent notify daily repeat times then stop once complete again each time expires
scenario given expect règle après achèvement de attendre jours à sauf si envoyer avertir puis
3 09:00 2026-10-05 50% 0 -1 ( ) , . : ; " « » “ # Quiz1 "Quiz 1" \\ { } * é days '''
"""
WORDS = (*SALAD.split(), *"\n\n\n", '"' * 3)


@pytest.mark.parametrize("seed", range(150))
def test_word_salad_is_said_to_be_wrong_in_both_languages(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    text = HEAD + " ".join(random.choice(WORDS) for _ in range(random.randrange(1, 40)))
    for language in ("en", "fr"):
        ran = lint(tmp_path, text, language)
        assert ran.code in (0, 1)
        assert all("{en}" not in str(one) and "{fr}" not in str(one) for one in ran.findings)
        assert in_bounds(ran)
