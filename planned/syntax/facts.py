"""From words to facts and conditions (section 2.1), and which of them may stand where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar, cast

from planned.diagnostics import Message, Severity, Span
from planned.syntax import ast, words
from planned.syntax.values import Child, Part, Token, Values

MIXED = Message(
    "mixed-and-or",
    Severity.ERROR,
    "`and` and `or` stand side by side without parentheses; this can be read in two ways.",
    "`et` et `ou` se suivent sans parenthèses ; cela peut se lire de deux façons.",
    "Write either  {first}  or  {second}.",
    "Écrivez  {first}  ou bien  {second}.",
)
NOT_BEFORE_FACT = Message(
    "not-before-fact",
    Severity.ERROR,
    "`not` can stand only before a condition, not before what happens.",
    "`non` ne peut précéder qu'une condition, pas ce qui se produit.",
    "Write the condition instead, for instance `Quiz1 is not complete`.",
    "Écrivez plutôt la condition, par exemple `Quiz1 n'est pas achevée`.",
)
NO_FACT = Message(
    "no-fact",
    Severity.ERROR,
    "After `after` something must happen; this is only a condition.",
    "Après `après`, quelque chose doit se produire ; ceci n'est qu'une condition.",
    "Name what happens: `after {en}`.",
    "Nommez ce qui se produit : `après {fr}`.",
)
CALENDAR_IN_TRIGGER = Message(
    "calendar-in-trigger",
    Severity.ERROR,
    "This depends on the calendar alone and cannot stand after `after`.",
    "Cela ne dépend que du calendrier et ne peut pas suivre `après`.",
    "Put it after `if`, or start the rule with `on 2026-10-05 at 09:00` or `every monday at 09:00`.",
    "Mettez-le après `si`, ou commencez la règle par `le 5 octobre 2026 à 9h` ou `chaque lundi à 9h`.",
)
FACT_IN_CONDITION = Message(
    "fact-as-condition",
    Severity.ERROR,
    "“{word}” is something that happens; here a condition belongs.",
    "« {word} » est quelque chose qui se produit ; il faut ici une condition.",
    "Write for instance {en}.",
    "Écrivez par exemple {fr}.",
)
COURSE_ONLY_COMPLETE = Message(
    "course-condition",
    Severity.ERROR,
    "A course can only be complete, not “{word}”.",
    "Un cours ne peut être qu'achevé, pas « {word} ».",
    "Write `course complete`, or name an activity.",
    "Écrivez `le cours est achevé`, ou nommez une activité.",
)

E = TypeVar("E", bound=ast.Node)
_HAPPENINGS: dict[str, type[ast.Passing | ast.Failing | ast.Submission | ast.Viewing]] = {
    "passing": ast.Passing,
    "failing": ast.Failing,
    "submission": ast.Submission,
    "viewing": ast.Viewing,
}
_CALENDAR = (ast.TodayIs, ast.BeforeDay, ast.AfterDay, ast.DateIsOver, ast.ActiveWithin)
_FACTS = (
    ast.Completion
    | ast.CourseCompletion
    | ast.Passing
    | ast.Failing
    | ast.Submission
    | ast.Viewing
    | ast.Enrolment
    | ast.FirstAccess
    | ast.Access
    | ast.JoiningGroup
    | ast.LeavingGroup
    | ast.DateReached
    | ast.Sending
    | ast.CustomEvent
)


def leaves(expr: ast.Expr, negated: bool = False) -> Iterator[tuple[ast.Expr, bool]]:
    """The facts and conditions of an expression, each with whether a `not` stands before it."""
    match expr:
        case ast.And(items=items) | ast.Or(items=items):
            for item in items:
                yield from leaves(item, negated)
        case ast.Not(item=item):
            yield from leaves(item, True)
        case _:
            yield expr, negated


class Facts(Values):
    """The part of the tree builder that reads facts and conditions."""

    closing: Span
    """The last parenthesis that was closed."""

    def value(self, token: Token) -> str:
        """What a word of a terminal with several values stands for."""
        return words.values(token.type)[" ".join(token.value.split()).replace("' ", "'")]

    # --- and, or, not ---

    def expr(self, children: list[Child]) -> ast.Expr:
        if len(children) == 1:
            return cast(ast.Expr, children[0])
        items = cast("tuple[ast.Expr, ...]", tuple(children[::2]))
        kinds = {cast(Token, token).type for token in children[1::2]}
        if len(kinds) == 2:
            self._mixed(items, cast("list[Token]", children[1::2]))
        span = self.span(children)
        if kinds == {"OR"}:
            return ast.Or(span=span, items=items)
        return ast.And(span=span, items=items)

    def _mixed(self, items: Sequence[ast.Expr], operators: list[Token]) -> None:
        span = items[0].span.to(items[-1].span)
        readings = [self._reading(items, operators, tight) for tight in ("AND", "OR")]
        self.fail(MIXED, span, first=readings[0], second=readings[1])

    def _reading(self, items: Sequence[ast.Expr], operators: list[Token], tight: str) -> str:
        """The author's words with parentheses around what one operator holds together."""
        pieces = [self.excerpt(item.span) for item in items]
        groups: list[list[str]] = [[pieces[0]]]
        loose: list[str] = []
        for operator, piece in zip(operators, pieces[1:], strict=True):
            if operator.type == tight:
                groups[-1] += [self.written(operator), piece]
            else:
                loose.append(self.written(operator))
                groups.append([piece])
        texts = [f"({' '.join(group)})" if len(group) > 1 else group[0] for group in groups]
        return texts[0] + "".join(f" {word} {text}" for word, text in zip(loose, texts[1:], strict=True))

    def excerpt(self, span: Span) -> str:
        """The author's words of a span, on one line."""
        lines = self.source.original.split("\n")[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return " ".join(" ".join(lines).split())

    def negation(self, children: list[Child]) -> ast.Not:
        return ast.Not(span=self.span(children), item=cast(ast.Expr, children[1]))

    def parens(self, children: list[Child]) -> ast.Expr:
        self.closing = self.place(children[2])
        return cast(ast.Expr, children[1])

    def clause(self, children: list[Child]) -> Span:
        """The span of a clause that ends with an expression, up to its last parenthesis."""
        span, closing = self.span(children), self.closing
        ends_later = (closing.end_line, closing.end_column) > (span.end_line, span.end_column)
        return span.to(closing) if ends_later else span

    def _maybe_not(self, token: Child, span: Span, node: ast.Expr) -> ast.Expr:
        if token is not None and cast(Token, token).type == "IS_NOT":
            return ast.Not(span=span, item=node)
        return node

    # --- facts ---

    def completion(self, children: list[Child]) -> ast.Completion:
        return ast.Completion(span=self.span(children), target=self._name(children))

    def course_completion(self, children: list[Child]) -> ast.CourseCompletion:
        return ast.CourseCompletion(span=self.span(children))

    def _name(self, children: list[Child]) -> ast.Name:
        """The name after a phrase."""
        return self.articled(children[0], cast(ast.Name, children[1]))

    def _times(self, token: Child) -> int:
        return 1 if token is None else self.count(cast(Token, token))

    def happening(self, children: list[Child]) -> ast.Fact:
        span, name, times = self.span(children), self._name(children), self._times(children[2])
        match self.value(cast(Token, children[0])):
            case "leaving":
                return ast.LeavingGroup(span=span, group=name, times=times)
            case "sending":
                return ast.Sending(span=span, rule=name, times=times)
            case value:
                return _HAPPENINGS[value](span=span, activity=name, times=times)

    def enrolment(self, children: list[Child]) -> ast.Enrolment:
        return ast.Enrolment(span=self.span(children))

    def first_access(self, children: list[Child]) -> ast.FirstAccess:
        alias = "connexion" in cast(Token, children[0]).value
        return ast.FirstAccess(span=self.span(children), form="la première connexion" if alias else "")

    def access(self, children: list[Child]) -> ast.Access:
        return ast.Access(span=self.span(children), times=self._times(children[1]))

    def joining(self, children: list[Child]) -> ast.JoiningGroup:
        return ast.JoiningGroup(span=self.span(children), group=cast(ast.Name, children[1]))

    def event(self, children: list[Child]) -> ast.CustomEvent:
        kind = self.text(cast(Token, children[1]))
        return ast.CustomEvent(span=self.span(children), kind=kind, times=self._times(children[2]))

    def date_reached(self, children: list[Child]) -> ast.DateReached:
        return ast.DateReached(span=self.span(children), date=cast(ast.DateRef, children[0]))

    def name_reached(self, children: list[Child]) -> ast.DateReached:
        return ast.DateReached(span=self.span(children), date=self.declared_date(children))

    def grade(self, children: list[Child]) -> ast.Expr:
        _, _, verb, op, number, percent = children
        span = self.span(children)
        node = ast.Grade(
            span=span,
            activity=self._name(children),
            op=ast.GradeOp(self.value(cast(Token, op))),
            value=self.decimal(cast(Token, number)),
            percent=percent is not None,
        )
        return self._maybe_not(verb, span, node)

    def without_access(self, children: list[Child]) -> ast.WithoutAccess:
        return ast.WithoutAccess(span=self.span(children), duration=cast(ast.Duration, children[0]))

    # --- dates of the course ---

    def ref(self, children: list[Child]) -> ast.Name:
        return self._name(children)

    def declared_date(self, children: list[Child]) -> ast.DeclaredDate:
        name = cast(ast.Name, children[0])
        return ast.DeclaredDate(span=name.span, name=name)

    def deadline(self, children: list[Child]) -> ast.Deadline:
        return ast.Deadline(span=self.span(children), activity=self._name(children))

    def course_date(self, children: list[Child]) -> ast.CourseDate:
        what = cast(Literal["start", "end", "end-of-enrolment"], self.value(cast(Token, children[0])))
        return ast.CourseDate(span=self.span(children), what=what)

    # --- conditions ---

    def participle(self, children: list[Child]) -> ast.Expr:
        name, verb, word = cast(ast.Name, children[0]), children[1], cast(Token, children[2])
        span, form = self.span(children), self.inflected(word, "PARTICIPLE")
        node: ast.Condition
        match self.value(word):
            case "complete":
                node = ast.IsComplete(span=span, form=form, target=name)
            case "passed":
                node = ast.IsPassed(span=span, form=form, activity=name)
            case "failed":
                node = ast.IsFailed(span=span, form=form, activity=name)
            case "submitted":
                node = ast.IsSubmitted(span=span, form=form, activity=name)
            case "viewed" | "views":
                node = ast.IsViewed(span=span, form=form, activity=name)
            case _:
                node = ast.IsSent(span=span, form=form, rule=name)
        return self._maybe_not(verb, span, node)

    def course_participle(self, children: list[Child]) -> ast.Expr:
        word = cast(Token, children[3])
        if self.value(word) != "complete":
            self.fail(COURSE_ONLY_COMPLETE, self.place(word), word=self.written(word))
        span = self.span(children)
        return self._maybe_not(children[2], span, ast.CourseIsComplete(span=span))

    def name_is_over(self, children: list[Child]) -> ast.Expr:
        return self.date_is_over([self.declared_date(children), *children[1:]])

    def date_is_over(self, children: list[Child]) -> ast.Expr:
        date, verb, over = children
        span, form = self.span(children), self.inflected(cast(Token, over), "OVER")
        return self._maybe_not(verb, span, ast.DateIsOver(span=span, form=form, date=cast(ast.DateRef, date)))

    def enrolled_as(self, children: list[Child]) -> ast.EnrolledAs:
        enrolled, role = cast("list[Token]", children)
        form = self.inflected(enrolled, "ENROLLED_AS")
        return ast.EnrolledAs(span=self.span(children), form=form, role=self.text(role))

    def active_within(self, children: list[Child]) -> ast.ActiveWithin:
        amount = self._duration([cast(Token, children[1]), cast(Token, children[3])], least=1)
        form = self.inflected(cast(Token, children[0]), "ACTIVE")
        return ast.ActiveWithin(span=self.span(children), form=form, duration=amount)

    def active_the_last(self, children: list[Child]) -> ast.ActiveWithin:
        unit = cast(Token, children[2])
        amount = ast.Duration(span=self.place(unit), parts=((1, self.unit(unit)),))
        form = self.inflected(cast(Token, children[0]), "ACTIVE")
        return ast.ActiveWithin(span=self.span(children), form=form, duration=amount)

    def in_group(self, children: list[Child]) -> ast.InGroup:
        return ast.InGroup(span=self.span(children), group=cast(ast.Name, children[1]))

    def _profile(self, children: list[Child], op: ast.ProfileOp, value: ast.Text | None) -> ast.Profile:
        field = self.code(cast(Token, children[1]))
        return ast.Profile(span=self.span(children), field=field, op=op, value=value)

    def profile_is(self, children: list[Child]) -> ast.Expr:
        node = self._profile(children, ast.ProfileOp.IS, self.text(cast(Token, children[3])))
        return self._maybe_not(children[2], node.span, node)

    def profile_empty(self, children: list[Child]) -> ast.Expr:
        node = self._profile(children, ast.ProfileOp.IS_EMPTY, None)
        return self._maybe_not(children[2], node.span, node)

    def profile_op(self, children: list[Child]) -> ast.Profile:
        op = ast.ProfileOp(self.value(cast(Token, children[2])))
        return self._profile(children, op, self.text(cast(Token, children[3])))

    def weekdays(self, children: list[Child]) -> Part:
        tokens = [c for c in cast("list[Token | None]", children) if c is not None and c.type == "WEEKDAY"]
        return Part(self.span(children), tuple(self.weekday(token) for token in tokens))

    def weekday(self, token: Token) -> ast.Weekday:
        return ast.Weekday(self.value(token))

    def today(self, children: list[Child]) -> ast.Expr:
        days = cast("tuple[ast.Weekday, ...]", cast(Part, children[2]).value)
        span = self.span(children)
        return self._maybe_not(children[1], span, ast.TodayIs(span=span, days=days))

    def before_day(self, children: list[Child]) -> ast.BeforeDay:
        return ast.BeforeDay(span=self.span(children), day=cast(ast.Day, children[2]))

    def after_day(self, children: list[Child]) -> ast.AfterDay:
        return ast.AfterDay(span=self.span(children), day=cast(ast.Day, children[2]))

    # --- what may stand where ---

    def as_trigger(self, expr: ast.Expr) -> None:
        """Facts, with conditions beside them; `not` only before conditions; nothing of the calendar alone."""
        facts = 0
        for leaf, negated in leaves(expr):
            if isinstance(leaf, _CALENDAR):
                self.fail(CALENDAR_IN_TRIGGER, leaf.span)
                return
            if isinstance(leaf, _FACTS):
                if negated:
                    self.fail(NOT_BEFORE_FACT, leaf.span)
                    return
                facts += 1
            elif isinstance(leaf, (ast.Grade, ast.WithoutAccess)) and not negated:
                facts += 1
        if not facts:
            self._no_fact(expr)

    def _no_fact(self, expr: ast.Expr) -> None:
        match expr:
            case ast.IsComplete(target=name):
                en, fr = f"completion of {shown(name)}", f"achèvement de {shown(name)}"
            case ast.IsPassed(activity=name):
                en, fr = f"passing {shown(name)}", f"réussite de {shown(name)}"
            case ast.IsFailed(activity=name):
                en, fr = f"failing {shown(name)}", f"échec à {shown(name)}"
            case ast.IsSubmitted(activity=name):
                en, fr = f"submission of {shown(name)}", f"remise de {shown(name)}"
            case ast.IsViewed(activity=name):
                en, fr = f"viewing of {shown(name)}", f"consultation de {shown(name)}"
            case ast.IsSent(rule=name):
                en, fr = f"sending of {shown(name)}", f"envoi de {shown(name)}"
            case ast.InGroup(group=name):
                en, fr = f"joining group {shown(name)}", f"entrée dans le groupe {shown(name)}"
            case ast.CourseIsComplete():
                en, fr = "completion of course", "achèvement du cours"
            case _:
                self.fail(NO_FACT, expr.span, en="completion of Quiz1", fr="achèvement de Quiz1")
                return
        self.fail(NO_FACT, expr.span, en=en, fr=fr)

    def as_condition(self, expr: ast.Expr) -> None:
        for leaf, _ in leaves(expr):
            if isinstance(leaf, _FACTS):
                en, fr = _as_condition(leaf)
                self.fail(FACT_IN_CONDITION, leaf.span, word=self.excerpt(leaf.span), en=f"`{en}`", fr=f"`{fr}`")
                return


def _as_condition(fact: ast.Expr) -> tuple[str, str]:
    """The condition that an author most likely meant by a fact, in both languages."""
    match fact:
        case ast.Completion(target=name):
            return f"{shown(name)} complete", f"{shown(name)} est achevée"
        case ast.CourseCompletion():
            return "course complete", "le cours est achevé"
        case ast.Passing(activity=name):
            return f"{shown(name)} passed", f"{shown(name)} est réussie"
        case ast.Failing(activity=name):
            return f"{shown(name)} failed", f"{shown(name)} est échouée"
        case ast.Submission(activity=name):
            return f"{shown(name)} submitted", f"{shown(name)} est remise"
        case ast.Viewing(activity=name):
            return f"{shown(name)} viewed", f"{shown(name)} est consultée"
        case ast.Sending(rule=name):
            return f"{shown(name)} sent", f"{shown(name)} est envoyée"
        case ast.JoiningGroup(group=name):
            return f"in group {shown(name)}", f"dans le groupe {shown(name)}"
        case ast.LeavingGroup(group=name):
            return f"not in group {shown(name)}", f"non dans le groupe {shown(name)}"
        case ast.DateReached(date=ast.DeclaredDate(name=name)):
            return (
                f"{shown(name)} complete` or `{shown(name)} is over",
                f"{shown(name)} est achevée` ou `{shown(name)} est passée",
            )
        case ast.DateReached(date=ast.Deadline(activity=name)):
            return f"deadline of {shown(name)} is over", f"l'échéance de {shown(name)} est passée"
        case ast.DateReached():
            return "end of course is over", "la fin du cours est passée"
        case ast.Access() | ast.FirstAccess():
            return "active within 3 days", "actif dans les 3 derniers jours"
        case _:
            return 'enrolled as "student"', "inscrit comme « student »"


def shown(name: ast.Name) -> str:
    return f'"{name.text}"' if name.quoted else name.text
