"""How values, facts and conditions are written, in either language, with the articles of French."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import assert_never

from planned.diagnostics import Language
from planned.syntax import ast, words
from planned.syntax.quotes import block, quoted
from planned.syntax.values import long_date

_BARE = re.compile(r"[^\W\d][\w-]*")
_FEMININE = (ast.Unit.MINUTE, ast.Unit.HOUR, ast.Unit.WEEK)
_VOWELS = frozenset("aeiouœæ")
_PEOPLE = {"learner": "l'apprenant", "tutor": "le formateur", "tutors": "les formateurs", "manager": "le responsable"}


def bare(name: str) -> bool:
    """Whether a name can be written without quotes."""
    return _BARE.fullmatch(name) is not None and words.fold(name) not in words.reserved()


class Phrases:
    """The writer of one language: `phrase` gives a keyword, the methods nodes smaller than a clause."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.french = language == "fr"
        self._plain: dict[tuple[str, str], str] = {}
        self._articled: dict[tuple[str, str], str] = {}
        self._forms: dict[tuple[str, str], tuple[str, ...]] = {}
        for keyword in words.keywords():
            phrases = keyword.phrases(language)
            if phrases:
                key = (keyword.terminal, keyword.value)
                self._plain[key] = words.canonical(phrases[0])
                self._articled[key] = words.canonical(phrases[0], article=True)
                self._forms[key] = tuple(words.canonical(phrase) for phrase in phrases)

    def phrase(self, terminal: str, value: str = "") -> str:
        return self._plain[terminal, value]

    def form(self, terminal: str, value: str, number: int) -> str:
        """Another form of the table than the first."""
        return self._forms[terminal, value][number]

    # --- words ---

    def name(self, name: ast.Name) -> str:
        return name.text if bare(name.text) else quoted(name)

    def ref(self, name: ast.Name) -> str:
        """A name, in French with the article that its author gave it."""
        written = self.name(name)
        if not self.french or name.article in ("", "'"):
            return written
        return f"l'{written}" if name.article == "l'" else f"{name.article} {written}"

    def text(self, text: ast.Text, indent: str = "  ") -> str:
        if "\n" in text.text or (text.form == '"""' and text.text and text.text == text.text.strip()):
            return block(text.text, indent)
        return quoted(text)

    def elided(self, phrase: str, following: str, elide: bool = False) -> str:
        """A French phrase and what follows it: `de Oral` is `d'Oral`, `de le` is `du`, `à les` is `aux`.

        `elide` says so of a word that begins with another letter than a vowel: `d'Hélène`.
        """
        if self.french:
            if phrase.endswith((" de", " que")) and (elide or words.fold(following[:1]) in _VOWELS):
                return f"{phrase[:-1]}'{following}"
            article, _, rest = following.partition(" ")
            if article in ("le", "les") and phrase.endswith(" de"):
                return f"{phrase[:-1]}{'u' if article == 'le' else 'es'} {rest}"
            if article in ("le", "les") and phrase.endswith("à"):
                return f"{phrase[:-1]}{'au' if article == 'le' else 'aux'} {rest}"
        return f"{phrase} {following}"

    def of(self, terminal: str, name: ast.Name, value: str = "", article: bool = True) -> str:
        """A phrase that is followed by a name: `completion of Quiz1`, `l'achèvement d'Oral`."""
        phrase = (self._articled if article else self._plain)[terminal, value]
        return self.elided(phrase, self.ref(name), name.article == "'")

    def day(self, day: ast.Day) -> str:
        return long_date(day.day, "fr") if self.french else day.day.isoformat()

    def time(self, time: ast.TimeOfDay) -> str:
        if self.french:
            return f"{time.hour}h{time.minute:02}" if time.minute else f"{time.hour}h"
        return f"{time.hour:02}:{time.minute:02}"

    def at(self, time: ast.TimeOfDay | None) -> str:
        """` at 09:00`, with the blank before it; nothing for None."""
        return "" if time is None else f" {self.phrase('AT')} {self.time(time)}"

    def unit(self, unit: ast.Unit, number: int) -> str:
        forms = self._forms["UNIT", unit.value]
        return forms[-1] if number == 1 else forms[0]

    def duration(self, duration: ast.Duration) -> str:
        return " ".join(f"{number} {self.unit(unit, number)}" for number, unit in duration.parts)

    def number(self, number: Decimal, percent: bool = False) -> str:
        text = format(number, "f")
        if self.french:
            return text.replace(".", ",") + (" %" if percent else "")
        return text + ("%" if percent else "")

    def weekdays(self, days: tuple[ast.Weekday, ...]) -> str:
        return ", ".join(self.phrase("WEEKDAY", day.value) for day in days)

    def who(self, who: ast.Who) -> str:
        if who.name is None:
            return self.phrase("WHO", who.kind)
        return f"{self.phrase('ROLE', 'role')} {quoted(who.name)}" if who.kind == "role" else self.ref(who.name)

    def who_after(self, phrase: str, who: ast.Who) -> str:
        """A recipient or sender after a preposition: `au formateur`, `de la part des formateurs`."""
        return self.elided(phrase, self.who_with_article(who), who.name is not None and who.name.article == "'")

    def who_with_article(self, who: ast.Who) -> str:
        """A recipient as the object of a verb: `le formateur`, `les formateurs`."""
        return who.form or _PEOPLE[who.kind] if self.french and who.kind in _PEOPLE else self.who(who)

    def feminine(self, duration: ast.Duration) -> bool:
        """Whether a French duration is feminine: `toutes les 2 semaines`."""
        return duration.parts[0][1] in _FEMININE

    # --- dates of the course ---

    def date(self, date: ast.DateRef) -> str:
        match date:
            case ast.Deadline(activity=name):
                return self.of("DEADLINE", name)
            case ast.CourseDate(what=what):
                return self._articled["COURSE_DATE", what]
            case ast.DeclaredDate(name=name):
                return self.ref(name)
            case _:
                assert_never(date)

    # --- facts ---

    def fact(self, fact: ast.Fact) -> str:
        match fact:
            case ast.Completion(target=name):
                return self.of("COMPLETION", name)
            case ast.CourseCompletion():
                return self._articled["COMPLETION_OF_COURSE", ""]
            case ast.Passing(activity=name, times=times):
                return self._happening("passing", name, times)
            case ast.Failing(activity=name, times=times):
                return self._happening("failing", name, times)
            case ast.Submission(activity=name, times=times):
                return self._happening("submission", name, times)
            case ast.Viewing(activity=name, times=times):
                return self._happening("viewing", name, times)
            case ast.LeavingGroup(group=name, times=times):
                return self._happening("leaving", name, times)
            case ast.Sending(rule=name, times=times):
                return self._happening("sending", name, times)
            case ast.Grade():
                return self.grade(fact, condition=False)
            case ast.WithoutAccess(duration=duration):
                return f"{self.duration(duration)} {self.phrase('WITHOUT_ACCESS')}"
            case ast.Enrolment():
                return self._articled["ENROLMENT", ""]
            case ast.FirstAccess():
                return (self.french and fact.form) or self._articled["FIRST_ACCESS", ""]
            case ast.Access(times=times):
                return self._articled["ACCESS", "access"] + self._times(times)
            case ast.JoiningGroup(group=name):
                return self.of("JOINING", name)
            case ast.DateReached(date=date):
                return self.date(date)
            case ast.CustomEvent(kind=kind, times=times):
                return f"{self._articled['EVENT', 'event']} {self.text(kind)}{self._times(times)}"
            case _:
                assert_never(fact)

    def _happening(self, value: str, name: ast.Name, times: int) -> str:
        return self.of("HAPPENING", name, value) + self._times(times)

    def _times(self, times: int) -> str:
        return "" if times == 1 else f" {self.times(times)}"

    def times(self, times: int) -> str:
        return f"{times} {self.form('TIMES', '', 0 if self.french else int(times == 1))}"

    def grade(self, grade: ast.Grade, condition: bool, negated: bool = False) -> str:
        verb = ""
        subject = self.of("GRADE", grade.activity, article=condition)
        if self.french and not condition:
            subject = f"une {subject}"
        if negated:
            verb = f"{self.phrase('IS_NOT')} "
        elif self.french and condition:
            verb = f"{self.phrase('IS')} "
        op = self.phrase("GRADE_OP", grade.op.value)
        return f"{subject} {verb}{op} {self.number(grade.value, grade.percent)}"

    # --- conditions ---

    def is_(self, subject: str, what: str, negated: bool) -> str:
        """`Quiz1 complete`, `Quiz1 is not complete`; French always has its verb."""
        if negated:
            return f"{subject} {self.phrase('IS_NOT')} {what}"
        return f"{subject} {self.phrase('IS')} {what}" if self.french else f"{subject} {what}"

    def condition(self, condition: ast.Condition, negated: bool = False) -> str | None:
        """The words of a condition; None if it has no negated form of its own."""
        match condition:
            case ast.IsComplete(target=name):
                return self._participle(condition, name, "complete", negated)
            case ast.IsPassed(activity=name):
                return self._participle(condition, name, "passed", negated)
            case ast.IsFailed(activity=name):
                return self._participle(condition, name, "failed", negated)
            case ast.IsSubmitted(activity=name):
                return self._participle(condition, name, "submitted", negated)
            case ast.IsViewed(activity=name):
                return self._participle(condition, name, "viewed", negated)
            case ast.IsSent(rule=name):
                return self._participle(condition, name, "sent", negated)
            case ast.CourseIsComplete():
                done = self.form("PARTICIPLE", "complete", 1 if self.french else 0)
                return self.is_("le cours" if self.french else self.phrase("COURSE"), done, negated)
            case ast.DateIsOver():
                return self._over(condition, negated)
            case ast.Profile():
                return self._profile(condition, negated)
            case ast.TodayIs(days=days):
                verb = self.phrase("IS_NOT" if negated else "IS")
                return f"{self.phrase('TODAY')} {verb} {self.weekdays(days)}"
            case ast.Grade():
                return None if negated and not self.french else self.grade(condition, True, negated)
            case _:
                return None if negated else self._plain_condition(condition)

    def _plain_condition(
        self,
        condition: ast.EnrolledAs | ast.ActiveWithin | ast.WithoutAccess | ast.InGroup | ast.BeforeDay | ast.AfterDay,
    ) -> str:
        match condition:
            case ast.EnrolledAs(role=role):
                return f"{self.inflected(condition, 'ENROLLED_AS')} {self.text(role)}"
            case ast.ActiveWithin():
                return self._active(condition)
            case ast.WithoutAccess(duration=duration):
                return f"{self.duration(duration)} {self.phrase('WITHOUT_ACCESS')}"
            case ast.InGroup(group=name):
                return self.of("IN_GROUP", name)
            case ast.BeforeDay(day=day):
                return f"{self.phrase('BEFORE')} {'le ' if self.french else ''}{self.day(day)}"
            case ast.AfterDay(day=day):
                return f"{self.phrase('AFTER')} {'le ' if self.french else ''}{self.day(day)}"
            case _:
                assert_never(condition)

    def _participle(self, node: ast.Node, name: ast.Name, value: str, negated: bool) -> str:
        return self.is_(self.ref(name), self.inflected(node, "PARTICIPLE", value), negated)

    def inflected(self, node: ast.Node, terminal: str, value: str = "") -> str:
        """A phrase, in French as its author inflected it."""
        return (self.french and node.form) or self.phrase(terminal, value)

    def _over(self, condition: ast.DateIsOver, negated: bool) -> str:
        date, over = condition.date, self.phrase("OVER")
        if isinstance(date, ast.DeclaredDate) and self.french and condition.form:
            over = condition.form
        elif self.french and not (isinstance(date, ast.CourseDate) and date.what == "start"):
            over += "e"
        return f"{self.date(date)} {self.phrase('IS_NOT' if negated else 'IS')} {over}"

    def _profile(self, profile: ast.Profile, negated: bool) -> str | None:
        start = f"{self.phrase('PROFILE')} {profile.field}"
        verb = self.phrase("IS_NOT" if negated else "IS")
        match profile.op:
            case ast.ProfileOp.IS_EMPTY:
                return f"{start} {verb} {self.phrase('EMPTY')}"
            case ast.ProfileOp.IS:
                return f"{start} {verb} {self._value(profile)}"
            case _:
                op = self.phrase("PROFILE_OP", profile.op.value)
                return None if negated else f"{start} {op} {self._value(profile)}"

    def _value(self, profile: ast.Profile) -> str:
        return '""' if profile.value is None else self.text(profile.value)

    def _active(self, condition: ast.ActiveWithin) -> str:
        number, unit = condition.duration.parts[0]
        if not self.french:
            return f"{self.phrase('ACTIVE')} {self.duration(condition.duration)}"
        active, feminine = self.inflected(condition, "ACTIVE").split()[0], unit in _FEMININE
        if number == 1:
            return f"{active} dans {self.form('THE_LAST', '', int(feminine))} {self.unit(unit, 1)}"
        return f"{active} dans les {number} {self.form('LAST', '', int(feminine))} {self.unit(unit, number)}"

    # --- and, or, not ---

    def expr(self, expr: ast.Expr, leaf: Callable[[ast.Expr], str]) -> str:
        match expr:
            case ast.And(items=items):
                return f" {self.phrase('AND')} ".join(self._item(item, leaf) for item in items)
            case ast.Or(items=items):
                return f" {self.phrase('OR')} ".join(self._item(item, leaf) for item in items)
            case ast.Not(item=item):
                return self._negation(item, leaf)
            case _:
                return leaf(expr)

    def _item(self, item: ast.Expr, leaf: Callable[[ast.Expr], str]) -> str:
        written = self.expr(item, leaf)
        return f"({written})" if isinstance(item, (ast.And, ast.Or)) else written

    def _negation(self, item: ast.Expr, leaf: Callable[[ast.Expr], str]) -> str:
        if isinstance(item, _CONDITIONS) and (written := self.condition(item, negated=True)) is not None:
            return written
        return f"{self.phrase('NOT')} {self._item(item, leaf)}"

    def guard_expr(self, expr: ast.Expr) -> str:
        """An expression of conditions."""
        return self.expr(expr, self._condition_leaf)

    def trigger_expr(self, expr: ast.Expr) -> str:
        """An expression of facts with conditions beside them."""
        return self.expr(expr, self._trigger_leaf)

    def _condition_leaf(self, leaf: ast.Expr) -> str:
        if isinstance(leaf, _CONDITIONS):
            return self.condition(leaf) or ""
        return self._trigger_leaf(leaf)

    def _trigger_leaf(self, leaf: ast.Expr) -> str:
        if isinstance(leaf, (ast.Not, ast.And, ast.Or)):
            return self.expr(leaf, self._trigger_leaf)
        if isinstance(leaf, (ast.Grade, ast.WithoutAccess)) or not isinstance(leaf, _CONDITIONS):
            return self.fact(leaf)
        return self.condition(leaf) or ""


_CONDITIONS = (
    ast.IsComplete,
    ast.CourseIsComplete,
    ast.IsPassed,
    ast.IsFailed,
    ast.Grade,
    ast.IsSubmitted,
    ast.IsViewed,
    ast.EnrolledAs,
    ast.ActiveWithin,
    ast.WithoutAccess,
    ast.InGroup,
    ast.DateIsOver,
    ast.IsSent,
    ast.Profile,
    ast.TodayIs,
    ast.BeforeDay,
    ast.AfterDay,
)
