"""From what an event touches to the rules that watch it, so that an event never loops over all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planned.check.graph import After, BeforeDate, Every, Key, OnDay, Rule, WaitUpTo, atoms_of, keys_of, keys_of_date

ENROLMENT: Key = ("enrolment", "")


def index(rules: Sequence[Rule]) -> Mapping[str | None, Mapping[Key, tuple[Rule, ...]]]:
    """By course (None: rules for each course), then by key: the rules that watch it, each once, in order."""
    found: dict[str | None, dict[Key, list[Rule]]] = {}
    for rule in rules:
        course = found.setdefault(rule.course, {})
        for key in dict.fromkeys(watched(rule)):
            course.setdefault(key, []).append(rule)
    return {course: {key: tuple(rules) for key, rules in keys.items()} for course, keys in found.items()}


def watched(rule: Rule) -> Iterator[Key]:
    """The keys of the trigger, of what stops the rule and of what its waits wait for, some twice; not of guards."""
    match rule.trigger:
        case After(what=what):
            for atom in atoms_of(what):
                yield from keys_of(atom)
        case Every(since=since, until=until):
            yield ENROLMENT
            for fact in (since, until):
                if fact is not None:
                    yield from keys_of(fact)
        case OnDay():
            yield ENROLMENT
        case BeforeDate(date=date):
            yield ENROLMENT
            yield from keys_of_date(date)
    for condition in rule.stop:
        for atom in atoms_of(condition):
            yield from keys_of(atom)
    for step in rule.steps:
        if isinstance(step.wait, WaitUpTo):
            yield from keys_of(step.wait.fact)
