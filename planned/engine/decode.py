"""One line of JSON → one checked event, or why it cannot count. Pure.

Section 5 of the language. It stands in the path of a million events: a plain one costs about as much as a bare
`json.loads`. What is rare (repeated keys, nested objects, escapes) is looked at only when the line smells of it.
"""

from __future__ import annotations

import json
import math
import re
from hashlib import blake2b, sha256
from typing import Any, NoReturn

from pydantic_core import from_json

from planned.engine import bad_event as reasons
from planned.engine.bad_event import BadEvent, RefusedError, excerpt, kept
from planned.engine.event import Event
from planned.engine.event_fields import (
    FIELDS,
    KNOWN_NAMES,
    MAX_NAME,
    Json,
    known_name,
    name_of,
    other_fields,
    time_of,
    wrong_type,
)

MAX_LINE = 1 << 20
"""Bytes of one line."""
MAX_DEPTH = 32
MAX_VALUES = 10_000


def decode(line: bytes | str, where: str) -> Event | BadEvent:
    """One line, plain event or CloudEvent, as an event; or the reason why it is none.

    `where` is the line's place (`events.jsonl:12`); it is part of the id of an event that has none. Never raises.
    """
    try:
        obj = (_plain(line) if type(line) is bytes else None) or _parse(line)
        return _event(obj, where) if "specversion" not in obj else _cloud_event(obj, where)
    except RefusedError as refused:
        return BadEvent(refused.message, where, excerpt(line), refused.values, kept(line))


def decode_object(obj: object, where: str) -> Event | BadEvent:
    """As `decode`, for JSON that is parsed already (repeated keys are gone then)."""
    try:
        if not isinstance(obj, dict):
            raise RefusedError(reasons.NOT_JSON, column=1)
        _inspect(obj)
        return _event(obj, where) if "specversion" not in obj else _cloud_event(obj, where)
    except RefusedError as refused:
        raw = excerpt(repr(obj) if isinstance(obj, dict) else type(obj).__name__)
        return BadEvent(refused.message, where, raw, refused.values)


