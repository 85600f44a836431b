"""Why a message came, told to its reader, and why one did not, recorded in a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import ModuleType
from typing import assert_never

from planned.check import graph
from planned.diagnostics import Language
from planned.engine import phrases_en, phrases_fr
from planned.engine.calendar import aware
from planned.engine.decision import ReasonCode
from planned.engine.event import Instant
from planned.engine.phrases import (
    Clause,
    de,
    duration,
    elapsed,
    enumeration,
    long_date,
    number,
    que,
    short_date,
    spoken,
    weekdays,
)
from planned.syntax.ast import GradeOp, ProfileOp, Unit


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found when a fact was read: its value, and when it turned so or happened, if that is known."""

    atom: graph.Atom
    value: bool
    since: Instant | None = None


def supporting(expr: graph.Expr, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those findings that make an expression what it is: of an `or` that holds only its true parts, and so on."""
    return _support(expr, {finding.atom: finding for finding in findings})[1]


def _support(expr: graph.Expr, found: Mapping[graph.Atom, Finding]) -> tuple[bool, tuple[Finding, ...]]:
    match expr:
        case graph.Atom():
            finding = found.get(expr)
            return (finding.value, (finding,)) if finding else (False, ())
        case graph.Not(item):
            value, findings = _support(item, found)
            return not value, findings
        case graph.All(items) | graph.Any(items):
            parts = [_support(item, found) for item in items]
            values = [value for value, _ in parts]
            whole = all(values) if isinstance(expr, graph.All) else any(values)
            return whole, tuple(finding for value, inner in parts if value == whole for finding in inner)
        case _:
            assert_never(expr)


# --- why a message came --------------------------------------------------------------------------------


def why(
    rule: graph.Rule,
    findings: Sequence[Finding],
    guards: Sequence[tuple[graph.Guard, Sequence[Finding]]],
    anchor: Instant,
    *,
    language: str,
    zone: str,
    learner: str | None = None,
) -> str:
    """One sentence that says the rule backwards to its reader, in English or French, with dates in the reader's zone.

    `learner` is the name of the one whom the facts concern, if the reader is somebody else. A year is said where it
    is not that of the anchor.
    """
    said = because(rule, findings, guards, anchor, language=language, zone=zone, learner=learner)
    return f"Vous recevez ce message {said}." if spoken(language) == "fr" else f"You get this message {said}."


def because(
    rule: graph.Rule,
    findings: Sequence[Finding],
    guards: Sequence[tuple[graph.Guard, Sequence[Finding]]],
    anchor: Instant,
    *,
    language: str,
    zone: str,
    learner: str | None = None,
) -> str:
    """The part of `why` that gives the reason: `because you completed Quiz1 on 3 September`."""
    teller = _Teller(spoken(language), zone, learner, aware(anchor, zone).date(), rule)
    clauses = teller.trigger(findings, anchor)
    for guard, read in guards:
        clauses += [teller.clause(finding) for finding in supporting(guard.condition, read)]
    clauses = list(dict.fromkeys(clauses))
    name = rule.title if rule.title and "{" not in rule.title else rule.name
    if teller.language == "fr":
        if not clauses:
            return f"en raison de la règle {name}"
        said = [que(f"{clause.subject} {clause.predicate}") for clause in clauses]
        return f"parce {enumeration(said, 'et')}"
    if not clauses:
        return f"because of the rule {name}"
    return f"because {enumeration(_without_repeated_subjects(clauses), 'and')}"


def _without_repeated_subjects(clauses: Sequence[Clause]) -> list[str]:
    said: list[str] = []
    before = ""
    for clause in clauses:
        said.append(clause.predicate if clause.subject == before else f"{clause.subject} {clause.predicate}")
        before = clause.subject
    return said


@dataclass(frozen=True, slots=True)
class _Teller:
    """Says facts to one reader. `today` is the day of the anchor: its year goes without saying."""

    language: Language
    zone: str
    learner: str | None
    today: date
    rule: graph.Rule

    @property
    def words(self) -> ModuleType:
        return phrases_fr if self.language == "fr" else phrases_en

    def trigger(self, findings: Sequence[Finding], anchor: Instant) -> list[Clause]:
        match self.rule.trigger:
            case graph.After(what=what):
                return [self.clause(finding) for finding in supporting(what, findings)]
            case graph.Every() as every:
                facts = [self.clause(finding) for finding in findings if finding.atom in (every.since, every.until)]
                return [self.goes_out(self.rhythm(every)), *facts]
            case graph.OnDay(day=day):
                on = "on " if self.language == "en" else "le "
                return [self.goes_out(on + self.day(day))]
            case graph.BeforeDate() as before:
                return [self.before(before, findings, anchor)]
            case _:
                assert_never(self.rule.trigger)

    def goes_out(self, when: str) -> Clause:
        return Clause("it", f"goes out {when}") if self.language == "en" else Clause("il", f"part {when}")

    def rhythm(self, every: graph.Every) -> str:
        english = self.language == "en"
        if len(every.weekdays) == 7:
            return "every day" if english else "chaque jour"
        if every.weekdays:
            return f"{'every' if english else 'chaque'} {weekdays(every.weekdays, self.language, self.last())}"
        if every.unit == "month":
            several, one = (f"every {every.number} months", "every month")
            plusieurs, un = (f"tous les {every.number} mois", "chaque mois")
        else:
            several, one = (f"every {every.number} weeks", "every week")
            plusieurs, un = (f"toutes les {every.number} semaines", "chaque semaine")
        if every.number == 1:
            return one if english else un
        return several if english else plusieurs

    def before(self, before: graph.BeforeDate, findings: Sequence[Finding], anchor: Instant) -> Clause:
        """The date itself: as found, else counted from the anchor; months cannot be counted back."""
        subject = self.date(before.date, "")
        moments = [one.since for one in findings if one.atom.date == before.date and one.since is not None]
        if moments:
            day = aware(moments[0], self.zone).date()
        else:
            moment = aware(anchor, self.zone)
            for count, unit in before.lead.parts if before.lead else ():
                if unit is Unit.MONTH or unit is Unit.WORKING_DAY:
                    return Clause(subject, "is near" if self.language == "en" else "est proche")
                moment += count * _LENGTHS[unit]
            day = moment.date()
        return Clause(subject, f"is {self.day(day)}" if self.language == "en" else f"est le {self.day(day)}")

    def clause(self, finding: Finding) -> Clause:
        subject, true, false = self.words.WHY[finding.atom.kind]
        values = self.values(finding)
        predicate = (true if finding.value else false).format_map(values)
        return Clause(subject.format_map(values) if subject else self.person(), predicate)

    def person(self) -> str:
        return self.learner or ("you" if self.language == "en" else "vous")

    def last(self) -> str:
        return "and" if self.language == "en" else "et"

    def day(self, day: date) -> str:
        return short_date(day, self.language, self.today.year)

    def values(self, finding: Finding) -> dict[str, str]:
        """Everything that a phrase may ask for."""
        atom = finding.atom
        said = atom_values(atom, self.language)
        day = self.day(aware(finding.since, self.zone).date()) if finding.since is not None else None
        other = self.learner
        said |= {
            "day": self.day(atom.day) if atom.day else "",
            "when": _when(day, atom.times, self.language),
            "since": f" depuis le {day}" if day else "",
            "over": f"has been over since {day}" if day else "is over",
            "have": "has" if other else "have",
            "are": "is" if other else "are",
            "do": "does" if other else "do",
            "your": f"{other}'s" if other else "your",
            "avez": "a" if other else "avez",
            "faites": "fait" if other else "faites",
            "votre_note": f"la note {de(other)}" if other else "votre note",
            "votre_profil": f"le profil {de(other)}" if other else "votre profil",
        }
        if atom.date is not None:
            said["x"] = self.date(atom.date, atom.title)
        return said

    def date(self, day: graph.CourseDate, title: str) -> str:
        return date_name(day, title, self.language, self.rule.context.activities)


_LENGTHS = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}


def _when(day: str | None, times: int, language: Language) -> str:
    if language == "fr":
        if times > 1:
            return f" {times} fois" + (f", la dernière le {day}" if day else "")
        return f" le {day}" if day else ""
    if times > 1:
        return f" {times} times" + (f", last on {day}" if day else "")
    return f" on {day}" if day else ""


def date_name(day: graph.CourseDate, title: str, language: Language, activities: Mapping[str, tuple[str, str]]) -> str:
    """What a date of the course is called within a sentence."""
    words = phrases_fr if language == "fr" else phrases_en
    if day.what in words.DATES:
        titles = dict(activities.values())
        x = title or titles.get(day.activity or "") or day.activity or ""
        template: str = words.DATES[day.what]
        return template.format(x=x, de_x=de(x))
    return title or day.what if language == "en" else f"la date {title or day.what}"


def atom_values(atom: graph.Atom, language: Language) -> dict[str, str]:
    """What phrases may ask for that no finding is needed for: `x`, `de_x`, `span`, `op`, `is`, `is_not`, `days`."""
    words = phrases_fr if language == "fr" else phrases_en
    x = atom.title or (words.FIELDS.get(atom.key, atom.key) if atom.kind is graph.Kind.PROFILE else atom.key)
    said = {"x": x, "de_x": de(x), "span": duration(atom.duration, language) if atom.duration else ""}
    if isinstance(atom.op, GradeOp) and atom.number is not None:
        percent = "%" if language == "en" else "\u00a0%"
        n = number(float(atom.number), language) + (percent if atom.percent else "")
        said["op"] = words.GRADE[atom.op.value].format(n=n)
    if isinstance(atom.op, ProfileOp):
        true, false = words.PROFILE[atom.op.value]
        said |= {"is": true.format(x=x, v=atom.value), "is_not": false.format(x=x, v=atom.value)}
    said["days"] = weekdays(atom.weekdays, language, "or" if language == "en" else "ou") if atom.weekdays else ""
    return said


# --- why one did not ------------------------------------------------------------------------------------


def reason(
    code: ReasonCode,
    *,
    findings: Sequence[Finding] = (),
    language: str,
    zone: str,
    now: Instant,
    detail: Mapping[str, object] | None = None,
) -> str:
    """One sentence for a decision's reason, in the language of the rule's file, with dates in full in `zone`.

    `findings` are those that made the condition what it was (`supporting`). `detail`, by code: late `late` and
    `allowed` in microseconds, `newer` True when a later message of the series was due as well, `postponed` True when
    it waited for quiet times or limits; render `sentence`; rule-ended `day` (a date); rule-changed `deleted` True;
    no-address `who`; opted-out `topic`.
    """
    said: Language = spoken(language)
    detail = detail or {}
    facts = [_record(finding, said, zone) for finding in dict.fromkeys(findings)]
    told = _sentence(facts, said) if facts else ""
    generic = _GENERIC[code][said == "fr"]
    match code:
        case ReasonCode.IF | ReasonCode.UNLESS | ReasonCode.STOP_ONCE:
            return told or generic
        case ReasonCode.UNDONE:
            if not told:
                return generic
            return f"{generic[:-1]}{' : ' if said == 'fr' else ': '}{_lower(told)}"
        case ReasonCode.LATE:
            return _late(detail, said)
        case ReasonCode.RENDER:
            sentence = str(detail.get("sentence", ""))
            return f"{generic[:-1]}{' : ' if said == 'fr' else ': '}{sentence}" if sentence else generic
        case ReasonCode.RULE_ENDED:
            day = detail.get("day")
            if not isinstance(day, date):
                return generic
            shown = long_date(day, said)
            return (
                f"Le dernier jour de la règle était le {shown}."
                if said == "fr"
                else f"The rule's last day was {shown}."
            )
        case ReasonCode.RULE_CHANGED:
            if not detail.get("deleted"):
                return generic
            return "La règle a été supprimée." if said == "fr" else "The rule was deleted."
        case ReasonCode.NO_ADDRESS:
            who = detail.get("who")
            if not who:
                return generic
            return f"Aucune adresse n'est connue pour {who}." if said == "fr" else f"No address is known for {who}."
        case ReasonCode.OPTED_OUT:
            topic = detail.get("topic")
            if not topic:
                return generic
            return (
                f"Le destinataire s'est désabonné du sujet «\u00a0{topic}\u00a0»."
                if said == "fr"
                else f"The recipient has unsubscribed from “{topic}”."
            )
        case ReasonCode.UNENROLLED | ReasonCode.ERASED:
            return generic
        case _:
            assert_never(code)


_GENERIC: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.IF: ("The condition was not true.", "La condition n'était pas vraie."),
    ReasonCode.UNLESS: ("The condition was true.", "La condition était vraie."),
    ReasonCode.STOP_ONCE: ("What stops the rule became true.", "Ce qui arrête la règle est devenu vrai."),
    ReasonCode.UNDONE: ("What had started it is no longer true.", "Ce qui l'avait déclenché n'est plus vrai."),
    ReasonCode.UNENROLLED: ("The learner is no longer enrolled.", "L'inscription au cours a pris fin."),
    ReasonCode.RULE_ENDED: ("The rule's last day is over.", "Le dernier jour de la règle est passé."),
    ReasonCode.RULE_CHANGED: (
        "The rule was changed and no longer concerns this learner.",
        "La règle a été modifiée et ne concerne plus cet apprenant.",
    ),
    ReasonCode.LATE: ("Noticed too late.", "Constaté trop tard."),
    ReasonCode.RENDER: ("The text could not be written.", "Le texte n'a pas pu être écrit."),
    ReasonCode.NO_ADDRESS: ("No address is known.", "Aucune adresse n'est connue."),
    ReasonCode.OPTED_OUT: ("The recipient has unsubscribed.", "Le destinataire s'est désabonné."),
    ReasonCode.ERASED: ("The learner's data were erased.", "Les données de l'apprenant ont été effacées."),
}


def _late(detail: Mapping[str, object], language: Language) -> str:
    late, allowed = detail.get("late"), detail.get("allowed")
    french = language == "fr"
    if detail.get("postponed") and isinstance(allowed, int):
        length = elapsed(allowed, language)
        if french:
            return f"Reporté par les silences ou les limites au-delà des délais admis ({length})."
        return f"Quiet times or limits moved it beyond the {length} allowed."
    start = _GENERIC[ReasonCode.LATE][french][:-1]
    if isinstance(late, int):
        length = elapsed(late, language)
        start = f"Constaté avec {length} de retard" if french else f"Noticed {length} late"
    if detail.get("newer"):
        more = ", alors que le message suivant était dû aussi" if french else ", when the next message was due as well"
        return f"{start}{more}."
    if isinstance(allowed, int):
        length = elapsed(allowed, language)
        return (
            f"{start}, au-delà de la tolérance ({length})." if french else f"{start}, more than the {length} allowed."
        )
    return f"{start}."


def _record(finding: Finding, language: Language, zone: str) -> str:
    words = phrases_fr if language == "fr" else phrases_en
    atom = finding.atom
    day = long_date(aware(finding.since, zone).date(), language) if finding.since is not None else None
    said = atom_values(atom, language)
    said |= {
        "day": long_date(atom.day, language) if atom.day else "",
        "since": day or "",
        "when": _when(day, atom.times, language),
    }
    if atom.date is not None:
        name = date_name(atom.date, atom.title, language, {})
        said["X"] = name if name == atom.date.what or name == atom.title else name[:1].upper() + name[1:]
    timed, plain, false = words.RECORD[atom.kind]
    template: str = (timed if day else plain) if finding.value else false
    return template.format_map(said)


def _sentence(facts: Sequence[str], language: Language) -> str:
    """Several facts as one sentence; only our own first words take a small letter inside it, a subject is said once."""
    rest = [_shared(fact, before) or _lower(fact) for before, fact in pairwise(facts)]
    return enumeration([facts[0], *rest], "et" if language == "fr" else "and") + "."


_LEARNER = ("The learner ", "L'apprenant ")


def _shared(fact: str, before: str) -> str:
    """What is said of the learner, if the fact before was said of him too; else nothing."""
    for subject in _LEARNER:
        if fact.startswith(subject) and before.startswith(subject):
            return fact.removeprefix(subject)
    return ""


_OWN = ("The ", "There ", "It ", "Le ", "La ", "L'", "Il ", "C'", "Ce ")


def _lower(fact: str) -> str:
    return fact[:1].lower() + fact[1:] if fact.startswith(_OWN) else fact
