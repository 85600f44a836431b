"""What is said of a missed expectation: the exact words in both languages, and the text that is underlined."""

import pytest

from planned.diagnostics import Language
from tests.scenarios.playing import ENGLISH, FRENCH, one, play_files, read, said

DONE = "given Alice completes Quiz1 on 2026-09-03 at 14:10"
FAIT = "étant donné qu'Alice termine Quiz1 le 3 septembre 2026 à 14h10"
HEAD = "timezone Europe/Paris course C1"


def told(rules: str, story: str, language: Language = "en") -> tuple[str, str]:
    """What is said of the one expectation that is missed."""
    (found,) = said(one(rules, story), language)
    return found


def instead(rules: str, story: str, language: Language = "en") -> str:
    return told(rules, story, language)[1]


def test_another_day() -> None:
    story = f'scenario "s" {DONE} expect reminder to Alice on 2026-09-07 at 09:00'
    assert told(ENGLISH, story) == (
        "reminder did not come to Alice on 7 September 2026 at 09:00.",
        "reminder came to Alice on 6 September 2026 at 09:00, "
        "because Alice completed Quiz1 on 3 September and has not completed Lesson2 yet.",
    )


def test_un_autre_jour() -> None:
    story = f'scénario "s" {FAIT} on attend relance pour Alice le 7 septembre 2026 à 9h30'
    assert told(FRENCH, story, "fr") == (
        "La règle relance n'a rien envoyé pour Alice le 7 septembre 2026 à 9h30.",
        "La règle relance a envoyé son message pour Alice le 6 septembre 2026 à 9h, "
        "parce qu'Alice a terminé Quiz1 le 3 septembre et qu'Alice n'a pas encore terminé Leçon 2.",
    )


def test_a_day_late_is_seen_beyond_the_end() -> None:
    story = f'scenario "s" {DONE} expect reminder to Alice on 2026-09-05'
    assert instead(ENGLISH, story).startswith("reminder came to Alice on 6 September 2026 at 09:00, because")


def test_what_is_underlined() -> None:
    files = read(ENGLISH, f'scenario "s"\n  {DONE}\n  expect reminder to Alice on 2026-09-07 at 09:00')
    (found,) = play_files(files)[0].found
    assert (found.name, files.underlined(found)) == ("expectation", "expect reminder to Alice on 2026-09-07 at 09:00")
    ((started, _),) = found.related
    assert files.sources[started.file].splitlines()[started.line - 1].strip() == DONE


def test_the_facts_are_those_of_the_moment() -> None:
    """Lesson 2 is completed afterwards: the message came because it was not yet."""
    story = f'scenario "s" {DONE} given Alice completes Lesson2 on 2026-09-08 expect no reminder to Alice'
    assert told(ENGLISH, story) == (
        "reminder came to Alice.",
        "reminder came to Alice on 6 September 2026 at 09:00, "
        "because Alice completed Quiz1 on 3 September and has not completed Lesson2 yet.",
    )


@pytest.mark.parametrize(
    ("declared", "remark"),
    [
        ("quiet on sunday", "7 September 2026 at 09:00 (due on 6 September 2026 at 09:00, moved by quiet times)"),
        ("limit 1 message per day", "7 September 2026 at 09:00 (due on 6 September 2026 at 09:00, moved by a limit)"),
    ],
)
def test_what_moved_a_message(declared: str, remark: str) -> None:
    rules = f"""
        {HEAD}
        {declared}
        rule early after completion of Quiz1 wait 3 days at 08:00 send "x"
        rule late after completion of Quiz1 wait 3 days at 09:00 send "x"
        """
    story = f'scenario "s" {DONE} expect late to Alice on 2026-09-06'
    assert instead(rules, story) == f"late came to Alice on {remark}, because Alice completed Quiz1 on 3 September."


def test_ce_qui_a_reporte_un_message() -> None:
    story = f'scénario "s" {FAIT} on attend relance pour Alice le 6 septembre 2026'
    assert instead(f"silence le dimanche\n{FRENCH}", story, "fr").startswith(
        "La règle relance a envoyé son message pour Alice le 7 septembre 2026 à 9h "
        "(prévu le 6 septembre 2026 à 9h, reporté par un silence), parce qu'Alice a terminé Quiz1"
    )


