"""Every verb of section 6 in both languages: the event that it stands for, and that the engine heeds it."""

from typing import Any

import pytest

from tests.scenarios.playing import one, play

BASE = """
    timezone Europe/Paris
    course C1
    activity Quiz1 is "q-1"
    group matin is "g-1"
    date seance 2026-12-01
    """
RULE = 'rule r after enrolment wait 40 days send "x"'
VERBS: list[tuple[str, str, dict[str, Any]]] = [
    ("Alice enrolled", "Alice est inscrite", {"kind": "enrolment"}),
    ('Alice enrolled as "manager"', "Alice est inscrite comme « manager »", {"kind": "enrolment", "role": "manager"}),
    ("Alice unenrolled", "Alice est désinscrite", {"kind": "unenrolment"}),
    ("Alice suspended", "Alice est suspendue", {"kind": "suspension"}),
    ("Alice resumes", "Alice reprend", {"kind": "resumption"}),
    ("Alice visits", "Alice visite le cours", {"kind": "access"}),
    ("Alice completes Quiz1", "Alice termine Quiz1", {"kind": "completion", "activity": "q-1", "state": "complete"}),
    ("Alice completes course", "Alice termine le cours", {"kind": "completion", "state": "complete"}),
    ("Alice passes Quiz1", "Alice réussit Quiz1", {"kind": "completion", "activity": "q-1", "state": "passed"}),
    ("Alice fails Quiz1", "Alice échoue à Quiz1", {"kind": "completion", "activity": "q-1", "state": "failed"}),
    ("Alice resets Quiz1", "Alice recommence Quiz1", {"kind": "completion", "activity": "q-1", "state": "incomplete"}),
    ("Alice submits Quiz1", "Alice remet Quiz1", {"kind": "submission", "activity": "q-1"}),
    ("Alice views Quiz1", "Alice consulte Quiz1", {"kind": "viewing", "activity": "q-1"}),
    ("Alice scores 8.5 on Quiz1", "Alice obtient 8,5 à Quiz1", {"kind": "grade", "activity": "q-1", "grade": 8.5}),
    (
        "Alice joins group matin",
        "Alice entre dans le groupe matin",
        {"kind": "group", "group": "g-1", "member": True},
    ),
    (
        "Alice leaves group matin",
        "Alice quitte le groupe matin",
        {"kind": "group", "group": "g-1", "member": False},
    ),
    ('Alice has city "Dijon"', "Alice a pour city « Dijon »", {"kind": "profile", "user": {"city": "Dijon"}}),
    (
        'Alice has promotion "2027"',
        "Alice a pour promotion « 2027 »",
        {"kind": "profile", "user": {"profile": {"promotion": "2027"}}},
    ),
    (
        "Alice is in timezone Indian/Reunion",
        "Alice est dans le fuseau Indian/Reunion",
        {"kind": "profile", "user": {"timezone": "Indian/Reunion"}},
    ),
    ('Alice event "room-change"', "Alice reçoit l'événement « room-change »", {"kind": "room-change"}),
    (
        "deadline of Quiz1 is 2026-11-15 at 23:59",
        "l'échéance de Quiz1 est le 15 novembre 2026 à 23h59",
        {"kind": "date", "what": "deadline", "activity": "q-1", "at": "2026-11-15T23:59:00+01:00"},
    ),
    (
        "deadline of Quiz1 is 2026-11-15",
        "l'échéance de Quiz1 est le 15 novembre 2026",
        {"kind": "date", "what": "deadline", "activity": "q-1", "at": "2026-11-15T12:00:00+01:00"},
    ),
    (
        "start of course is 2026-11-15 at 08:00",
        "le début du cours est le 15 novembre 2026 à 8h",
        {"kind": "date", "what": "start", "at": "2026-11-15T08:00:00+01:00"},
    ),
    (
        "seance is 2026-11-15 at 08:00",
        "seance est le 15 novembre 2026 à 8h",
        {"kind": "date", "what": "seance", "at": "2026-11-15T08:00:00+01:00"},
    ),
]


@pytest.mark.parametrize(("english", "french", "event"), VERBS, ids=[english for english, _, _ in VERBS])
def test_a_line_is_the_event_of_that_moment(english: str, french: str, event: dict[str, Any]) -> None:
    que = "étant donné qu'" if french[0] in "Aé" else "étant donné que "
    both = play(
        BASE,
        RULE,
        f"""
        scenario "en" given {english} on 2026-10-05 at 14:10
        scénario "fr" {que}{french} le 5 octobre 2026 à 14h10
        """,
    )
    person = {"learner": "Alice"} if english.startswith("Alice") else {}
    line = {"id": "given-1", "time": "2026-10-05T14:10:00+02:00", "course": "C1", **person, **event}
    for played in both:
        assert played.story is not None
        assert [obj for obj in played.story.objects if obj["id"] == "given-1"] == [line]
        assert not played.found


