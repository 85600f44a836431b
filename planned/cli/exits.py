"""What a command's exit code says."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    FINE = 0
    FINDINGS = 1
    """Errors in the rules, or warnings under `--strict`."""
    WRONG_USE = 2
    CANNOT = 3
    """It cannot be done: a file that is not readable, a store that does not answer."""
    INTERRUPTED = 130
    """Ctrl-C."""
