"""A message as it is sent: subject, plain text and Markdown, from a checked text and what is known of its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final

from jinja2 import Template, TemplateRuntimeError, UndefinedError, meta, pass_context
from jinja2.runtime import Context

from planned.check import graph
from planned.check.template_names import COURSE_FIELDS, USER_FIELDS
from planned.check.template_sandbox import LIST_LIMIT, NOTHING, Nothing, Open, capped
from planned.check.templates import RefusedError, Sandbox, compile_template, from_percent
from planned.diagnostics import Language
from planned.engine import markdown
from planned.engine.calendar import aware
from planned.engine.event import Instant
from planned.engine.markdown import plain, to_html
from planned.engine.phrases import long_date, number, short_time

__all__ = ["RenderContext", "RenderError", "Rendered", "plain", "render", "to_html"]

SUBJECT_LIMIT: Final = 150


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` is plain text, `markup` the Markdown it came from, in which values are escaped."""

    subject: str
    text: str
    markup: str


class RenderError(Exception):
    """A text that cannot be written, said in both languages. It stays inside the engine, where it becomes `failed`."""

    def __init__(self, sentence_en: str, sentence_fr: str) -> None:
        super().__init__(sentence_en)
        self.sentence_en = sentence_en
        self.sentence_fr = sentence_fr

    def sentence(self, language: Language) -> str:
        return self.sentence_fr if language == "fr" else self.sentence_en


def _no_reason() -> str:
    return ""


@dataclass(slots=True, kw_only=True)
class RenderContext:
    """What a text may show. `now` is shown in `zone` and in `language`, the reader's; what nobody gave is empty.

    `user` has the fields of section 2.4, `groups` (a list of names) and `profile` (a mapping); `activities` has
    `title`, `url` and `grade` by declared name; `learners`, each as `user`, is for daily digests. `why` is called
    only if it is used.
    """

    user: Mapping[str, object]
    course: Mapping[str, object]
    activities: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    sender: str = ""
    rule_name: str = ""
    rule_title: str | None = None
    now: Instant = 0
    zone: str = "UTC"
    language: str = "en"
    why: Callable[[], str] = _no_reason
    learners: Sequence[Mapping[str, object]] | None = None
    shown: dict[str, object] = field(init=False, default_factory=dict)
    """What has been asked for, by its first word: text and subject show the same."""


def render(message: graph.MessageText, *, subject: str | None, title: str | None, context: RenderContext) -> Rendered:
    """The message for one reader.

    `subject` is the `subject` clause, `title` the rule's title; the subject is the first there is of `subject`, the
    template's, `title` and the text's first line. Raises RenderError.
    """
    markup = _write(message.text, context, escaped=True).strip()
    text = plain(markup)
    source = next((one for one in (subject, message.subject, title) if one), None)
    line = _write(source, context, escaped=False) if source is not None else _first_line(text)
    return Rendered(subject=_subject(line) or _subject(_first_line(text)), text=text, markup=markup)


def _first_line(text: str) -> str:
    return text.lstrip().partition("\n")[0]


def _subject(line: str) -> str:
    line = markdown.clean(line)
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1].rstrip() + "…"


# --- compiled texts --------------------------------------------------------------------------------


class Learner(dict[str, object]):
    """One of a digest's learners: `{{ learners }}` says their names."""


LANGUAGE = "_language"
"""A name that no text can reach: under it the language of the reader stands in the context."""


@pass_context
def _shown(context: Context, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return number(float(value), str(context.get(LANGUAGE, "en")))
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(context, item) for item in value)
    if isinstance(value, Learner):
        return str(value["fullname"]) or str(value["id"])
    if isinstance(value, Mapping):
        raise TemplateRuntimeError("several values")
    return str(value)


@pass_context
def _escaped(context: Context, value: object) -> str:
    return markdown.escape(value if isinstance(value, str) else _shown(context, value))


