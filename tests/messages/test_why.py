"""Why a message came, and why one did not: the given examples to the letter, and a sentence for everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from planned.check.graph import (
    After,
    All,
    Any,
    Atom,
    BeforeDate,
    Context,
    CourseDate,
    Every,
    Expr,
    Guard,
    Kind,
    Not,
    OnDay,
    Rule,
    Trigger,
)
from planned.engine.decision import ReasonCode
from planned.engine.phrases import elapsed, locale_of
from planned.engine.why import Finding, reason, supporting, why
from planned.syntax.ast import Duration, GradeOp, ProfileOp, Unit

PARIS = "Europe/Paris"


def at(when: str) -> int:
    return int(datetime.fromisoformat(when).timestamp()) * 1_000_000


ANCHOR = at("2026-09-03T14:10+02:00")
NEXT_YEAR = at("2027-01-01T12:00+01:00")

QUIZ1 = Atom(kind=Kind.COMPLETE, key="q1", title="Quiz1")
LESSON2 = Atom(kind=Kind.COMPLETE, key="l2", title="Leçon 2")


def rule(trigger: Trigger) -> Rule:
    context = Context(file="a", language="fr", activities={"Oral": ("o", "Oral"), "D1": ("d1", "Devoir 1")})
    return Rule(name="relance", course="X", order=0, trigger=trigger, steps=(), context=context)


def because(
    trigger: Trigger | Expr,
    findings: Sequence[Finding],
    *guards: tuple[Guard, Sequence[Finding]],
    language: str = "en",
    learner: str | None = None,
) -> str:
    """What stands after "because"."""
    if not isinstance(trigger, After | Every | OnDay | BeforeDate):
        trigger = After(what=trigger)
    text = why(rule(trigger), findings, guards, ANCHOR, language=language, zone=PARIS, learner=learner)
    start = "Vous recevez ce message parce " if language == "fr" else "You get this message because "
    assert text.startswith(start)
    assert text.endswith(".")
    return text.removeprefix(start)[:-1]


UNLESS_LESSON2 = (Guard(kind="unless", condition=LESSON2, text="unless Lesson2 complete"), [Finding(LESSON2, False)])


# --- the examples of the language ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "You get this message because you completed Quiz1 on 3 September and have not completed Leçon 2 yet.",
        ),
        (
            "fr",
            "Vous recevez ce message parce que vous avez terminé Quiz1 le 3 septembre "
            "et que vous n'avez pas encore terminé Leçon 2.",
        ),
        (
            "de",
            "You get this message because you completed Quiz1 on 3 September and have not completed Leçon 2 yet.",
        ),
    ],
)
def test_why_says_the_rule_backwards(language: str, sentence: str) -> None:
    found = [Finding(QUIZ1, True, ANCHOR)]
    assert why(rule(After(what=QUIZ1)), found, [UNLESS_LESSON2], ANCHOR, language=language, zone=PARIS) == sentence


@pytest.mark.parametrize(
    ("code", "finding", "en", "fr"),
    [
        (
            ReasonCode.UNLESS,
            Finding(Atom(kind=Kind.COMPLETE, key="Lesson2"), True, at("2026-09-05T12:00+02:00")),
            "Lesson2 has been complete since 5 September 2026.",
            "L'apprenant a terminé Lesson2 le 5 septembre 2026.",
        ),
        (
            ReasonCode.IF,
            Finding(Atom(kind=Kind.COMPLETE, key="Lesson2"), False),
            "Lesson2 is not complete.",
            "L'apprenant n'a pas terminé Lesson2.",
        ),
    ],
)
def test_a_reason_says_the_fact(code: ReasonCode, finding: Finding, en: str, fr: str) -> None:
    assert reason(code, findings=[finding], language="en", zone=PARIS, now=ANCHOR) == en
    assert reason(code, findings=[finding], language="fr", zone=PARIS, now=ANCHOR) == fr


# --- why -------------------------------------------------------------------------------------------------


def test_a_day_is_that_of_the_readers_zone_and_has_its_year_if_it_is_another() -> None:
    late = Finding(QUIZ1, True, at("2026-09-30T23:30+02:00"))
    assert because(QUIZ1, [late]) == "you completed Quiz1 on 30 September"
    text = why(rule(After(what=QUIZ1)), [late], [], ANCHOR, language="fr", zone="Asia/Tokyo")
    assert text == "Vous recevez ce message parce que vous avez terminé Quiz1 le 1er octobre."
    assert because(QUIZ1, [Finding(QUIZ1, True, NEXT_YEAR)]) == "you completed Quiz1 on 1 January 2027"
    assert because(QUIZ1, [Finding(QUIZ1, True, NEXT_YEAR)], language="fr") == (
        "que vous avez terminé Quiz1 le 1er janvier 2027"
    )


def test_another_reader_reads_the_learners_name() -> None:
    grade = Atom(kind=Kind.GRADE, key="q1", title="Quiz1", op=GradeOp.BELOW, number=Decimal("12.5"))
    found = [Finding(QUIZ1, True, ANCHOR), Finding(grade, True)]
    what = All((QUIZ1, grade))
    assert because(what, found, UNLESS_LESSON2, learner="Alice") == (
        "Alice completed Quiz1 on 3 September, Alice's grade for Quiz1 is below 12.5 "
        "and Alice has not completed Leçon 2 yet"
    )
    assert because(what, found, UNLESS_LESSON2, learner="Alice", language="fr") == (
        "qu'Alice a terminé Quiz1 le 3 septembre, que la note d'Alice pour Quiz1 est inférieure à 12,5 "
        "et qu'Alice n'a pas encore terminé Leçon 2"
    )


def test_of_alternatives_only_the_true_one_is_told() -> None:
    found = [Finding(QUIZ1, False), Finding(LESSON2, True, ANCHOR)]
    assert because(Any((QUIZ1, LESSON2)), found) == "you completed Leçon 2 on 3 September"


def test_a_fact_that_is_trigger_and_guard_is_told_once() -> None:
    found = [Finding(QUIZ1, True, ANCHOR)]
    guard = (Guard(kind="if", condition=QUIZ1, text=""), found)
    assert because(QUIZ1, found, guard) == "you completed Quiz1 on 3 September"


def test_a_rule_without_known_facts_is_named() -> None:
    unknown = rule(After(what=QUIZ1))
    assert (
        why(unknown, [], [], ANCHOR, language="en", zone=PARIS) == "You get this message because of the rule relance."
    )
    assert why(unknown, [], [], ANCHOR, language="fr", zone=PARIS) == (
        "Vous recevez ce message en raison de la règle relance."
    )


NINE = time(9)
DEADLINE = CourseDate(what="deadline", activity="d1")
ORAL = CourseDate(what="deadline", activity="o")
DAYS3 = Duration(parts=((3, Unit.DAY),))


@pytest.mark.parametrize(
    ("trigger", "en", "fr"),
    [
        (Every(at=NINE, weekdays=frozenset({0})), "it goes out every Monday", "qu'il part chaque lundi"),
        (
            Every(at=NINE, weekdays=frozenset({3, 0})),
            "it goes out every Monday and Thursday",
            "qu'il part chaque lundi et jeudi",
        ),
        (Every(at=NINE, weekdays=frozenset(range(7))), "it goes out every day", "qu'il part chaque jour"),
        (Every(at=NINE, number=1, unit="week"), "it goes out every week", "qu'il part chaque semaine"),
        (Every(at=NINE, number=2, unit="week"), "it goes out every 2 weeks", "qu'il part toutes les 2 semaines"),
        (Every(at=NINE, number=1, unit="month"), "it goes out every month", "qu'il part chaque mois"),
        (Every(at=NINE, number=3, unit="month"), "it goes out every 3 months", "qu'il part tous les 3 mois"),
        (OnDay(day=date(2026, 10, 5), at=NINE), "it goes out on 5 October", "qu'il part le 5 octobre"),
        (OnDay(day=date(2027, 1, 1), at=NINE), "it goes out on 1 January 2027", "qu'il part le 1er janvier 2027"),
        (
            BeforeDate(date=DEADLINE, lead=DAYS3, at=NINE),
            "the deadline of Devoir 1 is 6 September",
            "que l'échéance de Devoir 1 est le 6 septembre",
        ),
        (
            BeforeDate(date=ORAL, lead=None, at=NINE),
            "the deadline of Oral is 3 September",
            "que l'échéance d'Oral est le 3 septembre",
        ),
        (
            BeforeDate(date=CourseDate(what="end"), lead=Duration(parts=((1, Unit.MONTH),)), at=None),
            "the end of the course is near",
            "que la date de fin du cours est proche",
        ),
        (
            BeforeDate(date=CourseDate(what="Atelier"), lead=DAYS3, at=None),
            "Atelier is 6 September",
            "que la date Atelier est le 6 septembre",
        ),
    ],
)
def test_every_sort_of_trigger_is_told(trigger: Trigger, en: str, fr: str) -> None:
    assert because(trigger, []) == en
    assert because(trigger, [], language="fr") == fr
    assert because(trigger, [], UNLESS_LESSON2).endswith(" and you have not completed Leçon 2 yet")


def test_a_date_that_is_known_is_told_as_it_is() -> None:
    month = BeforeDate(date=DEADLINE, lead=Duration(parts=((1, Unit.MONTH),)), at=None)
    found = [Finding(Atom(kind=Kind.DATE_OVER, date=DEADLINE), False, at("2026-10-03T12:00+02:00"))]
    assert because(month, found) == "the deadline of Devoir 1 is 3 October"


def test_the_facts_of_every_are_told() -> None:
    enrolled = Atom(kind=Kind.ENROLLED)
    trigger = Every(at=NINE, weekdays=frozenset({0}), since=enrolled, until=LESSON2)
    found = [Finding(enrolled, True, ANCHOR), Finding(LESSON2, False)]
    assert because(trigger, found) == (
        "it goes out every Monday, you joined the course on 3 September and have not completed Leçon 2 yet"
    )


# --- every fact, both ways, in both languages --------------------------------------------------------------


def atoms(kind: Kind) -> Iterator[Atom]:
    """Atoms of a kind, with all that it may carry."""
    match kind:
        case Kind.GRADE:
            for grade in GradeOp:
                yield Atom(kind=kind, key="q", title="Quiz1", op=grade, number=Decimal("50"), percent=True)
        case Kind.PROFILE:
            for profile in ProfileOp:
                yield Atom(kind=kind, key="department", op=profile, value="Biologie")
        case Kind.WITHOUT_ACCESS | Kind.ACTIVE_WITHIN:
            yield Atom(kind=kind, duration=Duration(parts=((7, Unit.DAY),)))
        case Kind.DATE_OVER:
            for what in ("deadline", "start", "end", "end-of-enrolment", "Atelier"):
                yield Atom(kind=kind, date=CourseDate(what=what, activity="o" if what == "deadline" else None))
        case Kind.TODAY_IS:
            yield Atom(kind=kind, weekdays=frozenset({5, 6}))
        case Kind.BEFORE_DAY | Kind.AFTER_DAY:
            yield Atom(kind=kind, day=date(2026, 10, 1))
        case _:
            yield Atom(kind=kind, key="q", title="Oral 1")
            yield Atom(kind=kind, key="q", title="Oral 1", times=3)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("since", [None, ANCHOR])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_fact_has_a_sentence(kind: Kind, value: bool, since: int | None, language: str) -> None:
    for atom in atoms(kind):
        finding = Finding(atom, value, since)
        what: Expr = atom if value else Not(atom)
        told = [because(what, [finding], language=language), because(what, [finding], language=language, learner="Éva")]
        told.append(reason(ReasonCode.IF, findings=[finding], language=language, zone=PARIS, now=ANCHOR))
        for sentence in told:
            assert sentence
            assert "  " not in sentence
            assert not re.search(r"[{}]|None|\bde [aeiouéO]|\bque [aeiouéE]|\ble 1 ", sentence), sentence


@pytest.mark.parametrize(
    ("atom", "value", "en", "fr"),
    [
        (
            Atom(kind=Kind.FAILING, title="Quiz1", times=2),
            True,
            "you failed Quiz1 2 times, last on 3 September",
            "que vous avez échoué à Quiz1 2 fois, la dernière le 3 septembre",
        ),
        (
            Atom(kind=Kind.GRADE, title="Quiz1", op=GradeOp.AT_LEAST, number=Decimal("50"), percent=True),
            True,
            "your grade for Quiz1 is at least 50%",
            "que votre note pour Quiz1 est d'au moins 50\u00a0%",
        ),
        (
            Atom(kind=Kind.WITHOUT_ACCESS, duration=Duration(parts=((1, Unit.WEEK),))),
            True,
            "you have not visited the course for 1 week",
            "que vous n'avez pas visité le cours depuis 1 semaine",
        ),
        (
            Atom(kind=Kind.IN_GROUP, key="A"),
            False,
            "you are not in group A",
            "que vous ne faites pas partie du groupe A",
        ),
        (
            Atom(kind=Kind.DATE_OVER, date=CourseDate(what="start")),
            True,
            "the start of the course has been over since 3 September",
            "que la date de début du cours est passée depuis le 3 septembre",
        ),
        (
            Atom(kind=Kind.PROFILE, key="department", op=ProfileOp.IS, value="Biologie"),
            True,
            "your profile has “Biologie” as department",
            "que votre profil indique «\u00a0Biologie\u00a0» dans le champ département",
        ),
        (
            Atom(kind=Kind.TODAY_IS, weekdays=frozenset({5, 6})),
            True,
            "today is Saturday or Sunday",
            "que nous sommes samedi ou dimanche",
        ),
        (
            Atom(kind=Kind.BEFORE_DAY, day=date(2026, 10, 1)),
            True,
            "today is before 1 October",
            "que nous sommes avant le 1er octobre",
        ),
        (
            Atom(kind=Kind.EVENT, key="badge"),
            True,
            "the event badge happened on 3 September",
            "que l'événement badge a eu lieu le 3 septembre",
        ),
    ],
)
def test_facts_are_told_as_people_say_them(atom: Atom, value: bool, en: str, fr: str) -> None:
    finding = Finding(atom, value, ANCHOR)
    assert because(atom, [finding]) == en if value else because(Not(atom), [finding]) == en
    assert because(atom if value else Not(atom), [finding], language="fr") == fr


# --- supporting ------------------------------------------------------------------------------------------

A, B, C = (Atom(kind=Kind.COMPLETE, key=key) for key in "abc")


@pytest.mark.parametrize(
    ("expr", "values", "told"),
    [
        (All((A, B)), {A: True, B: True}, [A, B]),
        (All((A, B)), {A: True, B: False}, [B]),
        (Any((A, B)), {A: True, B: False}, [A]),
        (Any((A, B)), {A: False, B: False}, [A, B]),
        (Not(Any((A, B))), {A: False, B: False}, [A, B]),
        (Any((All((A, B)), Not(C))), {A: True, B: False, C: False}, [C]),
        (All((Not(A), Any((B, C)))), {A: False, B: False, C: True}, [A, C]),
    ],
)
def test_only_what_made_it_so_is_told(expr: Expr, values: dict[Atom, bool], told: list[Atom]) -> None:
    findings = [Finding(atom, value) for atom, value in values.items()]
    assert [finding.atom for finding in supporting(expr, findings)] == told


# --- reasons ---------------------------------------------------------------------------------------------

DAY = 86_400_000_000
HOUR = 3_600_000_000


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_code_has_one_sentence_even_if_nothing_else_is_known(code: ReasonCode, language: str) -> None:
    sentence = reason(code, language=language, zone=PARIS, now=ANCHOR)
    assert sentence[0].isupper()
    assert sentence.count(".") == 1
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("code", "detail", "en", "fr"),
    [
        (
            ReasonCode.LATE,
            {"late": 3 * DAY, "allowed": 2 * DAY},
            "Noticed 3 days late, more than the 2 days allowed.",
            "Constaté avec 3 jours de retard, au-delà de la tolérance (2 jours).",
        ),
        (
            ReasonCode.LATE,
            {"late": 5 * HOUR, "newer": True},
            "Noticed 5 hours late, when the next message was due as well.",
            "Constaté avec 5 heures de retard, alors que le message suivant était dû aussi.",
        ),
        (
            ReasonCode.LATE,
            {"allowed": DAY, "postponed": True},
            "Quiet times or limits moved it beyond the 1 day allowed.",
            "Reporté par les silences ou les limites au-delà des délais admis (1 jour).",
        ),
        (
            ReasonCode.RENDER,
            {"sentence": "user has no emial."},
            "The text could not be written: user has no emial.",
            "Le texte n'a pas pu être écrit : user has no emial.",
        ),
        (
            ReasonCode.RULE_ENDED,
            {"day": date(2026, 10, 1)},
            "The rule's last day was 1 October 2026.",
            "Le dernier jour de la règle était le 1er octobre 2026.",
        ),
        (ReasonCode.RULE_CHANGED, {"deleted": True}, "The rule was deleted.", "La règle a été supprimée."),
        (
            ReasonCode.NO_ADDRESS,
            {"who": "Alice"},
            "No address is known for Alice.",
            "Aucune adresse n'est connue pour Alice.",
        ),
        (
            ReasonCode.OPTED_OUT,
            {"topic": "rappels"},
            "The recipient has unsubscribed from “rappels”.",
            "Le destinataire s'est désabonné du sujet «\u00a0rappels\u00a0».",
        ),
    ],
)
def test_a_reason_says_what_is_known(code: ReasonCode, detail: dict[str, object], en: str, fr: str) -> None:
    assert reason(code, language="en", zone=PARIS, now=ANCHOR, detail=detail) == en
    assert reason(code, language="fr", zone=PARIS, now=ANCHOR, detail=detail) == fr


def test_several_facts_are_one_sentence() -> None:
    course = Atom(kind=Kind.COURSE_COMPLETE)
    found = [Finding(QUIZ1, False), Finding(course, False), Finding(QUIZ1, False)]
    assert reason(ReasonCode.IF, findings=found, language="en", zone=PARIS, now=ANCHOR) == (
        "Quiz1 is not complete and the course is not complete."
    )
    assert reason(ReasonCode.UNDONE, findings=found, language="fr", zone=PARIS, now=ANCHOR) == (
        "Ce qui l'avait déclenché n'est plus vrai : l'apprenant n'a pas terminé Quiz1 et n'a pas terminé le cours."
    )


@pytest.mark.parametrize(
    ("length", "en", "fr"),
    [
        (2 * DAY + 5 * HOUR, "2 days 5 hours", "2 jours 5 heures"),
        (DAY + 60_000_000, "1 day", "1 jour"),
        (90 * 60_000_000, "1 hour 30 minutes", "1 heure 30 minutes"),
        (59_000_000, "less than a minute", "moins d'une minute"),
    ],
)
def test_a_delay_is_said_in_its_two_largest_units(length: int, en: str, fr: str) -> None:
    assert (elapsed(length, "en"), elapsed(length, "fr")) == (en, fr)


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("fr", "fr"),
        ("FR_ca", "fr_CA"),
        ("pt-BR", "pt_BR"),
        ("de_du", "de"),
        ("en", "en_GB"),
        ("en_us", "en_US"),
        ("zz", "en_GB"),
        ("../x", "en_GB"),
    ],
)
def test_language_codes_of_platforms_are_understood(code: str, locale: str) -> None:
    assert str(locale_of(code)) == locale
