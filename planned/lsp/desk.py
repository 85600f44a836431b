"""The documents that are open and the folders that they belong to, and what is known of both at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path
from typing import TypeVar

from pygls.uris import from_fs_path, to_fs_path

from planned.lsp.analysis import Analysis, analyse, root_of
from planned.lsp.document import Document
from planned.lsp.names import Names
from planned.lsp.text import Text
from planned.runtime.clock import SystemClock, datetime_of

T = TypeVar("T")


class Desk:
    """All but the analyses happens in the thread that calls; these one after another in a thread of their own."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.folders: list[Path] = []
        self._roots: dict[str, Path] = {}
        self._analyses: dict[Path, Analysis] = {}
        self._names: tuple[Analysis, Names] | None = None
        self._versions = count(1)
        self._worker = ThreadPoolExecutor(1, "analysis")

    # --- documents ---------------------------------------------------------------------------------------

    def open(self, uri: str, text: Text) -> Document:
        path = _path(uri)
        inside = next((folder for folder in self.folders if path.is_relative_to(folder)), None)
        self._roots[uri] = root_of(path, inside)
        self.documents[uri] = Document(uri, path.as_posix(), next(self._versions), text)
        return self.documents[uri]

    def changed(self, document: Document) -> None:
        document.version = next(self._versions)

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
        return analysis.texts == {one.path: one.version for one in self.of(root)}

    async def analysis(self, root: Path) -> Analysis:
        """Of the folder as it is now; made anew as long as somebody goes on writing."""
        while True:
            known = self._analyses.get(root)
            if known is not None and self.is_current(known, root):
                return known
            texts = {Path(one.path): (one.version, str(one.text)) for one in self.of(root)}
            self._analyses[root] = await self.apart(lambda texts=texts: analyse(root, texts, today()))  # type: ignore[misc]  # bound now, not later

    async def names(self, root: Path) -> tuple[Analysis, Names]:
        analysis = await self.analysis(root)
        if self._names is None or self._names[0] is not analysis:
            self._names = analysis, await self.apart(lambda: Names(analysis.subject))
        return self._names

    async def apart(self, work: Callable[[], T]) -> T:
        """In the other thread, after what is going on there."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)


def today() -> date:
    return datetime_of(SystemClock().now()).date()


def _path(uri: str) -> Path:
    """Where a document lies; one that was never saved in a folder that there is not."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else Path("unsaved") / f"{uri.rpartition(':')[2].strip('/') or 'rules'}.rules"
