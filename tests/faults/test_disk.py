"""A disk that is full, a disk that fails, a store that somebody else has locked: nothing counts that is not stored."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from planned.store.opening import open_store
from tests.faults.course import history, wanted, write
from tests.faults.rig import LONG, Place
from tests.postgres import NOBODY, Server

LOCKED = 20.0 if LONG else 2.0
"""Seconds."""
TROUBLE = ("turn failed", "delivery stopped")


def in_trouble(place: Place) -> int:
    """How often engines have said that something did not work."""
    return sum(len(engine.lines(what)) for engine in place.engines for what in TROUBLE)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system with so much room."""
    folder = Path(tempfile.mkdtemp(prefix="planned-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "planned", folder], check=False, capture_output=True
    )
    try:
        if mounted.returncode:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
        yield folder
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(disk: Path) -> Path:
    """Take all the room that is left; the file that has it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out:
        size = 1 << 16
        while size:
            try:
                out.write(b"x" * size)
            except OSError:
                size //= 2
    return filler


@pytest.fixture(params=["sqlite", "postgres"])
def place_on_small_disk(request: pytest.FixtureRequest) -> Iterator[tuple[Place, Path]]:
    """A place whose store is alone on a small disk."""
    with ExitStack() as stack:
        place: Place
        if request.param == "sqlite":
            disk = stack.enter_context(small_disk("48m"))  # its write-ahead log alone may take 32 MB
            place = request.getfixturevalue("sqlite_place")
            place.store = f"sqlite:///{disk}/s.db"
        else:
            server: Server = request.getfixturevalue("postgres")
            disk = stack.enter_context(small_disk("20m"))
            place, name = request.getfixturevalue("postgres_place"), f"{server.database()}small"
            (disk / "data").mkdir()
            if os.geteuid() == 0:
                os.chown(disk / "data", NOBODY, NOBODY)
            server.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}/data'")
            stack.callback(server.execute, f"DROP TABLESPACE {name}")
            server.execute(f"CREATE DATABASE {name} TABLESPACE {name}")
            stack.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
            place.store = server.address(name)
        stack.callback(place.close)
        yield place, disk


def test_on_a_full_disk_nothing_counts_that_is_not_stored(
    place_on_small_disk: tuple[Place, Path], figures: Callable[..., None]
) -> None:
    place, disk = place_on_small_disk
    begun, lines = time.monotonic(), history(30)
    write(place.events, lines)
    place.start()
    for number in range(3):
        # In the middle of a delivery; what the receiver has said then is kept until there is room.
        place.wait_for_more()
        filler, before = fill(disk), in_trouble(place)
        lines += (more := history(40, 1000 * (number + 1)))
        write(place.events, more)
        place.wait_until(lambda before=before: in_trouble(place) > before)
        assert not {one.what for one in place.received()} & wanted(more), "sent without being stored"
        filler.unlink()
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, failed=in_trouble(place), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict


def noted(place: Place) -> int:
    """How many messages the store knows to have been sent."""
    store = open_store(place.store, read_only=True)
    sent = store.counts().get("sent", 0)
    store.close()
    return sent


@pytest.fixture(scope="module")
def failing_fsync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library under which `fsync` fails on demand."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here (cc)")
    made = tmp_path_factory.mktemp("fsync") / "fsync.so"
    source = Path(__file__).with_name("fsync.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.mark.parametrize("killed", [False, True])
def test_where_sqlite_cannot_sync_nothing_counts(
    sqlite_place: Place, failing_fsync: Path, figures: Callable[..., None], killed: bool
) -> None:
    place, flag, begun = sqlite_place, sqlite_place.path / "fails", time.monotonic()
    environment = {"LD_PRELOAD": str(failing_fsync), "PLANNED_FSYNC_FAILS": str(flag)}
    lines = history(30)
    write(place.events, lines)
    engine = place.start(environment=environment)
    place.wait_until_all_came(wanted(lines))
    place.wait_until(lambda: noted(place) == len(wanted(lines)))  # else a kill may cost a copy
    flag.touch()
    lines += (more := history(20, 100))
    write(place.events, more)
    place.wait_until(lambda: in_trouble(place) > 1)
    assert not {one.what for one in place.received()} & wanted(more), "sent without being stored"
    if killed:
        engine.kill()
    flag.unlink()
    if killed:
        place.start()
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, failed=in_trouble(place), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict


def test_where_postgresql_cannot_sync_nothing_counts(
    postgres_place: Place, failing_fsync: Path, figures: Callable[..., None]
) -> None:
    """PostgreSQL itself then ends as in a crash: what it has not synced was never committed."""
    place, begun, home = postgres_place, time.monotonic(), Path(tempfile.mkdtemp(prefix="planned-pg-"))
    flag, library = home / "fails", shutil.copy(failing_fsync, home / "fsync.so")
    server = Server(home, {"LD_PRELOAD": str(library), "PLANNED_FSYNC_FAILS": str(flag)}, fsync=True)
    try:
        place.store = server.address(server.database())
        lines = history(30)
        write(place.events, lines)
        place.start()
        place.wait_until_all_came(wanted(lines))
        flag.touch()
        lines += (more := history(20, 100))
        write(place.events, more)
        place.wait_until(lambda: in_trouble(place) > 1)
        assert not {one.what for one in place.received()} & wanted(more), "sent without being stored"
        server.stop(signal.SIGQUIT)
        flag.unlink()
        server.start()
        place.wait_until_all_came(wanted(lines))
        place.stop_all()
    finally:
        place.close()
        server.stop(signal.SIGQUIT)
        shutil.rmtree(home)
    verdict = place.verdict(wanted(lines))
    figures(verdict, failed=in_trouble(place), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict


@contextmanager
def write_lock(place: Place) -> Iterator[None]:
    """Held by somebody else."""
    kind, _, rest = place.store.partition(":///")
    if kind == "sqlite":
        db = sqlite3.connect(rest, isolation_level=None, timeout=60)
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")
        db.close()
    else:
        with psycopg.connect(place.store) as held:
            held.execute("LOCK TABLE planned.events, planned.people, planned.outbox IN EXCLUSIVE MODE")
            yield
            held.rollback()


def test_locked_out_it_waits_and_loses_nothing(place: Place, figures: Callable[..., None]) -> None:
    begun, lines = time.monotonic(), history(30)
    write(place.events, lines)
    place.start()
    for number in range(2):
        place.wait_for_more()
        lines += (more := history(20, 1000 * (number + 1)))
        with write_lock(place):
            write(place.events, more)
            time.sleep(LOCKED)
            assert not {one.what for one in place.received()} & wanted(more), "sent without being stored"
    place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    figures(verdict, locked=f"2 × {LOCKED} s", failed=in_trouble(place), seconds=round(time.monotonic() - begun))
    assert verdict.whole(), verdict
