"""The server: what an editor asks, answered from the desk. The only importer of pygls beside the desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from planned.diagnostics import Edit, Language, Span
from planned.lsp import answers, shown
from planned.lsp.answers import Sources
from planned.lsp.apart import OutdatedError
from planned.lsp.completion import Here, Offer, offers
from planned.lsp.desk import Desk, today
from planned.lsp.document import Document
from planned.lsp.text import Text
from planned.syntax.format import format_text
from planned.syntax.from_text import prepare
from planned.syntax.source import lines_of

PAUSE = 0.3
"""Seconds without an edit until the lints of all rules are asked."""
_ITEM = {
    "keyword": types.CompletionItemKind.Keyword,
    "variable": types.CompletionItemKind.Variable,
    "rule": types.CompletionItemKind.Function,
    "template": types.CompletionItemKind.Text,
}


class _Protocol(LanguageServerProtocol):
    """Without the library's own copy of each document: a second one would double the time of an edit."""

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None


class Server(LanguageServer):
    def __init__(self) -> None:
        super().__init__("planned", version("planned"), protocol_cls=_Protocol)
        self.desk = Desk()
        self._waiting: dict[Path, asyncio.Task[None]] = {}

    def report_server_error(self, error: Exception, source: object) -> None:
        """To the log: an author can do nothing about it, and the server goes on."""
        logging.getLogger(__name__).error("%s: %s", source, error)

    def text(self, text: str) -> Text:
        return Text(text, self.server_capabilities.position_encoding or types.PositionEncodingKind.Utf16)

    def document(self, uri: str) -> Document:
        return self.desk.documents[uri]

    # --- diagnostics -------------------------------------------------------------------------------------

    def publish(self, document: Document) -> None:
        """What is known now."""
        language = document.pieces.language
        found = [shown.diagnostic(one, document.text, language, self.desk.uri) for one in document.found()]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, found))

    def judge_soon(self, root: Path, pause: float = PAUSE) -> None:
        """Once nobody has edited for a while; what was planned before is dropped."""
        if (waiting := self._waiting.get(root)) is not None:
            waiting.cancel()
        self._waiting[root] = asyncio.create_task(self._judge(root, pause))

    async def _judge(self, root: Path, pause: float) -> None:
        await asyncio.sleep(pause)
        folder = self.desk.folder(root)
        try:
            found, imports = await self.desk.apart.ask(answers.judged, folder)
        except OutdatedError:
            return  # the edit has asked for it anew
        if self.desk.is_current(folder):
            for document in self.desk.of(root):
                document.choice = folder.choice
                document.judged(found, imports)
                self.publish(document)

    # --- changes -----------------------------------------------------------------------------------------

    def by_file(self, edits: Iterable[Edit], sources: Sources, like: Text) -> types.WorkspaceEdit:
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            path = edit.span.file
            text = self.desk.text(path, sources, like)
            changes.setdefault(self.desk.uri(path), []).append(types.TextEdit(text.range(edit.span), edit.text))
        return types.WorkspaceEdit(changes=changes)

    def location(self, span: Span, sources: Sources, like: Text) -> types.Location:
        return types.Location(self.desk.uri(span.file), self.desk.text(span.file, sources, like).range(span))


server = Server()


# --- documents ----------------------------------------------------------------------------------------------


@server.feature(types.INITIALIZE)
def initialize(ls: Server, params: types.InitializeParams) -> None:
    prepare(1, for_mistakes=False)
    # A second of work, in pieces that let the first edits through.
    Thread(target=prepare, args=(1,), daemon=True).start()
    uris = [one.uri for one in params.workspace_folders or ()] or [params.root_uri or ""]
    ls.desk.folders = [Path(path).resolve() for uri in uris if uri and (path := to_fs_path(uri))]


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = ls.desk.open(params.text_document.uri, ls.text(params.text_document.text))
    ls.publish(document)
    ls.judge_soon(ls.desk.root(document), 0)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = ls.document(params.text_document.uri)
    ls.desk.changed(document)
    for change in params.content_changes:
        document.change(document.text.change(change))
    ls.publish(document)
    ls.judge_soon(ls.desk.root(document))


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    root = ls.desk.root(ls.document(uri))
    ls.desk.close(uri)
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
    ls.judge_soon(root)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    did_change_files(ls)


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def did_change_watched_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    did_change_files(ls)


def did_change_files(ls: Server) -> None:
    ls.desk.forget()
    for root in {ls.desk.root(one) for one in ls.desk.documents.values()}:
        ls.judge_soon(root)


# --- what an author asks ------------------------------------------------------------------------------------


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "'", "’", "{", ".", "%"])
)
def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    document = ls.document(params.text_document.uri)
    here, line, column = _here(ls, document, params.position)
    found = offers(here)
    typed = [here.line[one.start - 1 :] for one in found]
    ranges = (
        types.Range(document.text.position(line, one.start), document.text.position(line, column)) for one in found
    )
    items = [
        _item(one, number, written, range_)
        for number, (one, written, range_) in enumerate(zip(found, typed, ranges, strict=True))
    ]
    return types.CompletionList(is_incomplete=True, items=items)


