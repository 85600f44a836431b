"""A world to simulate, the same for the same seed: rules, events, and the troubles that come upon the engine.

Rules and events are those of `tests.oracle`. A small world has up to four learners and some weeks; a large one has two
years and, at full size, 50 learners and 20 rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from planned.engine.event import Instant
from planned.runtime.clock import SECOND, instant_of
from tests.oracle.histories import Events, history
from tests.oracle.random_rules import Words, rule_files
from tests.simulation.edits import edited, reworded
from tests.simulation.leaving import ADDRESS_ALONE, WAYS, Way

HOUR = 3600 * SECOND
DAY = 24 * HOUR

Kind = Literal[
    "error",
    "kill",
    "away",
    "full",
    "asleep",
    "back",
    "ahead",
    "stop",
    "refuses",
    "silent",
    "forgetful",
    "pause",
    "replay",
    "still",
]
KINDS: dict[Kind, int] = {
    "error": 8,  # one call of the store fails, before or after it has done its work
    "kill": 8,  # the process ends at a named point, and is started again after a while
    "away": 3,  # the store cannot be reached
    "full": 3,  # the store can be read, but not written
    "asleep": 2,  # the machine is suspended
    "back": 2,  # the clock is set back, and passes the same hours again
    "ahead": 1,  # the clock is set forward by a month, and corrected
    "stop": 2,  # the engine is ended and begun again
    "refuses": 2,  # the receiver says: not now
    "silent": 2,  # the receiver times out before it has accepted
    "forgetful": 2,  # the receiver times out after it has accepted
    "pause": 2,  # a courier stands still for twice its lease after the receiver has accepted; another one goes on
    "replay": 1,  # the source gives all that it ever gave once more
}
KINDS_OF_SEVERAL: dict[Kind, int] = {
    "still": 12,  # an engine stands still amid what it does, the others go on without it
    "kill": 4,
    "error": 3,
    "refuses": 1,
    "forgetful": 1,
    "replay": 1,
}
LIVELY_IDS = ["Quiz1", "Lesson2", "mod 42"]
LASTING: tuple[Instant, ...] = (0, 0, 40 * SECOND, 20 * 60 * SECOND, 5 * HOUR, 11 * HOUR, DAY, 3 * DAY, 6 * DAY)
DELAYS: tuple[Instant, ...] = (60 * SECOND, 30 * 60 * SECOND, 5 * HOUR, DAY, 3 * DAY, 10 * DAY)
VERBS = (
    *("save",) * 8,
    *("settle",) * 4,
    *("claim",) * 2,
    *(
        "due",
        "people",
        "courses",
        "members",
        "known",
        "cursor",
        "unapplied",
        "history",
        "decisions",
        "deploy",
        "standing",
        "keep_clock",
    ),
)
AMID = ("save:before",) * 5 + ("people:after", "due:after") * 2 + ("save:after", "deliver:after", "settle:before")
"""Where an engine stands still: mostly between what it has read and what it writes."""


@dataclass(frozen=True)
class Trouble:
    """`lasts`: how long it takes, or how far the clock is set. `point`: where it strikes, at the `nth` pass."""

    at: Instant
    kind: Kind
    lasts: Instant
    point: str
    nth: int


@dataclass(frozen=True)
class World:
    seed: int
    files: dict[str, str]
    events: list[dict[str, Any]]
    """In order of time; those of one instant as received."""
    start: Instant
    end: Instant
    default_zone: str
    troubles: list[Trouble]
    engines: int = 1
    """So many serve one store, which is in memory then."""
    durable: bool = False
    """The store is a SQLite file; a kill leaves it as it stands."""
    edits: list[tuple[Instant, dict[str, str]]] = field(default_factory=list)
    delays: dict[str, Instant] = field(default_factory=dict)
    """By id of an event: how long after its time it comes, if it does not come at once."""
    leaving: list[tuple[Instant, Way, str]] = field(default_factory=list)
    """Who leaves when, and how; see `leaving.py`."""
    exact: bool = True
    """The oracle can say what is to be decided: nothing comes late, and edits change only words."""


def world(seed: int, *, large: tuple[int, int] | None = None, number: int | None = None) -> World:
    """The world of that seed; `large`: with so many learners and rules, over two years. `number`: of troubles."""
    r = random.Random(f"world {seed}")
    manner = seed % 5 if large is None else 0
    if manner in (1, 3, 4):
        files, events = _lively(r)
        zone, end = "UTC", (_time(events[-1]) + timedelta(days=20)).isoformat()
    elif large is None:
        told = history(seed)
        files, events, zone = told.files, sorted(told.events, key=_time), told.default_zone
        end = told.until or (_time(events[-1]) + timedelta(days=40)).isoformat()
    else:
        files, events, zone = _two_years(r, *large)
        end = (_time(events[0]) + timedelta(days=735, seconds=17)).isoformat()
    start, last = instant_of(events[0]["time"]) - HOUR, instant_of(end)
    if number is None:
        number = r.choice((0, 6, 12, 30)) if large is None else 150
        number = 40 if manner == 1 else number
    kinds = KINDS_OF_SEVERAL if manner == 1 else KINDS
    troubles = sorted((_trouble(r, start, last, kinds) for _ in range(number)), key=lambda one: one.at)
    made = World(seed, files, events, start, last, zone, troubles, durable=r.random() < 0.1)
    if manner in (1, 3, 4):
        made = replace(made, leaving=_leaving(r, made, ADDRESS_ALONE if manner == 1 else WAYS))
    match manner:
        case 1:
            made = replace(made, engines=r.choice((2, 3)), durable=False)
            return replace(made, edits=_edits(r, made, lambda before: reworded(r, before)))
        case 2:
            return replace(made, edits=_edits(r, made, lambda before: reworded(r, before)))
        case 3:
            late = {one["id"]: r.choice(DELAYS) for one in events if r.random() < 0.4}
            return replace(made, delays=late, exact=False)
        case 4:
            return replace(made, edits=_edits(r, made, lambda before: edited(r, before, files)), exact=False)
        case _:
            return made


def _leaving(r: random.Random, made: World, ways: tuple[Way, ...]) -> list[tuple[Instant, Way, str]]:
    """Some of it while the receiver is away, so that messages are on their way to who leaves."""
    learners = sorted({str(one["learner"]) for one in made.events if one.get("learner")})
    last = instant_of(made.events[-1]["time"])
    times = [r.randrange(made.start, last) for _ in range(r.choice((0, 2, 6)))]
    away = [one.at + r.randrange(DAY) for one in made.troubles if one.kind in ("refuses", "silent")]
    return [(at, r.choice(ways), r.choice(learners)) for at in sorted(times + away[: len(times)])]


def _edits(
    r: random.Random, made: World, change: Callable[[dict[str, str]], dict[str, str]]
) -> list[tuple[Instant, dict[str, str]]]:
    found: list[tuple[Instant, dict[str, str]]] = []
    files = made.files
    for at in sorted(r.randrange(made.start, made.end) for _ in range(r.randint(1, 5))):
        files = change(files)
        found.append((at, files))
    return found


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"])


def _trouble(r: random.Random, start: Instant, end: Instant, kinds: dict[Kind, int]) -> Trouble:
    kind = r.choices(list(kinds), list(kinds.values()))[0]
    lasts = r.choice(LASTING)
    point = f"{r.choice(VERBS)}:{r.choice(('before', 'after'))}"
    if kind == "kill" and r.random() < 0.3:
        point = f"deliver:{r.choice(('before', 'after'))}"
    if kind == "still":
        point = r.choice(AMID)
    return Trouble(r.randrange(start, end), kind, lasts, point, r.choice((1, 1, 1, 2, 3)))


# --- a lively course -----------------------------------------------------------------------------------

LIVELY = """language en
timezone Europe/Paris
quiet from 20:00 to 08:00
limit 2 messages per day
topic news "News"
course C1
activity Essay "Essai" is "mod 42"
group A is "A"
rule first
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "text 0"
  notify tutors daily at 18:00 "{% for one in learners %}{{ one.id }} {% endfor %}"
  then wait 2 days
  unless Lesson2 complete
  send "text 1"
