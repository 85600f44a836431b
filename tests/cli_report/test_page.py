"""`planned dry-run --format html`: one page, all decisions in it, and nothing that a name or a text can break."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

from planned.cli.main import main
from planned.cli.report.data import Packed, compressed
from planned.engine.decision import Decision, GuardReading, Outcome, Reason, ReasonCode
from tests.cli_report import course
from tests.cli_report.reading import Read, packed, rows

HOSTILE = '</script><img src=x onerror="alert(1)">\'"&{{ 7*7 }}\u202egnp.exe'


def page_of(arguments: list[str], capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main([*arguments, "--format", "html", *options]) == 0
    return capsys.readouterr().out


@pytest.fixture
def page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    return page_of(course.write(tmp_path), capsys)


def test_every_decision_is_in_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = course.write(tmp_path)
    found = rows(packed(page_of(arguments, capsys)))
    main([*arguments, "--format", "jsonl"])
    decided = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(found) == len(decided) == 5
    for row, one in zip(found, decided, strict=True):
        for name in ("learner", "rule", "course", "outcome", "step", "repeat", "subject", "text"):
            assert row[name] == one[name], name
        assert row["reason"] == (one["reason"] and one["reason"]["text"])
        assert row["guards"] == [(guard["text"], guard["value"]) for guard in one["guards"]]
        assert bool(row["notice"]) == one.get("notice", False)
        assert row["to"] == (None if one["to"] in ([], [one["learner"]]) else ", ".join(one["to"]))
        at = row["utc"] + row["at"]
        walls = {"at": at, "anchor": at - row["anchor"], "due": at - row["due"]}
        for name, wall in walls.items():
            shown = datetime.fromtimestamp(wall, UTC).replace(tzinfo=None)
            assert shown == datetime.fromisoformat(one[name]).replace(tzinfo=None), name
        assert row["utc"] == datetime.fromisoformat(one["at"]).timestamp()
    assert [row["name"] for row in found] == ["Ben Okafor", "Alice Martin", "Alice Martin", *["Chloé Nguyễn"] * 2]


def test_the_summary_needs_no_script(page: str) -> None:
    said = Read(page).said
    assert "2 messages would go to 2 learners, between 6 September 2026 and 6 October 2026." in said
    assert "Besides: 1 suppressed." in said
    assert "unless Lesson2 complete" in said
    assert "2 notices sent to others." in said
    assert "This rule does nothing with these events." in said
    assert "after completion of Quiz1 wait 3 days at 09:00" in said  # the rule as it is written
    assert "The list of learners needs a browser with JavaScript." in said
    assert "Made from 7 events; time zone: Europe/Paris." in said


def test_it_speaks_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = page_of(course.write(tmp_path, language="fr"), capsys)
    said = Read(page).said
    assert '<html lang="fr">' in page
    assert "2 messages partiraient vers 2 apprenants, entre le 6 septembre 2026 et le 6 octobre 2026." in said
    assert "Par ailleurs : 1 supprimé." in said  # `split` takes the no-break space for a blank
    assert "Par ailleurs\u00a0: 1 supprimé." in page
    assert packed(page)["words"]["by_name"] == "par nom"
    english = Read(page_of(course.write(tmp_path, language="fr"), capsys, "--lang", "en")).said
    assert "2 messages would go" in english


def test_nothing_is_fetched_and_only_its_own_script_runs(page: str) -> None:
    read = Read(page)
    assert all(target.startswith("#") for name in ("href", "src", "xlink:href") for target in read.attributes(name))
    assert not re.search(r"(?i)@import|url\(|https?://(?!www\.w3\.org/)", page)
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on") or name == "style"]
    policy = read.attributes("content")[2]
    assert policy.startswith("default-src 'none'")
    scripts = re.findall(r"(?s)<script>(.*?)</script>", page)
    styles = re.findall(r"(?s)<style>(.*?)</style>", page)
    assert len(scripts) == len(styles) == 1
    for text in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_it_can_be_walked_by_keyboard_and_reader(page: str) -> None:
    read = Read(page)
    ids = read.attributes("id")
    assert len(ids) == len(set(ids))
    assert set(read.attributes("aria-labelledby")) <= set(ids)
    assert {target[1:] for target in read.attributes("href")} <= set(ids)
    focusable = {"a", "button", "summary", "input", "select"}
    assert not [tag for tag, attributes in read.tags if "tabindex" in attributes and attributes["tabindex"] != "-1"]
    assert focusable & {tag for tag, _ in read.tags} >= {"a", "button", "summary"}
    pictures = [attributes for tag, attributes in read.tags if tag == "svg"]
    assert all(attributes.get("aria-hidden") == "true" for attributes in pictures)  # each is said in words beside it


def test_names_titles_and_texts_cannot_break_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        course.profile("p1", "alice", firstname=HOSTILE, lastname="Martin", timezone="Europe/Paris"),
        course.profile("p2", HOSTILE, firstname="Mallory", timezone="Europe/Paris"),
        *course.EVENTS[3:],
        course.completed("e5", HOSTILE, "Quiz1", "2026-09-03T14:10:00+02:00"),
    ]
    arguments = course.write(tmp_path, title="A </title><script>alert(1)</script> course", events=events)
    page = page_of(arguments, capsys)
    plain = page_of(course.write(tmp_path, events=course.EVENTS), capsys)
    assert len(Read(page).tags) == len(Read(plain).tags)
    assert page.count("<script") == 2
    assert page.count("<img") == 0
    assert "\u202e" not in page
    assert "onerror" not in page or "onerror=&#34;" in page
    shown = rows(packed(page))
    assert {row["name"] for row in shown} >= {HOSTILE.replace("\u202e", "�") + " Martin", "Mallory"}
    assert not [text for text in packed(page)["texts"] if "\u202e" in text]


def test_a_filter_of_the_command_holds_for_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(packed(page_of(course.write(tmp_path), capsys, "--learner", "ben")))
    assert [(row["learner"], row["outcome"]) for row in found] == [("ben", "suppressed")]


def test_nothing_decided_is_a_page_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = page_of(course.write(tmp_path, events=course.EVENTS[:3]), capsys)
    assert "No message would go." in Read(page).said
    assert rows(packed(page)) == []


def test_events_that_do_not_count_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = {"id": "x", "kind": "completion", "time": "yesterday <b>"}
    page = page_of(course.write(tmp_path, events=[*course.EVENTS, broken]), capsys)
    said = Read(page).said
    assert "Events that did not count (1)" in said
    assert "events.jsonl:8" in said


# --- size --------------------------------------------------------------------------------------------


def many(learners: int, each: int) -> Packed:
    """Decisions as large courses have them: own texts of 400 letters, own times."""
    random, made = Random(1), Packed()
    start = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp()) * 1_000_000
    words = ["leçon", "devoir", "quiz", "avant", "vendredi", "votre", "formatrice", "rappel", "encore", "deux"]
    for number in range(learners * each):
        learner, place = f"u{number % learners}", number // learners
        at = start + random.randrange(120 * 86_400) * 1_000_000
        sent = random.random() < 0.8
        body = f"Bonjour Prénom{learner},\n" + " ".join(words[(place * 7 + at_ * 3) % 10] for at_ in range(60))
        made.add(
            Decision(
                at=at, rule=f"rule{place}", course="C", learner=learner, occurrence=1, step=1, repeat=0,
                outcome=Outcome.SENT if sent else Outcome.SUPPRESSED,
                reason=None if sent else Reason(ReasonCode.UNLESS, f"Leçon {place} est achevée le {number % 28}."),
                to=(learner,), sender="tutor", channel="email",
                subject=f"Votre leçon {place}, Prénom{learner}" if sent else None,
                text=body if sent else None, markup=None, anchor=at - 3 * 86_400_000_000, due=at, because=("e1",),
                guards=(GuardReading("sauf si Leçon2 est achevée", not sent),), source="a.rules:1", revision="0",
                zone="Europe/Paris",
            )
        )  # fmt: skip
    return made


def test_five_thousand_learners_fit_in_ten_megabytes() -> None:
    made = many(5_000, 12).object(lambda learner: f"Prénom Nom-{learner}")
    assert len(made["columns"]["learner"]) == 60_000
    assert len(compressed(made)) < 10_000_000


# --- colours -----------------------------------------------------------------------------------------


def luminance(color: str) -> float:
    full = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_all_text_is_legible_by_day_by_night_and_on_paper() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    style = (files("planned.cli.report") / "page.css").read_text("utf-8")
    themes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    assert len(themes) == 3
    for theme in themes:
        for name, color in theme.items():
            if name not in ("paper", "raised", "line"):
                assert min(contrast(color, theme[ground]) for ground in ("paper", "raised")) >= 4.5, (name, color)


# --- in a browser, where there is one ----------------------------------------------------------------

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
def test_a_browser_shows_the_learners_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = [*course.EVENTS[3:], course.profile("p1", "alice", firstname=HOSTILE, timezone="Europe/Paris")]
    file = tmp_path / "page.html"
    file.write_text(page_of(course.write(tmp_path, events=events), capsys), encoding="utf-8")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        f"--user-data-dir={tmp_path}/b",
    ]
    done = subprocess.run(
        [str(BROWSER), *options, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=60, check=False
    )
    read = Read(done.stdout)
    assert read.attributes("data-ready")
    names = re.findall(r'<span class="name"><bdi>(.*?)</bdi>', done.stdout)
    assert len(names) == 3
    assert "&lt;/script&gt;&lt;img src=x onerror=" in names[0]
    assert not [tag for tag, _ in read.tags if tag == "img"]
    assert "3 learners" in read.said
    assert "1 sent, 1 notice" in read.said
