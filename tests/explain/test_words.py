"""Every clause of the language has its sentence in both languages."""

from __future__ import annotations

import inspect
import re
import string
from importlib import import_module
from itertools import pairwise
from types import UnionType
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.check.graph import Kind
from planned.diagnostics import Language
from planned.engine.explain import words_en, words_fr
from planned.engine.explain.rule import Part, clause_at, explain
from planned.syntax import ast
from planned.syntax.to_text import print_file
from tests.explain.explaining import explained, read, said, sentences
from tests.strategies import declarations, examples, rules

NB = "\u00a0"
HEAD = 'language en timezone Europe/Paris course C date session 2026-10-05 at 14:00 template a "A" template b "B" '

TRIGGERS: dict[type, tuple[str, str, str]] = {
    ast.Completion: (
        "after completion of Quiz1",
        "It starts when the learner completes “Quiz1”.",
        f"La règle démarre quand l'apprenant termine «{NB}Quiz1{NB}».",
    ),
    ast.CourseCompletion: ("after completion of course", "completes the course.", "l'apprenant termine le cours."),
    ast.Passing: (
        "after passing Quiz1 2 times",
        "passes “Quiz1” for the 2nd time.",
        f"réussit «{NB}Quiz1{NB}» pour la 2e fois.",
    ),
    ast.Failing: ("after failing Quiz1", "fails “Quiz1”.", f"échoue à «{NB}Quiz1{NB}»."),
    ast.Grade: (
        "after grade of Quiz1 at least 50%",
        "gets a grade of at least 50% for “Quiz1”.",
        f"obtient une note d'au moins 50{NB}% pour «{NB}Quiz1{NB}».",
    ),
    ast.Submission: (
        "after submission of Quiz1 3 times",
        "submits “Quiz1” for the 3rd time.",
        f"remet «{NB}Quiz1{NB}» pour la 3e fois.",
    ),
    ast.Viewing: ("after viewing of Quiz1", "views “Quiz1”.", f"consulte «{NB}Quiz1{NB}»."),
    ast.Enrolment: ("after enrolment", "is enrolled in the course.", "est inscrit au cours."),
    ast.FirstAccess: (
        "after first access",
        "visits the course for the first time.",
        "visite le cours pour la première fois.",
    ),
    ast.Access: ("after access 11 times", "visits the course for the 11th time.", "visite le cours pour la 11e fois."),
    ast.WithoutAccess: (
        "after 7 days without access",
        "has not visited the course for 7 days.",
        "n'a pas visité le cours depuis 7 jours.",
    ),
    ast.JoiningGroup: ("after joining group A", "joins the group “A”.", f"entre dans le groupe «{NB}A{NB}»."),
    ast.LeavingGroup: ("after leaving group A", "leaves the group “A”.", f"quitte le groupe «{NB}A{NB}»."),
    ast.DateReached: ("after session", "the date “session” is reached. ", f"la date «{NB}session{NB}» est atteinte. "),
    ast.Sending: (
        "after sending of x",
        "a message of the rule “x” goes out for the learner.",
        f"un message de la règle «{NB}x{NB}» part pour l'apprenant.",
    ),
    ast.CustomEvent: (
        'after event "badge"',
        "the platform reports the event “badge” for the learner.",
        f"la plateforme signale l'événement «{NB}badge{NB}» pour l'apprenant.",
    ),
    ast.After: (
        "after completion of Quiz1 and (in group A or not Quiz2 passed)",
        "as soon as the learner has completed “Quiz1” and (the learner is in the group “A” or the learner's latest "
        "result for “Quiz2” is no pass). Whichever comes last starts it.",
        f"dès que l'apprenant a terminé «{NB}Quiz1{NB}» et que (l'apprenant fait partie du groupe «{NB}A{NB}» ou que "
        f"l'apprenant n'a pas réussi «{NB}Quiz2{NB}» à sa dernière tentative). Ce qui vient en dernier la "
        f"fait démarrer.",
    ),
    ast.EveryWeekday: (
        "every monday, thursday at 09:00 from first access until completion of course",
        "every Monday and Thursday at 09:00, for each learner enrolled at that moment. It begins once the learner has "
        "visited the course. The first time is the next such moment after that start. It no longer comes once the "
        "learner has completed the course.",
        "chaque lundi et jeudi à 9h, pour chaque apprenant inscrit à ce moment-là. Elle commence dès que "
        "l'apprenant a visité le cours. La première fois, au premier de ces moments après ce début. Elle ne "
        "revient plus dès que "
        "l'apprenant a terminé le cours.",
    ),
    ast.EveryPeriod: (
        "every 2 weeks at 09:00",
        "every 2 weeks at 09:00, for each learner enrolled at that moment. The first time is 2 weeks after the "
        "enrolment, on the day on which that time is up.",
        "toutes les 2 semaines à 9h, pour chaque apprenant inscrit à ce moment-là. La première fois au terme d'un "
        "délai de 2 semaines compté à partir de l'inscription, le jour où ce délai s'achève.",
    ),
    ast.OnDay: (
        "on 2026-10-05 at 09:00",
        "once, on Monday 5 October 2026 at 09:00, for everybody who is enrolled then.",
        "une fois, le lundi 5 octobre 2026 à 9h, pour chaque apprenant inscrit à ce moment-là.",
    ),
    ast.BeforeDate: (
        "3 days before deadline of Essay at 09:00",
        "on the day that is 3 days before the deadline of “Essay”, at 09:00, for everybody who is enrolled by then.",
        f"le jour qui précède l'échéance de «{NB}Essay{NB}» de 3 jours, à 9h, pour chaque apprenant inscrit d'ici là.",
    ),
}

