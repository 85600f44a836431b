"""Processes that deliver, and die or stand still amid it; a real mail server says what came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from planned.channels.base import dump_message
from planned.runtime.clock import SystemClock
from planned.store.base import Batch, key_of
from planned.store.delivery import NewDelivery
from planned.store.opening import open_store
from tests.contract.test_channels import MESSAGE
from tests.contract.test_store import decision
from tests.faults.checker import Verdict, Wanted, check
from tests.faults.courier import LEASE
from tests.faults.rig import Receiver, wait_for
from tests.postgres import Server

ROOT = Path(__file__).parents[2]


@dataclass
class Post:
    """A store with messages in it, and the server that they go to."""

    address: str
    receiver: Receiver

    def fill(self, number: int, name: Callable[[int], str] = "p{}@example.org".format) -> set[Wanted]:
        """So many messages; to whom each is to come, and under which subject."""
        store = open_store(self.address)
        made = [decision(occurrence=one) for one in range(number)]
        news = {}
        for one, of in enumerate(made):
            message = replace(MESSAGE, id=f"m{one}", to=name(one), subject=f"Number {one}")
            news[key_of(of)] = [NewDelivery("p", "email", message.id, dump_message(message), address=message.to)]
        store.save(Batch(now=SystemClock().now(), decisions=made, deliveries=news))
        store.close()
        return {(name(one), f"Number {one}") for one in range(number)}

    def courier(self, engine: str = "one", *more: str) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "tests.faults.courier", self.address, engine, str(self.receiver.port), *more]
        return subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def deliver(self, engine: str = "one", *more: str) -> list[str]:
        """A courier until its end; what it said."""
        process = self.courier(engine, *more)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == (-signal.SIGKILL if more and more[0] in ENDS else 0)
        return out.splitlines()

    def states(self) -> dict[str, int]:
        store = open_store(self.address, read_only=True)
        counts = store.counts()
        store.close()
        states = ("ready", "sending", "deferred", "sent", "failed", "dead")
        return {name: number for name, number in counts.items() if name in states}

    def verdict(self, expected: set[Wanted]) -> Verdict:
        return check(expected, self.receiver.inbox.mails())


ENDS = ("data", "accepted", "at-most-once")


@pytest.fixture(params=["sqlite", "postgres"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    address = f"sqlite:///{tmp_path / 's.db'}"
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.database())
    receiver = Receiver(tmp_path / "received.jsonl")
    yield Post(address, receiver)
    receiver.stop()


@pytest.mark.parametrize(("point", "copies"), [("data", 0), ("accepted", 1)])
def test_killed_amid_a_message_it_sends_that_one_again(
    post: Post, point: str, copies: int, figures: Callable[..., None]
) -> None:
    expected = post.fill(5)
    post.deliver("one", point)
    assert post.states()["sending"] == 5
    post.deliver()
    verdict = post.verdict(expected)
    figures(verdict)
    assert verdict.whole(copies), verdict
    assert verdict.copies == copies
    assert post.states() == {"sent": 5}


def test_killed_amid_a_message_on_terms_of_at_most_once_it_never_sends_that_one_again(
    post: Post, figures: Callable[..., None]
) -> None:
    expected = post.fill(5)
    post.deliver("one", "at-most-once")
    assert post.states() == {"sending": 1, "ready": 4}
    post.deliver("one", "at-most-once-now")
    verdict = post.verdict(expected)
    figures(verdict)
    assert (verdict.lost, verdict.copies) == (frozenset(), 0)
    assert post.states() == {"sent": 4, "failed": 1}


@pytest.mark.parametrize(("point", "copies"), [("stop-claimed", 0), ("stop-accepted", 1)])
def test_standing_still_for_twice_its_lease_it_changes_nothing_any_more(
    post: Post, point: str, copies: int, figures: Callable[..., None]
) -> None:
    """On SQLite nobody else may deliver meanwhile: what it has begun it may end, and nothing comes twice."""
    expected = post.fill(5)
    paused = post.courier("one", point)
    wait_for(lambda: os.waitid(os.P_PID, paused.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None)
    time.sleep(2 * LEASE)
    alone = post.address.startswith("sqlite")
    if not alone:
        post.deliver("two")
        assert post.states() == {"sent": 5}
    paused.send_signal(signal.SIGCONT)
    out, _ = paused.communicate(timeout=120)
    verdict = post.verdict(expected)
    figures(verdict, settled=out.split())
    assert verdict.whole(0 if alone else copies), verdict
    assert post.states() == {"sent": 5}
    if not alone:
        assert verdict.copies == copies
        assert out.splitlines() == ["settled False"] * copies


def test_one_refused_among_a_hundred_fails_alone(post: Post, figures: Callable[..., None]) -> None:
    expected = post.fill(100, lambda number: f"{'gone' if number == 42 else 'p'}{number}@example.org")
    post.deliver()
    verdict = post.verdict({one for one in expected if not one[0].startswith("gone")})
    figures(verdict)
    assert verdict.whole(), verdict
    assert post.states() == {"sent": 99, "failed": 1}


def test_two_processes_share_one_limit(postgres: Server, tmp_path: Path) -> None:
    receiver = Receiver(tmp_path / "received.jsonl")
    post = Post(postgres.address(postgres.database()), receiver)
    post.fill(30)
    couriers = [post.courier(engine, "", "7") for engine in ("one", "two")]
    for courier in couriers:
        courier.communicate(timeout=120)
    receiver.stop()
    assert len(receiver.inbox.mails()) == 7
    assert post.states() == {"sent": 7, "ready": 23}
