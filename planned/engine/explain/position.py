"""What stands at a place of a rule file, for an editor that shows it where the pointer rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planned.check.graph import Graph
from planned.check.scope import Placed
from planned.diagnostics import Language, Span
from planned.engine.explain.examples import sentences
from planned.engine.explain.firings import firings
from planned.engine.explain.rule import clause_at, explain, voice_of


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause in plain words: where it stands, what it means, and when the rule sends, if an example is known."""

    span: Span
    sentences: tuple[str, ...]
    example: str | None


def clause_text(
    all_rules: Graph,
    placed: Iterable[Placed],
    path: str,
    line: int,
    column: int,
    today: date,
    *,
    language: Language | None = None,
    default_zone: str = "UTC",
) -> ClauseText | None:
    """The clause at that place, lines and columns from 1 in characters; None outside rules and between clauses.

    The example is the first from `today` on. It plays the graph, which must be without errors.
    """
    for one in placed:
        if one.node.span.file != path or not _within(one.node.span, line, column):
            continue
        rule = next((rule for rule in all_rules.rules if (rule.course, rule.name) == (one.course, one.name)), None)
        if rule is None:
            return None
        said = clause_at(explain(all_rules, rule, one, language), line, column)
        if said is None or said.span is None:
            return None
        found = firings(all_rules, rule, today, default_zone)
        example = " ".join(sentences(voice_of(rule, one, language), found[0])) if found else None
        return ClauseText(said.span, (*said.sentences, *said.notes), example)
    return None


def _within(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) < (span.end_line, span.end_column)