@lru_cache(maxsize=2)
def _sandbox(escaped: bool) -> Sandbox:
    return Sandbox(_escaped if escaped else _shown)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`template` None: nothing to fill in. `names` are the first words that it uses."""

    literal: str
    template: Template | None
    names: frozenset[str]


@lru_cache(maxsize=4096)
def _compiled(source: str, escaped: bool) -> _Compiled:
    converted = from_percent(source)
    if "{" not in converted:
        return _Compiled(converted, None, frozenset())
    env = _sandbox(escaped)
    template = compile_template(env, converted)
    return _Compiled("", template, frozenset(meta.find_undeclared_variables(env.parse(converted))))


def _write(source: str, context: RenderContext, *, escaped: bool) -> str:
    try:
        compiled = _compiled(source, escaped)
        if compiled.template is None:
            return compiled.literal
        filled = compiled.template.new_context(_values(compiled.names, context))
        return capped(compiled.template.root_render_func(filled))
    except RefusedError as error:
        raise RenderError(error.problem.text("en"), error.problem.text("fr")) from None
    except UndefinedError as error:
        name = error.message or "?"
        raise RenderError(
            f"The text uses {name}, which is not known here.", f"Le texte utilise {name}, qui n'est pas connu ici."
        ) from None
    except OverflowError:
        raise RenderError("The text became too long.", "Le texte est devenu trop long.") from None
    except RenderError:
        raise
    except Exception:  # whatever an author's expression does, the engine goes on
        raise RenderError(
            "The text computes something that its values do not allow.",
            "Le texte calcule quelque chose que ses valeurs ne permettent pas.",
        ) from None


# --- what a text may show --------------------------------------------------------------------------


def _person(user: Mapping[str, object]) -> dict[str, object]:
    known: dict[str, object] = {name: _given(user.get(name)) for name in USER_FIELDS}
    profile = user.get("profile")
    known["profile"] = Open(profile) if isinstance(profile, Mapping) else Open()
    groups = user.get("groups")
    known["groups"] = list(groups)[:LIST_LIMIT] if isinstance(groups, (list, tuple, set, frozenset)) else []
    if isinstance(known["fullname"], Nothing):
        known["fullname"] = " ".join(str(known[name]) for name in ("firstname", "lastname")).strip()
    return known


def _given(value: object) -> object:
    return NOTHING if value is None else value


class _Activities(Mapping[str, Mapping[str, object]]):
    """A course has many activities, and a text asks for one or two of them."""

    def __init__(self, known: Mapping[str, Mapping[str, object]]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> Mapping[str, object]:
        activity = self._known[name]
        return {key: _given(activity.get(key)) for key in ("title", "url", "grade")}

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _rule(context: RenderContext) -> dict[str, object]:
    """The title may be a text to fill in itself; in itself it is the rule's name."""
    title = context.rule_title
    if title and "{" in title:
        inner = RenderContext(
            user=context.user,
            course=context.course,
            activities=context.activities,
            sender=context.sender,
            rule_name=context.rule_name,
            now=context.now,
            zone=context.zone,
            language=context.language,
        )
        title = _write(title, inner, escaped=False)
    return {"name": context.rule_name, "title": title or context.rule_name}


_VALUES: Final[Mapping[str, Callable[[RenderContext], object]]] = {
    "user": lambda context: _person(context.user),
    "course": lambda context: {name: _given(context.course.get(name)) for name in COURSE_FIELDS},
    "activity": lambda context: _Activities(context.activities),
    "sender": lambda context: context.sender,
    "rule": _rule,
    "date": lambda context: long_date(aware(context.now, context.zone).date(), context.language),
    "time": lambda context: short_time(aware(context.now, context.zone).time(), context.language),
    "why": lambda context: context.why(),
}


def _values(names: frozenset[str], context: RenderContext) -> dict[str, object]:
    """Only what the text uses: a date costs as much as the rest of a message."""
    shown = context.shown
    for name in names.difference(shown):
        if name in _VALUES:
            shown[name] = _VALUES[name](context)
    values = {name: shown[name] for name in names if name in shown}
    if "learners" in names and context.learners is not None:
        values["learners"] = [Learner(_person(learner)) for learner in context.learners[:LIST_LIMIT]]
    values[LANGUAGE] = context.language
    return values
