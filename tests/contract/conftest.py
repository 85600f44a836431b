"""The stores that the contract tests run over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planned.store.base import Store
from planned.store.memory import MemoryStore
from planned.store.opening import open_store
from tests.postgres import Server


class Durable:
    """A store that outlives its process, and a way in beside it."""

    def __init__(self, address: str, execute: Callable[[str], object]) -> None:
        self.address = address
        self.execute = execute

    def open(self, *, read_only: bool = False, beside: bool = False) -> Store:
        return open_store(self.address, read_only=read_only, beside=beside)


def sqlite_at(path: Path) -> Durable:
    def execute(sql: str) -> None:
        db = sqlite3.connect(path, isolation_level=None)
        db.executescript(sql)
        db.close()

    return Durable(f"sqlite:///{path}", execute)


def postgres_at(server: Server) -> Durable:
    name = server.database()
    return Durable(server.address(name), lambda sql: server.execute(f"SET search_path = planned; {sql}", name))


@pytest.fixture(params=["sqlite", "postgres"])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Durable:
    if request.param == "sqlite":
        return sqlite_at(tmp_path / "s.db")
    return postgres_at(request.getfixturevalue("postgres"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    match request.param:
        case "memory":
            made: Store = MemoryStore()
        case "sqlite":
            made = sqlite_at(tmp_path / "s.db").open()
        case _:
            made = postgres_at(request.getfixturevalue("postgres")).open()
    yield made
    made.close()
