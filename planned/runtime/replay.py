"""What was set aside, tried again: what can be counted today goes back among the events, the rest stays where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from planned.engine.event import Event, Instant
from planned.runtime.intake import KNOWN, NEW, read_again, verdicts
from planned.store.base import Batch, Quarantined, Store

AT_ONCE = 500


@dataclass(slots=True)
class Replayed:
    """How many came back, have counted already, or stay, by the reason that they have today."""

    back: int = 0
    known: int = 0
    stay: Counter[str] = field(default_factory=Counter)
    not_whole: int = 0
    """Of those that stay: not kept whole, so that their source must send them again."""


def chosen(store: Store, reason: str | None) -> Iterator[Quarantined]:
    """What is set aside, for one reason or for any."""
    return (one for one in store.quarantine() if reason in (None, one.reason))


def replay(store: Store, reason: str | None, now: Instant, *, commit: bool) -> Replayed:
    """Try all that was set aside for this reason (None: for any); without `commit` only say what would become of it.

    Events are stored and leave the quarantine in one transaction: whoever is killed goes on where he was. The engine
    lets them count at its next turn.
    """
    done = Replayed()
    left = chosen(store, reason)
    while part := list(islice(left, AT_ONCE)):
        back, gone = _judged(store, part, now, done)
        if commit and gone:
            store.save(Batch(now=now, events=back, released=gone))
    return done


def _judged(store: Store, part: Sequence[Quarantined], now: Instant, done: Replayed) -> tuple[list[Event], list[int]]:
    """The events that count, and the numbers of what is set aside no longer."""
    whole = []
    for one in part:
        item = read_again(one)
        if item is None:
            done.not_whole += 1
            done.stay[one.reason] += 1
        else:
            whole.append((one, item))
    back: list[Event] = []
    gone: list[int] = []
    for (one, item), verdict in zip(whole, verdicts(store, [item for _, item in whole], now), strict=True):
        if verdict == NEW and isinstance(item, Event):
            done.back += 1
            back.append(item)
        elif verdict == KNOWN:
            done.known += 1
        else:
            done.stay[verdict] += 1
            continue
        gone.append(one.number)
    return back, gone
