"""Every form of the language's tables, in both languages, with what it means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from planned.syntax import ast
from planned.syntax.from_text import parse

N = ast.Name
X, G, R = N(text="X"), N(text="G"), N(text="R")


def one(text: str) -> ast.Statement:
    file, found = parse(text, "x")
    assert [(d.text("en"), d.span) for d in found] == []
    assert len(file.statements) == 1
    return file.statements[0]


def time(hour: int, minute: int = 0) -> ast.TimeOfDay:
    return ast.TimeOfDay(hour=hour, minute=minute)


def days(number: int, unit: ast.Unit = ast.Unit.DAY) -> ast.Duration:
    return ast.Duration(parts=((number, unit),))


OCT5 = ast.Day(day=date(2026, 10, 5))
FACTS = (
    ("completion of X", "achèvement de X", ast.Completion(target=X)),
    ("completion of X", "l'achèvement de l’X", ast.Completion(target=X)),
    ("completion of course", "achèvement du cours", ast.CourseCompletion()),
    ("passing X", "réussite de X", ast.Passing(activity=X)),
    ("failing X 2 times", "échec à X 2 fois", ast.Failing(activity=X, times=2)),
    (
        "grade of X below 10",
        "une note de X inférieure à 10",
        ast.Grade(activity=X, op=ast.GradeOp.BELOW, value=Decimal(10)),
    ),
    (
        "grade of X above 12.5",
        "note de X supérieure à 12,5",
        ast.Grade(activity=X, op=ast.GradeOp.ABOVE, value=Decimal("12.5")),
    ),
    (
        "grade of X at least 50%",
        "note de X d'au moins 50 %",
        ast.Grade(activity=X, op=ast.GradeOp.AT_LEAST, value=Decimal(50), percent=True),
    ),
    ("grade of X at most 8", "note de X d'au plus 8", ast.Grade(activity=X, op=ast.GradeOp.AT_MOST, value=Decimal(8))),
    ("submission of X", "remise de X", ast.Submission(activity=X)),
    ("viewing of X", "consultation de X", ast.Viewing(activity=X)),
    ("enrolment", "inscription", ast.Enrolment()),
    ("first access", "premier accès", ast.FirstAccess()),
    ("first access", "la première connexion", ast.FirstAccess()),
    ("access 3 times", "accès 3 fois", ast.Access(times=3)),
    ("7 days without access", "7 jours sans accès", ast.WithoutAccess(duration=days(7))),
    ("joining group G", "entrée dans le groupe G", ast.JoiningGroup(group=G)),
    ("leaving group G", "sortie du groupe G", ast.LeavingGroup(group=G)),
    ("deadline of X", "échéance de X", ast.DateReached(date=ast.Deadline(activity=X))),
    ("start of course", "début du cours", ast.DateReached(date=ast.CourseDate(what="start"))),
    ("end of course", "la fin du cours", ast.DateReached(date=ast.CourseDate(what="end"))),
    ("end of enrolment", "fin de l'inscription", ast.DateReached(date=ast.CourseDate(what="end-of-enrolment"))),
    ("X", "l'X", ast.DateReached(date=ast.DeclaredDate(name=X))),
    ("sending of R", "envoi de R", ast.Sending(rule=R)),
    ('event "kind"', "événement « kind »", ast.CustomEvent(kind=ast.Text(text="kind"))),
)
CONDITIONS = (
    ("X complete", "X est achevée", ast.IsComplete(target=X)),
    ("X is complete", "l'X est achevés", ast.IsComplete(target=X)),
    ("X is not complete", "X n’est pas achevee", ast.Not(item=ast.IsComplete(target=X))),
    ("course complete", "le cours est achevé", ast.CourseIsComplete()),
    ("X passed", "X est réussie", ast.IsPassed(activity=X)),
    ("X failed", "X est échouée", ast.IsFailed(activity=X)),
    ("X submitted", "X est remis", ast.IsSubmitted(activity=X)),
    ("X viewed", "X est consultée", ast.IsViewed(activity=X)),
    ("X viewed", "X EST CONSULTE", ast.IsViewed(activity=X)),
    ("R sent", "R est envoyée", ast.IsSent(rule=R)),
    (
        "grade of X below 10",
        "la note de X est inférieure à 10",
        ast.Grade(activity=X, op=ast.GradeOp.BELOW, value=Decimal(10)),
    ),
    ('enrolled as "role"', "inscrite comme « role »", ast.EnrolledAs(role=ast.Text(text="role"))),
    ("active within 3 days", "actif dans les 3 derniers jours", ast.ActiveWithin(duration=days(3))),
    ("active within 1 day", "active dans le dernier jour", ast.ActiveWithin(duration=days(1))),
    (
        "active within 24 hours",
        "actif dans les 24 dernières heures",
        ast.ActiveWithin(duration=days(24, ast.Unit.HOUR)),
    ),
    ("7 days without access", "7 jours sans accès", ast.WithoutAccess(duration=days(7))),
    ("in group G", "dans le groupe G", ast.InGroup(group=G)),
    ("not in group G", "non dans le groupe G", ast.Not(item=ast.InGroup(group=G))),
    ("X is over", "X est passée", ast.DateIsOver(date=ast.DeclaredDate(name=X))),
    ("deadline of X is over", "l'échéance de X est passée", ast.DateIsOver(date=ast.Deadline(activity=X))),
    ("start of course is over", "le début du cours est passé", ast.DateIsOver(date=ast.CourseDate(what="start"))),
    (
        'profile department is "D"',
        "profil department est « D »",
        ast.Profile(field="department", op=ast.ProfileOp.IS, value=ast.Text(text="D")),
    ),
    (
        'profile date contains "D"',
        "profil date contient “D”",
        ast.Profile(field="date", op=ast.ProfileOp.CONTAINS, value=ast.Text(text="D")),
    ),
    (
        'profile city starts with "D"',
        'profil city commence par "D"',
        ast.Profile(field="city", op=ast.ProfileOp.STARTS_WITH, value=ast.Text(text="D")),
    ),
    ("profile city is empty", "profil city est vide", ast.Profile(field="city", op=ast.ProfileOp.IS_EMPTY)),
    ("today is saturday", "aujourd’hui est samedi", ast.TodayIs(days=(ast.Weekday.SATURDAY,))),
    ("before 2026-10-05", "avant le 5 octobre 2026", ast.BeforeDay(day=OCT5)),
    ("after 5 october 2026", "après le 2026-10-05", ast.AfterDay(day=OCT5)),
)
TRIGGERS = (
    ("every monday at 09:00", "chaque lundi à 9h", ast.EveryWeekday(days=(ast.Weekday.MONDAY,), at=time(9))),
    (
        "every tuesday, thursday at 9:00",
        "chaque mardi, jeudi à 9 h",
        ast.EveryWeekday(days=(ast.Weekday.TUESDAY, ast.Weekday.THURSDAY), at=time(9)),
    ),
    ("every day at 18:30", "chaque jour à 18 h 30", ast.EveryWeekday(days=tuple(ast.Weekday), at=time(18, 30))),
    (
        "every 2 weeks at 09:00",
        "toutes les 2 semaines à 9h",
        ast.EveryPeriod(number=2, unit=ast.Unit.WEEK, at=time(9)),
    ),
    (
        "every month at 09:00 from enrolment until completion of X",
        "tous les mois à 9h à partir de l'inscription jusqu'à l'achèvement de X",
        ast.EveryPeriod(
            number=1, unit=ast.Unit.MONTH, at=time(9), since=ast.Enrolment(), until=ast.Completion(target=X)
        ),
    ),
    ("on 2026-10-05 at 09:00", "le 5 octobre 2026 à 9h", ast.OnDay(day=OCT5, at=time(9))),
    (
        "3 days before deadline of X at 09:00",
        "3 jours avant l'échéance de X à 9h",
        ast.BeforeDate(lead=days(3), date=ast.Deadline(activity=X), at=time(9)),
    ),
    (
        "on the day of start of course at 08:00",
        "le jour du début du cours à 8h",
        ast.BeforeDate(lead=None, date=ast.CourseDate(what="start"), at=time(8)),
    ),
)
WAITS = (
    ("wait 90 minutes", "attendre 90 minutes", ast.WaitFor(duration=days(90, ast.Unit.MINUTE))),
    ("wait 72 hours", "attendre 72 heures", ast.WaitFor(duration=days(72, ast.Unit.HOUR))),
    ("wait 2 weeks", "attendre 2 semaines", ast.WaitFor(duration=days(2, ast.Unit.WEEK))),
    ("wait 1 month", "attendre 1 mois", ast.WaitFor(duration=days(1, ast.Unit.MONTH))),
    ("wait 3 days at 09:00", "attendre 3 jours à 9h", ast.WaitFor(duration=days(3), at=time(9))),
    (
        "wait at least 3 days at 09:00",
        "attendre au moins 3 jours à 9h",
        ast.WaitFor(duration=days(3), at=time(9), at_least=True),
    ),
    (
        "wait 1 day 4 hours",
        "attendre 1 jour 4 heures",
        ast.WaitFor(duration=ast.Duration(parts=((1, ast.Unit.DAY), (4, ast.Unit.HOUR)))),
    ),
    (
        "wait 5 working days at 09:00",
        "attendre 5 jours ouvrés à 9h",
        ast.WaitFor(duration=days(5, ast.Unit.WORKING_DAY), at=time(9)),
    ),
    (
        "wait until monday at 09:00",
        "attendre jusqu'à lundi à 9h",
        ast.WaitUntil(day=ast.Weekday.MONDAY, at=time(9)),
    ),
    ("wait until 2026-10-05 at 09:00", "attendre jusqu'au 5 octobre 2026 à 9h", ast.WaitUntil(day=OCT5, at=time(9))),
    (
        "wait up to 7 days for completion of X",
        "attendre au plus 7 jours pour l'achèvement de X",
        ast.WaitUpTo(duration=days(7), fact=ast.Completion(target=X)),
    ),
)


def rule(text: str) -> ast.Rule:
    found = one(text)
    assert isinstance(found, ast.Rule)
    return found


@pytest.mark.parametrize(("en", "fr", "meaning"), FACTS)
def test_facts(en: str, fr: str, meaning: ast.Fact) -> None:
    assert rule(f"after {en} send x").trigger == ast.After(what=meaning)
    assert rule(f"après {fr} envoyer x").trigger == ast.After(what=meaning)


@pytest.mark.parametrize(("en", "fr", "meaning"), CONDITIONS)
def test_conditions(en: str, fr: str, meaning: ast.Expr) -> None:
    for text in (f"after enrolment if {en} send x", f"APRES inscription si {fr} envoyer x"):
        assert rule(text).steps[0].guards == (ast.Guard(kind="if", condition=meaning),)


@pytest.mark.parametrize(("en", "fr", "meaning"), TRIGGERS)
def test_triggers(en: str, fr: str, meaning: ast.Trigger) -> None:
    assert rule(f"{en} send x").trigger == meaning
    assert rule(f"{fr} envoyer x").trigger == meaning


@pytest.mark.parametrize(("en", "fr", "meaning"), WAITS)
def test_waits(en: str, fr: str, meaning: ast.Wait) -> None:
    assert rule(f"after enrolment {en} send x").steps[0].wait == meaning
    assert rule(f"après inscription {fr} envoyer x").steps[0].wait == meaning


def test_minutes_are_not_followed_by_a_unit() -> None:
    file, found = parse("date S 2026-10-05 at 14h 10 days before S send x", "x")
    assert found == []
    assert [type(s) for s in file.statements] == [ast.DateDecl, ast.Rule]


def test_a_whole_rule_in_both_languages() -> None:
    english = rule(
        'rule r was "old one" "T" about t draft from 2026-10-05 until 2026-10-06 after completion of X '
        'send a, b subject "S" to role "chef" from tutor via email urgent notify tutors daily at 18:00 d via moodle '
        "repeat every 7 days at 09:00 up to 3 times then if not (X passed or X failed) send c "
        "stop once X passed complete when elapsed again after 30 days expires after 2 days even when unenrolled"
    )
    french = rule(
        'règle r était "old one" "T" au sujet de t brouillon du 5 octobre 2026 au 6 octobre 2026 '
        'après l\'achèvement de X envoyer a, b objet "S" à rôle "chef" de la part du formateur par email urgent '
        "avertir formateurs en bilan quotidien à 18h d par moodle répéter tous les 7 jours à 9h au plus 3 fois "
        "puis si non (X est réussie ou X est échouée) envoyer c arrêter dès que X est réussie "
        "achevée au terme du délai à nouveau après 30 jours périme après 2 jours même après désinscription"
    )
    assert english == french
    assert english.mode == "draft"
    assert english.steps[0].repeat == ast.Repeat(every=days(7), at=time(9), up_to=3)


DECLARATIONS = (
    ("language fr", "langue fr"),
    ('import "a.rules"', "importer « a.rules »"),
    ("timezone Europe/Paris for all", "fuseau Europe/Paris pour tous"),
    ('course NUM "T"', 'cours NUM "T"'),
    ("every course", "chaque cours"),
    ('activity X "T" is "42"', 'activité X "T" est "42"'),
    ('group G is "7"', 'groupe G est "7"'),
    ('date D "T" 2026-10-05 at 14:00 for group G', 'date D "T" 5 octobre 2026 à 14h pour le groupe G'),
    ('template m "S" """\n    A\n      B\n    """', 'modèle m « S » """\n A\n   B"""'),
    ('contact M "Mme M"', 'contact M "Mme M"'),
    ('topic t "T"', 'sujet t "T"'),
    ("quiet from 20:00 to 08:00", "silence de 20h à 8h"),
    ("quiet on saturday, sunday", "silence le samedi, dimanche"),
    ("quiet on holidays of FR", "silence les jours fériés de FR"),
    ("quiet from 2026-10-17 to 2026-11-01", "silence du 17 octobre 2026 au 1er novembre 2026"),
    ("limit 3 messages per week", "limite 3 messages par semaine"),
    ("limit 1 message per day", "limite 1 message par jour"),
    ("lateness 2 days", "retard toléré 2 jours"),
    ("stop all once course complete", "tout arrêter dès que le cours est achevé"),
    (
        "rule a paused after enrolment send x complete when sent again each time",
        "règle a en pause après inscription envoyer x achevée à l'envoi à chaque fois",
    ),
)


@pytest.mark.parametrize(("en", "fr"), DECLARATIONS)
def test_declarations_mean_the_same(en: str, fr: str) -> None:
    assert one(en) == one(fr)


@pytest.mark.parametrize(
    ("en", "fr"),
    [
        (
            "unless X complete send x to learner from noreply",
            "sauf si X est achevée envoyer x à l'apprenant de la part de noreply",
        ),
        ("send x to manager notify tutor y", "envoyer x au responsable avertir le formateur y"),
        ("if X complete and R sent send x", "si X est achevée et R est envoyée envoyer x"),
        ("send x repeat every 2 weeks up to 3 times", "envoyer x répéter toutes les 2 semaines au plus 3 fois"),
        ("if today is wednesday, friday, sunday send x", "si aujourd'hui est mercredi, vendredi, dimanche envoyer x"),
    ],
)
def test_steps_mean_the_same(en: str, fr: str) -> None:
    assert rule(f"after enrolment {en}").steps == rule(f"après l'inscription {fr}").steps


SCENARIO = (
    ('Alice enrolled as "student"', "Alice est inscrite comme « student »"),
    ("Alice unenrolled", "Alice est désinscrite"),
    ("Alice suspended", "Alice est suspendue"),
    ("Alice resumes", "Alice reprend"),
    ("Alice visits", "Alice visite le cours"),
    ("Alice completes X", "Alice termine X"),
    ("Alice completes course", "Alice termine le cours"),
    ("Alice passes X", "Alice réussit X"),
    ("Alice fails X", "Alice échoue à X"),
    ("Alice resets X", "Alice recommence X"),
    ("Alice submits X", "Alice remet X"),
    ("Alice views X", "Alice consulte X"),
    ("Alice scores 8.5 on X", "Alice obtient 8,5 à X"),
    ("Alice joins group G", "Alice entre dans le groupe G"),
    ("Alice leaves group G", "Alice quitte le groupe G"),
    ('Alice has city "Dijon"', "Alice a pour city « Dijon »"),
    ("Alice is in timezone Indian/Reunion", "Alice est dans le fuseau Indian/Reunion"),
    ('Alice event "k"', "Alice reçoit l'événement « k »"),
    ("deadline of X is 2026-10-15 at 23:59", "l'échéance de X est le 15 octobre 2026 à 23h59"),
)
EXPECTATIONS = (
    ("expect R to Alice on 2026-10-05 at 09:00", "on attend R pour Alice le 5 octobre 2026 à 9h"),
    ("expect notice R to tutor on 2026-10-05", "on attend l'avis R pour le formateur le 5 octobre 2026"),
    ("expect R suppressed for Alice", "on attend R supprimé pour Alice"),
    ("expect no R to Alice", "on n'attend pas R pour Alice"),
    ("expect no message to Alice", "on n'attend aucun message pour Alice"),
    ("expect nothing else", "on n'attend rien d'autre"),
)


@pytest.mark.parametrize(("en", "fr"), SCENARIO)
def test_givens_mean_the_same(en: str, fr: str) -> None:
    given = "étant donné qu'" if fr.startswith("Alice") else "étant donné que "
    english = one(f'scenario "s" given {en} on 2026-10-05 at 09:00')
    assert english == one(f'scénario "s" {given}{fr} le 5 octobre 2026 à 9h')


@pytest.mark.parametrize(("en", "fr"), EXPECTATIONS)
def test_expectations_mean_the_same(en: str, fr: str) -> None:
    assert one(f'scenario "s" {en}') == one(f'scénario "s" {fr}')


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ('"say \\"hi\\""', 'say "hi"'),
        ("«\u00a0Bonjour\u202f»", "Bonjour"),
        ("“Bonjour”", "Bonjour"),
        ('"""\r\n  A\r\n\r\n    B\r\n  """', "A\n\n  B"),
        ('"e\u0301te\u0301"', "été"),
        ('"# no comment"', "# no comment"),
    ],
)
def test_texts(written: str, meaning: str) -> None:
    topic = one(f"topic t {written} # comment")
    assert isinstance(topic, ast.Topic)
    assert topic.title.text == meaning


def test_names_compare_with_blanks_as_one_and_after_nfc() -> None:
    assert one('activity "Devoir  a\u0300\u00a0rendre"') == ast.Activity(name=N(text="Devoir à rendre"))


def test_a_rule_may_be_called_a() -> None:
    assert rule("rule a after enrolment send x").name == N(text="a")


def test_comments_are_kept_with_their_place() -> None:
    file, _ = parse("# one\ncourse A # two\n", "x")
    assert [(c.text, c.span.line) for c in file.comments] == [("# one", 1), ("# two", 2)]
