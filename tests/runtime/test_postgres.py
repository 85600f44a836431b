"""A store on PostgreSQL whose server goes away and comes back, and one whose place another has taken."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from planned.runtime.deliver import LEASE
from planned.store.base import Batch, StoreError
from planned.store.opening import open_store
from tests.contract.test_store import decision, delivery, event, key_of
from tests.postgres import Server

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'planned'"


def test_lost_in_a_transaction_nothing_of_it_is_there_and_the_next_one_works(postgres: Server) -> None:
    store = open_store(postgres.address(postgres.database()))
    store.save(Batch(now=1, events=[event(1)], decisions=[decision()], deliveries={key_of(decision()): [delivery()]}))
    (claimed,) = store.claim(1, 10, LEASE, "email")
    postgres.stop(signal.SIGQUIT)
    for verb in (
        lambda: store.save(Batch(now=2, events=[event(2)])),
        store.counts,
        lambda: store.settle(claimed, "sent"),
    ):
        with pytest.raises(StoreError, match="cannot"):
            verb()
    postgres.start()
    assert set(store.known(["e1", "e2"])) == {"e1"}
    assert store.settle(claimed, "sent")
    store.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://planned:hush@/x?host=/tmp", "PGPASSWORD"),
        ("postgresql://planned@/x?password=hush&host=/tmp", "PGPASSWORD"),
        ("postgresql://planned:hush@/x?hots=/tmp", "this is no store"),
        ("postgresql://planned@127.0.0.1:1/x", "cannot reach the store postgresql://127.0.0.1/x"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_without_its_password(address: str, said: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_database_that_is_not_in_utf8_is_refused(postgres: Server) -> None:
    name = f"{postgres.database()}latin"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1'")
    with pytest.raises(StoreError, match="UTF8"):
        open_store(postgres.address(name))


def test_the_driver_is_loaded_only_where_it_is_used() -> None:
    code = "import sys, planned.cli.run, planned.store.opening; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = (
        "import sys; sys.modules['psycopg'] = None; from planned.store.opening import open_store;"
        " open_store('postgresql:///x')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'planned[postgres]'" in done.stderr
