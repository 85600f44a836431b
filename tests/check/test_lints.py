"""Every lint finds its mistake, underlines it exactly, once, and is silent about what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from planned.check.lints import LINTS
from planned.diagnostics import Severity
from planned.runtime.files import load_rules
from tests.check.reading import file, files

MISTAKES = [
    ('group early is "1" rule r after joining group erly send "x"', "unknown-name", "erly"),
    ('group early is "1" rule r after enrolment if in group erly send "x"', "unknown-name", "erly"),
    ('rule r 3 days before orals at 09:00 send "x"', "unknown-name", "orals"),
    ("rule r after enrolment send welcom", "unknown-name", "welcom"),
    ('rule r after enrolment send "x" to anne', "unknown-name", "anne"),
    ('rule r after enrolment send "x" from anne', "unknown-name", "anne"),
    ('rule r after enrolment send "x" notify tutor welcom', "unknown-name", "welcom"),
    ('rule r about new after enrolment send "x"', "unknown-name", "new"),
    ('rule r after sending of relanc send "x"', "unknown-name", "relanc"),
    ('rule r after enrolment unless relanc sent send "x"', "unknown-name", "relanc"),
    ('rule r after enrolment wait up to 2 days for sending of relanc send "x"', "unknown-name", "relanc"),
    ('group early is "1" rule r after enrolment send "x" stop once in group erly', "unknown-name", "erly"),
    ('group early is "1" stop all once in group erly rule r after enrolment send "x"', "unknown-name", "erly"),
    ('group early is "1" date oral 2026-10-05 for group erly', "unknown-name", "erly"),
    ('activity Quiz1 rule r after completion of Quizz1 send "x"', "unknown-activity", "Quizz1"),
    ('activity Quiz1 rule r after enrolment unless grade of Quiz2 below 5 send "x"', "unknown-activity", "Quiz2"),
    ('activity Quiz1 rule r 3 days before deadline of "Quiz 1" send "x"', "unknown-activity", '"Quiz 1"'),
    ('rule r after enrolment send "x" rule r after first access send "x"', "duplicate-name", "r"),
    ("activity Quiz1 activity Quiz1", "duplicate-name", "Quiz1"),
    ('group G is "1" group G is "2"', "duplicate-name", "G"),
    ('template t "T" "x" template t "T" "y"', "duplicate-name", "t"),
    ('contact anne "Anne" contact anne "Anna"', "duplicate-name", "anne"),
    ('topic news "News" topic news "Old news"', "duplicate-name", "news"),
    ("date oral 2026-10-05 date oral 2026-10-06", "duplicate-name", "oral"),
    ('rule old after enrolment send "x" rule r was old after enrolment send "x"', "renamed-rule", "old"),
    ('rule a was old after enrolment send "x" rule r was old after enrolment send "x"', "renamed-rule", "old"),
    ('rule r after enrolment send "Hi {{ user.fristname }}"', "template-unknown-attribute", "fristname"),
    ('rule r after enrolment send "Hi {{ usr.firstname }}"', "template-unknown-name", "usr"),
    ('rule r after enrolment send "x" subject "{{ user.emial }}"', "template-unknown-attribute", "emial"),
    ('rule r "{{ user.emial }}" after enrolment send "x"', "template-unknown-attribute", "emial"),
    ('rule r after enrolment send "x" notify tutor "{{ user.emial }}"', "template-unknown-attribute", "emial"),
    ('template t "{{ user.emial }}" "x"', "template-unknown-attribute", "emial"),
    ('rule r after enrolment send "{{ user.firstname"', "template-syntax", "{{"),
    ('rule r after enrolment send "{{ user.firstname|uper }}"', "template-unknown-filter", "uper"),
    ('activity Q rule r after enrolment send "{{ activity.P.title }}"', "template-unknown-attribute", "P"),
    ('rule r after sending of r send "x"', "cycle", "r"),
    ('rule a after sending of b send "x" rule b after completion of a send "x"', "cycle", "b"),
    ('rule r from 2026-10-05 until 2026-10-04 after enrolment send "x"', "impossible-time", "2026-10-04"),
    ("quiet from 2026-10-05 to 2026-10-04", "impossible-time", "2026-10-04"),
    ("quiet from 08:00 to 8h", "impossible-time", "08:00 to 8h"),
    ("timezone Europe/Pari", "unknown-zone", "Europe/Pari"),
    ('rule r after enrolment send "x" règle s après inscription envoyer "y"', "mixed-languages", "règle"),
    ('langue fr rule r apres inscription envoyer "x"', "mixed-languages", "course"),
    (
        'date oral 2026-10-05 rule r 2 jours before oral at 9h send "x"',
        "mixed-languages",
        "jours",
    ),
    ("quiet on holidays of XX", "unknown-region", "XX"),
    ("quiet on holidays of FR-99", "unknown-region", "FR-99"),
    ('rule r after enrolment if A complete and B complete or C complete send "x"', "mixed-and-or", None),
]


@pytest.mark.parametrize(("text", "name", "underlined"), MISTAKES)
def test_a_mistake_is_one_diagnostic_at_its_place(text: str, name: str, underlined: str | None) -> None:
    read = file(f"course A\n{text}\n")
    ((found, place),) = read.said()
    assert found == name
    assert underlined is None or place == underlined


@pytest.mark.parametrize(("text", "name", "underlined"), MISTAKES)
def test_a_message_is_whole_in_both_languages(text: str, name: str, underlined: str | None) -> None:
    del name, underlined
    for one in file(f"course A\n{text}\n").lint():
        for said in (one.text("en"), one.text("fr"), one.help("en"), one.help("fr")):
            assert "{quoted}" not in said
            assert "None" not in said
        assert one.text("en") != one.text("fr")


SOUND = """
language en
timezone Europe/Paris
quiet from 20:00 to 08:00
quiet on saturday, sunday
quiet on holidays of FR-57
topic news "News"
contact desk "Help desk"
template welcome "Welcome" "Hello {{ user.firstname }}, %coursefullname% begins {{ date }}. 50 % are here. {{ why }}"

