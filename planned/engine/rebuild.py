"""A person recomputed from his whole history, when news came late or the rules have changed.

What a person's state is, is a function of the rules, the events and what was decided already. So a late event is not
patched in: the history is run again with it, and what is committed stays. To start nothing in the past that was
not due to start, the history is run without the news first: an occurrence begins only if it is known already or if
the news makes the difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planned.check.graph import BeforeDate, Every, Rule
from planned.engine.calendar import DAY, MICROSECOND
from planned.engine.decide import proceed
from planned.engine.decision import Decision, Outcome, Reason, ReasonCode
from planned.engine.event import Event, Instant
from planned.engine.facts import apply_general_date
from planned.engine.occurrences import cancel
from planned.engine.plan import Plan
from planned.engine.scene import Scene
from planned.engine.state import CourseFacts, Parked, Person, Progress, State, Waiting
from planned.engine.state_json import set_timers
from planned.engine.step import event as step_event
from planned.engine.step import pass_time
from planned.engine.triggers import react
from planned.engine.why import reason

PARKED_FOR = 30 * DAY // MICROSECOND

Start = tuple[str, str, Instant]
"""Rule, course and anchor of an occurrence."""
Key = tuple[str, str, int, str, int]
"""Rule, course, occurrence, step id and repetition of a message."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Input of `rebuild`: all events of a person and all dates for all in his courses, and what was decided already.

    `news` has the ids of the events that the state at hand does not know; none after a change of rules.
    """

    person: str
    events: Sequence[Event]
    committed: Sequence[Decision]
    news: Collection[str] = ()


def rebuild(plan: Plan, state: State, input: Rebuild, now: Instant) -> list[Decision]:
    """Recompute the person; returns the cancellations that the news brings. What is due waits for a Tick."""
    before = state.people.get(input.person)
    committed = _Committed(plan, input.committed)
    past = _Past(committed, _enrolments(input.events, state.learner_roles), now)
    known = {(one.rule, one.course, one.anchor) for one in committed.messages.values()}
    known |= {_start_of(plan, waiting) for waiting in _waiting(before)}
    known |= {_parked_start(plan, one) for one in before.parked} if before else set()
    if not input.news and before is not None:
        past.keep_numbers(plan, before)
    if input.news:
        # Only as far as the state has come: what time brings after that has had no chance to start yet.
        horizon = before.horizon if before else 0
        without = [event for event in input.events if event.id not in input.news and event.time <= horizon]
        _run(plan, state, replace(input, events=without), past, horizon)
        past.refused = past.started - known
    past.known = known
    scene = _run(plan, state, input, past, now + 1)
    person = scene.person
    state.people[person.id] = person
    state.touched.add(person.id)
    person.horizon = max(person.horizon, before.horizon if before else 0)
    fresh = [one for one in scene.out if committed.key(one) not in committed.messages]
    past.pass_numbers(plan, person)
    if before is not None:
        _drop_finished(plan, before, person, committed)
        person.digests = before.digests
        person.sent = before.sent
        _keep_postponed(before, person, plan)
        fresh += _parked(plan, before, person, fresh, now, edited=not input.news)
    return fresh


def _waiting(person: Person | None) -> Iterable[Waiting]:
    for part in person.courses.values() if person else ():
        for progress in part.rules.values():
            yield from progress.waiting


def _parked_start(plan: Plan, parked: Parked) -> Start:
    one = parked.decision
    return (_renamed(plan, one.course).get(one.rule, one.rule), one.course, one.anchor)


def _drop_finished(plan: Plan, before: Person, after: Person, committed: _Committed) -> None:
    """What was decided and waited no more has passed every place: a step appended since does not concern it."""
    alive = {_occurrence(plan, waiting) for waiting in _waiting(before)}
    alive |= {(*_parked_start(plan, one)[:2], one.decision.occurrence) for one in before.parked}
    decided = {(one.rule, one.course, one.occurrence) for one in committed.messages.values()}
    for part in after.courses.values():
        for name, progress in part.rules.items():
            for waiting in list(progress.waiting):
                mine = (name, part.course, waiting.number)
                if mine in decided and mine not in alive:
                    waiting.over = True
                    progress.waiting.remove(waiting)


def _occurrence(plan: Plan, waiting: Waiting) -> tuple[str, str, int]:
    return (*_start_of(plan, waiting)[:2], waiting.number)


def _enrolments(events: Iterable[Event], roles: Collection[str]) -> Mapping[str, Sequence[Instant]]:
    """When he was enrolled anew, by course."""
    times: dict[str, list[Instant]] = {}
    left: set[str] = set()
    for event in events:
        course = event.course or ""
        if event.kind == "unenrolment":
            left.add(course)
        elif event.kind == "enrolment" and course in left and event.fields.get("role") in (None, *roles):
            left.discard(course)
            times.setdefault(course, []).append(event.time)
    return times


def _keep_postponed(before: Person, after: Person, plan: Plan) -> None:
    """What quiet times and limits have postponed stays where it is: that is no lateness."""
    moved = {_message(one): one for one in _waiting(before) if one.postponed}
    for waiting in _waiting(after):
        was = moved.get(_message(waiting))
        if was is not None and was.unpostponed.instant == waiting.due.instant:
            waiting.due, waiting.limited = was.due, was.limited
    set_timers(after, plan)


def _message(waiting: Waiting) -> tuple[str, str, Instant, int, int]:
    return (waiting.rule, waiting.course, waiting.anchor, waiting.step, waiting.repeat)


def _start_of(plan: Plan, waiting: Waiting) -> Start:
    return (_renamed(plan, waiting.course).get(waiting.rule, waiting.rule), waiting.course, waiting.anchor)


def _renamed(plan: Plan, course: str) -> Mapping[str, str]:
    return {rule.was: rule.name for rule in plan.course(course).rules.values() if rule.was}


class _Committed:
    """What was decided already, by message; under a rule's present name if it was renamed."""

    def __init__(self, plan: Plan, decisions: Sequence[Decision]) -> None:
        self.plan = plan
        self.messages: dict[Key, Decision] = {}
        for one in decisions:
            if not one.notice:
                name = _renamed(plan, one.course).get(one.rule, one.rule)
                self.messages[name, one.course, one.occurrence, one.step_id, one.repeat] = replace(one, rule=name)

    def key(self, one: Decision) -> Key:
        return (one.rule, one.course, one.occurrence, one.step_id, one.repeat)


