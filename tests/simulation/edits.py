"""Rules as their authors change them: a few lines of a rule file are other ones."""

from __future__ import annotations

import random
import re
from functools import lru_cache

from planned.check.build import build
from planned.diagnostics import Severity
from planned.syntax import ast
from planned.syntax.from_text import parse
from tests.oracle.agreement import SENSELESS

Files = dict[str, str]


def reworded(r: random.Random, files: Files) -> Files:
    """Other texts and comments, which decide nothing."""
    number = r.randrange(1000)
    return {
        name: f"# edition {number}\n" + re.sub(r'"(?:\d+ )?text', f'"{number} text', text)
        for name, text in files.items()
    }


def edited(r: random.Random, files: Files, first: Files) -> Files:
    """Something else in one of the files, or all as it was at first; only what `planned run` would take."""
    for _ in range(10):
        if r.random() < 0.2:
            return first
        name = r.choice(list(files))
        found = {**files, name: r.choice((_guard, _no_guard, _wait, _trigger, _deleted, _quiet))(r, files[name])}
        if found != files and not _errors(found):
            return found
    return reworded(r, files)


parsed = lru_cache(maxsize=100)(parse)
"""Many worlds have the same rules."""


def syntax_of(files: Files) -> list[ast.File]:
    return [parsed(text, name)[0] for name, text in files.items()]


def _errors(files: Files) -> bool:
    found = [one for name, text in files.items() for one in parsed(text, name)[1]]
    found += build(syntax_of(files))[1]
    return any(one.severity is Severity.ERROR and one.name not in SENSELESS for one in found)


def _changed(r: random.Random, text: str, pattern: str, new: str) -> str:
    """One of the lines that the pattern matches is another one."""
    places = list(re.finditer(pattern, text, re.MULTILINE))
    if not places:
        return text
    place = r.choice(places)
    return text[: place.start()] + place.expand(new) + text[place.end() :]


def _guard(r: random.Random, text: str) -> str:
    return _changed(r, text, r"^  send ", f"  {r.choice(('if', 'unless'))} Quiz1 complete\n  send ")


def _no_guard(r: random.Random, text: str) -> str:
    return _changed(r, text, r"^  (?:if|unless) .*\n", "")


def _wait(r: random.Random, text: str) -> str:
    return _changed(r, text, r"^  (then )?wait (?!up).*$", rf"  \1wait {r.choice((1, 2, 5))} days at 09:00")


def _trigger(r: random.Random, text: str) -> str:
    new = r.choice(("completion of Quiz1", "enrolment", "access", "3 days without access"))
    return _changed(r, text, r"^  after .*$", f"  after {new}")


def _deleted(r: random.Random, text: str) -> str:
    return _changed(r, text, r"^rule .*\n(?:  .*\n)+", "")


def _quiet(r: random.Random, text: str) -> str:
    return text.replace("language en\n", "language en\nquiet from 21:00 to 07:00\n", 1)
