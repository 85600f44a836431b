"""Section 4.10: rules edited while messages wait. Each case is an edit, and what becomes of what waited."""

from tests.engine.acting import Play, at, event, graph_of

HEAD = "timezone Europe/Paris course C "
QUIZ1 = event("e1", "2026-09-03 14:10", "completion", activity="Quiz1", state="complete")
DEADLINE = at("2026-12-31 00:00")


def played(before: str, after: str, *, at_: str = "2026-09-04 12:00", then: tuple[str, ...] = ()) -> list[str]:
    """Quiz1 is completed on 3 September; the rules are edited at `at_`; time passes to the end of the year."""
    play = Play(graph_of(HEAD + before))
    play.arrive([QUIZ1], QUIZ1.time)
    play.run(at(at_))
    play.stored()
    play.edit(HEAD + after, at(at_))
    play.stored()
    play.run(DEADLINE)
    return play.lines()


def test_comments_and_layout_change_nothing() -> None:
    rule = 'rule r after completion of Quiz1 wait 3 days at 09:00 send "One"'
    assert played(rule, rule.replace(" wait", "\n  # soon\n  wait")) == ["09-06 09:00 r 1.1.0 sent"]


def test_texts_and_guards_the_new_ones_hold() -> None:
    lines = played(
        'rule r after completion of Quiz1 wait 3 days at 09:00 send "One"',
        'rule r after completion of Quiz1 wait 3 days at 09:00 if Lesson2 complete send "Two"',
    )
    assert lines == ["09-06 09:00 r 1.1.0 suppressed if"]


def test_waits_are_counted_anew_from_the_anchor() -> None:
    rule = 'rule r after completion of Quiz1 wait {} at 09:00 send "One"'
    assert played(rule.format("3 days"), rule.format("5 days")) == ["09-08 09:00 r 1.1.0 sent"]


def test_a_trigger_that_no_longer_matches_cancels() -> None:
    rule = 'rule r after completion of {} wait 3 days at 09:00 send "One"'
    assert played(rule.format("Quiz1"), rule.format("Quiz2")) == ["09-04 12:00 r 1.1.0 cancelled rule-changed"]


def test_a_trigger_that_matches_the_past_starts_nothing() -> None:
    rule = 'rule r after completion of {} wait 3 days at 09:00 send "One"'
    assert played(rule.format("Quiz2"), rule.format("Quiz1")) == []


def test_a_new_rule_starts_nothing_for_the_past() -> None:
    old = 'rule r after completion of Quiz1 wait 3 days at 09:00 send "One" '
    new = 'rule s after completion of Quiz1 wait 3 days at 10:00 send "Two"'
    assert played(old, old + new) == ["09-06 09:00 r 1.1.0 sent"]


def test_an_inserted_step_concerns_only_who_has_not_passed_its_place() -> None:
    head = 'template a "A" "A" template b "B" "B" template c "C" "C" rule r after completion of Quiz1 '
    two = "wait 1 day at 09:00 send a then wait 5 days at 09:00 send c"
    three = "wait 1 day at 09:00 send a then wait 2 days at 09:00 send b then wait 5 days at 09:00 send c"
    before_first = "wait 1 hour send b then wait 1 day at 09:00 send a then wait 5 days at 09:00 send c"
    # On 4 September at noon the first step has gone.
    assert played(head + two, head + three) == [
        "09-04 09:00 r 1.1.0 sent",
        "09-06 09:00 r 1.2.0 sent",
        "09-11 09:00 r 1.3.0 sent",
    ]
    assert played(head + two, head + before_first) == ["09-04 09:00 r 1.1.0 sent", "09-09 09:00 r 1.3.0 sent"]


def test_nothing_sent_is_sent_again_when_a_step_goes() -> None:
    head = 'template a "A" "A" template c "C" "C" rule r after completion of Quiz1 '
    two = "wait 1 day at 09:00 send a then wait 5 days at 09:00 send c"
    one = "wait 6 days at 09:00 send c"
    assert played(head + two, head + one) == ["09-04 09:00 r 1.1.0 sent", "09-09 09:00 r 1.1.0 sent"]


def test_a_renamed_rule_keeps_what_waits() -> None:
    lines = played(
        'rule old after completion of Quiz1 wait 3 days at 09:00 send "One"',
        'rule new was old after completion of Quiz1 wait 3 days at 09:00 send "One"',
    )
    assert lines == ["09-06 09:00 new 1.1.0 sent"]


def test_a_renamed_rule_does_not_send_again() -> None:
    lines = played(
        'rule old after completion of Quiz1 wait 3 days at 09:00 send "One"',
        'rule new was old after completion of Quiz1 wait 3 days at 09:00 send "One"',
        at_="2026-09-10 12:00",
    )
    assert lines == ["09-06 09:00 old 1.1.0 sent"]


def test_a_deleted_rule_is_parked_for_thirty_days_and_cancelled() -> None:
    rule = 'rule r after completion of Quiz1 wait 3 days at 09:00 send "One"'
    other = 'rule s after completion of Quiz9 send "Other"'
    assert played(rule, other) == ["10-04 12:00 r 1.1.0 cancelled rule-changed"]


