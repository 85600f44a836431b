"""The sandbox in which texts of messages are written: what Jinja may do here, and how much of it.

A sandbox bounds neither time nor memory, and Jinja folds constants while it compiles. So a text is read with
`Environment.parse` alone, its tree is held against a list of what is allowed (`planned.check.templates`), and only
then is it compiled. Values are mappings, lists, texts and numbers: no attribute of a Python object can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

SOURCE_LIMIT: Final = 64 * 1024
OUTPUT_LIMIT: Final = 256 * 1024
LIST_LIMIT: Final = 1_000
LOOP_DEPTH: Final = 2
BLOCK_DEPTH: Final = 16
PARENTHESES: Final = 8
EXPRESSION_TOKENS: Final = 100
TAGS_LIMIT: Final = 1_000
CONSTANT_LIMIT: Final = 1_000
NUMBER_LENGTH: Final = 12

LOOP_FIELDS: Final = frozenset({"index", "first", "last", "length"})


class Nothing:
    """A value that nobody has given: written as nothing, false in a condition, neither more nor less than anything."""

    __slots__ = ()

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or isinstance(other, Nothing)

    def __hash__(self) -> int:
        return 0

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __contains__(self, other: object) -> bool:
        return False


NOTHING: Final = Nothing()


class Open(dict[str, object]):
    """A mapping in which any name may be asked for: what is not there is `NOTHING`."""

    __slots__ = ()


class Unknown(StrictUndefined):
    """A name that the text uses and nobody knows; the error says the name alone, for us to write the sentence."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Sandbox(ImmutableSandboxedEnvironment):
    """`finalize` turns each value that a text shows into what is shown; no loader, nothing to call."""

    def __init__(self, finalize: Callable[..., str] | None = None) -> None:
        super().__init__(
            undefined=Unknown,
            loader=None,
            autoescape=False,
            finalize=finalize,
            cache_size=0,
            optimized=False,
            keep_trailing_newline=True,
        )
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        self.globals = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The entry of a mapping, or what is known of a loop; never an attribute of an object."""
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            return NOTHING if isinstance(obj, Open) else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            return obj
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry by its name, or of a list by its place, from 0."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, (list, tuple)) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else NOTHING
        return self.undefined(obj=obj, name=str(argument))


# --- filters: each bounded by what it is given ---------------------------------------------------------


def _text(value: object) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError("a single value is needed")
    return str(value)


def _items(value: object) -> list[object]:
    if isinstance(value, Nothing):
        return []
    if not isinstance(value, (list, tuple)):
        raise TypeError("a list is needed")
    return list(value[:LIST_LIMIT])


def _default(value: object, other: object = "") -> object:
    return other if isinstance(value, Nothing) or value is None or value == "" else value


def _join(value: object, separator: str = ", ") -> str:
    result = separator.join(_text(item) for item in _items(value))
    if len(result) > OUTPUT_LIMIT:
        raise OverflowError("too long")
    return result


def _truncate(value: object, length: int = 100) -> str:
    text = _text(value)
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def _capitalize(value: object) -> str:
    text = _text(value)
    return text[:1].upper() + text[1:]


def _round(value: float | Decimal | Nothing, digits: int = 0) -> float | int | Nothing:
    if isinstance(value, Nothing):
        return value
    if not 0 <= digits <= 6:
        raise ValueError("from 0 to 6 digits")
    rounded = round(float(value), digits)
    return rounded if digits else int(rounded)


def _unique(value: object) -> list[object]:
    return list(dict.fromkeys(_text(item) for item in _items(value)))


def _sort(value: object) -> list[object]:
    return sorted(_items(value), key=lambda item: _text(item).casefold())


def _first(value: object) -> object:
    return next(iter(_items(value)), NOTHING)


def _last(value: object) -> object:
    return next(reversed(_items(value)), NOTHING)


def _length(value: object) -> int:
    return len(value) if isinstance(value, (str, list, tuple, Nothing)) else len(_text(value))


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "capitalize": _capitalize,
    "count": _length,
    "default": _default,
    "first": _first,
    "join": _join,
    "last": _last,
    "length": _length,
    "lower": lambda value: _text(value).lower(),
    "round": _round,
    "sort": _sort,
    "title": lambda value: _text(value).title(),
    "trim": lambda value: _text(value).strip(),
    "truncate": _truncate,
    "unique": _unique,
    "upper": lambda value: _text(value).upper(),
}

TESTS: Final[Mapping[str, Callable[..., bool]]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "empty": lambda value: not value and value != 0,
    "even": lambda value: value % 2 == 0,
    "none": lambda value: value is None or isinstance(value, Nothing),
    "odd": lambda value: value % 2 == 1,
}


def capped(chunks: Iterable[str]) -> str:
    """The text in one piece. Raises OverflowError beyond `OUTPUT_LIMIT` characters."""
    parts: list[str] = []
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > OUTPUT_LIMIT:
            raise OverflowError("too long")
        parts.append(chunk)
    return "".join(parts)
