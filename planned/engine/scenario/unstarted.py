"""Why a rule did nothing at all for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from planned.check.graph import After, Atom, BeforeDate, Every, Expr, Kind, OnDay, Rule, atoms_of
from planned.engine.evaluate import View, find_date, truth
from planned.engine.phrases import de, que
from planned.engine.scenario.evidence import Evidence
from planned.engine.scenario.words import Words
from planned.engine.why import Finding, supporting
from planned.syntax import ast
from planned.syntax.to_phrases import Phrases
from planned.syntax.to_scenarios import given
from planned.syntax.to_text import print_node

DONE = frozenset(
    {
        Kind.COMPLETE,
        Kind.COURSE_COMPLETE,
        Kind.PASSING,
        Kind.FAILING,
        Kind.SUBMISSION,
        Kind.VIEWING,
        Kind.FIRST_ACCESS,
        Kind.ACCESS,
        Kind.LEAVING_GROUP,
        Kind.IN_GROUP,
    }
)
"""Facts that a learner brings about."""


def why_not(name: str, person: str, evidence: Evidence, words: Words) -> str:
    """One sentence; the rule decided nothing for the person, and nothing waits."""
    rule = evidence.rules.get(name)
    if rule is None:
        return not_here(name, evidence, words)
    if rule.mode == "paused":
        return words.say(f"{name} is paused and starts nothing.", f"La règle {name} est en pause et ne commence rien.")
    end = evidence.story.until
    view = evidence.view(rule, person, end)
    if view is None or not view.part.since:
        return words.say(f"{person} is not enrolled as a learner.", f"{person} ne suit pas le cours comme apprenant.")
    return next(_reasons(rule, person, view, evidence, words))


def _reasons(rule: Rule, person: str, view: View, evidence: Evidence, words: Words) -> Iterator[str]:
    end = evidence.story.until
    match rule.trigger:
        case After(what=Atom(kind=Kind.DATE_OVER, date=date)) if find_date(date, view) is None:
            yield _no_date(rule, evidence, words)
        case After(what=what):
            if missing := _missing(what, view, end):
                yield _starts_only(rule, person, what, missing, evidence, words)
        case Every(since=Atom() as since) if not truth(since, view, end, fresh=True):
            yield _starts_only(rule, person, since, [since.text], evidence, words)
        case BeforeDate(date=date) if find_date(date, view) is None:
            yield _no_date(rule, evidence, words)
        case _:
            pass
    if not view.part.enrolled:
        yield words.say(f"{person} was no longer enrolled.", f"{person} ne suivait plus le cours, faute d'inscription.")
    if (firing := evidence.progress(view).next_firing) is not None:
        yield words.say(
            f"{rule.name} starts for {person} on {words.moment(firing.instant)} at the earliest, "
            f"and this scenario ends on {words.day(evidence.story.end)}.",
            f"La règle {rule.name} ne commence pour {person} que le {words.moment(firing.instant)}, "
            f"et ce scénario finit le {words.day(evidence.story.end)}.",
        )
    if rule.first_day or rule.last_day:
        yield _outside_days(rule, words)
    trigger = _trigger(rule, evidence, words)
    day = words.day(evidence.story.end)
    if isinstance(rule.trigger, BeforeDate | OnDay | Every):
        yield words.say(
            f"{rule.name} starts only {trigger}; that did not happen while {person} was enrolled, "
            f"until {day}, when this scenario ends.",
            f"La règle {rule.name} ne commence {que(trigger)}\u00a0; cela n'est pas arrivé pendant l'inscription "
            f"{de(person)}, jusqu'au {day}, fin de ce scénario.",
        )
    yield words.say(
        f"{rule.name} did nothing for {person} until {day}, when this scenario ends.",
        f"La règle {rule.name} n'a rien fait pour {person} jusqu'au {day}, fin de ce scénario.",
    )


def _starts_only(rule: Rule, person: str, what: Expr, missing: list[str], evidence: Evidence, words: Words) -> str:
    trigger = _trigger(rule, evidence, words)
    head = words.say(f"{rule.name} starts only {trigger}", f"La règle {rule.name} ne commence {que(trigger)}")
    if isinstance(what, Atom) and isinstance(rule.trigger, After):
        if what.times > 1:
            return words.say(f"{head}, which never came about.", f"{head}, ce qui n'est jamais arrivé.")
        if what.kind in DONE:
            return words.say(f"{head}, which {person} never did.", f"{head}, ce {que(person)} n'a jamais fait.")
        return words.say(
            f"{head}, which never happened for {person}.", f"{head}, ce qui n'est jamais arrivé pour {person}."
        )
    return words.say(
        f"{head}; for {person} this is missing{words.colon(words.among(missing))}.",
        f"{head}\u00a0; pour {person}, il manque encore{words.colon(words.among(missing))}.",
    )


def _missing(what: Expr, view: View, now: int) -> list[str]:
    """The parts of a trigger, in the file's own words, that keep it from being true."""
    if truth(what, view, now, fresh=True):
        return []
    found = [Finding(atom, truth(atom, view, now, fresh=True)) for atom in atoms_of(what)]
    language = view.rule.context.language
    negation = "non " if language == "fr" else "not "
    return [(negation if one.value else "") + one.atom.text for one in supporting(what, found)]


def _trigger(rule: Rule, evidence: Evidence, words: Words) -> str:
    placed = evidence.placed(rule.name)
    assert placed is not None, "a rule of the graph stands in a file"
    return print_node(placed.node.trigger, words.language)


def _no_date(rule: Rule, evidence: Evidence, words: Words) -> str:
    """With a line that gives the date, to paste: three weeks after the first line of the scenario."""
    trigger, first = _trigger(rule, evidence, words), min(line.day.day for line in evidence.story.lines.values())
    args = (_date_of(rule, evidence), ast.Day(day=first + timedelta(weeks=3)), ast.TimeOfDay(hour=23, minute=59))
    line = ast.Given(person=None, verb="date", args=args, day=ast.Day(day=first))
    example = given(Phrases(words.language), line)
    return words.say(
        f"{rule.name} starts {trigger}, and nothing says when that is: {example}",
        f"La règle {rule.name} commence {trigger}, et rien ne dit quand\u00a0: {example}",
    )


def _date_of(rule: Rule, evidence: Evidence) -> ast.DateRef:
    placed = evidence.placed(rule.name)
    match placed.node.trigger if placed else None:
        case ast.BeforeDate(date=date) | ast.After(what=ast.DateReached(date=date) | ast.DateIsOver(date=date)):
            return date
        case _:
            raise AssertionError("the rule waits for a date")


def _outside_days(rule: Rule, words: Words) -> str:
    first, last = (words.day(day) if day else "" for day in (rule.first_day, rule.last_day))
    since = words.say(f"from {first}", f"à partir du {first}") if first else ""
    until = words.say(f"until {last}", f"jusqu'au {last}") if last else ""
    days = " ".join(part for part in (since, until) if part)
    return words.say(f"{rule.name} starts only {days}.", f"La règle {rule.name} ne commence {que(days)}.")


def not_here(name: str, evidence: Evidence, words: Words) -> str:
    """Of a rule that does not play in the scenario."""
    placed = evidence.placed(name)
    if placed is None or placed.course is None:
        return words.say(f"{name} does not serve this course.", f"La règle {name} ne concerne pas ce cours.")
    return words.say(
        f"{name} is a rule of the course {placed.course}: put the scenario below it.",
        f"{name} est une règle du cours {placed.course}\u00a0: placez le scénario à la suite de celui-ci.",
    )
