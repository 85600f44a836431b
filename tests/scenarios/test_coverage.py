"""What scenarios try: rules, messages, and conditions both ways."""

from planned.check.scope import survey
from planned.engine.scenario.coverage import Coverage, coverage
from tests.check.reading import Files
from tests.scenarios.playing import play_files, read

RULES = """
    timezone Europe/Paris
    course C1
    rule r
      after completion of Quiz1
      wait 1 day
      if Quiz1 passed
      unless Lesson2 complete
      send "one"
      then wait 1 day
      send "two"
    """
DONE = 'scenario "s" given Alice completes Quiz1 on 2026-09-01'
PASSED = 'scenario "s" given Alice passes Quiz1 on 2026-09-01'


def tried(*scenarios: str, rules: str = RULES) -> tuple[Coverage, list[tuple[str, str]]]:
    """The coverage, and of each gap what is said and the text that is underlined."""
    files: Files = read(rules, *scenarios)
    played = play_files(files)
    found = coverage(survey(files.trees, files.imports).rules, played)
    return found, [(one.text("en"), files.underlined(one)) for one in found.gaps]


def test_a_rule_that_does_nothing_is_one_gap() -> None:
    found, gaps = tried('scenario "s" given Alice visits on 2026-09-01')
    assert gaps == [("No scenario has r do anything.", "r")]
    assert (found.tried, found.total, found.percent) == (0, 7, 0)


def test_without_scenarios_nothing_is_tried() -> None:
    found, _ = tried()
    assert (found.tried, found.total) == (0, 7)


def test_each_guard_both_ways_and_each_message() -> None:
    found, gaps = tried(DONE)
    assert gaps == [
        ("In no scenario does this let the message pass: if Quiz1 passed", "if Quiz1 passed"),
        ("In no scenario does this hold the message back: unless Lesson2 complete", "unless Lesson2 complete"),
        ("In no scenario does this let the message pass: unless Lesson2 complete", "unless Lesson2 complete"),
        ("No scenario sends message 1 of r.", 'send "one"'),
    ]
    assert (found.tried, found.total, found.percent) == (3, 7, 42)


def test_all_is_tried() -> None:
    held_back = f"{PASSED} given Alice completes Lesson2 on 2026-09-01"
    found, gaps = tried(DONE, PASSED.replace('"s"', '"t"'), held_back.replace('"s"', '"u"'))
    assert gaps == []
    assert found.percent == 100


def test_only_what_happens_before_the_end_is_tried() -> None:
    _, gaps = tried(f"{PASSED} expect r to Alice on 2026-09-02")
    assert ("No scenario sends message 2 of r.", 'send "two"') in gaps


def test_paused_rules_do_not_count() -> None:
    found, gaps = tried(rules='timezone Europe/Paris course C1 rule r paused after enrolment send "x"')
    assert (found.total, found.percent, gaps) == (0, 100, [])


def test_rules_of_every_course_are_tried_in_any() -> None:
    rules = 'timezone Europe/Paris every course rule r after enrolment send "x" course C1'
    found, _ = tried('scenario "s" given Alice enrolled on 2026-09-01', rules=rules)
    assert found.percent == 100


def test_a_gap_is_said_in_french_too() -> None:
    found, _ = tried(DONE)
    assert [one.text("fr") for one in found.gaps][::3] == [
        "Dans aucun scénario, ceci ne laisse passer le message\u00a0: if Quiz1 passed",
        "Aucun scénario n'envoie le message 1 de la règle r.",
    ]
