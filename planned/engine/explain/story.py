"""The storyboard of a rule: imagined learners, what each does on which day, what leaves when, what does not and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planned.check.graph import After, CourseDate, Graph, Quiet, Rule
from planned.check.index import index
from planned.diagnostics import Language
from planned.engine.calendar import free, instant_of, wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.demands import depends_on
from planned.engine.event import Event, Instant
from planned.engine.explain.facts import Voice
from planned.engine.imagined import Imagined, Shown, imagine
from planned.engine.simulate import simulate

LATE = timedelta(days=10)
"""How much later than the first learner the late one does it."""
LATE_NAME, IDLE_NAME = "Emma", "Félix"
_SHOWN = 12
"""Decisions of one learner that are told: an `every` goes on and on."""


@dataclass(frozen=True, slots=True)
class Story:
    """One imagined learner: `title` says what he shows. `shows` is a word of `Shown`, `late` or `idle`."""

    learner: str
    shows: str
    title: str
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    held: tuple[tuple[Instant, Instant], ...] = ()
    """When quiet times held a message back, and until when."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a story, at an instant; `decision` None: something that the learner or the platform does."""

    at: Instant
    text: str
    decision: Decision | None = None


def speaking(all_rules: Graph, language: Language) -> Graph:
    """The same rules, with reasons in that language."""
    rules = tuple(replace(rule, context=replace(rule.context, language=language)) for rule in all_rules.rules)
    return Graph(rules=rules, unscoped=all_rules.unscoped, index=index(rules))


def stories(all_rules: Graph, voice: Voice, start: date, default_zone: str = "UTC") -> tuple[Story, ...]:
    """One who does what starts the rule, one who does it late, one who does not, and one for each guard and end.

    Empty where nothing was found after which the rule sends. `start`: the day on which they enrol.
    """
    rule = voice.rule
    found = imagine(all_rules, rule, start, default_zone)
    if not found:
        return ()
    first = found[0]
    told = [_story(voice, first)]
    if isinstance(rule.trigger, After):
        others = (make(all_rules, voice, first, default_zone) for make in (_late, _idle))
        told += [one for one in others if one is not None]
    told += [_story(voice, one) for one in found[1:]]
    told = [replace(one, held=_held(all_rules, rule, one, default_zone)) for one in told]
    return tuple(one for one in told if one.shows != Shown.POSTPONED or not told[0].held)


def moments(voice: Voice, story: Story) -> Iterator[Moment]:
    """What happens, in order of time; in one instant what is done before what leaves."""
    lines = [Moment(event.time, text) for event in story.events if (text := _event(voice, event))]
    zone = voice.rule.context.zone or "UTC"
    lines += [Moment(at, voice.say("story.held", moment=voice.moment(until, zone))) for at, until in story.held]
    lines += [Moment(one.at, _decision(voice, one), one) for one in story.decisions[:_SHOWN]]
    yield from sorted(lines, key=lambda line: (line.at, line.decision is not None))
    if len(story.decisions) > _SHOWN:
        yield Moment(story.decisions[_SHOWN].at, voice.say("story.more"), story.decisions[_SHOWN])
    if not story.decisions:
        yield Moment(story.events[-1].time, voice.say("story.nothing"))


def _story(voice: Voice, one: Imagined) -> Story:
    said = {"name": one.learner, "guard": ""}
    if one.shows is Shown.SUPPRESSED:
        said["guard"] = voice.quoted(one.clue.guards[-1].text)
    return Story(one.learner, one.shows.value, voice.say(f"story.{one.shows}", **said), one.events, one.decisions)


def _late(all_rules: Graph, voice: Voice, first: Imagined, default_zone: str) -> Story | None:
    """The first learner's history, with all that comes after the enrolment ten days later; None if nothing does."""
    zone = first.clue.zone
    enrolled = next(event.time for event in first.events if event.kind == "enrolment")
    moved = []
    for event in first.events:
        later = event.time
        if event.time > enrolled and event.kind != "date":
            later = instant_of(wall_of(event.time, zone) + LATE, zone)
        moved.append(_named(replace(event, time=later), LATE_NAME))
    decisions = _play(all_rules, voice.rule, moved, default_zone)
    same = [one.time for one in moved] == [one.time for one in first.events]
    if same or not any(one.outcome is Outcome.SENT for one in decisions):
        return None
    title = voice.say("story.late", name=LATE_NAME)
    return Story(LATE_NAME, "late", title, tuple(sorted(moved, key=lambda one: one.time)), decisions)


