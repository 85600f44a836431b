"""What each clause of a rule means, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import assert_never

from planned.check import graph
from planned.check.graph import HAPPENINGS, All, Any, Atom, Kind, Not, Step, atoms_of
from planned.engine.calendar import is_elapsed
from planned.engine.decide import LATENESS
from planned.engine.explain import words_en
from planned.engine.explain.facts import IS, TURNS, Voice
from planned.syntax.ast import Duration, Unit

_SHOWN = 3
"""Distances of a series that are said before "and so on"."""
_SHORT = 14
"""Days up to which the range of a wait with a time of day is worth saying."""
_MINUTES = {Unit.WEEK: 7 * 24 * 60, Unit.DAY: 24 * 60, Unit.HOUR: 60, Unit.MINUTE: 1}
_ELAPSED = (Unit.HOUR, Unit.MINUTE)


# --- triggers -------------------------------------------------------------------------------------------


def trigger(voice: Voice) -> Iterator[str]:
    """What starts the rule, how often, and what undoes it."""
    start = voice.rule.trigger
    match start:
        case graph.After(what=what):
            yield from _after(voice, what)
        case graph.Every():
            yield from _every(voice, start)
        case graph.OnDay(day=day, at=at):
            yield voice.say("on", day=voice.full_day(day), time=voice.time(at))
        case graph.BeforeDate():
            yield from _before(voice, start)
        case _:
            assert_never(start)


def _after(voice: Voice, what: graph.Expr) -> Iterator[str]:
    match what:
        case Atom():
            yield voice.say("after", what=voice.fact(what, TURNS))
        case All():
            yield voice.say("after.all", what=voice.expr(what, "that"))
        case Any(items) if all(isinstance(item, Atom) for item in items):
            yield voice.say("after", what=voice.list([voice.fact(atom, TURNS) for atom in atoms_of(what)], "or"))
        case _:
            yield voice.say("after.all", what=voice.expr(what, "that"))
    if voice.rule.again == "once":
        yield voice.say("after.once")
    if any(step.wait is not None for step in voice.rule.steps) and can_be_undone(what):
        how = [voice.set(voice.words.UNDONE[atom.kind]).format_map(voice.values(atom)) for atom in _undoable(what)]
        if how:
            yield voice.say("after.undone", how=voice.list(list(dict.fromkeys(how)), "or"))


def can_be_undone(what: graph.Expr) -> bool:
    """Whether a trigger that is true may turn false again: happenings stay true."""
    match what:
        case Atom(kind=kind):
            return kind not in HAPPENINGS and kind is not Kind.RULE_COMPLETE
        case Not():
            return True
        case All(items):
            return any(can_be_undone(item) for item in items)
        case Any(items):
            return all(can_be_undone(item) for item in items)


def _undoable(what: graph.Expr) -> Iterator[Atom]:
    """The facts whose undoing undoes it; what a `not` keeps out is not listed."""
    match what:
        case Atom(kind=kind):
            if kind in words_en.UNDONE:
                yield what
        case All(items) | Any(items):
            for item in items:
                yield from _undoable(item)
        case Not():
            return


def _every(voice: Voice, every: graph.Every) -> Iterator[str]:
    yield voice.say("every", rhythm=_rhythm(voice, every), time=voice.time(every.at))
    base = voice.say("base.enrolment" if every.since is None else "base.fact")
    if every.since is not None:
        state = every.since.kind not in HAPPENINGS
        yield voice.say("every.since" if state else "every.since.happening", what=voice.fact(every.since, IS))
    if every.weekdays:
        yield voice.say("every.weekdays", base=base)
    else:
        yield voice.say("every.periods", base=base, span=voice.span(_period(every)))
        if every.unit == "month":
            yield voice.say("every.month")
    if every.until is not None:
        yield voice.say("every.until", what=voice.fact(every.until, IS))


def _period(every: graph.Every) -> Duration:
    return Duration(parts=((every.number, Unit.MONTH if every.unit == "month" else Unit.WEEK),))


def _rhythm(voice: Voice, every: graph.Every) -> str:
    if len(every.weekdays) == 7:
        return voice.say("rhythm.day")
    if every.weekdays:
        return voice.say("rhythm.weekdays", days=voice.days(every.weekdays))
    span = voice.span(_period(every))
    if every.number == 1:
        return voice.say("rhythm.one", span=span.removeprefix("1 "))
    return voice.say("rhythm.weeks" if every.unit == "week" else "rhythm.periods", span=span)


def _before(voice: Voice, before: graph.BeforeDate) -> Iterator[str]:
    date = voice.date(before.date, _declared_title(voice, before.date))
    time = voice.time(before.at) if before.at else ""
    if before.lead is None:
        yield voice.say("before.day", date=date, time=time)
    else:
        name = "before" if before.at is None else "before.at"
        yield voice.say(name, span=voice.span(before.lead), date=date, time=time)
        yield from _units(voice, before.lead)
    if not before.date.declared:
        yield voice.say("before.moves")


def _declared_title(voice: Voice, date: graph.CourseDate) -> str:
    """The title of a declared date is not in the graph's trigger; its name is what the author wrote."""
    return "" if date.what == "deadline" else date.what


