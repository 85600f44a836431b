"""`planned dry-run`: what would go to whom and when, and what not and why, for a history of events."""

from __future__ import annotations

import argparse
import gc
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planned.check.graph import Graph
from planned.check.nearest import nearest
from planned.cli.against import Report, compare, write_differences
from planned.cli.built import built_rules, earlier_rules
from planned.cli.decisions import Selection, known_zone, moment, write_jsonl
from planned.cli.exits import Exit
from planned.cli.progress import Progress
from planned.cli.report.ics import calendar
from planned.cli.report.page import Told, page
from planned.cli.report.people import names
from planned.cli.report.rule_texts import rule_texts
from planned.cli.revision import Version
from planned.cli.storyboard import Storyboard
from planned.cli.terminal import plain
from planned.cli.timeline import Timeline
from planned.cli.volume import Volume
from planned.diagnostics import Language, french
from planned.engine.bad_event import BadEvent
from planned.engine.decision import Decision
from planned.engine.event import Event, Instant
from planned.engine.event_fields import clean_name
from planned.engine.simulate import simulate
from planned.engine.state import State
from planned.runtime.files import LoadedRules, load_rules
from planned.sources.base import UnknownSourceError
from planned.sources.order import OrderedEvents, events_in_order

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a call means: the rules, those of `--against`, and what is shown of which time in which language."""

    loaded: LoadedRules
    graph: Graph
    earlier: Graph | None
    language: Language
    zone: str
    shown_zone: str
    selection: Selection
    until: Instant | None


def run(args: argparse.Namespace) -> int:
    asked = _asked(args)
    if isinstance(asked, Exit):
        return asked
    if not args.events:
        return _storyboard(args, asked.loaded, asked.graph, asked.language, asked.zone)
    if missing := [name for name in (*args.events, *args.people) if _is_missing(name)]:
        _refuse(_no_file(missing[0], asked.language))
        return Exit.CANNOT
    try:
        events = events_in_order(args.events, [Path(name) for name in args.people])
    except UnknownSourceError as unknown:
        return _refuse(_say(asked.language, f"unknown source: {unknown}", f"source inconnue : {unknown}"))
    with events, _seldom_collecting():
        state = _simulated(asked, events, args.format)
        _report(events, asked.language)
    if args.learner and clean_name(args.learner) not in state.people:
        return _refuse(_nobody(args.learner, state, asked.language))
    return Exit.FINDINGS if args.strict and events.bad_count else Exit.FINE


def _asked(args: argparse.Namespace) -> _Asked | Exit:
    built = built_rules(Version(load_rules(args.paths), str), args)
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
    earlier = earlier_rules(args, language)
    if isinstance(earlier, Exit):
        return earlier
    known = {rule.name for version in (graph, earlier) if version for rule in version.rules}
    if args.rule and args.rule not in known:
        en, fr = f"there is no rule {args.rule}", f"il n'y a pas de règle {args.rule}"
        return _refuse(_meant(en, fr, nearest(args.rule, known), language))
    return _Asked(
        loaded=loaded,
        graph=graph,
        earlier=earlier,
        language=language,
        zone=zone,
        shown_zone=shown_zone,
        selection=selection,
        until=until,
    )


def _simulated(asked: _Asked, events: OrderedEvents, form: str) -> State:
    """Writes what the events come to; the state is that of the end."""
    language, zone, state = asked.language, asked.shown_zone, State(default_zone=asked.zone)
    runs_by = form in ("table", "jsonl") and asked.earlier is None and sys.stdout.isatty()
    with Progress(language, shown=not runs_by) as progress:

        def decided(graph: Graph, events: Iterable[Event], state: State) -> Iterator[Decision]:
            read = progress.of(events, "events read", "événements lus")
            decisions = simulate(graph, read, until=asked.until, default_zone=asked.zone, state=state)
            return asked.selection.of(decisions)

        decisions = decided(asked.graph, events, state)
        if asked.earlier is not None:
            before = decided(asked.earlier, events.again(), State(default_zone=asked.zone))
            comparison = compare(before, decisions, asked.graph.rules)
            report = Report(comparison, language, zone, names(state))
            lines = write_differences(comparison) if form == "jsonl" else report.lines()
            sys.stdout.writelines(line + "\n" for line in lines)
        elif form == "jsonl":
            write_jsonl(decisions, sys.stdout)
        elif form == "html":
            sys.stdout.write(page(decisions, _told(asked, events, state)))
        elif form == "ics":
            _write_lines(calendar(decisions, language, "planned dry-run", names(state)))
        else:
            _table(decisions, asked.graph, events, language, zone)
    return state


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
    return _meant(en, fr, near, language)


def _no_file(name: str, language: Language) -> str:
    beside = Path(name).parent.iterdir() if Path(name).parent.is_dir() else ()
    near = nearest(Path(name).name, sorted(one.name for one in beside if one.is_file()))
    en, fr = f"there is no file {name}", f"il n'y a pas de fichier {name}"
    return _meant(en, fr, near and (Path(name).parent / near).as_posix(), language)


def _meant(en: str, fr: str, near: str | None, language: Language) -> str:
    """What is wrong, with the name that was probably meant."""
    if near is None:
        return _say(language, en, fr)
    return _say(language, f"{en}; did you mean {near}?", f"{fr} ; vouliez-vous dire {near} ?")


def _told(asked: _Asked, events: OrderedEvents, state: State) -> Told:
    return Told(
        rules=asked.graph.rules,
        zone=asked.shown_zone,
        language=asked.language,
        text_of=rule_texts(asked.loaded),
        name_of=names(state),
        events=lambda: events.count,
        refused=lambda: (events.bad_count, [_bad_line(bad, asked.language) for bad in events.bad[:BAD_SHOWN]]),
    )


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


def _refuse(why: str) -> Exit:
    print(f"planned: {plain(why)}", file=sys.stderr)
    return Exit.WRONG_USE


def _plural(count: int, language: Language) -> str:
    """In English nought is plural, in French singular."""
    return "" if count == 1 or (language == "fr" and count == 0) else "s"


def _say(language: Language, en: str, fr: str) -> str:
    return french(fr) if language == "fr" else en
