"""Why a command cannot go on, for whoever reads it: in French where the system is. What programs read stays English."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from planned.cli.terminal import system_language
from planned.diagnostics import french


def refusal(text: str) -> str:
    """What is wrong with settings, a store or a channel, line by line, in the language of the system."""
    if system_language() != "fr":
        return text
    return "\n".join(in_french(line) or line for line in text.split("\n"))


def in_french(line: str) -> str | None:
    """None for what the table does not have. Before a colon may stand where it is: a file, a setting."""
    for pattern, said in _table():
        if (found := pattern.fullmatch(line)) is not None:
            return french(said).format(*(in_french(part) or part for part in found.groups()))
    place, colon, rest = line.partition(": ")
    said_of_rest = in_french(rest) if colon else None
    return f"{place}\u00a0: {said_of_rest}" if said_of_rest is not None else None


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What says most comes first: of two that fit, it is the one that was meant."""
    entries = tomllib.loads((files("planned.cli") / "refusals.toml").read_text(encoding="utf-8"))
    ordered = sorted(entries.items(), key=lambda entry: -len(entry[0].replace("{}", "")))
    return tuple((re.compile("(.+?)".join(map(re.escape, key.split("{}"))), re.DOTALL), said) for key, said in ordered)
