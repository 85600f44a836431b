"""Doing something again whenever a rule file changes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from planned.cli.exits import Exit
from planned.runtime.files import SUFFIX

SECONDS = 0.5
"""Between two looks at the files."""

Stamps = dict[str, tuple[int, int]]


def watch(paths: Sequence[str], once: Callable[[], tuple[int, Sequence[str]]]) -> int:
    """Calls `once`, which returns an exit code and the files that it read, at each change of them, until told to end.

    A wrong path or option ends it at once; otherwise its own exit code is that of a watch that was ended: 0.
    """
    # A shell starts what runs in its background with Ctrl-C ignored, and Python leaves it so.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        read: Sequence[str] = ()
        while True:
            before = _stamps(paths, read)
            code, more = once()
            if code in (Exit.WRONG_USE, Exit.CANNOT):
                return code
            before |= {path: stamp for path, stamp in _stamps((), more).items() if path not in before}
            read = more
            while _stamps(paths, read) == before:
                time.sleep(SECONDS)
            print(flush=True)
    except KeyboardInterrupt:
        return Exit.FINE


def _stamps(paths: Iterable[str], read: Iterable[str]) -> Stamps:
    """When each file was last written, and its size; of folders all rule files below them."""
    found: Stamps = {}
    for path in (*paths, *read):
        inside = Path(path).rglob(f"*{SUFFIX}") if Path(path).is_dir() else (Path(path),)
        for file in inside:
            try:
                status = os.stat(file)
            except OSError:
                continue
            found[file.as_posix()] = (status.st_mtime_ns, status.st_size)
    return found
