"""Two versions of the rules over the same events: which messages are new, gone, moved or changed for whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from planned.check.graph import Rule
from planned.cli.terminal import COLONS, plain, width
from planned.cli.timeline import NOTICE
from planned.diagnostics import Language
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import decision_object, local

GOES = (Outcome.SENT, Outcome.PENDING)
"""A message that goes, or would if the run did not stop before it."""
Key = tuple[str, str, str, int, str, int, int]


class Change(StrEnum):
    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    CHANGED = "changed"
    """At the same time, but to others, from others, by another channel or in other words."""


WORDS: dict[Language, dict[Change, str]] = {
    "en": {one: one.value for one in Change},
    "fr": {Change.NEW: "nouveau", Change.GONE: "retiré", Change.MOVED: "déplacé", Change.CHANGED: "modifié"},
}
HEADS: dict[Language, dict[Change, str]] = {
    "en": WORDS["en"],
    "fr": {Change.NEW: "nouveaux", Change.GONE: "retirés", Change.MOVED: "déplacés", Change.CHANGED: "modifiés"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One message that is not the same; a side is None where that version decides nothing about it."""

    change: Change
    before: Decision | None
    after: Decision | None

    @property
    def one(self) -> Decision:
        """The decision to name it by: of the two the one that goes, the new one first."""
        found = self.before if self.change is Change.GONE else self.after
        assert found is not None, "what is new, moved or changed goes after, what is gone went before"
        return found


@dataclass(slots=True)
class Comparison:
    """The differences by learner, then by time; `same` counts by rule what goes in both versions alike."""

    differences: list[Difference]
    same: Counter[str]
    learners: int


def compare(before: Iterable[Decision], after: Iterable[Decision], rules: Sequence[Rule]) -> Comparison:
    """Messages are the same if they are of one rule, learner, occurrence, step and place in its series.

    `rules` are those of the later version: a rule that was renamed (`was`) is the same rule.
    """
    renamed = {rule.was: rule.name for rule in rules if rule.was}
    old = {_key(one, renamed): one for one in before}
    learners = {one.learner for one in old.values()}
    found, same = [], Counter[str]()
    for one in after:
        learners.add(one.learner)
        earlier = old.pop(_key(one, {}), None)
        change = _change(earlier, one)
        if change is not None:
            found.append(Difference(change, earlier, one))
        elif one.outcome in GOES:
            same[one.rule] += 1
    found += [Difference(Change.GONE, one, None) for one in old.values() if one.outcome in GOES]
    found.sort(key=lambda found: (found.one.learner, found.one.at, found.one.rule, found.one.notice))
    return Comparison(found, same, len(learners))


def _key(one: Decision, renamed: Mapping[str, str]) -> Key:
    step = one.step_id or str(one.step)
    return (one.course, renamed.get(one.rule, one.rule), one.learner, one.occurrence, step, one.repeat, one.notice)


def _change(before: Decision | None, after: Decision) -> Change | None:
    went, goes = before is not None and before.outcome in GOES, after.outcome in GOES
    if before is None or not went:
        return Change.NEW if goes else None
    if not goes:
        return Change.GONE
    if before.at != after.at:
        return Change.MOVED
    return None if _content(before) == _content(after) else Change.CHANGED


def _content(one: Decision) -> tuple[object, ...]:
    return (one.subject, one.text, one.to, one.sender, one.channel, one.draft)


PARTS = (
    ("subject", "objet"),
    ("text", "texte"),
    ("recipient", "destinataire"),
    ("sender", "expéditeur"),
    ("channel", "canal"),
    ("draft or not", "brouillon ou non"),
)
"""What the parts of a message's content are called, in the order of `_content`."""


def _parts(before: Decision, after: Decision) -> list[tuple[str, str]]:
    pairs = zip(PARTS, _content(before), _content(after), strict=True)
    return [name for name, old, new in pairs if old != new]


def write_differences(comparison: Comparison) -> Iterator[str]:
    """One JSON object a difference; none where the versions agree."""
    for found in comparison.differences:
        one = found.one
        obj = {
            "change": found.change.value,
            "rule": one.rule,
            "course": one.course,
            "learner": one.learner,
            "occurrence": one.occurrence,
            "step": one.step,
            "repeat": one.repeat,
            **({"notice": True} if one.notice else {}),
            "before": decision_object(found.before) if found.before else None,
            "after": decision_object(found.after) if found.after else None,
        }
        yield json.dumps(obj, ensure_ascii=False)


