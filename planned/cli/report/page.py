"""A dry-run as one page for a browser or a printer, with nothing to fetch: summary first, then every learner."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from planned.check.graph import Rule
from planned.cli.report import sentences
from planned.cli.report.data import OUTCOMES, Packed, compressed, shown
from planned.cli.report.figures import Figures, counted
from planned.cli.report.words import meaning, page_words
from planned.cli.terminal import plain
from planned.cli.timeline import OUTCOMES as MARKS
from planned.cli.volume import HEADS
from planned.diagnostics import Language
from planned.engine.decision import Decision

_PAGES = Environment(
    loader=PackageLoader("planned.cli.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to say beside the decisions: what is called is known once all decisions are made.

    `text_of` gives a rule as it stands in its file, `refused` how many events did not count, and the first of them."""

    rules: Sequence[Rule]
    zone: str
    language: Language
    text_of: Callable[[Rule], str]
    name_of: Callable[[str], str]
    events: Callable[[], int]
    refused: Callable[[], tuple[int, Sequence[str]]]


def page(decisions: Iterable[Decision], told: Told) -> str:
    """The whole page. Names and texts may hold anything: all that is written is escaped, or compressed."""
    figures, packed = Figures(told.zone, told.rules), Packed()
    for one in decisions:
        figures.add(one)
        packed.add(one)
    language, words = told.language, page_words(told.language)
    style, script = _file("page.css"), _file("page.js")
    data = packed.object(told.name_of) | {
        "language": language,
        "zone": told.zone,
        "outcomes": [[one.value, MARKS[language][one], HEADS[language][one]] for one in OUTCOMES],
        "words": words,
    }
    return _PAGES.get_template("page.html").render(
        language=language,
        words=words,
        title=_title(told.rules) or ", ".join(plain(rule.name) for rule in told.rules[:3]),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=compressed(data),
        lead=sentences.lead(figures, language),
        facts=sentences.facts(figures, language, told.zone, told.events(), told.name_of),
        legend=[(one.value, MARKS[language][one], meaning(one, language)) for one in OUTCOMES if figures.totals[one]],
        outcomes=[(one, one.value, MARKS[language][one], HEADS[language][one]) for one in OUTCOMES],
        rules=list(figures.by_rule(language)),
        rule_texts={rule.name: shown(told.text_of(rule)) for rule in told.rules},
        notices=figures.volume.notices,
        bars=figures.bars(language),
        ticks=figures.ticks(language),
        refused=told.refused(),
        n=lambda number: counted(number, language),
    )


def _file(name: str) -> str:
    return (files("planned.cli.report") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """For the page's own policy: the browser runs this script and no other (CSP, level 2)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _title(rules: Sequence[Rule]) -> str:
    """The courses by their titles."""
    titles = dict.fromkeys(rule.context.course_title or rule.course or "" for rule in rules)
    named = [plain(one) for one in titles if one]
    return ", ".join(named[:3]) + (" …" if len(named) > 3 else "")
