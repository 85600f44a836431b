"""The documents that are open and the folders that they belong to; what takes long to know of them is asked apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pygls.uris import from_fs_path, to_fs_path

from planned.lsp.analysis import root_of
from planned.lsp.answers import Folder, Sources
from planned.lsp.apart import Apart, OutdatedError
from planned.lsp.choice import Choice, choice
from planned.lsp.document import Document
from planned.lsp.text import Text
from planned.runtime.clock import SystemClock, datetime_of

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """All that is done here is quick: it is done while an author types."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.folders: list[Path] = []
        self._roots: dict[str, Path] = {}
        self._choices: dict[Path, Choice] = {}
        self._versions = count(1)
        self._read = 0
        self.apart = Apart()

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
        self.apart.edited()

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
        self._read += 1

    def root(self, document: Document) -> Path:
        return self._roots[document.uri]

    def of(self, root: Path) -> Iterator[Document]:
        """The open documents of a folder."""
        yield from (one for uri, one in self.documents.items() if self._roots[uri] == root)

    def paths(self) -> set[str]:
        """Of the files that are open."""
        return {one.path for one in self.documents.values()}

    def uri(self, path: str) -> str:
        """The editor's own, if the file is open."""
        opened = (one.uri for one in self.documents.values() if one.path == path)
        return next(opened, None) or from_fs_path(path) or path

    def text(self, path: str, sources: Sources, like: Text) -> Text:
        opened = (one.text for one in self.documents.values() if one.path == path)
        return next(opened, None) or like.another(sources.get(path, ""))

    # --- what is known -----------------------------------------------------------------------------------

    def folder(self, root: Path) -> Folder:
        """As it is now."""
        texts = {Path(one.path): (one.version, str(one.text)) for one in self.of(root)}
        return Folder(root, texts, self.choice(root), self.apart.edits, self._read)

    def is_current(self, folder: Folder) -> bool:
        if folder.choice is not self.choice(folder.root) or folder.read != self._read:
            return False
        now = {Path(one.path): one.version for one in self.of(folder.root)}
        return {path: version for path, (version, _) in folder.texts.items()} == now

    async def ask(
        self, work: Callable[Concatenate[Folder, P], T], document: Document, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Of a document's folder as it is now; anew as long as somebody goes on writing."""
        while True:
            with suppress(OutdatedError):
                return await self.apart.ask(work, self.folder(self.root(document)), *args, **kwargs)


def today() -> date:
    return datetime_of(SystemClock().now()).date()


def _path(uri: str) -> Path:
    """Where a document lies; one that was never saved in a folder that there is not."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else Path("unsaved") / f"{uri.rpartition(':')[2].strip('/') or 'rules'}.rules"