rule chained
  after sending of first
  wait 1 day
  send "text 0"
rule welcome
  after enrolment
  wait 1 day at 09:00
  send "text 0"
  notify tutors daily at 18:00 "{% for one in learners %}{{ one.id }} {% endfor %}"
rule joined
  after joining group A
  wait 90 minutes
  send "text 0"
  again each time
rule weekly about news
  every monday at 10:00
  if enrolled as "student"
  send "text 0"
  notify tutors daily at 18:00 "{% for one in learners %}{{ one.id }} {% endfor %}"
rule away
  after 4 days without access
  wait 1 hour
  send "text 0"
rule due
  2 days before deadline of Essay at 18:00
  unless Essay submitted
  send "text 0"
rule seen about news
  after access
  send "text 0"
  repeat every 2 days up to 2 times
"""


def _lively(r: random.Random) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """A course in which much is sent, with eight learners: random rules send too little for edits to matter."""
    start = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=r.randrange(60))
    words = Words(r, start.date())
    words.courses, words.activities, words.activity_ids = ["C1"], ["Quiz1", "Lesson2", "Essay"], LIVELY_IDS
    events: list[dict[str, Any]] = []
    for number in range(2):
        group = Events(r, words, start)
        group.learners = [f"p{number}{place}" for place in range(4)]
        events += [{**one, "id": f"{number}{one['id']}"} for one in group.make()]
    return {"a.rules": LIVELY}, sorted(events, key=_time)


# --- two years ------------------------------------------------------------------------------------------


class _LongWords(Words):
    """Days spread over two years instead of two months."""

    def day(self, low: int = 0, high: int = 60) -> str:
        return (self.start + timedelta(days=self.r.randint(low * 12, high * 12))).isoformat()


def _two_years(r: random.Random, learners: int, rules: int) -> tuple[dict[str, str], list[dict[str, Any]], str]:
    """Learners come in groups of four, one group after the other, and all over again in the second year."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=r.randrange(400))
    words = _LongWords(r, date(start.year, start.month, start.day))
    files = rule_files(words, rules)
    events: list[dict[str, Any]] = []
    names = [f"p{number}" for number in range(learners)]
    for number in range(0, learners * 2, 4):
        begin = start + timedelta(days=650 * number / (learners * 2))
        group = Events(r, words, begin)
        group.learners = names[number % learners : number % learners + 4]
        events += [{**one, "id": f"{number}{one['id']}"} for one in group.make()]
    return files, sorted(events, key=_time), r.choice(("UTC", "Europe/Paris"))
