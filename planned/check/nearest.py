"""The name that was probably meant. Looked for only once a name is known to be wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

SEARCHES = 300
"""Nobody reads more hints in one run, and each costs a look at all names."""


class Nearest:
    """Looks for names within one run of the lints."""

    def __init__(self) -> None:
        self.left = SEARCHES

    def of(self, name: str, known: Iterable[str]) -> str | None:
        self.left -= 1
        return nearest(name, known) if self.left >= 0 else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The closest of the known names, case and accents apart; None if none is close."""
    names: dict[str, str] = {}
    for one in known:
        names.setdefault(folded(one), one)
    found = get_close_matches(folded(name), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def folded(name: str) -> str:
    """A text without capitals and accents."""
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
