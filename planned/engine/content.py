"""What a text may show of its reader, the learner and the rule (section 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from planned.check.graph import (
    After,
    Atom,
    BeforeDate,
    Every,
    Expr,
    Guard,
    Kind,
    MessageText,
    Notify,
    OnDay,
    Trigger,
    Who,
)
from planned.engine.decision import Decision, Outcome, Reason, ReasonCode
from planned.engine.evaluate import View, findings
from planned.engine.event import Instant
from planned.engine.recipients import have_left, reachable
from planned.engine.render import RenderContext, Rendered, RenderError, render
from planned.engine.state import Participation, Person, State, Waiting
from planned.engine.why import Finding, reason, why

_FIELDS = ("firstname", "lastname", "fullname", "email", "city", "institution", "department", "language")


def attempt(view: View, now: Instant, write: Callable[[], Rendered]) -> Rendered | Reason:
    """What `write` makes, or why it cannot be made."""
    try:
        return write()
    except RenderError as error:
        return _reason(view, ReasonCode.RENDER, now, sentence=error.sentence(view.rule.context.language))


def reaching(state: State, view: View, sent: Decision) -> Decision:
    """The `sent` decision; `failed` where messages are really delivered and nobody is there to receive it, `suppressed`
    where all who are there have left its topic."""
    if sent.draft:
        return sent
    if not reachable(state, sent.to, sent.channel):
        failure = _reason(view, ReasonCode.NO_ADDRESS, sent.at, who=", ".join(sent.to))
        return replace(sent, outcome=Outcome.FAILED, reason=failure, subject=None, text=None, markup=None)
    if sent.topic and have_left(state, sent.to, sent.topic):
        left = _reason(view, ReasonCode.OPTED_OUT, sent.at, topic=sent.topic)
        return replace(sent, outcome=Outcome.SUPPRESSED, reason=left, subject=None, text=None, markup=None)
    return sent


def _reason(view: View, code: ReasonCode, now: Instant, **detail: object) -> Reason:
    return Reason(code, reason(code, language=view.rule.context.language, zone=view.zone, now=now, detail=detail))


def write(view: View, waiting: Waiting, now: Instant) -> Rendered:
    """The message for which an occurrence waits, for its reader. Raises RenderError."""
    send = view.rule.steps[waiting.step].send
    reader = view.person if send.to.kind == "learner" else None
    context = _context(view, waiting, now, reader, send.sender)
    return render(message_of(view, waiting), subject=send.subject, title=view.rule.title, context=context)


def message_of(view: View, waiting: Waiting) -> MessageText:
    """Of a list the n-th, by repetition or by firing (reading 13)."""
    step = view.rule.steps[waiting.step]
    place = waiting.repeat if step.repeat else waiting.nth - 1
    return step.send.messages[min(place, len(step.send.messages) - 1)]


def write_notice(view: View, waiting: Waiting, notice: Notify, reader: Person | None, now: Instant) -> Rendered:
    """A notice in its reader's language and zone. Raises RenderError."""
    context = _context(view, waiting, now, reader, Who(kind="noreply"))
    return render(notice.message, subject=notice.subject, title=view.rule.title, context=context)


def write_digest(
    view: View, notice: Notify, reader: Person, learners: Sequence[str], waiting: Waiting, now: Instant
) -> Rendered:
    """A daily digest over `learners`. Raises RenderError."""
    context = _context(view, waiting, now, reader, Who(kind="noreply"))
    people = view.state.people
    context.learners = [user_fields(people[id], view.part) for id in learners if id in people]
    return render(notice.message, subject=notice.subject, title=view.rule.title, context=context)


def user_fields(person: Person, part: Participation | None = None) -> Mapping[str, object]:
    """The `user` of a text; what nobody has given is empty."""
    profile = person.profile
    fields: dict[str, object] = {field: profile.get(field) or "" for field in _FIELDS}
    fields["id"] = person.id
    if not fields["fullname"]:
        fields["fullname"] = f"{fields['firstname']} {fields['lastname']}".strip()
    fields["groups"] = [name for name, flag in part.group.items() if flag.value] if part else []
    fields["profile"] = profile.get("profile") or {}
    return fields


def language_of(person: Person | None, default: str) -> str:
    return str((person and person.profile.get("language")) or default)


def _context(view: View, waiting: Waiting, now: Instant, reader: Person | None, sender: Who) -> RenderContext:
    rule, part = view.rule, view.part
    learner = reader is view.person
    language = language_of(reader, rule.context.language)
    zone = view.zone if learner or reader is None else _zone_of(view, reader)
    return RenderContext(
        user=user_fields(view.person, part),
        course={
            "id": part.course,
            "shortname": part.course,
            "fullname": rule.context.course_title or part.course,
            "url": "",
        },
        activities=_Activities(view),
        sender=sender_name(view.state, view.person, part.course, sender, rule.context.contacts),
        rule_name=rule.name,
        rule_title=rule.title,
        now=now,
        zone=zone,
        language=language,
        why=_why(
            view,
            waiting,
            now,
            language,
            zone,
            None if learner else str(view.person.profile.get("fullname") or view.person.id),
        ),
    )


def _zone_of(view: View, reader: Person) -> str:
    context = view.rule.context
    if context.zone_for_all and context.zone:
        return context.zone
    return reader.zone or context.zone or view.state.default_zone


class _Activities(Mapping[str, Mapping[str, Any]]):
    """The course's activities as a text may show them; made only for the texts that ask."""

    def __init__(self, view: View) -> None:
        self.declared = view.rule.context.activities
        self.grades = view.part.grade

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        source_id, title = self.declared[name]
        recorded = self.grades.get(source_id)
        return {"title": title, "url": "", "grade": recorded[0] if recorded else None}

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)


def sender_name(state: State, learner: Person, course: str, sender: Who, contacts: Mapping[str, str]) -> str:
    """What a reader sees as the sender; empty for notifications."""
    if sender.kind == "contact":
        return contacts.get(sender.name, sender.name)
    if sender.kind == "tutor":
        tutor = state.people.get(next(state.tutors(learner, course), ""))
        return str(user_fields(tutor)["fullname"]) if tutor else ""
    return ""


def _pulls(trigger: Trigger) -> tuple[Expr, ...]:
    """The facts that a trigger hangs on."""
    match trigger:
        case After(what=what):
            return (what,)
        case Every(since=since):
            return (since,) if since else ()
        case BeforeDate(date=date):
            return (Atom(kind=Kind.DATE_OVER, date=date),)
        case OnDay():
            return ()


def _why(
    view: View, waiting: Waiting, now: Instant, language: str, zone: str, learner: str | None
) -> Callable[[], str]:
    def said() -> str:
        found, guards = read(view, waiting.step, now)
        return why(view.rule, found, guards, waiting.anchor, language=language, zone=zone, learner=learner)

    return said


def read(view: View, step: int, now: Instant) -> tuple[list[Finding], list[tuple[Guard, list[Finding]]]]:
    """What `why` tells of a message: the facts of the trigger, and those of the guards of its step (from 0)."""
    found = [finding for expr in _pulls(view.rule.trigger) for finding in findings(expr, view, now)]
    return found, [(guard, findings(guard.condition, view, now)) for guard in view.rule.steps[step].guards]
