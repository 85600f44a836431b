"""`planned hold`: have the engines of a store neither decide nor send, while they go on taking in events."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from planned.cli.beside import add_store, show, utc, with_store
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.runtime.clock import Clock, SystemClock
from planned.store.base import Store

HELP = "have nothing decided or sent until `planned resume`; events are still taken in"
EXAMPLE = "planned hold --store sqlite:///planned.sqlite --yes"

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "already": "Held since {since}. To go on: planned resume",
        "waiting": "People for whom something waits: {count}",
        "next": "The next message is due at {due}.",
        "open": "Messages decided and not handed over yet: {count}",
        "would": "They would stay where they are. Nothing is changed yet. To do it: add --yes",
        "does": "Held. An engine at work stops sending within half a minute; the message it has begun still leaves.",
        "then": "What comes due meanwhile leaves after planned resume, unless it is too late by then (lateness).",
    },
    "fr": {
        "already": "Les envois sont retenus depuis {since}. Pour reprendre : planned resume",
        "waiting": "Personnes pour qui quelque chose attend : {count}",
        "next": "Le prochain message est dû à {due}.",
        "open": "Messages décidés et pas encore remis : {count}",
        "would": "Ils resteraient où ils sont. Rien n'est encore changé. Pour le faire : ajoutez --yes",
        "does": "Envois retenus. Un moteur en marche cesse d'envoyer en trente secondes ; le message commencé part.",
        "then": "Ce qui arrive à échéance entre-temps part après planned resume, sauf s'il est alors trop tard (retard"
        " toléré).",
    },
}
OPEN = ("ready", "sending", "deferred")
"""States of what is still to be delivered."""


def configure(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    clock = clock or SystemClock()
    return with_store("hold", args, lambda store: show(list(_hold(store, clock, do_it=args.yes))), beside=True)


def _hold(store: Store, clock: Clock, *, do_it: bool) -> Iterator[str]:
    said = TEXTS[system_language()]
    since = store.standing().halted
    if since is not None:
        yield said["already"].format(since=utc(since))
        return
    if do_it:
        store.halt(clock.now())
        yield said["does"]
        yield said["then"]
        return
    counts = store.counts()
    due = store.next_due()
    yield said["waiting"].format(count=counts["waiting"])
    if due is not None:
        yield said["next"].format(due=utc(due))
    yield said["open"].format(count=sum(counts.get(state, 0) for state in OPEN))
    yield said["would"]
