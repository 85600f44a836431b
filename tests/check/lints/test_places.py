# ruff: noqa: E501 – a rule in one line
"""Lints underline what the author must change, in both languages, and keep silent beside it."""

from __future__ import annotations

from datetime import date

import pytest

from planned.check.known import Known
from planned.check.lints.clock_change import changes
from planned.diagnostics import Severity
from planned.syntax import ast
from tests.check.lints.known import KNOWN
from tests.check.reading import file, files

HEAD = "timezone Europe/Paris\ncourse NUM101\n"
QUIET = HEAD + "quiet from 20:00 to 08:00\nquiet on saturday, sunday\nquiet on holidays of FR\n"

FOUND = [
    # after a draft that nobody receives
    ('rule a draft after enrolment send "x" rule b after sending of a wait 1 day send "y"', "follows-draft", ["a"]),
    ('règle a brouillon après inscription envoyer "x" règle b après l\'achèvement d\'a attendre 1 jour envoyer "y"', "follows-draft", ["a"]),
    ('rule a draft after enrolment send "x" rule b draft after sending of a wait 1 day send "y"', "follows-draft", []),
    ('rule a draft after enrolment send "x" rule b after enrolment wait 1 day unless a sent send "y"', "follows-draft", []),
    ('rule a after enrolment send "x" rule b draft after sending of a wait 1 day send "y"', "follows-draft", []),
    # a delay that `at` swallows
    ('rule r after failing "12" wait 2 hours at 09:00 send "x"', "swallowed-delay", ["wait 2 hours at 09:00"]),
    ('règle r après échec à "12" attendre 45 minutes à 9h envoyer "x"', "swallowed-delay", ["attendre 45 minutes à 9h"]),
    ('rule r after failing "12" wait at least 2 hours at 09:00 send "x"', "swallowed-delay", []),
    ('rule r after failing "12" wait 72 hours at 09:00 send "x"', "swallowed-delay", []),
    ('rule r after failing "12" wait 1 day 4 hours at 09:00 send "x"', "swallowed-delay", []),
    ('rule r after failing "12" wait 2 hours send "x"', "swallowed-delay", []),
    # one that is over before anybody looks
    ('rule r after enrolment wait 5 minutes send "x"', "short-delay", ["5 minutes"]),
    ('règle r après inscription attendre 9 minutes envoyer "x"', "short-delay", ["9 minutes"]),
    ('rule r after enrolment wait 10 minutes send "x"', "short-delay", []),
    # two negations
    ('rule r after enrolment unless not "12" passed send "x"', "double-negation", ['unless not "12" passed']),
    ('rule r after enrolment unless "12" is not passed send "x"', "double-negation", ['unless "12" is not passed']),
    ('règle r après inscription sauf si "12" n\'est pas réussie envoyer "x"', "double-negation", ['sauf si "12" n\'est pas réussie']),
    ('rule r after enrolment if enrolled as "student" and not not "12" passed send "x"', "double-negation", ['not not "12" passed']),
    ('rule r after enrolment send "x" stop once not (not "12" passed)', "double-negation", ['not (not "12" passed)']),
    ('rule r after enrolment unless not "12" passed and "12" viewed send "x"', "double-negation", []),
    ('rule r after enrolment if not "12" passed send "x"', "double-negation", []),
    # numbers
    ('rule r after enrolment wait 400 days send "x"', "suspicious-number", ["400 days"]),
    ('règle r après inscription attendre 13 mois envoyer "x"', "suspicious-number", ["13 mois"]),
    ('rule r after enrolment wait 12 months send "x"', "suspicious-number", []),
    ('rule r after enrolment send "x" repeat every 60 weeks up to 2 times', "suspicious-number", ["60 weeks"]),
    ('rule r 500 days before start of course send "x"', "suspicious-number", ["500 days"]),
    ('rule r after enrolment send "x" again after 9000 hours', "suspicious-number", ["9000 hours"]),
    ("lateness 400 days", "suspicious-number", ["400 days"]),
    ('rule r after grade of "12" above 100% send "x"', "suspicious-number", ['grade of "12" above 100%']),
    ('rule r after grade of "12" at least 100% send "x"', "suspicious-number", []),
    ('règle r après une note de "12" inférieure à 150 % envoyer "x"', "suspicious-number", ['une note de "12" inférieure à 150 %']),
    ('rule r after grade of "12" below 0 send "x"', "suspicious-number", ['grade of "12" below 0']),
    ('rule r after enrolment if grade of "12" at least 25 send "x"', "suspicious-number", ['grade of "12" at least 25']),
    ('rule r after enrolment if grade of "12" at least 20 send "x"', "suspicious-number", []),
    # kinds of events
    ('rule r after event "completion" send "x"', "event-kind", ['"completion"']),
    ("règle r après l'événement « unenrolment » envoyer \"x\"", "event-kind", ["« unenrolment »"]),
    ('rule r after event "badge-ready" send "x"', "event-kind", []),
    # the catalogue
    ('rule r after completion of "13" send "x"', "not-in-catalog", ['"13"']),
    ('règle r après consultation de Page1 envoyer "x"', "not-in-catalog", ["Page1"]),
    ('activity Quiz1 is "12" activity Page1 is "15" rule r after viewing of Page1 send "x"', "not-in-catalog", ['"15"']),
    ('activity Quiz1 rule r after viewing of Quiz1 send "x"', "not-in-catalog", ["Quiz1"]),
    ('rule r after joining group 8 send "x"'.replace("8", '"8"'), "not-in-catalog", ['"8"']),
    ('group soir is "9" rule r after joining group soir send "x"', "not-in-catalog", ['"9"']),
    ('rule r after enrolment if enrolled as "studnt" send "x"', "not-in-catalog", ['"studnt"']),
    ('rule r after enrolment send "x" to role "boss"', "not-in-catalog", ['"boss"']),
    ('rule r after event "badge-redy" send "x"', "not-in-catalog", ['"badge-redy"']),
    ('rule r after viewing of "12" if in group "7" and enrolled as "student" send "x"', "not-in-catalog", []),
    ('rule r after enrolment send "x" rule s after completion of r send "x"', "not-in-catalog", []),
    ('course NUM102 rule r after viewing of Anything send "x"', "not-in-catalog", ["NUM102"]),
    ('every course rule r after viewing of Anything send "x"', "not-in-catalog", []),
    # what is never reported
    ('rule r after completion of "14" send "x"', "not-tracked", ['completion of "14"']),
    ('règle r après inscription sauf si "14" est achevée envoyer "x"', "not-tracked", ['"14" est achevée']),
    ('rule r after grade of "14" below 5 send "x"', "not-tracked", ['grade of "14" below 5']),
    ('rule r after completion of "12" and viewing of "14" send "x"', "not-tracked", []),
    # channels
    ('rule r after enrolment send "x" via telegramm', "unknown-channel", ["telegramm"]),
    ('règle r après inscription envoyer "x" avertir formateur "y" par sms', "unknown-channel", ["sms"]),
    ('rule r after enrolment send "x" via email', "unknown-channel", []),
    # days that have passed
    ('rule r on 2026-11-21 at 09:00 send "x"', "past-date", ["2026-11-21"]),
    ('règle r le 21 novembre 2026 à 9h envoyer "x"', "past-date", ["21 novembre 2026"]),
    ('rule r on 2026-11-22 at 09:00 send "x"', "past-date", []),
    ('rule r until 2026-11-21 after enrolment send "x"', "past-date", ["2026-11-21"]),
    ('rule r after enrolment wait until 2026-10-05 at 09:00 send "x"', "past-date", ["2026-10-05"]),
    # clock changes
    ('rule r every sunday at 02:30 send "x"', "clock-change", ["02:30"]),
    ('règle r après inscription attendre 1 jour à 2h30 envoyer "x"', "clock-change", ["2h30"]),
    ('rule r every monday at 02:30 send "x"', "clock-change", []),
    ('rule r every sunday at 03:00 send "x"', "clock-change", []),
    ('rule r on 2027-10-31 at 02:00 send "x"', "clock-change", ["02:00"]),
    ('rule r on 2027-10-30 at 02:00 send "x"', "clock-change", []),
    ('date d 2027-03-28 rule r on the day of d at 02:59 send "x"', "clock-change", ["02:59"]),
    ('rule r after enrolment send "x" repeat every 1 day at 02:15 up to 3 times', "clock-change", ["02:15"]),
    # scenarios
    ('rule r after enrolment send "x"', "rule-without-scenario", []),
    ('rule r after enrolment send "x" scenario "s" expect no message to Alice', "rule-without-scenario", ["r"]),
    ('règle r après inscription envoyer "x" scénario "s" on attend r supprimé pour Amina', "rule-without-scenario", []),
    ('rule r after enrolment send "x" course D rule s after enrolment send "y" scenario "t" expect s suppressed for Amina', "rule-without-scenario", []),
    ('activity Q rule r after enrolment send "x" scenario "s" given Alice completes Q on 2026-09-01 expect r suppressed for Alise', "unknown-in-scenario", ["Alise"]),
    # declarations
    ('template t "T" "x" rule r after enrolment send "x"', "unused-declaration", ["t"]),
    ('contact anne "Anne" rule r after enrolment send "x"', "unused-declaration", ["anne"]),
    ('sujet nouvelles "Nouvelles" règle r après inscription envoyer "x"', "unused-declaration", ["nouvelles"]),
    ('group matin is "7" rule r after enrolment send "x"', "unused-declaration", ["matin"]),
    ('date oral 2027-01-10 rule r after enrolment send "x"', "unused-declaration", ["oral"]),
    ('activity Quiz1 is "12" rule r after enrolment send "x"', "unused-declaration", ["Quiz1"]),
    ('activity Quiz1 is "12" rule r after enrolment send "{{ activity.Quiz1.title }}"', "unused-declaration", []),
    ('activity Quiz1 is "12" rule r after viewing of "12" send "x"', "unused-declaration", []),
    ('group m is "7" date d 2027-01-11 for group m rule r after d send "x"', "unused-declaration", []),
    ('template t "T" "x" rule r after enrolment send "x" notify tutor t', "unused-declaration", []),
    ('template t "T" "x" contact anne "Anne"', "unused-declaration", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "underlined"), FOUND)
