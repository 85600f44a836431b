"""A small editor: starts `planned lsp` as a process and speaks JSON-RPC with it over its pipes."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

WAIT = 60
"""Seconds; far more than an answer takes on a busy machine."""


class Editor:
    def __init__(self, folder: Path, encodings: list[str] | None = None) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planned.cli.main", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.number = 0
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.opened: list[object] = []
        self.published: dict[str, list[list[dict[str, Any]]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        general = {"positionEncodings": encodings} if encodings else {}
        self.capabilities = self.ask(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            workspaceFolders=[{"uri": folder.as_uri(), "name": "rules"}],
            capabilities={"general": general},
        )["capabilities"]
        self.tell("initialized")

    # --- the protocol -------------------------------------------------------------------------------------

    def _listen(self) -> None:
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            length = 0
            while header.strip():
                name, _, value = header.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                header = out.readline()
            self.said.put(json.loads(out.read(length)))
        self.said.put({"method": "gone"})

    def _send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _next(self) -> dict[str, Any]:
        message = self.said.get(timeout=WAIT)
        assert message.get("method") != "gone", "the server has ended"
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.published.setdefault(params["uri"], []).append(params["diagnostics"])
        return message

    def tell(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self._send(id=self.number, method=method, params=params)
        while (message := self._next()).get("id") != self.number:
            pass
        assert "error" not in message, message
        return message["result"]

    def hear(self) -> None:
        """What has been said up to now."""
        while not self.said.empty():
            self._next()

    # --- documents ----------------------------------------------------------------------------------------

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, *, saved: bool = True) -> None:
        if saved:
            (self.folder / name).write_bytes(text.encode())
        document = {"uri": self.uri(name), "languageId": "planned", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        self.opened.append(document["uri"])

    def close_all(self) -> None:
        """What is open; the server goes on."""
        while self.opened:
            self.tell("textDocument/didClose", textDocument={"uri": self.opened.pop()})

    def edit(self, name: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Lines and units from 0, as editors count."""
        change = {"range": {"start": position(start), "end": position(end)}, "text": text}
        document = {"uri": self.uri(name), "version": 2}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[change])

    def replace(self, name: str, text: str) -> None:
        document = {"uri": self.uri(name), "version": 3}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def diagnostics(self, name: str, number: int = 1) -> list[dict[str, Any]]:
        """The `number`-th message about a document's mistakes from now on."""
        seen = len(self.published.get(self.uri(name), []))
        while len(self.published.get(self.uri(name), [])) < seen + number:
            self._next()
        return self.published[self.uri(name)][-1]

    def settled(self, name: str, *names: str) -> list[dict[str, Any]]:
        """What is said of a document once exactly these names are."""
        while True:
            found = self.published.get(self.uri(name), [[{"code": None}]])[-1]
            if sorted(one["code"] for one in found) == sorted(names):
                return found
            self._next()

    def at(self, method: str, name: str, place: tuple[int, int], **params: Any) -> Any:
        document = {"uri": self.uri(name)}
        return self.ask(f"textDocument/{method}", textDocument=document, position=position(place), **params)

    def complete(self, name: str, place: tuple[int, int]) -> list[str]:
        return [item["label"] for item in self.at("completion", name, place)["items"]]

    def close(self) -> int:
        self.ask("shutdown")
        self.tell("exit")
        code = self.process.wait(WAIT)
        for pipe in (self.process.stdin, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code


def position(place: tuple[int, int]) -> dict[str, int]:
    return {"line": place[0], "character": place[1]}


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """The text with an editor's edits, columns in UTF-16."""
    lines = [line.encode("utf-16-le") for line in text.splitlines(keepends=True)] + [b""]
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    data = b"".join(lines)

    def offset(at: dict[str, int]) -> int:
        return starts[at["line"]] + 2 * at["character"]

    for edit in sorted(edits, key=lambda one: offset(one["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        data = data[:start] + edit["newText"].encode("utf-16-le") + data[end:]
    return data.decode("utf-16-le")


def place_of(text: str, word: str, after: str = "", shift: int = 0) -> tuple[int, int]:
    """Where a word begins in a text, behind `after`, in an editor's units."""
    offset = text.index(word, text.index(after)) + shift
    before = text[:offset]
    line = before.count("\n")
    return line, len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
