"""What must be so after a world has run, whatever went wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from planned.engine.decision import Outcome
from planned.engine.plan import prepare
from planned.engine.state_json import load_person
from planned.runtime.clock import datetime_of
from planned.store.base import key_of
from tests.oracle.agreement import plain, shown
from tests.oracle.facts import TUTOR_ROLES
from tests.oracle.oracle import decide
from tests.simulation.digests import is_digest, wrong_digests
from tests.simulation.edits import syntax_of
from tests.simulation.faults import refused
from tests.simulation.harness import Run
from tests.simulation.known import Known, wrong_by_itself
from tests.simulation.world import DAY

PATIENCE = 4 * DAY
"""Nothing is given up before."""
YEAR = 365 * DAY


def wrong_in(run: Run, learners: list[str] | None = None) -> list[str]:
    """All that is wrong; decisions are compared for these learners, or for all."""
    found = list(run.wrong)
    found += _kept(run)
    found += _delivered(run)
    found += run.leavings.wrong(run.store.inner, run.store.committed)
    if run.world.exact:
        found += _compared(run, learners)
    if run.world.end - run.world.start < YEAR:  # it reads the whole log for each decision
        known = Known(run)
        found += [*wrong_by_itself(known), *wrong_digests(known)]
    return found


def _kept(run: Run) -> Iterator[str]:
    """What was committed is there, once; nothing was set aside; nothing that is due was forgotten."""
    store = run.store.inner
    committed, stored = [key_of(one) for one in run.store.committed], [key_of(one) for one in store.decisions()]
    yield from (f"decided {number} times: {key}" for key, number in Counter(committed).items() if number > 1)
    yield from run.store.again
    if committed != stored:
        yield f"stored are {len(stored)} decisions of the {len(committed)} that were committed"
    yield from (f"quarantined: {one.reason} {one.body}" for one in store.quarantine())
    yield from (line for line in run.said.lines if line.startswith(("event failed", "person failed")))
    due = store.next_due()
    if due is not None and due <= run.end:
        yield f"due at {datetime_of(due)} and never decided"
    events = {one["id"] for _, one in run.arrived}
    if store.counts()["events"] != len(events):
        yield f"stored are {store.counts()['events']} events of {len(events)}"


def _delivered(run: Run) -> Iterator[str]:
    """Whatever was sent has been received, but for what the receiver refused or would not have for five days."""
    deliveries = list(run.store.inner.deliveries())
    known = {one.key for one in deliveries}
    for decision in run.store.committed:
        if decision.outcome is Outcome.SENT and not decision.draft and key_of(decision) not in known:
            yield f"sent, and nothing is to be delivered: {key_of(decision)}"
    for one in deliveries:
        received = one.message_id in run.receiver.kept
        match one.state:
            case "sent" if not received:
                yield f"{one.message_id} is called sent and was never received"
            case "failed" if not refused(one) and not run.leavings.explains(one):
                yield f"{one.message_id} failed: {one.why}"
            case "dead" if run.store.given_up.get(one.message_id, PATIENCE) < PATIENCE:
                yield f"{one.message_id} was given up too early"
            case "ready" | "sending" | "deferred":
                yield f"{one.message_id} is still {one.state}"
            case _:
                pass


def _compared(run: Run, learners: list[str] | None) -> Iterator[str]:
    """The oracle decides the same for the sorted log, given when the engine could look."""
    world = run.world
    files = syntax_of(world.files)
    events = [one for _, one in run.arrived]
    everybody = {str(one["learner"]) for one in events if one.get("learner")}
    got: dict[str, list[str]] = {id_: [] for id_ in everybody}
    for decision in run.store.committed:
        if is_digest(decision):
            continue  # the oracle has none: see `digests.py`
        got[decision.learner].append(shown(plain(decision)))
    for id_, line in _waiting(run):
        got[id_].append(line)
    for learner in sorted(everybody if learners is None else everybody.intersection(learners)):
        own = [one for one in events if _concerns(one, learner)]
        told = decide(files, own, datetime_of(run.end), world.default_zone, run.noticing)
        expected = sorted(_line(one) for one in told if one["learner"] == learner)
        mine = sorted(got[learner])
        if expected != mine:
            more, less = Counter(mine) - Counter(expected), Counter(expected) - Counter(mine)
            yield from (f"oracle  {line}" for line in less.elements())
            yield from (f"engine  {line}" for line in more.elements())


def _concerns(event: dict[str, Any], learner: str) -> bool:
    """His own events, those for all, and who teaches: people share nothing else."""
    staff = event["kind"] == "unenrolment" or (event["kind"] == "enrolment" and event.get("role") in TUTOR_ROLES)
    return event.get("learner") in (None, learner) or staff


def _line(one: dict[str, Any]) -> str:
    if one["outcome"] != "pending":
        return shown(one)
    return _pending(
        one["rule"], one["course"], one["learner"], one["occurrence"], one["step"], one["repeat"], one["due"]
    )


def _waiting(run: Run) -> Iterator[tuple[str, str]]:
    plan = prepare(run.deployed[-1][2])
    store = run.store.inner
    for id_, stored in store.people(store.everybody()).items():
        for part in load_person(id_, stored.body, plan).courses.values():
            for name, progress in part.rules.items():
                for one in progress.waiting:
                    due = datetime_of(one.due.instant)
                    yield id_, _pending(name, part.course, id_, one.number, one.step + 1, one.repeat, due)


def _pending(rule: str, course: str, learner: str, number: int, step: int, repeat: int, due: object) -> str:
    return f"{due} {rule} {course} {learner} {number}.{step}.{repeat} waits"
