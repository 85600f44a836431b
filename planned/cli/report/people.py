"""What people are called on a page: by their names, where the events or the people file give them."""

from __future__ import annotations

from collections.abc import Callable

from planned.cli.terminal import plain
from planned.engine.content import user_fields
from planned.engine.state import State


def names(state: State) -> Callable[[str], str]:
    """From an id to the full name, failing one the id; looked up when asked, so that later profiles count."""

    def name_of(id: str) -> str:
        person = state.people.get(id)
        full = str(user_fields(person)["fullname"]).strip() if person else ""
        return plain(full or id)

    return name_of
