"""What the lints look at: the surveyed files, their texts, and what could not be read of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from planned.check.known import NOTHING, Known
from planned.check.mentions import Mentioned, all_of
from planned.check.nearest import Nearest
from planned.check.readings import Reading, readings
from planned.check.scope import Survey, SurveyedFile, imported_path, survey
from planned.diagnostics import Diagnostic, Severity, Span
from planned.syntax import ast

LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Subject:
    survey: Survey
    declaring: tuple[SurveyedFile, ...]
    """The files, and those that are only imported: of these the declarations are judged, too, but not the rules."""
    imports: Mapping[str, ast.File]
    sources: Mapping[str, str]
    """The authors' texts by path, as far as they are at hand."""
    unread: Mapping[str, str | None] = field(default_factory=dict)
    """Of files with mistakes of syntax the text that is in no statement; None where the text is not at hand."""

    mentions: tuple[Mentioned, ...] = ()
    known: Known = NOTHING
    readings: tuple[Reading, ...] = ()
    """Of the rules whose conditions may contradict each other or be needless."""
    _near: Nearest = field(default_factory=Nearest)

    def nearest(self, name: str, known: Iterable[str]) -> str | None:
        """The name that was probably meant; after some hundreds of unknown names none is looked for any more."""
        return self._near.of(name, known)

    def place_of(self, word: str, span: Span) -> Span:
        """Where a word stands in a statement of one line; failing its text the statement."""
        lines = LINE_END.split(self.sources.get(span.file, ""))
        line = lines[span.line - 1] if span.line <= len(lines) else ""
        start = line.find(word, span.column - 1)
        return Span(span.file, span.line, start + 1, span.line, start + 1 + len(word)) if start >= 0 else span

    def may_be_unread(self, name: str, file: ast.File | None = None) -> bool:
        """Whether the name may be declared where the file, or one that it imports, could not be read.

        Then it is not called unknown as well: one mistake, one diagnostic. Without a file all are looked at.
        """
        if not self.unread:
            return False
        texts = self.unread.items() if file is None else ((path, self.unread[path]) for path in self._reach(file))
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        return any(text is None or word.search(text) for _, text in texts)

    def _reach(self, file: ast.File) -> Iterator[str]:
        """The paths of the file and its imports of which something was not read."""
        open_files, seen = [file], {file.path}
        while open_files:
            current = open_files.pop()
            if current.path in self.unread:
                yield current.path
            for statement in current.statements:
                if isinstance(statement, ast.Import):
                    path = imported_path(current.path, statement.path.text)
                    if path in self.imports and path not in seen:
                        seen.add(path)
                        open_files.append(self.imports[path])


def subject(
    files: Iterable[ast.File],
    imports: Mapping[str, ast.File],
    sources: Mapping[str, str],
    given: Iterable[Diagnostic],
    course: str | None,
    known: Known = NOTHING,
) -> Subject:
    """`given`: what reading the files had to say already."""
    files, given = tuple(files), tuple(given)
    broken = {one.span.file for one in given if one.severity is Severity.ERROR}
    unread = {
        file.path: _unread(file, sources.get(file.path)) for file in (*files, *imports.values()) if file.path in broken
    }
    unread |= {one.span.file: None for one in given if one.name.startswith("import-")}
    surveyed = survey(files, imports, course)
    listed = {file.path for file in files}
    brought = survey([file for file in imports.values() if file.path not in listed], imports)
    declaring = (*surveyed.files, *brought.files)
    mentions, read = tuple(all_of(surveyed, declaring)), tuple(readings(surveyed))
    return Subject(surveyed, declaring, imports, sources, unread, mentions, known, read)


def _unread(file: ast.File, source: str | None) -> str | None:
    if source is None:
        return None
    lines = LINE_END.split(source)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    text = "\n".join(lines)
    gaps: list[str] = []
    done = 0
    for statement in file.statements:
        span = statement.span
        if not 1 <= span.line <= span.end_line <= len(lines):
            continue
        gaps.append(text[done : starts[span.line - 1] + span.column - 1])
        done = starts[span.end_line - 1] + span.end_column - 1
    gaps.append(text[done:])
    return unicodedata.normalize("NFC", "\n".join(gaps))
