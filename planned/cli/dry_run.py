"""`planned dry-run`: what would go to whom and when, and what not and why, for a history of events."""

from __future__ import annotations

import argparse
import gc
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from planned.check.build import build
from planned.check.graph import Graph
from planned.check.nearest import nearest
from planned.check.subject import LINE_END
from planned.cli.against import Report, compare, write_differences
from planned.cli.decisions import Selection, known_zone, moment, write_jsonl
from planned.cli.exits import Exit
from planned.cli.lint import exit_code
from planned.cli.progress import Progress
from planned.cli.report.ics import calendar
from planned.cli.report.page import Told, page
from planned.cli.report.people import names
from planned.cli.revision import NO_GIT, Version, other_version
from planned.cli.storyboard import Storyboard
from planned.cli.terminal import Look, plain, wants_color
from planned.cli.timeline import Timeline
from planned.cli.volume import Volume
from planned.diagnostics import Diagnostic, Language, Severity, french
from planned.engine.bad_event import BadEvent
from planned.engine.decision import Decision
from planned.engine.event_fields import clean_name
from planned.engine.simulate import simulate
from planned.engine.state import State
from planned.runtime.files import WRONG_PATHS, LoadedRules, load_rules
from planned.sources.base import UnknownSourceError
from planned.sources.order import OrderedEvents, events_in_order
from planned.syntax import ast

HELP = "show what rules would send for a history of events, or to imagined learners, and what not and why"
EXAMPLE = "planned dry-run rules/ --events events.jsonl --people people.csv --until 2026-12-31"
FORMATS = ("table", "jsonl", "html", "ics")
FORMATS_HELP = "a timeline; JSON lines, for programs; a page for the browser or the printer; a calendar"
BAD_SHOWN = 50


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a rule file, or a folder with *.rules in it")
    parser.add_argument(
        "--events",
        nargs="+",
        action="extend",
        metavar="FILE",
        default=[],
        help="JSON lines, - for standard input, or moodle-export:FOLDER; without any, learners are imagined",
    )
    parser.add_argument(
        "--people", nargs="+", action="extend", metavar="FILE", default=[], help="who they are: JSON lines or CSV"
    )
    parser.add_argument("--from", dest="since", metavar="T", help="hide what was decided before")
    parser.add_argument("--until", metavar="T", help="stop there (a day: at its end); what waits then is pending")
    parser.add_argument("--learner", metavar="ID", help="only this learner's decisions")
    parser.add_argument("--rule", metavar="NAME", help="only this rule's decisions")
    parser.add_argument(
        "--against",
        metavar="OTHER",
        help="what another version would do differently: a file or folder, or git:REVISION of the same paths",
    )
    parser.add_argument("--format", choices=FORMATS, default="table", help=FORMATS_HELP)
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")
    parser.add_argument("--zone", metavar="ZONE", help="of files and times without one (default: UTC)")
    parser.add_argument("--lang", choices=("en", "fr"), help="instead of the first file's language")
    parser.add_argument("--today", metavar="DAY", help="without --events: the day on which imagined learners begin")
    parser.add_argument("--strict", action="store_true", help="events that do not count make the exit code 1")


