"""Diagnostics for a terminal: the author's own text with a caret line under exactly what is meant."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from planned.diagnostics import Diagnostic, Language, Severity, Span

LABELS: Mapping[Language, Mapping[Severity, str]] = {
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"},
    "fr": {Severity.ERROR: "erreur", Severity.WARNING: "avertissement", Severity.INFO: "remarque"},
}
COLONS: Mapping[Language, str] = {"en": ":", "fr": "\u00a0:"}
"""French has a no-break space before it."""
COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}
QUIET, RESET = "\x1b[34m", "\x1b[0m"

TROUBLES: Mapping[int, tuple[str, str]] = {
    errno.ENOENT: ("there is no such file or folder", "il n'y a ni fichier ni dossier de ce nom"),
    errno.EACCES: ("you may not read or write it", "vous n'avez pas le droit de le lire ou de l'écrire"),
    errno.EISDIR: ("this is a folder, not a file", "c'est un dossier, pas un fichier"),
    errno.ENOTDIR: ("a part of the path is no folder", "une partie du chemin n'est pas un dossier"),
    errno.EEXIST: ("it is there already", "il existe déjà"),
    errno.ENOSPC: ("the disk is full", "le disque est plein"),
}

TAB = "    "
WIDEST = 160
"""Of a longer line only the part around the mistake is shown."""


def system_language() -> Language:
    """Of whoever sits at the terminal: for what is said of no file."""
    found = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "fr" if found.lower().startswith("fr") else "en"


def trouble(error: OSError, language: Language) -> str:
    """What the system refuses, in words."""
    said = TROUBLES.get(error.errno or 0)
    why = said[language == "fr"] if said else error.strerror or str(error)
    return plain(f"{error.filename or ''}{COLONS[language]} {why}")


def wants_color(stream: TextIO) -> bool:
    """On a terminal, unless `NO_COLOR` is set (no-color.org) or it is a dumb one."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@dataclass(frozen=True, slots=True)
class Look:
    """How diagnostics are shown. `sources` has the lines of the authors' texts by path."""

    sources: Mapping[str, Sequence[str]]
    color: bool = False

    def full(self, one: Diagnostic, language: Language) -> str:
        """Several lines: what is wrong, where, the text with carets, and what to do."""
        gutter = " " * len(str(max(span.line for span in (one.span, *(span for span, _ in one.related)))))
        label = self._paint(LABELS[language][one.severity], COLORS[one.severity])
        lines = [
            f"{label}{COLONS[language]} {plain(one.text(language))} [{one.name}]",
            *self._place(one.span, gutter, one.severity),
        ]
        for span, message in one.related:
            said = plain((message.fr if language == "fr" else message.en).format_map(dict(one.args)))
            lines += [f"{gutter} {self._paint('=', QUIET)} {said}", *self._place(span, gutter, Severity.INFO)]
        if hint := one.help(language):
            lines.append(f"{gutter} {self._paint('=', QUIET)} {plain(hint)}")
        return "\n".join(lines)

    def concise(self, one: Diagnostic, language: Language) -> str:
        """One line."""
        label = self._paint(LABELS[language][one.severity], COLORS[one.severity])
        where = f"{one.span.file}:{one.span.line}:{one.span.column}"
        hint = one.help(language)
        said = f"{plain(one.text(language))}{' ' + plain(hint) if hint else ''}"
        return f"{plain(where)}: {label}{COLONS[language]} {said} [{one.name}]"

    def _place(self, span: Span, gutter: str, severity: Severity) -> list[str]:
        where = f"{gutter}{self._paint('-->', QUIET)} {plain(span.file)}:{span.line}:{span.column}"
        lines = self.sources.get(span.file, ())
        if not 1 <= span.line <= len(lines):
            return [where]
        text, carets = underline(lines[span.line - 1], span)
        if not text.strip():
            return [where]
        bar = self._paint("|", QUIET)
        number = self._paint(str(span.line).rjust(len(gutter)), QUIET)
        return [
            where,
            f"{gutter} {bar}",
            f"{number} {bar} {text}".rstrip(),
            f"{gutter} {bar} {self._paint(carets, COLORS[severity])}",
        ]

    def _paint(self, text: str, color: str) -> str:
        return f"{color}{text}{RESET}" if self.color else text


def underline(line: str, span: Span) -> tuple[str, str]:
    """The line as it is shown, and the line of carets below it; of a span over several lines the first is meant."""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    end = max(end, start + 1)
    first, last = _window(len(line), start, end)
    before, meant, after = line[first:start], line[start : min(end, last)], line[end:last]
    head = "…" if first else ""
    tail = "…" if last < len(line) else ""
    shown = head + _shown(before) + _shown(meant) + _shown(after) + tail
    return shown, " " * (len(head) + width(_shown(before))) + "^" * max(1, width(_shown(meant)))


def _window(length: int, start: int, end: int) -> tuple[int, int]:
    if length <= WIDEST:
        return 0, length
    first = max(0, min(start - 40, length - WIDEST))
    return first, min(length, max(first + WIDEST, min(end, start + WIDEST)))


def width(text: str) -> int:
    """How many columns a terminal takes for a text: East Asian letters and most emoji two, accents apart none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _shown(text: str) -> str:
    """Tabs as blanks, and nothing that would steer the terminal or turn the text around."""
    return plain(text.replace("\t", TAB))


def plain(text: str) -> str:
    """Text of others, safe to print: control and bidirectional characters become `�`."""
    if text.isprintable():
        return text
    return "".join("�" if _steers(char) else char for char in text)


def _steers(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\u200c\u200d"


def summary(diagnostics: Sequence[Diagnostic], files: int, language: Language) -> str:
    """One line: how many mistakes in how many files."""
    errors = sum(one.severity is Severity.ERROR for one in diagnostics)
    warnings = sum(one.severity is Severity.WARNING for one in diagnostics)
    notes = len(diagnostics) - errors - warnings
    if language == "fr":
        said = _joined(" et ", _count(errors, "erreur"), _count(warnings, "avertissement")) or _count(notes, "remarque")
        checked = _count(files, "fichier") or "aucun fichier"
        return f"{said} dans {checked}." if said else f"Rien à signaler dans {checked}."
    said = _joined(" and ", _count(errors, "error"), _count(warnings, "warning")) or _count(notes, "note")
    checked = _count(files, "file") or "no file"
    return f"{said} in {checked}." if said else f"Nothing to report in {checked}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""


def _joined(by: str, *parts: str) -> str:
    return by.join(part for part in parts if part)
