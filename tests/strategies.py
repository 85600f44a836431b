"""Any abstract syntax: hypothesis strategies for whole files and for each kind of node."""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from planned.syntax import ast

LONG = bool(os.environ.get("PLANNED_LONG"))
"""`make soak`: properties are tried on as many examples as they name, else on a fifth."""


def examples(many: int) -> int:
    """How many examples a property is tried on."""
    return many if LONG else max(many // 5, 20)


_LETTERS = "abcdefgxyzABCXYZéèàçœÉ"
NAME_TEXTS = st.one_of(
    st.sampled_from(["Quiz1", "Lesson2", "Oral", "relance", "a", "draft", "course", "Devoir à rendre", "2", "l'Oral"]),
    st.text(_LETTERS + "0123456789_-", min_size=1, max_size=8),
    st.text(_LETTERS + " 0123456789_-'\"\\.,;:/#()«»", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool),
)
_BARE = st.sampled_from(["encouragement", "lettre1", "lettre2", "É_1", "b-2", "modele_x", "mai", "noms"])
_CHARACTERS = st.characters(
    codec="utf-8",
    categories=("L", "N", "P", "S", "Zs"),
    exclude_characters="\u2028\u2029",
)


def _is_block(text: str) -> bool:
    """Whether a text of several lines is as it is read: no common indentation, no blank first or last line."""
    lines = text.split("\n")
    full = [line for line in lines if line.strip()]
    return (
        len(full) > 1
        and bool(lines[0].strip())
        and bool(lines[-1].strip())
        and any(line[0] not in " \t\u00a0\u202f" for line in full)
        and all(line.strip() or not line for line in lines)
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def names() -> st.SearchStrategy[ast.Name]:
    return st.builds(ast.Name, text=NAME_TEXTS.map(_nfc))


def bare_names() -> st.SearchStrategy[ast.Name]:
    return st.builds(ast.Name, text=_BARE)


def texts() -> st.SearchStrategy[ast.Text]:
    line = st.one_of(st.text("ab é\"\\#«»“”'{}%", max_size=12), st.text(_CHARACTERS, max_size=12))
    lines = st.lists(line, min_size=2, max_size=4).map("\n".join).map(_nfc).filter(_is_block)
    one = st.one_of(line.map(_nfc), st.just('say "hi" \\'), st.just('"""'), st.just("\\\\"))
    return st.builds(ast.Text, text=st.one_of(one, one, lines))


def units() -> st.SearchStrategy[ast.Unit]:
    return st.sampled_from(ast.Unit)


def durations() -> st.SearchStrategy[ast.Duration]:
    return st.builds(ast.Duration, parts=st.tuples(st.tuples(st.integers(1, 100), units())))


def compounds() -> st.SearchStrategy[ast.Duration]:
    order = [ast.Unit.MONTH, ast.Unit.WEEK, ast.Unit.DAY, ast.Unit.HOUR, ast.Unit.MINUTE]
    chosen = st.sets(st.sampled_from(order), min_size=2, max_size=4)
    return st.builds(
        lambda some, number: ast.Duration(parts=tuple((number, unit) for unit in order if unit in some)),
        chosen,
        st.integers(1, 50),
    )


def times() -> st.SearchStrategy[ast.TimeOfDay]:
    return st.builds(ast.TimeOfDay, hour=st.integers(0, 23), minute=st.integers(0, 59))


def days() -> st.SearchStrategy[ast.Day]:
    return st.builds(ast.Day, day=st.dates(date(1970, 1, 1), date(2100, 1, 1)))


def weekdays() -> st.SearchStrategy[tuple[ast.Weekday, ...]]:
    return st.lists(st.sampled_from(ast.Weekday), min_size=1, max_size=7).map(tuple)


def decimals() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, 1000, places=1, allow_nan=False).map(lambda n: n.normalize() + 0)


def date_refs() -> st.SearchStrategy[ast.DateRef]:
    return st.one_of(
        st.builds(ast.Deadline, activity=names()),
        st.builds(ast.CourseDate, what=st.sampled_from(["start", "end", "end-of-enrolment"])),
        st.builds(ast.DeclaredDate, name=names()),
    )


def grades() -> st.SearchStrategy[ast.Grade]:
    return st.builds(
        ast.Grade, activity=names(), op=st.sampled_from(ast.GradeOp), value=decimals(), percent=st.booleans()
    )


def without_access() -> st.SearchStrategy[ast.WithoutAccess]:
    return st.builds(ast.WithoutAccess, duration=durations())


def pure_facts() -> st.SearchStrategy[ast.Fact]:
    """Facts that are no conditions as well."""
    n = st.integers(1, 5)
    return st.one_of(
        st.builds(ast.Completion, target=names()),
        st.just(ast.CourseCompletion()),
        *(
            st.builds(kind, activity=names(), times=n)
            for kind in (ast.Passing, ast.Failing, ast.Submission, ast.Viewing)
        ),
        st.just(ast.Enrolment()),
        st.just(ast.FirstAccess()),
        st.builds(ast.Access, times=n),
        st.builds(ast.JoiningGroup, group=names()),
        st.builds(ast.LeavingGroup, group=names(), times=n),
        st.builds(ast.DateReached, date=date_refs()),
        st.builds(ast.Sending, rule=names(), times=n),
        st.builds(ast.CustomEvent, kind=texts(), times=n),
    )


def facts() -> st.SearchStrategy[ast.Fact]:
    return st.one_of(pure_facts(), grades(), without_access())


def _profiles() -> st.SearchStrategy[ast.Profile]:
    field = st.sampled_from(["department", "city", "date", "champ_libre"])
    with_value = st.sampled_from([ast.ProfileOp.IS, ast.ProfileOp.CONTAINS, ast.ProfileOp.STARTS_WITH])
    return st.one_of(
        st.builds(ast.Profile, field=field, op=with_value, value=texts()),
        st.builds(ast.Profile, field=field, op=st.just(ast.ProfileOp.IS_EMPTY)),
    )


def lasting_conditions() -> st.SearchStrategy[ast.Condition]:
    """Conditions that do not depend on the calendar alone."""
    return st.one_of(
        st.builds(ast.IsComplete, target=names()),
        st.just(ast.CourseIsComplete()),
        *(st.builds(kind, activity=names()) for kind in (ast.IsPassed, ast.IsFailed, ast.IsSubmitted, ast.IsViewed)),
        st.builds(ast.EnrolledAs, role=texts()),
        st.builds(ast.InGroup, group=names()),
        st.builds(ast.IsSent, rule=names()),
        _profiles(),
    )


def conditions() -> st.SearchStrategy[ast.Condition]:
    return st.one_of(
        lasting_conditions(),
        grades(),
        without_access(),
        st.builds(ast.ActiveWithin, duration=durations()),
        st.builds(ast.DateIsOver, date=date_refs()),
        st.builds(ast.TodayIs, days=weekdays()),
        st.builds(ast.BeforeDay, day=days()),
        st.builds(ast.AfterDay, day=days()),
    )


def _joined(items: st.SearchStrategy[ast.Expr]) -> st.SearchStrategy[ast.Expr]:
    several = st.lists(items, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(ast.And, items=several), st.builds(ast.Or, items=several))


def guard_exprs() -> st.SearchStrategy[ast.Expr]:
    return st.recursive(
        conditions(), lambda inner: st.one_of(st.builds(ast.Not, item=inner), _joined(inner)), max_leaves=5
    )


def trigger_exprs() -> st.SearchStrategy[ast.Expr]:
    beside = st.one_of(lasting_conditions(), st.builds(ast.Not, item=lasting_conditions()))
    whole = st.recursive(st.one_of(facts(), beside), _joined, max_leaves=4)
    return st.one_of(
        facts(), st.builds(lambda fact, rest: ast.And(items=(fact, rest)), facts(), whole), _joined(facts())
    )


def triggers() -> st.SearchStrategy[ast.Trigger]:
    bounds = st.one_of(st.none(), facts())
    return st.one_of(
        st.builds(ast.After, what=trigger_exprs()),
        st.builds(
            ast.EveryWeekday,
            days=st.one_of(weekdays(), st.just(tuple(ast.Weekday))),
            at=times(),
            since=bounds,
            until=bounds,
        ),
        st.builds(
            ast.EveryPeriod,
            number=st.integers(1, 12),
            unit=st.sampled_from([ast.Unit.WEEK, ast.Unit.MONTH]),
            at=times(),
            since=bounds,
            until=bounds,
        ),
        st.builds(ast.OnDay, day=days(), at=times()),
        st.builds(ast.BeforeDate, lead=durations(), date=date_refs(), at=st.one_of(st.none(), times())),
        st.builds(ast.BeforeDate, lead=st.none(), date=date_refs(), at=times()),
    )


def waits() -> st.SearchStrategy[ast.Wait]:
    return st.one_of(
        st.builds(
            ast.WaitFor,
            duration=st.one_of(durations(), compounds()),
            at=st.one_of(st.none(), times()),
            at_least=st.booleans(),
        ),
        st.builds(ast.WaitUntil, day=st.one_of(st.sampled_from(ast.Weekday), days()), at=times()),
        st.builds(ast.WaitUpTo, duration=durations(), fact=facts()),
    )


def guards() -> st.SearchStrategy[ast.Guard]:
    return st.builds(ast.Guard, kind=st.sampled_from(["if", "unless"]), condition=guard_exprs())


def whos() -> st.SearchStrategy[ast.Who]:
    return st.one_of(
        st.builds(ast.Who, kind=st.sampled_from(["learner", "tutor", "tutors", "manager"])),
        st.builds(ast.Who, kind=st.sampled_from(["role", "contact"]), name=names()),
    )


def senders() -> st.SearchStrategy[ast.Who]:
    return st.one_of(
        st.builds(ast.Who, kind=st.sampled_from(["tutor", "noreply"])),
        st.builds(ast.Who, kind=st.just("contact"), name=names()),
    )


def messages() -> st.SearchStrategy[ast.MessageRef]:
    return st.one_of(texts(), bare_names())


def _channels() -> st.SearchStrategy[ast.Name | None]:
    return st.one_of(st.none(), st.builds(ast.Name, text=st.sampled_from(["email", "moodle", "date"])))


def sends(most: int = 1) -> st.SearchStrategy[ast.Send]:
    return st.builds(
        ast.Send,
        messages=st.lists(messages(), min_size=1, max_size=most).map(tuple),
        subject=st.one_of(st.none(), texts()),
        to=st.one_of(st.none(), whos()),
        sender=st.one_of(st.none(), senders()),
        via=_channels(),
        urgent=st.booleans(),
    )


def notices() -> st.SearchStrategy[ast.Notify]:
    return st.builds(
        ast.Notify,
        who=whos(),
        message=messages(),
        subject=st.one_of(st.none(), texts()),
        via=_channels(),
        daily_at=st.one_of(st.none(), times()),
    )


@st.composite
def steps(draw: st.DrawFn, series: bool = False) -> ast.Step:
    repeat = draw(
        st.one_of(
            st.none(),
            st.builds(ast.Repeat, every=durations(), at=st.one_of(st.none(), times()), up_to=st.integers(1, 9)),
        )
    )
    return ast.Step(
        wait=draw(st.one_of(st.none(), waits())),
        guards=tuple(draw(st.lists(guards(), max_size=2))),
        send=draw(sends(3 if series or repeat else 1)),
        notices=tuple(draw(st.lists(notices(), max_size=2))),
        repeat=repeat,
    )


@st.composite
def rules(draw: st.DrawFn) -> ast.Rule:
    name = draw(st.one_of(st.none(), names()))
    trigger = draw(triggers())
    every = isinstance(trigger, (ast.EveryWeekday, ast.EveryPeriod))
    again = st.one_of(st.none(), st.just("each-time"), st.builds(ast.AgainAfter, duration=durations()))
    unnamed = name is None
    return ast.Rule(
        name=name,
        was=draw(st.none() if unnamed else st.one_of(st.none(), names())),
        title=draw(st.none() if unnamed else st.one_of(st.none(), texts())),
        topic=draw(st.none() if unnamed else st.one_of(st.none(), names())),
        mode=draw(st.none() if unnamed else st.sampled_from([None, "draft", "paused"])),
        first_day=draw(st.none() if unnamed else st.one_of(st.none(), days())),
        last_day=draw(st.none() if unnamed else st.one_of(st.none(), days())),
        trigger=trigger,
        steps=tuple(draw(st.lists(steps(every), min_size=1, max_size=2))),
        stop_once=draw(st.one_of(st.none(), guard_exprs())),
        complete_when=draw(st.sampled_from([None, "sent", "elapsed"])),
        again=draw(st.none() if every else again),
        expires_after=draw(st.one_of(st.none(), durations())),
        even_when_unenrolled=draw(st.booleans()),
    )


def givens() -> st.SearchStrategy[ast.Given]:
    def verbs(verb: str, *args: st.SearchStrategy[object]) -> st.SearchStrategy[ast.Given]:
        return st.builds(
            ast.Given,
            person=names(),
            verb=st.just(verb),
            args=st.tuples(*args),
            day=days(),
            at=st.one_of(st.none(), times()),
        )

    alone = ("unenrolled", "suspended", "resumes", "visits", "completes-course", "enrolled")
    with_name = ("completes", "passes", "fails", "resets", "submits", "views", "joins", "leaves")
    dated = st.one_of(st.tuples(date_refs(), days()), st.tuples(date_refs(), days(), times()))
    return st.one_of(
        *(verbs(verb) for verb in alone),
        *(verbs(verb, names()) for verb in with_name),
        verbs("enrolled", texts()),
        verbs("scores", decimals(), names()),
        verbs("has", st.sampled_from(["city", "date"]), texts()),
        verbs("timezone", st.sampled_from(["Europe/Paris", "UTC"])),
        verbs("event", texts()),
        st.builds(ast.Given, person=st.none(), verb=st.just("date"), args=dated, day=days()),
    )


def expects() -> st.SearchStrategy[ast.Expect]:
    at = st.one_of(st.none(), times())
    return st.one_of(
        st.builds(ast.Expect, outcome=st.just("sent"), rule=names(), who=names(), day=days(), at=at),
        st.builds(ast.Expect, outcome=st.just("notice"), rule=names(), who=whos(), day=days(), at=at),
        st.builds(ast.Expect, outcome=st.sampled_from(["suppressed", "none"]), rule=names(), who=names()),
        st.builds(ast.Expect, outcome=st.just("no-message"), who=names()),
        st.builds(ast.Expect, outcome=st.just("nothing-else")),
    )


def scenarios() -> st.SearchStrategy[ast.Scenario]:
    lines = st.lists(st.one_of(givens(), expects()), min_size=1, max_size=4).map(tuple)
    return st.builds(ast.Scenario, title=texts(), lines=lines)


def declarations() -> st.SearchStrategy[ast.Statement]:
    text, maybe = texts(), st.one_of(st.none(), texts())
    return st.one_of(
        st.builds(ast.LanguageDecl, language=st.sampled_from(["en", "fr"])),
        st.builds(ast.Import, path=text),
        st.builds(ast.Timezone, zone=st.sampled_from(["Europe/Paris", "UTC", "Etc/GMT+5"]), for_all=st.booleans()),
        st.builds(ast.Course, id=names(), title=maybe),
        st.just(ast.EveryCourse()),
        st.builds(ast.Activity, name=names(), title=maybe, source_id=maybe),
        st.builds(ast.Group, name=names(), source_id=text),
        st.builds(
            ast.DateDecl,
            name=names(),
            title=maybe,
            day=days(),
            at=st.one_of(st.none(), times()),
            group=st.one_of(st.none(), names()),
        ),
        st.builds(ast.Template, name=bare_names(), subject=maybe, text=text),
        st.builds(ast.Contact, name=names(), display=text),
        st.builds(ast.Topic, name=names(), title=text),
        st.builds(ast.QuietHours, start=times(), end=times()),
        st.builds(ast.QuietWeekdays, days=weekdays()),
        st.builds(ast.QuietHolidays, region=st.sampled_from(["FR", "FR-57", "CA-QC", "DE"])),
        st.builds(ast.QuietDates, first=days(), last=days()),
        st.builds(ast.Limit, number=st.integers(1, 50), per=st.sampled_from(["day", "week"])),
        st.builds(ast.Lateness, duration=durations()),
        st.builds(ast.StopAll, condition=guard_exprs()),
    )


def statements() -> st.SearchStrategy[ast.Statement]:
    return st.one_of(declarations(), rules(), scenarios())


def files() -> st.SearchStrategy[ast.File]:
    return st.builds(
        ast.File,
        path=st.just("any.rules"),
        language=st.sampled_from(["en", "fr"]),
        statements=st.lists(statements(), max_size=4).map(tuple),
    )
