"""An invented campus: rules of many courses, and the log of their learners as a learning platform would have it."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

ACTIVITIES = 60
RULES_A_COURSE = 20
COURSES_A_LEARNER = 4
START = datetime(2026, 9, 1, 8, tzinfo=timezone(timedelta(hours=2)))
DAYS = 120

MIX = {"viewing": 57, "access": 30, "completion": 8, "submission": 2, "grade": 2, "group": 0.5, "other": 0.5}
"""Of what follows the enrolments, in percent."""
SAID = "57 % viewings, 30 % accesses, 8 % completions, 2 % submissions, 2 % grades, 1 % others, after the enrolments"


def activity(place: int) -> str:
    return f"Unit{place:02}"


def rules(course: int, number: int = RULES_A_COURSE) -> str:
    """The text of one course's rules, of the kinds that courses have."""
    names = "\n".join(f'activity {activity(place)} "Unit {place}: reading and exercise"' for place in range(ACTIVITIES))
    head = (
        f'language en\ntimezone Europe/Paris\ncourse C{course:03} "Course {course}"\n'
        f'quiet from 20:00 to 08:00\ngroup late is "g-late"\n{names}\n'
    )
    return head + "\n".join(_rule(course, place) for place in range(number))


def _rule(course: int, place: int) -> str:
    this, following = activity(place % ACTIVITIES), activity((place + 1) % ACTIVITIES)
    name = f'rule c{course}-r{place} "About {this}, {{{{ user.firstname }}}}"'
    text = f'send "Hello {{{{ user.firstname }}}}, {following} comes next."'
    match place % RULES_A_COURSE:
        case 12 | 13:
            what = f"after failing {this}\n  wait 1 day at 10:00\n  unless {this} passed"
        case 14 | 15:
            what = f"after submission of {this}\n  wait 2 hours"
        case 16:
            what = f"after grade of {this} below 8\n  wait 1 day\n  if not course complete"
        case 17:
            what = "after joining group late\n  wait 1 day at 09:00"
        case 18 if course % 5 == 0:
            what = "after 14 days without access\n  wait 1 day at 09:00"
        case 18 if course % 5 == 1:
            what = "after enrolment\n  wait 1 day at 09:00"
        case 18 if course % 5 == 2:
            what = f"3 days before deadline of {this} at 09:00\n  unless {this} submitted"
        case _:
            what = f"after completion of {this}\n  wait 3 days at 09:00\n  unless {following} complete"
    return f"{name}\n  {what}\n  {text}\n"


def write_rules(folder: Path, courses: int, number: int = RULES_A_COURSE) -> Path:
    """One file a course."""
    folder.mkdir(parents=True, exist_ok=True)
    for course in range(courses):
        (folder / f"course{course:03}.rules").write_text(rules(course, number), encoding="utf-8")
    return folder


def courses_of(learner: int, courses: int) -> list[int]:
    return sorted({(learner * 7 + place * 13) % courses for place in range(COURSES_A_LEARNER)})


def events(number: int, courses: int, learners: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`number` events in order of time: who is enrolled first, then a term. The same for the same seed."""
    random = Random(seed)
    serial = 10_000_000
    moments = _moments(number)
    enrolled = [(learner, course) for learner in range(learners) for course in courses_of(learner, courses)]
    for learner, course in enrolled[:number]:
        serial += 1
        yield _event(serial, next(moments), "enrolment", course, learner) | {"role": "student"}
    for course, time in zip(range(courses), moments, strict=False):
        serial += 1
        yield _deadline(serial, time, course)
    kinds, bounds = list(MIX), list(accumulate(MIX.values()))
    for time in moments:
        serial += 1
        learner, course = enrolled[int(random.random() * len(enrolled))]
        kind = kinds[bisect_right(bounds, random.random() * bounds[-1])]
        yield _event(serial, time, kind, course, learner) | _fields(random, kind, time)


def _moments(number: int) -> Iterator[datetime]:
    """The enrolments within the first instants' share of the term, then the others, each some seconds later."""
    step = DAYS * 86_400 / number
    return (START + timedelta(seconds=int(place * step)) for place in range(number))


def _deadline(serial: int, time: datetime, course: int) -> dict[str, Any]:
    at = START + timedelta(days=60 + course % 30, hours=15)
    fields = {"what": "deadline", "activity": activity(18), "at": at.isoformat()}
    return {"id": f"log:{serial}", "time": time.isoformat(), "kind": "date", "course": f"C{course:03}"} | fields


def _event(serial: int, time: datetime, kind: str, course: int, learner: int) -> dict[str, Any]:
    return {
        "id": f"log:{serial}",
        "time": time.isoformat(),
        "kind": kind if kind != "other" else "forum-post",
        "course": f"C{course:03}",
        "learner": f"u{40_000 + learner}",
    }


def _fields(random: Random, kind: str, time: datetime) -> dict[str, Any]:
    what = {"activity": activity(int(random.random() * ACTIVITIES))}
    match kind:
        case "completion":
            return what | {"state": random.choice(("complete", "complete", "complete", "passed", "failed"))}
        case "grade":
            return what | {"grade": random.randrange(0, 41) / 2, "max": 20}
        case "viewing" | "submission":
            return what
        case "group":
            return {"group": "g-late" if random.random() < 0.2 else "g-main", "member": random.random() < 0.9}
        case "other":
            return {"data": {"forum": random.randrange(400), "words": random.randrange(5, 300)}}
        case _:
            return {}


def write_events(path: Path, number: int, courses: int, learners: int, seed: int = 1) -> Path:
    """The same as JSON lines."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with path.open("w", encoding="utf-8") as file:
        for event in events(number, courses, learners, seed):
            file.write(encode(event) + "\n")
    return path
