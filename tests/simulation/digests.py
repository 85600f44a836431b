"""Daily digests: what each must hold follows from the decisions that were made, one after the other (2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from planned.engine.decision import Decision, Outcome
from planned.runtime.clock import datetime_of
from tests.oracle.calendar_oracle import first_not_before, instant
from tests.oracle.facts import View
from tests.oracle.reading import Rule
from tests.simulation.known import Known

Place = tuple[str, str, int, int, str, datetime]
"""Rule, course, step, notice, reader, and when it is due: what is gathered into one digest."""


def is_digest(one: Decision) -> bool:
    return one.notice > 0 and "@" in one.step_id


def wrong_digests(known: Known) -> Iterator[str]:
    """Each message is in one digest of each reader, with its day's others, which comes once and not before its time."""
    gathered: dict[Place, set[str]] = {}
    version_of: dict[Place, int] = {}
    came: dict[Place, Decision] = {}
    for one, (version, arrived) in zip(known.run.store.committed, known.run.store.circumstances, strict=True):
        if is_digest(one):
            place = (one.rule, one.course, one.step, one.notice, one.to[0], datetime_of(one.due))
            if place in came:
                yield f"two digests {place}"
            if one.at < one.due:
                yield f"at {datetime_of(one.at)} before its time: digest {place}"
            came[place] = one
        elif one.outcome is Outcome.SENT and not one.notice and (rule := known.rule(one, version)):
            for place in _places(one, rule, known.view(one, version, arrived)):
                gathered.setdefault(place, set()).add(one.learner)
                version_of[place] = version
    for place in gathered.keys() | came.keys():
        expected = gathered.get(place, set())
        if place in came:
            got = (came[place].text or "").split() if came[place].outcome is Outcome.SENT else sorted(expected)
            if sorted(expected) != sorted(got):
                yield f"digest {place} names {sorted(got)}, not {sorted(expected)}"
        elif place[-1] <= datetime_of(known.run.end) and not _dropped(known, place, version_of[place]):
            yield f"never came: digest {place} of {sorted(expected)}"


def _places(one: Decision, rule: Rule, view: View) -> Iterator[Place]:
    for number, notice in enumerate(rule.node.steps[one.step - 1].notices, start=1):
        if notice.daily_at is not None:
            for reader in _tutors(view, one):
                zone = view.zone(rule, reader)
                due = instant(first_not_before(datetime_of(one.at + 1), notice.daily_at, zone), zone)
                yield (one.rule, one.course, one.step, number, reader, due)


def _tutors(view: View, one: Decision) -> list[str]:
    """`tutors`: his own, then those of the course; the word itself where there is none."""
    own = view.profile(one.learner, "tutor")
    return list(dict.fromkeys([*([str(own)] if own else []), *view.teachers(one.course)])) or ["tutors"]


def _dropped(known: Known, place: Place, since: int) -> bool:
    """Whether rules came into force that know nothing of it: what was gathered leaves with its rule."""
    name, course, step, number, _, _ = place
    for rules in known.rules[since:]:
        found = [one.node for one in rules if one.name == name and one.course in (None, course)]
        if not found or len(found[0].steps) < step or len(found[0].steps[step - 1].notices) < number:
            return True
    return False
