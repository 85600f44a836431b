"""What stands in a link for unsubscribing: the address and the topic, signed, so that nobody leaves for another.

Nothing is stored for it: whoever has the secret can read each link that was ever sent. The address is not hidden in it,
only in base64.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

PLACE = "{token}"
"""Where the token goes in the setting `unsubscribe_url`."""
MAX_TOKEN = 780
"""Characters; a longer one would not fit on the line of its header."""

_MAC = 16
_PURPOSE = b"planned unsubscribe 1\0"


class TokenError(ValueError):
    """It is no token of ours, or its topic and address are too long for one."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links: an https address with `{token}` in it, and the secret with which they are signed."""

    url: str
    secret: str

    def link(self, address: str, topic: str) -> str:
        """Where `address` leaves the topic. Raises TokenError."""
        return self.url.replace(PLACE, token(self.secret, address, topic))


def token(secret: str, address: str, topic: str) -> str:
    """Letters, digits, `-` and `_`, the same each time. The address counts in lower case. Raises TokenError."""
    said = "\0".join((address.strip().lower(), topic)).encode("utf-8", "surrogatepass")
    made = urlsafe_b64encode(_mac(secret, said) + said).decode("ascii").rstrip("=")
    if len(made) > MAX_TOKEN or not address.strip() or "\0" in address:
        raise TokenError("address and topic are too long for a link")
    return made


def read(secret: str, token: str) -> tuple[str, str]:
    """Address and topic of a token. Raises TokenError if it was not made with this secret, or was changed since."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) <= MAX_TOKEN else b""
    except (ValueError, Error):
        raw = b""
    mac, said = raw[:_MAC], raw[_MAC:]
    if not said or not hmac.compare_digest(mac, _mac(secret, said)):
        raise TokenError("this is no link of ours for unsubscribing")
    address, _, topic = said.decode("utf-8", "surrogatepass").partition("\0")
    return address, topic


def _mac(secret: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), _PURPOSE + said, "sha256")[:_MAC]
