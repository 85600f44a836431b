"""What must hold of whatever comes back: it is read or named, soon, and says no more than a report can."""

from __future__ import annotations

import re
import time
from pathlib import Path

from planned.channels.bounces import MAX_RECIPIENTS, NotRead, reports_in

SECONDS = 1.0
SAMPLES = Path(__file__).parents[1] / "bounces" / "mails"


def samples() -> list[bytes]:
    """The reports of the tests."""
    return [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))]


def check(data: bytes, slower: float = 1.0) -> None:
    """Raises AssertionError where a report is more than one."""
    start = time.process_time()
    found = reports_in(data, "here")
    assert time.process_time() - start < SECONDS * slower, "it takes too long"
    if isinstance(found, NotRead):
        return
    assert 0 < len(found) <= MAX_RECIPIENTS
    for one in found:
        assert re.fullmatch("([0-9a-f]{32})?", one.id), "no id of ours"
        assert one.recipient == "" or ("@" in one.recipient and len(one.recipient) <= 320), "no recipient"
        if one.kind == "address":
            assert one.status.startswith("5."), "an address that is given up for a passing reason"
