"""The fields of each kind of event (the table of section 5), one function a kind: object → checked fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from planned.engine import bad_event as reasons
from planned.engine.bad_event import RefusedError, excerpt
from planned.engine.event import Instant
from planned.zones import names

MAX_NAME = 255
"""Characters of a name or id: they are keys of indexes."""
USER_FIELDS = frozenset(
    {
        "id",
        "firstname",
        "lastname",
        "fullname",
        "email",
        "city",
        "institution",
        "department",
        "language",
        "timezone",
        "tutor",
        "manager",
    }
)
"""The fields of `user` that are text (2.4); beside them `profile`, an object of the site's own fields."""
STATES = frozenset({"complete", "passed", "failed", "incomplete"})

Json = dict[str, Any]

# --- names ------------------------------------------------------------------------------------------


def name_of(obj: Json, key: str) -> str:
    """A name that must be there: NFC, single blanks."""
    value = obj.get(key)
    if value is None:
        raise RefusedError(reasons.MISSING, key=key, kind=excerpt(str(obj.get("kind", "?"))))
    if type(value) is not str:
        raise wrong_type(key, "a text in quotation marks", "un texte entre guillemets")
    if len(value) > MAX_NAME:
        raise RefusedError(reasons.LONG_NAME, key=key, limit=MAX_NAME)
    name = clean_name(value)
    if not name:
        raise RefusedError(reasons.EMPTY, key=key)
    if not name.isprintable():
        for char in name:
            if char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff":
                raise RefusedError(reasons.BAD_CHARACTER, key=key, char=f"U+{ord(char):04X}")
    return name


def known_name(obj: Json, key: str) -> str:
    """As `name_of`, remembered: the same few names come again and again, and are kept once in memory."""
    value = obj.get(key)
    if type(value) is not str:
        return name_of(obj, key)
    if (name := KNOWN_NAMES.get(value)) is None:
        if len(KNOWN_NAMES) >= _NAMES_KEPT:
            KNOWN_NAMES.clear()
        name = KNOWN_NAMES[value] = name_of(obj, key)
    return name


_NAMES_KEPT = 1 << 16
KNOWN_NAMES: dict[str, str] = {}
"""By text as written: the name that it stands for."""


def clean_name(text: str) -> str:
    """A name as names compare: NFC, every run of blanks one space, none around it, ’ as '."""
    return " ".join(normalize("NFC", text).replace("’", "'").split())


def optional_name(obj: Json, key: str) -> str | None:
    return None if obj.get(key) is None else name_of(obj, key)


def wrong_type(key: str, wanted_en: str, wanted_fr: str) -> RefusedError:
    return RefusedError(reasons.WRONG_TYPE, key=key, wanted_en=wanted_en, wanted_fr=wanted_fr)


# --- times ------------------------------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = int((datetime(2101, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * 1_000_000
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:(?P<s>[0-9]{2})(\.[0-9]{1,30})?(?P<z>Z|[+-][0-9]{2}:[0-9]{2})?"
)


_IN_THE_HOUR = {f"{at // 60:02}:{at % 60:02}": at * 1_000_000 for at in range(3600)}


def time_of(obj: Json, key: str) -> Instant:
    text = obj.get(key)
    if type(text) is not str:
        if text is None:
            raise RefusedError(reasons.MISSING, key=key, kind=excerpt(str(obj.get("kind", "?"))))
        raise RefusedError(reasons.BAD_TIME, key=key, value=excerpt(str(text)))
    # Many events share their hour: of 2026-09-03T14:10:00+02:00 only 10:00 is to be read.
    since = _IN_THE_HOUR.get(text[14:19])
    if since is not None and len(text) <= 25:
        try:
            instant = _hour(text[:14], text[19:]) + since
        except RefusedError:
            return _instant(text, key)
        if instant < _END:
            return instant
    return _instant(text, key)


@lru_cache(maxsize=1 << 12)
def _hour(start: str, offset: str) -> Instant:
    return _instant(f"{start}00:00{offset}", "")


def _instant(text: str, key: str) -> Instant:
    upper = text.upper()
    shape = _RFC3339.fullmatch(upper)
    if shape is None or upper[11:13] == "24":
        raise RefusedError(reasons.BAD_TIME, key=key, value=excerpt(text))
    if shape["z"] is None:
        raise RefusedError(reasons.NO_OFFSET, key=key, value=excerpt(text))
    try:
        delta = datetime.fromisoformat(upper) - _EPOCH
    except (ValueError, OverflowError):
        message = reasons.LEAP_SECOND if text[16:19] == ":60" else reasons.BAD_TIME
        raise RefusedError(message, key=key, value=excerpt(text)) from None
    instant = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    if not 0 <= instant < _END:
        raise RefusedError(reasons.TIME_RANGE, key=key, value=excerpt(text))
    return instant


