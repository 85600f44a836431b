"""Example firings in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from planned.engine.calendar import instant_of, wall_of
from planned.engine.decision import Outcome
from planned.engine.explain.facts import Voice
from planned.engine.explain.firings import About, Firing
from planned.engine.phrases import elapsed

_SHOWN = 4
"""Messages of one start that are said."""


def sentences(voice: Voice, firing: Firing) -> Iterator[str]:
    """When it starts and what leaves when, in the zone of the example; then what is remarkable."""
    sent = [one for one in firing.decisions if one.outcome is Outcome.SENT]
    start = voice.moment(firing.anchor, firing.zone)
    if [one.at for one in sent] == [firing.anchor]:
        yield voice.say("firing.at_once", start=start)
    else:
        leaves = [voice.moment(one.at, firing.zone) for one in sent[:_SHOWN]]
        on = voice.say("joint.on")
        joined = voice.list([leaves[0], *(on + moment for moment in leaves[1:])])
        if len(sent) > _SHOWN:
            joined = f"{joined} {voice.say('firing.more')}"
        yield voice.say("firing" if len(sent) == 1 else "firing.several", start=start, leaves=joined)
    yield from _remarkable(voice, firing)


def _remarkable(voice: Voice, firing: Firing) -> Iterator[str]:
    match firing.about:
        case About.SKIPPED | About.TWICE:
            assert firing.asked is not None
            asked = firing.asked
            odd = next(one for one in firing.decisions if _asked_at(one.due, asked, firing.zone))
            wall = wall_of(odd.due, firing.zone)
            said = {"day": voice.full_day(wall.date()), "asked": voice.time(asked), "time": voice.time(wall.time())}
            yield voice.say(f"firing.{firing.about}", **said)
        case About.SHIFTED:
            first = firing.decisions[0]
            passed = first.due - first.anchor
            plain = wall_of(first.anchor, firing.zone) + timedelta(microseconds=passed)
            yield voice.say(
                "firing.shifted",
                span=elapsed(passed, voice.language),
                time=voice.time(wall_of(first.due, firing.zone).time()),
                asked=voice.time(plain.time()),
            )
        case About.MONTH_END:
            yield voice.say("firing.month-end")
        case About.PLAIN | About.QUIET:
            pass
    if firing.unpostponed is not None:
        yield voice.say("firing.quiet", moment=voice.moment(firing.unpostponed, firing.zone))


def _asked_at(due: int, asked: time, zone: str) -> bool:
    """Whether a message that is due then was asked for at that time of that day."""
    day = wall_of(due, zone).date()
    return due == instant_of(datetime.combine(day, asked), zone)
