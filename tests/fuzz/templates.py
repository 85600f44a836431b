"""What holds of any text of a message: its mistakes have a place in it, and without any it is written in bounds."""

from __future__ import annotations

import time

from planned.check.graph import MessageText
from planned.check.template_names import TemplateNames
from planned.check.template_sandbox import OUTPUT_LIMIT
from planned.check.templates import check_template, from_percent
from planned.diagnostics import Severity
from planned.engine.markdown import to_html
from planned.engine.render import SUBJECT_LIMIT, RenderContext, RenderError, render
from planned.syntax.source import source as read
from tests.fuzz.parser import PATH, SMALL

SECONDS = 1.0
NAMES = TemplateNames(activities=frozenset({"Quiz1", "Leçon 2"}), learners=True)
PERSON = {"id": "a", "firstname": "<b>{{ 7*7 }}</b>", "lastname": "O'Neil\r\nBcc: x@y.example", "email": "a@b.example"}
PERSON |= {"profile": {"promo": "2026"}, "groups": ["A", "=?utf-8?q?b?="]}


def context() -> RenderContext:
    return RenderContext(
        user=PERSON,
        course={"id": "C", "shortname": "C", "fullname": "A course", "url": "https://lms.example/c"},
        activities={"Quiz1": {"title": "Quiz", "grade": 8.5}, "Leçon 2": {"title": "Leçon"}},
        rule_name="r",
        rule_title="T",
        learners=[PERSON] * 3,
    )


def check(data: bytes, seconds: float = SECONDS) -> None:
    """Fails where a promise about texts does not hold for this one."""
    source = read(data.decode("utf-8", "replace"), PATH)[0].text  # nothing else stands in a file of rules
    start = time.process_time()
    problems = check_template(source, NAMES)
    for one in problems:
        assert one.text("en")
        assert one.text("fr")
        lines = source.replace("\r\n", "\n").split("\n")
        assert 1 <= one.line <= len(lines), one
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1, (one, lines)
    assert from_percent(from_percent(source)) == from_percent(source)
    try:
        done = render(MessageText(name="t", subject=source, text=source), subject=None, title=None, context=context())
    except RenderError as error:
        done, unsaid = None, [language for language in ("en", "fr") if not error.sentence(language)]
        assert not unsaid
    else:
        wrong = [one.message.name for one in problems if one.message.severity is Severity.ERROR]
        assert not wrong, "it was written, though it has mistakes"
    if done is not None:
        assert len(done.subject) <= SUBJECT_LIMIT
        assert len(done.markup) <= OUTPUT_LIMIT
        assert not set("\r\n\0\u202e") & set(done.subject)
        page = to_html(done.markup, "en")
        assert "<script" not in page
        for text in (done.subject, done.text, done.markup, page):
            assert "\0" not in text
            text.encode()
    spent = time.process_time() - start
    assert len(data) > SMALL or spent < seconds, f"{spent:.1f} s for {len(data)} bytes"
