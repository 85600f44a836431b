"""Messages as they are sent: what is shown, which subject, in whose language, and what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from planned.check.graph import MessageText
from planned.engine.render import RenderContext, Rendered, RenderError, render, to_html


def at(when: str) -> int:
    return int(datetime.fromisoformat(when).timestamp()) * 1_000_000


NOW = at("2026-09-03T14:10+02:00")

ALICE: Mapping[str, object] = {
    "id": "alice",
    "firstname": "Alice",
    "lastname": "Martin",
    "fullname": "Alice Martin",
    "email": "alice@school.example",
    "city": "Dijon",
    "institution": "Lycée Carnot",
    "department": "Biologie",
    "language": "fr",
    "groups": ["A", "B_1"],
    "profile": {"ine": "123*45", "2e choix": "oui"},
}
COURSE = {
    "id": "NUM101",
    "shortname": "NUM101",
    "fullname": "Numérique : les bases",
    "url": "https://m.example/course/view.php?id=7&x=a_b",
}
CONTEXT = RenderContext(
    user=ALICE,
    course=COURSE,
    activities={"Quiz1": {"title": "Quiz [1]", "url": "https://m.example/q?id=1", "grade": 12.5}, "Lesson2": {}},
    sender="Mme Roux",
    rule_name="relance",
    rule_title="N'oubliez pas, {{ user.firstname }}",
    now=NOW,
    zone="Europe/Paris",
    language="fr",
    why=lambda: "Vous recevez ce message parce que *tout* va bien.",
)


def written(
    text: str, *, subject: str | None = None, own: str | None = None, title: str | None = None, **changes: object
) -> Rendered:
    context = replace(CONTEXT, **changes)  # type: ignore[arg-type]  # the tests name fields of their own accord
    return render(MessageText(name=None, subject=own, text=text), subject=subject, title=title, context=context)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("%courseshortname%", "NUM101"),
        ("%coursefullname%", "Numérique : les bases"),
        ("%courseid%", "NUM101"),
        ("%userfirstname%", "Alice"),
        ("%userlastname%", "Martin"),
        ("%date%", "3 septembre 2026"),
        ("%time%", "14h10"),
        ("%userid%", "alice"),
        ("%usercity%", "Dijon"),
        ("%userinstitution%", "Lycée Carnot"),
        ("%userdepartment%", "Biologie"),
        ("%usergroups%", "A, B_1"),
        ("%profilefield_ine%", "123*45"),
        ("{{ user.fullname }} ({{ user.email }})", "Alice Martin (alice@school.example)"),
        ("{{ user.language }}", "fr"),
        ('{{ user.profile["2e choix"] }}', "oui"),
        ("{{ course.url }}", "https://m.example/course/view.php?id=7&x=a_b"),
        ("[cours]({{ course.url }})", "cours (https://m.example/course/view.php?id=7&x=a_b)"),
        ("{{ activity.Quiz1.title }} : {{ activity.Quiz1.grade }}", "Quiz [1] : 12,5"),
        ("{{ activity.Quiz1.url }}", "https://m.example/q?id=1"),
        ("{{ sender }}", "Mme Roux"),
        ("{{ rule.name }} / {{ rule.title }}", "relance / N'oubliez pas, Alice"),
        ("{{ why }}", "Vous recevez ce message parce que *tout* va bien."),
        ("{{ user.groups|join(' et ') }} {{ user.groups|length }} {{ user.groups[0] }}", "A et B_1 2 A"),
        ("{{ user.city|upper }} {{ user.city|default('?') }}", "DIJON Dijon"),
        ("{% if activity.Quiz1.grade >= 10 %}bravo{% endif %}", "bravo"),
        ("{{ activity.Quiz1.grade|round }}", "12"),
        ("{% for g in user.groups %}{{ loop.index }}={{ g }};{% endfor %}", "1=A;2=B_1;"),
        ("**{{ user.firstname }}**", "Alice"),
        ("50 % de %inconnu%", "50 % de %inconnu%"),
    ],
)
def test_every_name_is_shown(source: str, text: str) -> None:
    assert written(source).text == text


@pytest.mark.parametrize(
    "source",
    [
        *(f"{{{{ user.{name} }}}}" for name in ("city", "institution", "department", "email", "language", "groups")),
        "%profilefield_rien%",
        "{{ user.profile.items }}{{ user.profile.keys }}{{ user.profile.get }}",
        "{{ activity.Lesson2.grade }}{{ activity.Lesson2.title }}{{ course.url }}",
        "{% if activity.Lesson2.grade < 10 or activity.Lesson2.grade >= 10 or user.city %}x{% endif %}",
        "{{ user.groups|first }}{{ user.groups[5] }}{{ user.groups|join }}{{ activity.Lesson2.grade|round(1) }}",
        "{{ user.city|upper|trim }}",
    ],
)
def test_what_nobody_gave_is_empty(source: str) -> None:
    assert written(f"[{source}]", user={"id": "bob"}, course={}).text == "[]"


def test_a_full_name_is_made_of_its_parts() -> None:
    assert written("{{ user.fullname }}", user={"id": "b", "firstname": "Bob", "lastname": "Roy"}).text == "Bob Roy"


def test_a_default_stands_for_what_is_empty() -> None:
    assert written("{{ user.city|default('votre ville') }}", user={"id": "b", "city": ""}).text == "votre ville"


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("fr", "Europe/Paris", "3 septembre 2026 14h10"),
        ("en", "Europe/Paris", "3 September 2026 14:10"),
        ("en", "Asia/Tokyo", "3 September 2026 21:10"),
        ("de", "America/Montreal", "3. September 2026 08:10"),
        ("fr_ca", "America/Montreal", "3 septembre 2026 08 h 10"),
        ("xx_unknown", "Pacific/Apia", "4 September 2026 01:10"),
        ("", "UTC", "3 September 2026 12:10"),
    ],
)
def test_dates_are_in_the_readers_language_and_zone(language: str, zone: str, shown: str) -> None:
    assert (
        written("{{ date }} {{ time }}", language=language, zone=zone).text.replace("\u202f", " ").replace("\xa0", " ")
        == shown
    )


def test_the_first_of_a_month_is_written_as_the_french_do() -> None:
    first = at("2026-10-01T00:00+02:00")
    assert written("{{ date }}", now=first).text == "1er octobre 2026"


def test_why_is_asked_only_where_it_is_shown() -> None:
    def why() -> str:
        raise AssertionError("asked")

    assert written("{{ user.firstname }}", why=why).text == "Alice"


# --- subjects ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "own", "title", "shown"),
    [
        ("S {{ user.firstname }}", "T", "R", "S Alice"),
        (None, "T {{ user.lastname }}", "R", "T Martin"),
        (None, None, "R %userfirstname%", "R Alice"),
        (None, None, None, "Bonjour Alice"),
        ("{{ user.profile.rien }}", "T", "R", "Bonjour Alice"),
    ],
)
def test_the_subject_is_the_nearest_there_is(
    subject: str | None, own: str | None, title: str | None, shown: str
) -> None:
    assert written("# Bonjour **{{ user.firstname }}**\n\nfin", subject=subject, own=own, title=title).subject == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("**x** & <b>", "**x** & <b>"),
        ("a\r\nBcc: x@y", "a Bcc: x@y"),
        ("a\x00\x1b[31mb\u202ec", "a[31mbc"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("x" * 500, "x" * 149 + "…"),
        ("=?utf-8?q?a?=", "=?utf-8?q?a?="),
    ],
)
def test_a_subject_is_one_line_of_plain_text(name: str, shown: str) -> None:
    assert written("texte", subject="{{ user.firstname }}", user={"firstname": name}).subject == shown


# --- values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("{{7*7}}", "{{7*7}}"),
        ("{% raw %}", "{% raw %}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("[a](http://b)", "[a](http://b)"),
        ("**x**", "**x**"),
        ("# x", "# x"),
        ("x\r\nBcc: y", "x Bcc: y"),
        ("=?utf-8?q?a=0D=0ABcc:b?=", "=?utf-8?q?a=0D=0ABcc:b?="),
        ("\u202etxt\u202c \u200fאב", "txt אב"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("n" * 10_000, "n" * 10_000),
        ("", ""),
    ],
)
def test_a_name_is_only_a_name(name: str, text: str) -> None:
    message = written("Bonjour {{ user.firstname }}, ça va ?", user={"firstname": name})
    assert message.text == f"Bonjour {text}, ça va ?".replace(" ,", " ,")
    html = to_html(message.markup, "fr")
    assert not any(tag in html for tag in ("<script", "<a ", "<strong", "<h1"))


def test_a_filter_does_not_undo_the_escape() -> None:
    message = written("{{ user.firstname|upper }} {{ '**' ~ user.firstname }}", user={"firstname": "_a_"})
    assert message.text == "_A_ **_a_"
    assert "<em>" not in to_html(message.markup, "en")


def test_a_digest_goes_through_its_learners() -> None:
    learners = [{"id": "a", "firstname": "Ann", "lastname": "A*"}, {"id": "b", "fullname": "Bob"}]
    source = "Aujourd'hui :\n\n{% for learner in learners %}- {{ learner.fullname }}\n{% endfor %}"
    assert written(source, learners=learners).text == "Aujourd'hui :\n\n- Ann A*\n- Bob"


# --- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("{{ user.emial }}", "user has no emial."),
        ("{{ foo }}", "foo is not known in a message."),
        ("{{ activity.Quiz9.title }}", "The text uses Quiz9, which is not known here."),
        ("{% for x in learners %}{% endfor %}", "The text uses learners, which is not known here."),
        ("{% if user.city < 3 %}{% endif %}", "The text computes something that its values do not allow."),
        ("{{ user.firstname|join }}", "The text computes something that its values do not allow."),
        ("{{ 'x'|center(300000000) }}", "There is no filter center."),
        ("{{ user.firstname", "{{ is not closed: }} is missing."),
        ("{% for a in user.groups %}{% for b in user.groups %}" + "x" * 60_000 + "{% endfor %}{% endfor %}", None),
    ],
)
def test_a_text_that_cannot_be_written_says_why_in_both_languages(source: str, english: str | None) -> None:
    groups = [str(place) for place in range(5)]
    with pytest.raises(RenderError) as caught:
        written(source, user={**ALICE, "groups": groups})
    assert caught.value.sentence("en") == (english or "The text became too long.")
    assert caught.value.sentence("fr") not in ("", caught.value.sentence("en"))


def test_a_title_that_names_itself_is_no_endless_loop() -> None:
    assert written("{{ rule.title }}", rule_title="a {{ rule.title }}").text == "a relance"


def test_lists_are_cut_so_that_two_loops_end_within_a_second() -> None:
    user = {"id": "a", "groups": [str(place) for place in range(100_000)]}
    start = time.process_time()
    text = written(
        "{% for a in user.groups %}{% for b in user.groups %}{% if a == 'x' %}.{% endif %}{% endfor %}{% endfor %}!",
        user=user,
    ).text
    assert text == "!"
    assert time.process_time() - start < 2


def test_of_a_long_list_the_first_thousand_are_shown() -> None:
    many = [{"id": str(place), "groups": [str(place) for place in range(1_500)]} for place in range(1_200)]
    assert written("{{ user.groups|length }}", user=many[0]).text == "1000"
    assert written("{{ learners|length }} {{ learners[5].groups|length }}", learners=many).text == "1000 1000"
