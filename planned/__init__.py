"""Planned messages on learning platforms: a language, a simulator and an engine.

What is offered here is loaded when it is asked for, so that the command line starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planned.api import Engine, Rules, compile_rules
    from planned.channels.base import Channel, Delivered, Message, Refused, Retry
    from planned.engine.decision import Decision, Outcome
    from planned.engine.event import Event
    from planned.runtime.settings import Settings
    from planned.sources.base import Source

_HOMES = {
    "Channel": "planned.channels.base",
    "Decision": "planned.engine.decision",
    "Delivered": "planned.channels.base",
    "Engine": "planned.api",
    "Event": "planned.engine.event",
    "Message": "planned.channels.base",
    "Outcome": "planned.engine.decision",
    "Refused": "planned.channels.base",
    "Retry": "planned.channels.base",
    "Rules": "planned.api",
    "Settings": "planned.runtime.settings",
    "Source": "planned.sources.base",
    "compile_rules": "planned.api",
}

__all__ = [
    "Channel",
    "Decision",
    "Delivered",
    "Engine",
    "Event",
    "Message",
    "Outcome",
    "Refused",
    "Retry",
    "Rules",
    "Settings",
    "Source",
    "compile_rules",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
