"""`planned deliveries`: what is on its way, what came to nothing and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from planned.cli.beside import add_store, show, utc, with_store
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.store.base import Store
from planned.store.delivery import NOTICES, Delivery, DeliveryState

HELP = "list what is being delivered, and what could not be and why"
EXAMPLE = "planned deliveries --state dead --store sqlite:///planned.sqlite"

STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "none": "No such delivery.",
        "next": "next attempt {at}",
        "attempts": "attempts: {count}",
        "away": "{channel}: {who} is away since {since}, asked again {until}: {why}",
        "whole": "the receiver",
        "again": "To send failed and dead ones once more: planned resend",
    },
    "fr": {
        "none": "Aucune remise de ce genre.",
        "next": "prochain essai {at}",
        "attempts": "essais : {count}",
        "away": "{channel} : {who} ne répond pas depuis {since}, nouvel essai {until} : {why}",
        "whole": "le destinataire",
        "again": "Pour renvoyer celles qui ont échoué (failed, dead) : planned resend",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "learner", nargs="?", metavar="LEARNER", help="only those about this learner, delivered ones too"
    )
    add_store(parser)
    parser.add_argument(
        "--state",
        action="append",
        choices=STATES,
        help="only those in this state; without: all but sent; can be repeated",
    )
    parser.add_argument("--channel", metavar="NAME", help="only those through this channel")
    parser.add_argument(
        "--format", choices=["table", "jsonl"], default="table", help="jsonl: one JSON object a line, for programs"
    )


def run(args: argparse.Namespace) -> int:
    return with_store("deliveries", args, lambda store: _list(store, args), read_only=True)


def _list(store: Store, args: argparse.Namespace) -> None:
    found = _chosen(store, args)
    if args.format == "jsonl":
        for one in found:
            print(json.dumps(_object(one), ensure_ascii=False))
    else:
        show(_table(store, found))


def _chosen(store: Store, args: argparse.Namespace) -> Iterator[Delivery]:
    states = args.state or (() if args.learner else [state for state in STATES if state != "sent"])
    for one in store.deliveries(states, args.learner):
        if args.channel in (None, one.channel):
            yield one


def _object(one: Delivery) -> dict[str, Any]:
    rule, course, learner, occurrence, step, repeat, notice = one.key
    key = {"rule": rule, "course": course, "learner": learner, "occurrence": occurrence, "step": step}
    about = {"repeat": repeat, "notice": notice % NOTICES, "recipient": one.recipient, "address": one.address}
    state = {"channel": one.channel, "state": one.state, "why": one.why, "attempts": one.attempts}
    waits = one.state in ("ready", "sending", "deferred")
    times = {"created": utc(one.created), "next_attempt": utc(one.next_attempt) if waits else None}
    return {"id": one.id, **key, **about, **state, **times, "message_id": one.message_id}


def _table(store: Store, found: Iterable[Delivery]) -> Iterator[str]:
    said = TEXTS[system_language()]
    for hold in store.holds():
        who = said["whole"] if hold.domain == "*" else hold.domain
        times = {"since": utc(hold.since), "until": utc(hold.until)}
        yield said["away"].format(channel=hold.channel, who=who, why=hold.why, **times)
    again = none = True
    for one in found:
        none = False
        again = again and one.state not in ("failed", "dead")
        yield "  ".join(line_of(one))
    if none:
        yield said["none"]
    elif not again:
        yield said["again"]


def line_of(one: Delivery) -> Iterator[str]:
    """The parts of a line about a delivery."""
    said = TEXTS[system_language()]
    yield f"{one.id:>6}"
    yield utc(one.created)
    yield f"{one.state:<8}"
    yield f"{one.key[0]}: {one.recipient}"
    yield one.channel
    if one.why:
        yield one.why
    if one.attempts:
        yield said["attempts"].format(count=one.attempts)
    if one.state == "deferred":
        yield said["next"].format(at=utc(one.next_attempt))
