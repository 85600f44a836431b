"""What happens without a safeguard of texts and mails: the check of what it guards fails. So these checks can fail."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jinja2.filters import FILTERS as ALL_FILTERS

from planned.channels import address, mail
from planned.channels.address import UnfitError
from planned.check import template_places, template_sandbox, templates
from planned.check.template_names import ANYTHING, TEXT
from planned.engine import render
from tests.badinput import test_texts
from tests.messages import test_render, test_templates
from tests.runtime import test_mail

Patch = pytest.MonkeyPatch
CAUGHT = (AssertionError, pytest.fail.Exception)
"""A check fails by what it asserts, or by missing the error that it waits for."""
UNBOUNDED = 10**9


@dataclass(frozen=True)
class Mutation:
    """`does` takes a safeguard away; `check` looks at what it guards."""

    name: str
    does: Callable[[Patch], None]
    check: Callable[..., None]
    caught: tuple[type[BaseException], ...] = CAUGHT


def put(owner: object, name: str, instead: object) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(owner, name, instead)


def without(module: ModuleType, function: str, *pieces: str) -> Callable[[Patch], None]:
    """The function as if these pieces of its source had never been written."""

    def does(patch: Patch) -> None:
        source = inspect.getsource(getattr(module, function))
        for piece in pieces:
            assert source.count(piece) == 1, f"{function} no longer has one {piece!r}"
            source = source.replace(piece, "")
        names: dict[str, Any] = {}
        exec(compile(source, module.__file__ or "", "exec"), vars(module), names)
        patch.setattr(module, function, names[function])

    return does


# --- texts: what Jinja is given to compile ---------------------------------------------------------------


def limit(name: str, *modules: ModuleType) -> Callable[[Patch], None]:
    def does(patch: Patch) -> None:
        for module in modules:
            patch.setattr(module, name, UNBOUNDED)

    return does


def all_filters(patch: Patch) -> None:
    patch.setattr(templates, "FILTERS", {**ALL_FILTERS, **template_sandbox.FILTERS})


def any_attribute(patch: Patch) -> None:
    patch.setattr(templates._Walk, "attribute", lambda self, node, owner, name: ANYTHING)


banned = partial(partial, test_templates.test_a_banned_construct_is_one_error)
reached = partial(partial, test_templates.test_nothing_of_python_can_be_reached)


def bomb(name: str) -> Callable[..., None]:
    return partial(test_templates.test_every_bomb_is_refused_within_a_second, test_templates.BOMBS[name])


def defused(name: str) -> Callable[..., None]:
    return partial(test_texts.test_bombs_are_defused_within_a_second, name)


nodes_pass = put(templates._Walk, "banned", lambda self, node: None)
walls = (templates, template_places)


TEXTS = (
    Mutation("no node is banned: product", nodes_pass, banned("{{ 'x' * 300000000 }}")),
    Mutation("no node is banned: include", nodes_pass, banned("{% include 'x' %}")),
    Mutation("no node is banned: call", nodes_pass, banned("{{ range(10) }}")),
    Mutation("no text is looked through", put(templates._Walk, "body", lambda *_: None), banned("{{ 9 ** 9 ** 9 }}")),
    Mutation("every filter of Jinja", all_filters, reached("{{ 'x'|center(300000000) }}")),
    Mutation(
        "every filter of Jinja, in a dead branch",
        all_filters,
        reached("{% if false %}{{ 'x'|center(300000000) }}{% endif %}"),
    ),
    Mutation("any attribute", any_attribute, reached("{{ user.__class__ }}")),
    Mutation("any attribute by its index", any_attribute, reached("{{ user['__init__'] }}")),
    Mutation("any constant", put(templates._Walk, "constant", lambda self, node: TEXT), banned("{{ 1e300 }}")),
    Mutation("long constants", limit("CONSTANT_LIMIT", templates), defused("constant of 5,000 characters")),
    Mutation("long numbers", limit("NUMBER_LENGTH", template_places), bomb("long number"), (*CAUGHT, ValueError)),
    Mutation("long sources", limit("SOURCE_LIMIT", *walls), defused("over 64 KiB")),
    Mutation("many tags", limit("TAGS_LIMIT", template_places), bomb("many tags")),
    Mutation("deep loops", limit("LOOP_DEPTH", template_places), defused("three nested loops")),
    Mutation("deep blocks", limit("BLOCK_DEPTH", template_places), defused("3,000 nested ifs in 60 KB"), (Exception,)),
    Mutation("deep parentheses", limit("PARENTHESES", template_places), defused("parentheses"), (Exception,)),
    Mutation("long expressions", limit("EXPRESSION_TOKENS", template_places), defused("join of 5,000"), (Exception,)),
    Mutation(
        "long outputs", put(render, "capped", "".join), test_texts.test_a_text_that_grows_with_its_values_fails_alone
    ),
    Mutation("long lists", limit("LIST_LIMIT", render), test_render.test_of_a_long_list_the_first_thousand_are_shown),
    Mutation(
        "a sandbox that shows what objects have",
        lambda patch: patch.delattr(template_sandbox.Sandbox, "getattr"),
        partial(test_templates.test_a_text_that_was_never_checked_reaches_no_object_either, "{{ text.upper }}"),
    ),
)


# --- mails: what a name may do to a header ---------------------------------------------------------------

HEADER = "a\r\nBcc: eve@evil.test"
ENCODED = "=?utf-8?q?a=0D=0ABcc:_eve@evil.test?="
ANY = re.compile(r"(?s).*")
UNSEEN = " if not _invisible(char)"
CAPPED = ' if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"'
NUMBERED = '[name for name, _ in read.items()] != [*mailboxes, "Subject", *machine] or '
LISTED = "not set(read.keys()) <= set(HEADERS) or "
ALIKE = " or {name: read[name] for name in machine} != machine"
TITLED = """    if _decoded(read["Subject"]) != subject:
        raise UnfitError("the mail's subject would read differently")
