"""From words to rules: triggers, waits, guards and messages (sections 2.2 to 2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from planned.diagnostics import Message, Severity, Span
from planned.syntax import ast, words
from planned.syntax.facts import Facts
from planned.syntax.said import MISSING_MESSAGE
from planned.syntax.values import KEYWORD_AS_NAME, Child, Part, Token

LIST_WITHOUT_SERIES = Message(
    "message-list",
    Severity.ERROR,
    "Several messages can stand here only in a rule that starts with `every`, or before `repeat every`.",
    "On ne peut écrire ici plusieurs messages que dans une règle qui commence par `chaque`, ou avant `répéter`.",
    "Add for instance `repeat every 7 days`, or write `then wait 7 days send …` for each further message.",
    "Ajoutez par exemple `répéter tous les 7 jours`, ou écrivez `puis attendre 7 jours envoyer …` pour chaque message.",
)
ENDLESS_REPEAT = Message(
    "endless-repeat",
    Severity.ERROR,
    "This repetition never ends.",
    "Cette répétition ne finit jamais.",
    "Say how often: `repeat every 7 days up to 3 times`.",
    "Dites combien de fois : `répéter tous les 7 jours au plus 3 fois`.",
)
WRONG_SENDER = Message(
    "wrong-sender",
    Severity.ERROR,
    "A message cannot come from “{word}”.",
    "Un message ne peut pas venir de « {word} ».",
    "It comes from `noreply`, from `tutor` or from a contact. For the learner's own tutor, `to tutor` is enough.",
    "Il vient de `noreply`, du `formateur` ou d'un contact. Pour le formateur de l'apprenant, `au formateur` suffit.",
)
UNREAD = Message(
    "wrong-recipient",
    Severity.ERROR,
    "Nobody reads what is sent to `noreply`.",
    "Personne ne lit ce qui est envoyé à `noreply`.",
    "Write to `learner`, `tutor`, `tutors`, `manager`, a role or a contact.",
    "Écrivez à `apprenant`, `formateur`, `formateurs`, `responsable`, un rôle ou un contact.",
)
_SENDERS = frozenset({"noreply", "tutor", "contact"})
EVERY_UNIT = Message(
    "every-unit",
    Severity.ERROR,
    "`every` takes weekdays, `day`, weeks or months, not “{word}”.",
    "`chaque` et `tous les` vont avec un jour de la semaine, `jour`, des semaines ou des mois, pas avec « {word} ».",
    "Write {en}.",
    "Écrivez {fr}.",
)
_EVERY_FORMS = (
    "`every day at 18:00`, `every monday at 09:00` or `every 2 weeks at 09:00`",
    "`chaque jour à 18h`, `chaque lundi à 9h` ou `toutes les 2 semaines à 9h`",
)
_EVERY_DAYS = {
    1: ("`every day at 09:00`", "`chaque jour à 9h`"),
    7: ("`every week at 09:00`", "`chaque semaine à 9h`"),
    **dict.fromkeys((14, 15), ("`every 2 weeks at 09:00`", "`toutes les 2 semaines à 9h`")),
    21: ("`every 3 weeks at 09:00`", "`toutes les 3 semaines à 9h`"),
    28: ("`every 4 weeks at 09:00`", "`toutes les 4 semaines à 9h`"),
    **dict.fromkeys((30, 31), ("`every month at 09:00`", "`chaque mois à 9h`")),
}
"""What people mean by so many days."""
_EVERY_WORKING_DAY = (
    "`every monday, tuesday, wednesday, thursday, friday at 09:00`",
    "`chaque lundi, mardi, mercredi, jeudi, vendredi à 9h`",
)
AGAIN_WITH_EVERY = Message(
    "again-with-every",
    Severity.ERROR,
    "A rule that starts with `every` comes again by itself.",
    "Une règle qui commence par `chaque` ou `tous les` revient d'elle-même.",
    "Delete this clause.",
    "Supprimez cette clause.",
)

OPTIONS = ("stop_once", "complete_when", "again", "expires_after", "even_when_unenrolled")
"""The fields of the clauses after the last message, in their order."""


_NO_CONTACT = frozenset(
    {"the", "a", "my", "our", "your", "his", "her", "their", "mon", "ma", "mes", "son", "sa", "ses", "notre", "votre"}
)
"""What is written before `tutor` out of habit."""
_ARTICLES = {"apprenante": "l'", "formatrice": "la", "formatrices": "les"}
"""Of the feminine words for people; `responsable` is what its article says."""


class Rules(Facts):
    """The part of the tree builder that reads rules."""

    def rule(self, children: list[Child]) -> ast.Rule:
        header, trigger, steps, stop, complete, again, expires, even = children
        fields = cast("dict[str, object]", header.value) if isinstance(header, Part) else {}
        many, clauses = cast("tuple[tuple[ast.Step, ...], list[Span]]", cast(Part, steps).value)
        node = ast.Rule(
            **fields,  # type: ignore[arg-type]  # made by `header`, by the names of the fields
            span=self.span(children),
            trigger=cast(ast.Trigger, trigger),
            steps=many,
            stop_once=cast("ast.Expr | None", stop.value if isinstance(stop, Part) else None),
            complete_when=None if complete is None else self._complete_when(cast(Token, complete)),
            again=cast(
                "Literal['each-time'] | ast.AgainAfter | None", again.value if isinstance(again, Part) else again
            ),
            expires_after=cast("ast.Duration | None", expires.value if isinstance(expires, Part) else None),
            even_when_unenrolled=even is not None,
            places=(
                *self._places(("header", header), ("trigger", trigger)),
                *(("step", place) for place in clauses),
                *self._places(*zip(OPTIONS, children[3:], strict=True)),
            ),
        )
        self._series(node, again)
        return node

    def _places(self, *named: tuple[str, Child]) -> list[tuple[str, Span]]:
        return [(name, self.place(child)) for name, child in named if child is not None]

    def _complete_when(self, token: Token) -> Literal["sent", "elapsed"]:
        return cast(Literal["sent", "elapsed"], self.value(token))

    def _series(self, rule: ast.Rule, again: Child) -> None:
        every = isinstance(rule.trigger, (ast.EveryWeekday, ast.EveryPeriod))
        for step in rule.steps:
            many = len(step.send.messages) > 1
            if many and not every and step.repeat is None:
                self.fail(LIST_WITHOUT_SERIES, step.send.messages[1].span.to(step.send.messages[-1].span))
            if step.repeat is not None and step.repeat.up_to is None and not many:
                self.fail(ENDLESS_REPEAT, step.repeat.span)
        if every and again is not None:
            self.fail(AGAIN_WITH_EVERY, self.place(again))

    def header(self, children: list[Child]) -> Part:
        _, name, _, was, title, about, topic, mode, _, first, _, last = children
        fields = {
            "name": name,
            "was": was,
            "title": self.text_or_none(cast("Token | None", title)),
            "topic": None if topic is None else self.articled(about, cast(ast.Name, topic)),
            "mode": None if mode is None else self.value(cast(Token, mode)),
            "first_day": first,
            "last_day": last,
        }
        return Part(self.span(children), fields)

    def stop(self, children: list[Child]) -> Part:
        expr = cast(ast.Expr, children[1])
        self.as_condition(expr)
        return Part(self.clause(children), expr)

    def again_each_time(self, children: list[Child]) -> Part:
        return Part(self.span(children), "each-time")

    def again_after(self, children: list[Child]) -> ast.AgainAfter:
        return ast.AgainAfter(span=self.span(children), duration=cast(ast.Duration, children[1]))

    def expires(self, children: list[Child]) -> Part:
        return Part(self.span(children), children[1])

    # --- triggers ---

    def after(self, children: list[Child]) -> ast.After:
        what = cast(ast.Expr, children[1])
        self.as_trigger(what)
        return ast.After(span=self.clause(children), what=what)

    def every_weekday(self, children: list[Child]) -> ast.EveryWeekday:
        _, days, at, *bounds = children
        since, until = self._bounds(bounds)
        return ast.EveryWeekday(
            span=self.span(children),
            days=cast("tuple[ast.Weekday, ...]", cast(Part, days).value),
            at=cast(ast.TimeOfDay, at),
            since=since,
            until=until,
        )

    def _bounds(self, children: list[Child]) -> tuple[ast.Fact | None, ast.Fact | None]:
        start, since, end, until = children
        return (
            None if since is None else self.articled(start, cast(ast.Fact, since)),
            None if until is None else self.articled(end, cast(ast.Fact, until)),
        )

    def every_period(self, children: list[Child]) -> ast.Trigger:
        _, number, unit_token, at, *rest = children
        token = cast(Token, unit_token)
        unit = self.unit(token)
        since, until = self._bounds(rest)
        span, time = self.span(children), cast(ast.TimeOfDay, at)
        if unit is ast.Unit.DAY and number is None:
            return ast.EveryWeekday(span=span, days=tuple(ast.Weekday), at=time, since=since, until=until)
        if unit is not ast.Unit.WEEK and unit is not ast.Unit.MONTH:
            first = token if number is None else cast(Token, number)
            where = self.token_span(first, token)
            days = 0 if number is None or unit is not ast.Unit.DAY else self.count(cast(Token, number), most=520)
            en, fr = _EVERY_DAYS.get(days, _EVERY_FORMS)
            if unit is ast.Unit.WORKING_DAY and number is None:
                en, fr = _EVERY_WORKING_DAY
            self.fail(EVERY_UNIT, where, word=self.excerpt(where), en=en, fr=fr)
            unit = ast.Unit.WEEK
        count = 1 if number is None else self.count(cast(Token, number), most=520)
        return ast.EveryPeriod(
            span=span,
            number=count,
            unit=cast("Literal[ast.Unit.WEEK, ast.Unit.MONTH]", unit),
            at=time,
            since=since,
            until=until,
        )

    def on_day(self, children: list[Child]) -> ast.OnDay:
        return ast.OnDay(span=self.span(children), day=cast(ast.Day, children[1]), at=cast(ast.TimeOfDay, children[2]))

    def before_date(self, children: list[Child]) -> ast.BeforeDate:
        lead, _, what, at = children
        return ast.BeforeDate(
            span=self.span(children),
            lead=cast(ast.Duration, lead),
            date=cast(ast.DateRef, what),
            at=cast("ast.TimeOfDay | None", at),
        )

    def on_day_of(self, children: list[Child]) -> ast.BeforeDate:
        phrase, what, at = children
        date = self.articled(phrase, cast(ast.DateRef, what))
        return ast.BeforeDate(span=self.span(children), lead=None, date=date, at=cast(ast.TimeOfDay, at))

    # --- steps ---

    def steps(self, children: list[Child]) -> Part:
        """The steps, and where their clauses stand; `then` belongs to the first one of a step."""
        steps = tuple(c for c in children if isinstance(c, ast.Step))
        places: list[Span] = []
        for then, one in zip((None, *children[1::2]), steps, strict=True):
            clauses = (one.wait, *one.guards, one.send, *one.notices, one.repeat)
            first, *rest = (clause.span for clause in clauses if clause is not None)
            places += [first if then is None else self.place(then).to(first), *rest]
        return Part(self.span(children), (steps, places))

    def step(self, children: list[Child]) -> ast.Step:
        wait, repeat = children[0], children[-1]
        middle = children[1:-1]
        return ast.Step(
            span=self.span(children),
            wait=cast("ast.Wait | None", wait),
            guards=tuple(c for c in middle if isinstance(c, ast.Guard)),
            send=next(c for c in middle if isinstance(c, ast.Send)),
            notices=tuple(c for c in middle if isinstance(c, ast.Notify)),
            repeat=cast("ast.Repeat | None", repeat),
        )

    def wait_for(self, children: list[Child]) -> ast.WaitFor:
        _, at_least, amounts, at = children
        return ast.WaitFor(
            span=self.span(children),
            duration=cast(ast.Duration, amounts),
            at=cast("ast.TimeOfDay | None", at),
            at_least=at_least is not None,
        )

    def wait_until_weekday(self, children: list[Child]) -> ast.WaitUntil:
        day = self.weekday(cast(Token, children[2]))
        return ast.WaitUntil(span=self.span(children), day=day, at=cast(ast.TimeOfDay, children[3]))

    def wait_until_day(self, children: list[Child]) -> ast.WaitUntil:
        day = cast(ast.Day, children[2])
        return ast.WaitUntil(span=self.span(children), day=day, at=cast(ast.TimeOfDay, children[3]))

    def wait_up_to(self, children: list[Child]) -> ast.WaitUpTo:
        return ast.WaitUpTo(
            span=self.span(children), duration=cast(ast.Duration, children[2]), fact=cast(ast.Fact, children[4])
        )

    def guard(self, children: list[Child]) -> ast.Guard:
        kind: Literal["if", "unless"] = "if" if cast(Token, children[0]).type == "IF" else "unless"
        condition = cast(ast.Expr, children[1])
        self.as_condition(condition)
        return ast.Guard(span=self.clause(children), kind=kind, condition=condition)

    def send(self, children: list[Child]) -> ast.Send:
        _, messages, _, subject, at, to, of, sender, _, via, urgent = children
        if sender is not None and cast(ast.Who, sender).kind not in _SENDERS:
            self.fail(WRONG_SENDER, cast(ast.Who, sender).span, word=self.excerpt(cast(ast.Who, sender).span))
        self._reads(cast("ast.Who | None", to))
        return ast.Send(
            span=self.span(children),
            messages=cast("tuple[ast.MessageRef, ...]", cast(Part, messages).value),
            subject=self.text_or_none(cast("Token | None", subject)),
            to=None if to is None else self.articled(at, cast(ast.Who, to)),
            sender=None if sender is None else self.articled(of, cast(ast.Who, sender)),
            via=self._channel(cast("Token | None", via)),
            urgent=urgent is not None,
        )

    def _reads(self, who: ast.Who | None) -> None:
        if who is not None and who.kind == "noreply":
            self.fail(UNREAD, who.span)

    def _channel(self, token: Token | None) -> ast.Name | None:
        return None if token is None else ast.Name(span=self.place(token), text=self.code(token))

    def messages(self, children: list[Child]) -> Part:
        return Part(self.span(children), tuple(c for c in children if isinstance(c, ast.Node)))

    def message(self, children: list[Token]) -> ast.MessageRef:
        token = children[0]
        return self.text(token) if token.type == "STRING" else self.word(token)

    def notify(self, children: list[Child]) -> ast.Notify:
        verb, who, _, daily, message, _, subject, _, via = children
        self._no_message(cast(Token, verb), cast(ast.Who, who), cast(ast.MessageRef, message))
        self._reads(cast(ast.Who, who))
        return ast.Notify(
            span=self.span(children),
            who=cast(ast.Who, who),
            message=cast(ast.MessageRef, message),
            subject=self.text_or_none(cast("Token | None", subject)),
            via=self._channel(cast("Token | None", via)),
            daily_at=cast("ast.TimeOfDay | None", daily),
        )

    def _no_message(self, verb: Token, who: ast.Who, message: ast.MessageRef) -> None:
        """`notify the tutor` and no more: `the` was taken for a contact, and the tutor for a template."""
        last = self.found[-1] if self.found else None
        if who.name is None or last is None or last.message is not KEYWORD_AS_NAME or last.span != message.span:
            return
        if words.fold(who.name.text) in _NO_CONTACT:
            self.found.pop()
            told = f"{self.written(verb)} {message.text}"
            self.fail(MISSING_MESSAGE, replace(message.span, column=who.span.column, line=who.span.line), word=told)

    def repeat(self, children: list[Child]) -> ast.Repeat:
        _, every, at, _, times = children
        return ast.Repeat(
            span=self.span(children),
            every=cast(ast.Duration, every),
            at=cast("ast.TimeOfDay | None", at),
            up_to=None if times is None else self.count(cast(Token, times)),
        )

    def who(self, children: list[Child]) -> ast.Who:
        article, word = children[0], cast(Token, children[1])
        kind = cast(Literal["learner", "tutor", "tutors", "manager", "noreply"], self.value(word))
        written = self.inflected(word, "WHO")
        form = f"{_ARTICLES[written]} {written}".replace("' ", "'") if written in _ARTICLES else ""
        return self.articled(article, ast.Who(span=self.span(children), form=form, kind=kind))

    def role(self, children: list[Child]) -> ast.Who:
        return ast.Who(span=self.span(children), kind="role", name=self.quoted_name(cast(Token, children[2])))

    def contact_ref(self, children: list[Child]) -> ast.Who:
        name = cast(ast.Name, children[0])
        return ast.Who(span=name.span, kind="contact", name=name)
