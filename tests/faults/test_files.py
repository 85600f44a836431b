"""Event files as they are in the world: torn lines, rotated or emptied under the reader, given again."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.faults.course import history, wanted, write
from tests.faults.rig import LONG, Place

ROUNDS = 30 if LONG else 6
REPLAYS = 3
LEARNERS_A_ROUND = 6


class Writer:
    """Writes events in pieces that end anywhere, and rotates its file as log rotation does."""

    def __init__(self, path: Path, random: Random) -> None:
        self.path, self.random = path, random
        self.out = path.open("ab", buffering=0)
        self.rotations = 0

    def write(self, text: str) -> None:
        data = text.encode()
        while data:
            size = self.random.randint(1, 400)
            self.out.write(data[:size])
            data = data[size:]
            time.sleep(self.random.choice([0, 0, 0.005]))

    def _older(self) -> None:
        """FILE.1 becomes FILE.2."""
        for number in range(self.rotations, 0, -1):
            os.rename(f"{self.path}.{number}", f"{self.path}.{number + 1}")
        self.rotations += 1

    def rotate(self, late: str) -> None:
        """The file gets another name and a new one takes its place; what is `late` still goes to the old one."""
        self._older()
        os.rename(self.path, f"{self.path}.1")
        self.path.touch()
        self.write(late)
        self.out.close()
        self.out = self.path.open("ab", buffering=0)

    def copy_and_empty(self) -> None:
        self._older()
        shutil.copy(self.path, f"{self.path}.1")
        os.truncate(self.path, 0)


def test_torn_rotated_emptied_and_given_again_every_event_counts_once(
    place: Place, figures: Callable[..., None]
) -> None:
    random, begun = Random(3), time.monotonic()
    writer, lines = Writer(place.events, random), history(2, 1000)
    write(place.events, lines)
    place.start()
    place.wait_until_all_came(wanted(lines))  # a rotation is seen by who has read of the file before it
    for number in range(ROUNDS):
        more = history(LEARNERS_A_ROUND, LEARNERS_A_ROUND * number)
        lines += more
        early, late = ("".join(json.dumps(one) + "\n" for one in part) for part in (more[:-4], more[-4:]))
        writer.write(early)
        if number % 3 == 0:
            writer.rotate(late)
        elif number % 3 == 1:
            writer.write(late)
            writer.copy_and_empty()
        else:  # rotated while nobody reads
            place.stop_all()
            writer.rotate(late)
            place.start()
    writer.out.close()
    place.wait_until_all_came(wanted(lines))
    for time_ in range(REPLAYS):
        write(place.events, [*lines, *(marker := history(2, 1002 + 2 * time_))])
        lines += marker
        place.wait_until_all_came(wanted(lines))
    place.stop_all()
    verdict = place.verdict(wanted(lines))
    ended = place.engines[-1].lines("ended")[-1]
    figures(verdict, seconds=round(time.monotonic() - begun), **{k: ended[k] for k in ("events", "quarantined")})
    assert verdict.whole(), verdict
    assert (ended["events"], ended["quarantined"]) == (len(lines), 0)
