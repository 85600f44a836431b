"""Sources as authors leave them: lines broken and joined anywhere, comments wherever one can stand."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from hypothesis import strategies as st

from planned.syntax import ast
from planned.syntax.from_text import parse
from planned.syntax.lexemes import lexemes
from planned.syntax.source import source

_TEXTS = ("#", "#x", "# why", "# planned: allow unnamed-rule – because", '# "a', '# """', "# règle a après b", "# «")
_BLANKS = ("\n", "\n\n", "\n\n\n  ", " \n    ", "   ")


def gaps(text: str) -> list[tuple[int, int]]:
    """Where each word ends and the next one starts; the ends of the text, too."""
    row = [lexeme for lexeme in lexemes(source(text, "any.rules")[0]) if lexeme.kind != "comment"]
    ends = [0, *(lexeme.end for lexeme in row)]
    starts = [*(lexeme.start for lexeme in row), len(text)]
    return list(zip(ends, starts, strict=True))


@st.composite
def scattered(draw: st.DrawFn, text: str) -> str:
    """A text that says the same, laid out otherwise and with comments in it."""
    chosen = draw(st.lists(st.integers(0, len(gaps(text)) - 1), max_size=8, unique=True).map(sorted))
    for place in reversed(chosen):
        end, start = gaps(text)[place]
        comment = draw(st.sampled_from(("", *_TEXTS)))
        blank = draw(st.sampled_from(_BLANKS))
        between = draw(st.sampled_from((" ", "\n", "\n  "))) + comment + "\n" if comment else ""
        changed = text[:end] + between + blank + text[start:]
        if not parse(changed, "any.rules")[1] and gaps(changed):  # else it would stand inside a phrase of several words
            text = changed
    return text


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a comment stands: after how many lines of the canonical layout have begun, and whether inside one."""

    text: str
    begun: int
    inside: bool


def standing(text: str) -> list[Standing]:
    """Of each comment of a text, in their order."""
    file, found = parse(text, "any.rules")
    assert not found
    starts = [start for statement in file.statements for start in _starts(statement)]
    line_starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == "\n")]
    words = [start for _, start in gaps(text)]
    result = []
    for comment in file.comments:
        here = comment.span.line, comment.span.column
        offset = line_starts[here[0] - 1] + here[1] - 1
        following = words[bisect_right(words, offset - 1)]
        line = bisect_right(line_starts, following)
        inside = following < len(text) and (line, following - line_starts[line - 1] + 1) not in starts
        result.append(Standing(comment.text.rstrip(), bisect_right(starts, here), inside))
    return result


def _starts(statement: ast.Statement) -> list[tuple[int, int]]:
    places = [statement.span]
    if isinstance(statement, ast.Rule):
        places = [place for _, place in statement.places]
    elif isinstance(statement, ast.Scenario):
        places += [line.span for line in statement.lines]
    return [(place.line, place.column) for place in places]
