"""`planned suppressions`: the addresses that are not written to any more."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from planned.cli.beside import add_store, refuse, show, utc, with_store
from planned.cli.exits import Exit
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.engine.event import Instant
from planned.runtime.clock import Clock, SystemClock
from planned.store.base import Store
from planned.store.delivery import Suppression, SuppressionReason, folded

HELP = "list the addresses that are not written to any more; add one, remove one"
EXAMPLE = "planned suppressions add alice@example.org --yes"

REASONS: tuple[SuppressionReason, ...] = get_args(SuppressionReason)
TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "none": "Nobody is on the list.",
        "all": "all topics",
        "topic": "topic {topic}",
        "address": "which address? Write planned suppressions {what} NAME@HOST",
        "known": "Is on the list already:",
        "absent": "Not on the list: {address}",
        "would add": "Would not be written to any more:",
        "added": "Is not written to any more:",
        "would remove": "Would be written to again:",
        "removed": "Is written to again:",
        "how": "Nothing is changed yet. To do it: add --yes",
    },
    "fr": {
        "none": "Personne n'est sur la liste.",
        "all": "tous les sujets",
        "topic": "sujet {topic}",
        "address": "quelle adresse ? Écrivez planned suppressions {what} NOM@DOMAINE",
        "known": "Est déjà sur la liste :",
        "absent": "N'est pas sur la liste : {address}",
        "would add": "Ne recevrait plus rien :",
        "added": "Ne reçoit plus rien :",
        "would remove": "Recevrait à nouveau des messages :",
        "removed": "Reçoit à nouveau des messages :",
        "how": "Rien n'est encore changé. Pour le faire : ajoutez --yes",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=["list", "add", "remove"], default="list", help="list if not given")
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help="whom it concerns")
    add_store(parser)
    parser.add_argument("--topic", metavar="NAME", help="of this topic alone; without: of all")
    parser.add_argument("--reason", choices=REASONS, help="why: manual if not given; with list and remove: only these")
    parser.add_argument(
        "--format", choices=["table", "jsonl"], default="table", help="jsonl: one JSON object a line, for programs"
    )
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    said = TEXTS[system_language()]
    if args.what != "list" and args.address is None:
        return refuse("suppressions", said["address"].format(what=args.what), Exit.WRONG_USE)
    now = (clock or SystemClock()).now()
    how = {"read_only": not args.yes, "beside": args.yes}
    return with_store("suppressions", args, lambda store: _do(store, args, now), **how)


def _do(store: Store, args: argparse.Namespace, now: Instant) -> None:
    match args.what:
        case "list":
            _list(store, args)
        case "add":
            entry = Suppression(folded(args.address), args.topic or "", args.reason or "manual", now)
            show(add(store, entry, do_it=args.yes))
        case _:
            show(_remove(store, args))


def _chosen(store: Store, args: argparse.Namespace) -> list[Suppression]:
    found = store.suppressed(None if args.address is None else [args.address])
    return [one for one in found if args.topic in (None, one.topic) and args.reason in (None, one.reason)]


def _list(store: Store, args: argparse.Namespace) -> None:
    found = _chosen(store, args)
    if args.format == "jsonl":
        for one in found:
            about = {"address": one.address, "topic": one.topic, "reason": one.reason, "at": utc(one.at)}
            print(json.dumps(about, ensure_ascii=False))
    else:
        show(_lines(found) if found else [TEXTS[system_language()]["none"]])


def add(store: Store, entry: Suppression, *, do_it: bool) -> Iterator[str]:
    """Suppress an address, or only say what that would do."""
    said = TEXTS[system_language()]
    known = [one for one in store.suppressed([entry.address]) if (one.topic, one.reason) == (entry.topic, entry.reason)]
    if known:
        yield said["known"]
        yield from _lines(known)
        return
    if do_it:
        store.suppress([entry])
    yield said["added" if do_it else "would add"]
    yield from _lines([entry])
    if not do_it:
        yield said["how"]


def _remove(store: Store, args: argparse.Namespace) -> Iterator[str]:
    said = TEXTS[system_language()]
    found = _chosen(store, args)
    if not found:
        yield said["absent"].format(address=args.address)
        return
    if args.yes:
        found = store.unsuppress(args.address, args.topic, args.reason)
    yield said["removed" if args.yes else "would remove"]
    yield from _lines(found)
    if not args.yes:
        yield said["how"]


def _lines(entries: Iterable[Suppression]) -> Iterator[str]:
    said = TEXTS[system_language()]
    for one in entries:
        topic = said["topic"].format(topic=one.topic) if one.topic else said["all"]
        yield f"  {one.address}  {topic}  {one.reason}  {utc(one.at)}"
