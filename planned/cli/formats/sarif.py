"""`--format sarif`: SARIF 2.1.0 (OASIS, 2020), which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from urllib.parse import quote

from planned.check.pages import page
from planned.diagnostics import Diagnostic, Edit, Language, Message, Severity, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def written(spoken: Sequence[tuple[Diagnostic, Language]]) -> str:
    """One run with its rules and results; columns count characters, as `columnKind` says."""
    names = list(dict.fromkeys(one.name for one, _ in spoken))
    run = {
        "tool": {
            "driver": {"name": "planned", "version": version("planned"), "rules": [_rule(name) for name in names]}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, language, names.index(one.name)) for one, language in spoken],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(name: str) -> dict[str, object]:
    text = page(name, "en")
    if text is None:
        return {"id": name}
    return {"id": name, "shortDescription": {"text": text.partition("\n")[0]}, "help": {"text": text}}


def _result(one: Diagnostic, language: Language, rule: int) -> dict[str, object]:
    help = one.help(language)
    said: dict[str, object] = {
        "ruleId": one.name,
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": f"{one.text(language)} {help}".strip()},
        "locations": [{"physicalLocation": _place(one.span)}],
    }
    if one.related:
        said["relatedLocations"] = [_related(one, *each, language) for each in one.related]
    if one.fix is not None:
        said["fixes"] = [_fix(one.fix.edits)]
    return said


def _related(one: Diagnostic, span: Span, message: Message, language: Language) -> dict[str, object]:
    said = Diagnostic(message, span, one.args).text(language)
    return {"physicalLocation": _place(span), "message": {"text": said}}


def _fix(edits: Sequence[Edit]) -> dict[str, object]:
    files = dict.fromkeys(edit.span.file for edit in edits)
    return {
        "artifactChanges": [
            {
                "artifactLocation": {"uri": quote(file)},
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in edits
                    if edit.span.file == file
                ],
            }
            for file in files
        ]
    }


def _place(span: Span) -> dict[str, object]:
    return {"artifactLocation": {"uri": quote(span.file)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