def body_hash(event: Event) -> str:
    """24 hexadecimal digits over all of an event but its id, whatever the order of its keys.

    Two events with one id are the same if these are; otherwise the later one belongs in quarantine.
    """
    body = _encode_sorted([event.time, event.kind, event.course, event.learner, dict(event.fields)])
    return blake2b(body.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


_encode_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


# --- text → object ----------------------------------------------------------------------------------


def _no_constant(name: str) -> NoReturn:
    raise RefusedError(reasons.BAD_NUMBER, value=name)


def _integer(digits: str) -> int:
    if len(digits) > 18 and (len(digits) > 20 or not -(2**63) <= int(digits) < 2**63):
        raise RefusedError(reasons.BAD_NUMBER, value=digits[:40])
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise RefusedError(reasons.BAD_NUMBER, value=digits[:40])
    return number


def _pairs(pairs: list[tuple[str, Any]]) -> Json:
    obj = dict(pairs)
    if len(obj) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RefusedError(reasons.DUPLICATE_KEY, key=excerpt(key))
            seen.add(key)
    return obj


_STRICT_DECODER: Any = json.JSONDecoder(
    parse_constant=_no_constant, parse_int=_integer, parse_float=_float, object_pairs_hook=_pairs
)


def _parse(line: bytes | str) -> Json:
    if len(line) > MAX_LINE:
        raise RefusedError(reasons.TOO_LONG, limit=MAX_LINE)
    if isinstance(line, bytes):
        try:
            line = str(line, "utf-8")
        except UnicodeDecodeError:
            raise RefusedError(reasons.NOT_UTF8) from None
    obj = _scan(line.strip(" \t\r\n\ufeff"))
    _inspect(obj)
    return obj


_BACKSLASH = ord("\\")


def _plain(line: bytes) -> Json | None:
    """The object of a flat line without escapes, repeated keys and odd numbers; None for all that needs a closer look.

    Its parser is as strict as JSON, but knows neither our limits nor our reasons.
    """
    if len(line) > MAX_LINE:
        return None
    try:
        obj = from_json(line, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return None
    if type(obj) is not dict or len(obj) > 100 or _BACKSLASH in line:
        return None
    kinds = [*map(type, obj.values())]
    strings = kinds.count(str)
    # Each key and each string has two quotation marks. More of them: a repeated key, or something nested.
    if line.count(b'"') != 2 * (len(kinds) + strings):
        return None
    if strings != len(kinds) and not all(map(_is_plain, obj.values())):
        return None
    return obj


def _is_plain(value: object) -> bool:
    if type(value) is int or type(value) is float:
        return -(2**53) < value < 2**53
    return value is None or type(value) is str or type(value) is bool


def _scan(text: str) -> Json:
    try:
        obj, end = _STRICT_DECODER.scan_once(text, 0)
    except json.JSONDecodeError as error:
        raise RefusedError(reasons.NOT_JSON, column=error.pos + 1) from None
    except StopIteration as stop:
        raise RefusedError(reasons.NOT_JSON, column=int(stop.value or 0) + 1) from None
    except RecursionError:
        raise RefusedError(reasons.TOO_DEEP, limit=MAX_DEPTH) from None
    if type(obj) is not dict or end != len(text):
        raise RefusedError(reasons.NOT_JSON, column=1 if type(obj) is not dict else end + 1)
    return obj


def _inspect(obj: Json) -> None:
    """Depth, size, characters and numbers of everything in the object, without recursion."""
    todo: list[tuple[str, Any, int]] = [("", obj, 1)]
    count = 0
    while todo:
        key, value, depth = todo.pop()
        count += 1
        if count > MAX_VALUES:
            raise RefusedError(reasons.TOO_MANY, limit=MAX_VALUES)
        if isinstance(value, str):
            _check_text(key, value)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise RefusedError(reasons.TOO_DEEP, limit=MAX_DEPTH)
            if len(value) > MAX_VALUES:
                raise RefusedError(reasons.TOO_MANY, limit=MAX_VALUES)
            if isinstance(value, dict):
                for name, item in value.items():
                    if not isinstance(name, str):
                        raise wrong_type(key or "event", "an object", "un objet")
                    _check_text(name, name)
                    todo.append((name, item, depth + 1))
            else:
                todo.extend((key, item, depth + 1) for item in value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise RefusedError(reasons.BAD_NUMBER, value=value)
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise RefusedError(reasons.BAD_NUMBER, value=f"{value.bit_length()} bits")


_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def _check_text(key: str, text: str) -> None:
    found = _UNKEEPABLE.search(text)
    if found:
        raise RefusedError(reasons.BAD_CHARACTER, key=excerpt(key), char=f"U+{ord(found[0]):04X}")


def keepable(event: Event) -> bool:
    """Whether a store can keep its texts. `decode` lets no other through; a program may have made others."""
    try:
        for value in (event.id, event.kind, event.learner, event.course, *event.fields.values()):
            if isinstance(value, str):
                if not value.isascii() or "\0" in value:
                    _check_text("", value)
            elif isinstance(value, dict | list):
                _inspect({"": value})
    except RefusedError:
        return False
    return True


# --- object → event ---------------------------------------------------------------------------------


def _event(obj: Json, where: str) -> Event:
    kind = obj.get("kind")
    if type(kind) is not str:
        kind = name_of(obj, "kind")
    fields_of = FIELDS.get(kind)
    if fields_of is None:
        kind = name_of(obj, "kind")
        fields_of = FIELDS.get(kind, other_fields)
    id_ = obj.get("id")
    if type(id_) is not str or len(id_) > MAX_NAME or not id_.isascii() or not id_.isprintable() or id_ < "!":
        id_ = _id(obj, where)
    course = obj.get("course")
    if type(course) is not str or (course := KNOWN_NAMES.get(course)) is None:
        course = _name(obj, "course", needed=kind != "profile")
    learner = obj.get("learner")
    if type(learner) is not str or (learner := KNOWN_NAMES.get(learner)) is None:
        learner = _name(obj, "learner", needed=kind != "date")
    return Event(id_, time_of(obj, "time"), kind, course, learner, fields_of(obj))


def _name(obj: Json, key: str, *, needed: bool) -> str | None:
    return known_name(obj, key) if needed or obj.get(key) is not None else None


def _cloud_event(envelope: Json, where: str) -> Event:
    """The fields stand in `data`; id, time, type, subject (learner) and source (course) serve where it lacks them.

    An envelope's id is unique within its source alone (CloudEvents 1.0, `source`): the two together are the event's.
    A type such as `org.example.completion` is the kind `completion`. For a kind that is not in the table, and without
    a `data` inside `data`, the rest of `data` is what the event carries.
    """
    data = envelope.get("data", {})
    if not isinstance(data, dict):
        raise wrong_type("data", "an object", "un objet")
    obj = dict(data)
    type_ = envelope.get("type")
    if isinstance(type_, str) and type_.rpartition(".")[2] in FIELDS:
        type_ = type_.rpartition(".")[2]
    own = {"id": _id_of_envelope(envelope), "time": envelope.get("time"), "kind": type_}
    own |= {"learner": envelope.get("subject"), "course": envelope.get("source")}
    if obj.get("kind", type_) == "profile":
        del own["course"]
    for key, value in own.items():
        if value is not None and obj.get(key) is None:
            obj[key] = value
    kind = obj.get("kind")
    if isinstance(kind, str) and kind not in FIELDS and "data" not in obj:
        obj["data"] = {key: value for key, value in data.items() if key not in own and key != "course"}
    return _event(obj, where)


def _id_of_envelope(envelope: Json) -> object:
    """Source and id with a blank between them, which no source has; a digest of the two where that would not do."""
    source, id_ = envelope.get("source"), envelope.get("id")
    if not isinstance(source, str) or not isinstance(id_, str) or not source or not id_.strip():
        return id_
    both = f"{source} {id_}"
    if len(both) <= MAX_NAME and not any(char.isspace() for char in source):
        return both
    return "sha256:" + sha256(_encode_sorted([source, id_]).encode()).hexdigest()[:32]


def _id(obj: Json, where: str) -> str:
    value = obj.get("id")
    if value is None:
        canonical = _encode_sorted(obj)
        return "sha256:" + sha256(f"{canonical}\n{where}".encode()).hexdigest()[:32]
    if type(value) is not str:
        raise wrong_type("id", "a text in quotation marks", "un texte entre guillemets")
    if not value.strip():
        raise RefusedError(reasons.EMPTY, key="id")
    if len(value) > MAX_NAME:
        raise RefusedError(reasons.LONG_NAME, key="id", limit=MAX_NAME)
    for char in value:
        if char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff":
            raise RefusedError(reasons.BAD_CHARACTER, key="id", char=f"U+{ord(char):04X}")
    return value