def trigger_notes(voice: Voice) -> Iterator[str]:
    """What else one has to know of the facts in a trigger."""
    match voice.rule.trigger:
        case graph.After(what=what):
            yield from voice.notes(what)
        case graph.Every(since=since, until=until):
            for fact in (since, until):
                if fact is not None:
                    yield from voice.notes(fact)
        case graph.BeforeDate(date=date):
            yield from voice.date_notes(date)
        case graph.OnDay():
            return


# --- waits ----------------------------------------------------------------------------------------------


def wait(voice: Voice, place: int) -> Iterator[str]:
    """When the message of a step (from 1) is due."""
    step = voice.rule.steps[place - 1]
    after = voice.say("from.start" if place == 1 else "from.step")
    match step.wait:
        case None:
            yield voice.say("wait.none" if place == 1 else "wait.none.then")
        case graph.WaitFor():
            yield from _wait_for(voice, step.wait, after, any_time=place == 1 and _starts_any_time(voice.rule.trigger))
        case graph.WaitUntil(weekday=int(weekday), at=at):
            day = voice.days(frozenset({weekday}))
            yield voice.say("wait.weekday", days=day, time=voice.time(at), after=after)
        case graph.WaitUntil(day=day, at=at):
            assert day is not None
            yield voice.say("wait.date", day=voice.full_day(day), time=voice.time(at))
            allowed = voice.rule.expires_after or voice.rule.context.lateness or LATENESS
            yield voice.say("wait.date.late", span=voice.span(allowed))
        case graph.WaitUpTo(duration=length, fact=fact):
            yield voice.say("wait.up_to", what=voice.fact(fact, IS), span=voice.span(length), after=after)
            happening = fact.kind in HAPPENINGS
            yield voice.say("wait.up_to.happening" if happening else "wait.up_to.state")
        case _:
            assert_never(step.wait)


def _starts_any_time(start: graph.Trigger) -> bool:
    """Whether a rule may start at any time of the day."""
    return isinstance(start, graph.After) or (isinstance(start, graph.BeforeDate) and start.at is None)


def _wait_for(voice: Voice, wait: graph.WaitFor, after: str, *, any_time: bool) -> Iterator[str]:
    length = wait.duration
    said = {"span": voice.span(length), "after": after, "time": voice.time(wait.at) if wait.at else ""}
    if wait.at is None:
        yield _plain_wait(voice, length, said)
    elif is_elapsed(length):
        yield voice.say("wait.elapsed_at", **said)
    elif wait.at_least:
        yield voice.say("wait.least_at", **said)
    else:
        yield voice.say("wait.day_at", **said)
        if any_time:
            yield from _range(voice, length, timedelta(hours=wait.at.hour, minutes=wait.at.minute))
    yield from _units(voice, length)


def _plain_wait(voice: Voice, length: Duration, said: dict[str, str]) -> str:
    civil = tuple(part for part in length.parts if part[1] not in _ELAPSED)
    elapsed = tuple(part for part in length.parts if part[1] in _ELAPSED)
    if not elapsed:
        return voice.say("wait.calendar", **said)
    if not civil:
        return voice.say("wait.elapsed", **said)
    parts = {"civil": voice.span(Duration(parts=civil)), "elapsed": voice.span(Duration(parts=elapsed))}
    return voice.say("wait.mixed", **said, **parts)


def _range(voice: Voice, length: Duration, at: timedelta) -> Iterator[str]:
    """How long `3 days at 09:00` really is: from just before midnight, and from just after the midnight before."""
    if any(unit not in (Unit.DAY, Unit.WEEK) for _, unit in length.parts):
        return
    days = sum(number * _MINUTES[unit] for number, unit in length.parts) // _MINUTES[Unit.DAY]
    if days > _SHORT:
        return
    minutes = int(at.total_seconds()) // 60
    high = _minutes(days * _MINUTES[Unit.DAY] + minutes)
    low = (days - 1) * _MINUTES[Unit.DAY] + minutes
    if low:
        yield voice.say("wait.range", low=voice.span(_minutes(low)), high=voice.span(high))
    else:
        yield voice.say("wait.range.most", high=voice.span(high))


def _minutes(count: int) -> Duration:
    parts = []
    for unit in (Unit.DAY, Unit.HOUR, Unit.MINUTE):
        number, count = divmod(count, _MINUTES[unit])
        if number:
            parts.append((number, unit))
    return Duration(parts=tuple(parts))