CONDITIONS: dict[type, tuple[str, str, str]] = {
    ast.IsComplete: (
        "if Quiz1 complete",
        "the learner has completed “Quiz1”.",
        f"l'apprenant a terminé «{NB}Quiz1{NB}».",
    ),
    ast.CourseIsComplete: (
        "unless course complete",
        "it does not go if the learner has completed the course.",
        "le message ne part pas si l'apprenant a terminé le cours.",
    ),
    ast.IsPassed: (
        "if Quiz1 passed",
        "latest result for “Quiz1” is a pass.",
        f"a réussi «{NB}Quiz1{NB}» à sa dernière tentative.",
    ),
    ast.IsFailed: (
        "if Quiz1 failed",
        "latest result for “Quiz1” is a fail.",
        f"a échoué à «{NB}Quiz1{NB}» à sa dernière tentative.",
    ),
    ast.Grade: (
        "if grade of Quiz1 below 10",
        "has a grade below 10 for “Quiz1”.",
        f"a une note inférieure à 10 pour «{NB}Quiz1{NB}».",
    ),
    ast.IsSubmitted: ("if Quiz1 is not submitted", "has not submitted “Quiz1”.", f"n'a pas remis «{NB}Quiz1{NB}»."),
    ast.IsViewed: ("if Quiz1 viewed", "has viewed “Quiz1”.", f"a consulté «{NB}Quiz1{NB}»."),
    ast.EnrolledAs: (
        'if enrolled as "student"',
        "is enrolled with the role “student”.",
        f"est inscrit avec le rôle «{NB}student{NB}».",
    ),
    ast.ActiveWithin: (
        "if active within 3 days",
        "has visited the course within the last 3 days.",
        "a visité le cours il y a moins de 3 jours.",
    ),
    ast.WithoutAccess: (
        "if 3 days without access",
        "has not visited the course for 3 days.",
        "n'a pas visité le cours depuis 3 jours.",
    ),
    ast.InGroup: ("if not in group A", "is not in the group “A”.", f"ne fait pas partie du groupe «{NB}A{NB}»."),
    ast.DateIsOver: (
        "if deadline of Essay is over",
        "the deadline of “Essay” is over.",
        f"l'échéance de «{NB}Essay{NB}» est passée.",
    ),
    ast.IsSent: (
        "if x sent",
        "a message of the rule “x” has gone out for the learner.",
        f"un message de la règle «{NB}x{NB}» est parti pour l'apprenant.",
    ),
    ast.Profile: (
        'if profile city is "Dijon"',
        "the learner's profile has “Dijon” as city.",
        f"le profil de l'apprenant indique «{NB}Dijon{NB}» dans le champ city.",
    ),
    ast.TodayIs: ("if today is saturday, sunday", "that day is Saturday or Sunday.", "on est samedi ou dimanche."),
    ast.BeforeDay: ("if before 2026-10-05", "it is before 5 October 2026.", "on est avant le 5 octobre 2026."),
    ast.AfterDay: ("if after 2026-10-05", "it is after 5 October 2026.", "on est après le 5 octobre 2026."),
}