def run(args: argparse.Namespace) -> int:
    built = _built(Version(load_rules(args.paths), str), args)
    if isinstance(built, Exit):
        return built
    loaded, graph = built
    language: Language = args.lang or loaded.files[0].language
    try:
        zone = known_zone(args.zone) if args.zone else "UTC"
    except ValueError as error:
        en = f"there is no time zone {error}: write for instance Europe/Paris"
        return _refuse(_say(language, en, f"il n'y a pas de fuseau {error} : écrivez par exemple Europe/Paris"))
    shown_zone = _zone_of(graph, zone)
    try:
        selection = Selection(args.rule, args.learner, args.since and moment(args.since, shown_zone))
        until = args.until and moment(args.until, shown_zone, end_of_day=True)
    except ValueError as error:
        en = f"{error} is not a day or a time: write 2026-09-03 or 2026-09-03T14:10"
        return _refuse(
            _say(language, en, f"{error} n'est ni un jour ni une heure : écrivez 2026-09-03 ou 2026-09-03T14:10")
        )
    if args.against is not None and args.format not in ("table", "jsonl"):
        en = "--against is shown as a table or as JSON lines: leave out --format, or say --format jsonl"
        fr = "--against donne un tableau ou des lignes JSON : retirez --format, ou écrivez --format jsonl"
        return _refuse(_say(language, en, fr))
    earlier = _earlier(args, language)
    if isinstance(earlier, Exit):
        return earlier
    known = {rule.name for version in (graph, earlier) if version for rule in version.rules}
    if args.rule and args.rule not in known:
        return _refuse(_say(language, f"there is no rule {args.rule}", f"il n'y a pas de règle {args.rule}"))
    if not args.events:
        return _storyboard(args, loaded, graph, language, zone)
    if missing := [name for name in (*args.events, *args.people) if _is_missing(name)]:
        _refuse(_say(language, f"there is no file {missing[0]}", f"il n'y a pas de fichier {missing[0]}"))
        return Exit.CANNOT
    try:
        events = events_in_order(args.events, [Path(name) for name in args.people])
    except UnknownSourceError as unknown:
        return _refuse(_say(language, f"unknown source: {unknown}", f"source inconnue : {unknown}"))
    state = State(default_zone=zone)
    runs_by = args.format in ("table", "jsonl") and earlier is None and sys.stdout.isatty()
    with events, _seldom_collecting(), Progress(language, shown=not runs_by) as progress:
        read = progress.of(events, "events read", "événements lus")
        decisions = selection.of(simulate(graph, read, until=until, default_zone=zone, state=state))
        match args.format:
            case _ if earlier is not None:
                again = progress.of(events.again(), "events read anew", "événements relus")
                before = selection.of(simulate(earlier, again, until=until, default_zone=zone))
                comparison = compare(before, decisions, graph.rules)
                report = Report(comparison, language, shown_zone, names(state))
                lines = write_differences(comparison) if args.format == "jsonl" else report.lines()
                sys.stdout.writelines(line + "\n" for line in lines)
            case "jsonl":
                write_jsonl(decisions, sys.stdout)
            case "html":
                told = _told(loaded, graph, events, state, language, shown_zone)
                sys.stdout.write(page(decisions, told))
            case "ics":
                _write_lines(calendar(decisions, language, "planned dry-run", names(state)))
            case _:
                _table(decisions, graph, events, language, shown_zone)
        _report(events, language)
    if args.learner and clean_name(args.learner) not in state.people:
        return _refuse(_nobody(args.learner, state, language))
    return Exit.FINDINGS if args.strict and events.bad_count else Exit.FINE


def _storyboard(args: argparse.Namespace, loaded: LoadedRules, graph: Graph, language: Language, zone: str) -> Exit:
    """Without events, of imagined learners."""
    if args.against or args.people or args.format not in ("table", "jsonl"):
        return _refuse(_say(language, "give events: --events FILE", "donnez des événements : --events FICHIER"))
    try:
        today = date.fromisoformat(args.today) if args.today else None
    except ValueError as error:
        return _refuse(_say(language, f"not a day: {error}", f"ce n'est pas un jour : {error}"))
    board = Storyboard(
        loaded,
        graph,
        course=args.course,
        language=args.lang,
        zone=zone,
        today=today,
        rule=args.rule,
        learner=args.learner,
    )
    lines = board.objects() if args.format == "jsonl" else board.lines()
    sys.stdout.writelines(line + "\n" for line in lines)
    return Exit.FINE


def _is_missing(name: str) -> bool:
    """A file that is given by its path; `-` and `moodle-export:…` are none."""
    return name != "-" and ":" not in name and not Path(name).exists()


def _nobody(learner: str, state: State, language: Language) -> str:
    near = nearest(clean_name(learner), state.people)
    en, fr = f"nobody called {learner} occurs in these events", f"personne ne s'appelle {learner} dans ces événements"
    if near is None:
        return _say(language, en, fr)
    return _say(language, f"{en}; did you mean {near}?", f"{fr} ; vouliez-vous dire {near} ?")


def _built(version: Version, args: argparse.Namespace) -> tuple[LoadedRules, Graph] | Exit:
    """The graph; what is wrong with the rules is shown."""
    loaded = version.loaded
    graph, found = build(loaded.files, loaded.imports, args.course, sources=loaded.sources, given=loaded.diagnostics)
    if errors := [one for one in found if one.severity is Severity.ERROR]:
        _show(errors, version, args.lang)
        return exit_code(errors, strict=False)
    return loaded, graph


