"""Every expectation in both languages: when it is met, and when it is not."""

import pytest

from planned.engine.decision import Outcome
from tests.scenarios.playing import ENGLISH, FRENCH, holds, one, sent

DONE = "given Alice completes Quiz1 on 2026-09-03 at 14:10"
FAIT = "étant donné qu'Alice termine Quiz1 le 3 septembre 2026 à 14h10"
SKIPPED = f"{DONE} given Alice completes Lesson2 on 2026-09-05"
DISPENSEE = f"{FAIT} étant donné qu'Alice termine Lecon2 le 5 septembre 2026"

CASES = [
    (DONE, "expect reminder to Alice on 2026-09-06 at 09:00", True),
    (DONE, "expect reminder to Alice on 2026-09-06", True),
    (DONE, "expect reminder to Alice on 2026-09-06 at 09:01", False),
    (DONE, "expect reminder to Alice on 2026-09-07", False),
    (SKIPPED, "expect reminder to Alice on 2026-09-06", False),
    (DONE, "expect notice reminder to tutor on 2026-09-06 at 09:00", True),
    (DONE, "expect notice reminder to tutor on 2026-09-06", True),
    (DONE, "expect notice reminder to tutor on 2026-09-07", False),
    (DONE, "expect notice reminder to manager on 2026-09-06", False),
    (DONE, 'expect notice reminder to role "editingteacher" on 2026-09-06', False),
    (SKIPPED, "expect notice reminder to tutor on 2026-09-06", False),
    (SKIPPED, "expect reminder suppressed for Alice", True),
    (DONE, "expect reminder suppressed for Alice", False),
    (SKIPPED, "expect no reminder to Alice", True),
    (DONE, "expect no reminder to Alice", False),
    (SKIPPED, "expect no message to Alice", True),
    (DONE, "expect no message to Alice", False),
    (SKIPPED, "expect nothing else", True),
    (DONE, "expect nothing else", False),
    (DONE, "expect reminder to Alice on 2026-09-06 expect nothing else", True),
]
FRENCH_CASES = [
    (FAIT, "on attend relance pour Alice le 6 septembre 2026 à 9h", True),
    (FAIT, "on attend relance pour Alice le 7 septembre 2026", False),
    (FAIT, "on attend l'avis relance pour le formateur le 6 septembre 2026", True),
    (FAIT, "on attend l'avis relance pour le responsable le 6 septembre 2026", False),
    (DISPENSEE, "on attend relance supprimée pour Alice", True),
    (FAIT, "on attend relance supprimé pour Alice", False),
    (DISPENSEE, "on n'attend pas relance pour Alice", True),
    (FAIT, "on n'attend pas relance pour Alice", False),
    (DISPENSEE, "on n'attend aucun message pour Alice", True),
    (FAIT, "on n'attend aucun message pour Alice", False),
    (DISPENSEE, "on n'attend rien d'autre", True),
    (FAIT, "on n'attend rien d'autre", False),
]


@pytest.mark.parametrize(("story", "expectation", "met"), CASES)
def test_an_expectation_is_met_or_not(story: str, expectation: str, met: bool) -> None:
    assert holds(ENGLISH, f'scenario "s" {story} {expectation}') is met


@pytest.mark.parametrize(("story", "expectation", "met"), FRENCH_CASES)
def test_une_attente_tient_ou_non(story: str, expectation: str, met: bool) -> None:
    assert holds(FRENCH, f'scénario "s" {story} {expectation}') is met


WEEKLY = 'timezone Europe/Paris course C1 rule letter every monday at 09:00 send "x"'
TWO = "given Alice enrolled on 2026-09-01 given Ben enrolled on 2026-09-01"


def test_each_expectation_needs_a_message_of_its_own() -> None:
    once = "expect letter to Alice on 2026-09-07"
    assert holds(WEEKLY, f'scenario "s" {TWO} {once}')
    assert not holds(WEEKLY, f'scenario "s" {TWO} {once} {once}')


def test_an_exact_expectation_is_not_robbed_by_a_vague_one() -> None:
    rules = """
        timezone Europe/Paris
        course C1
        rule r after viewing of Page send "x" again each time
        """
    story = "given Alice views Page on 2026-09-01 at 09:00 given Alice views Page on 2026-09-01 at 10:00"
    vague, exact = "expect r to Alice on 2026-09-01", "expect r to Alice on 2026-09-01 at 09:00"
    assert holds(rules, f'scenario "s" {story} {vague} {exact} expect nothing else')
    assert not one(rules, f'scenario "s" {story} {vague} {exact} {exact}').holds


def test_what_is_not_named_is_not_judged() -> None:
    assert holds(WEEKLY, f'scenario "s" {TWO} expect letter to Ben on 2026-09-14')


def test_nothing_else_means_nobody() -> None:
    letter = "expect letter to Alice on 2026-09-07"
    assert not holds(WEEKLY, f'scenario "s" {TWO} {letter} expect nothing else')
    assert holds(WEEKLY, f'scenario "s" {TWO} {letter} expect letter to Ben on 2026-09-07 expect nothing else')