def test_what_is_underlined(text: str, name: str, underlined: list[str]) -> None:
    read = file(HEAD + text)
    assert read.found == ()
    assert read.places(name, KNOWN) == underlined


@pytest.mark.parametrize(
    ("text", "underlined"),
    [
        ('rule r every saturday at 09:00 send "x"', ["saturday"]),
        ('rule r every friday, saturday at 09:00 send "x"', ["saturday"]),
        ('règle r chaque samedi, dimanche à 9h envoyer "x"', ["samedi", "dimanche"]),
        ('rule r every friday at 09:00 send "x"', []),
        ('rule r every saturday at 09:00 send "x" urgent', []),
        ('rule r every day at 09:00 send "x"', ["day"]),
        ('règle r chaque jour à 9h envoyer "x"', ["jour"]),
        ('rule r every monday at 20:00 send "x"', ["20:00"]),
        ('règle r après inscription attendre 1 jour à 7h59 envoyer "x"', ["7h59"]),
        ('rule r after enrolment wait 1 day at 08:00 send "x"', []),
        ('rule r every saturday at 21:00 wait 2 days at 10:00 send "x"', []),
        ('rule r after enrolment wait until sunday at 10:00 send "x"', ["sunday"]),
        ('rule r on 2027-05-08 at 10:00 send "x"', ["2027-05-08"]),
        ('règle r le 14 juillet 2027 à 10h envoyer "x"', ["14 juillet 2027"]),
        ('rule r on 2027-07-15 at 10:00 send "x"', []),
        ('rule r after enrolment wait until 2027-07-14 at 10:00 send "x"', ["2027-07-14"]),
        ('date d 2027-07-15 rule r 1 day before d at 10:00 send "x"', ["1 day before d at 10:00"]),
        ('date d 2027-07-15 rule r 2 days before d at 10:00 send "x"', []),
        ('rule r after enrolment send "x" repeat every 1 week at 22:00 up to 3 times', ["22:00"]),
    ],
)
def test_what_falls_in_a_silence(text: str, underlined: list[str]) -> None:
    read = file(QUIET + text)
    assert read.found == ()
    assert read.places("quiet-time", KNOWN) == underlined


