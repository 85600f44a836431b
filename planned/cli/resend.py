"""`planned resend`: deliveries that failed or were given up are tried once more, the same bytes under the same id."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from planned.cli.beside import add_store, refuse, show, with_store
from planned.cli.deliveries import line_of
from planned.cli.exits import Exit
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.runtime.clock import Clock, SystemClock
from planned.store.base import Store
from planned.store.delivery import Delivery

HELP = "send deliveries once more that failed or were given up: the same message under the same id"
EXAMPLE = "planned resend --dead --channel email --yes"

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "which": "which deliveries? Write their numbers (planned deliveries lists them), or --dead",
        "both": "write numbers or --dead, not both",
        "unknown": "No such delivery: {ids}",
        "not": "Stays as it is ({state}): {id}",
        "empty": "Was never written, there is nothing to send: {id}",
        "none": "Nothing to send once more.",
        "would": "Would be sent once more: {count}. Nothing is changed yet. To do it: add --yes",
        "does": "Ready to be sent once more: {count}",
    },
    "fr": {
        "which": "quelles remises ? Écrivez leurs numéros (planned deliveries les énumère), ou --dead",
        "both": "écrivez des numéros ou --dead, pas les deux",
        "unknown": "Aucune remise de ce numéro : {ids}",
        "not": "Reste comme elle est ({state}) : {id}",
        "empty": "N'a jamais été écrite, il n'y a rien à envoyer : {id}",
        "none": "Rien à renvoyer.",
        "would": "Seraient renvoyées : {count}. Rien n'est encore changé. Pour le faire : ajoutez --yes",
        "does": "Prêtes à repartir : {count}",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", nargs="*", type=int, metavar="ID", help="the number of a delivery, as planned deliveries shows it"
    )
    add_store(parser)
    parser.add_argument("--dead", action="store_true", help="all that were given up")
    parser.add_argument("--channel", metavar="NAME", help="only those through this channel")
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    said = TEXTS[system_language()]
    if bool(args.ids) == args.dead:
        return refuse("resend", said["both" if args.dead else "which"], Exit.WRONG_USE)
    clock = clock or SystemClock()
    return with_store("resend", args, lambda store: show(list(_resend(store, args, clock))), beside=True)


def _resend(store: Store, args: argparse.Namespace, clock: Clock) -> Iterator[str]:
    said = TEXTS[system_language()]
    found = {
        one.id: one
        for one in store.deliveries(["dead"] if args.dead else ())
        if (args.dead or one.id in args.ids) and args.channel in (None, one.channel)
    }
    if unknown := sorted(set(args.ids) - found.keys()):
        yield said["unknown"].format(ids=", ".join(map(str, unknown)))
    fit: list[Delivery] = []
    for id_, one in found.items():
        if one.state not in ("failed", "dead"):
            yield said["not"].format(id=id_, state=one.state)
        elif not one.body:
            yield said["empty"].format(id=id_)
        else:
            fit.append(one)
    if not fit:
        yield said["none"]
    elif args.yes:
        yield said["does"].format(count=len(store.resend([one.id for one in fit], clock.now())))
    else:
        yield from ("  ".join(line_of(one)) for one in fit)
        yield said["would"].format(count=len(fit))
