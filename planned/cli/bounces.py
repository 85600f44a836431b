"""`planned bounces`: read what came back, and write no more to addresses that take no mail or whose owners complain."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from planned.channels.bounces import MAX_MAIL, NotRead, Report, reports_in
from planned.channels.mailboxes import NoMailboxError, mail_from, mails_at
from planned.cli.beside import add_store, refuse, show, with_store
from planned.cli.exits import Exit
from planned.cli.terminal import system_language, trouble
from planned.diagnostics import Language
from planned.runtime.bounced import Heeded, heed
from planned.runtime.clock import Clock, SystemClock
from planned.store.base import Store

HELP = "read reports of failure and complaint, and write no more to the addresses that they are about"
EXAMPLE = "planned bounces /var/mail/bounces --dry-run"

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "suppressed": "no more mail",
        "noted": "failed",
        "later": "not yet",
        "known": "known",
        "elsewhere": "another address",
        "unproven": "names no message",
        "foreign": "not ours",
        "too-big": "too big to be a report",
        "malformed": "damaged",
        "auto-reply": "an automatic answer",
        "no-report": "no report",
        "delivered": "says that it arrived",
        "no-status": "does not say why",
        "reports": "Reports: {count}; addresses that get no more mail: {gone}",
        "would": "Reports: {count}; addresses that would get no more mail: {gone}. Nothing is changed.",
        "not read": "Not understood: {count}",
        "unproven how": "To heed also those that name no message, which anybody can write: --by-recipient",
        "no mailbox": "{path} is no mailbox: give an mbox file, a Maildir, a file with one mail, or -",
    },
    "fr": {
        "suppressed": "plus de courriel",
        "noted": "échec",
        "later": "pas encore",
        "known": "déjà connu",
        "elsewhere": "autre adresse",
        "unproven": "ne nomme aucun message",
        "foreign": "pas des nôtres",
        "too-big": "trop gros pour un rapport",
        "malformed": "abîmé",
        "auto-reply": "réponse automatique",
        "no-report": "pas un rapport",
        "delivered": "dit que c'est arrivé",
        "no-status": "ne dit pas pourquoi",
        "reports": "Rapports : {count} ; adresses qui ne reçoivent plus de courriel : {gone}",
        "would": "Rapports : {count} ; adresses qui ne recevraient plus de courriel : {gone}. Rien n'est changé.",
        "not read": "Non compris : {count}",
        "unproven how": "Pour tenir compte aussi de ceux qui ne nomment aucun message, que n'importe qui peut écrire :"
        " --by-recipient",
        "no mailbox": "{path} n'est pas une boîte aux lettres : donnez un fichier mbox, un Maildir, un fichier"
        " d'un seul courriel, ou -",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", metavar="MAILBOX", help="an mbox file, a Maildir, a file with one mail; - for standard input"
    )
    add_store(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument(
        "--by-recipient", action="store_true", help="heed also reports that name no message, by whom they are about"
    )


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    said = TEXTS[system_language()]
    try:
        reports, unread = _reports(args.path)
    except NoMailboxError:
        return refuse("bounces", said["no mailbox"].format(path=args.path), Exit.WRONG_USE)
    except OSError as error:
        return refuse("bounces", trouble(error, system_language()), Exit.CANNOT)
    now = (clock or SystemClock()).now()

    def does(store: Store) -> None:
        heeded = list(heed(store, reports, now, by_recipient=args.by_recipient, commit=not args.dry_run))
        show(_told(heeded, unread, said, dry=args.dry_run))

    return with_store("bounces", args, does, read_only=args.dry_run, beside=not args.dry_run)


def _reports(path: str) -> tuple[list[Report], list[NotRead]]:
    mails = [("1", mail_from(sys.stdin.buffer, MAX_MAIL))] if path == "-" else mails_at(Path(path), MAX_MAIL)
    reports: list[Report] = []
    unread: list[NotRead] = []
    for where, raw in mails:
        found = reports_in(raw, where)
        if isinstance(found, NotRead):
            unread.append(found)
        else:
            reports += found
    return reports, unread


def _told(heeded: list[Heeded], unread: list[NotRead], said: Mapping[str, str], *, dry: bool) -> Iterator[str]:
    for one in heeded:
        about = one.delivery.key[0] if one.delivery else ""
        parts = (said[one.result], one.address or "?", one.report.status, about)
        yield "  ".join(part for part in parts if part)
    gone = {one.address for one in heeded if one.result == "suppressed"}
    yield said["would" if dry else "reports"].format(count=len(heeded), gone=len(gone))
    if any(one.result == "unproven" for one in heeded):
        yield said["unproven how"]
    if unread:
        yield said["not read"].format(count=len(unread))
        for why, number in Counter(one.why for one in unread).most_common():
            yield f"  {said[why]}  {_places([one.where for one in unread if one.why == why], number)}"


def _places(places: list[str], number: int) -> str:
    """Where they lie, the first ones."""
    shown = ", ".join(place[:60] for place in places[:5])
    return shown + (f" … ({number})" if number > 5 else "")
