"""First examples for the random tests: what the project has of rules, events and texts, good and bad."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from planned.check.template_names import TemplateNames
from planned.check.template_sandbox import FILTERS, TESTS
from planned.engine.event import KINDS
from planned.engine.event_fields import USER_FIELDS
from planned.syntax.words import keywords
from tests.badinput.test_events import BAD as BAD_EVENTS
from tests.badinput.test_texts import BAD as BAD_TEXTS
from tests.badinput.test_texts import BOMBS

ROOT = Path(__file__).parents[2]
FOUND = Path(__file__).parent / "found"
FOLDERS = (ROOT / "tests" / "golden", ROOT / "rules", ROOT / "planned" / "cli" / "starter")
LONGEST = 10_000
_STRING = re.compile(r'"""(.*?)"""|"([^"\n]*)"|«([^»\n]*)»', re.DOTALL)


def found(name: str) -> dict[str, bytes]:
    """What once broke a promise and must not do it again."""
    return {path.name: path.read_bytes() for path in sorted((FOUND / name).glob("*"))}


def rules() -> Iterator[bytes]:
    """Rule files."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.rules")):
            if len(data := path.read_bytes()) <= LONGEST:
                yield data


def events() -> Iterator[bytes]:
    """Lines of histories, and lines that cannot count."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.jsonl")):
            yield from path.read_bytes().splitlines()[:30]
    yield from (line for line, _ in BAD_EVENTS.values() if len(line) <= LONGEST)
    data = {"kind": "grade", "activity": "Quiz1", "grade": 8, "max": 20, "learner": "a"}
    envelope = {"specversion": "1.0", "id": "1", "source": "C", "type": "x.grade", "time": "2026-09-03T14:10:00Z"}
    yield json.dumps(envelope | {"data": data}).encode()


def texts() -> Iterator[bytes]:
    """The strings of rule files, and texts that must not be written."""
    for data in rules():
        for parts in _STRING.findall(data.decode("utf-8", "replace")):
            yield "".join(parts).encode()
    yield from (text.encode() for text, _ in (*BAD_TEXTS.values(), *BOMBS.values()) if len(text) <= LONGEST)


def words_of_rules() -> Iterator[str]:
    for one in keywords():
        yield from (*one.en, *one.fr)
    yield from (
        '"""',
        "« ",
        " »",
        "09:00",
        "9 h 30",
        "2026-10-05",
        "5 octobre 2026",
        "50%",
        "{{ user.firstname }}",
        "# ",
    )


def words_of_events() -> Iterator[str]:
    names = ("id", "time", "kind", "course", "learner", "activity", "state", "grade", "max", "group", "member", "what")
    yield from (f'"{name}":' for name in (*names, "at", "role", "until", "user", "data", "profile", *USER_FIELDS))
    yield from (f'"{kind}"' for kind in KINDS)
    yield from ('"specversion":', '"source":', '"type":', '"subject":', '"passed"', '"2026-09-03T14:10:00+02:00"')
    yield from (
        "null",
        "true",
        "1e999",
        "NaN",
        "9223372036854775808",
        "-0.0",
        "\\ud800",
        "\\u0000",
        "[[",
        "{}",
        "\ufeff",
    )


def words_of_texts() -> Iterator[str]:
    yield from (f"{{{{ {leaf} }}}}" for leaf in TemplateNames(activities=frozenset({"Quiz1"}), learners=True).leaves())
    yield from (*(f"|{name}" for name in FILTERS), *(f" is {name}" for name in TESTS))
    yield from ("{% if ", "{% for a in ", "{% endif %}", "{% endfor %}", "{% else %}", "{% elif ", " %}", "{{ ", " }}")
    yield from ("{#", "#}", "{%- ", " -%}", "%userfirstname%", "%profilefield_", "](", "![", "\\x00", "\\ud800", "&#0;")
    yield from ("learners", "loop.index", " and ", " or ", " not ", " in ", " ~ ", " if ", " else ", "==", "<http://")
