"""Mail addresses, taken apart and put together from parts only: no list, quote or comment ever gets into a header."""

from __future__ import annotations

import re
import unicodedata

import idna

MAX_LOCAL = 64
"""Bytes before the `@` (RFC 5321, 4.5.3.1.1)."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_ENCODED = re.compile(r"=\s*\?")
_ODD = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))


class UnfitError(Exception):
    """The message cannot be made a mail that says what it should: it is not sent."""


def address_of(text: str) -> tuple[str, str]:
    """The parts of a plain address `name@host`, the host in ASCII (RFC 5891), the name in NFC (RFC 6532, 3.1).

    Raises `UnfitError` for anything else: lists, quotes, comments, what cannot be seen.
    """
    local, _, host = text.strip().rpartition("@")
    local = unicodedata.normalize("NFC", local)
    if not _is_local(local) or _ENCODED.search(text):
        raise UnfitError("the address is not of the form name@host")
    return local, host_of(host)


def _is_local(local: str) -> bool:
    if not _LOCAL.fullmatch(local):
        return False
    if local.isascii():
        return len(local) <= MAX_LOCAL
    return not any(unicodedata.category(char) in _ODD for char in local) and len(local.encode()) <= MAX_LOCAL


def host_of(host: str) -> str:
    """A host in ASCII. Raises `UnfitError`."""
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii") if len(host) <= 253 else ""
        except (idna.IDNAError, UnicodeError):
            host = ""
    if not _HOST.fullmatch(host):
        raise UnfitError("the address is not of the form name@host")
    return host


def tagged(address: str, tag: str) -> str:
    """`name+tag@host`: mail to it arrives at `name@host`, and says of which message it is."""
    local, host = address_of(address)
    return f"{local}+{tag}@{host}"