"""
ADDRESSED = """        if found != [(wanted.name, "@".join(wanted.address))]:
            raise UnfitError("the mail would have another sender or recipient than it should")
"""

breaks_out = partial(partial, test_mail.test_no_name_or_subject_breaks_out_of_its_header)
named = partial(partial, test_mail.test_a_name_that_another_safeguard_lets_through_is_not_sent)
titled = partial(partial, test_mail.test_a_subject_that_another_safeguard_lets_through_is_not_sent)
more = partial(partial, test_mail.test_one_header_more_than_wanted_is_not_sent)
linked = partial(partial, test_mail.test_a_link_that_breaks_its_header_stops_the_message)
plain = partial(partial, test_mail.test_what_is_no_plain_address_is_not_written_to)

MAILS = (
    # The last safeguard holds back what this one lets through: the mail that was to go does not.
    Mutation("encoded words", put(mail, "_ENCODED", re.compile("(?!)")), breaks_out(ENCODED), (UnfitError,)),
    Mutation("names as they are", put(mail, "_PLAIN", ANY), breaks_out("Alice <eve@evil.test>"), (UnfitError,)),
    Mutation("control characters", put(mail, "_invisible", lambda char: False), breaks_out("\0nul")),
    Mutation("what cannot be seen", without(mail, "clean", UNSEEN), breaks_out("\u202egnp.exe")),
    Mutation("long names", without(mail, "clean", CAPPED), breaks_out("x" * 5000)),
    Mutation("nothing is read again", put(mail, "_compare", lambda *_: None), named("_PLAIN", HEADER)),
    Mutation("a header more", without(mail, "_compare", NUMBERED, LISTED), more("Bcc: eve@evil.test")),
    Mutation("a header twice", without(mail, "_compare", NUMBERED), more("To: eve@evil.test")),
    Mutation(
        "no fixed list of headers",
        without(mail, "_compare", LISTED),
        test_mail.test_a_header_that_is_none_of_ours_is_not_sent_even_where_it_is_wanted,
    ),
    Mutation(
        "headers for machines",
        without(mail, "_compare", ALIKE),
        test_mail.test_a_header_that_machines_would_read_differently_is_not_sent,
    ),
    Mutation("subjects", without(mail, "_compare", TITLED), titled("=?utf-8?q?a=0D=0ABcc:_x?=")),
    Mutation(
        "recipients", without(mail, "_compare", ADDRESSED), test_mail.test_other_recipients_than_wanted_are_not_sent
    ),
    Mutation(
        "bodies",
        put(mail, "_compare_parts", lambda *_: None),
        test_mail.test_a_text_that_would_read_differently_is_not_sent,
    ),
    Mutation("links", put(mail, "_LINK", ANY), linked("https://x/a>")),
    Mutation("long links", put(mail, "MAX_LINE", UNBOUNDED), linked("https://" + "x" * 998)),
    Mutation("addresses", put(address, "_is_local", lambda local: True), plain('"a"@b')),
    Mutation("hosts", put(address, "host_of", lambda host: host), plain("a@[1.2.3.4]")),
)


def looked(check: Callable[..., None], **at_hand: object) -> None:
    """The check, with what it asks for of what is at hand."""
    check(**{name: at_hand[name] for name in inspect.signature(check).parameters if name in at_hand})


@pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in (*TEXTS, *MAILS)])
def test_what_lost_its_safeguard_is_caught(mutation: Mutation, tmp_path: Path, monkeypatch: Patch) -> None:
    mutation.does(monkeypatch)
    with pytest.raises(mutation.caught):
        looked(mutation.check, tmp_path=tmp_path, monkeypatch=monkeypatch)


@pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in (*TEXTS, *MAILS)])
def test_with_its_safeguard_it_is_well(mutation: Mutation, tmp_path: Path, monkeypatch: Patch) -> None:
    looked(mutation.check, tmp_path=tmp_path, monkeypatch=monkeypatch)