WAITS: dict[str, tuple[str, str]] = {
    "wait 90 minutes": (
        "The message is due 90 minutes after that moment, counted to the minute; when the clocks change",
        "Le message est prévu 90 minutes après ce moment, à la minute près ; si l'on change d'heure",
    ),
    "wait 3 days": (
        "3 days after that moment, at the same time of day, whether or not the clocks change in between.",
        "3 jours après ce moment, à la même heure, même si l'on change d'heure entre-temps.",
    ),
    "wait 3 days at 09:00": (
        "3 days after that moment: on the day on which that time is up, at 09:00. That is 2 days 9 hours to "
        "3 days 9 hours later",
        "3 jours après ce moment : le jour où ce délai s'achève, à 9h. Cela fait de 2 jours 9 heures à "
        "3 jours 9 heures",
    ),
    "wait 2 hours at 09:00": (
        "at the first 09:00 that is 2 hours or more after that moment",
        "à 9h, à la première occasion au moins 2 heures après ce moment",
    ),
    "wait at least 3 days at 09:00": (
        "at the first 09:00 that is at least 3 days after that moment",
        "à 9h, à la première occasion au moins 3 jours après ce moment",
    ),
    "wait 1 day 4 hours": (
        "1 day after that moment, at the same time of day, and 4 hours more, to the minute.",
        "1 jour après ce moment, à la même heure, plus 4 heures à la minute près.",
    ),
    "wait 1 month": ("In a month without such a day", "Dans un mois où ce jour n'existe pas"),
    "wait 5 working days at 09:00": ("Monday to Friday are working days", "Les jours ouvrés vont du lundi au vendredi"),
    "wait until monday at 09:00": (
        "on the first Monday at 09:00 after that moment; on a Monday itself the same day, if it is not yet 09:00.",
        "le premier lundi à 9h après ce moment ; un lundi, le jour même s'il n'est pas encore 9h.",
    ),
    "wait until 2026-10-05 at 09:00": (
        "due on Monday 5 October 2026 at 09:00. Who comes so far only later gets it at once, but no more than 2 days",
        "prévu le lundi 5 octobre 2026 à 9h. Qui n'en est là que plus tard le reçoit aussitôt, mais pas au-delà de "
        "2 jours",
    ),
    "wait up to 7 days for completion of Quiz1": (
        "It waits until the learner has completed “Quiz1”, but at most 7 days after that moment; when the time is up",
        "l'apprenant a terminé « Quiz1 » ; mais au plus 7 jours après ce moment.",
    ),
}

CLAUSES: dict[str, tuple[Part, str, str]] = {
    'send "x"': (
        Part.SEND,
        "The learner gets the message “x” by mail.",
        "L'apprenant reçoit le message « x » par courriel.",
    ),
    'send "x" subject "S" to tutors from tutor via moodle urgent': (
        Part.SEND,
        "All tutors of the learner get a message with the subject “S” by the channel “moodle”. It comes from the tutor",
        "Tous les formateurs de l'apprenant reçoivent un message dont l'objet est « S » par le canal « moodle ». "
        "Il vient du formateur",
    ),
    'send "x" to manager': (Part.SEND, "The learner's manager gets", "Le responsable de l'apprenant reçoit"),
    'send "x" to role "editor"': (
        Part.SEND,
        "Everybody with the role “editor”",
        "Toute personne qui a le rôle « editor »",
    ),
    'send "x" notify tutor "y"': (
        Part.NOTICE,
        "If that message goes, and only then: the learner's tutor gets the message “y” by mail.",
        "Si ce message part, et alors seulement : le formateur de l'apprenant reçoit le message « y » par courriel.",
    ),
    'send "x" notify tutors daily at 18:00 "y"': (
        Part.NOTICE,
        "gathered, once a day at 18:00",
        "un seul par jour, à 18h",
    ),
    'send "x" repeat every 7 days up to 3 times': (
        Part.REPEAT,
        "up to 3 times: 7 days, 14 days and 21 days after the first one was due.",
        "jusqu'à 3 fois : 7 jours, 14 jours et 21 jours après le moment prévu pour le premier.",
    ),
    "send a, b repeat every 1 week": (
        Part.SEND,
        "Each time another one, in this order: “a”, “b”.",
        "Un autre à chaque fois, dans cet ordre : « a », « b ».",
    ),
    'send "x" stop once course complete': (
        Part.OPTION,
        "As soon as the learner has completed the course, whatever still waits is cancelled.",
        "Dès que l'apprenant a terminé le cours, tout ce qui attend encore est annulé.",
    ),
    'send "x" complete when elapsed': (
        Part.OPTION,
        "once its last wait is over",
        "quand sa dernière attente est finie",
    ),
    'send "x" complete when sent': (
        Part.OPTION,
        "once its last message has gone",
        "quand son dernier message est parti",
    ),
    'send "x" again each time': (
        Part.OPTION,
        "Each further time starts it anew",
        "Chaque nouvelle fois la fait démarrer à nouveau",
    ),
    'send "x" again after 30 days': (
        Part.OPTION,
        "at the earliest 30 days after it last started.",
        "au plus tôt 30 jours après son dernier démarrage.",
    ),
    'send "x" expires after 2 days': (Part.OPTION, "What cannot leave within 2 days", "dans un délai de 2 jours"),
    'send "x" even when unenrolled': (Part.OPTION, "no longer enrolled", "qui ne sont plus inscrits"),
}