def _here(ls: Server, document: Document, position: types.Position) -> tuple[Here, int, int]:
    line, column = document.text.place(position)
    number, _ = document.pieces.around(line)
    pieces = document.pieces.all
    first = max(number - 1, 0)
    top = document.pieces.starts()[first]
    own_line = document.text.before(line, column)
    before = "".join(document.text.lines[top - 1 : line - 1]) + own_line
    start = document.pieces.starts()[number]
    above = [one for piece in pieces[:number] for one in piece.statements]
    above += [one for one in pieces[number].statements if one.span.end_line - pieces[number].base < line - start]
    others = frozenset(name for one in ls.desk.of(ls.desk.root(document)) for name in one.pieces.rule_names())
    return (
        Here(before, own_line, tuple(above), document.path, document.imports, document.pieces.language, others),
        line,
        column,
    )


def _item(one: Offer, number: int, typed: str, range_: types.Range) -> types.CompletionItem:
    return types.CompletionItem(
        label=one.text,
        kind=_ITEM.get(one.kind, types.CompletionItemKind.Constant),
        detail=one.title or None,
        sort_text=f"{number:04}",
        filter_text=typed or one.text,
        text_edit=types.TextEdit(range_, one.text),
    )


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def on_hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    document = ls.document(params.text_document.uri)
    folder, place = ls.desk.folder(ls.desk.root(document)), document.text.place(params.position)
    try:
        found = await ls.desk.apart.ask(answers.hovered, folder, document.path, *place, today())
    except OutdatedError:
        return None  # of a text that is another by now
    if found is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, found[0])
    return types.Hover(content, document.text.range(found[1]))


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    return [location async for location in _places(ls, params, declarations=True, mentions=False)]


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    declared = params.context.include_declaration
    return [location async for location in _places(ls, params, declarations=declared, mentions=True)]


async def _places(
    ls: Server, params: types.DefinitionParams | types.ReferenceParams, *, declarations: bool, mentions: bool
) -> AsyncIterator[types.Location]:
    document = ls.document(params.text_document.uri)
    place = document.text.place(params.position)
    found, sources = await ls.desk.ask(answers.places, document, document.path, *place)
    for one in found:
        if declarations if one.declares else mentions:
            yield ls.location(one.span, sources, document.text)


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    document = ls.document(params.text_document.uri)
    place = document.text.place(params.position)
    found = await ls.desk.ask(answers.name_at, document, document.path, *place)
    return document.text.range(found) if found else None


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    document = ls.document(params.text_document.uri)
    new = " ".join(params.new_name.strip().strip('"').split())
    place = document.text.place(params.position)
    found = await ls.desk.ask(answers.renamed, document, document.path, *place, new) if new else None
    return ls.by_file(*found, document.text) if found is not None else None


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def document_symbol(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = ls.document(params.text_document.uri)
    return await ls.desk.ask(answers.symbols, document, document.path, document.text)


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
def formatting(ls: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """Nothing while something is wrong: half a rule has no layout."""
    document = ls.document(params.text_document.uri)
    before = document.text.lines
    formatted = format_text(str(document.text), document.path).text
    if formatted is None:
        return []
    after = lines_of(formatted)
    same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    if same is None and len(before) == len(after):
        return []
    same = min(len(before), len(after)) if same is None else same
    end = types.Position(len(before) - 1, document.text.position(len(before), len(before[-1]) + 1).character)
    return [types.TextEdit(types.Range(document.text.position(same + 1, 1), end), "".join(after[same:]))]


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
async def code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = ls.document(params.text_document.uri)
    here = [one for one in document.found() if one.fix and _meet(document.text.range(one.span), params.range)]
    paths = {edit.span.file for one in here if one.fix for edit in one.fix.edits} - ls.desk.paths()
    sources = await ls.desk.ask(answers.sources, document, sorted(paths)) if paths else {}
    language = document.pieces.language
    return [
        types.CodeAction(
            title=_title(one.fix.edits, language),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[shown.diagnostic(one, document.text, language, ls.desk.uri)],
            is_preferred=one.fix.safe,
            edit=ls.by_file(one.fix.edits, sources, document.text),
        )
        for one in here
        if one.fix
    ]


def _title(edits: Iterable[Edit], language: Language) -> str:
    texts = list(_written(edits))
    if not texts:
        return "Supprimer" if language == "fr" else "Delete"
    written = " … ".join(texts)
    return f"Écrire\u00a0: {written}" if language == "fr" else f"Write: {written}"


def _written(edits: Iterable[Edit]) -> Iterator[str]:
    for edit in edits:
        if text := " ".join(edit.text.split()):
            yield text


def _meet(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end
