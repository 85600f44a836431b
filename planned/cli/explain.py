"""`planned explain`: a rule in plain words, or what stands in brackets after a warning, with examples."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from planned.check.build import graph_of
from planned.check.lint import judge
from planned.check.nearest import nearest
from planned.check.subject import subject
from planned.cli.decisions import known_zone
from planned.cli.exits import Exit
from planned.cli.lint import exit_code, show
from planned.cli.lint_page import lint_page
from planned.cli.messages import messages
from planned.cli.refusals import refusal
from planned.cli.rule_page import RulePage
from planned.cli.terminal import plain, system_language
from planned.diagnostics import Language, Severity
from planned.engine.event_fields import clean_name
from planned.runtime.clock import SystemClock, datetime_of
from planned.runtime.files import SUFFIX, WRONG_PATHS, LoadedRules, load_rules
from planned.zones import zone_of

HELP = "explain a rule in plain words, with examples; or the name that stands in brackets after a warning or an error"
EXAMPLE = "planned explain relance rules/"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a rule, or what stands in brackets, such as no-time-zone")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="where the rule is; otherwise *.rules of this folder, or rules/"
    )
    parser.add_argument(
        "--lang", choices=("en", "fr"), help="instead of the rule files' language, or else the system's"
    )
    parser.add_argument("--lint", action="store_true", help="the lint, if a rule has the same name")
    parser.add_argument("--today", metavar="DAY", help="from which day on the examples are, such as 2026-09-01")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")
    parser.add_argument("--zone", metavar="ZONE", help="of files without one (default: UTC)")


def run(args: argparse.Namespace) -> int:
    try:
        zone = known_zone(args.zone) if args.zone else "UTC"
        today = date.fromisoformat(args.today) if args.today else _today(zone)
    except ValueError as error:
        return _refuse(refusal(f"not a day or zone: {error}"))
    loaded = load_rules(args.paths or _here())
    language: Language = args.lang or (loaded.files[0].language if loaded.files else system_language())
    if args.lint:
        return _lint_or_unknown(args.name, [], language)
    if any(one.name in WRONG_PATHS for one in loaded.diagnostics):
        show(loaded.diagnostics, loaded, "full", args.lang)
        return exit_code(loaded.diagnostics, strict=False)
    return _explain(args, loaded, today, zone, language)


def _today(zone: str) -> date:
    return datetime_of(SystemClock().now()).astimezone(zone_of(zone)).date()


def _here() -> list[Path]:
    """The rule files of the current folder, failing those its folder `rules`."""
    found = sorted(path for path in Path().glob(f"*{SUFFIX}") if path.is_file())
    return found or [path for path in (Path("rules"),) if path.is_dir()]


def _explain(args: argparse.Namespace, loaded: LoadedRules, today: date, zone: str, language: Language) -> int:
    judged = subject(loaded.files, loaded.imports, loaded.sources, loaded.diagnostics, args.course)
    all_rules = graph_of(judged.survey)
    name = clean_name(args.name)
    found = [rule for rule in all_rules.rules if rule.name == name]
    if not found:
        known = [rule.name for rule in all_rules.rules]
        wrong = [one for one in judge(judged, loaded.diagnostics) if one.severity is Severity.ERROR]
        if wrong and lint_page(args.name, "en") is None:  # the rule may be one that could not be read
            show(wrong, loaded, "full", args.lang)
            return exit_code(wrong, strict=False)
        return _lint_or_unknown(args.name, known, language)
    errors = any(one.severity is Severity.ERROR for one in judge(judged, loaded.diagnostics))
    page = RulePage(all_rules, loaded.sources, today, zone)
    for number, rule in enumerate(found):
        placed = next(one for one in judged.survey.rules if (one.course, one.name) == (rule.course, rule.name))
        text = "\n".join(page.of(rule, placed, args.lang, examples=not errors))
        print(f"\n{text}" if number else text)
    if args.name in messages():
        also = {
            "en": f"There is a lint of that name, too: planned explain {args.name} --lint",
            "fr": f"Un avertissement porte aussi ce nom\u00a0: planned explain {args.name} --lint",
        }
        print(f"\n{plain(also[args.lang or found[0].context.language])}")
    return Exit.FINE


def _lint_or_unknown(name: str, rules: list[str], language: Language) -> int:
    """The page of a lint; failing one the nearest name."""
    page = lint_page(name, language)
    if page is not None:
        print(page, end="")
        return Exit.FINE
    near = nearest(name, [*rules, *messages()])
    if language == "fr":
        hint = f" Vouliez-vous dire {near}\u00a0?" if near else ""
        return _refuse(f"il n'y a ni règle ni avertissement {name}.{hint}")
    return _refuse(f"there is neither a rule nor a lint {name}.{f' Did you mean {near}?' if near else ''}")


def _refuse(why: str) -> int:
    print(f"planned: {plain(why)}", file=sys.stderr)
    return Exit.WRONG_USE
