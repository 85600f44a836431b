"""Which expectations of a scenario are met by what came; what is not named is not judged (section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planned.check.graph import Graph, Rule
from planned.engine.calendar import wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.event_fields import clean_name
from planned.syntax import ast


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that was not met; `culprits` are the messages that came although none was to come."""

    expect: ast.Expect
    culprits: tuple[Decision, ...] = ()


def misses(
    lines: Sequence[ast.Given | ast.Expect], came: Sequence[Decision], rules: Mapping[str, Rule], zone: str
) -> list[Miss]:
    """The expectations that were not met, in the order of the lines.

    Each positive expectation needs a decision of its own. Days and times of expectations are those of `zone`.
    """
    expects = [line for line in lines if isinstance(line, ast.Expect)]
    claimed = _assign([one for one in expects if not _forbids(one)], came, rules, zone)
    found = []
    for expect in expects:
        if not _forbids(expect):
            if not any(owner is expect for owner in claimed.values()):
                found.append(Miss(expect))
            continue
        taken = set(claimed) if expect.outcome == "nothing-else" else set()
        culprits = tuple(one for place, one in enumerate(came) if place not in taken and _forbidden(expect, one))
        if culprits:
            found.append(Miss(expect, culprits))
    return found


def by_name(graph: Graph) -> Mapping[str, Rule]:
    """The rules of one course by name; its own before one of every course."""
    return {rule.name: rule for rule in sorted(graph.rules, key=lambda rule: rule.course is not None)}


def _forbids(expect: ast.Expect) -> bool:
    return expect.outcome in ("none", "no-message", "nothing-else")


def _assign(
    expects: Sequence[ast.Expect], came: Sequence[Decision], rules: Mapping[str, Rule], zone: str
) -> dict[int, ast.Expect]:
    """By the decision's place its expectation: as many as can be met at once, each by one (H. W. Kuhn, 1955)."""
    wanted = {id(one): [place for place, seen in enumerate(came) if meets(one, seen, rules, zone)] for one in expects}
    owner: dict[int, ast.Expect] = {}

    def claim(expect: ast.Expect, tried: set[int]) -> bool:
        for place in wanted[id(expect)]:
            if place in tried:
                continue
            tried.add(place)
            if place not in owner or claim(owner[place], tried):
                owner[place] = expect
                return True
        return False

    for expect in expects:
        claim(expect, set())
    return owner


def meets(expect: ast.Expect, one: Decision, rules: Mapping[str, Rule], zone: str) -> bool:
    """Whether a decision is what a positive expectation names."""
    return about(expect, one, rules) and on_time(expect, one, zone)


def about(expect: ast.Expect, one: Decision, rules: Mapping[str, Rule]) -> bool:
    """Whether it is the rule's message, notice or suppression for that person, at whatever time."""
    if expect.rule is None or one.rule != expect.rule.text:
        return False
    if expect.outcome == "suppressed":
        return one.outcome is Outcome.SUPPRESSED and _is_for(expect, one)
    if one.outcome is not Outcome.SENT or bool(one.notice) != (expect.outcome == "notice"):
        return False
    return _reaches(expect.who, one, rules) if one.notice else _is_for(expect, one)


def on_time(expect: ast.Expect, one: Decision, zone: str) -> bool:
    """Whether it came on the day, and at the time, if the expectation names them."""
    wall = wall_of(one.at, zone)
    if expect.day is not None and wall.date() != expect.day.day:
        return False
    return expect.at is None or (wall.hour, wall.minute) == (expect.at.hour, expect.at.minute)


def person_of(expect: ast.Expect) -> str | None:
    """The learner whom an expectation is about, as events call him; None of a notice and of `nothing else`."""
    return clean_name(expect.who.text) if isinstance(expect.who, ast.Name) else None


def _is_for(expect: ast.Expect, one: Decision) -> bool:
    return one.learner == person_of(expect)


def _reaches(who: ast.Name | ast.Who | None, one: Decision, rules: Mapping[str, Rule]) -> bool:
    """Whether a notice goes to whom the expectation names, as the rule names him: `tutor`, `manager`, a contact."""
    rule = rules.get(one.rule)
    if not isinstance(who, ast.Who) or rule is None:
        return False
    told = rule.steps[one.step - 1].notices[one.notice - 1].who
    return (told.kind, told.name) == (who.kind, who.name.text if who.name else "")


def _forbidden(expect: ast.Expect, one: Decision) -> bool:
    """Messages only: a notice belongs to its message (reading 53)."""
    if one.outcome is not Outcome.SENT or one.notice:
        return False
    match expect.outcome:
        case "none":
            return expect.rule is not None and one.rule == expect.rule.text and _is_for(expect, one)
        case "no-message":
            return _is_for(expect, one)
        case _:
            return True