def test_a_deleted_rule_that_comes_back_goes_on() -> None:
    rule = HEAD + 'rule r after completion of Quiz1 wait 10 days at 09:00 send "One"'
    play = Play(graph_of(rule))
    play.arrive([QUIZ1], QUIZ1.time)
    play.edit(HEAD + 'rule s after completion of Quiz9 send "Other"', at("2026-09-04 12:00"))
    play.stored()
    play.edit(rule, at("2026-09-05 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-13 09:00 r 1.1.0 sent"]


def test_a_rule_that_comes_back_cancels_once_who_left_meanwhile() -> None:
    rule = 'rule r after completion of Quiz1 wait 10 days at 09:00 send "One"'
    play = Play(graph_of(HEAD + rule))
    play.arrive([QUIZ1], QUIZ1.time)
    play.edit(HEAD, at("2026-09-04 12:00"))
    left = event("e2", "2026-09-05 08:00", "unenrolment")
    play.arrive([left], left.time)
    play.edit(HEAD + rule, at("2026-09-06 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-05 08:00 r 1.1.0 cancelled unenrolled"]


def test_a_paused_rule_holds_and_sends_when_it_goes_on() -> None:
    running = HEAD + 'rule r after completion of Quiz1 wait 3 days at 09:00 send "One"'
    paused = HEAD + 'rule r paused after completion of Quiz1 wait 3 days at 09:00 send "One"'
    play = Play(graph_of(running))
    play.arrive([QUIZ1], QUIZ1.time)
    play.edit(paused, at("2026-09-04 12:00"))
    play.run(at("2026-09-07 00:00"))
    assert play.lines() == []
    play.edit(running, at("2026-09-07 12:00"))
    play.wake(at("2026-09-07 12:00"))
    assert play.lines() == ["09-07 12:00 r 1.1.0 sent"]


def test_a_series_goes_on_where_it_was() -> None:
    rule = 'rule r after completion of Quiz1 wait 1 day at 09:00 send "{}" repeat every 7 days up to 2 times'
    assert played(rule.format("One"), rule.format("Other")) == [
        "09-04 09:00 r 1.1.0 sent",
        "09-11 09:00 r 1.1.1 sent",
        "09-18 09:00 r 1.1.2 sent",
    ]


def test_what_quiet_times_have_postponed_stays_so() -> None:
    head = "timezone Europe/Paris course C quiet on saturday, sunday, monday "
    rule = 'rule r after completion of Quiz1 wait 2 days at 09:00 send "{}"'
    play = Play(graph_of(head + rule.format("One")))
    play.arrive([QUIZ1], QUIZ1.time)
    # Due on Saturday the 5th, postponed to Tuesday the 8th: on Monday that is no lateness of two days.
    play.run(at("2026-09-07 12:00"))
    play.edit(head + rule.format("Two"), at("2026-09-07 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-08 09:00 r 1.1.0 sent"]


def test_a_number_is_never_used_again_after_a_changed_trigger() -> None:
    rule = HEAD + 'rule r after completion of {} wait 3 days at 09:00 send "One" again each time'
    play = Play(graph_of(rule.format("Quiz1")))
    play.arrive([QUIZ1], QUIZ1.time)
    play.edit(rule.format("Quiz2"), at("2026-09-04 12:00"))
    later = event("e2", "2026-09-05 10:00", "completion", activity="Quiz2", state="complete")
    play.arrive([later], later.time)
    play.run(DEADLINE)
    assert play.lines() == ["09-04 12:00 r 1.1.0 cancelled rule-changed", "09-08 09:00 r 2.1.0 sent"]


def test_of_two_that_wait_the_one_that_still_matches_keeps_its_number() -> None:
    rule = HEAD + 'rule r after completion of {} wait 9 days at 09:00 send "One" again each time'
    play = Play(graph_of(rule.format("Quiz1 or completion of Quiz2")))
    play.arrive(
        [QUIZ1, event("e2", "2026-09-03 15:00", "completion", activity="Quiz1", state="incomplete")], QUIZ1.time
    )
    second = event("e3", "2026-09-03 16:00", "completion", activity="Quiz2", state="complete")
    play.arrive([second], second.time)
    play.edit(rule.format("Quiz2"), at("2026-09-04 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-03 15:00 r 1.1.0 cancelled undone", "09-12 09:00 r 2.1.0 sent"]


def test_a_deleted_rule_that_comes_back_with_another_trigger_cancels() -> None:
    rule = HEAD + 'rule r after completion of {} wait 10 days at 09:00 send "One"'
    play = Play(graph_of(rule.format("Quiz1")))
    play.arrive([QUIZ1], QUIZ1.time)
    play.edit(HEAD + 'rule s after completion of Quiz9 send "Other"', at("2026-09-04 12:00"))
    play.edit(rule.format("Quiz2"), at("2026-09-05 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-05 12:00 r 1.1.0 cancelled rule-changed"]


def test_a_step_appended_does_not_concern_who_has_finished() -> None:
    head = 'template a "A" "A" template b "B" "B" rule r after completion of Quiz1 '
    one = "wait 1 day at 09:00 send a"
    assert played(head + one, head + one + " then wait 1 day at 09:00 send b", at_="2026-09-05 12:00") == [
        "09-04 09:00 r 1.1.0 sent"
    ]


def test_a_new_rule_counts_to_a_date_that_is_known_and_still_ahead() -> None:
    rule = HEAD + 'rule {} 3 days before deadline of Essay at 09:00 send "Soon"'
    play = Play(graph_of(HEAD + 'rule s after completion of Quiz9 send "Other"'))
    known = event("d", "2026-09-01 10:00", "date", None, what="deadline", activity="Essay", at="2026-09-20T18:00:00Z")
    play.arrive([event("e0", "2026-09-01 09:00", "enrolment"), known], known.time)
    play.edit(rule.format("r"), at("2026-09-04 12:00"))
    play.run(DEADLINE)
    assert play.lines() == ["09-17 09:00 r 1.1.0 sent"]
