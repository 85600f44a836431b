"""`planned resume`: after a `planned hold`, or where an engine doubts a clock that is right, have it go on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from planned.cli.beside import add_store, show, utc, with_store
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.engine.event import Instant
from planned.runtime.clock import Clock, SystemClock
from planned.runtime.watch import JUMP
from planned.store.base import ClockMark, Store

HELP = "go on deciding and sending, after `planned hold` or where a clock in doubt is right"
EXAMPLE = "planned resume --store sqlite:///planned.sqlite --yes"
MOST = 10_000
"""So many people who wait are counted."""

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "nothing": "Nothing is held and no clock is in doubt.",
        "held": "Held since {since}.",
        "doubted": "A clock in doubt shows {shows}; it was trusted last at {trusted}.",
        "doubted at once": "A clock in doubt shows {shows}; it was never trusted.",
        "future": "The store was last used at {trusted}, which lies ahead.",
        "now": "This machine's clock shows {now}.",
        "due": "By then something is due for {count} people: it is decided, and leaves unless it is too late.",
        "would": "Nothing is changed yet. To go on, and to trust the clocks as they are: add --yes",
        "does": "Resumed. An engine at work goes on within half a minute.",
    },
    "fr": {
        "nothing": "Aucun envoi n'est retenu et aucune horloge n'est en doute.",
        "held": "Les envois sont retenus depuis {since}.",
        "doubted": "Une horloge en doute indique {shows} ; la dernière heure jugée sûre était {trusted}.",
        "doubted at once": "Une horloge en doute indique {shows} ; elle n'a jamais été jugée sûre.",
        "future": "La base a servi pour la dernière fois à {trusted}, ce qui est dans l'avenir.",
        "now": "L'horloge de cette machine indique {now}.",
        "due": "D'ici là, quelque chose est dû à {count} personnes : ce sera décidé, et cela part s'il n'est pas trop"
        " tard.",
        "would": "Rien n'est encore changé. Pour reprendre, et juger les horloges sûres telles qu'elles sont :"
        " ajoutez --yes",
        "does": "Repris. Un moteur en marche continue en moins de trente secondes.",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    now = (clock or SystemClock()).now()
    return with_store("resume", args, lambda store: show(list(_resume(store, now, do_it=args.yes))), beside=True)


def _resume(store: Store, now: Instant, *, do_it: bool) -> Iterator[str]:
    said = TEXTS[system_language()]
    standing = store.standing()
    wrong = {name: one for name, one in standing.clocks.items() if one.doubted is not None or one.trusted > now + JUMP}
    if standing.halted is None and not wrong:
        yield said["nothing"]
        return
    if do_it:
        for machine in wrong:
            store.keep_clock(machine, None)
        store.halt(None)
        yield said["does"]
        return
    if standing.halted is not None:
        yield said["held"].format(since=utc(standing.halted))
    for one in wrong.values():
        yield _about(one, said)
    yield said["now"].format(now=utc(now))
    count = len(store.due(now, MOST + 1))
    yield said["due"].format(count=f"{MOST}+" if count > MOST else count)
    yield said["would"]


def _about(one: ClockMark, said: Mapping[str, str]) -> str:
    if one.doubted is None:
        return said["future"].format(trusted=utc(one.trusted))
    if not one.trusted:
        return said["doubted at once"].format(shows=utc(one.doubted))
    return said["doubted"].format(shows=utc(one.doubted), trusted=utc(one.trusted))
