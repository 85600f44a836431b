"""`planned unsubscribe`: somebody leaves a topic, by the token of a link in a mail or by an address."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from planned.cli.beside import DEFAULT_CONFIG, add_store, refuse, show, with_store
from planned.cli.exits import Exit
from planned.cli.suppressions import add
from planned.cli.terminal import system_language
from planned.diagnostics import Language
from planned.runtime.clock import Clock, SystemClock
from planned.runtime.settings import SettingsError, mail_settings, read_settings
from planned.runtime.unsubscribe import TokenError, read
from planned.store.delivery import Suppression, folded

HELP = "have somebody leave a topic, or all: by the token of a link in a mail, or by an address"
EXAMPLE = "planned unsubscribe alice@example.org --topic news --yes"

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "secret": "to read a token, [mail] unsubscribe_secret must be in the settings; without it write an address",
        "topic": "the topic stands in the token: leave --topic out",
        "token": "this is neither an address nor a token of a link that was made with this secret",
    },
    "fr": {
        "secret": "un jeton se lit avec [mail] unsubscribe_secret des réglages ; sans ce secret, écrivez une adresse",
        "topic": "le sujet est dans le jeton : enlevez --topic",
        "token": "ce n'est ni une adresse ni le jeton d'un lien fait avec ce secret",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "who", metavar="TOKEN|ADDRESS", help="what stands at the end of the link in a mail, or an address"
    )
    add_store(parser)
    parser.add_argument("--topic", metavar="NAME", help="of this topic alone; without: of all")
    parser.add_argument("--yes", action="store_true", help="do it, instead of only saying what would be done")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    try:
        address, topic = _whom(args)
    except SettingsError as error:
        return refuse("unsubscribe", str(error), Exit.WRONG_USE)
    entry = Suppression(folded(address), topic, "unsubscribed", (clock or SystemClock()).now())
    how = {"read_only": not args.yes, "beside": args.yes}
    return with_store("unsubscribe", args, lambda store: show(list(add(store, entry, do_it=args.yes))), **how)


def _whom(args: argparse.Namespace) -> tuple[str, str]:
    """Address and topic. Raises SettingsError."""
    said = TEXTS[system_language()]
    if "@" in args.who:
        return args.who, args.topic or ""
    config = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    secret = mail_settings(read_settings(config), config).unsubscribe_secret if config else None
    if secret is None:
        raise SettingsError(said["secret"])
    if args.topic is not None:
        raise SettingsError(said["topic"])
    try:
        return read(secret.get_secret_value(), args.who)
    except TokenError as error:
        raise SettingsError(said["token"]) from error