@dataclass(slots=True)
class _Past:
    """The history as `Scene.history`: which occurrences may start, as which, and which steps are behind them."""

    committed: _Committed
    enrolments: Mapping[str, Sequence[Instant]]
    now: Instant
    known: set[Start] | None = None
    refused: set[Start] | None = None
    started: set[Start] = field(default_factory=set)
    numbers: dict[Start, int] = field(default_factory=dict)
    latest: dict[tuple[str, str], int] = field(default_factory=dict)
    anchors: dict[tuple[str, str], list[Instant]] = field(default_factory=dict)
    had: dict[tuple[str, str], list[Instant]] = field(default_factory=dict)
    """By rule and course: the anchors of the occurrences of which something was decided that counts (4.1)."""

    def __post_init__(self) -> None:
        for one in self.committed.messages.values():
            rule = (one.rule, one.course)
            self.numbers[one.rule, one.course, one.anchor] = one.occurrence
            self.latest[rule] = max(self.latest.get(rule, 0), one.occurrence)
            code = one.reason.code if one.reason else None
            if code is not ReasonCode.UNDONE:
                self.anchors.setdefault(rule, []).append(one.anchor)
            if code not in (ReasonCode.UNDONE, ReasonCode.RULE_CHANGED):
                self.had.setdefault(rule, []).append(one.anchor)

    def keep_numbers(self, plan: Plan, before: Person) -> None:
        """After an edit what waits keeps its number, and no number is used again."""
        for waiting in _waiting(before):
            self.numbers.setdefault(_start_of(plan, waiting), waiting.number)
        for parked in before.parked:
            self.numbers.setdefault(_parked_start(plan, parked), parked.decision.occurrence)
        for part in before.courses.values():
            names = _renamed(plan, part.course)
            for name, progress in part.rules.items():
                rule = (names.get(name, name), part.course)
                self.latest[rule] = max(self.latest.get(rule, 0), progress.number)

    def pass_numbers(self, plan: Plan, after: Person) -> None:
        """The numbers used so far stay used, though the occurrence may be gone."""
        for (rule, course), latest in self.latest.items():
            if course in after.courses and rule in plan.course(course).rules:
                progress = after.courses[course].rules.setdefault(rule, Progress())
                progress.number = max(progress.number, latest)
                progress.taken |= self._has_had(plan.course(course).rules[rule], course, self.now)

    def anchor(self, rule: Rule, course: str, anchor: Instant) -> Instant:
        """Where there is one occurrence, and it was decided, a start that comes to light earlier is that one."""
        if rule.again != "once" or (rule.name, course, anchor) in self.numbers:
            return anchor
        later = [one for one in self.anchors.get((rule.name, course), ()) if one > anchor]
        if not later or self._apart(course, anchor, min(later)):
            return anchor
        return min(later)

    def _apart(self, course: str, one: Instant, other: Instant) -> bool:
        """Whether he was enrolled anew in between."""
        return any(min(one, other) < enrolled <= max(one, other) for enrolled in self.enrolments.get(course, ()))

    def _has_had(self, rule: Rule, course: str, at: Instant) -> bool:
        """Whether there is one occurrence in an enrolment, and the one of that time was decided."""
        if rule.again != "once" or isinstance(rule.trigger, Every):
            return False
        return any(not self._apart(course, anchor, at) for anchor in self.had.get((rule.name, course), ()))

    def may_start(self, rule: Rule, course: str, anchor: Instant) -> bool | None:
        start = (rule.name, course, anchor)
        if self.known is None:
            self.started.add(start)
            return None
        if start in self.known:
            return True
        if self._has_had(rule, course, anchor):
            return False
        if self.refused is not None:
            return False if start in self.refused else None
        # An edit starts nothing in the past; what counts to a date still ahead is for the rule to say.
        return None if isinstance(rule.trigger, BeforeDate) and anchor > self.now else False

    def number(self, rule: Rule, course: str, anchor: Instant, latest: int) -> int:
        known = self.numbers.get((rule.name, course, anchor))
        return known if known is not None else max(latest, self.latest.get((rule.name, course), 0)) + 1

    def passed(self, rule: Rule, waiting: Waiting) -> bool:
        """A step inserted before one that was decided already concerns only those who have not passed its place."""
        decided = {key[3] for key in self.committed.messages if key[:3] == (rule.name, waiting.course, waiting.number)}
        if not decided or rule.steps[waiting.step].id in decided:
            return False
        return any(step.id in decided for step in rule.steps[waiting.step + 1 :])


