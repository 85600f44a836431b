"""The pages of the lints: a docstring in English, a line `---`, the same in French.

Its first line is what is wrong, in one sentence. Examples are indented; those below `Wrong:` (`Faux :`) have the
mistake, those below `Right:` (`Juste :`) do not, and the tests see to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import dedent

from planned.check import allow
from planned.check.lints import LINTS, covers
from planned.diagnostics import Language, french

ALLOW: Mapping[Language, str] = {
    "en": "To keep it as it is, say so above the statement, until when, and why:\n\n"
    "    # planned: allow {name} until 2026-12-31 – the reason\n",
    "fr": "Pour le garder tel quel, dites-le avant la phrase, jusqu'à quand, et pourquoi\u00a0:\n\n"
    "    # planned: allow {name} until 2026-12-31 – la raison\n",
}
"""How to live with a warning."""
WRONG: Mapping[Language, str] = {"en": "Wrong:", "fr": "Faux :"}
RIGHT: Mapping[Language, str] = {"en": "Right:", "fr": "Juste :"}


def page(name: str, language: Language) -> str | None:
    """The page of the lint that says `name`, or None; families have one page."""
    found = next((text for lint, text in pages().items() if covers(lint, name)), None)
    return None if found is None else in_language(found, language)


def pages() -> dict[str, str]:
    """All pages by the lints' names, each in both languages."""
    return {**{one.name: one.page for one in LINTS}, allow.NAME: allow.__doc__ or ""}


def in_language(text: str, language: Language) -> str:
    """One half of a page, the French one as it is set; the English one if there is no other."""
    english, _, other = text.strip().partition("\n---\n")
    if language == "en" or not other:
        return english.strip() + "\n"
    lines = other.strip().splitlines()
    return "\n".join(line if line.startswith("    ") else french(line) for line in lines) + "\n"


def examples(text: str, below: str) -> Iterator[str]:
    """The indented blocks of a page whose last line of text before them is `below`."""
    last = ""
    block: list[str] = []
    for line in [*text.splitlines(), "."]:
        if line.startswith("    ") or (block and not line):
            block.append(line)
            continue
        if block and last == below:
            yield dedent("\n".join(block)).strip() + "\n"
        last, block = line or last, []
