"""The documents that are open and the folders that they belong to, and what is known of both at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import TypeVar

from pygls.uris import from_fs_path, to_fs_path

from planned.lsp.analysis import Analysis, analyse, root_of
from planned.lsp.choice import Choice, choice
from planned.lsp.document import Document
from planned.lsp.names import Names
from planned.lsp.text import Text
from planned.runtime.clock import SystemClock, datetime_of

T = TypeVar("T")


class OutdatedError(Exception):
    """Somebody has edited since: what was being found out is of no use."""


class Desk:
    """All but the analyses happens in the thread that calls; these one after another in a thread of their own."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.folders: list[Path] = []
        self._roots: dict[str, Path] = {}
        self._choices: dict[Path, Choice] = {}
        self._analyses: dict[Path, Analysis] = {}
        self._names: tuple[Analysis, Names] | None = None
        self._versions = count(1)
        self._worker = ThreadPoolExecutor(1, "analysis")
        self._edits = 0
        self._quiet = Event()
        self._quiet.set()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Meanwhile nothing is found out about all rules: that waits at the next statement or lint."""
        self._quiet.clear()
        try:
            yield
        finally:
            self._quiet.set()

    # --- documents ---------------------------------------------------------------------------------------

    def open(self, uri: str, text: Text) -> Document:
        path = _path(uri)
        inside = next((folder for folder in self.folders if path.is_relative_to(folder)), None)
        self._roots[uri] = root_of(path, inside)
        chosen = self.choice(self._roots[uri])
        self.documents[uri] = Document(uri, path.as_posix(), next(self._versions), text, chosen)
        return self.documents[uri]

    def changed(self, document: Document) -> None:
        document.version = next(self._versions)
        self._edits += 1

    def choice(self, root: Path) -> Choice:
        """By the settings as they are on the disk now."""
        known = self._choices.get(root)
        if known is None or not known.is_current(root, today()):
            known = self._choices[root] = choice(root, today())
        return known

    def close(self, uri: str) -> None:
        self.documents.pop(uri, None)
        self._roots.pop(uri, None)

    def forget(self) -> None:
        """Files have changed that are not open here."""
        self._analyses.clear()

    def root(self, document: Document) -> Path:
        return self._roots[document.uri]

    def of(self, root: Path) -> Iterator[Document]:
        """The open documents of a folder."""
        yield from (one for uri, one in self.documents.items() if self._roots[uri] == root)

    def uri(self, path: str) -> str:
        """The editor's own, if the file is open."""
        opened = (one.uri for one in self.documents.values() if one.path == path)
        return next(opened, None) or from_fs_path(path) or path

    def text(self, path: str, analysis: Analysis, like: Text) -> Text:
        opened = (one.text for one in self.documents.values() if one.path == path)
        return next(opened, None) or like.another(analysis.loaded.sources.get(path, ""))

    # --- what is known -----------------------------------------------------------------------------------

    def is_current(self, analysis: Analysis, root: Path) -> bool:
        if analysis.choice is not self.choice(root):
            return False
        return analysis.texts == {one.path: one.version for one in self.of(root)}

    async def analysis(self, root: Path) -> Analysis:
        """Of the folder as it is now; made anew as long as somebody goes on writing."""
        while True:
            known = self._analyses.get(root)
            if known is not None and self.is_current(known, root):
                return known
            texts = {Path(one.path): (one.version, str(one.text)) for one in self.of(root)}
            chosen = self.choice(root)
            work = partial(analyse, root, texts, chosen, partial(self._between, self._edits))
            with suppress(OutdatedError):
                self._analyses[root] = await self.apart(work)

    async def names(self, root: Path) -> tuple[Analysis, Names]:
        analysis = await self.analysis(root)
        if self._names is None or self._names[0] is not analysis:
            self._names = analysis, await self.apart(lambda: Names(analysis.subject))
        return self._names

    def _between(self, edits: int) -> None:
        """Between two statements or lints: whoever types comes first, and then nobody waits for these any more."""
        self._quiet.wait()
        if self._edits != edits:
            raise OutdatedError

    async def apart(self, work: Callable[[], T]) -> T:
        """In the other thread, after what is going on there."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)


def today() -> date:
    return datetime_of(SystemClock().now()).date()


def _path(uri: str) -> Path:
    """Where a document lies; one that was never saved in a folder that there is not."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else Path("unsaved") / f"{uri.rpartition(':')[2].strip('/') or 'rules'}.rules"
