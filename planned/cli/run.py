"""`planned run`: the engine. Takes in events, decides what is due, delivers, until it is stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from planned.check.build import build
from planned.check.graph import Graph
from planned.cli.exits import Exit
from planned.cli.lint import exit_code, show
from planned.cli.refusals import refusal
from planned.diagnostics import Severity
from planned.runtime.assemble import Engine
from planned.runtime.faults import FaultyError
from planned.runtime.files import load_rules
from planned.runtime.log import to_stderr
from planned.runtime.loop import stop_on_signals
from planned.runtime.settings import Settings, SettingsError, load_settings
from planned.store.base import StoreError

HELP = "run the engine: take in events, decide what is due, deliver"
EXAMPLE = (
    "planned run rules/ --store sqlite:///planned.sqlite --source jsonl:events.jsonl"
    " --channel smtp://localhost:25 --from noreply@univ.example"
)
DEFAULT_CONFIG = Path("planned.toml")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="rule files, or folders with *.rules in them")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings; planned.toml if it is there")
    parser.add_argument(
        "--store", metavar="ADDRESS", help="where the state is kept: sqlite:///FILE, postgresql://USER@HOST/DATABASE"
    )
    parser.add_argument(
        "--source", action="append", metavar="NAME:ARG", help="where events come from: jsonl:FILE; can be repeated"
    )
    parser.add_argument(
        "--people", action="append", metavar="FILE", help="who they are: JSON lines or CSV; read again when it changes"
    )
    parser.add_argument(
        "--channel",
        action="append",
        metavar="[NAME=]KIND:ARG",
        help="where messages go: console, maildir:DIR, smtp://HOST:PORT; NAME is email if not given; can be repeated",
    )
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", help="the address that mails come from")
    parser.add_argument(
        "--since", metavar="TIME", help="new rules serve events from this time on, instead of from their first start"
    )
    parser.add_argument("--once", action="store_true", help="take in all there is, do what is due, and end")
    parser.add_argument("--course", metavar="ID", help="the course of rules that say none")


def run(args: argparse.Namespace) -> int:
    try:
        settings = _settings(args)
        if not settings.rules:
            raise SettingsError("no rules are given: write planned run PATH, or rules = [...] in planned.toml")
    except SettingsError as error:
        return _say(str(error), Exit.WRONG_USE)
    graph = _graph(settings)
    if not isinstance(graph, Graph):
        return graph
    try:
        return _serve(graph, settings, once=args.once)
    except SettingsError as error:
        return _say(str(error), Exit.WRONG_USE)
    except (StoreError, FaultyError) as error:
        return _say(str(error), Exit.CANNOT)


def _serve(graph: Graph, settings: Settings, *, once: bool) -> Exit:
    log = to_stderr()
    with Engine(graph, settings, log, once=once) as engine:
        missing = [spec for spec in settings.sources if _is_missing(spec)]
        if missing and once:
            return _say(f"no such file: {', '.join(missing)}", Exit.CANNOT)
        for spec in missing:
            log.say("source missing", source=spec)
        stop_on_signals(engine.loop)
        log.say("started", rules=len(graph.rules), once=once)
        unread: Collection[str] = ()
        if once:
            unread = engine.loop.once()
        else:
            engine.loop.forever()
        log.say("ended", **engine.store.counts())
    if once and engine.loop.gate.doubted:
        return _say(
            "the clock is in doubt, so that nothing was decided or sent: set it right, or, if it is right as it is,"
            " write planned resume",
            Exit.CANNOT,
        )
    if once and engine.loop.gate.halted:
        return _say("nothing was decided or sent: it is held; to go on write planned resume", Exit.CANNOT)
    if unread:
        return _say(f"could not be read: {', '.join(sorted(unread))}", Exit.CANNOT)
    return Exit.FINE


def _is_missing(spec: str) -> bool:
    """Whether a source is a file that is not there; one that is followed may come later."""
    kind, _, place = spec.partition(":")
    return kind in ("jsonl", "people") and bool(place) and not Path(place).exists()


def _settings(args: argparse.Namespace) -> Settings:
    config = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    overrides: dict[str, Any] = {
        "rules": tuple(args.paths) or None,
        "store": args.store,
        "sources": tuple(args.source) if args.source else None,
        "channels": dict(_named(one) for one in args.channel) if args.channel else None,
        "mail": {"from": args.sender} if args.sender else None,
        "since": args.since,
        "course": args.course,
    }
    settings = load_settings(config, overrides)
    # People first: who has an address is known before anything is decided.
    people = tuple(f"people:{file}" for file in args.people or ())
    return settings.model_copy(update={"sources": people + settings.sources})


def _named(spec: str) -> tuple[str, str]:
    name, equals, rest = spec.partition("=")
    return (name, rest) if equals and ":" not in name else ("email", spec)


def _graph(settings: Settings) -> Graph | int:
    """The rules, or the exit code if they cannot run."""
    loaded = load_rules(settings.rules)
    graph, found = build(
        loaded.files, loaded.imports, settings.course, sources=loaded.sources, given=loaded.diagnostics
    )
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        show(errors, loaded, "full", None)
        return exit_code(errors, strict=False)
    if not graph.rules:
        return _say(
            f"there is no rule in {', '.join(settings.rules)}; without any all that waits would be cancelled",
            Exit.WRONG_USE,
        )
    if graph.unscoped and settings.course is None:
        return _say(
            f"{', '.join(graph.unscoped)}: for which course? Write `course ID` or `every course` above the rules,"
            " or give --course ID: without it the rules would write to everybody",
            Exit.WRONG_USE,
        )
    return graph


def _say(text: str, code: Exit) -> Exit:
    print(f"planned run: {refusal(text)}", file=sys.stderr)
    return code
