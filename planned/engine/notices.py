"""Notices about a first message: own messages to others, at once or gathered into a daily digest (section 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from planned.check.graph import Notify
from planned.engine.calendar import first_at
from planned.engine.content import attempt, reaching, write_digest, write_notice
from planned.engine.decision import Decision, Outcome, Reason
from planned.engine.evaluate import View
from planned.engine.event import Instant
from planned.engine.recipients import recipients
from planned.engine.render import Rendered
from planned.engine.scene import Scene
from planned.engine.state import Digest, Person, Stamp, Waiting


def notify(scene: Scene, view: View, waiting: Waiting, sent: Decision, now: Instant) -> None:
    """The notices of a step, about the decision `sent`; their failure does not touch it."""
    for place, notice in enumerate(view.rule.steps[waiting.step].notices, 1):
        readers = recipients(scene.state, view.person, view.part.course, notice.who)
        if notice.daily_at is not None:
            for reader in readers:
                _gather(scene, view, waiting, notice, place, reader, now)
            continue
        person = scene.state.people.get(readers[0])
        about = replace(sent, to=readers, sender="noreply", channel=notice.channel, notice=place)
        found = attempt(view, now, partial(write_notice, view, waiting, notice, person, now))
        scene.out.append(_made(scene, view, about, found))


def _made(scene: Scene, view: View, about: Decision, found: Rendered | Reason) -> Decision:
    if isinstance(found, Reason):
        return replace(about, outcome=Outcome.FAILED, reason=found, subject=None, text=None, markup=None)
    full = replace(about, subject=found.subject, text=found.text, markup=found.markup)
    return reaching(scene.state, view, full)


# --- digests ----------------------------------------------------------------------------------------


def _gather(scene: Scene, view: View, waiting: Waiting, notice: Notify, place: int, reader: str, now: Instant) -> None:
    """Put the learner into the reader's digest of the day, which leaves at `daily at` in the reader's zone.

    What goes at that very time is in the next one: others are decided then whom it would have to wait for.
    """
    assert notice.daily_at is not None
    # A word such as `tutor` stands for somebody whom nobody has named: one such reader in each course.
    known = reader if reader in scene.state.people or ":" in reader else f"{reader}:{view.part.course}"
    person = scene.state.person(known)
    zone = person.zone or view.rule.context.zone or scene.state.default_zone
    due = first_at(now + 1, notice.daily_at, zone)
    entry = {"learner": view.person.id, "occurrence": waiting.number, "repeat": waiting.repeat}
    entry |= {"anchor": waiting.anchor, "because": list(waiting.because)}
    for digest in person.digests:
        mine = (digest.rule, digest.course, digest.step, digest.notice, digest.due.instant)
        if mine == (view.rule.name, view.part.course, waiting.step, place, due.instant):
            digest.entries.append(entry)
            return
    person.digests.append(Digest(view.rule.name, view.part.course, waiting.step, place, due, [entry]))


def send_digests(scene: Scene, now: Instant) -> None:
    """Send those digests of the person that are due by `now`."""
    reader = scene.person
    due = [digest for digest in reader.digests if digest.due.instant <= now]
    if not due:
        return
    reader.digests = [digest for digest in reader.digests if digest.due.instant > now]
    for digest in sorted(due, key=lambda digest: digest.due.instant):
        rule = scene.plan.course(digest.course).rules.get(digest.rule)
        if rule is not None and digest.step < len(rule.steps):
            notices = rule.steps[digest.step].notices
            if digest.notice <= len(notices):
                scene.out.append(_digest(scene, reader, digest, notices[digest.notice - 1], now))


def _stamps(entry: Mapping[str, Any]) -> tuple[Stamp, ...]:
    return tuple((when, id) for when, id in entry["because"])


def _digest(scene: Scene, reader: Person, digest: Digest, notice: Notify, now: Instant) -> Decision:
    first = digest.entries[0]
    rule = scene.plan.course(digest.course).rules[digest.rule]
    learner = scene.state.person(first["learner"])
    about_first = Scene(scene.plan, scene.state, learner)
    view = about_first.view(about_first.part(digest.course), rule)
    waiting = Waiting(rule.name, digest.course, first["occurrence"], first["anchor"], _stamps(first))
    waiting.step = digest.step
    learners: Sequence[str] = list(dict.fromkeys(entry["learner"] for entry in digest.entries))
    word = reader.id.removesuffix(f":{digest.course}")
    about = Decision(
        at=now,
        rule=rule.name,
        course=digest.course,
        learner=learner.id,
        occurrence=first["occurrence"],
        step=digest.step + 1,
        repeat=first["repeat"],
        outcome=Outcome.SENT,
        reason=None,
        to=(word,),
        sender="noreply",
        channel=notice.channel,
        subject=None,
        text=None,
        markup=None,
        anchor=first["anchor"],
        due=digest.due.instant,
        because=tuple(id for _, id in _stamps(first)),
        guards=(),
        source=rule.source,
        revision=rule.revision,
        zone=view.zone,
        notice=digest.notice,
        draft=rule.mode == "draft",
        topic=rule.topic,
        step_id=f"{rule.steps[digest.step].id}@{reader.id}",
    )
    found = attempt(view, now, lambda: write_digest(view, notice, reader, learners, waiting, now))
    return _made(scene, view, about, found)