course NUM101 "First steps"
activity Quiz1 "Quiz 1" is "12"
activity Lesson2
group early is "g1"
date oral "Oral" 2026-10-05 at 14:00
date oral 2026-10-08 for group early

rule first about news after enrolment send welcome from desk
rule second was other
  after completion of first and not in group early
  wait 3 days at 09:00
  unless Lesson2 complete and not "12" passed
  send "{{ activity.Quiz1.title }}" to desk
  notify tutors daily at 18:00 "{% for learner in learners %}{{ learner.fullname }} {% endfor %}"
rule third 3 days before oral at 09:00 if first sent and second complete send "x"
rule weekly every monday at 09:00 from first access until completion of Quiz1 send "a", "b"

scenario "one for each"
  given Alice enrolled on 2026-09-01
  expect first to Alice on 2026-09-02 at 08:00
  expect second to Alice on 2026-09-07 at 09:00
  expect no third to Alice
  expect no weekly to Alice

course NUM102
rule first after completion of Anything send welcome

scenario "all right"
  given Alice completes Anything on 2026-09-01
  expect first to Alice on 2026-09-02 at 09:00
"""


def test_sound_rules_are_not_complained_about() -> None:
    assert file(SOUND).lint() == []


@pytest.mark.parametrize(
    "text",
    [
        'course A rule r after enrolment send "après achèvement de Quiz1"',
        'course A rule "règle" after completion of "après" send "x"  # règle après envoyer',
        'language fr course A rule r after enrolment send "x"',
        'language fr cours A règle r après inscription envoyer "x"',
        'cours A groupe g est "1" règle r après inscription si profil language est "fr" envoyer "x"',
    ],
)
def test_one_language_is_not_called_two(text: str) -> None:
    read = file(text)
    assert not read.found
    assert "mixed-languages" not in [one.name for one in read.lint()]


def test_a_mixed_file_can_be_allowed() -> None:
    mixed = file(
        'course A\n# planned: allow mixed-languages until 2099-12-31 – as it is\nrègle r after enrolment send "x"\n'
    )
    assert "mixed-languages" not in [one.name for one in mixed.lint()]


def test_the_example_rules_are_sound() -> None:
    folder = Path(__file__).parents[2] / "rules"
    loaded = load_rules([folder])
    assert loaded.files
    assert [one.text("en") for one in loaded.diagnostics if one.severity is Severity.ERROR] == []


def test_the_nearest_name_is_proposed() -> None:
    read = file('group early is "1" rule r after joining group Érly send "x"')
    (unknown,) = [one for one in read.lint() if one.name == "unknown-name"]
    assert unknown.help("en") == "Did you mean early?"
    assert unknown.help("fr") == "Vouliez-vous dire early\u00a0?"


def test_a_name_of_several_words_is_proposed_in_quotes() -> None:
    read = file('activity "Quiz final" rule r after completion of "Quizz final" send "x"')
    (unknown,) = [one for one in read.lint() if one.name == "unknown-activity"]
    assert unknown.help("en") == 'Did you mean "Quiz final"? If not, declare it above: activity "Quizz final"'


def test_what_is_declared_below_is_said_to_be_so() -> None:
    read = file('course A\nrule r after joining group G send "x"\ngroup G is "1"\n')
    (unknown,) = [one for one in read.lint() if one.name == "unknown-name"]
    assert "below" in unknown.text("en")
    assert [span.line for span, _ in unknown.related] == [3]


def test_an_activity_is_unknown_only_where_others_are_declared() -> None:
    assert file('course A rule r after completion of Anything send "x"').said() == []


def test_unknown_activities_and_mixed_languages_are_warnings_all_the_rest_an_error() -> None:
    severities = {
        name: {one.severity for one in file(f"course A\n{text}\n").lint() if one.name == name}
        for text, name, _ in MISTAKES
    }
    assert {name for name, found in severities.items() if found != {Severity.ERROR}} == {
        "unknown-activity",
        "mixed-languages",
    }


def test_a_course_that_declares_no_group_takes_names_as_they_stand() -> None:
    assert file('course A rule r after joining group early send "x"').said() == []


def test_rules_of_one_name_in_two_courses_are_right_and_with_one_of_every_course_wrong() -> None:
    rule = 'rule r after enrolment send "x" '
    assert file(f"course A {rule} course B {rule}").said() == []
    assert file(f"every course {rule} course B {rule}").said() == [("duplicate-name", "r")]
    assert file(f"course B {rule} every course {rule}").said() == [("duplicate-name", "r")]


def test_a_rules_name_is_unique_over_all_files() -> None:
    read = files(a='course A rule r after enrolment send "x"', b='course A rule r after first access send "x"')
    (twice,) = [one for one in read.lint() if one.name == "duplicate-name"]
    assert twice.span.file == "b.rules"
    assert [span.file for span, _ in twice.related] == ["a.rules"]


def test_a_circle_over_files_and_its_path() -> None:
    read = files(
        a='course A rule a after completion of c send "x"',
        b='course A rule b after sending of a send "x" rule c after completion of b send "x"',
    )
    (circle,) = [one for one in read.lint() if one.name == "cycle"]
    assert circle.args["path"] == "a → b → c → a"
    assert [span.file for span, _ in circle.related] == ["b.rules", "b.rules"]


@pytest.mark.parametrize(
    "text",
    [
        'rule a after enrolment send "x" rule b after completion of a send "x" rule c after sending of b send "x"',
        'rule a after enrolment and not b sent send "x" rule b after sending of a send "x"',
        'rule a every day at 09:00 until completion of b send "x" rule b after sending of a send "x"',
        'rule a after enrolment unless b sent send "x" rule b after sending of a send "x"',
        'activity b rule a after completion of b send "x" rule b after sending of a send "x"',
    ],
)
def test_what_only_looks_like_a_circle(text: str) -> None:
    assert [name for name, _ in file(f"course A {text}").said() if name == "cycle"] == []


def test_two_circles_are_two_diagnostics() -> None:
    pair = 'rule {0} after sending of {1} send "x" rule {1} after sending of {0} send "x" '
    assert [name for name, _ in file("course A " + pair.format("a", "b") + pair.format("c", "d")).said()] == [
        "cycle"
    ] * 2


def test_a_long_chain_is_no_circle() -> None:
    chain = "".join(f'rule r{n} after sending of r{n - 1} send "x"\n' for n in range(1, 3000))
    assert file(f'course A\nrule r0 after enrolment send "x"\n{chain}').said() == []


def test_advice_about_a_file_is_given_once() -> None:
    read = file('rule r after enrolment send "x" rule s after enrolment send "y" after first access send "x"')
    assert sorted(one.name for one in read.lint()) == ["no-course", "no-time-zone", "unnamed-rule"]
    assert {one.severity for one in read.lint()} == {Severity.WARNING}


def test_a_broken_declaration_makes_no_second_mistake_of_its_uses() -> None:
    read = file(
        """
        course A
        template welcome "Welcome" from tutor
        rule r after enrolment send welcome
        rule s after enrolment send welcom
        """
    )
    names = [name for name, _ in read.said()]
    assert len(names) == 2, names
    assert names.count("unknown-name") == 1


def test_a_broken_rule_makes_no_second_mistake_of_its_uses() -> None:
    read = file('course A\nrule relance after enrolment wait send "x"\nrule s after sending of relance send "x"\n')
    assert len(read.said()) == 1


def test_twenty_broken_of_two_hundred() -> None:
    rules = [f'rule r{n} after joining group {"G" if n % 10 else "H"} send "{n}"' for n in range(200)]
    read = file('timezone Europe/Paris\ncourse A group G is "1"\n' + "\n".join(rules))
    assert [(one.name, one.span.line) for one in read.lint()] == [("unknown-name", n + 3) for n in range(0, 200, 10)]


def test_scenarios_name_rules_and_groups_that_are_there() -> None:
    read = file(
        """
        course A group H is "1" rule r after enrolment send "x"
        scenario "s"
          given Alice joins group G on 2026-09-01
          expect relance to Alice on 2026-09-02
        """
    )
    assert read.said() == [("unknown-name", "G"), ("unknown-name", "relance")]


def test_the_place_in_a_text_of_several_lines() -> None:
    read = file(
        '''
        course A
        template t "T" """
          Hello {{ user.firstname }},

          l'été, {{ user.firstname }} – {{ user.firstnam }}.
          """
        rule r after enrolment send t
        '''
    )
    assert read.said() == [("template-unknown-attribute", "firstnam")]


def test_a_text_is_judged_where_it_is_used() -> None:
    text = """
        template t "T" "{{ activity.Q.title }}"
        course A activity Q rule a after enrolment send t
        course B activity P rule b after enrolment send t
    """
    assert file(text).said() == [("template-unknown-attribute", "Q")]
    assert file(text.replace("activity P", "activity Q")).said() == []


def test_learners_are_known_in_a_daily_digest_only() -> None:
    digest = '"{% for one in learners %}{{ one.fullname }}{% endfor %}"'
    assert file(f'course A rule r after enrolment send "x" notify tutors daily at 18:00 {digest}').said() == []
    assert [name for name, _ in file(f"course A rule r after enrolment send {digest}").said()] == [
        "template-unknown-name"
    ]


def test_order_is_by_file_line_and_column() -> None:
    read = files(b="rule r after joining group G send t\n", a="rule s after enrolment send t")
    places = [(one.span.file, one.span.line, one.span.column) for one in read.lint()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("lines", "place", "severity"),
    [
        ("given Alice completes Quiz1 on 2026-09-03 expect no r to Alcie", "Alcie", Severity.ERROR),
        ("given Alice completes Quizz1 on 2026-09-03 expect no r to Alice", "Quizz1", Severity.WARNING),
    ],
)
def test_what_a_scenario_does_not_know(lines: str, place: str, severity: Severity) -> None:
    read = file(f'course A rule r after completion of Quiz1 send "x" scenario "s" {lines}')
    found = [one for one in read.lint() if one.name == "unknown-in-scenario"]
    assert [(read.underlined(one), one.severity) for one in found] == [(place, severity)]


def test_every_lint_has_a_test() -> None:
    """One that asks for what it says by its name."""
    texts = "".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("*.py"))
    assert [each.name for each in LINTS if f'"{each.name}' not in texts] == []
