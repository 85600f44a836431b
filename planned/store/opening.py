"""From a store's address to a store: `memory:`, `sqlite:///FILE` or `postgresql://…`."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from planned.store.base import Store, StoreError
from planned.store.memory import MemoryStore
from planned.store.sqlite import SqliteStore


def open_store(address: str, *, read_only: bool = False, beside: bool = False, engine: str | None = None) -> Store:
    """The store at `address`; `sqlite:///FILE` is relative to the working directory, `sqlite:////FILE` absolute.

    `read_only`: to look, `beside`: to halt engines or have them go on; both while engines are at work. `engine` is what
    this engine is called among those that share a store; by default after the machine. Raises
    `StoreError`, in words for whoever runs the engine.
    """
    scheme, colon, rest = address.partition(":")
    match scheme:
        case "memory" if colon and not rest.strip("/"):
            return MemoryStore()
        case "sqlite" if rest.startswith("///") and rest.strip("/"):
            return SqliteStore(rest[3:], read_only=read_only, beside=beside)
        case "postgresql" | "postgres" if rest.startswith("//"):
            return _postgres(address, read_only=read_only, beside=beside, engine=engine)
        case _:
            shown = re.sub(r"//[^/]*@", "//", address)  # never a password
            raise StoreError(
                f"{shown!r} is no store: write sqlite:///FILE, or postgresql://USER@HOST/DATABASE,"
                " or memory: to keep nothing"
            )


def _postgres(address: str, **how: Any) -> Store:
    """Its driver is loaded, and has to be there, only where it is used."""
    try:
        module = import_module("planned.store.postgres")
    except ImportError as error:
        raise StoreError("a PostgreSQL store needs a driver: pip install 'planned[postgres]'") from error
    store: Store = module.PostgresStore(address, **how)
    return store
