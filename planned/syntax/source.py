"""From an author's bytes or text to what the lexer reads, with every position of it known in the author's text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from planned.diagnostics import Diagnostic, Message, Severity, Span
from planned.syntax.words import fold

MAX_BYTES = 256 * 1024
MAX_CONTROLS = 100
"""So many control characters are reported; a file with more of them is no text that somebody has typed."""

TOO_LARGE = Message(
    "file-size",
    Severity.ERROR,
    "This file has {size} KiB; a file of rules may have 256.",
    "Ce fichier a {size} Kio ; un fichier de règles peut en avoir 256.",
    'Split it into several files; `import "common.rules"` shares the declarations.',
    'Répartissez-le en plusieurs fichiers ; `importer "communs.rules"` partage les déclarations.',
)
ENCODING = Message(
    "encoding",
    Severity.ERROR,
    "This file is not UTF-8 text: it looks like {looks_like}.",
    "Ce fichier n'est pas du texte UTF-8 : il semble être en {looks_like}.",
    "Save it as UTF-8 in your editor.",
    "Enregistrez-le en UTF-8 dans votre éditeur.",
)
NOT_TEXT = Message(
    "not-text",
    Severity.ERROR,
    "This is no text file: it contains a null character.",
    "Ce n'est pas un fichier de texte : il contient un caractère nul.",
    "Check that it is the right file, and save it as plain UTF-8 text.",
    "Vérifiez que c'est le bon fichier, puis enregistrez-le en texte simple UTF-8.",
)
CONTROL = Message(
    "control-character",
    Severity.ERROR,
    "An invisible character ({code}) stands here; it can make a text read differently from what it says.",
    "Il y a ici un caractère invisible ({code}) ; il peut faire lire autre chose que ce qui est écrit.",
    "Delete it and type the words around it anew.",
    "Supprimez-le et retapez les mots qui l'entourent.",
)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTROL = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069"
    "\\ud800-\\udfff\\ufeff\\ufff9-\\ufffb]+"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text brought to NFC, its folded twin of the same length, and the way back to the author's positions."""

    path: str
    text: str
    folded: str
    original: str
    offsets: tuple[int, ...] | None = None
    """For each character of `text` where it starts in `original`; None if the two are the same."""
    controls: tuple[int, ...] = ()
    """Where a control character was, which is read as a blank."""
    _lines: list[int] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return self.offsets is None

    def span(self, start: int, end: int) -> Span:
        """The author's span of `text[start:end]`."""
        if self.offsets is not None:
            start, end = self.offsets[start], self.offsets[end]
        self._find_lines()
        line, end_line = bisect_right(self._lines, start), bisect_right(self._lines, end)
        return Span(self.path, line, start - self._lines[line - 1] + 1, end_line, end - self._lines[end_line - 1] + 1)

    def position(self, line: int, column: int) -> int:
        """Where in `text` the author's line and column is; the other way round than `span`."""
        self._find_lines()
        at = self._lines[line - 1] + column - 1
        return at if self.offsets is None else bisect_left(self.offsets, at)

    def _find_lines(self) -> None:
        if not self._lines:
            self._lines.append(0)
            self._lines.extend(i + 1 for i, c in enumerate(self.original) if c == "\n")


def source(text: str, path: str) -> tuple[Source, list[Diagnostic]]:
    """The source of a text. Control characters are reported and read as blanks."""
    text = _plain_lines(text)
    original, offsets = text, None
    if not unicodedata.is_normalized("NFC", text):
        text, offsets = _compose(text)
    controls = list(_CONTROL.finditer(text)) if not text.isascii() or not text.isprintable() else []
    plain = _CONTROL.sub(lambda match: " " * len(match.group()), text) if controls else text
    found = Source(path, plain, fold(plain), original, offsets, tuple(match.start() for match in controls))
    return found, [
        Diagnostic(CONTROL, found.span(m.start(), m.end()), {"code": f"U+{ord(m.group()[0]):04X}"})
        for m in controls[:MAX_CONTROLS]
    ]


def _plain_lines(text: str) -> str:
    """Without a mark at its beginning, and with no line that ends in a carriage return alone."""
    text = text.removeprefix("\ufeff")
    return re.sub("\r(?!\n)", "\n", text) if "\r" in text else text


def _compose(text: str) -> tuple[str, tuple[int, ...]]:
    """NFC, cluster by cluster, so that each character knows where it came from."""
    parts: list[str] = []
    offsets: list[int] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text) and (unicodedata.combining(text[i]) or "\u1160" <= text[i] <= "\u11ff"):
            continue
        composed = unicodedata.normalize("NFC", text[start:i])
        parts.append(composed)
        offsets.extend([start] * len(composed))
        start = i
    offsets.append(len(text))
    return "".join(parts), tuple(offsets)


def decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """The text of a file's bytes; where it cannot be read, an empty text and the reason."""
    top = Span(path, 1, 1, 1, 1)
    if len(data) > MAX_BYTES:
        return "", [Diagnostic(TOO_LARGE, top, {"size": -(-len(data) // 1024)})]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" in data and _looks_like_utf16(data)):
        return "", [Diagnostic(ENCODING, top, {"looks_like": "UTF-16"})]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = _behind(data[: error.start].decode("utf-8"), path)
        return "", [Diagnostic(ENCODING, where, {"looks_like": "Latin-1 (Windows-1252)"})]
    if "\0" in text:
        return "", [Diagnostic(NOT_TEXT, _behind(text[: text.index("\0")], path))]
    return text, []


def _behind(before: str, path: str) -> Span:
    """The character that follows this beginning of a file."""
    before = _plain_lines(before)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span(path, line, column, line, column + 1)


def _looks_like_utf16(data: bytes) -> bool:
    sample = data[:512]
    half = len(sample) // 2 or 1
    return max(sample[::2].count(0), sample[1::2].count(0)) > half * 0.4


def lines_of(text: str) -> list[str]:
    """The lines as spans count them, each with its end; the last has none, and may be empty."""
    found = _LINE.findall(text)
    return found if found and not found[-1].endswith(("\n", "\r")) else [*found, ""]
