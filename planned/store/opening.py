"""From a store's address to a store: `memory:` or `sqlite:///FILE`."""

from __future__ import annotations

from planned.store.base import Store, StoreError
from planned.store.memory import MemoryStore
from planned.store.sqlite import SqliteStore


def open_store(address: str, *, read_only: bool = False) -> Store:
    """The store at `address`; `sqlite:///FILE` is relative to the working directory, `sqlite:////FILE` absolute.

    Raises `StoreError`, in words for whoever runs the engine.
    """
    scheme, colon, rest = address.partition(":")
    match scheme:
        case "memory" if colon and not rest.strip("/"):
            return MemoryStore()
        case "sqlite" if rest.startswith("///") and rest.strip("/"):
            return SqliteStore(rest[3:], read_only=read_only)
        case _:
            raise StoreError(f"{address!r} is no store: write sqlite:///FILE, or memory: to keep nothing")
