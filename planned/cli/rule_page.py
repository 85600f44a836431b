"""A rule in plain words, as the terminal shows it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile

from planned.check.graph import Graph, Rule
from planned.check.scope import Placed, base_name
from planned.check.subject import LINE_END
from planned.cli.terminal import COLONS, plain, wants_color
from planned.cli.timeline import BOLD, RESET, page_width
from planned.diagnostics import Language, Span
from planned.engine.explain.examples import sentences
from planned.engine.explain.facts import Voice
from planned.engine.explain.firings import firings
from planned.engine.explain.rule import Explanation, Part, Said, explain, voice_of

WIDEST = 76
"""Characters of a clause that are shown."""
INDENT = 6


class RulePage:
    """Writes the explanations of rules. `sources` has the authors' texts by path."""

    def __init__(self, all_rules: Graph, sources: Mapping[str, str], today: date, zone: str) -> None:
        self.all_rules = all_rules
        self.lines = {path: LINE_END.split(text) for path, text in sources.items()}
        self.today = today
        self.zone = zone
        self.page = page_width(sys.stdout)
        self.color = wants_color(sys.stdout)
        self.noted: set[str] = set()
        self.language: Language = "en"

    def of(self, rule: Rule, placed: Placed, language: Language | None, *, examples: bool) -> Iterator[str]:
        """Its lines; without examples where the files have errors."""
        voice = voice_of(rule, placed, language)
        self.language = voice.language
        explanation = explain(self.all_rules, rule, placed, language)
        self.noted.clear()
        yield self._strong(f"{plain(rule.name)} – {plain(rule.context.file)}:{placed.node.span.line}")
        head, *rest = explanation.said
        yield from self._paragraph(head.sentences, 0)
        for one in takewhile(lambda one: one.part is not Part.END, rest):
            yield ""
            yield from self._clause(one, explanation)
        for part, title in ((Part.END, "title.end"), (Part.DECLARATION, "title.declarations")):
            yield from ("", self._strong(voice.say(title)))
            for one in rest:
                if one.part is part:
                    yield from self._clause(one, explanation)
        yield from ("", self._strong(voice.say("title.examples")))
        yield from self._examples(voice, rule, examples=examples)

    def _examples(self, voice: Voice, rule: Rule, *, examples: bool) -> Iterator[str]:
        found = firings(self.all_rules, rule, self.today, self.zone) if examples else ()
        for firing in found:
            yield from self._paragraph([" ".join(sentences(voice, firing))], INDENT)
        if not found:
            yield from self._paragraph([voice.say("examples.none" if examples else "examples.errors")], INDENT)

    def _clause(self, one: Said, explanation: Explanation) -> Iterator[str]:
        if one.span is not None:
            here = one.span.file == explanation.rule.context.file
            where = "" if here else f"{base_name(one.span.file)}{COLONS[self.language]} "
            yield f"{one.span.line:>4}  {where}{self._strong(self._text(one.span))}"
        notes = [note for note in one.notes if note not in self.noted]
        self.noted.update(notes)
        yield from self._paragraph([*one.sentences, *notes], INDENT)

    def _text(self, span: Span) -> str:
        """What the author wrote there, on one line."""
        lines = self.lines.get(span.file, [])[span.line - 1 : span.end_line]
        if lines:
            lines[-1] = lines[-1][: span.end_column - 1]
            lines[0] = lines[0][span.column - 1 :]
        text = " ".join(" ".join(lines).split())
        return plain(text if len(text) <= WIDEST else text[: WIDEST - 1].rstrip() + "…")

    def _paragraph(self, said: Sequence[str], indent: int) -> Iterator[str]:
        for sentence in said:
            text = plain(" ".join(sentence.split("\n")))
            width = 10_000 if self.page is None else self.page
            yield from textwrap.wrap(
                text, width, initial_indent=" " * indent, subsequent_indent=" " * indent, break_long_words=False
            )

    def _strong(self, text: str) -> str:
        return f"{BOLD}{text}{RESET}" if self.color else text