def test_without_a_time_it_is_noon_in_the_zone_of_the_file() -> None:
    played = one(BASE, RULE, 'scenario "s" given Alice visits on 2026-10-05')
    assert played.story is not None
    assert played.story.objects[-1]["time"] == "2026-10-05T12:00:00+02:00"


def test_who_is_not_said_to_be_enrolled_is_so_from_the_start_of_the_first_day() -> None:
    played = one(
        BASE,
        'rule welcome after enrolment send "x"',
        """
        scenario "s"
          given Alice visits on 2026-10-05 at 15:00
          given Ben enrolled on 2026-10-07 at 10:00
          given Chloe visits on 2026-10-09
          expect welcome to Alice on 2026-10-05 at 00:00
          expect welcome to Ben on 2026-10-07 at 10:00
          expect welcome to Chloe on 2026-10-05 at 00:00
          expect nothing else
        """,
    )
    assert not played.found


def test_a_later_enrolment_that_is_said_is_not_forestalled() -> None:
    played = one(
        BASE,
        'rule welcome after enrolment send "x"',
        """
        scenario "s"
          given Ben has city "Dijon" on 2026-10-01
          given Ben enrolled on 2026-10-07 at 10:00
          expect welcome to Ben on 2026-10-07 at 10:00
          expect nothing else
        """,
    )
    assert not played.found


def test_the_first_day_is_the_earliest_even_if_another_line_stands_before() -> None:
    played = one(
        BASE,
        'rule welcome after enrolment send "x"',
        """
        scenario "s"
          given Alice visits on 2026-10-05
          given Ben visits on 2026-10-01
          expect welcome to Alice on 2026-10-01
        """,
    )
    assert not played.found


def test_an_enrolment_as_something_else_makes_no_learner() -> None:
    rule = 'rule welcome after enrolment send "x"'
    story = 'scenario "s" given Tessa enrolled as "editingteacher" on 2026-10-05 expect no message to Tessa'
    assert not one(BASE, rule, story).found


def test_the_end_of_the_enrolment_is_everybodys_own() -> None:
    played = one(
        BASE,
        'rule last 7 days before end of enrolment at 09:00 send "x"',
        """
        scenario "s"
          given end of enrolment is 2026-12-15 on 2026-10-01
          given Alice visits on 2026-10-05
          given Ben enrolled on 2026-10-20
          expect last to Alice on 2026-12-08 at 09:00
          expect last to Ben on 2026-12-08 at 09:00
          expect nothing else
        """,
    )
    assert not played.found


def test_messages_can_call_people_by_their_name() -> None:
    played = one(
        BASE,
        'rule welcome after enrolment send "Hello {{ user.firstname }}, from {{ user.city }}"',
        """
        scenario "s"
          given Alice has city "Dijon" on 2026-10-05 at 09:00
          given Alice enrolled on 2026-10-05 at 10:00
        """,
    )
    assert [one.text for one in played.decisions] == ["Hello Alice, from Dijon"]


@pytest.mark.parametrize("condition", ["profil city est « Dijon »", "profil ville est « Dijon »"])
def test_a_town_is_given_by_its_french_name(condition: str) -> None:
    story = """
        scénario "s"
          étant donné qu'Alice a pour ville « Dijon » le 1er octobre 2026
          étant donné qu'Alice visite le cours le 5 octobre 2026 à 9h
          on attend bienvenue pour Alice le 5 octobre 2026 à 9h
        """
    assert not one(BASE, f'règle bienvenue après le premier accès si {condition} envoyer "x"', story).found


def test_a_line_that_cannot_be_is_shown() -> None:
    (found,) = one(BASE, RULE, 'scenario "s" given Alice is in timezone Mars/Olympus on 2026-10-05').found
    assert found.name == "scenario-line"
    assert "Mars/Olympus" in found.text("en")
    assert "Mars/Olympus" in found.text("fr")
    assert found.span.line == 9


@pytest.mark.parametrize(
    "line",
    [
        "given Alice visits on 9999-12-31",
        "given Alice visits on 0001-01-01",
        "given deadline of Quiz1 is 2500-01-01 on 2026-10-05",
        "given Alice visits on 2026-10-05 expect r to Alice on 2626-10-05",
    ],
)
def test_a_day_far_away_is_shown(line: str) -> None:
    (found,) = one(BASE, RULE, f'scenario "s" {line}').found
    assert found.text("en") == "Scenarios play between the years 1971 and 2099."
    assert found.text("fr") == "Les scénarios se passent entre 1971 et 2099."


def test_nothing_happens_without_a_given() -> None:
    (found,) = one(BASE, RULE, 'scenario "s" expect nothing else').found
    assert found.text("fr") == "Il ne se passe rien dans ce scénario."