def _units(voice: Voice, length: Duration) -> Iterator[str]:
    units = {unit for _, unit in length.parts}
    if Unit.MONTH in units:
        yield voice.say("wait.months")
    if Unit.WORKING_DAY in units:
        regions = voice.rule.context.quiet.holidays
        if regions:
            yield voice.say("wait.working.holidays", x=voice.list(list(dict.fromkeys(regions))))
        else:
            yield voice.say("wait.working")


# --- guards and messages --------------------------------------------------------------------------------


def guard(voice: Voice, place: int, number: int) -> Iterator[str]:
    """One guard (from 1) of a step (from 1)."""
    step = voice.rule.steps[place - 1]
    one = step.guards[number - 1]
    yield voice.say(one.kind, what=voice.expr(one.condition, "if"))
    if number == len(step.guards) and place < len(voice.rule.steps):
        yield voice.say("guard.then")


def send(voice: Voice, place: int) -> Iterator[str]:
    """Who gets the message of a step, from whom, by which channel."""
    step = voice.rule.steps[place - 1]
    said = step.send
    if step.wait is None:
        yield from wait(voice, place)
    several = len(said.messages) > 1
    message = voice.say("messages.one") if several else _message(voice, said.messages[0], said.subject)
    who = _who(voice, said.to, voice.words.RECIPIENTS)
    yield voice.say("send", who=who, message=message, channel=_channel(voice, said.channel))
    if several:
        series = "messages.every" if step.repeat is None else "messages.repeat"
        named = [_short(voice, one) for one in said.messages]
        yield voice.say(series, messages=", ".join(named))
    senders = voice.words.SENDERS
    yield _who(voice, said.sender, senders if said.sender.kind in senders else {said.sender.kind: senders["other"]})
    if said.urgent:
        yield voice.say("urgent")


def _who(voice: Voice, who: graph.Who, table: dict[str, str]) -> str:
    name = voice.rule.context.contacts.get(who.name, who.name) if who.kind == "contact" else who.name
    return voice.set(table[who.kind]).format(x=voice.quoted(name), word=f"{who.kind} {name}".strip())


def _channel(voice: Voice, channel: str) -> str:
    return voice.say("channel.email") if channel == "email" else voice.say("channel.other", x=channel)


def _message(voice: Voice, message: graph.MessageText, subject: str | None) -> str:
    """A message by its subject, failing one (reading 30) by its text."""
    title = subject or message.subject or voice.rule.title
    if message.name is not None:
        named = voice.quoted(message.name)
        if title:
            return voice.say("message.template.subject", name=named, text=title)
        return voice.say("message.template", name=named)
    if title:
        return voice.say("message.subject", text=title)
    return voice.say("message.text", text=_first_line(message.text))


def _short(voice: Voice, message: graph.MessageText) -> str:
    return voice.quoted(message.name or message.subject or _first_line(message.text))


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= 60 else line[:59].rstrip() + "…"


def notice(voice: Voice, place: int, number: int) -> Iterator[str]:
    """One notice (from 1) of a step (from 1)."""
    one = voice.rule.steps[place - 1].notices[number - 1]
    name = "notify" if one.daily_at is None else "notify.daily"
    who = _who(voice, one.who, voice.words.RECIPIENTS)
    who = who if one.who.kind == "contact" else who[:1].lower() + who[1:]
    message = _notice_message(voice, one)
    time = voice.time(one.daily_at) if one.daily_at else ""
    yield voice.say(name, who=who, message=message, channel=_channel(voice, one.channel), time=time)


def _notice_message(voice: Voice, one: graph.Notify) -> str:
    subject = one.subject or one.message.subject
    if one.message.name is not None:
        named = voice.quoted(one.message.name)
        if subject:
            return voice.say("message.template.subject", name=named, text=subject)
        return voice.say("message.template", name=named)
    if subject:
        return voice.say("message.subject", text=subject)
    return voice.say("message.text", text=_first_line(one.message.text))


def repeat(voice: Voice, place: int) -> Iterator[str]:
    """How often the message of a step comes again."""
    step = voice.rule.steps[place - 1]
    series = step.repeat
    assert series is not None
    multiples = (
        Duration(parts=tuple((n * k, unit) for n, unit in series.every.parts)) for k in range(1, series.times + 1)
    )
    spans = [voice.span(one) for one in islice(multiples, _SHOWN)]
    said = voice.list(spans) if series.times <= _SHOWN else f"{', '.join(spans)} {voice.say('repeat.more')}"
    times = voice.say("repeat.once") if series.times == 1 else voice.say("repeat.times", n=series.times)
    name = "repeat" if series.at is None else "repeat.first_at" if is_elapsed(series.every) else "repeat.at"
    yield voice.say(name, times=times, spans=said, time=voice.time(series.at) if series.at else "")
    yield from _units(voice, series.every)
    if step.guards:
        yield voice.say("repeat.guards")


def messages_are_urgent(steps: tuple[Step, ...]) -> bool:
    return all(step.send.urgent for step in steps)
