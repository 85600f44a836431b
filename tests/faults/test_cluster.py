"""Several engines on one PostgreSQL store: one gone for good, one that stands still, rules changed amid work."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.faults.course import RULES, history, wanted, write
from tests.faults.rig import LONG, Place, wait_for

LEARNERS = 200 if LONG else 40
SOON = "poll_seconds = 0.2\nlost_after_seconds = 5\n"


def serving(place: Place, number: int = 4) -> None:
    (place.path / "planned.toml").write_text(SOON)
    for engine in place.start_all(number):
        engine.begun()


def test_what_an_engine_held_that_is_gone_for_good_is_delivered_by_the_others(
    postgres_place: Place, figures: Callable[..., None]
) -> None:
    place, lines, begun = postgres_place, history(LEARNERS), time.monotonic()
    serving(place)
    write(place.events, lines)
    wait_for(lambda: len(place.received()) > 3, what=place.logs)
    for engine in place.engines[:2]:
        engine.kill()
    after = place.wait_until_all_came(wanted(lines), 120)
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, after=round(after), seconds=round(time.monotonic() - begun))
    assert verdict.whole(copies=2), verdict


def test_an_engine_that_stands_still_holds_nobody_up_and_does_no_harm_when_it_goes_on(
    postgres_place: Place, figures: Callable[..., None]
) -> None:
    """Whoever leads, each of them is stopped once and goes on after the others have taken over."""
    place, lines, after = postgres_place, history(5), []
    serving(place, 2)
    write(place.events, lines)
    place.wait_until_all_came(wanted(lines))
    for number, engine in enumerate(place.engines, 1):
        engine.send(signal.SIGSTOP)
        more = history(10, 10 * number)
        lines += more
        write(place.events, more)
        after.append(place.wait_until_all_came(wanted(lines), 120))
        engine.send(signal.SIGCONT)
    more = history(10, 100)
    lines += more
    write(place.events, more)
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, slowest=round(max(after)))
    assert verdict.whole(copies=2), verdict  # one may have been amid a message when it was stopped


def test_rules_changed_on_one_machine_after_the_other_lose_and_repeat_nothing(
    postgres_place: Place, figures: Callable[..., None]
) -> None:
    place, lines, sent_before = postgres_place, history(LEARNERS), 0
    old, new = RULES, RULES.replace("Still there?", "Are you still there?")
    serving(place, 3)
    write(place.events, lines)
    wait_for(lambda: len(place.received()) > 3, what=place.logs)
    sent_before = len(place.received())
    (place.path / "a.rules").write_text(new)
    for place_of_it, engine in enumerate(list(place.engines)):
        engine.end()
        place.start().begun()
        more = history(4, 1000 * (place_of_it + 1))
        lines += more
        write(place.events, more)
    place.wait_until_all_came(wanted(lines), 120)
    # One that starts again with the old rules amid this turns nothing back: it stands by.
    (place.path / "a.rules").write_text(old)
    late = place.start()
    wait_for(lambda: bool(late.lines("rules superseded")), what=place.logs)
    more = history(4, 9000)
    lines += more
    write(place.events, more)
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, sent_before=sent_before)
    assert verdict.whole(), verdict
    superseded = [engine for engine in place.engines[:3] if engine.lines("rules superseded")]
    assert superseded, place.logs()


def test_a_single_run_with_other_rules_does_not_put_those_out_of_force_that_others_serve(postgres_place: Place) -> None:
    place, lines = postgres_place, history(5)
    place.events.touch()
    serving(place, 1)
    (place.path / "a.rules").write_text(RULES.replace("Still there?", "Are you still there?"))
    single = place.start("--once")
    assert "engines with other rules serve this store" in single.finish()
    assert single.code == 3
    (place.path / "a.rules").write_text(RULES)
    place.run_once()
    write(place.events, lines)
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    assert place.verdict(wanted(lines)).whole()