# --- fields by kind ---------------------------------------------------------------------------------


def _nothing(_obj: Json) -> Mapping[str, Any]:
    return _NO_FIELDS


_NO_FIELDS: Mapping[str, Any] = {}


def _enrolment(obj: Json) -> Mapping[str, Any]:
    fields: Json = {}
    if obj.get("role") is not None:
        fields["role"] = name_of(obj, "role")
    if obj.get("until") is not None:
        fields["until"] = time_of(obj, "until")
    return fields


def _activity(obj: Json) -> Mapping[str, Any]:
    return {"activity": known_name(obj, "activity")}


def _completion(obj: Json) -> Mapping[str, Any]:
    state = obj.get("state")
    if type(state) is not str:
        name_of(obj, "state")
    if state not in STATES:
        raise RefusedError(reasons.UNKNOWN_STATE, value=excerpt(str(state)))
    if obj.get("activity") is None:
        return {"state": state}
    return {"activity": known_name(obj, "activity"), "state": state}


def _grade(obj: Json) -> Mapping[str, Any]:
    fields: Json = {"activity": name_of(obj, "activity"), "grade": _number(obj, "grade")}
    if obj.get("max") is not None:
        fields["max"] = _number(obj, "max")
        if fields["max"] <= 0:
            raise wrong_type("max", "a number above 0", "un nombre supérieur à 0")
    return fields


def _number(obj: Json, key: str) -> float:
    value = obj.get(key)
    if value is None:
        raise RefusedError(reasons.MISSING, key=key, kind="grade")
    if type(value) is not int and type(value) is not float:
        raise wrong_type(key, "a number", "un nombre")
    return float(value)


def _group(obj: Json) -> Mapping[str, Any]:
    member = obj.get("member")
    if member is None:
        raise RefusedError(reasons.MISSING, key="member", kind="group")
    if type(member) is not bool:
        raise wrong_type("member", "true or false", "true ou false")
    return {"group": name_of(obj, "group"), "member": member}


def _date(obj: Json) -> Mapping[str, Any]:
    fields: Json = {"what": name_of(obj, "what")}
    activity = optional_name(obj, "activity")
    if activity is not None:
        fields["activity"] = activity
    elif fields["what"] == "deadline":
        raise RefusedError(reasons.MISSING, key="activity", kind="date")
    if "at" not in obj:
        raise RefusedError(reasons.MISSING, key="at", kind="date")
    fields["at"] = None if obj["at"] is None else time_of(obj, "at")
    return fields


def _profile(obj: Json) -> Mapping[str, Any]:
    user = obj.get("user")
    if user is None:
        raise RefusedError(reasons.MISSING, key="user", kind="profile")
    if not isinstance(user, dict):
        raise wrong_type("user", "an object", "un objet")
    kept: Json = {key: _scalar(key, value) for key, value in user.items() if key in USER_FIELDS}
    for key in ("timezone", "tutor", "manager"):
        if key in kept:
            kept[key] = clean_name(kept[key])
    if kept.get("timezone") and kept["timezone"] not in names():
        raise RefusedError(reasons.UNKNOWN_ZONE, value=excerpt(kept["timezone"]))
    own = user.get("profile")
    if own is not None:
        if not isinstance(own, dict):
            raise wrong_type("user.profile", "an object", "un objet")
        kept["profile"] = {key: _scalar(key, value) for key, value in own.items()}
    return {"user": kept}


def _scalar(key: str, value: object) -> str:
    """Text, or a number or truth value as JSON writes it; null is empty."""
    match value:
        case None:
            return ""
        case str():
            return normalize("NFC", value)
        case bool() | int() | float():
            return json.dumps(value)
        case _:
            raise wrong_type(f"user.{excerpt(key)}", "a text or a number", "un texte ou un nombre")


def other_fields(obj: Json) -> Mapping[str, Any]:
    data = obj.get("data")
    if data is None:
        return {"data": {}}
    if not isinstance(data, dict):
        raise wrong_type("data", "an object", "un objet")
    return {"data": data}


FIELDS: dict[str, Callable[[Json], Mapping[str, Any]]] = {
    "enrolment": _enrolment,
    "unenrolment": _nothing,
    "suspension": _nothing,
    "resumption": _nothing,
    "access": _nothing,
    "completion": _completion,
    "grade": _grade,
    "submission": _activity,
    "viewing": _activity,
    "group": _group,
    "date": _date,
    "profile": _profile,
}
