"""Texts of messages are checked before they are compiled: names, filters, places, and what may not be."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateAssertionError, UndefinedError

from planned.check.template_sandbox import TAGS_LIMIT
from planned.check.templates import (
    RefusedError,
    Sandbox,
    TemplateNames,
    TemplateProblem,
    check_template,
    compile_template,
    from_percent,
)
from planned.diagnostics import Diagnostic, Language, Severity, Span

NAMES = TemplateNames(activities=frozenset({"Quiz1", "Devoir à rendre"}))
DIGEST = TemplateNames(learners=True)


def only(source: str, names: TemplateNames = NAMES) -> TemplateProblem:
    """The one problem of a text."""
    problems = check_template(source, names)
    assert len(problems) == 1, [problem.text("en") for problem in problems]
    return problems[0]


def underlined(source: str, problem: TemplateProblem) -> str:
    line = source.replace("\r\n", "\n").split("\n")[problem.line - 1]
    return line[problem.column - 1 : problem.column - 1 + problem.length]


# --- %…% ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "expression"),
    [
        ("%courseshortname%", "{{ course.shortname }}"),
        ("%coursefullname%", "{{ course.fullname }}"),
        ("%courseid%", "{{ course.id }}"),
        ("%userfirstname%", "{{ user.firstname }}"),
        ("%userlastname%", "{{ user.lastname }}"),
        ("%date%", "{{ date }}"),
        ("%time%", "{{ time }}"),
        ("%userid%", "{{ user.id }}"),
        ("%usercity%", "{{ user.city }}"),
        ("%userinstitution%", "{{ user.institution }}"),
        ("%userdepartment%", "{{ user.department }}"),
        ("%usergroups%", "{{ user.groups }}"),
        ("%profilefield_ine%", "{{ user.profile.ine }}"),
        ("%profilefield_2e_choix%", '{{ user.profile["2e_choix"] }}'),
    ],
)
def test_the_variables_of_planned_messages_work_as_they_are(variable: str, expression: str) -> None:
    assert from_percent(f"à {variable}!") == f"à {expression}!"
    assert check_template(f"à {variable}!", NAMES) == []


@pytest.mark.parametrize(
    "text",
    ["50 %", "100%", "20% date%", "%inconnu%", "%Date%", "{% if user.city %}a%b{% endif %}", "{{ '%date%' }}", "%%"],
)
def test_any_other_percent_stays(text: str) -> None:
    assert from_percent(text) == text


@given(st.text(alphabet="%{}# adeti", max_size=40))
def test_replacing_twice_is_replacing_once(text: str) -> None:
    assert from_percent(from_percent(text)) == from_percent(text)


@pytest.mark.parametrize(
    ("text", "marked", "replacement"),
    [
        ("Bonjour %userfirstnam% !", "%userfirstnam%", "%userfirstname%"),
        ("50 % %Date%", "%Date%", "%date%"),
        ("%date% %coursename% %usergroup%", "%usergroup%", "%usergroups%"),
    ],
)
def test_a_misspelt_variable_is_a_warning(text: str, marked: str, replacement: str) -> None:
    problem = check_template(text, NAMES)[-1]
    assert (problem.message.name, problem.message.severity) == ("template-unknown-percent", Severity.WARNING)
    assert (underlined(text, problem), problem.replacement) == (marked, replacement)
    compile_template(Sandbox(), text)


@pytest.mark.parametrize(
    ("text", "marked", "meant"),
    [
        ("Hello {user.firstname}!", "{user.firstname}", "user.firstname"),
        ("Hello {firstname}!", "{firstname}", "user.firstname"),
        ("Hello [First name],", "[First name]", "user.firstname"),
        ("Bonjour [prénom],", "[prénom]", "user.firstname"),
        ("Bonjour { Prénom Nom },", "{ Prénom Nom }", "user.fullname"),
        ("Bonjour %prénom% !", "%prénom%", "user.firstname"),
        ("{{ date }} [nom du cours]", "[nom du cours]", "course.fullname"),
        ("Bonjour [prénom de l’élève],", "[prénom de l’élève]", "user.firstname"),
    ],
)
def test_what_other_programs_fill_in_is_a_warning(text: str, marked: str, meant: str) -> None:
    (problem,) = check_template(text, NAMES)
    assert (problem.message.name, problem.message.severity) == ("template-placeholder", Severity.WARNING)
    assert (underlined(text, problem), problem.replacement) == (marked, "{{ " + meant + " }}")
    compile_template(Sandbox(), text)


@pytest.mark.parametrize(
    "text",
    ["[Cours] Bienvenue", "[x] fait", "[prénom](https://example.org)", "{a, b}", "{% if user.city %}a{% endif %} %%"],
)
def test_other_brackets_are_no_mistake(text: str) -> None:
    assert check_template(text, NAMES) == []


@pytest.mark.parametrize(
    ("text", "marked", "meant"),
    [
        ("{{ prénom }}", "prénom", "user.firstname"),
        ("{{ first name }}", "first name", "user.firstname"),
        ("{{ user firstname }}", "user firstname", "user.firstname"),
        ("{{ user.prenom }}", "prenom", "firstname"),
        ("{{ apprenant.Prénom }}", "apprenant.Prénom", "user.firstname"),
        ("{{ cours.nom }}", "cours.nom", "course.fullname"),
        ("{{ nom du cours }}", "nom du cours", "course.fullname"),
        ("{{ course.link }}", "link", "url"),
    ],
)
def test_everyday_names_are_answered_with_the_variable(text: str, marked: str, meant: str) -> None:
    (problem,) = check_template(text, NAMES)
    assert problem.message.severity is Severity.ERROR
    assert (underlined(text, problem), problem.replacement) == (marked, meant)


@pytest.mark.parametrize("text", ["100 %remise% 50 %", "%password%", "10%date20%", "{{ '%Date%' }}"])
def test_other_words_between_percents_are_no_mistake(text: str) -> None:
    assert check_template(text, NAMES) == []


# --- names -------------------------------------------------------------------------------------------


CONTEXT = [
    "user.id",
    "user.firstname",
    "user.lastname",
    "user.fullname",
    "user.email",
    "user.city",
    "user.institution",
    "user.department",
    "user.language",
    "user.groups",
    "user.profile.ine",
    "user.profile.n_importe",
    "course.id",
    "course.shortname",
    "course.fullname",
    "course.url",
    "activity.Quiz1.title",
    "activity.Quiz1.url",
    "activity.Quiz1.grade",
    "sender",
    "rule.name",
    "rule.title",
    "date",
    "time",
    "why",
]


@pytest.mark.parametrize(
    "source",
    [
        *(f"{{{{ {name} }}}}" for name in CONTEXT),
        '{{ activity["Devoir à rendre"].title }}',
        '{{ user.profile["2e choix"] }}',
        "{{ user['firstname']|upper }}",
        "{{ user.city|default('votre ville') }}",
        "{{ user.groups|sort|join(' et ') }} {{ user.groups[0] }} {{ user.groups|first }}",
        "{% if activity.Quiz1.grade < 10 and not user.city %}a{% elif user.city == 'Dijon' %}b{% else %}c{% endif %}",
        "{% if user.city in ['Dijon', 'Lyon'] or user.department is empty %}a{% endif %}",
        "{% for group in user.groups if group != 'A' %}{{ loop.index }}. {{ group }}{% else %}–{% endfor %}",
        "{{ 'x' if user.city else 'y' }} {{ user.firstname ~ ' ' ~ user.lastname }} {{ activity.Quiz1.grade - 1 }}",
        "{# un commentaire #}{%- if user.city -%} a {%- endif -%}",
        "{% raw %}{{ as it is }}{% endraw %}",
        "No braces at all, 50 %.",
        "",
    ],
)
def test_what_the_language_promises_is_accepted_and_compiles(source: str) -> None:
    assert check_template(source, NAMES) == []
    compile_template(Sandbox(), source)


def test_a_digest_knows_its_learners() -> None:
    source = "{% for learner in learners %}- {{ learner.fullname }} {{ learner.profile.x }}\n{% endfor %}"
    assert check_template(source, DIGEST) == []
    problem = only(source)
    assert (problem.message.name, underlined(source, problem)) == ("template-unknown-name", "learners")


@pytest.mark.parametrize(
    ("source", "name", "marked", "replacement"),
    [
        ("Bonjour {{ user.emial }}", "template-unknown-attribute", "emial", "email"),
        ("{{ user.firstname }} {{ user.lastnam }}", "template-unknown-attribute", "lastnam", "lastname"),
        ("{{ usr.email }}", "template-unknown-name", "usr", "user"),
        ("{{ prénom }}", "template-unknown-name", "prénom", "user.firstname"),
        ("{{ firstname }}", "template-unknown-name", "firstname", "user.firstname"),
        ("{{ xyzzy }}", "template-unknown-name", "xyzzy", None),
        ("{{ activity.Quiz2.title }}", "template-unknown-attribute", "Quiz2", "Quiz1"),
        ("{{ activity['Devoir a rendre'].title }}", "template-unknown-attribute", "Devoir a rendre", "Devoir à rendre"),
        ("{{ activity.Quiz1.note }}", "template-unknown-attribute", "note", None),
        ("{{ course.fulname }}", "template-unknown-attribute", "fulname", "fullname"),
        ("{{ rule.titel }}", "template-unknown-attribute", "titel", "title"),
        ("{{ user.firstname.upper }}", "template-unknown-attribute", "upper", None),
        ("{{ user.firstname|uper }}", "template-unknown-filter", "uper", "upper"),
        ("{{ user.firstname|e }}", "template-unknown-filter", "e", None),
        ("{% if user.city is blank %}x{% endif %}", "template-unknown-test", "blank", None),
        ("{% if user.email %}{{ user.emial }}{% endif %}", "template-unknown-attribute", "emial", "email"),
        ("{% for x in user.groups %}{{ y }}{% endfor %}", "template-unknown-name", "y", None),
        ("{{ user }}", "template-not-text", "user", None),
        ("{{ activity.Quiz1 }}", "template-not-text", "activity.Quiz1", None),
        ("{% for x in user.firstname %}x{% endfor %}", "template-not-a-list", "firstname", None),
        ("{% for x in user.groups %}{{ loop.foo }}{% endfor %}", "template-unknown-attribute", "foo", None),
    ],
)
def test_a_mistake_is_named_underlined_and_mended(source: str, name: str, marked: str, replacement: str | None) -> None:
    problem = only(source)
    assert problem.message.name == name
    assert underlined(source, problem) == marked
    assert problem.replacement == replacement


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("a\n\n  {{ usr.id }}", 3, 6),
        ("a\r\nb {{ usr.id }}", 2, 6),
        ("%userfirstname% {{ usr.id }}", 1, 20),
        ("%date%\n%date% %time% {{ user.id }} {{ usr.id }} %date%", 2, 32),
        ("é👩 {{ usr.id }}", 1, 7),
        ("{{ user\n.emial }}", 2, 2),
        ("  {%- if usr.id -%} x {%- endif %}", 1, 10),
    ],
)
def test_places_are_those_of_the_authors_text(source: str, line: int, column: int) -> None:
    problem = only(source)
    assert (problem.line, problem.column) == (line, column)


def test_the_same_mistake_twice_is_underlined_twice() -> None:
    problems = check_template("{{ usr.id }} {{ user.id }} {{ usr.id }}", NAMES)
    assert [(problem.line, problem.column) for problem in problems] == [(1, 4), (1, 31)]


# --- what may not be ---------------------------------------------------------------------------------

BANNED = [
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block x %}{% endblock %}",
    "{% macro x() %}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% with x = 1 %}{% endwith %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape true %}a{% endautoescape %}",
    "{% for x in user.groups recursive %}{% endfor %}",
    "{% for a, b in user.groups %}{% endfor %}",
    "{{ range(10) }}",
    "{{ user.email.upper() }}",
    "{{ user.firstname|join(*user.groups) }}",
    "{{ 'x' * 300000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%300000000d' % 5 }}",
    "{{ 1 // 0 }}",
    "{{ {'a': 1} }}",
    "{{ user.groups[1:] }}",
    "{{ user.firstname[0] }}",
    "{{ user[course.id] }}",
    "{{ 1e300 }}",
]


@pytest.mark.parametrize("source", BANNED)
def test_a_banned_construct_is_one_error(source: str) -> None:
    problem = only(source)
    assert problem.message.name == "template-banned"
    with pytest.raises(RefusedError):
        compile_template(Sandbox(), source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ user.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ user.profile.__class__ }}",
        "{{ user['__init__'] }}",
        "{{ user.items }}",
        "{{ user.groups.append }}",
        "{{ user.firstname.format }}",
        "{{ why.__globals__ }}",
        "{{ loop }}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ namespace }}",
        "{{ lipsum.__globals__ }}",
        "{{ user|attr('__class__') }}",
        "{{ user|map(attribute='x') }}",
        "{{ 'x'|format(1) }}",
        "{{ 'x'|center(300000000) }}",
        "{{ 'x'|indent(300000000) }}",
        "{% if false %}{{ 'x'|center(300000000) }}{% endif %}",
    ],
)
def test_nothing_of_python_can_be_reached(source: str) -> None:
    assert len(check_template(source, NAMES)) == 1
    with pytest.raises(RefusedError):
        compile_template(Sandbox(), source)


@pytest.mark.parametrize("source", ["{{ text.upper }}", "{{ items.append }}", "{{ text['upper'] }}", "{{ text|attr }}"])
def test_a_text_that_was_never_checked_reaches_no_object_either(source: str) -> None:
    with pytest.raises((UndefinedError, TemplateAssertionError)):
        Sandbox(str).from_string(source).render(text="a", items=[])


BOMBS = {
    "nested loops": "{% for x in user.groups %}" * 30 + "x" + "{% endfor %}" * 30,
    "nested ifs": "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "parentheses": "{{ " + "(" * 60_000,
    "closed parentheses": "{{ " + "(" * 30_000 + "1" + ")" * 30_000 + " }}",
    "brackets": "{{ " + "[" * 60_000,
    "not": "{{ " + "not " * 15_000 + "1 }}",
    "minus": "{{ " + "-" * 60_000 + "1 }}",
    "tilde": "{{ 1" + " ~ 1" * 15_000 + " }}",
    "attributes": "{{ user" + ".a" * 30_000 + " }}",
    "filters": "{{ 'a'" + "|upper" * 10_000 + " }}",
    "else": "{{ 1" + " if 1 else 1" * 5_000 + " }}",
    "unknown names": "{{ a+b+c+d }}" * 1000,
    "many tags": "{{date}}" * 8000,
    "open braces": "{{" * 32_000,
    "open comments": "{#" * 32_000,
    "open tags": "{%" * 32_000,
    "percents": "%date%" * 10_000,
    "misspelt percents": "{{ " + "%datee%" * 9_000,
    "long": "a" * 10_000_000,
    "long name": "{{ " + "a" * 60_000 + " }}",
    "long number": "{{ " + "9" * 60_000 + " }}",
    "long text": "{{ '" + "a" * 60_000 + "' }}",
    "quotes": "{{ " + "'" * 60_001 + " }}",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_every_bomb_is_refused_within_a_second(bomb: str) -> None:
    start = time.process_time()
    problems = check_template(bomb, NAMES)
    with pytest.raises(RefusedError):
        compile_template(Sandbox(), bomb)
    assert time.process_time() - start < 2  # one for each
    assert 1 <= len(problems) <= 20


@pytest.mark.parametrize("text", ["%" * 65_000, "%profilefield_" * 4_000, "%}" * 30_000, "a" * 65_000])
def test_long_texts_that_only_look_odd_are_read_in_time(text: str) -> None:
    start = time.process_time()
    assert check_template(text, NAMES) == []
    assert time.process_time() - start < 1


def test_the_largest_text_that_is_allowed_compiles_within_a_second() -> None:
    start = time.process_time()
    compile_template(Sandbox(), "{{ user.firstname|upper }}" * (TAGS_LIMIT - 1) + "a" * 30_000)
    assert time.process_time() - start < 2


# --- syntax ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "marked", "said"),
    [
        ("a {{ user.firstname", "{{", "{{ is not closed: }} is missing."),
        ("a {{ user.firstname }", "}", "{{ is not closed: }} is missing."),
        ("a {% if user.city", "{%", "{% is not closed: %} is missing."),
        ("{% if user.city %}x", "if", "{% if %} is not closed: {% endif %} is missing."),
        (
            "{% for g in user.groups %}{% if g %}x{% endif %}",
            "for",
            "{% for %} is not closed: {% endfor %} is missing.",
        ),
        ("x{% endif %}", "endif", "{% endif %} closes nothing here."),
        ("{% else %}", "else", "{% else %} closes nothing here."),
        ("{% fi user.city %}x", "fi", "There is no {% fi %}."),
        ("{# x", "{#", "{# is not closed: #} is missing."),
        ("{{ }}", "}}", "Something is missing here, between the braces."),
        ("{{ user fristname }}", "fristname", "`fristname` cannot stand here."),
        ("{{ user.firstname ; }}", ";", "`;` cannot stand here."),
        ("{{ 'a }}", "'", "' is not closed: ' is missing."),
        ("{{ (user.city }}", "(", "( is not closed: ) is missing."),
        ("a {% if user.city }x", "}", "{% is not closed: %} is missing."),
        ("{{ user. }}", "}}", "Something is missing here, between the braces."),
    ],
)
def test_syntax_errors_are_said_in_plain_words(source: str, marked: str, said: str) -> None:
    problem = only(source)
    assert problem.message.name == "template-syntax"
    assert (underlined(source, problem), problem.text("en")) == (marked, said)


@given(st.text(alphabet="{}%# '\"()[]|.~-+uif for end els\n", max_size=40))
def test_any_text_is_accepted_or_has_problems_in_both_languages(source: str) -> None:
    problems = check_template(source, NAMES)
    if all(problem.message.severity is Severity.WARNING for problem in problems):
        compile_template(Sandbox(), source)
    lines = source.split("\n")
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        diagnostic = Diagnostic(problem.message, Span("", 1, 1, 1, 1), problem.args)
        languages: tuple[Language, ...] = ("en", "fr")
        assert all(diagnostic.text(language) for language in languages)
        assert all("{nearest}" not in diagnostic.help(language) for language in languages)