def test_the_learners_own_time() -> None:
    there = f"given Alice is in timezone America/Martinique on 2026-09-01 {DONE}"
    story = f'scenario "s" {there} expect reminder to Alice on 2026-09-06 at 09:00'
    assert instead(ENGLISH, story).startswith(
        "reminder came to Alice on 6 September 2026 at 15:00 (at 09:00 in America/Martinique), because"
    )


def test_suppressed_instead() -> None:
    done = f"{DONE} given Alice completes Lesson2 on 2026-09-05"
    assert instead(ENGLISH, f'scenario "s" {done} expect reminder to Alice on 2026-09-06') == (
        "reminder was suppressed for Alice on 6 September 2026 at 09:00: "
        "Lesson2 has been complete since 5 September 2026."
    )
    fait = f"{FAIT} étant donné qu'Alice termine Lecon2 le 5 septembre 2026"
    assert instead(FRENCH, f'scénario "s" {fait} on attend relance pour Alice le 6 septembre 2026', "fr") == (
        "La règle relance a supprimé son message pour Alice le 6 septembre 2026 à 9h\u00a0: "
        "L'apprenant a terminé Leçon 2 le 5 septembre 2026."
    )


def test_sent_instead_of_suppressed() -> None:
    assert told(FRENCH, f'scénario "s" {FAIT} on attend relance supprimé pour Alice', "fr") == (
        "La règle relance n'a rien supprimé pour Alice.",
        "La règle relance a envoyé son message pour Alice le 6 septembre 2026 à 9h, "
        "parce qu'Alice a terminé Quiz1 le 3 septembre et qu'Alice n'a pas encore terminé Leçon 2.",
    )


def test_suppressed_only_after_the_end() -> None:
    story = f"""
        scenario "s"
          {DONE}
          given Ben completes Quiz1 on 2026-09-04
          given Ben completes Lesson2 on 2026-09-05
          expect reminder suppressed for Ben
          expect reminder to Alice on 2026-09-06
        """
    assert instead(ENGLISH, story) == (
        "reminder was suppressed for Ben on 7 September 2026 at 09:00 "
        "(after the end of this scenario, 6 September 2026): Lesson2 has been complete since 5 September 2026."
    )


def test_cancelled_instead_of_suppressed() -> None:
    rules = f'{HEAD} rule r after failing Quiz1 wait 2 days send "x" stop once Quiz1 passed'
    story = "given Alice fails Quiz1 on 2026-09-01 given Alice passes Quiz1 on 2026-09-02"
    assert told(rules, f'scenario "s" {story} expect r suppressed for Alice') == (
        "r was not suppressed for Alice.",
        "r was cancelled for Alice on 2 September 2026 at 12:00: Quiz1 was passed on 2 September 2026. "
        "What is cancelled is not suppressed; write: expect no r to Alice",
    )


def test_a_notice_at_another_time() -> None:
    story = f'scenario "s" {DONE} expect notice reminder to tutor on 2026-09-07'
    assert told(ENGLISH, story) == (
        "The notice of reminder did not come to the tutor on 7 September 2026.",
        "The notice of reminder came to the tutor on 6 September 2026 at 09:00, "
        "because Alice completed Quiz1 on 3 September and has not completed Lesson2 yet.",
    )


def test_a_notice_that_the_rule_does_not_send() -> None:
    story = f'scenario "s" {DONE} expect notice reminder to manager on 2026-09-06'
    assert instead(ENGLISH, story) == "reminder does not notify the manager."
    story = f'scénario "s" {FAIT} on attend l\'avis relance pour le responsable le 6 septembre 2026'
    assert instead(FRENCH, story, "fr") == "La règle relance n'avertit pas le responsable."


def test_a_notice_whose_message_did_not_go() -> None:
    done = f"{DONE} given Alice completes Lesson2 on 2026-09-05"
    assert instead(ENGLISH, f'scenario "s" {done} expect notice reminder to tutor on 2026-09-06') == (
        "A notice goes with its message, and reminder sent none. "
        "reminder was suppressed for Alice on 6 September 2026 at 09:00: "
        "Lesson2 has been complete since 5 September 2026."
    )


def test_a_notice_of_a_rule_that_never_started() -> None:
    story = 'scenario "s" given Alice visits on 2026-09-01 expect notice reminder to tutor on 2026-09-06'
    assert instead(ENGLISH, story) == (
        "A notice goes with its message, and reminder sent none. "
        "reminder starts only after completion of Quiz1, which Alice never did."
    )


