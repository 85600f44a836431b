"""`planned lint`: all mistakes of all files in one run, each with the place and what to write instead."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module

from planned.check.build import graph_of
from planned.check.known import MANY_A_DAY, Known
from planned.check.lint import lint
from planned.check.scope import survey
from planned.check.subject import LINE_END
from planned.cli import mending
from planned.cli.exits import Exit
from planned.cli.lint_choice import Choice, WrongChoiceError, choice
from planned.cli.refusals import refusal
from planned.cli.terminal import Look, plain, summary, system_language, wants_color
from planned.diagnostics import Diagnostic, Language, Severity
from planned.runtime.files import UNREADABLE, WRONG_PATHS, LoadedRules, load_rules
from planned.syntax import ast

HELP = "find the mistakes in rule files"
EXAMPLE = "planned lint rules/ --strict"
FORMATS = ("full", "concise", "json", "sarif", "github")
FOR_PROGRAMS = {"json": "json_list", "sarif": "sarif", "github": "github"}
"""The formats that programs read, and the modules that write them."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with *.rules in it")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="full",
        help="full: with the text and what to write instead; concise: one line each; json, sarif: for programs;"
        " github: for its workflows",
    )
    parser.add_argument("--lang", choices=("en", "fr"), help="instead of each file's own language")
    parser.add_argument("--strict", action="store_true", help="warnings, too, make the exit code 1")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")
    parser.add_argument(
        "--select", metavar="NAME", action="append", default=[], help="only these warnings and notes; errors stay"
    )
    parser.add_argument("--ignore", metavar="NAME", action="append", default=[], help="not these warnings and notes")
    parser.add_argument(
        "--catalog",
        metavar="FILE",
        help="what there is on the platform, from planned catalog: names are checked against it",
    )
    parser.add_argument("--config", metavar="FILE", help="settings; planned.toml if it is there")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended without changing what is meant")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: mend by guesses, too")
    parser.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")


def run(args: argparse.Namespace) -> int:
    gc.disable()  # trees without circles, and the command ends soon: looking for garbage would take a third of the time
    try:
        return _lint(args)
    except WrongChoiceError as error:
        print(f"planned: {plain(refusal(str(error)))}", file=sys.stderr)
        return Exit.WRONG_USE
    finally:
        gc.enable()


def _lint(args: argparse.Namespace) -> int:
    chosen = choice(args)
    loaded = load_rules(args.paths)
    found = judged(loaded, chosen, args.course)
    if args.fix or args.diff:

        def again(texts: mending.Texts) -> mending.Linted:
            loaded = load_rules(args.paths, texts)
            return loaded, judged(loaded, chosen, args.course)

        mended = mending.mend(loaded, found, again, unsafe=args.unsafe_fixes)
        if args.diff:
            print(mended.diff(), end="")
            return Exit.FINDINGS if mended.texts else exit_code(mended.found, strict=chosen.strict)
        mended.write()
        loaded, found = mended.loaded, mended.found
        if mended.made and args.format not in FOR_PROGRAMS:
            print(mending.said(mended.made, _language(loaded, args.lang)))
    show(found, loaded, args.format, args.lang)
    return exit_code(found, strict=chosen.strict)


def judged(loaded: LoadedRules, chosen: Choice, course: str | None) -> list[Diagnostic]:
    """What is wrong, as far as it is to be said; sound rules are played, to see how much they send."""
    found = _found(loaded, course, chosen.known)
    rules = [each for file in loaded.files for each in file.statements if isinstance(each, ast.Rule)]
    sound = not any(one.severity is Severity.ERROR for one in found)
    if sound and chosen.known.today is not None and (len(rules) > 1 or any(map(_sends_often, rules))):
        # It brings the whole engine, which files with errors do not need, nor one rule that writes now and then.
        from planned.engine.foreseen import MOST_RULES, foresee  # noqa: PLC0415 – slower than all lints

        if len(rules) <= MOST_RULES:
            graph = graph_of(survey(loaded.files, loaded.imports, course))
            if (foreseen := foresee(graph, chosen.known.today)) is not None:
                found = _found(loaded, course, replace(chosen.known, foreseen=foreseen))
    return [one for one in found if chosen.wants(one)]


def _sends_often(rule: ast.Rule) -> bool:
    """Whether one occurrence can send more messages than a day should bring."""
    repeated = sum(step.repeat.up_to or len(step.send.messages) for step in rule.steps if step.repeat)
    return len(rule.steps) + repeated > MANY_A_DAY


def _found(loaded: LoadedRules, course: str | None, known: Known) -> list[Diagnostic]:
    return lint(
        loaded.files, loaded.imports, sources=loaded.sources, given=loaded.diagnostics, course=course, known=known
    )


def show(found: Sequence[Diagnostic], loaded: LoadedRules, form: str, language: Language | None) -> None:
    """Prints the diagnostics, each in the language of its file unless one is given."""
    languages: Mapping[str, Language] = {file.path: file.language for file in (*loaded.files, *loaded.imports.values())}
    main = _language(loaded, language)
    spoken = [(one, language or languages.get(one.span.file, main)) for one in found]
    if form in FOR_PROGRAMS:
        written: Callable[..., str] = import_module(f"planned.cli.formats.{FOR_PROGRAMS[form]}").written
        if text := written(spoken):
            print(text)
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


def _language(loaded: LoadedRules, language: Language | None) -> Language:
    return language or (loaded.files[0].language if loaded.files else system_language())


def exit_code(found: Sequence[Diagnostic], *, strict: bool) -> Exit:
    names = {one.name for one in found}
    if names & WRONG_PATHS:
        return Exit.WRONG_USE
    if UNREADABLE.name in names:
        return Exit.CANNOT
    serious = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return Exit.FINDINGS if any(one.severity in serious for one in found) else Exit.FINE