class Report:
    """The comparison for authors: first how much, then what. Times are those of `zone`."""

    def __init__(self, comparison: Comparison, language: Language, zone: str, name_of: Callable[[str], str]) -> None:
        self._comparison = comparison
        self._name_of = name_of
        self._language = language
        self._zone = zone
        differing = [found.one.rule for found in comparison.differences]
        self._rules = list(dict.fromkeys([*differing, *comparison.same]))

    def lines(self) -> Iterator[str]:
        """The summary, a blank line, the details; one line where the versions agree."""
        same = sum(self._comparison.same.values())
        if not self._comparison.differences:
            yield self._say(
                f"Both versions do the same: {_messages(same)}.",
                f"Les deux versions font la même chose\u00a0: {_messages(same)}.",
            )
            return
        yield from self._summary(same)
        for learner, found in groupby(self._comparison.differences, key=lambda one: one.one.learner):
            yield ""
            name = self._name_of(learner)
            yield plain(learner) if name == plain(learner) else f"{plain(learner)}  {name}"
            yield from (self._line(one) for one in found)

    def _summary(self, same: int) -> Iterator[str]:
        learners = len({found.one.learner for found in self._comparison.differences})
        count, total = len(self._comparison.differences), self._comparison.learners
        yield self._say(
            f"{_messages(count)} differ{'s' if count == 1 else ''}, for {learners} of {total} "
            f"learner{'s' if total > 1 else ''}; {same} stay{'s' if same == 1 else ''} the same.",
            f"{_messages(count)} diffère{'nt' if count > 1 else ''}, pour {learners} apprenant"
            f"{'s' if learners > 1 else ''} sur {total}\u00a0; {same} rest{'ent' if same > 1 else 'e'} identique"
            f"{'s' if same > 1 else ''}.",
        )
        yield ""
        counts = Counter((found.one.rule, found.change) for found in self._comparison.differences)
        heads = [*HEADS[self._language].values(), self._say("same", "identiques")]
        wide = max(width(plain(rule)) for rule in self._rules)
        yield self._row("", heads, heads, wide)
        for rule in self._rules:
            cells = [str(counts[rule, change]) for change in Change] + [str(self._comparison.same[rule])]
            yield self._row(plain(rule), cells, heads, wide)

    def _row(self, name: str, cells: Sequence[str], heads: Sequence[str], wide: int) -> str:
        numbers = "".join(cell.rjust(len(head) + 2) for cell, head in zip(cells, heads, strict=True))
        return f"  {name}{' ' * (wide - width(name))}{numbers}"

    def _line(self, found: Difference) -> str:
        """`  new      2026-09-06 09:00  relance: Leçon 2`; where it moves, both times."""
        one, mark = found.one, WORDS[self._language][found.change]
        when = self._time(one)
        if found.change is Change.MOVED and found.before is not None:
            when = f"{self._time(found.before)} → {when}"
        widest = max(len(word) for word in WORDS[self._language].values())
        name = plain(one.rule) + "".join(f", {part}" for part in self._place(one))
        said = " ".join(plain(part) for part in (one.subject or "", self._why(found)) if part)
        return f"  {mark.ljust(widest)}  {when}  {name}{COLONS[self._language] + ' ' + said if said else ''}"

    def _time(self, one: Decision) -> str:
        return f"{local(one.at, self._zone):%Y-%m-%d %H:%M}"

    def _place(self, one: Decision) -> Iterator[str]:
        """Which message of the rule it is, where it has several."""
        if one.notice:
            yield NOTICE[self._language]
        if one.occurrence > 1:
            yield f"occurrence {one.occurrence}"
        if one.step > 1:
            yield self._say(f"step {one.step}", f"étape {one.step}")
        if one.repeat:
            yield f"×{one.repeat + 1}"

    def _why(self, found: Difference) -> str:
        """Why it does not go now, or why it did not before."""
        other = found.after if found.change is Change.GONE else found.before
        if found.change in (Change.NEW, Change.GONE) and other is not None and other.reason is not None:
            before = self._say("before", "avant") if found.change is Change.NEW else self._say("now", "maintenant")
            return f"({before}{COLONS[self._language]} {other.reason.text})"
        if found.change is Change.CHANGED and found.before is not None and found.after is not None:
            return f"({', '.join(self._say(*names) for names in _parts(found.before, found.after))})"
        return ""

    def _say(self, en: str, fr: str) -> str:
        return fr if self._language == "fr" else en


def _messages(count: int) -> str:
    return f"{count} message{'' if count == 1 else 's'}"
