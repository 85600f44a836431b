"""Everything that can be said about a rule file, found by looking through the modules that say it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import planned
from planned.diagnostics import Message

SAYING = ("planned.syntax", "planned.check", "planned.runtime.files")


def messages() -> dict[str, list[Message]]:
    """By name, each once."""
    found: dict[str, list[Message]] = {}
    names = [info.name for info in walk_packages(planned.__path__, "planned.") if info.name.startswith(SAYING)]
    for module in map(import_module, sorted(names)):
        for message in messages_in(module):
            known = found.setdefault(message.name, [])
            if message not in known:
                known.append(message)
    return dict(sorted(found.items()))


def messages_in(module: ModuleType) -> Iterator[Message]:
    for value in vars(module).values():
        match value:
            case Message():
                yield value
            case list() | tuple():
                yield from (one for one in value if isinstance(one, Message))
            case dict():
                yield from (one for one in value.values() if isinstance(one, Message))
            case _:
                pass