def _run(plan: Plan, state: State, input: Rebuild, past: _Past, until: Instant) -> Scene:
    """Run a history from nothing up to `until` (excluded), with dates for all as they were known at each time."""
    ids = {event.course for event in input.events if event.course is not None}
    known = [facts for id in ids if (facts := state.courses.get(id)) is not None]
    courses = {facts.id: CourseFacts(facts.id, {}, facts.members, facts.staff) for facts in known}
    person = Person(input.person)
    replayed = State(
        people={person.id: person},
        courses=courses,
        since=state.since,
        default_zone=state.default_zone,
        learner_roles=state.learner_roles,
        tutor_roles=state.tutor_roles,
        reach=state.reach,
    )
    scene = Scene(plan, replayed, person, history=past)
    moments: list[tuple[Instant, int, int, Event | Decision]] = []
    moments += [(event.time, 0, place, event) for place, event in enumerate(input.events)]
    moments += [(one.at, 1, place, one) for place, one in enumerate(past.committed.messages.values())]
    for _, _, _, moment in sorted(moments, key=lambda item: item[:3]):
        if isinstance(moment, Decision):
            pass_time(scene, moment.at + 1)
            _apply(scene, moment)
        elif moment.learner is None:
            _general_date(scene, moment)
        else:
            step_event(scene, moment)
    pass_time(scene, until)
    for facts in courses.values():
        state.course(facts.id).dates.update(facts.dates)
        state.courses[facts.id].members[person.id] = True
    return scene