def _earlier(args: argparse.Namespace, language: Language) -> Graph | Exit | None:
    """The rules of `--against`; None without it."""
    if args.against is None:
        return None
    version = other_version(args.against, args.paths)
    if isinstance(version, Diagnostic):
        print(f"planned: {plain(version.text(language))}", file=sys.stderr)
        return Exit.CANNOT if version.message is NO_GIT else Exit.WRONG_USE
    built = _built(version, args)
    return built if isinstance(built, Exit) else built[1]


def _told(
    loaded: LoadedRules, graph: Graph, events: OrderedEvents, state: State, language: Language, zone: str
) -> Told:
    texts = _texts(loaded)
    return Told(
        rules=graph.rules,
        zone=zone,
        language=language,
        text_of=lambda rule: texts.get((rule.context.file, rule.source.rpartition(":")[2]), ""),
        name_of=names(state),
        events=lambda: events.count,
        refused=lambda: (events.bad_count, [_bad_line(bad, language) for bad in events.bad[:BAD_SHOWN]]),
    )


def _texts(loaded: LoadedRules) -> Mapping[tuple[str, str], str]:
    """The rules as they stand in the files, by file and first line."""
    found = {}
    for file in loaded.files:
        lines = LINE_END.split(loaded.sources[file.path])
        for one in file.statements:
            if isinstance(one, ast.Rule):
                text = "\n".join(lines[one.span.line - 1 : one.span.end_line])
                found[file.path, str(one.span.line)] = text
    return found


def _write_lines(lines: Iterator[str]) -> None:
    """With the line ends that calendars have everywhere."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")
    for line in lines:
        sys.stdout.write(line + "\r\n")


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """What the simulation makes is freed without the garbage collector, whose looking through all of it takes long."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _table(decisions: Iterator[Decision], graph: Graph, events: OrderedEvents, language: Language, zone: str) -> None:
    names = [rule.name for rule in graph.rules]
    timeline, volume = Timeline(sys.stdout, language, zone, names), Volume(zone, names)
    some = False
    for one in decisions:
        timeline.add(one)
        volume.add(one)
        some = True
    if some:
        print()
    print(_say(language, "Summary", "Résumé"))
    print("\n".join(volume.lines(language)))
    s, bad_s = _plural(events.count, language), _plural(events.bad_count, language)
    counted = _say(language, f"{events.count} event{s} counted", f"{events.count} événement{s} compté{s}")
    if events.bad_count:
        counted += _say(language, f", {events.bad_count} not counted", f", {events.bad_count} non compté{bad_s}")
    print(f"\n  {counted}")


def _report(events: OrderedEvents, language: Language) -> None:
    """The events that did not count, with their places and what to do."""
    sys.stdout.flush()
    for bad in events.bad[:BAD_SHOWN]:
        print(_bad_line(bad, language), file=sys.stderr)
    if events.bad_count > BAD_SHOWN:
        rest = events.bad_count - BAD_SHOWN
        s = _plural(rest, language)
        print(_say(language, f"… and {rest} more event{s}", f"… et {rest} autre{s} événement{s}"), file=sys.stderr)


def _bad_line(bad: BadEvent, language: Language) -> str:
    label = _say(language, "not counted:", "non compté\u00a0:")
    return plain(f"{bad.where}: {label} {bad.text(language)} {bad.help(language)} [{bad.reason}]")


def _zone_of(graph: Graph, default: str) -> str:
    """In which zone days are headed and times of the command line are meant: that of the first rule that has one."""
    return next((rule.context.zone for rule in graph.rules if rule.context.zone), default)


def _show(errors: Sequence[Diagnostic], version: Version, language: Language | None) -> None:
    loaded, name = version.loaded, version.name
    languages = {name(file.path): file.language for file in (*loaded.files, *loaded.imports.values())}
    sources = {name(path): LINE_END.split(text) for path, text in loaded.sources.items()}
    look = Look(sources, color=wants_color(sys.stderr))
    for error in errors:
        one = replace(error, span=replace(error.span, file=name(error.span.file)))
        said = language or languages.get(one.span.file, "en")
        shown = f"planned: {plain(one.text(said))}" if one.name in WRONG_PATHS else look.full(one, said) + "\n"
        print(shown, file=sys.stderr)


def _refuse(why: str) -> Exit:
    print(f"planned: {plain(why)}", file=sys.stderr)
    return Exit.WRONG_USE


def _plural(count: int, language: Language) -> str:
    """In English nought is plural, in French singular."""
    return "" if count == 1 or (language == "fr" and count == 0) else "s"


def _say(language: Language, en: str, fr: str) -> str:
    return french(fr) if language == "fr" else en