DECLARATIONS: dict[type, tuple[str, str, str]] = {
    ast.Timezone: (
        "timezone Europe/Rome for all",
        "All times are those of Europe/Rome, for everybody.",
        "Toutes les heures sont celles d'Europe/Rome, pour tout le monde.",
    ),
    ast.QuietHours: (
        "quiet from 20:00 to 08:00",
        "From 20:00 to 08:00 no message leaves: it waits until 08:00.",
        "De 20h à 8h, aucun message ne part : il attend 8h.",
    ),
    ast.QuietWeekdays: (
        "quiet on saturday, sunday",
        "On Saturday and Sunday no message leaves",
        "Aucun message ne part le samedi et le dimanche",
    ),
    ast.QuietHolidays: ("quiet on holidays of FR", "On the holidays of FR", "Les jours fériés de FR"),
    ast.QuietDates: (
        "quiet from 2026-10-17 to 2026-11-01",
        "From Saturday 17 October 2026 to Sunday 1 November 2026, both included",
        "Du samedi 17 octobre 2026 au dimanche 1er novembre 2026 inclus",
    ),
    ast.Limit: ("limit 1 message per day", "at most 1 message a day", "au plus 1 message par jour"),
    ast.Lateness: ("lateness 1 day", "up to 1 day late", "un retard d'au plus 1 jour"),
    ast.StopAll: (
        "stop all once course complete",
        "whatever still waits is cancelled",
        "tout ce qui attend encore est annulé",
    ),
}


def members(*kinds: object) -> set[type]:
    """The classes of unions of unions."""
    found: set[type] = set()
    for kind in kinds:
        found |= members(*get_args(kind)) if isinstance(kind, UnionType) else {kind}  # type: ignore[arg-type]  # a class
    return found


def both(text: str, part: Part) -> tuple[str, str]:
    return sentences(explained(HEAD + text), part), sentences(explained(HEAD + text, "fr"), part).replace(NB, " ")


def test_nothing_of_the_language_is_left_out() -> None:
    assert set(TRIGGERS) == members(ast.Fact, ast.Trigger)
    assert set(CONDITIONS) == members(ast.Condition)
    read_waits = {type(read(f'{HEAD}after enrolment {one} send "x"')[0][2].node.steps[0].wait) for one in WAITS}
    assert read_waits == members(ast.Wait)
    declared = members(ast.Statement) - members(
        *(ast.LanguageDecl, ast.Import, ast.Course, ast.EveryCourse, ast.Activity, ast.Group, ast.DateDecl),
        *(ast.Template, ast.Contact, ast.Topic, ast.Rule, ast.Scenario),
    )
    assert set(DECLARATIONS) == declared
    assert set(words_en.FACTS) == set(words_fr.FACTS) == set(Kind)


@pytest.mark.parametrize("kind", TRIGGERS, ids=lambda kind: kind.__name__)
def test_what_starts_a_rule(kind: type) -> None:
    text, en, fr = TRIGGERS[kind]
    english, french = both(f'rule x {text} wait 1 day send "x"', Part.TRIGGER)
    assert en in f"{english} "
    assert fr.replace(NB, " ") in f"{french} "


@pytest.mark.parametrize("kind", CONDITIONS, ids=lambda kind: kind.__name__)
def test_guards(kind: type) -> None:
    text, en, fr = CONDITIONS[kind]
    english, french = both(f'rule x after enrolment {text} send "x"', Part.GUARD)
    assert en in english
    assert fr.replace(NB, " ") in french
    assert english.startswith("When the message is due, and not before, this is looked at: it ")
    assert french.startswith("Au moment prévu, et pas avant, on vérifie : le message ne part ")


@pytest.mark.parametrize("text", WAITS)
def test_waits(text: str) -> None:
    english, french = both(f'after enrolment {text} send "x"', Part.WAIT)
    assert WAITS[text][0] in english
    assert WAITS[text][1] in french


@pytest.mark.parametrize("text", CLAUSES)
def test_messages_and_the_last_clauses(text: str) -> None:
    part, en, fr = CLAUSES[text]
    english, french = both(f"after enrolment wait 1 day {text}", part)
    assert en in english
    assert fr in french


