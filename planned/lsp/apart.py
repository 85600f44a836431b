"""A process of its own for all that takes long: an edit waits for no lint, and shares its interpreter with none."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from planned.syntax.from_text import prepare

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 2
KINDLY = 5
"""How much the other process stands back, where a system knows of that."""


class OutdatedError(Exception):
    """Somebody has edited since: what was being found out is of no use."""


class Apart:
    """Has functions run there, one after another. It is begun with the first; where it ends, with the next one anew."""

    def __init__(self) -> None:
        self._spawning = get_context("spawn")
        self._edits: Any = self._spawning.Value("Q", 0, lock=False)  # written here alone
        self._line = ThreadPoolExecutor(1, "apart")
        self._end: Connection[Any, Any] | None = None
        self._process: BaseProcess | None = None

    @property
    def edits(self) -> int:
        return int(self._edits.value)

    def edited(self) -> None:
        """What is being found out over there is of no use any more: it stops at the next statement or lint."""
        self._edits.value += 1

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function of a module returns, over there. Raises OutdatedError, RuntimeError."""
        return await asyncio.get_running_loop().run_in_executor(self._line, self._ask, work, args, kwargs)

    def _ask(self, work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        for _ in range(TRIES):
            end = self._end or self._begin()
            try:
                end.send((work, args, kwargs))
                wrong, result = end.recv()
            except (EOFError, OSError):
                self._end = None
                continue
            if wrong is not None:
                raise wrong
            answer: T = result
            return answer
        raise RuntimeError("the process beside the server ends again and again")

    def _begin(self) -> Connection[Any, Any]:
        ours, theirs = self._spawning.Pipe()
        self._process = self._spawning.Process(target=_serve, args=(theirs, self._edits), daemon=True)
        self._process.start()
        theirs.close()
        self._end = ours
        return ours

    def close(self) -> None:
        """End it, whatever it is at."""
        if self._process is not None:
            self._process.terminate()
        self._line.shutdown(wait=False, cancel_futures=True)


# --- over there -----------------------------------------------------------------------------------------------


class _Wanted:
    """`now` is the number of edits so far, kept by the other process; `asked` what it was when work was asked for."""

    now: Any = None
    asked = 0


def asked_after(edits: int) -> None:
    """What is done from here on is of use as long as there are no more edits than these."""
    _Wanted.asked = edits


def between() -> None:
    """Between two statements or lints. Raises OutdatedError where nobody waits for them any more."""
    if _Wanted.now is not None and _Wanted.now.value != _Wanted.asked:
        raise OutdatedError


def _serve(end: Connection[Any, Any], edits: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the editor ends the other process, and that one this
    if hasattr(os, "nice"):
        os.nice(KINDLY)
    gc.set_threshold(50_000, 50, 1000)
    _Wanted.now = edits
    prepare(1, for_mistakes=False)
    with suppress(EOFError, OSError):  # the other process is gone
        while True:
            work, args, kwargs = end.recv()
            answer: tuple[Exception | None, object]
            try:
                answer = None, work(*args, **kwargs)
            except OutdatedError as error:
                answer = error, None
            except Exception as error:  # it goes on with the next
                answer = RuntimeError(f"{type(error).__name__}: {error}"), None
            end.send(answer)
