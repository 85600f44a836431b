"""PHP's `serialize` format, scalars and arrays only: what old Moodle logs keep in `other`."""

from __future__ import annotations

from typing import Any


def unserialize(data: bytes) -> Any:
    """The value written; arrays become dicts. Raises ValueError for anything else, objects above all."""
    try:
        value, end = _value(data, 0, 0)
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("not a serialised value") from error
    if end != len(data):
        raise ValueError("not a serialised value")
    return value


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > 16:
        raise ValueError("nested too deep")
    kind = data[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind in (b"i:", b"b:", b"d:"):
        end = data.index(b";", at)
        text = data[at + 2 : end].decode("ascii")
        number: Any = float(text) if kind == b"d:" else int(text)
        return bool(number) if kind == b"b:" else number, end + 1
    if kind not in (b"s:", b"a:"):
        raise ValueError("not a scalar or an array")
    colon = data.index(b":", at + 2)
    size, at = int(data[at + 2 : colon]), colon + 2
    if size < 0:
        raise ValueError("a negative length")
    if kind == b"s:":
        if data[at - 1 : at] != b'"' or data[at + size : at + size + 2] != b'";':
            raise ValueError("a text of another length")
        return data[at : at + size].decode("utf-8"), at + size + 2
    array: dict[Any, Any] = {}
    for _ in range(size):
        key, at = _value(data, at, depth + 1)
        if not isinstance(key, int | str):
            raise ValueError("an array's key is a number or a text")
        array[key], at = _value(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise ValueError("an array without an end")
    return array, at + 1
