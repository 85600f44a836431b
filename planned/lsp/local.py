"""What can be said of a few statements at once, knowing only the declarations above them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from planned.check.allow import allowances
from planned.check.known import Known
from planned.check.lints import LINTS
from planned.check.mentions import Mentioned, in_rule
from planned.check.readings import readings
from planned.check.scope import survey
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Severity
from planned.syntax import ast

WHOLE = frozenset(
    {
        *("cycle", "duplicate-name", "duplicate-rule", "hardly-ever-sends", "mixed-languages", "not-undone"),
        *("renamed-rule", "rule-without-scenario", "same-instant", "too-many-messages", "unknown-in-scenario"),
        *("unused-declaration", "no-time-zone", "no-course"),
    }
)
"""The lints that look at more than one rule and its declarations: they wait until nobody types."""


def local_lints(
    above: Iterable[ast.Statement],
    edited: ast.File,
    text: str,
    *,
    rule_names: Collection[str],
    imports: Mapping[str, ast.File],
    known: Known,
) -> list[Diagnostic]:
    """About the rules of `edited`, whose text is given; the spans are those of this text.

    `above` has the statements that stand before them; of these only the declarations count. What may be one of the
    other rules, `rule_names`, is not judged.
    """
    declared = [one for one in above if not isinstance(one, ast.Rule | ast.Scenario)]
    file = replace(edited, statements=(*declared, *edited.statements))
    surveyed = survey([file], imports)
    rules = surveyed.rules
    mentions = tuple(
        Mentioned(one.kind, one.name, placed.scope, file, placed.course)
        for placed in rules
        for one in in_rule(placed.node)
        if one.kind != "rule" and not (one.kind == "target" and one.name.text in rule_names)
    )
    seen = replace(surveyed, files=(), scenarios=())
    subject = Subject(seen, (), imports, {edited.path: text}, {}, mentions, known, tuple(readings(surveyed)))
    running = [lint for lint in LINTS if lint.name not in WHOLE and lint.can_run(subject.known)]
    found = [one for lint in running for one in lint.check(subject)]
    allowed = list(allowances(edited))
    return [
        one
        for one in found
        if one.severity is Severity.ERROR or not any(allowance.covers(one) for allowance in allowed)
    ]
