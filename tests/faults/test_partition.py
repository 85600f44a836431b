"""Engines on two machines, cut off from their PostgreSQL for a while: network namespaces with a cable each."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.faults.course import history, wanted, write
from tests.faults.rig import LONG, Place, Receiver, wait_for
from tests.postgres import Server

CUTS = (5.0, 20.0, 40.0, 60.0, 10.0, 30.0) if LONG else (6.0, 3.0)
"""Seconds."""
NETS = ("10.213.1", "10.213.2")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Machine:
    """A network namespace of its own with an engine in it, and a cable to the database that can be cut."""

    def __init__(self, number: int, net: str, stack: ExitStack) -> None:
        self.name = f"planned{os.getpid()}n{number}"
        self.cable = f"pl{os.getpid() % 100000}n{number}"
        ip("netns", "add", self.name)
        stack.callback(ip, "netns", "delete", self.name)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", f"{self.cable}b", "netns", self.name)
        ip("addr", "add", f"{net}.1/24", "dev", self.cable)
        ip("link", "set", self.cable, "up")
        for words in (("addr", "add", f"{net}.2/24", "dev", f"{self.cable}b"), ("link", "set", "lo", "up")):
            ip("-n", self.name, *words)
        ip("-n", self.name, "link", "set", f"{self.cable}b", "up")

    @property
    def within(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        ip("link", "set", self.cable, "up")


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root and the command ip (package iproute2)")
    with ExitStack() as stack:
        try:
            made = [Machine(number, net, stack) for number, net in enumerate(NETS)]
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr!r}")
        yield made


@pytest.fixture
def server(machines: list[Machine]) -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="planned-pg-"))
    made = Server(home, listen=",".join(f"{net}.1" for net in NETS))
    yield made
    made.stop(signal.SIGQUIT)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def places(tmp_path: Path, machines: list[Machine], server: Server) -> Iterator[list[Place]]:
    """One engine's place on each machine, with the same events, rules and database, and a mail server beside each."""
    name = server.database()
    with ExitStack() as stack:
        made = []
        for machine, net in zip(machines, NETS, strict=True):
            (folder := tmp_path / net).mkdir()
            receiver = Receiver(tmp_path / "received.jsonl", machine.within)
            stack.callback(receiver.stop)
            made.append(Place(folder, f"postgresql://planned@{net}.1/{name}", receiver, machine.within))
            stack.callback(made[-1].close)
            (folder / "events.jsonl").symlink_to(tmp_path / "events.jsonl")
            (folder / "planned.toml").write_text("poll_seconds = 0.2\nlost_after_seconds = 5\n")
        (tmp_path / "events.jsonl").touch()
        yield made


def test_cut_off_from_the_database_an_engine_loses_nothing_and_decides_nothing_twice(
    places: list[Place], machines: list[Machine], figures: Callable[..., None]
) -> None:
    random, first, lines, begun, back = Random(3), places[0], history(10), time.monotonic(), []
    write(first.events, lines)
    for place in places:
        place.start().begun()
    first.wait_until_all_came(wanted(lines))
    for number, seconds in enumerate(CUTS):
        before, more = len(first.received()), history(20, 100 * (number + 1))
        lines += more
        write(first.events, more)
        if number % 2:  # amid decisions or deliveries; else while it reads, or has nothing to do
            wait_for(lambda before=before: len(first.received()) > before, what=first.logs)
        time.sleep(random.uniform(0, 0.2))
        machines[number % 2].cut()
        time.sleep(seconds)
        machines[number % 2].mend()
        back.append(first.wait_until_all_came(wanted(lines), 150))
    for place in places:
        place.stop_all()
    # Once the cable is back an engine goes on over the connection by which it sent what it could not note.
    verdict = replace(first.verdict(wanted(lines)), needless=frozenset())
    figures(verdict, cuts=len(CUTS), slowest_back=round(max(back)), seconds=round(time.monotonic() - begun))
    assert verdict.whole(copies=len(CUTS)), verdict
