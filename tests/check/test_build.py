"""What a rule means once names are resolved: sections 1.1, 2 and 3 of the language."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from planned.check.graph import (
    After,
    All,
    Atom,
    BeforeDate,
    CourseDate,
    Declared,
    Every,
    GradeOp,
    Kind,
    OnDay,
    Who,
    atoms_of,
)
from planned.syntax.ast import Duration, Unit
from tests.check.reading import file, files


def trigger_atoms(text: str, name: str = "r") -> tuple[Atom, ...]:
    trigger = file(text).rule(name).trigger
    assert isinstance(trigger, After)
    return atoms_of(trigger.what)


def test_the_first_sentence() -> None:
    sentence = 'after completion of Quiz1 wait 3 days at 09:00 unless Lesson2 complete send "Don\'t forget lesson 2!"'
    graph = files(relance=sentence).graph()
    (rule,) = graph.rules
    (step,) = rule.steps
    assert (rule.name, rule.course, rule.source) == ("relance-1", None, "relance.rules:1")
    assert rule.trigger == After(what=Atom(kind=Kind.COMPLETE, key="Quiz1"))
    assert step.guards[0].text == "unless Lesson2 complete"
    assert step.guards[0].condition == Atom(kind=Kind.COMPLETE, key="Lesson2", fact=False)
    assert step.send.messages[0].text == "Don't forget lesson 2!"
    assert graph.unscoped == ("relance.rules",)
    assert graph.index == {None: {("completion", "Quiz1"): (rule,)}}


def test_a_guard_is_quoted_in_the_language_of_its_file() -> None:
    rule = file('language fr\nrègle r après inscription sauf si Leçon2 achevée envoyer "x"').rule("r")
    assert rule.steps[0].guards[0].text == "sauf si Leçon2 est achevée"


def test_an_activity_is_its_source_id_and_keeps_its_title() -> None:
    text = 'course C activity Quiz1 "Quiz one" is "cmid  12" rule r after passing Quiz1 and in group G send "x"'
    passing, group = trigger_atoms(text)
    assert (passing.key, passing.title) == ("cmid 12", "Quiz one")
    assert (group.kind, group.key) == (Kind.IN_GROUP, "G")


def test_names_of_another_course_do_not_hold() -> None:
    text = """
        course A activity Quiz1 is "12" group G is "7"
        course B rule r after completion of Quiz1 send "x"
    """
    assert [atom.key for atom in trigger_atoms(text)] == ["Quiz1"]


def test_a_declaration_does_not_concern_what_stands_above_it() -> None:
    text = 'course A rule r after completion of Quiz1 send "x" activity Quiz1 is "12"'
    assert [atom.key for atom in trigger_atoms(text)] == ["Quiz1"]


def test_the_nearest_declaration_wins() -> None:
    text = """
        activity Quiz1 is "far" contact help "Far"
        course A activity Quiz1 is "near" rule r after completion of Quiz1 send "x" from help
        course B rule s after completion of Quiz1 send "x"
    """
    read = file(text)
    assert [atom.key for atom in trigger_atoms(text)] == ["near"]
    assert [atom.key for atom in trigger_atoms(text, "s")] == ["far"]
    assert read.rule("r").context.activities == {"Quiz1": ("near", "Quiz1")}
    assert read.rule("s").context.contacts == {"help": "Far"}
    assert read.rule("r").steps[0].send.sender == Who(kind="contact", name="help")


def test_completion_of_a_rule_in_the_course_or_of_every_course() -> None:
    text = """
        every course rule all after enrolment send "x"
        course A
        rule first after completion of all send "x"
        rule r after completion of first send "x"
        course B
        rule other after completion of first send "x"
    """
    assert [(atom.kind, atom.key) for atom in trigger_atoms(text)] == [(Kind.RULE_COMPLETE, "first")]
    assert [atom.kind for atom in trigger_atoms(text, "first")] == [Kind.RULE_COMPLETE]
    assert [atom.kind for atom in trigger_atoms(text, "other")] == [Kind.COMPLETE]


def test_a_declared_activity_comes_before_a_rule_of_its_name() -> None:
    text = 'course A activity first rule first after enrolment send "x" rule r after completion of first send "x"'
    assert [atom.kind for atom in trigger_atoms(text)] == [Kind.COMPLETE]


def test_a_rule_of_the_course_in_another_file() -> None:
    read = files(
        a='course A rule r after sending of there send "x"',
        b='course A rule there "Over there" after enrolment send "x"',
    )
    rule = read.rule("r")
    assert isinstance(rule.trigger, After)
    assert [(atom.kind, atom.key, atom.title) for atom in atoms_of(rule.trigger.what)] == [
        (Kind.SENDING, "there", "Over there")
    ]
    assert [one.order for one in read.graph().rules] == [0, 1]
    assert read.said() == []


def test_facts_and_their_operands() -> None:
    grade, failing, away, event = trigger_atoms(
        "rule r after grade of Q at least 12.5% and failing Q 2 times"
        ' and 7 days without access and event "badge" send "x"'
    )
    assert (grade.op, grade.number, grade.percent) == (GradeOp.AT_LEAST, Decimal("12.5"), True)
    assert (failing.kind, failing.times) == (Kind.FAILING, 2)
    assert away.duration == Duration(parts=((7, Unit.DAY),))
    assert (event.kind, event.key) == (Kind.EVENT, "badge")


def test_a_declared_date_has_all_its_declarations_and_the_zone_above_it() -> None:
    text = """
        timezone Europe/Paris
        course A
        group early is "g1"
        date oral "The oral" 2026-10-05
        date oral 2026-10-03 at 14:00 for group early
        rule r 3 days before oral at 09:00 send "x"
    """
    trigger = file(text).rule("r").trigger
    assert isinstance(trigger, BeforeDate)
    assert trigger.date == CourseDate(
        what="oral",
        declared=(
            Declared(day=date(2026, 10, 5), at=None, zone="Europe/Paris"),
            Declared(day=date(2026, 10, 3), at=time(14), zone="Europe/Paris", group="g1"),
        ),
    )


def test_the_course_dates() -> None:
    deadline, end = trigger_atoms('activity Q is "9" rule r after deadline of Q or end of enrolment send "x"')
    assert deadline.date == CourseDate(what="deadline", activity="9")
    assert end.date == CourseDate(what="end-of-enrolment")


def test_every_day_is_all_seven() -> None:
    trigger = file('rule r every day at 18:00 until completion of course send "x"').rule("r").trigger
    assert isinstance(trigger, Every)
    assert trigger.weekdays == frozenset(range(7))
    assert trigger.until == Atom(kind=Kind.COURSE_COMPLETE)


def test_on_a_day() -> None:
    assert file('rule r on 2026-10-05 at 09:00 send "x"').rule("r").trigger == OnDay(day=date(2026, 10, 5), at=time(9))


@pytest.mark.parametrize(
    ("clause", "times"),
    [
        ('send "x" repeat every 7 days up to 3 times', 3),
        ('send "x", "y", "z" repeat every 7 days', 2),
        ('send "x", "y", "z" repeat every 7 days up to 1 times', 1),
        ('send "x", "y" repeat every 7 days up to 9 times', 1),
    ],
)
def test_a_repetition_ends_with_the_list_or_with_up_to(clause: str, times: int) -> None:
    repeat = file(f"rule r after enrolment {clause}").rule("r").steps[0].repeat
    assert repeat is not None
    assert repeat.times == times


def test_step_ids_are_the_templates_names_and_unique() -> None:
    text = """
        template a "A" "a"
        template b "B" "b"
        rule r after enrolment send a then wait 1 day send "x" then wait 1 day send a then wait 1 day send b
    """
    assert [step.id for step in file(text).rule("r").steps] == ["a", "2", "a-3", "b"]


def test_percent_variables_become_jinja() -> None:
    rule = file('rule r "For %userfirstname%" after enrolment send "Hello %userfirstname%" subject "%coursefullname%"')
    made = rule.rule("r")
    said = (made.title, made.steps[0].send.messages[0].text, made.steps[0].send.subject)
    assert all(text is not None and "{{" in text and "%" not in text for text in said)


def test_a_stop_of_the_file_and_one_of_the_rule() -> None:
    text = """
        stop all once course complete
        course A
        stop all once Quiz9 complete
        rule r after enrolment send "x" stop once Quiz1 complete
    """
    kinds = [(atom.kind, atom.key) for stop in file(text).rule("r").stop for atom in atoms_of(stop)]
    assert sorted(kinds) == [(Kind.COMPLETE, "Quiz1"), (Kind.COMPLETE, "Quiz9"), (Kind.COURSE_COMPLETE, "")]


def test_parentheses_are_kept_in_meaning() -> None:
    rule = file('rule r after enrolment and (completion of A or completion of B) send "x"').rule("r")
    assert isinstance(rule.trigger, After)
    assert isinstance(rule.trigger.what, All)
    assert len(rule.trigger.what.items) == 2


def test_the_revision_changes_with_the_meaning_alone() -> None:
    def revision(text: str) -> str:
        return file(text).rule("r").revision

    base = revision('timezone Europe/Paris\nrule r after enrolment send "x"')
    assert len(base) == 12
    assert base == revision('timezone Europe/Paris # here\nrule r\n  after enrolment\n\n  send "x" # to all')
    others = [
        'timezone Europe/Berlin\nrule r after enrolment send "x"',
        'timezone Europe/Paris\nrule r after enrolment send "y"',
        'timezone Europe/Paris\nquiet on sunday\nrule r after enrolment send "x"',
        'timezone Europe/Paris\nrule r after enrolment wait 1 day send "x"',
        'course C timezone Europe/Paris\nrule r after enrolment send "x"',
    ]
    assert len({base, *(revision(text) for text in others)}) == 1 + len(others)


def test_the_revision_changes_with_a_template() -> None:
    one, other = (
        file(f'template t "T" "{text}"\nrule r after enrolment send t').rule("r").revision for text in ("a", "b")
    )
    assert one != other


def test_a_course_for_rules_without_one() -> None:
    read = file('rule r after enrolment send "x"')
    assert read.graph().unscoped == ("test.rules",)
    assert read.rule("r", course="NUM101").course == "NUM101"
    assert read.graph("NUM101").unscoped == ()
    assert "no-course" not in {one.name for one in read.lint("NUM101")}
    assert "no-course" in {one.name for one in read.lint()}


def test_a_rule_whose_template_is_missing_is_left_out_and_the_others_stay() -> None:
    read = file('course A rule r after enrolment send nothing rule s after enrolment send "x"')
    assert [rule.name for rule in read.graph().rules] == ["s"]
