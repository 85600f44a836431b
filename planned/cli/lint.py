"""`planned lint`: all mistakes of all files in one run, each with the place and what to write instead."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Mapping, Sequence

from planned.check.build import graph_of
from planned.check.known import Known
from planned.check.lint import lint
from planned.check.scope import survey
from planned.check.subject import LINE_END
from planned.cli.exits import Exit
from planned.cli.terminal import Look, as_json, plain, summary, system_language, wants_color
from planned.diagnostics import Diagnostic, Language, Severity
from planned.engine.foreseen import MOST_RULES, foresee
from planned.runtime.clock import SystemClock, datetime_of
from planned.runtime.files import UNREADABLE, WRONG_PATHS, LoadedRules, load_rules
from planned.syntax import ast

HELP = "find the mistakes in rule files"
EXAMPLE = "planned lint rules/ --strict"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with *.rules in it")
    parser.add_argument(
        "--format",
        choices=("full", "concise", "json"),
        default="full",
        help="full: with the text and what to write instead; concise: one line each; json: for programs",
    )
    parser.add_argument("--lang", choices=("en", "fr"), help="instead of each file's own language")
    parser.add_argument("--strict", action="store_true", help="warnings, too, make the exit code 1")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")


def run(args: argparse.Namespace) -> int:
    gc.disable()  # trees without circles, and the command ends soon: looking for garbage would take a third of the time
    try:
        return _lint(args)
    finally:
        gc.enable()


def _lint(args: argparse.Namespace) -> int:
    loaded = load_rules(args.paths)
    today = datetime_of(SystemClock().now()).date()
    found = _found(loaded, args.course, Known(today))
    few = sum(isinstance(each, ast.Rule) for file in loaded.files for each in file.statements) <= MOST_RULES
    if few and not any(one.severity is Severity.ERROR for one in found):
        graph = graph_of(survey(loaded.files, loaded.imports, args.course))
        if (foreseen := foresee(graph, today)) is not None:
            found = _found(loaded, args.course, Known(today, foreseen=foreseen))
    show(found, loaded, args.format, args.lang)
    return exit_code(found, strict=args.strict)


def _found(loaded: LoadedRules, course: str | None, known: Known) -> list[Diagnostic]:
    return lint(
        loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics, course=course, known=known
    )


def show(found: Sequence[Diagnostic], loaded: LoadedRules, form: str, language: Language | None) -> None:
    """Prints the diagnostics, each in the language of its file unless one is given."""
    languages: Mapping[str, Language] = {file.path: file.language for file in (*loaded.files, *loaded.imports.values())}
    main: Language = language or (loaded.files[0].language if loaded.files else system_language())
    spoken = [(one, language or languages.get(one.span.file, main)) for one in found]
    if form == "json":
        print(json.dumps([as_json(*each) for each in spoken], ensure_ascii=False, indent=2))
        return
    sources = {path: LINE_END.split(text) for path, text in loaded.sources.items()}
    look = Look(sources, color=wants_color(sys.stdout))
    for one, said in spoken:
        if one.name in WRONG_PATHS:
            print(f"planned: {plain(one.text(said))}", file=sys.stderr)
            continue
        print(look.full(one, said) + "\n" if form == "full" else look.concise(one, said))
    if loaded.files:
        print(summary(found, len(loaded.files), main))


def exit_code(found: Sequence[Diagnostic], *, strict: bool) -> Exit:
    names = {one.name for one in found}
    if names & WRONG_PATHS:
        return Exit.WRONG_USE
    if UNREADABLE.name in names:
        return Exit.CANNOT
    serious = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return Exit.FINDINGS if any(one.severity in serious for one in found) else Exit.FINE
