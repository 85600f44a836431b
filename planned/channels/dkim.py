"""Signatures of mails (DKIM, RFC 6376), for those whose mail server makes none; the sole importer of dkimpy.

A mail is signed when it is rendered, so that each attempt has the same bytes.
"""

from __future__ import annotations

import re

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from planned.channels.address import UnfitError, host_of
from planned.channels.mail import HEADERS

LEAST_BITS = 1024
"""RFC 8301, 3.2: signers must not use shorter keys; receivers reject them."""
OVERSIGNED = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID")
"""Signed once more than they are there: a second one, put in on the way, breaks the signature (RFC 6376, 8.15)."""

_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


class KeyUnfitError(ValueError):
    """Nothing can be signed with that; the text says why, and nothing of the key."""


class Signer:
    """Signs for a domain with an RSA key in PEM, whose public half stands in the DNS at SELECTOR._domainkey.DOMAIN.

    Raises KeyUnfitError for what cannot sign.
    """

    def __init__(self, domain: str, selector: str, key: str) -> None:
        try:
            self._domain = host_of(domain).lower().encode()
        except UnfitError:
            raise KeyUnfitError(f"{domain!r} is no domain: write the one behind the @ of mail.from") from None
        if not _SELECTOR.fullmatch(selector):
            raise KeyUnfitError(f"{selector!r} is no selector: write the word before ._domainkey in the DNS")
        self._selector = selector.encode()
        self._key = key.encode()
        bits = _bits(self._key)
        if bits < LEAST_BITS:
            raise KeyUnfitError(f"the key has {bits} bits, and receivers want 2048: make one with openssl genrsa 2048")

    def sign(self, mail: bytes, at: int) -> bytes:
        """The mail with its signature before it: the same bytes each time. `at`, in microseconds, is the time in it."""
        maker = _Maker(mail)
        maker.at = at // 1_000_000
        there = {name.lower() for name, _ in maker.headers}
        names = [name.encode() for name in HEADERS if name.lower().encode() in there]
        signature: bytes = maker.sign(
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*names, *(name.encode() for name in OVERSIGNED)],
        )
        return signature + mail


def _bits(key: bytes) -> int:
    """How long the key is, if it is whole: dkimpy reads half of one, too."""
    try:
        parts = parse_pem_private_key(key)
        modulus, public, private = parts["modulus"], parts["publicExponent"], parts["privateExponent"]
        whole = parts["prime1"] * parts["prime2"] == modulus and pow(pow(2, private, modulus), public, modulus) == 2
    except (UnparsableKeyError, KeyError, TypeError, ValueError, IndexError):
        whole = False
    if not whole:
        raise KeyUnfitError("the key is no RSA private key in PEM: make one with openssl genrsa 2048")
    bits: int = modulus.bit_length()
    return bits


class _Maker(dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
    """dkimpy, but for the time: it would put that of the signing, and each rendering would have other bytes."""

    at = 0

    def gen_header(self, fields: list[tuple[bytes, bytes]], *args: object, **more: object) -> bytes:
        timed = [(name, str(self.at).encode() if name == b"t" else value) for name, value in fields]
        made: bytes = super().gen_header(timed, *args, **more)
        return made
