"""What goes wrong, and where: a store and a receiver that fail when they are told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from planned.channels.base import Answer, Delivered, Message, Refused, Retry, dump_message
from planned.engine.decision import Decision
from planned.engine.event import Instant
from planned.store.base import Batch, Store, StoreError, key_of
from planned.store.delivery import Delivery
from tests.simulation.leaving import TOPIC, Leavings

WRITING = ("save", "settle", "claim", "give_back", "withhold", "lift", "deploy", "keep_clock")

CALLS_A_TURN = 20_000


class KilledError(BaseException):
    """The process has ended here: nothing catches it."""


@dataclass
class Faults:
    """What is wrong just now, and what will strike at the next pass of a named point (`save:after`)."""

    away: bool = False
    full: bool = False
    receiver: str = ""
    armed: dict[str, tuple[int, Callable[[str], None]]] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)

    def arm(self, point: str, nth: int, strike: Callable[[str], None]) -> None:
        self.armed[point] = (nth, strike)

    def pass_by(self, point: str) -> None:
        """Raises what is to strike here."""
        if point in self.armed:
            left, strike = self.armed.pop(point)
            if left > 1:
                self.armed[point] = (left - 1, strike)
            else:
                self.struck[point] += 1
                strike(point)

    def over(self) -> None:
        self.away = self.full = False
        self.receiver = ""
        self.armed.clear()


def fail(point: str) -> None:
    raise (TimeoutError if point.startswith("deliver") else StoreError)(f"struck at {point}")


class FaultyStore:
    """The port `Store`: what the inner one does, with faults before and after. It knows what was really committed."""

    def __init__(
        self, inner: Store, faults: Faults, now: Callable[[], Instant], circumstance: Callable[[], tuple[int, int]]
    ) -> None:
        self.inner = inner
        self._now = now
        self._circumstance = circumstance
        self.given_up: dict[str, Instant] = {}
        """Messages that were called dead, by the age that they had."""
        self._faults = faults
        self.committed: list[Decision] = []
        self.circumstances: list[tuple[int, int]] = []
        """Of each decision: under which edition of the rules, and after how many events that had arrived."""
        self.message_ids: set[str] = set()
        self.unsettled: set[str] = set()
        """What the receiver has accepted while a fault kept that from being stored: another copy may come."""
        self.looked = False
        self.again: list[str] = []
        """What was decided a second time: the store has refused it, but the engine should have known."""
        self.reached: set[str] = set()
        """For whom what is due was decided and stored since the last `begin`."""
        self._due: set[str] = set()
        self._calls = 0

    def begin(self) -> None:
        """Another turn begins."""
        self.looked, self.reached, self._due = False, set(), set()
        self._calls = 0

    def __getattr__(self, verb: str) -> Any:
        inner = getattr(self.inner, verb)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls += 1
            if self._calls > CALLS_A_TURN:
                raise RuntimeError("a turn has no end")
            self._note_unsettled(verb, args)
            self._pass_by(verb, "before")
            found = inner(*args, **kwargs)
            found = list(found) if isinstance(found, Iterator) else found
            self._note(verb, args, found)
            self._pass_by(verb, "after")
            return found

        return call

    def _pass_by(self, verb: str, side: str) -> None:
        if self._faults.away or (self._faults.full and verb in WRITING):
            raise StoreError("away" if self._faults.away else "full")
        self._faults.pass_by(f"{verb}:{side}")

    def _note_unsettled(self, verb: str, args: tuple[Any, ...]) -> None:
        if verb == "settle" and args[1] == "sent":
            self.unsettled.add(args[0].message_id)

    def _note(self, verb: str, args: tuple[Any, ...], found: Any) -> None:
        if verb == "due":
            self._due.update(found)
            self.looked = not found
        if verb == "save":
            self._note_saved(args[0], found)
        if verb == "settle" and args[1] == "dead" and found:
            self.given_up[args[0].message_id] = self._now() - (args[0].tried or args[0].created)
        if verb == "settle" and args[1] == "sent" and found:
            self.unsettled.discard(args[0].message_id)

    def _note_saved(self, batch: Batch, fresh: list[Decision]) -> None:
        if len(fresh) < len(batch.decisions):
            new = [id(one) for one in fresh]
            self.again += [f"decided again: {key_of(one)}" for one in batch.decisions if id(one) not in new]
        self.committed += fresh
        self.circumstances += [self._circumstance()] * len(fresh)
        for one in fresh:
            self.message_ids.update(new.message_id for new in batch.deliveries.get(key_of(one), ()))
        if batch.applied is None:
            self.reached.update(self._due.intersection(batch.people))


class Receiver:
    """Keeps every message that it accepts. What it accepts twice must have been left in doubt in between."""

    by_id = True

    def __init__(self, faults: Faults, store: Callable[[], FaultyStore], leavings: Leavings) -> None:
        self._faults = faults
        self._store = store
        self._leavings = leavings
        self.kept: dict[str, str] = {}
        self.copies: Counter[str] = Counter()
        self.wrong: list[str] = []

    def deliver(self, message: Message) -> Answer:
        if self._leavings.stopped(message.to, TOPIC if message.unsubscribe else ""):
            self.wrong.append(f"{message.id} is handed over, and {message.to} is on the list")
        self._faults.pass_by("deliver:before")
        if int(message.id, 16) % 29 == 0:
            return Refused("550")
        if self._faults.receiver == "refuses":
            return Retry("421")
        if self._faults.receiver == "silent":
            raise TimeoutError
        self._accept(message)
        in_doubt = self._store().unsettled
        in_doubt.add(message.id)
        self._faults.pass_by("deliver:after")
        if self._faults.receiver == "forgetful":
            raise TimeoutError
        in_doubt.discard(message.id)
        return Delivered("250")

    def _accept(self, message: Message) -> None:
        body = dump_message(message)
        store = self._store()
        if message.id not in store.message_ids:
            self.wrong.append(f"{message.id} was delivered before it was decided")
        if message.id in self.kept:
            if self.kept[message.id] != body:
                self.wrong.append(f"{message.id} came with other bytes")
            if message.id not in store.unsettled:
                self.wrong.append(f"{message.id} came twice, though nothing was in doubt")
        store.unsettled.discard(message.id)
        self.kept[message.id] = body
        self.copies[message.id] += 1

    def rest(self) -> None:
        """Nothing is kept open."""


def refused(delivery: Delivery) -> bool:
    """Whether the receiver refuses this one for good."""
    return int(delivery.message_id, 16) % 29 == 0