def said(text: str, name: str, known: Known = KNOWN) -> list[str]:
    return [one.text("en") for one in file(text).lint(known=known) if one.name == name]


def test_the_real_range_of_a_swallowed_delay() -> None:
    read = file(HEAD + 'rule r after failing "12" wait 1 hour 30 minutes at 09:00 send "x"')
    (one,) = [one for one in read.lint() if one.name == "swallowed-delay"]
    assert (
        one.text("en")
        == "Because of `at 09:00` this wait takes anything from 1 hour 30 minutes to 25 hours 30 minutes."
    )
    assert one.text("fr") == "À cause de `à 9h`, cette attente peut durer de 1 heure 30 minutes à 25 heures 30 minutes."
    assert one.fix is not None
    assert not one.fix.safe
    assert one.fix.edits[0].text == "wait at least 1 hour 30 minutes at 09:00"


def test_where_a_quiet_message_goes() -> None:
    assert said(QUIET + 'rule r every saturday at 09:00 send "x"', "quiet-time") == [
        "It is quiet on Saturday: this leaves on Monday."
    ]
    assert said(QUIET + 'rule r on 2027-05-01 at 09:00 send "x"', "quiet-time") == [
        "2027-05-01 is a quiet day (Saturday): this leaves on 2027-05-03."
    ]
    assert said(QUIET + 'rule r every monday at 07:00 send "x"', "quiet-time") == [
        "At 07:00 it is quiet, from 20:00 to 08:00: this leaves at 08:00."
    ]


