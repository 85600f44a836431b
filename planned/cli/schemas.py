"""JSON Schemas (draft 2020-12) of what comes in and goes out, for editors and for programs in other languages."""

from __future__ import annotations

from typing import Any

from planned.engine.decision import Outcome, ReasonCode
from planned.engine.event import KINDS
from planned.engine.event_fields import MAX_NAME, STATES, USER_FIELDS
from planned.runtime.settings import Settings

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAME: Schema = {"type": "string", "pattern": r"\S", "maxLength": MAX_NAME}
DAY, HOUR = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
TIME: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": rf"^{DAY}[Tt ]{HOUR}(\.[0-9]{{1,30}})?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$",
    "description": "RFC 3339 with an offset from UTC, such as 2026-09-03T14:10:00+02:00",
}
NUMBER: Schema = {"type": "number"}
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
STATE: Schema = {"enum": sorted(STATES)}


def settings() -> Schema:
    """Of `planned.toml`."""
    return {"$schema": DRAFT, **Settings.model_json_schema(by_alias=True), "title": "planned.toml"}


# --- events and people -------------------------------------------------------------------------------


def events() -> Schema:
    """Of one line of a history: what `planned.engine.decode` counts."""
    kinds = {
        "enrolment": _fields(role=_optional(NAME), until=_optional(TIME)),
        "completion": _fields("state", activity=_optional(NAME), state=STATE),
        "grade": _fields(
            "activity", "grade", activity=NAME, grade=NUMBER, max=_optional(NUMBER | {"exclusiveMinimum": 0})
        ),
        "submission": _fields("activity", activity=NAME),
        "viewing": _fields("activity", activity=NAME),
        "group": _fields("group", "member", group=NAME, member={"type": "boolean"}),
        "date": _date(),
        "profile": _fields("user", user=_user()),
    }
    return {
        "$schema": DRAFT,
        "title": "An event",
        "description": "One line of a history. A CloudEvent with these fields in its data counts, too.",
        "type": "object",
        "required": ["time", "kind"],
        "properties": {
            "id": _optional(NAME) | {"description": "The same id twice counts once."},
            "time": TIME,
            "kind": NAME | {"examples": sorted(KINDS)},
            "course": _optional(NAME),
            "learner": _optional(NAME),
        },
        "allOf": [
            *(_when(_is(kind), fields) for kind, fields in kinds.items()),
            _when(_is(*sorted(KINDS)), {}, _fields(data=_optional({"type": "object"}))),
            _when(_is("profile"), {}, _fields("course", course=NAME)),
            _when(_is("date"), {}, _fields("learner", learner=NAME)),
        ],
    }


def people() -> Schema:
    """Of one line of a people file, as JSON."""
    fields = dict.fromkeys(sorted(USER_FIELDS - {"id"}), SCALAR)
    not_their_own: Schema = {"kind": {}, "time": {}, "course": {}}
    person = {
        "properties": {"learner": _optional({"type": "string"}), "id": _optional({"type": "string"}), **fields}
        | {"profile": _own(), **not_their_own},
        "anyOf": [_fields("learner", learner=NAME), _fields("id", id=NAME)],
        "additionalProperties": SCALAR | {"description": "The person's own: profile.NAME in a message"},
    }
    return {
        "$schema": DRAFT,
        "title": "A person",
        "description": "One line of a people file. It may also be an event of the kind profile.",
        "type": "object",
        **_when({"required": ["user"]}, _fields("user", user=_user()), person),
    }


def _date() -> Schema:
    fields = _fields("what", "at", what=NAME, at=_optional(TIME), activity=_optional(NAME))
    deadline = {"properties": {"what": {"const": "deadline"}}}
    return fields | _when(deadline, _fields("activity", activity=NAME))


def _user() -> Schema:
    return {"type": "object", "properties": dict.fromkeys(sorted(USER_FIELDS), SCALAR) | {"profile": _own()}}


def _own() -> Schema:
    return _optional({"type": "object", "additionalProperties": SCALAR})


def _fields(*required: str, **properties: Schema) -> Schema:
    return {"properties": properties, "required": list(required)}


def _optional(schema: Schema) -> Schema:
    """Null says the same as nothing."""
    return {"anyOf": [schema, {"type": "null"}]}


def _is(*kinds: str) -> Schema:
    return {"properties": {"kind": {"enum": list(kinds)}}}


def _when(case: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": case, "then": then} | ({} if otherwise is None else {"else": otherwise})


# --- decisions ---------------------------------------------------------------------------------------


def decisions() -> Schema:
    """Of one line of `dry-run --format jsonl`; nothing else stands in it."""
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    counted = {"type": "integer", "minimum": 1}
    properties: Schema = {
        "at": TIME,
        "rule": text,
        "course": text,
        "learner": text,
        "occurrence": counted,
        "step": counted,
        "repeat": {"type": "integer", "minimum": 0},
        "outcome": {"enum": [one.value for one in Outcome]},
        "reason": _optional(_closed(code={"enum": [one.value for one in ReasonCode]}, text=text)),
        "to": {"type": "array", "items": text},
        "from": text,
        "channel": text,
        "subject": maybe,
        "text": maybe,
        "anchor": TIME,
        "due": TIME,
        "because": {"type": "array", "items": text},
        "guards": {"type": "array", "items": _closed(text=text, value={"type": "boolean"})},
        "source": text,
        "revision": text,
    }
    whole = _closed(**properties)
    whole["properties"] |= {"notice": {"const": True}}
    return {"$schema": DRAFT, "title": "A decision", **whole}


def _closed(**properties: Schema) -> Schema:
    return {"type": "object", **_fields(*properties, **properties), "additionalProperties": False}


SCHEMAS = {"events": events, "people": people, "decisions": decisions, "settings": settings}