def test_names_of_several_words_are_quoted_in_what_to_type() -> None:
    rules = f'{HEAD} rule "my rule" after failing Quiz1 wait 2 days send "x" stop once Quiz1 passed'
    story = 'given "Ann Lee" fails Quiz1 on 2026-09-01 given "Ann Lee" passes Quiz1 on 2026-09-02'
    said = instead(rules, f'scenario "s" {story} expect "my rule" suppressed for "Ann Lee"')
    assert said.endswith('write: expect no "my rule" to "Ann Lee"')


def test_something_else_came() -> None:
    welcome = 'rule welcome after enrolment wait 1 hour send "x"'
    story = f'scenario "s" {DONE} expect reminder to Alice on 2026-09-06 expect nothing else'
    assert told(f"{ENGLISH}\n{welcome}", story) == (
        "Something else came.",
        "welcome came to Alice on 3 September 2026 at 01:00, because Alice joined the course on 3 September.",
    )


def test_many_others_are_counted() -> None:
    rules = f'{HEAD} rule daily every day at 09:00 send "x"'
    story = 'scenario "s" given Alice enrolled on 2026-09-01 expect daily to Alice on 2026-09-07 expect nothing else'
    what, why = told(rules, story)
    assert what == "5 other messages came."
    assert why.count("daily came to Alice on") == 3
    assert why.endswith("And 2 more.")


def test_no_more_is_said_otherwise() -> None:
    story = f'scenario "s" {DONE} expect reminder to Alice on 2026-09-06 expect no reminder to Alice'
    assert instead(ENGLISH, story).endswith("To say that nothing more comes, write: expect nothing else")


def test_of_a_series_the_nearest_are_told() -> None:
    rules = f'{HEAD} rule letter every monday at 09:00 send "x"'
    story = 'scenario "s" given Alice enrolled on 2026-09-01 expect letter to Alice on 2026-09-15'
    assert instead(rules, story) == (
        "letter came to Alice on 14 September 2026 at 09:00, because it goes out every Monday. "
        "letter came to Alice on 21 September 2026 at 09:00, because it goes out every Monday."
    )


# --- nothing came of the rule -------------------------------------------------------------------------

NEVER = [
    (
        "rule r after completion of Quiz1 send 'x'",
        "given Alice visits on 2026-09-01",
        "r starts only after completion of Quiz1, which Alice never did.",
    ),
    (
        "rule r after failing Quiz1 2 times send 'x'",
        "given Alice fails Quiz1 on 2026-09-01",
        "r starts only after failing Quiz1 2 times, which never came about.",
    ),
    (
        "rule r after event 'call' send 'x'",
        "given Alice visits on 2026-09-01",
        'r starts only after event "call", which never happened for Alice.',
    ),
    (
        "rule r after completion of Quiz1 and in group G send 'x'",
        "given Alice completes Quiz1 on 2026-09-01",
        "r starts only after completion of Quiz1 and in group G; for Alice this is missing: in group G.",
    ),
    (
        "rule r after completion of Quiz1 and not in group G send 'x'",
        "given Alice joins group G on 2026-09-01 given Alice completes Quiz1 on 2026-09-01",
        "r starts only after completion of Quiz1 and not in group G; for Alice this is missing: not in group G.",
    ),
    (
        "rule r paused after enrolment send 'x'",
        "given Alice visits on 2026-09-01",
        "r is paused and starts nothing.",
    ),
    (
        "rule r until 2026-08-31 after enrolment send 'x'",
        "given Alice visits on 2026-09-01",
        "r starts only until 31 August 2026.",
    ),
    (
        "rule r after enrolment send 'x'",
        "given Alice enrolled as 'tutor' on 2026-09-01",
        "Alice is not enrolled as a learner.",
    ),
    (
        "rule r every monday at 09:00 from first access send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r starts only every monday at 09:00 from first access; for Alice this is missing: first access.",
    ),
    (
        "rule r every 3 months at 09:00 send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r starts for Alice on 1 December 2026 at 09:00 at the earliest, and this scenario ends on 3 September 2026.",
    ),
    (
        "rule r on 2026-08-01 at 09:00 send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r starts only on 2026-08-01 at 09:00; that did not happen while Alice was enrolled, "
        "until 3 September 2026, when this scenario ends.",
    ),
    (
        "rule r 3 days before deadline of Quiz1 at 09:00 send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r starts 3 days before deadline of Quiz1 at 09:00, and nothing says when that is: "
        "given deadline of Quiz1 is 2026-09-22 at 23:59 on 2026-09-01",
    ),
    (
        "rule r after deadline of Quiz1 send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r starts after deadline of Quiz1, and nothing says when that is: "
        "given deadline of Quiz1 is 2026-09-22 at 23:59 on 2026-09-01",
    ),
    (
        "rule r after enrolment wait 3 months send 'x'",
        "given Alice enrolled on 2026-09-01",
        "r to Alice is due on 1 December 2026 at 12:00 (after the end of this scenario, 3 September 2026).",
    ),
    (
        "rule r after enrolment wait 1 day send 'x'",
        "given Alice enrolled on 2026-09-01 given Alice suspended on 2026-09-01 at 13:00",
        "r to Alice was due on 2 September 2026 at 12:00 and is held while Alice is suspended.",
    ),
]


