"""`planned test`: plays the scenarios of rule files, and says what came instead where one fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from planned.check.build import graph_of
from planned.check.lint import judge
from planned.check.nearest import folded, nearest
from planned.check.scope import PlacedScenario, imported_path
from planned.check.subject import Subject, subject
from planned.cli.decisions import known_zone
from planned.cli.exits import Exit
from planned.cli.junit import as_junit
from planned.cli.lint import exit_code
from planned.cli.terminal import plain, system_language
from planned.cli.tested import Tested, Timed, no_scenarios, print_text, to_json
from planned.cli.watch import watch
from planned.diagnostics import Diagnostic, Language, Severity
from planned.engine.scenario.coverage import coverage
from planned.engine.scenario.play import Stage
from planned.runtime.clock import SystemClock, datetime_of
from planned.runtime.files import LoadedRules, load_rules
from planned.syntax import ast

HELP = "play the scenarios of rule files"
EXAMPLE = "planned test rules/ --coverage"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a rule file, or a folder with *.rules in it")
    parser.add_argument("--rule", metavar="NAME", help="only scenarios that expect something of this rule")
    parser.add_argument("--scenario", metavar="TEXT", help="only scenarios with this in their title")
    parser.add_argument(
        "--format", choices=("text", "json", "junit"), default="text", help="text unless said otherwise"
    )
    parser.add_argument("--junit", metavar="FILE", help="write the results there, too, as JUnit XML")
    parser.add_argument("--coverage", action="store_true", help="list what no scenario tries")
    parser.add_argument("--min-coverage", type=_percent, metavar="PERCENT", help="exit code 1 below")
    parser.add_argument("--watch", action="store_true", help="again at each change of a file, until Ctrl-C")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")
    parser.add_argument("--zone", metavar="ZONE", help="of files without one (default: UTC)")
    parser.add_argument("--lang", choices=("en", "fr"), help="instead of each file's own language")


def _percent(text: str) -> int:
    digits = text.removesuffix("%")
    if not digits.isdecimal() or int(digits) > 100:
        raise argparse.ArgumentTypeError(f"not a number from 0 to 100: {text}")
    return int(digits)


def run(args: argparse.Namespace) -> int:
    return watch(args.paths, lambda: _once(args)) if args.watch else _once(args)[0]


def _once(args: argparse.Namespace) -> tuple[int, Sequence[str]]:
    """The exit code, and the files that were read."""
    loaded = load_rules(args.paths)
    paths = [*loaded.sources]
    language: Language = args.lang or (loaded.files[0].language if loaded.files else system_language())
    try:
        zone = known_zone(args.zone) if args.zone else "UTC"
    except ValueError as error:
        return _refuse(_say(language, f"not a time zone: {error}", f"ce n'est pas un fuseau\u00a0: {error}")), paths
    judged = subject(loaded.files, loaded.imports, loaded.sources, loaded.diagnostics, args.course)
    if args.rule and not judged.survey.anywhere.get(args.rule):
        return _refuse(_no_such_rule(args.rule, judged, language)), paths
    tested = _test(args, loaded, judged, zone)
    if not tested.scenarios and (args.rule or args.scenario) and judged.survey.scenarios:
        return _refuse(_say(language, "no scenario is like that", "aucun scénario ne correspond")), paths
    if args.junit:
        Path(args.junit).write_bytes(as_junit(tested, args.lang))
    match args.format:
        case "json":
            print(to_json(tested, args.lang))
        case "junit":
            sys.stdout.write(as_junit(tested, args.lang).decode("utf-8"))
        case _:
            print_text(tested, args.lang, gaps=args.coverage, minimum=args.min_coverage)
            if not judged.survey.scenarios and not tested.shown:
                print(no_scenarios(Stage(judged.survey, graph_of(judged.survey), zone), _today(), language))
    return _exit_code(tested, args.min_coverage), paths


def _test(args: argparse.Namespace, loaded: LoadedRules, judged: Subject, zone: str) -> Tested:
    found = judge(judged, loaded.diagnostics)
    unsound = _unsound(loaded, found)
    stage = Stage(judged.survey, graph_of(judged.survey), zone)
    chosen = [one for one in judged.survey.scenarios if _chosen(one, args)]
    played: list[Timed] = []
    not_run = []
    for scenario in chosen:
        files = {scenario.file.path, *(rule.context.file for rule in stage.rules_for(scenario).rules)}
        if files & unsound:
            not_run.append(scenario)
            continue
        clock = SystemClock()
        start = clock.monotonic()
        result = stage.play(scenario)
        played.append(Timed(result, clock.monotonic() - start))
    rules = [one for one in judged.survey.rules if one.file.path not in unsound and args.rule in (None, one.name)]
    return Tested(
        loaded=loaded,
        survey=judged.survey,
        shown=tuple(one for one in found if one.severity is Severity.ERROR or _in_scenario(one, chosen)),
        played=tuple(played),
        not_run=tuple(not_run),
        coverage=coverage(rules, [one.played for one in played]),
    )


def _today() -> date:
    return datetime_of(SystemClock().now()).date()


def _chosen(scenario: PlacedScenario, args: argparse.Namespace) -> bool:
    if args.scenario and folded(args.scenario) not in folded(scenario.node.title.text):
        return False
    expects = (line for line in scenario.node.lines if isinstance(line, ast.Expect))
    return not args.rule or any(one.rule is not None and one.rule.text == args.rule for one in expects)


def _unsound(loaded: LoadedRules, found: Sequence[Diagnostic]) -> set[str]:
    """The files with errors, and those that import one."""
    unsound = {one.span.file for one in found if one.severity is Severity.ERROR}
    files = {file.path: file for file in (*loaded.files, *loaded.imports.values())}
    importing = {path: set(_imports(file)) for path, file in files.items()}
    while more := {path for path, imported in importing.items() if path not in unsound and imported & unsound}:
        unsound |= more
    return unsound


def _imports(file: ast.File) -> Iterator[str]:
    for statement in file.statements:
        if isinstance(statement, ast.Import):
            yield imported_path(file.path, statement.path.text)


def _in_scenario(one: Diagnostic, scenarios: Sequence[PlacedScenario]) -> bool:
    return any(
        one.span.file == scenario.file.path
        and scenario.node.span.line <= one.span.line <= scenario.node.span.end_line
        and one.severity is Severity.WARNING
        for scenario in scenarios
    )


def _exit_code(tested: Tested, minimum: int | None) -> Exit:
    code = exit_code(tested.shown, strict=False)
    if code is not Exit.FINE:
        return code
    below = minimum is not None and tested.coverage.percent < minimum
    return Exit.FINDINGS if tested.failed or below else Exit.FINE


def _no_such_rule(name: str, judged: Subject, language: Language) -> str:
    near = nearest(name, judged.survey.anywhere)
    meant = _say(language, f"; did you mean {near}?", f"\u00a0; vouliez-vous dire {near} ?") if near else ""
    return _say(language, f"there is no rule {name}", f"il n'y a pas de règle {name}") + meant


def _refuse(why: str) -> int:
    print(f"planned: {plain(why)}", file=sys.stderr)
    return Exit.WRONG_USE


def _say(language: Language, en: str, fr: str) -> str:
    return fr if language == "fr" else en
