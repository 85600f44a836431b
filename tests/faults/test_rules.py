"""Rules that are swapped under load, and a rules directory that is empty, half written or broken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

from tests.faults.checker import Verdict, check
from tests.faults.course import RULES, history, hours_ago, wanted, write
from tests.faults.rig import LONG, Place

SWAPS = 200 if LONG else 4
WAITING = 20
"""The second message of so many learners comes due while the rules are swapped, one each second."""
BROKEN = {
    "empty": "",
    "only comments": "# nothing yet\n",
    "no rules": "language en\ncourse C\n",
    "half written": RULES[: RULES.index("unless") + 3],
    "not text": "\0\1\2",
}


def version(number: int) -> str:
    """The rules as they are after so many swaps; each message says which."""
    return re.sub(r'(rule \w+) "(\w+)"', rf'\1 "\2 by version {number}"', RULES)


def test_swapped_under_load_each_message_comes_once_and_names_rules_that_there_were(
    place: Place, figures: Callable[..., None]
) -> None:
    begun, lines = time.monotonic(), history(WAITING, start=hours_ago(115 / 3600))
    write(place.events, lines)
    for number in range(SWAPS):
        (place.path / "a.rules").write_text(version(number))
        engine = place.start()
        lines += (more := history(4, 1000 + 4 * number))
        write(place.events, more)
        place.wait_for_more()
        if number % 3:
            engine.end()
        else:
            engine.kill()
    place.start()
    subjects = {f"{plain} by version {number}": plain for plain in ("Hello", "Second") for number in range(SWAPS)}

    def verdict() -> Verdict:
        return check(wanted(lines), [replace(one, subject=subjects[one.subject]) for one in place.received()])

    place.wait_until(lambda: not verdict().lost, 120)
    place.stop_all()
    kills = len(range(0, SWAPS, 3))
    figures(verdict(), swaps=SWAPS, kills=kills, seconds=round(time.monotonic() - begun))
    assert verdict().whole(copies=kills), verdict()


def test_broken_rules_are_refused_and_nothing_that_waits_is_cancelled(sqlite_place: Place) -> None:
    place, lines = sqlite_place, history(10, start=hours_ago(0))
    folder = place.path / "rules"
    folder.mkdir()
    place.rules = "rules"
    (folder / "a.rules").write_text(RULES)
    write(place.events, lines)
    place.run_once()
    for text in BROKEN.values():
        (folder / "a.rules").write_text(text)
        refused(place)
    (folder / "a.rules").unlink()
    refused(place)
    (folder / "a.rules").write_text(RULES)
    place.run_once(later=3600)
    verdict = place.verdict(wanted(lines))
    assert verdict.whole(), verdict


def refused(place: Place) -> None:
    """It says why and ends before it opens its store."""
    engine = place.start("--once")
    log = engine.finish()
    assert engine.code in (1, 2), log
    assert not engine.lines(), "it has begun to work"