def test_days_are_said_as_an_author_writes_them() -> None:
    read = file(QUIET + 'date Jury 2028-06-13 rule r 2 days before Jury at 09:00 send "x"')
    (one,) = [one for one in read.lint(known=KNOWN) if one.name == "quiet-time"]
    assert one.text("en") == "2028-06-11 is a quiet day (Sunday): this leaves on 2028-06-12."
    assert one.text("fr") == "Le dimanche 11 juin 2028, c'est le silence\u00a0: le message part le 12 juin 2028."


def test_a_weekend_is_a_note_where_no_day_is_quiet() -> None:
    read = file(HEAD + 'rule r on 2027-05-01 at 09:00 send "x"')
    (one,) = [one for one in read.lint(known=KNOWN) if one.name == "quiet-time"]
    assert (one.severity, one.text("fr")) == (Severity.INFO, "Le 1er mai 2027 est un samedi.")


def test_what_the_clock_does() -> None:
    assert said(HEAD + 'rule r on 2027-03-28 at 02:30 send "x"', "clock-change") == [
        "On 2027-03-28 there is no 02:30 in Europe/Paris: what is due then leaves at 03:30."
    ]
    assert said(HEAD + 'rule r on 2027-10-31 at 02:30 send "x"', "clock-change") == [
        "On 2027-10-31 it is 02:30 twice in Europe/Paris: the first one counts."
    ]


@pytest.mark.parametrize(
    ("zone", "at", "takes"),
    [
        ("Australia/Lord_Howe", (2, 15), True),  # half an hour only
        ("Australia/Lord_Howe", (2, 45), False),
        ("America/New_York", (1, 30), True),
        ("Africa/Cairo", (0, 30), True),
        ("Asia/Kolkata", (2, 30), False),
        ("Nowhere/Land", (2, 30), False),
    ],
)
def test_clock_changes_are_those_of_the_zone(zone: str, at: tuple[int, int], takes: bool) -> None:
    time = ast.TimeOfDay(hour=at[0], minute=at[1])
    assert any(change.takes(time) for change in changes(zone, date(2026, 11, 22))) is takes


