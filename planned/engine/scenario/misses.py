"""A missed expectation, told to its author: what did not come, and what came instead and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planned.check.graph import Graph
from planned.check.scope import PlacedScenario, Survey
from planned.diagnostics import Diagnostic, Language, Message, Severity, Span
from planned.engine.calendar import wall_of
from planned.engine.decision import Decision, Outcome
from planned.engine.decision_json import local
from planned.engine.scenario.evidence import LATER, Evidence
from planned.engine.scenario.story import Story
from planned.engine.scenario.unstarted import not_here, why_not
from planned.engine.scenario.verdict import Miss, about, by_name, on_time, person_of
from planned.engine.scenario.words import Words
from planned.syntax import ast
from planned.syntax.to_phrases import Phrases
from planned.syntax.to_scenarios import expect

NAME = "expectation"
MISSED = Message(NAME, Severity.ERROR, "{en}", "{fr}", "{help_en}", "{help_fr}")
STARTED = Message(NAME, Severity.INFO, "What came starts here.", "Ce qui est parti commence ici.")
SHOWN = 3
"""Messages that are told of; of more the number."""
NEAREST = 2
"""Of those at other times than expected: the one before, say, and the one after."""


def explain(
    missed: Sequence[Miss],
    survey: Survey,
    scenario: PlacedScenario,
    graph: Graph,
    story: Story,
    default_zone: str,
) -> list[Diagnostic]:
    """One diagnostic for each missed expectation, in the order of the lines."""
    evidence = Evidence(survey, scenario, graph, by_name(graph), story, default_zone)
    return [_diagnostic(miss, evidence) for miss in missed]


def _diagnostic(miss: Miss, evidence: Evidence) -> Diagnostic:
    args: dict[str, str] = {}
    languages: tuple[Language, ...] = ("en", "fr")
    for language in languages:
        telling = _Telling(miss.expect, evidence, Words(language, evidence.story.zone))
        args[language] = telling.headline(len(miss.culprits))
        args[f"help_{language}"] = " ".join(telling.culprits(miss.culprits) if miss.culprits else telling.instead())
    near = miss.culprits or tuple(_Telling(miss.expect, evidence, Words("en", evidence.story.zone)).sent())
    return Diagnostic(MISSED, miss.expect.span, args, tuple(_starts(near[:1], evidence)))


def _starts(near: Sequence[Decision], evidence: Evidence) -> Iterator[tuple[Span, Message]]:
    """The line from which the nearest message counts: that of the last event behind it."""
    for one in near:
        lines = [evidence.story.lines[id] for id in one.because if id in evidence.story.lines]
        if lines:
            yield lines[-1].span, STARTED


class _Telling:
    """The sentences about one miss in one language."""

    def __init__(self, expect: ast.Expect, evidence: Evidence, words: Words) -> None:
        self.expect = expect
        self.evidence = evidence
        self.words = words
        self.rule = expect.rule.text if expect.rule else ""
        self.person = person_of(expect)

    def headline(self, others: int) -> str:
        rule, who, say = self.rule, self.words.who(self.expect.who), self.words.say
        wanted = self.words.wanted(self.expect)
        match self.expect.outcome:
            case "sent":
                return say(
                    f"{rule} did not come to {who} on {wanted}.",
                    f"La règle {rule} n'a rien envoyé pour {who} le {wanted}.",
                )
            case "notice":
                return say(
                    f"The notice of {rule} did not come to {who} on {wanted}.",
                    f"La règle {rule} n'a envoyé aucun avis pour {who} le {wanted}.",
                )
            case "suppressed":
                return say(f"{rule} was not suppressed for {who}.", f"La règle {rule} n'a rien supprimé pour {who}.")
            case "none":
                return say(f"{rule} came to {who}.", f"La règle {rule} a envoyé un message pour {who}.")
            case "no-message":
                return say(f"There was a message to {who}.", f"Il y a eu un message pour {who}.")
            case "nothing-else":
                if others == 1:
                    return say("Something else came.", "Un autre message est parti.")
                return say(f"{others} other messages came.", f"{others} autres messages sont partis.")

    # --- what came although nothing was to come ---

    def culprits(self, culprits: Sequence[Decision]) -> Iterator[str]:
        yield from self.some(culprits)
        if self.expect.outcome == "none" and any(
            isinstance(line, ast.Expect) and line.outcome == "sent" and line.rule == self.expect.rule
            for line in self.evidence.scenario.node.lines
        ):
            yield self.words.say(
                "To say that nothing more comes, write: expect nothing else",
                "Pour dire que rien ne suit, écrivez\u00a0: on n'attend rien d'autre",
            )

    # --- what came instead ---

    def instead(self) -> Iterator[str]:
        """The nearest misses: the rule at other times or with another outcome; failing that why it did nothing."""
        sent = self.sent()
        told = [*self.some(sent if self.expect.day is None else sent[:NEAREST])]
        ends = [one for one in self.own() if one.outcome not in (Outcome.SENT, Outcome.PENDING)]
        if self.expect.outcome == "notice":
            told = told or [*self.no_notice()]
        if self.expect.outcome != "suppressed" or not told:
            told += map(self.ended, ends[:SHOWN])
        told += [self.pending(one) for one in self.own() if one.outcome is Outcome.PENDING][:1]
        if not told and self.person:
            told.append(why_not(self.rule, self.person, self.evidence, self.words))
            told += self.elsewhere()
        if self.expect.outcome == "suppressed" and any(one.outcome is Outcome.CANCELLED for one in ends):
            told.append(
                self.words.say(
                    f"What is cancelled is not suppressed; write: {self.never()}",
                    f"Un message annulé n'est pas supprimé\u00a0; écrivez\u00a0: {self.never()}",
                )
            )
        yield from told

    def never(self) -> str:
        """The line that says that nothing comes of the rule."""
        return expect(Phrases(self.words.language), replace(self.expect, outcome="none"))

    def own(self) -> Iterator[Decision]:
        """All that became of the rule's messages for the person; for a notice, for whomsoever."""
        for one in self.evidence.decisions:
            if one.rule == self.rule and not one.notice and self.person in (None, one.learner):
                yield one

    def sent(self) -> list[Decision]:
        """The rule's messages, or notices, at other times, the nearest first."""
        if self.expect.outcome == "notice":
            found = [one for one in self.evidence.decisions if about(self.expect, one, self.evidence.rules)]
        else:
            found = [one for one in self.own() if one.outcome is Outcome.SENT]
        day = self.expect.day
        if day is None:
            return found
        zone = self.evidence.story.zone
        return sorted(found, key=lambda one: abs((wall_of(one.at, zone).date() - day.day).days))

    def elsewhere(self) -> Iterator[str]:
        """Somebody else who got the rule's message just then; what else the person got on that day."""
        came = [one for one in self.evidence.decisions if one.outcome is Outcome.SENT and not one.notice]
        if self.expect.outcome != "sent":
            return
        then = [one for one in came if on_time(self.expect, one, self.evidence.story.zone)]
        yield from map(self.came, [one for one in then if one.rule == self.rule][:1])
        yield from map(self.came, [one for one in then if one.learner == self.person][:1])

    def no_notice(self) -> Iterator[str]:
        """Nothing was ever told to that recipient: no message came, or the rule does not notify him."""
        rule = self.evidence.rules.get(self.rule)
        who, say = self.words.who(self.expect.who), self.words.say
        if rule is None:
            yield not_here(self.rule, self.evidence, self.words)
        if rule is None or not isinstance(self.expect.who, ast.Who):
            return
        name = self.expect.who.name.text if self.expect.who.name else ""
        told = {(notice.who.kind, notice.who.name) for step in rule.steps for notice in step.notices}
        if (self.expect.who.kind, name) not in told:
            yield say(f"{self.rule} does not notify {who}.", f"La règle {self.rule} n'avertit pas {who}.")
        elif not any(one.outcome is Outcome.SENT for one in self.own()):
            yield say(
                f"A notice goes with its message, and {self.rule} sent none.",
                f"Un avis part avec son message, et la règle {self.rule} n'en a envoyé aucun.",
            )
            if not any(self.own()):
                yield from (
                    why_not(self.rule, one, self.evidence, self.words) for one in self.evidence.story.people[:1]
                )

    # --- one decision ---

    def some(self, decisions: Sequence[Decision]) -> Iterator[str]:
        yield from map(self.came, decisions[:SHOWN])
        if (more := len(decisions) - SHOWN) > 0:
            yield self.words.say(f"And {more} more.", f"Et {more} de plus.")

    def came(self, one: Decision) -> str:
        moment, why = self.words.moment(one.at), self.evidence.because(one, self.words.language)
        to = self.reader(one) if one.notice else one.learner
        what = self.words.say(f"The notice of {one.rule}" if one.notice else one.rule, "")
        kind = "l'avis" if one.notice else "son message"
        return self.words.say(
            f"{what} came to {to} on {moment}{self.remarks(one)}, {why}.",
            f"La règle {one.rule} a envoyé {kind} pour {to} le {moment}{self.remarks(one)}, {why}.",
        )

    def reader(self, one: Decision) -> str:
        """Whom a notice tells, as the rule calls him."""
        who = self.evidence.rules[one.rule].steps[one.step - 1].notices[one.notice - 1].who
        return self.words.who(ast.Who(kind=who.kind, name=ast.Name(text=who.name) if who.name else None))

    def remarks(self, one: Decision) -> str:
        """In parentheses: the learner's own time where it is another, and what had moved the message."""
        said = []
        zone = self.evidence.story.zone
        if local(one.at, one.zone).utcoffset() != local(one.at, zone).utcoffset():
            there = self.words.at(one.at, one.zone)
            said.append(self.words.say(f"{there} in {one.zone}", f"{there} dans le fuseau {one.zone}"))
        if self.expect.day is None and self.evidence.after_end(one):
            said.append(self.end())
        waiting = self.evidence.postponed(one)
        if waiting is not None:
            before = self.words.moment(waiting.unpostponed.instant)
            what = self.words.say("a limit", "une limite") if waiting.limited else ""
            what = what or self.words.say("quiet times", "un silence")
            said.append(self.words.say(f"due on {before}, moved by {what}", f"prévu le {before}, reporté par {what}"))
        semicolon = self.words.say("; ", "\u00a0; ")
        return f" ({semicolon.join(said)})" if said else ""

    def ended(self, one: Decision) -> str:
        """A message that was decided but not sent, and why."""
        moment, say = self.words.moment(one.at), self.words.say
        reason = self.words.colon(one.reason.text) if one.reason else "."
        late = f" ({self.end()})" if self.evidence.after_end(one) else ""
        en, fr = _ENDED[one.outcome]
        return say(
            f"{one.rule} {en} for {one.learner} on {moment}{late}{reason}",
            f"La règle {one.rule} {fr} pour {one.learner} le {moment}{late}{reason}",
        )

    def end(self) -> str:
        day = self.words.day(self.evidence.story.end)
        return self.words.say(f"after the end of this scenario, {day}", f"après la fin de ce scénario, le {day}")

    def pending(self, one: Decision) -> str:
        """What waits even weeks later: its time is far, or the learner is suspended."""
        due = self.words.moment(one.due)
        if one.due > self.evidence.story.until + LATER:
            return self.words.say(
                f"{one.rule} to {one.learner} is due on {due} ({self.end()}).",
                f"Le message de la règle {one.rule} pour {one.learner} est prévu le {due} ({self.end()}).",
            )
        return self.words.say(
            f"{one.rule} to {one.learner} was due on {due} and is held while {one.learner} is suspended.",
            f"Le message de la règle {one.rule} pour {one.learner}, prévu le {due}, est retenu pendant la suspension.",
        )


_ENDED: dict[Outcome, tuple[str, str]] = {
    Outcome.SUPPRESSED: ("was suppressed", "a supprimé son message"),
    Outcome.CANCELLED: ("was cancelled", "a annulé son message"),
    Outcome.EXPIRED: ("expired", "a laissé périmer son message"),
    Outcome.FAILED: ("could not be written", "n'a pas pu écrire son message"),
}