@pytest.mark.parametrize(("rule", "story", "why"), NEVER)
def test_why_a_rule_did_nothing(rule: str, story: str, why: str) -> None:
    played = (HEAD + "\n" + rule).replace("'", '"'), f'scenario "s" {story} expect r to Alice on 2026-09-03'
    assert instead(*(text.replace("'", '"') for text in played)) == why


JAMAIS = [
    (
        "règle r après l'achèvement de Quiz1 envoyer « x »",
        "étant donné qu'Amina visite le cours le 1er septembre 2026",
        "La règle r ne commence qu'après l'achèvement de Quiz1, ce qu'Amina n'a jamais fait.",
    ),
    (
        "règle r après l'achèvement de Quiz1 et dans le groupe G envoyer « x »",
        "étant donné qu'Amina termine Quiz1 le 1er septembre 2026",
        "La règle r ne commence qu'après l'achèvement de Quiz1 et dans le groupe G\u00a0; "
        "pour Amina, il manque encore\u00a0: dans le groupe G.",
    ),
    (
        "règle r tous les 3 mois à 9h envoyer « x »",
        "étant donné qu'Amina est inscrite le 1er septembre 2026",
        "La règle r ne commence pour Amina que le 1er décembre 2026 à 9h, et ce scénario finit le 3 septembre 2026.",
    ),
    (
        "règle r en pause après l'inscription envoyer « x »",
        "étant donné qu'Amina est inscrite le 1er septembre 2026",
        "La règle r est en pause et ne commence rien.",
    ),
    (
        "règle r à partir du 1er octobre 2026 après l'inscription envoyer « x »",
        "étant donné qu'Amina est inscrite le 1er septembre 2026",
        "La règle r ne commence qu'à partir du 1er octobre 2026.",
    ),
    (
        "règle r 3 jours avant l'échéance de Quiz1 à 9h envoyer « x »",
        "étant donné qu'Amina est inscrite le 1er septembre 2026",
        "La règle r commence 3 jours avant l'échéance de Quiz1 à 9h, et rien ne dit quand\u00a0: "
        "étant donné que l'échéance de Quiz1 est le 22 septembre 2026 à 23h59 le 1er septembre 2026",
    ),
]


@pytest.mark.parametrize(("rule", "story", "why"), JAMAIS)
def test_pourquoi_une_regle_n_a_rien_fait(rule: str, story: str, why: str) -> None:
    rules = f"langue fr\nfuseau Europe/Paris\ncours C1\n{rule}"
    assert instead(rules, f'scénario "s" {story} on attend r pour Amina le 3 septembre 2026', "fr") == why


def test_who_else_got_it_and_what_else_came() -> None:
    story = """
        scenario "s"
          given Ben completes Quiz1 on 2026-09-03 at 14:10
          given Alice visits on 2026-09-04
          expect reminder to Alice on 2026-09-06
        """
    other = 'rule hello after first access wait 2 days send "x"'
    assert instead(f"{ENGLISH}\n{other}", story) == (
        "reminder starts only after completion of Quiz1, which Alice never did. "
        "reminder came to Ben on 6 September 2026 at 09:00, "
        "because Ben completed Quiz1 on 3 September and has not completed Lesson2 yet. "
        "hello came to Alice on 6 September 2026 at 12:00, "
        "because Alice visited the course for the first time on 4 September."
    )