@pytest.mark.parametrize("kind", DECLARATIONS, ids=lambda kind: kind.__name__)
def test_declarations_that_hold(kind: type) -> None:
    text, en, fr = DECLARATIONS[kind]
    english, french = both(f'{text} after enrolment wait 1 day send "x"', Part.DECLARATION)
    assert en in english
    assert fr in french


def test_a_declaration_that_another_replaces_is_not_said() -> None:
    text = """language en
    timezone Europe/Paris
    quiet on sunday
    limit 1 message per week
    limit 5 messages per day
    course C
    quiet on monday
    limit 2 messages per week
    after enrolment send "x"
    """
    lines = [one.span.line for one in said(explained(text), Part.DECLARATION) if one.span]
    assert lines == [2, 5, 7, 8]


def test_urgent_messages_are_not_held_back() -> None:
    english, french = both('quiet on sunday limit 1 message per day after enrolment send "x" urgent', Part.DECLARATION)
    assert "Sunday" not in english
    assert english.endswith("All messages of this rule are urgent: quiet times and limits do not concern them.")
    assert french.endswith("silences et limites ne les concernent pas.")


def test_de_morgan() -> None:
    text = 'rule x after enrolment if not (Quiz1 complete and not in group A) send "x"'
    english, french = both(text, Part.GUARD)
    assert "if the learner has not completed “Quiz1” or the learner is in the group “A”." in english
    assert "si l'apprenant n'a pas terminé « Quiz1 » ou si l'apprenant fait partie du groupe « A »." in french


def test_what_starts_afterwards() -> None:
    text = 'rule a after enrolment send "x" rule b after completion of a send "y" rule c after sending of a send "z"'
    english, french = both(text, Part.END)
    assert "Then the rule “b” starts. Each message of it starts the rule “c”." in english
    assert "Alors démarre la règle « b ». Chacun de ses messages fait démarrer la règle « c »." in french


# --- the tables -------------------------------------------------------------------------------------------


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_sentences() -> None:
    for name in ("FACTS", "UNDONE", "RECIPIENTS", "SENDERS", "SENTENCES"):
        assert set(getattr(words_en, name)) == set(getattr(words_fr, name)), name
    for key, english in words_en.SENTENCES.items():
        french = {name.removeprefix("de_").removeprefix("le_") for name in fields(words_fr.SENTENCES[key])}
        assert french == fields(english), key


def test_no_sentence_is_without_use() -> None:
    modules = ("facts", "clauses", "rule", "examples", "story")
    code = "\n".join(inspect.getsource(import_module(f"planned.engine.explain.{one}")) for one in modules)
    code += inspect.getsource(import_module("planned.cli.rule_page"))
    computed = (
        "complete.",
        "firing.",
        "starts",
        "sends",
        "limit.",
        "if",
        "unless",
        "draft",
        "paused",
        "joint.",
        "story.",
        "event.",
    )
    unused = [key for key in words_en.SENTENCES if f'"{key}"' not in code and f"'{key}'" not in code]
    assert not [key for key in unused if not key.startswith(computed)]


# --- any rule -----------------------------------------------------------------------------------------------


TEMPLATES = [
    ast.Template(name=ast.Name(text=name), text=ast.Text(text="x"))
    for name in ("encouragement", "lettre1", "lettre2", "É_1", "b-2", "modele_x", "mai", "noms")
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_any_rule_can_be_explained(language: Language) -> None:
    @settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rules(), st.lists(declarations().filter(lambda one: not isinstance(one, ast.Template)), max_size=3))
    def check(rule: ast.Rule, declared: list[ast.Statement]) -> None:
        tree = ast.File(path="any.rules", language=language, statements=(*TEMPLATES, *declared, rule))
        for own, found, placed in read(print_file(tree, language)):
            explanation = explain(own, found, placed, language)
            assert all(one.sentences for one in explanation.said)
            spans = [one.span for one in explanation.said if one.span and one.part is not Part.DECLARATION]
            for before, after in pairwise(spans):
                assert (before.end_line, before.end_column) <= (after.line, after.column)
            for one in explanation.said:
                if one.span is not None and one.part is not Part.DECLARATION:
                    assert clause_at(explanation, one.span.line, one.span.column) is one

    check()


def test_french_is_set_as_french_is() -> None:
    for key, template in words_fr.SENTENCES.items():
        assert not re.search(r"\b(de|que|si|le|la) \{(x|what)\}\w", template), key
        assert not re.search(r"  |\bde le\b|\bà le\b|\bsi il\b|\bque il\b", template), key
