"""The tree builder: what the grammar reads, statement by statement, as the nodes of `ast`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, cast

from planned.diagnostics import Diagnostic, Edit, Fix, Language, Message, Severity
from planned.syntax import ast, words
from planned.syntax.rules import Rules
from planned.syntax.said import NAME_NEEDS_QUOTES
from planned.syntax.source import Source
from planned.syntax.values import KEYWORD_AS_NAME, Child, Part, Token

UNKNOWN_LANGUAGE = Message(
    "unknown-language",
    Severity.ERROR,
    "“{word}” is not a language of rules.",
    "« {word} » n'est pas une langue des règles.",
    "Write `language {meant}`; the languages are `en` (English) and `fr` (French).",
    "Écrivez `langue {meant}` ; les langues sont `fr` (français) et `en` (anglais).",
)


class Builder(Rules):
    """Receives the grammar's reductions in order. `start` makes it ready for the next text.

    A statement in which something is wrong is left out: what stands in the tree was written so, whole.
    """

    def begin(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.statements: list[ast.Statement] = []
        self.comments: dict[int, int] = {}
        self.closing = ast.NOWHERE
        self.meant: Language | None = None
        self.finished = 0
        self.reported = 0
        self._last = (0, 0)

    @contextmanager
    def aside(self, source: Source) -> Iterator[None]:
        """Builds of another source for a while; what was built before stays as it was."""
        kept = dict(vars(self))
        self.begin(source)
        try:
            yield
        finally:
            vars(self).update(kept)

    def statement(self, children: list[ast.Statement]) -> None:
        self.finished += 1
        self._last = (len(self.statements), self.reported)
        if len(self.found) == self.reported:
            self.statements.append(children[0])
        else:
            self._words_in_disorder()
        self.reported = len(self.found)

    def _words_in_disorder(self) -> None:
        """Several keywords in the place of names on one line are one mistake: the first tells of it."""
        fresh = self.found[self.reported :]
        if fresh[0].message is KEYWORD_AS_NAME:
            before = self.found[self.reported - 1] if self.reported else None
            told = before is not None and before.message is KEYWORD_AS_NAME and before.span.line == fresh[0].span.line
            del self.found[self.reported + (not told) :]

    def take_back(self) -> None:
        """The last statement goes on, into what cannot be read: it and what was found in it do not count."""
        statements, found = self._last
        del self.statements[statements:]
        del self.found[found:]

    def give_up(self) -> None:
        """What was found so far belongs to a statement that cannot be read."""
        self.reported = len(self.found)

    def start(self, children: list[None]) -> None:
        """All is in `statements` already."""

    # --- declarations ---

    def language(self, children: list[Token]) -> ast.LanguageDecl:
        code = children[1].value
        if code not in words.LANGUAGES:
            place, meant = self.place(children[1]), words.language_meant(code)
            code = meant or ("fr" if "fr" in words.languages_of(children[0].value) else "en")
            self.meant = self.meant or code
            fix = Fix((Edit(place, code),), safe=True) if meant else None
            self.fail(UNKNOWN_LANGUAGE, place, fix, word=self.written(children[1]), meant=code)
        return ast.LanguageDecl(span=self.span(children), language=code)

    def import_(self, children: list[Token]) -> ast.Import:
        return ast.Import(span=self.span(children), path=self.text(children[1]))

    def timezone(self, children: list[Child]) -> ast.Timezone:
        zone = self.code(cast(Token, children[1]))
        return ast.Timezone(span=self.span(children), zone=zone, for_all=children[2] is not None)

    def course(self, children: list[Child]) -> ast.Course:
        keyword, name = cast(Token, children[0]), cast(ast.Name, children[1])
        title = self.text_or_none(cast("Token | None", children[2]))
        last = self.statements[-1] if self.statements else None
        if isinstance(last, ast.Course) and name.quoted and not (last.id.quoted or last.title or title):
            self._one_course(last.id, keyword)
        return ast.Course(span=self.span(children), id=name, title=title)

    def _one_course(self, first: ast.Name, keyword: Token) -> None:
        """`course My course "Title"` reads as two courses, the first without anything in it: a name needs quotes."""
        place = self.place(keyword)
        if first.span.end_line == place.line:
            self.statements.pop()
            whole, word = first.span.to(place), f"{first.text} {self.written(keyword)}"
            self.fail(NAME_NEEDS_QUOTES, whole, Fix((Edit(whole, f'"{word}"'),)), word=word)

    def every_course(self, children: list[Child]) -> ast.EveryCourse:
        return ast.EveryCourse(span=self.span(children))

    def activity(self, children: list[Child]) -> ast.Activity:
        _, name, title, _, source_id = children
        return ast.Activity(
            span=self.span(children),
            name=cast(ast.Name, name),
            title=self.text_or_none(cast("Token | None", title)),
            source_id=self.text_or_none(cast("Token | None", source_id)),
        )

    def group(self, children: list[Child]) -> ast.Group:
        _, name, _, source_id = children
        return ast.Group(
            span=self.span(children), name=cast(ast.Name, name), source_id=self.text(cast(Token, source_id))
        )

    def date(self, children: list[Child]) -> ast.DateDecl:
        _, name, title, day, at, _, group = children
        return ast.DateDecl(
            span=self.span(children),
            name=cast(ast.Name, name),
            title=self.text_or_none(cast("Token | None", title)),
            day=cast(ast.Day, day),
            at=cast("ast.TimeOfDay | None", at),
            group=cast("ast.Name | None", group),
        )

    def template(self, children: list[Child]) -> ast.Template:
        _, name, first, second = cast("list[Token]", children)
        subject, text = (None, first) if second is None else (first, second)
        return ast.Template(
            span=self.span(children), name=self.word(name), subject=self.text_or_none(subject), text=self.text(text)
        )

    def contact(self, children: list[Child]) -> ast.Contact:
        name, display = cast(ast.Name, children[1]), self.text(cast(Token, children[2]))
        return ast.Contact(span=self.span(children), name=name, display=display)

    def topic(self, children: list[Child]) -> ast.Topic:
        name, title = cast(ast.Name, children[1]), self.text(cast(Token, children[2]))
        return ast.Topic(span=self.span(children), name=name, title=title)

    def quiet_hours(self, children: list[Child]) -> ast.QuietHours:
        _, _, start, _, end = children
        return ast.QuietHours(span=self.span(children), start=cast(ast.TimeOfDay, start), end=cast(ast.TimeOfDay, end))

    def quiet_dates(self, children: list[Child]) -> ast.QuietDates:
        _, _, first, _, last = children
        return ast.QuietDates(span=self.span(children), first=cast(ast.Day, first), last=cast(ast.Day, last))

    def quiet_weekdays(self, children: list[Child]) -> ast.QuietWeekdays:
        days = cast("tuple[ast.Weekday, ...]", cast(Part, children[2]).value)
        return ast.QuietWeekdays(span=self.span(children), days=days)

    def quiet_holidays(self, children: list[Child]) -> ast.QuietHolidays:
        return ast.QuietHolidays(span=self.span(children), region=self.code(cast(Token, children[2])))

    def limit(self, children: list[Token]) -> ast.Limit:
        per = cast(Literal["day", "week"], self.value(children[2]))
        return ast.Limit(span=self.span(children), number=self.count(children[1]), per=per)

    def lateness(self, children: list[Child]) -> ast.Lateness:
        return ast.Lateness(span=self.span(children), duration=cast(ast.Duration, children[1]))

    def stop_all(self, children: list[Child]) -> ast.StopAll:
        condition = cast(ast.Expr, children[1])
        self.as_condition(condition)
        return ast.StopAll(span=self.clause(children), condition=condition)

    # --- scenarios ---

    def scenario(self, children: list[Child]) -> ast.Scenario:
        lines = cast("tuple[ast.Given | ast.Expect, ...]", tuple(children[2:]))
        return ast.Scenario(span=self.span(children), title=self.text(cast(Token, children[1])), lines=lines)

    def when(self, children: list[Child]) -> Part:
        return Part(self.span(children), (children[1], children[2]))

    def _given(self, children: list[Child], verb: str, *args: object, form: str = "") -> ast.Given:
        day, at = cast("tuple[ast.Day, ast.TimeOfDay | None]", cast(Part, children[-1]).value)
        return ast.Given(
            span=self.span(children),
            form=form,
            person=self.articled(children[0], cast(ast.Name, children[1])),
            verb=verb,
            args=args,  # type: ignore[arg-type]  # the grammar says what they are
            day=day,
            at=at,
        )

    def given_verb(self, children: list[Child]) -> ast.Given:
        verb = cast(Token, children[2])
        return self._given(children, self.value(verb), form=self.inflected(verb, "VERB"))

    def given_visits(self, children: list[Child]) -> ast.Given:
        return self._given(children, "visits")

    def given_enrolled(self, children: list[Child]) -> ast.Given:
        role, form = cast("Token | None", children[4]), self.inflected(cast(Token, children[2]), "VERB_ENROLLED")
        return self._given(children, "enrolled", *(() if role is None else (self.text(role),)), form=form)

    def given_name(self, children: list[Child]) -> ast.Given:
        verb = self.value(cast(Token, children[2]))
        name = self.articled(children[2], cast(ast.Name, children[3]))
        return self._given(children, "views" if verb == "viewed" else verb, name)

    def given_scores(self, children: list[Child]) -> ast.Given:
        return self._given(
            children,
            "scores",
            self.decimal(cast(Token, children[3])),
            self.articled(children[4], cast(ast.Name, children[5])),
        )

    def given_has(self, children: list[Child]) -> ast.Given:
        field, value = cast(Token, children[3]), cast(Token, children[4])
        return self._given(children, "has", self.code(field), self.text(value))

    def given_timezone(self, children: list[Child]) -> ast.Given:
        return self._given(children, "timezone", self.code(cast(Token, children[3])))

    def given_event(self, children: list[Child]) -> ast.Given:
        return self._given(children, "event", self.text(cast(Token, children[3])))

    def given_date(self, children: list[Child]) -> ast.Given:
        _, what, _, _, day, time, when = children
        known, at = cast("tuple[ast.Day, ast.TimeOfDay | None]", cast(Part, when).value)
        args = (what, day) if time is None else (what, day, time)
        return ast.Given(
            span=self.span(children),
            person=None,
            verb="date",
            args=args,  # type: ignore[arg-type]  # the grammar says what they are
            day=known,
            at=at,
        )

    def expect_sent(self, children: list[Child]) -> ast.Expect:
        return self._expect("sent", children, children[1], children[3], children[4])

    def expect_suppressed(self, children: list[Child]) -> ast.Expect:
        form = self.inflected(cast(Token, children[2]), "SUPPRESSED")
        return self._expect("suppressed", children, children[1], children[3], form=form)

    def expect_notice(self, children: list[Child]) -> ast.Expect:
        return self._expect("notice", children, children[1], children[3], children[4])

    def expect_no(self, children: list[Child]) -> ast.Expect:
        return self._expect("none", children, children[1], children[3])

    def expect_no_message(self, children: list[Child]) -> ast.Expect:
        return self._expect("no-message", children, None, children[1])

    def expect_nothing_else(self, children: list[Child]) -> ast.Expect:
        return self._expect("nothing-else", children, None, None)

    def _expect(
        self,
        outcome: Literal["sent", "notice", "suppressed", "none", "no-message", "nothing-else"],
        children: list[Child],
        rule: Child,
        who: Child,
        when: Child = None,
        form: str = "",
    ) -> ast.Expect:
        day, at = cast("tuple[ast.Day, ast.TimeOfDay | None]", when.value) if isinstance(when, Part) else (None, None)
        return ast.Expect(
            span=self.span(children),
            form=form,
            outcome=outcome,
            rule=cast("ast.Name | None", rule),
            who=cast("ast.Name | ast.Who | None", who),
            day=day,
            at=at,
        )
