"""`python -m tests.simulation SEED`: runs one seed and says what is wrong with it."""

from __future__ import annotations

import sys

from tests.simulation.running import report, world_of

if __name__ == "__main__":
    found = report(world_of(int(sys.argv[1])))
    sys.stdout.write(f"{found or 'nothing is wrong'}\n")
    sys.exit(bool(found))
