"""`python -m tests.simulation SEED` runs one seed and says what is wrong with it; with FIRST LAST, all up to LAST."""

from __future__ import annotations

import sys

from tests.simulation.running import report, world_of

SAID_EVERY = 25


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(first: int, last: int) -> bool:
    """Whether anything was wrong. Of many seeds it is said how many are done."""
    failed = []
    for seed in range(first, last + 1):
        if found := report(world_of(seed)):
            failed.append(seed)
            say(found)
        if last > first and (seed - first + 1) % SAID_EVERY == 0:
            say(f"{seed - first + 1} seeds done, up to {seed}; wrong: {failed or 'none'}")
    if not failed:
        say("nothing is wrong")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[-1])))