def test_clock_changes_of_two_years_and_no_more() -> None:
    assert [one.day.isoformat() for one in changes("Europe/Paris", date(2026, 11, 22))] == [
        "2027-03-28",
        "2027-10-31",
        "2028-03-26",
        "2028-10-29",
    ]


def test_what_time_alone_has_done_is_a_note() -> None:
    text = HEAD + 'rule r until 2026-01-01 after enrolment send "x" rule s every sunday at 02:30 send "x"'
    found = [one for one in file(text).lint(known=KNOWN) if one.name in ("past-date", "clock-change")]
    assert {one.severity for one in found} == {Severity.INFO}
    assert len(found) == 2


def test_without_what_they_need_lints_are_silent() -> None:
    names = {"past-date", "clock-change", "short-delay", "unknown-channel", "not-in-catalog", "not-tracked"}
    text = HEAD + 'rule r on 2020-01-01 at 02:30 wait 1 minute if "99" complete send "x" via sms'
    assert names & {one.name for one in file(text).lint()} == set()


def test_the_catalogue_says_how_a_name_is_bound() -> None:
    read = file(HEAD + 'rule r after viewing of "Quiz 1" send "x"')
    (one,) = [one for one in read.lint(known=KNOWN) if one.name == "not-in-catalog"]
    assert one.text("en") == "Events call this activity 12."
    assert one.help("fr") == 'Déclarez-la\u00a0: activité "Quiz 1" est "12"'


def test_declarations_that_another_file_uses_are_used() -> None:
    read = files(
        {"common": 'template t "T" "x" template u "U" "x"'},
        a='import "common.rules"\n' + HEAD + "rule a after enrolment send t\n",
    )
    assert read.places("unused-declaration") == []
    listed = files(
        common='template t "T" "x" template u "U" "x" course B rule c after enrolment send "x"',
        a='import "common.rules"\n' + HEAD + "rule a after enrolment send t\n",
    )
    assert listed.places("unused-declaration") == ["u"]


def test_a_slip_in_a_name_is_one_mistake() -> None:
    slip = 'group matin is "7" group soir is "8" rule r after joining group mattin send "x"'
    assert file(HEAD + slip).places("unused-declaration") == []


def test_what_may_be_used_in_a_broken_rule_is_not_called_unused() -> None:
    assert file(HEAD + 'template t "T" "x"\nrule r after enrolment wait send t\n').places("unused-declaration") == []


@pytest.mark.parametrize(
    ("condition", "instead"),
    [
        ("not (not A passed)", "A passed"),
        ("B viewed and not (not (A passed or B passed))", "(A passed or B passed)"),
        ('not not (A passed or enrolled as ")")', 'A passed or enrolled as ")"'),
    ],
)
def test_parentheses_go_with_a_double_negation(condition: str, instead: str) -> None:
    read = file(HEAD + f'rule r after enrolment if {condition} send "x"')
    (one,) = [one for one in read.lint() if one.name == "double-negation"]
    assert one.fix is not None
    (edit,) = one.fix.edits
    assert edit.text == instead
    assert read.underlined(one) == condition.removeprefix("B viewed and ")


def test_a_double_negation_is_mended_in_the_files_language() -> None:
    read = file('langue fr\ncours NUM101\nrègle r après inscription sauf si "12" n\'est pas réussie envoyer "x"')
    (one,) = [one for one in read.lint() if one.name == "double-negation"]
    assert one.fix is not None
    assert one.fix.safe
    assert one.fix.edits[0].text == 'si "12" est réussie'
    assert one.help("fr") == 'Écrivez `si "12" est réussie`.'