def _general_date(scene: Scene, event: Event) -> None:
    key = apply_general_date(scene.state, event)
    part = scene.person.courses.get(event.course or "")
    if part is not None:
        pass_time(scene, event.time)
        scene.early = True
        react(scene, part, (key,), (), event.time)
        scene.early = False


def _apply(scene: Scene, decided: Decision) -> None:
    """Let a committed decision take its place in the history, with all that followed from it."""
    part = scene.person.courses.get(decided.course)
    rule = scene.plan.course(decided.course).rules.get(decided.rule)
    if part is None or rule is None:
        return
    progress = scene.progress(part, rule)
    progress.number = max(progress.number, decided.occurrence)
    for waiting in list(progress.waiting):
        if waiting.number != decided.occurrence:
            continue
        view = scene.view(part, rule)
        place = next((i for i, step in enumerate(rule.steps) if step.id == decided.step_id), None)
        if decided.outcome is Outcome.CANCELLED:
            reason_code = decided.reason.code if decided.reason else ReasonCode.UNDONE
            cancel(scene, view, progress, waiting, reason_code, decided.at)
        elif place is not None and place >= waiting.step:
            waiting.step, waiting.repeat = place, decided.repeat
            waiting.due = (
                replace(waiting.due, instant=decided.due) if waiting.due.instant != decided.due else waiting.due
            )
            proceed(scene, view, progress, waiting, decided.outcome, decided.at)


def _parked(
    plan: Plan, before: Person, after: Person, fresh: Sequence[Decision], now: Instant, *, edited: bool
) -> list[Decision]:
    """Section 4.10: what no longer matches is cancelled; what waits for a rule that is gone is parked for 30 days.

    What the history has ended, as `fresh` says, has its line: who left while his rule was gone is cancelled once.
    """
    there = {(one.rule, one.course, one.number) for one in _waiting(after)}
    there |= {(one.rule, one.course, one.occurrence) for one in fresh}
    out = []
    for parked in before.parked:
        name, course, _ = _parked_start(plan, parked)
        if name not in plan.course(course).rules:
            after.parked.append(parked)
        elif (name, course, parked.decision.occurrence) not in there:
            out.append(replace(parked.decision, rule=name, at=now))
    if not edited:
        return out
    for waiting in _waiting(before):
        if _occurrence(plan, waiting) in there:
            continue
        rule = plan.course(waiting.course).rules.get(_start_of(plan, waiting)[0])
        gone = _cancelled(waiting, before, rule, now)
        if rule is None:
            after.parked.append(Parked(replace(gone, at=now + PARKED_FOR)))
        else:
            out.append(gone)
    return out


def _cancelled(waiting: Waiting, person: Person, rule: Rule | None, now: Instant) -> Decision:
    language = rule.context.language if rule else "en"
    zone = person.zone or (rule.context.zone if rule else None) or "UTC"
    detail = {"deleted": rule is None}
    text = reason(ReasonCode.RULE_CHANGED, language=language, zone=zone, now=now, detail=detail)
    step = rule.steps[min(waiting.step, len(rule.steps) - 1)] if rule else None
    return Decision(
        at=now,
        rule=rule.name if rule else waiting.rule,
        course=waiting.course,
        learner=person.id,
        occurrence=waiting.number,
        step=waiting.step + 1,
        repeat=waiting.repeat,
        outcome=Outcome.CANCELLED,
        reason=Reason(ReasonCode.RULE_CHANGED, text),
        to=(person.id,),
        sender="noreply",
        channel="email",
        subject=None,
        text=None,
        markup=None,
        anchor=waiting.anchor,
        due=waiting.due.instant,
        because=tuple(id for _, id in waiting.because),
        guards=(),
        source=rule.source if rule else "",
        revision=rule.revision if rule else "",
        zone=zone,
        step_id=step.id if step else str(waiting.step + 1),
    )