def _idle(all_rules: Graph, voice: Voice, first: Imagined, default_zone: str) -> Story | None:
    """One who enrols and does nothing; None if the rule sends all the same."""
    events = [_named(event, IDLE_NAME) for event in first.events if event.kind in ("profile", "enrolment", "date")]
    decisions = _play(all_rules, voice.rule, events, default_zone)
    if decisions:
        return None
    return Story(IDLE_NAME, "idle", voice.say("story.idle", name=IDLE_NAME), tuple(events), ())


def _held(all_rules: Graph, rule: Rule, story: Story, default_zone: str) -> tuple[tuple[Instant, Instant], ...]:
    """By comparison with the same history without quiet times."""
    quiet = rule.context.quiet
    if quiet == Quiet():
        return ()
    loud = replace(rule, context=replace(rule.context, quiet=Quiet()))
    sooner = {_key(one): one.at for one in _play(all_rules, loud, list(story.events), default_zone)}
    sent = (one for one in story.decisions if one.outcome is Outcome.SENT and not one.notice)
    pairs = ((sooner.get(_key(one), one.at), one) for one in sent)
    return tuple((at, one.at) for at, one in pairs if (moved := free(at, quiet, one.zone)) and moved.instant == one.at)


def _key(one: Decision) -> tuple[int, int, int, int]:
    return (one.occurrence, one.step, one.repeat, one.notice)


def _named(event: Event, name: str) -> Event:
    fields = dict(event.fields)
    if event.kind == "profile":
        fields["user"] = {**fields["user"], "id": name, "firstname": name}
    return replace(event, id=event.id.replace(event.learner or "", name), learner=name, fields=fields)


def _play(all_rules: Graph, rule: Rule, events: list[Event], default_zone: str) -> tuple[Decision, ...]:
    mine = replace(rule, mode="running")
    others = [replace(one, mode="running") for one in depends_on(all_rules, rule) if one.order != rule.order]
    rules = tuple(sorted([*others, mine], key=lambda one: one.order))
    ordered = sorted(events, key=lambda one: one.time)
    decided = simulate(Graph(rules=rules, index=index(rules)), ordered, default_zone=default_zone)
    return tuple(one for one in decided if one.rule == rule.name)


# --- in words ---------------------------------------------------------------------------------------------


def _event(voice: Voice, event: Event) -> str:
    """What an event is in words; nothing for a profile, which says who it is."""
    fields = event.fields
    titles = dict(voice.rule.context.activities.values())
    activity = fields.get("activity")
    said = {"name": event.learner, "x": voice.quoted(titles.get(activity, activity)) if activity else ""}
    match event.kind:
        case "profile":
            return ""
        case "enrolment" | "access" | "submission" | "viewing" as kind:
            return voice.say(f"event.{kind}", **said)
        case "completion":
            return voice.say(f"event.{'' if activity else 'course.'}{fields['state']}", **said)
        case "grade":
            grade = voice.number(fields["grade"])
            most = voice.number(fields["max"]) if fields.get("max") else ""
            return voice.say("event.grade", grade=f"{grade}/{most}" if most else grade, **said)
        case "group":
            group = voice.quoted(voice.groups.get(fields["group"], fields["group"]))
            return voice.say("event.joins" if fields["member"] else "event.leaves", group=group, **said)
        case "date":
            day = voice.date(CourseDate(what=fields["what"], activity=activity))
            if fields["at"] is None:
                return voice.say("event.date.removed", date=day)
            zone = voice.rule.context.zone or "UTC"
            return voice.say("event.date", date=day, moment=voice.moment(fields["at"], zone))
        case kind:
            return voice.say("event.other", kind=voice.quoted(kind), **said)


def _decision(voice: Voice, one: Decision) -> str:
    if one.notice:
        return voice.say("story.notice", text=(one.text or one.subject or "").partition("\n")[0])
    if one.outcome is Outcome.SENT:
        return voice.say("story.goes", text=one.subject or "")
    reason = one.reason.text if one.reason else ""
    return voice.say(f"story.not.{one.outcome}", reason=reason)
