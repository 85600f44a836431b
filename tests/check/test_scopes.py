"""How far a declaration reaches: section 1.1 and reading 27."""

from __future__ import annotations

from datetime import date, time

from planned.check.graph import Quiet
from planned.syntax.ast import Duration, Unit
from tests.check.reading import file, files

RULE = 'rule {} after enrolment send "x"\n'


def test_a_zone_holds_for_what_follows_up_to_the_next_course() -> None:
    read = file(
        RULE.format("upper")
        + "timezone Europe/Paris\n"
        + RULE.format("lower")
        + "course A\n"
        + RULE.format("inherited")
        + "timezone Indian/Reunion for all\n"
        + RULE.format("own")
        + "course B\n"
        + RULE.format("other")
    )
    zones = {rule.name: (rule.context.zone, rule.context.zone_for_all) for rule in read.graph().rules}
    assert zones == {
        "upper": (None, False),
        "lower": ("Europe/Paris", False),
        "inherited": ("Europe/Paris", False),
        "own": ("Indian/Reunion", True),
        "other": ("Europe/Paris", False),
    }


def test_quiet_times_of_one_scope_add_up_and_a_course_replaces_those_of_its_kind() -> None:
    read = file(
        """
        quiet from 20:00 to 08:00
        quiet from 12:00 to 13:00
        quiet on sunday
        quiet on holidays of FR
        course A
        quiet on saturday
        quiet on monday
        rule a after enrolment send "x"
        course B
        quiet from 22:00 to 07:00
        quiet from 2026-12-20 to 2027-01-03
        rule b after enrolment send "x"
        """
    )
    evenings = ((time(20), time(8)), (time(12), time(13)))
    assert read.rule("a").context.quiet == Quiet(hours=evenings, weekdays=frozenset({5, 0}), holidays=("FR",))
    assert read.rule("b").context.quiet == Quiet(
        hours=((time(22), time(7)),),
        weekdays=frozenset({6}),
        holidays=("FR",),
        dates=((date(2026, 12, 20), date(2027, 1, 3)),),
    )


def test_limits_per_day_and_per_week_hold_side_by_side_and_the_nearest_of_a_kind() -> None:
    read = file(
        """
        limit 3 messages per week
        limit 1 messages per day
        rule file after enrolment send "x"
        course A
        limit 5 messages per week
        rule a after enrolment send "x"
        """
    )
    assert set(read.rule("file").context.limits) == {(3, "week"), (1, "day")}
    assert set(read.rule("a").context.limits) == {(5, "week"), (1, "day")}


def test_the_nearest_lateness() -> None:
    read = file(
        """
        lateness 2 days
        course A rule a after enrolment send "x"
        course B lateness 3 hours rule b after enrolment send "x"
        """
    )
    assert read.rule("a").context.lateness == Duration(parts=((2, Unit.DAY),))
    assert read.rule("b").context.lateness == Duration(parts=((3, Unit.HOUR),))


def test_stop_all_adds_up_and_concerns_only_what_follows() -> None:
    read = file(
        """
        course A
        rule upper after enrolment send "x"
        stop all once course complete
        rule lower after enrolment send "x"
        stop all once in group G
        rule last after enrolment send "x"
        course B
        rule other after enrolment send "x"
        """
    )
    assert {rule.name: len(rule.stop) for rule in read.graph().rules} == {"upper": 0, "lower": 1, "last": 2, "other": 0}


def test_every_course_ends_a_course() -> None:
    read = file('course A timezone Europe/Paris rule a after enrolment send "x" every course ' + RULE.format("b"))
    assert (read.rule("a").course, read.rule("a").context.zone) == ("A", "Europe/Paris")
    assert (read.rule("b").course, read.rule("b").context.zone) == (None, None)


def test_a_rule_above_the_first_course_has_none() -> None:
    read = file(RULE.format("upper") + "course A " + RULE.format("lower"))
    assert [rule.course for rule in read.graph().rules] == [None, "A"]
    assert read.graph().unscoped == ("test.rules",)


def test_an_import_brings_declarations_and_never_rules() -> None:
    read = files(
        imported={
            "common": """
                language fr
                timezone Europe/Paris
                quiet on sunday
                template hello "Hello" "Hello!"
                course A activity Quiz1 is "12"
                rule never after enrolment send "x"
            """
        },
        main="""
            import "common.rules"
            course A rule a after completion of Quiz1 send hello
            course B rule b after completion of Quiz1 send hello
        """,
    )
    assert [rule.name for rule in read.graph().rules] == ["a", "b"]
    a = read.rule("a")
    assert (a.context.language, a.context.zone, a.context.quiet.weekdays) == ("en", "Europe/Paris", frozenset({6}))
    assert a.steps[0].send.messages[0].text == "Hello!"
    assert set(a.context.activities) == {"Quiz1"}
    assert set(read.rule("b").context.activities) == set()
    assert read.said() == []


def test_what_is_imported_can_be_declared_anew() -> None:
    read = files(
        imported={"common": 'timezone Europe/Paris\ntemplate hello "Hello" "far"'},
        main='import "common.rules" template hello "Hello" "near" timezone UTC rule a after enrolment send hello',
    )
    assert read.rule("a").steps[0].send.messages[0].text == "near"
    assert read.rule("a").context.zone == "UTC"
    assert read.said() == []


def test_an_import_counts_where_it_stands() -> None:
    read = files(
        imported={"common": "timezone Europe/Paris"},
        main=RULE.format("upper") + 'import "common.rules"\n' + RULE.format("lower"),
    )
    assert (read.rule("upper").context.zone, read.rule("lower").context.zone) == (None, "Europe/Paris")


def test_files_that_import_each_other() -> None:
    read = files(
        a='import "b.rules"\ntopic news "News"\nrule r about news after enrolment send bye',
        b='import "a.rules"\ntemplate bye "Bye" "Bye!"',
    )
    assert read.said() == []
    assert [rule.name for rule in read.graph().rules] == ["r"]


def test_the_declarations_of_one_file_do_not_reach_another() -> None:
    read = files(a='course A template t "T" "t" timezone Europe/Paris', b="course A rule r after enrolment send t")
    assert read.said() == [("unknown-name", "t")]