def test_a_notice_is_no_message() -> None:
    story = f'scenario "s" {DONE} expect reminder to Alice on 2026-09-06 expect nothing else'
    played = one(ENGLISH, story)
    assert played.holds
    assert any(one.notice for one in played.decisions)


def test_a_notice_is_known_by_what_the_rule_calls_its_reader() -> None:
    named = f'given Alice has tutor "tessa" on 2026-09-01 {DONE}'
    played = one(ENGLISH, f'scenario "s" {named} expect notice reminder to tutor on 2026-09-06')
    assert played.holds
    assert [one.to for one in played.decisions if one.notice] == [("tessa",)]


def test_a_daily_digest_is_a_notice() -> None:
    rules = """
        timezone Europe/Paris
        course C1
        rule r after failing Quiz1 send "x" notify tutors daily at 18:00 "{{ learners }}"
        """
    story = "given Alice fails Quiz1 on 2026-09-01 given Ben fails Quiz1 on 2026-09-01 at 13:00"
    assert holds(rules, f'scenario "s" {story} expect notice r to tutors on 2026-09-01 at 18:00')
    assert not holds(rules, f'scenario "s" {story} expect notice r to tutor on 2026-09-01 at 18:00')


def test_a_message_about_somebody_is_his_also_where_his_tutor_gets_it() -> None:
    rules = 'timezone Europe/Paris course C1 rule r after failing Quiz1 send "x" to tutor'
    assert holds(rules, 'scenario "s" given Alice fails Quiz1 on 2026-09-01 expect r to Alice on 2026-09-01')


def test_a_draft_is_played_like_any_rule() -> None:
    rules = 'timezone Europe/Paris course C1 rule r draft after failing Quiz1 send "x"'
    assert holds(rules, 'scenario "s" given Alice fails Quiz1 on 2026-09-01 expect r to Alice on 2026-09-01')


def test_what_is_cancelled_is_not_suppressed() -> None:
    rules = 'timezone Europe/Paris course C1 rule r after failing Quiz1 wait 2 days send "x" stop once Quiz1 passed'
    story = "given Alice fails Quiz1 on 2026-09-01 given Alice passes Quiz1 on 2026-09-02"
    played = one(rules, f'scenario "s" {story} expect r suppressed for Alice')
    assert not played.holds
    assert [one.outcome for one in played.decisions] == [Outcome.CANCELLED]
    assert holds(rules, f'scenario "s" {story} expect no r to Alice')


def test_names_of_several_words_and_typographic_apostrophes() -> None:
    rules = """
        timezone Europe/Paris
        course C1
        rule "rappel d'accueil" after failing "Quiz 1" send "x"
        """
    story = 'given "Jeanne d’Arc" fails "Quiz  1" on 2026-09-01'
    assert holds(rules, f'scenario "s" {story} expect "rappel d\'accueil" to "Jeanne d\'Arc" on 2026-09-01')


# --- time -------------------------------------------------------------------------------------------


def test_it_ends_with_the_day_of_the_last_expectation() -> None:
    played = one(WEEKLY, f'scenario "s" {TWO} expect letter to Alice on 2026-09-14 expect letter to Ben on 2026-09-07')
    assert max(when for _, _, when in sent(played)) == "2026-09-14T09:00"


def test_without_a_day_it_ends_60_days_after_the_last_line() -> None:
    played = one(WEEKLY, 'scenario "s" given Alice enrolled on 2026-09-01 given Ben visits on 2026-09-08')
    assert played.story is not None
    assert played.story.end.isoformat() == "2026-11-07"
    assert max(when for _, _, when in sent(played)) == "2026-11-02T09:00"


def test_what_happens_after_the_last_expectation_is_still_looked_at() -> None:
    story = f'scenario "s" {TWO} expect letter to Alice on 2026-09-07 expect letter to Ben on 2026-09-07'
    assert holds(WEEKLY, f"{story} expect nothing else")
    assert not holds(WEEKLY, f"{story} given Alice visits on 2026-09-08 expect nothing else")


def test_the_end_of_the_day_is_in_it() -> None:
    rules = 'timezone Europe/Paris course C1 rule r after failing Quiz1 wait 1 day at 23:59 send "x"'
    assert holds(rules, 'scenario "s" given Alice fails Quiz1 on 2026-09-01 expect r to Alice on 2026-09-02 at 23:59')


def test_times_are_those_of_the_file_also_for_who_lives_elsewhere() -> None:
    there = f"given Alice is in timezone America/Martinique on 2026-09-01 {DONE}"
    assert holds(ENGLISH, f'scenario "s" {there} expect reminder to Alice on 2026-09-06 at 15:00')
    assert not holds(ENGLISH, f'scenario "s" {there} expect reminder to Alice on 2026-09-06 at 09:00')


def test_the_zone_is_the_nearest_above() -> None:
    rules = """
        timezone Europe/Paris
        course C1
        rule r after failing Quiz1 wait 1 hour send "x"
        timezone Indian/Reunion
        """
    played = one(rules, 'scenario "s" given Alice fails Quiz1 on 2026-09-01 expect r to Alice on 2026-09-01 at 13:00')
    assert played.holds
    assert sent(played) == [("r", "Alice", "2026-09-01T11:00")]
