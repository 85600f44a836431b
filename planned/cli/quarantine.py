"""`planned quarantine`: what came in and could not be counted; and back with it, once the cause is mended."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from planned.check.nearest import nearest
from planned.cli.beside import add_store, refuse, show, utc, with_store
from planned.cli.exits import Exit
from planned.cli.messages import messages_in
from planned.cli.terminal import system_language
from planned.diagnostics import Language, Message
from planned.engine import bad_event
from planned.engine.bad_event import BadEvent, excerpt
from planned.engine.event import Instant
from planned.runtime.clock import Clock, SystemClock, datetime_of
from planned.runtime.intake import body_of
from planned.runtime.replay import Replayed, chosen, replay
from planned.store.base import Quarantined, Store

HELP = "list what came in and could not be counted, by reason; let it count once the cause is mended"
EXAMPLE = "planned quarantine --replay --reason ahead-of-time"
SHOWN = 5
"""Of one reason; `--format jsonl` has all."""
REASONS: Mapping[str, Message] = {one.name: one for one in messages_in(bad_event)}

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "none": "Nothing is set aside.",
        "none of": "Nothing is set aside for {reason}.",
        "more": "and {count} more: --format jsonl lists all",
        "unknown": "there is no reason {reason}",
        "near": "{unknown}; did you mean {near}?",
        "lone yes": "--yes goes with --replay",
        "would": "Would count: {count}",
        "does": "Back among the events: {count}; they count when the engine runs next",
        "known": "Counted already, by another way: {count}",
        "stay": "Stay set aside, {reason}: {count}",
        "not whole": "Were not kept whole, their source must send them again: {count}",
        "how": "Nothing is changed yet. To do it: add --yes",
    },
    "fr": {
        "none": "Rien n'est mis de côté.",
        "none of": "Rien n'est mis de côté pour {reason}.",
        "more": "et {count} de plus : --format jsonl énumère tout",
        "unknown": "il n'y a pas de motif {reason}",
        "near": "{unknown} ; vouliez-vous dire {near} ?",
        "lone yes": "--yes va avec --replay",
        "would": "Seraient comptés : {count}",
        "does": "De retour parmi les événements : {count} ; ils comptent dès que le moteur tourne",
        "known": "Déjà comptés par une autre voie : {count}",
        "stay": "Restent de côté, {reason} : {count}",
        "not whole": "N'ont pas été gardés entiers, leur source doit les renvoyer : {count}",
        "how": "Rien n'est encore changé. Pour le faire : ajoutez --yes",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--reason", metavar="CODE", help="only what was set aside for this reason, such as bad-time")
    parser.add_argument(
        "--format", choices=["table", "jsonl"], default="table", help="jsonl: all of it, one JSON object a line"
    )
    parser.add_argument("--replay", action="store_true", help="say what would count today; with --yes, let it count")
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    language = system_language()
    said = TEXTS[language]
    if args.yes and not args.replay:
        return refuse("quarantine", said["lone yes"], Exit.WRONG_USE)
    if args.reason is not None and args.reason not in REASONS:
        unknown = said["unknown"].format(reason=args.reason)
        near = nearest(args.reason, REASONS)
        text = said["near"].format(unknown=unknown, near=near) if near else unknown
        return refuse("quarantine", text, Exit.WRONG_USE)
    now = (clock or SystemClock()).now()
    return with_store("quarantine", args, lambda store: _do(store, args, now, language), read_only=not args.yes)


def _do(store: Store, args: argparse.Namespace, now: Instant, language: Language) -> None:
    if args.replay:
        done = replay(store, args.reason, now, commit=args.yes)
        show(_outcome(done, language, done_it=args.yes))
    elif args.format == "jsonl":
        for one in chosen(store, args.reason):
            print(json.dumps(_object(one, language), ensure_ascii=False))
    else:
        show(_table(store, args.reason, language))


# --- one thing that is set aside --------------------------------------------------------------------


class _Args(dict[str, object]):
    """What is not known of it any more is left open."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentences(one: Quarantined, language: Language) -> tuple[str, str]:
    """What was wrong with it, and what to do."""
    message = REASONS.get(one.reason)
    if message is None:
        return one.reason, ""
    kept = body_of(one)
    args = _Args(kept.get("args") or {"id": kept.get("id", "…")})
    bad = BadEvent(message, "", "", args)
    return bad.text(language), bad.help(language)


def _object(one: Quarantined, language: Language) -> dict[str, Any]:
    said, help = sentences(one, language)
    head = {"received": utc(one.received), "source": one.source, "reason": one.reason, "message": said, "help": help}
    kept = body_of(one)
    if "fields" in kept:
        return head | {"event": kept | {"time": datetime_of(kept["time"]).isoformat()}}
    # Half a character is no text that could be printed.
    line = kept.get("line")
    whole = {} if line is None else {"line": line.encode("utf-8", "backslashreplace").decode()}
    return head | {"where": kept["where"], "raw": kept["raw"]} | whole


# --- for people -------------------------------------------------------------------------------------


def _table(store: Store, reason: str | None, language: Language) -> Iterator[str]:
    said = TEXTS[language]
    counts: dict[str, int] = {}
    first: dict[str, list[Quarantined]] = {}
    for one in chosen(store, reason):
        counts[one.reason] = counts.get(one.reason, 0) + 1
        if counts[one.reason] <= SHOWN:
            first.setdefault(one.reason, []).append(one)
    if not counts:
        yield said["none"] if reason is None else said["none of"].format(reason=reason)
    for name, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"{name}  {number}"
        for one in first[name]:
            yield f"  {utc(one.received)}  {_place(one)}"
            yield f"    {sentences(one, language)[0]}"
        yield f"  {sentences(first[name][0], language)[1]}"
        if number > SHOWN:
            yield "  " + said["more"].format(count=number - SHOWN)
        yield ""


def _place(one: Quarantined) -> str:
    kept = body_of(one)
    if "fields" not in kept:
        return f"{kept['where']}  {kept['raw'][:80]}"
    parts = [f"{kept['id']}: {kept['kind']}", *(kept[key] for key in ("course", "learner") if kept[key])]
    return f"{one.source}  " + excerpt(", ".join(parts))


def _outcome(done: Replayed, language: Language, *, done_it: bool) -> Iterator[str]:
    said = TEXTS[language]
    yield said["does" if done_it else "would"].format(count=done.back)
    if done.known:
        yield said["known"].format(count=done.known)
    for reason, number in sorted(done.stay.items()):
        yield said["stay"].format(reason=reason, count=number)
    if done.not_whole:
        yield said["not whole"].format(count=done.not_whole)
    if not done_it and (done.back or done.known):
        yield said["how"]
