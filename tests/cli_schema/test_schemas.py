"""The schemas say what the code does: of every value tried, both think the same; and all that is shipped is valid."""

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from planned.cli.main import main
from planned.cli.schemas import SCHEMAS, events
from planned.engine.bad_event import BadEvent
from planned.engine.decode import decode_object
from planned.engine.event import KINDS
from planned.engine.event_fields import FIELDS, USER_FIELDS
from planned.runtime.settings import Settings
from planned.sources.people import people

ROOT = Path(__file__).resolve().parents[2]
STARTERS = ROOT / "planned" / "cli" / "starter"
HISTORIES = sorted([*(ROOT / "rules" / "history").glob("*.jsonl"), *STARTERS.glob("*/hist*.jsonl")])
VALID = {name: Draft202012Validator(make()) for name, make in SCHEMAS.items()}

ABSENT = object()
TIME = "2026-09-03T14:10:00+02:00"
ANYTHING = (ABSENT, None, "", "x", 3, 0, -1.5, True, [], {}, TIME)
TIMES = (
    "2026-09-03",
    "2026-09-03T14:10:00",
    "2026-09-03 14:10:00Z",
    "2026-09-03t24:10:00Z",
    "2026-09-03T14:60:00Z",
    "2026-09-03T14:10:00.5z",
)
OF_FIELD: dict[str, tuple[object, ...]] = {
    "activity": (),
    "role": (" ", "a" * 255, "a" * 256),
    "until": TIMES,
    "state": ("complete", "passed", "failed", "incomplete", "Complete"),
    "grade": (),
    "max": (0.5,),
    "group": (),
    "member": (False,),
    "what": ("deadline", "end"),
    "at": TIMES,
    "user": (
        {"firstname": None},
        {"firstname": 3},
        {"firstname": []},
        {"profile": None},
        {"profile": {"a": {}}},
        {"own": []},
    ),
    "data": ({"a": [1]},),
}
BY_KIND = {
    "enrolment": ("role", "until"),
    "completion": ("activity", "state"),
    "grade": ("activity", "grade", "max"),
    "submission": ("activity",),
    "viewing": ("activity",),
    "group": ("group", "member"),
    "date": ("what", "at", "activity"),
    "profile": ("user",),
    "badge-ready": ("data",),
}
SOUND: dict[str, Any] = {"id": "e", "time": TIME, "course": "C", "learner": "l"}
FILLED: dict[str, dict[str, Any]] = {
    "completion": {"state": "complete"},
    "grade": {"activity": "Q", "grade": 1},
    "submission": {"activity": "Q"},
    "viewing": {"activity": "Q"},
    "group": {"group": "g", "member": True},
    "date": {"what": "end", "at": TIME},
    "profile": {"user": {}},
}


def with_fields(base: dict[str, Any], names: tuple[str, ...], values: tuple[object, ...]) -> dict[str, Any]:
    given = dict(zip(names, values, strict=True))
    return {name: value for name, value in (base | given).items() if value is not ABSENT}


def tried() -> Iterator[dict[str, Any]]:
    """Every kind with every value of its fields, together; and with every value of those that all kinds have."""
    for kind in [*sorted(KINDS), "badge-ready"]:
        names = BY_KIND.get(kind, ())
        for values in product(*((*ANYTHING, *OF_FIELD[name]) for name in names)):
            yield with_fields(SOUND | {"kind": kind}, names, values)
        for name, value in product(("id", "time", "course", "learner", "kind"), (*ANYTHING, " ", *TIMES)):
            yield with_fields(SOUND | FILLED.get(kind, {}) | {"kind": kind}, (name,), (value,))


def test_an_event_is_valid_exactly_if_it_counts() -> None:
    everything = list(tried())
    counting = [isinstance(decode_object(one, "f:1"), BadEvent) is False for one in everything]
    assert min(counting.count(True), counting.count(False)) > 300
    differing = [
        one for one, counts in zip(everything, counting, strict=True) if VALID["events"].is_valid(one) is not counts
    ]
    assert not differing[:5]


def test_every_kind_and_field_is_tried() -> None:
    assert set(FIELDS) == KINDS
    text = json.dumps(events())
    assert all(f'"{name}"' in text for name in (*KINDS, *USER_FIELDS, *OF_FIELD))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    Draft202012Validator.check_schema(schema := json.loads(capsys.readouterr().out))
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("history", HISTORIES, ids=lambda path: path.stem)
def test_the_shipped_histories_are_valid(history: Path) -> None:
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert not [error.message for one in lines for error in VALID["events"].iter_errors(one)]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda path: path.stem)
def test_the_decisions_on_them_are_valid(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = history.parent / "rules" if history.is_relative_to(STARTERS) else ROOT / "rules"
    assert main(["dry-run", str(rules), "--events", str(history), "--format", "jsonl", "--until", "2026-11-30"]) == 0
    decisions = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len({one["outcome"] for one in decisions}) > 1
    assert not [error.message for one in decisions for error in VALID["decisions"].iter_errors(one)]
    assert not VALID["decisions"].is_valid(decisions[0] | {"more": 1})
    for name in decisions[0].keys() - {"notice"}:
        assert not VALID["decisions"].is_valid({key: value for key, value in decisions[0].items() if key != name})


PEOPLE: tuple[dict[str, Any], ...] = (
    {"learner": "a", "firstname": "A", "house": "blue"},
    {"id": "a", "lastname": None, "profile": {"house": 3}},
    {"learner": None, "id": "a"},
    {"learner": "", "id": "a"},
    {"firstname": "A"},
    {"learner": ""},
    {"learner": 3},
    {"learner": "a", "house": []},
    {"learner": "a", "profile": {"house": {}}},
    {"learner": "a", "user": {"firstname": "A"}},
    {"learner": "a", "user": {"firstname": []}},
)


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_a_person_is_valid_exactly_if_it_counts(person: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps(person) + "\n", encoding="utf-8")
    [found] = people(file)
    assert VALID["people"].is_valid(person) is not isinstance(found, BadEvent)


def test_the_shipped_settings_are_valid() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in STARTERS.glob("*/planned.toml")]
    texts += re.findall(r"(?ms)^```toml planned\.toml\n(.*?)^```", page)
    assert len(texts) == 3
    for text in texts:
        assert not [error.message for error in VALID["settings"].iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"rules": "rules"},
        {"rules": ["rules"], "channels": {"email": "console", "sms": {"to": "console"}}},
        {"channels": {"email": {"too": "console"}}},
        {"channels": {"email": {"to": "console", "password": "secret"}}},
        {"rule": ["rules"]},
        {"rules": 3},
        {"mail": {"from": "a@example.org"}},
        {"mail": {"sender": "a@example.org"}},
        {"poll_seconds": 0},
        {"poll_seconds": 2.5},
        {"lint": {"strict": True, "select": "past-date"}},
        {"lint": {"catalogue": "c.toml"}},
    ],
    ids=str,
)
def test_settings_are_valid_exactly_if_the_engine_takes_them(values: dict[str, Any]) -> None:
    try:
        Settings.model_validate(values)
        taken = True
    except ValidationError:
        taken = False
    assert VALID["settings"].is_valid(values) is taken


def test_another_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "rules"]) == 2
    assert "events, people, decisions" in capsys.readouterr().err
