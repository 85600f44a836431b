"""Receivers that are away, hang or refuse: the others go on, and nobody is asked more often than is fit."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planned.channels.base import dump_message
from planned.channels.smtp import Server as Mta
from planned.channels.smtp import SmtpChannel
from planned.runtime.clock import SECOND, VirtualClock
from planned.runtime.deliver import PATIENCE, Deliverer
from planned.runtime.log import Log
from planned.store.base import Batch, Store, key_of
from planned.store.delivery import NewDelivery
from planned.store.opening import open_store
from tests.contract.odd_server import HANG, odd_server
from tests.contract.test_channels import MESSAGE
from tests.contract.test_store import decision
from tests.faults.checker import check
from tests.faults.course import history, wanted, write
from tests.faults.rig import Place, Receiver, wait_for
from tests.postgres import Server

HOUR = 3600 * SECOND


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    address = f"sqlite:///{tmp_path / 's.db'}"
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.database())
    made = open_store(address)
    yield made
    made.close()


def fill(store: Store, clock: VirtualClock, *to: str, channel: str = "email") -> None:
    first = store.counts()["decisions"]
    made = [decision(occurrence=first + number) for number in range(len(to))]
    news = {}
    for number, (of, address) in enumerate(zip(made, to, strict=True), first):
        message = replace(MESSAGE, id=f"m{number}", to=address, subject=f"Number {number}")
        news[key_of(of)] = [NewDelivery("p", channel, message.id, dump_message(message), address=address)]
    store.save(Batch(now=clock.now(), decisions=made, deliveries=news))


def channel(port: int, seconds: float = 30.0) -> SmtpChannel:
    timeouts = {"connect_timeout": seconds, "answer_timeout": seconds, "final_timeout": seconds}
    return SmtpChannel(Mta(host="127.0.0.1", port=port, tls="none", **timeouts))  # type: ignore[arg-type]  # numbers


def test_a_domain_away_for_six_hours_holds_up_nobody_and_is_asked_a_few_times(store: Store, tmp_path: Path) -> None:
    clock = VirtualClock(1_000_000 * SECOND)
    receiver = Receiver(tmp_path / "received.jsonl")
    away = Path(f"{receiver.inbox.path}.away")
    away.touch()
    to = [*(f"a{n}@away.example" for n in range(40)), *(f"b{n}@x.example" for n in range(5))]
    fill(store, clock, *to)
    deliverer = Deliverer(store, {"email": channel(receiver.port)}, clock, Log())
    assert deliverer.deliver_due("email") == PATIENCE + 5
    assert {one.to for one in receiver.inbox.mails()} == set(to[40:])
    back, tried = clock.now() + 6 * HOUR, 0
    while (due := store.next_attempt()) is not None:
        clock.move(due)
        if clock.now() >= back:
            away.unlink(missing_ok=True)
        tries = deliverer.deliver_due("email")
        tried += tries if clock.now() < back else 0
    assert 5 < tried < 25
    receiver.stop()
    verdict = check({(address, f"Number {number}") for number, address in enumerate(to)}, receiver.inbox.mails())
    assert verdict.whole(), verdict
    assert clock.now() < back + 5 * HOUR
    assert store.holds() == []


@pytest.mark.parametrize("verb", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_server_that_hangs_costs_a_few_attempts_and_holds_up_no_other_channel(
    store: Store, tmp_path: Path, verb: str
) -> None:
    clock = VirtualClock(1_000_000 * SECOND)
    receiver = Receiver(tmp_path / "received.jsonl")
    fill(store, clock, *(f"b{n}@x.example" for n in range(30)))
    fill(store, clock, *(f"a{n}@x.example" for n in range(30)), channel="odd")
    with odd_server({verb: HANG}) as box:
        channels = {"email": channel(receiver.port), "odd": channel(box.port, 0.3)}
        deliverer = Deliverer(store, channels, clock, Log())
        hung: list[int] = []
        thread = threading.Thread(target=lambda: hung.append(deliverer.deliver_due("odd")))
        thread.start()
        assert deliverer.deliver_due("email") == 30
        thread.join(60)
    receiver.stop()
    assert hung == [PATIENCE]
    assert len(receiver.inbox.mails()) == 30
    states = Counter((one.channel, one.state, one.attempts) for one in store.deliveries())
    assert states["email", "sent", 1] == 30
    assert states["odd", "deferred", 1] == PATIENCE
    assert sum(number for (name, _, attempts), number in states.items() if (name, attempts) == ("odd", 0)) == 27
    (hold,) = store.holds()
    assert hold.channel == "odd"


def test_told_to_stop_with_fifty_in_flight_it_ends_soon_and_each_comes_once(place: Place) -> None:
    lines = history(40)
    write(place.events, lines)
    slow = Path(f"{place.receiver.inbox.path}.slow")
    slow.touch()
    engine = place.start()
    wait_for(lambda: len(place.received()) >= 5, what=place.logs)
    assert len(place.received()) < len(wanted(lines)) - 10
    engine.end(seconds=30)
    assert engine.code == 0
    slow.unlink()
    place.run_once()
    verdict = place.verdict(wanted(lines))
    assert verdict.whole(), verdict
