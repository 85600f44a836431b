"""The text of an open document, its lines, and an editor's positions in them."""

from __future__ import annotations

from lsprotocol.types import Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent
from lsprotocol.types import TextDocumentContentChangePartial as Partial

from planned.diagnostics import Span
from planned.syntax.source import lines_of

_CODES = {
    PositionEncodingKind.Utf8: ("utf-8", 1),
    PositionEncodingKind.Utf16: ("utf-16-le", 2),
    PositionEncodingKind.Utf32: ("utf-32-le", 4),
}
"""The codec in whose units an editor counts columns, and the bytes of a unit."""
BOM = "\ufeff"


class Text:
    """Lines and columns of spans count from 1 in characters; positions from 0 in the units that the editor chose."""

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.lines = lines_of(text)
        self.encoding = encoding
        self.codec, self.unit = _CODES[PositionEncodingKind(encoding)]

    def __str__(self) -> str:
        return "".join(self.lines)

    def another(self, text: str) -> Text:
        """Another text for the same editor."""
        return Text(text, self.encoding)

    def place(self, position: Position) -> tuple[int, int]:
        """Line and column; what lies beyond the line or the text is at its end."""
        if position.line >= len(self.lines):
            return len(self.lines), len(self.lines[-1]) + 1
        line = self.lines[position.line].rstrip("\r\n")
        if line.isascii():
            return position.line + 1, min(position.character, len(line)) + 1
        data = line.encode(self.codec, "surrogatepass")[: position.character * self.unit]
        before = data.decode(self.codec, "ignore")
        return position.line + 1, len(before.removeprefix(BOM)) + 1

    def position(self, line: int, column: int) -> Position:
        if line > len(self.lines):
            return self.position(len(self.lines), len(self.lines[-1]) + 1)
        whole = self.lines[line - 1].rstrip("\r\n")
        before = whole[: column - 1 + whole.startswith(BOM)]
        units = len(before) if before.isascii() else len(before.encode(self.codec, "surrogatepass")) // self.unit
        return Position(line - 1, units)

    def range(self, span: Span, down: int = 0) -> Range:
        """Where a span stands, `down` lines below what it says."""
        return Range(
            self.position(max(span.line + down, 1), span.column),
            self.position(max(span.end_line + down, 1), span.end_column),
        )

    def before(self, line: int, column: int) -> str:
        """The line up to a column."""
        return self.lines[line - 1].removeprefix(BOM)[: column - 1]

    def change(self, change: TextDocumentContentChangeEvent) -> tuple[int, int, str] | None:
        """Makes a change: the lines from the first to before the second, from 1, are that text now. None: all is."""
        if not isinstance(change, Partial):
            self.lines = lines_of(change.text)
            return None
        first, column = self.place(change.range.start)
        last, end_column = self.place(change.range.end)
        above, below = self.lines[first - 1], self.lines[last - 1]
        start, stop = column - 1 + above.startswith(BOM), end_column - 1 + below.startswith(BOM)
        end = last
        text = above[:start] + change.text + below[stop:]
        if text.endswith("\r") and end < len(self.lines):  # it may make one line end with what follows
            text, end = text + self.lines[end], end + 1
        if first > 1 and self.lines[first - 2].endswith("\r") and text.startswith("\n"):
            text, first = self.lines[first - 2] + text, first - 1
        if end < len(self.lines) and not text.endswith(("\r", "\n")):
            text, end = text + self.lines[end], end + 1
        new = lines_of(text)
        if end < len(self.lines):
            new.pop()  # what follows the last line's end stands in the lines below
        self.lines[first - 1 : end] = new
        return first, end + 1, text
