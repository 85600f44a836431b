"""Signatures: verified by dkimpy's own verifier, on what a real server received."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from planned.channels.base import Delivered
from planned.channels.dkim import KeyUnfitError, Signer
from planned.channels.mail import build
from planned.testing import SAMPLE
from tests.contract.odd_server import odd_server
from tests.contract.test_smtp import channel

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
PKCS8 = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
MESSAGE = replace(SAMPLE, unsubscribe="https://example.org/leave?t=" + "x" * 300, reply_to="tutor@example.org")


def in_dns(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"autumn._domainkey.example.org."
    return b"v=DKIM1; k=rsa; p=" + PUBLIC


def holds(mail: bytes) -> bool:
    return bool(dkim.verify(mail, dnsfunc=in_dns))


def signed() -> bytes:
    return Signer("example.org", "autumn", PEM).sign(build(MESSAGE), MESSAGE.at)


@pytest.mark.parametrize("pem", [PEM, PKCS8])
def test_the_signature_holds_on_what_a_server_received(pem: str) -> None:
    mail = Signer("Example.org", "autumn", pem).sign(build(MESSAGE), MESSAGE.at)
    with odd_server() as box:
        assert channel(box.port, 5, 5).deliver(replace(MESSAGE, mail=mail.decode())) == Delivered("250")
    assert box.bytes == [mail]
    assert holds(box.bytes[0])


def test_what_stands_in_a_mail_cannot_be_changed_on_the_way() -> None:
    mail = signed()
    head, _, body = mail.partition(b"\r\n\r\n")
    lines = re.findall(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*", head)
    ours = [line for line in lines if not line.startswith(b"DKIM-Signature")]
    assert {b"List-Unsubscribe", b"List-Unsubscribe-Post"} < {line.partition(b":")[0] for line in ours}
    for line in ours:
        changed = [one if one is not line else line + b"x" for one in lines]
        assert not holds(b"\r\n".join(changed) + b"\r\n\r\n" + body), line
        assert not holds(b"\r\n".join(one for one in lines if one is not line) + b"\r\n\r\n" + body), line
    assert not holds(mail.replace(b"Bonjour", b"Bonsoir"))
    for more in (b"From: eve@evil.test\r\n", b"To: eve@evil.test\r\n", b"Cc: x@y\r\n", b"Subject: Win\r\n"):
        assert not holds(more + mail), more
    assert holds(b"Received: from a by b\r\n" + mail)


def test_the_same_mail_is_signed_to_the_same_bytes_and_says_when_it_was_decided() -> None:
    assert signed() == signed()
    assert re.search(rb"\bt=1788681600;", signed())


def test_a_key_that_cannot_sign_is_refused_in_words_that_do_not_have_it() -> None:
    odd = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key in ("", "secret", PEM[:300], PEM.replace(PEM[400:410], PEM[410:420]), PUBLIC.decode(), odd):
        with pytest.raises(KeyUnfitError) as caught:
            Signer("example.org", "autumn", key)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("domain", "selector"), [("", "a"), ("a b", "a"), ("x.example", ""), ("x.example", "a;b")])
def test_a_name_that_is_none_is_refused(domain: str, selector: str) -> None:
    with pytest.raises(KeyUnfitError):
        Signer(domain, selector, PEM)
