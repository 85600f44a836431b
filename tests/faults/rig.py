"""A place where engines run as real processes, and are killed: a folder, a store, a real mail server.

The fixtures are `sqlite_place`, `postgres_place`, and `place`, which is one after the other.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Inbox, Mail, Verdict, Wanted, check
from tests.faults.course import RULES
from tests.postgres import Server

ROOT = Path(__file__).parents[2]
RECEIVER = Path(__file__).parents[1] / "contract" / "receiver.py"
LONG = os.environ.get("PLANNED_LONG") == "1"
WORKERS = {"sqlite": 1, "postgresql": 4}
"""How many engines may serve one store at a time."""
PATIENCE = 60.0
"""Seconds after which something that should have happened is taken never to happen, on a loaded machine."""


def wait_for(done: Callable[[], bool], seconds: float = PATIENCE, what: Callable[[], object] = str) -> float:
    """Until it is so; how many seconds that took. Fails with `what` if it is not so in time."""
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s: {what()}"
        time.sleep(0.02)
    return time.monotonic() - begun


class Receiver:
    """The mail server as a process; it can go away and come back to the same port."""

    def __init__(self, path: Path, within: Sequence[str] = ()) -> None:
        self.inbox = Inbox(path)
        self.port = 0
        self._within = list(within)
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        program = [*self._within, sys.executable, str(RECEIVER), str(self.inbox.path), str(self.port)]
        self._process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Engine:
    """One `planned run`. Its log goes to a file: a pipe that nobody reads would hold it up."""

    def __init__(self, program: Sequence[str], folder: Path, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(program, cwd=folder, stdout=out, stderr=out, env=os.environ | environment)

    @property
    def code(self) -> int | None:
        """How it has ended; None while it runs."""
        return self.process.poll()

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def lines(self, what: str | None = None) -> list[dict[str, Any]]:
        """The lines of its log, or those that say this; an error in words is none of them."""
        lines = [json.loads(line) for line in self.log().splitlines(keepends=True) if line[:1] + line[-2:] == "{}\n"]
        return [line for line in lines if what is None or line["what"] == what]

    def begun(self) -> Engine:
        """Once it has opened its store and is at work, or has ended before that."""
        wait_for(lambda: bool(self.lines("started")) or self.code is not None, what=self.log)
        return self

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self.process.kill()
        self.process.wait()

    def finish(self, seconds: float = PATIENCE) -> str:
        """Wait for its end; its log."""
        self.process.wait(seconds)
        return self.log()

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = PATIENCE) -> str:
        """Tell it to stop and wait for that; its log."""
        self.send(number)
        return self.finish(seconds)


class Place:
    """A folder with rules and events, a store, and a mail server. Whoever still runs at its end is killed.

    `within`: what to put before a command so that it runs elsewhere, in a network namespace.
    """

    def __init__(self, path: Path, store: str, receiver: Receiver, within: Sequence[str] = ()) -> None:
        self.path = path
        self._within = list(within)
        self.store = store
        self.workers = WORKERS[store.partition(":")[0]]
        self.receiver = receiver
        self.port = receiver.port
        self.rules = "a.rules"
        self.engines: list[Engine] = []
        (path / "a.rules").write_text(RULES)
        # Soon after an event and not ten seconds later.
        (path / "planned.toml").write_text("poll_seconds = 0.2\n")

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    def start(self, *more: str, environment: Mapping[str, str] | None = None, later: int = 0) -> Engine:
        """One more engine on this place's store; as if it ran so many seconds later."""
        module = ["tests.faults.later", str(later)] if later else ["planned.cli.main"]
        program = [*self._within, sys.executable, "-m", *module, "run", self.rules, "--store", self.store]
        program += ["--source", "jsonl:events.jsonl", "--channel", f"smtp://127.0.0.1:{self.port}"]
        program += ["--from", "noreply@univ.example", "--since", "2020-01-01T00:00:00Z", *more]
        log = self.path / f"engine{len(self.engines)}.log"
        path = {"PYTHONPATH": str(ROOT)} if later else {}
        self.engines.append(Engine(program, self.path, log, path | dict(environment or {})))
        return self.engines[-1]

    def start_all(self, number: int, *more: str) -> list[Engine]:
        """So many engines in the same moment."""
        return [self.start(*more) for _ in range(number)]

    def run_once(self, *more: str, seconds: float = PATIENCE, later: int = 0) -> str:
        """Take in all there is, do what is due, and end well; the log."""
        engine = self.start("--once", *more, later=later)
        log = engine.finish(seconds)
        assert engine.code == 0, log
        return log

    def alive(self) -> list[Engine]:
        return [engine for engine in self.engines if engine.code is None]

    def stop_all(self) -> None:
        """Tell all engines to stop; they end well."""
        alive = self.alive()
        for engine in alive:
            engine.begun().send(signal.SIGTERM)
        for engine in alive:
            log = engine.finish()
            assert engine.code == 0, log

    def logs(self) -> str:
        """What the engines of this place have said, for when something is wrong."""
        return "\n".join(f"{n}: {engine.log()[-3000:]}" for n, engine in enumerate(self.engines[-4:]))

    def received(self) -> list[Mail]:
        return self.receiver.inbox.mails()

    def verdict(self, expected: Iterable[Wanted]) -> Verdict:
        return check(set(expected), self.received())

    def wait_for_more(self) -> None:
        """Until one more message has come."""
        before = len(self.received())
        self.wait_until(lambda: len(self.received()) > before)

    def wait_until_all_came(self, expected: Iterable[Wanted], seconds: float = PATIENCE) -> float:
        """Until nothing is missing; the seconds that took."""
        wanted = set(expected)
        return self.wait_until(lambda: not wanted - {one.what for one in self.received()}, seconds)

    def wait_until(self, done: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Until it is so; there is nothing to wait for where no engine runs any more."""
        return wait_for(lambda: done() or self._idle(), seconds, self.logs)

    def _idle(self) -> bool:
        assert self.alive(), self.logs()
        return False

    def close(self) -> None:
        for engine in self.alive():
            engine.kill()


def _opened(path: Path, store: str) -> Iterator[Place]:
    with ExitStack() as stack:
        receiver = Receiver(path / "received.jsonl")
        stack.callback(receiver.stop)
        made = Place(path, store, receiver)
        stack.callback(made.close)
        yield made


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Iterator[Place]:
    yield from _opened(tmp_path, f"sqlite:///{tmp_path / 's.db'}")


@pytest.fixture
def postgres_place(tmp_path: Path, postgres: Server) -> Iterator[Place]:
    yield from _opened(tmp_path, postgres.address(postgres.database()))


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """A place on each of the durable stores."""
    made: Place = request.getfixturevalue(f"{request.param}_place")
    return made


@pytest.fixture
def figures(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keeps the figures of a run with the test's result, and shows them with `pytest -s`."""

    def keep(verdict: object, **more: object) -> None:
        line = ", ".join([str(verdict), *(f"{name} {value}" for name, value in more.items())])
        record_property("figures", line)
        print(f"\n{request.node.name}: {line}")  # noqa: T201 – the figures of an acceptance run

    return keep
